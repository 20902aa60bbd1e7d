"""Rows that were shown or answered are left in peace, until their facts change."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.core.ids import AgreementId, FamilyId, PlaceId, Week
from monitor.gaps.readings import empty_counts
from monitor.gaps.rest import Answered, Showing, facts_of, is_resting, rests
from monitor.gaps.said import NextDate, Rest

TODAY = date(2026, 6, 1)
HERE, THERE = PlaceId("by-mogilev-region"), PlaceId("by-brest-region")
PLAIN = empty_counts(FamilyId("AGR-0001"))
DUE = (AgreementId("AGR-0001"),)


def shown(*weeks_ago: int, facts: str = "a", region: PlaceId = HERE) -> list[Showing]:
    days = [TODAY - timedelta(weeks=n) for n in weeks_ago]
    return [Showing(Week("2026-W01"), region, facts, day) for day in days]


@pytest.mark.parametrize(
    ("showings", "until"),
    [
        (shown(2, 1), None),
        (shown(3, 2, 1), TODAY + timedelta(weeks=7)),
        (shown(4, 3, 2, 1), TODAY + timedelta(weeks=6)),  # shown once more, by a report that was late
        (shown(10, 9, 8), None),  # rested: it may be shown again
        (shown(12, 11, 10, 1), None),
        (shown(14, 13, 12, 3, 2, 1), TODAY + timedelta(weeks=7)),
        (shown(3, 2, facts="old") + shown(1), None),
        (shown(4, 3, 2, facts="old") + shown(1), None),  # its facts have changed: the rest is over
        (shown(9, facts="old") + shown(2, 1), None),  # new facts are counted from their first showing
        (shown(9, facts="old") + shown(3, 2, 1), TODAY + timedelta(weeks=7)),
    ],
)
def test_a_row_rests_eight_weeks_after_three_showings_with_the_same_facts(
    showings: list[Showing], until: date | None
) -> None:
    expected = () if until is None else (Rest(HERE, until, "shown"),)
    assert rests(showings, [], "a", TODAY) == expected


def test_a_region_that_has_not_seen_a_row_is_not_spared() -> None:
    held = rests(shown(3, 2, 1) + shown(1, region=THERE), [], "a", TODAY)
    assert is_resting(held, HERE)
    assert not is_resting(held, THERE)


def test_an_answer_rests_a_row_until_its_day_or_until_its_facts_change() -> None:
    until = TODAY + timedelta(days=5)
    working = Answered(HERE, "working", "a", until)
    assert rests([], [working], "a", TODAY) == (Rest(HERE, until, "working"),)
    assert rests([], [working], "b", TODAY) == ()
    assert rests([], [working], "a", until) == ()
    everywhere = rests([], [Answered(PlaceId(""), "not_news", "", until)], "b", TODAY)
    assert is_resting(everywhere, HERE)
    assert is_resting(everywhere, THERE)


def test_of_two_rests_the_longer_holds() -> None:
    answered = Answered(HERE, "remind", "", TODAY + timedelta(weeks=20))
    assert rests(shown(3, 2, 1), [answered], "a", TODAY) == (Rest(HERE, answered.rests_until, "remind"),)


def test_copies_and_probabilities_are_no_news_but_originals_members_and_dates_are() -> None:
    before = facts_of(PLAIN, DUE, [], ())
    copies = replace(PLAIN, articles=7, article_ids=(1, 2, 3, 4, 5, 6, 7))
    assert facts_of(copies, DUE, [], ("copied_only",)) == before
    near = NextDate(TODAY, TODAY, "term_end", DUE[0], "")
    changed = {
        facts_of(replace(PLAIN, originals=1, origin_ids=(1,)), DUE, [], ()),
        facts_of(PLAIN, (*DUE, AgreementId("AGR-0002")), [], ()),
        facts_of(PLAIN, DUE, [near], ()),
        facts_of(PLAIN, DUE, [], ("stale",)),
    }
    assert len(changed | {before}) == 5
