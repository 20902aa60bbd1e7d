"""How much a text speaks of what an agreement is about, and that bodies are described at their own place."""

from dataclasses import replace

import pytest

from monitor.core.ids import AgreementId, PlaceId
from monitor.linking.bodies import Bodies
from monitor.linking.candidates import Candidates
from monitor.linking.features import FEATURES, Features
from monitor.linking.likeness import NO_CENTRE, NO_SAMPLES, Likeness
from monitor.linking.members import separation
from monitor.linking.subjects import Heard, Spoken, Subjects
from monitor.linking.wording import stems, token_line
from monitor.register.types import Register, Subject
from tests.registers import with_rows

LIFTS, TRACTORS = AgreementId("AGR-0266"), AgreementId("AGR-0267")  # Minsk with Beijing and with Changchun
NOTHING = Spoken(0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def told(register):
    """Two rows that somebody wrote of; what stands of the others is their titles."""
    lifts = Subject(("лифт", "кабина подъёмника"), ("шахта",), ("elevator",), ())
    tractors = Subject(("трактор",), ("пашня",), ("tractor",), ())
    return replace(register, subjects={LIFTS: lifts, TRACTORS: tractors})


@pytest.fixture(scope="module")
def subjects(told, link_words):
    return Subjects(told, link_words)


def heard(subjects: Subjects, *sentences: str, cyrillic: bool = True) -> Heard:
    return subjects.hear([stems(token_line(sentence)) for sentence in sentences], cyrillic=cyrillic)


def test_words_count_in_every_form_and_phrases_only_as_a_whole(subjects):
    def core(text: str) -> float:
        return subjects.spoken([LIFTS], heard(subjects, text), ()).core

    assert core("Новые лифты собрали в срок") == core("Лифт готов") > 0
    assert core("Кабину покрасили") == 0 < core("Кабину нового подъёмника покрасили")
    assert core("Лифт, а кабина подъёмника готова") > core("Лифт готов")


def test_words_beside_the_partner_count_once_more_and_usual_ones_apart(subjects):
    text = heard(subjects, "Гости приехали", "Лифты стоят в шахте")
    far, near = subjects.spoken([LIFTS], text, [0]), subjects.spoken([LIFTS], text, [0, 1])
    assert (far.near, near.near) == (0.0, far.core)
    assert far.usual > 0
    assert far.core < far.mass < far.core + far.usual


def test_the_member_that_is_spoken_of_most_tells(subjects):
    text = heard(subjects, "Трактор вышел на пашню, в шахте темно")
    both = subjects.spoken([LIFTS, TRACTORS], text, [0])
    assert both == subjects.spoken([TRACTORS], text, [0]) != NOTHING


def test_english_words_count_outside_cyrillic_alone(subjects):
    said = "A new elevator for Kutaisi"
    assert subjects.spoken([LIFTS], heard(subjects, said), [0]) == NOTHING
    assert subjects.spoken([LIFTS], heard(subjects, said, cyrillic=False), [0]).core > 0


def test_a_row_of_which_nothing_was_written_is_told_by_its_title(told, subjects):
    plain = AgreementId("AGR-0255")
    assert subjects.spoken([plain], heard(subjects, told.agreements[plain].title_ru), [0]).core > 0
    assert subjects.spoken([plain], heard(subjects, "Лифты и тракторы"), [0]) == NOTHING


def test_only_a_rival_of_the_same_partner_takes_the_lead_away(told, link_words, linker, article):
    def leads(register: Register) -> dict[str, float]:
        names = {"Минск": "by-city-minsk", "Пекин": "cn-city-beijing", "Чанчунь": "cn-city-changchun"}
        text = "Минск, Пекин и Чанчунь договорились: трактор вышел на пашню"
        reading = linker._reader.read(article("Завод", text, names))
        features = Features(register, link_words, Likeness(register, NO_SAMPLES, NO_CENTRE))
        found = Candidates(register, link_words).find(reading)
        rows = features.rows(found, reading)[:, FEATURES.index("subject_lead")]
        return dict(zip((one.handles.family.id for one in found), rows, strict=True))

    lists = leads(told)  # each pair in its turn
    assert lists[TRACTORS] > 0 == lists[LIFTS]
    lifts = told.agreements[LIFTS]
    district = replace(lifts, parties=(lifts.parties[0], *told.agreements[TRACTORS].parties[1:]))
    other = replace(district, id=AgreementId("AGR-9001"), kind="contract", part_of=None)
    parties = (replace(lifts.parties[0], place=PlaceId("country-by")), *district.parties[1:])
    both = with_rows(told, {**told.agreements, other.id: replace(other, parties=parties)})
    both = replace(both, subjects={**told.subjects, other.id: Subject(("шахта",), (), (), ())})
    assert leads(both)[AgreementId("AGR-9001")] < 0


def test_a_body_whose_name_tells_a_region_is_described_only_where_that_region_is_named(
    register, link_words, linker, article
):
    committee = "org-by-mogilev-regional-executive-committee"
    text = "План подписали в облисполкоме: {} и Псковская область."
    seats = Bodies(register, link_words)._seats_of
    assert seats[committee] == ("by-mogilev-region",)
    assert seats["org-by-belarusian-railway"] == ("by-city-minsk", "country-by")

    def strength(name: str, place: str) -> float:
        names = {name: place, "Псковская область": "ru-pskov-region"}
        reading = linker._reader.read(article("План", text.format(name), names))
        finding = linker._candidates._naming.find(reading.given.mentions, None)
        linker._candidates._bodies.look(finding, reading)
        return finding.strength.get(committee, 0.0)

    assert (
        strength("Витебская область", "by-vitebsk-region")
        == 0.0
        < strength("Могилёвская область", "by-mogilev-region")
    )


def test_a_word_of_what_a_member_is_about_names_it_in_its_family(register, link_words, linker, article):
    family = register.families["AGR-0292"]  # Belarus and Algeria
    vets, taxes = family.members[1], family.members[2]
    said = {vets: Subject(("ветслужба",), (), (), ()), taxes: Subject(("налоговик",), (), (), ())}
    names = {"Беларусь": "country-by", "Алжир": "country-dz"}
    reading = linker._reader.read(
        article("Беларусь и Алжир", "Ветслужбы обменялись опытом.", names, topics={})
    )

    def points(subjects) -> dict[str, float]:
        features = Features(
            replace(register, subjects=subjects), link_words, Likeness(register, NO_SAMPLES, NO_CENTRE)
        )
        return separation([register.agreements[one] for one in said], reading, features)

    told, untold = points(said), points({})
    assert told[vets] > told[taxes]
    assert told[vets] > untold[vets]
    assert told[taxes] == untold[taxes]
