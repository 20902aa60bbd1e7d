"""What is kept with a link: the words of each party, and how early both sides stand."""

from typing import Any, cast

import pytest

from monitor.core.ids import PlaceId
from monitor.linking.candidates import Candidate
from monitor.linking.evidence import depth_of, evidence_of
from monitor.linking.naming import Named
from monitor.linking.types import LEAD, Evidence, Mention

HOME, PARTNER, OTHER = (PlaceId(one) for one in ("by-city-mir", "ru-city-tula", "ru-city-omsk"))
# 0 to 4: the title's word, three of the text's, and one more of the title's
WORDS = (("title", 0), ("text", 10), ("text", LEAD - 1), ("text", LEAD), ("title", 7))
MENTIONS = tuple(Mention(HOME, field, start, start + 3, "Мир", "name") for field, start in WORDS)


def candidate(home: tuple[Named, ...], partner: tuple[Named, ...]) -> Candidate:
    return Candidate(cast(Any, None), home, partner)  # neither asks whose sides they are


def named(place: PlaceId, strength: float, *mentions: int) -> Named:
    return Named(place, strength, mentions)


@pytest.mark.parametrize(
    ("home", "partner", "depth"),
    [
        ((0,), (4,), "title"),
        ((0,), (1,), "lead"),
        ((0,), (2,), "lead"),
        ((0,), (3,), "body"),
        ((3, 1), (0,), "lead"),  # the earliest of several
        ((), (0,), "title"),  # implied by the outlet's own place: named from the start
        ((), (3,), "body"),
        ((), (), "body"),
    ],
)
def test_a_link_is_as_deep_as_the_later_of_its_sides(
    home: tuple[int, ...], partner: tuple[int, ...], depth: str
) -> None:
    both = candidate((named(HOME, 1.0, *home),), (named(PARTNER, 1.0, *partner),))
    assert depth_of(both, MENTIONS) == depth


def test_only_the_best_named_party_of_a_side_tells_how_deep_it_stands() -> None:
    hinted = candidate((named(HOME, 1.0, 0),), (named(PARTNER, 1.0, 3), named(OTHER, 0.45, 0)))
    assert depth_of(hinted, MENTIONS) == "body"
    equals = candidate((named(HOME, 1.0, 0),), (named(PARTNER, 1.0, 3), named(OTHER, 1.0, 0)))
    assert depth_of(equals, MENTIONS) == "title"


def shown(place: PlaceId, number: int) -> Evidence:
    field, start = WORDS[number]
    return Evidence(place, field, start, start + 3, "Мир")


def test_each_party_is_shown_once_by_the_title_or_its_first_words_in_the_order_of_the_text() -> None:
    found = candidate((named(HOME, 1.0, 3, 1, 2),), (named(PARTNER, 0.9, 2, 4), named(OTHER, 0.3, 3)))
    assert evidence_of(found, MENTIONS) == (shown(PARTNER, 4), shown(HOME, 1), shown(OTHER, 3))


def test_a_party_that_is_hardly_implied_is_shown_only_where_its_side_has_no_better() -> None:
    weak = candidate((named(HOME, 1.0, 0),), (named(PARTNER, 0.29, 1), named(OTHER, 0.2, 2)))
    assert evidence_of(weak, MENTIONS) == (shown(HOME, 0), shown(PARTNER, 1))
    beside = candidate((named(HOME, 1.0, 0),), (named(PARTNER, 0.29, 1), named(OTHER, 0.3, 2)))
    assert evidence_of(beside, MENTIONS) == (shown(HOME, 0), shown(OTHER, 2))
    silent = candidate((named(HOME, 1.0, 0),), (named(PARTNER, 0.35), named(OTHER, 0.2, 2)))
    assert evidence_of(silent, MENTIONS) == (shown(HOME, 0),)  # its region is that of the outlet
