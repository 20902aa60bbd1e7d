"""What a changed register cannot reach: no text that is passed over has a changed family as a candidate."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from monitor.core.ids import FamilyId, PlaceId
from monitor.linking.candidates import Candidates
from monitor.linking.reach import Reach, reach_beyond
from monitor.linking.reading import Reader
from monitor.linking.types import LinkInput, Mention
from monitor.linking.unchanged import unchanged_families
from monitor.linking.wording import LinkWords, stems, token_line
from monitor.register.types import Register
from tests.pointed import Pointed, press
from tests.registers import EDITS, Edit, with_rows

ROSTOV = FamilyId("AGR-0002")  # Belarus and the Rostov region
MARKETING = FamilyId("AGR-0007")  # an analytical centre in Rostov and one in Minsk
TAGANROG, MINSK, BREST = (PlaceId(one) for one in ("ru-city-taganrog", "by-city-minsk", "by-city-brest"))


@pytest.fixture(scope="module")
def texts(register: Register) -> list[Pointed]:
    return press(register, 400, seed=11)


def given(one: Pointed) -> LinkInput:
    return LinkInput(one.title, one.text, "ru", None, one.region, one.mentions, one.topics)


def touches(reach: Reach, one: Pointed) -> bool:
    return reach.touches_text(one.mentions, one.region, (one.title, one.text))


def families_of(register: Register, words: LinkWords) -> Callable[[Pointed], set[FamilyId]]:
    reader, candidates = Reader(register, words), Candidates(register, words)
    return lambda one: {c.handles.family.id for c in candidates.find(reader.read(given(one)))}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_a_text_that_is_passed_over_has_no_changed_family_as_a_candidate(
    edit: Edit,
    register: Register,
    texts: list[Pointed],
    link_words: LinkWords,
) -> None:
    before = with_rows(register, register.agreements)
    after = edit(before, random.Random(5))
    unchanged = unchanged_families(before, after)
    assert 0 < len({*before.families, *after.families} - unchanged) < len(after.families) / 2
    words_for = Candidates(after, link_words).words_for
    reach, candidates = reach_beyond(after, words_for, unchanged), families_of(after, link_words)
    passed = [one for one in texts if not touches(reach, one)]
    assert len(passed) > len(texts) / 20
    assert [one for one in passed if not candidates(one) <= unchanged] == []


def test_a_family_alone_reaches_every_text_that_it_is_a_candidate_of(
    register: Register, texts: list[Pointed], link_words: LinkWords
) -> None:
    candidates = families_of(register, link_words)
    words_for = Candidates(register, link_words).words_for
    reaches = {family: Reach(register, [family], words_for) for family in list(register.families)[::5]}
    for one in texts[:40]:
        reached = {f for f, reach in reaches.items() if touches(reach, one)}
        assert candidates(one) & reaches.keys() <= reached


def told(*places: str) -> tuple[Mention, ...]:
    return tuple(Mention(PlaceId(place), "text", 0, 5, "....."[:5], "name") for place in places)


@pytest.mark.parametrize(
    ("mentions", "region", "is_reached"),
    [
        (told(TAGANROG, BREST), None, True),  # a town of the region, and one of the country
        (told(TAGANROG), MINSK, True),  # the outlet's home stands for the country
        (told(TAGANROG), None, False),
        (told(BREST, "country-ru"), MINSK, False),  # the country does not stand for its region
        ((replace(*told("ru-city-moscow"), ambiguous=(PlaceId("ru-rostov-region"),)),), MINSK, True),
        ((), MINSK, False),
    ],
)
def test_a_family_is_reached_by_what_stands_for_both_of_its_sides(
    mentions: tuple[Mention, ...], region: PlaceId | None, is_reached: bool, register: Register
) -> None:
    assert Reach(register, [ROSTOV], nothing).touches_text(mentions, region, ()) is is_reached


def nothing(_body: PlaceId) -> frozenset[str]:
    return frozenset()


def test_a_body_is_reached_by_any_place_around_it_where_a_word_describes_it(
    register: Register, link_words: LinkWords
) -> None:
    words_for = Candidates(register, link_words).words_for
    bodies = [f for f in register.families.values() if any(
        register.places[p].kind == "university" and register.places[p].country == "RU" for p in f.places
    )]  # fmt: skip
    assert bodies
    for family in bodies:
        reach = Reach(register, [family.id], words_for)
        around = (told("country-ru", MINSK), None)
        assert reach.touches_text(
            *around, ("Вузы", "В университете и институте академии наук открыли класс.")
        )
        assert not reach.touches_text(*around, ("Погода", "Ночью до 5 градусов мороза."))


def test_no_family_reaches_nothing(register: Register, texts: list[Pointed]) -> None:
    reach = reach_beyond(register, nothing, frozenset(register.families))
    assert not any(touches(reach, one) for one in texts)
    assert reach.families == frozenset()


@pytest.mark.parametrize(
    ("mentions", "is_reached"),
    [
        (told("by-city-minsk", "ru-city-rostov-on-don"), True),
        (told("by-city-minsk"), False),  # words alone say nothing: the seat of the other is not named
        (told("ru-city-rostov-on-don"), False),
    ],
)
def test_bodies_are_described_where_the_seats_of_both_are_named(
    mentions: tuple[Mention, ...], is_reached: bool, register: Register
) -> None:
    reach = Reach(register, [MARKETING], lambda _: stems(token_line("центр")))
    assert reach.touches_text(mentions, None, ("Встреча", "Оба центра сверили планы.")) is is_reached
    assert not reach.touches_text(mentions, None, ("Встреча", "Обе стороны сверили планы."))
