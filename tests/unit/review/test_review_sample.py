"""Which texts are drawn: strata, weights, and the same sample for the same week."""

from collections import Counter

from monitor.articles.audit_types import Text
from monitor.core.ids import ArticleId, FamilyId, Week
from monitor.review.sample import Sample, draw

SIZES = {"found": 20, "named": 20, "rest": 10}
WEEK = Week("2026-W22")


def text(n: int, label: bool | None = False, *, both_named: bool = False) -> Text:
    return Text(ArticleId(n), (ArticleId(n),), "ru", label, both_named)


TEXTS = (
    [text(n, label=True) for n in range(30)]
    + [text(n, both_named=True) for n in range(30, 35)]
    + [text(n) for n in range(35, 235)]
)


def strata(sample: Sample) -> Counter[tuple[str, float]]:
    return Counter((one.stratum, one.weight) for one in sample.drawn)


def test_fifty_texts_over_three_strata_stand_for_all() -> None:
    sample = draw(TEXTS, {}, SIZES, WEEK)
    assert strata(sample) == {("found", 1.5): 20, ("named", 1.0): 5, ("rest", 20.0): 10}
    assert sum(one.weight for one in sample.drawn) == len(TEXTS)
    assert sample.sizes == {"found": (30, 20), "named": (5, 5), "rest": (200, 10)}


def test_a_week_gives_the_same_sample_and_another_week_another() -> None:
    assert draw(TEXTS, {}, SIZES, WEEK) == draw(TEXTS, {}, SIZES, WEEK)
    assert draw(TEXTS, {}, SIZES, WEEK).drawn != draw(TEXTS, {}, SIZES, Week("2026-W23")).drawn


def test_strata_are_not_told_by_the_place_in_the_list() -> None:
    order = [one.stratum for one in draw(TEXTS, {}, SIZES, WEEK).drawn]
    assert order != sorted(order)
    assert {"found", "named", "rest"} == set(order)


def test_a_link_below_the_gate_is_no_find_but_names_both_sides() -> None:
    texts = [text(1), text(2, label=None), text(3, label=None)]
    linked = {1: [FamilyId("AGR-0001")], 2: [FamilyId("AGR-0001")]}
    drawn = {one.text.article: (one.stratum, one.families) for one in draw(texts, linked, SIZES, WEEK).drawn}
    assert drawn == {1: ("named", ("AGR-0001",)), 2: ("found", ("AGR-0001",)), 3: ("rest", ())}


def test_an_empty_week_has_an_empty_sample() -> None:
    assert draw([], {}, SIZES, WEEK) == Sample((), {"found": (0, 0), "named": (0, 0), "rest": (0, 0)})
