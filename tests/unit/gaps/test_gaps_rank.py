"""Order, flags and reasons of a zero."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.core.ids import FamilyId, SourceId
from monitor.gaps.exposure import Watched
from monitor.gaps.rank import ailing, flags, importance
from monitor.gaps.readings import Counted, Reading, Window, empty_counts
from monitor.gaps.types import State
from monitor.register.types import PartialDate, Target
from tests.make_gaps import agreement

TODAY = date(2026, 5, 31)
KINDS = {SourceId("agency"): "national_agency", SourceId("daily"): "regional_daily"}
PLAIN = agreement("AGR-0001", "by-mogilev-region", "ru-pskov-region")


def parts(member: object = PLAIN, *, state: State = State.UNCOVERED, shown: date | None = TODAY) -> dict:
    return importance(level="region", members=[member], state=state, p_gap=0.9, today=TODAY, shown_on=shown)


def test_importance_is_told_in_parts_times_the_probability() -> None:
    assert parts() == {"level": 2.7, "target": 0.0, "date": 0.0, "waiting": 0.0}
    assert parts(shown=None)["waiting"] == 0.9
    assert parts(shown=date(2026, 5, 3))["waiting"] == 0.45


@pytest.mark.parametrize("state", [State.NOT_DUE, State.UNMEASURED])
def test_what_is_no_gap_has_no_place_in_the_order(state: State) -> None:
    assert parts(state=state) == {}


@pytest.mark.parametrize(
    ("by", "expected"),
    [("2026", 0.9), ("2025", 0.9), ("2024", 0.0), ("2029", 0.0), ("annually", 0.0), (None, 0.0)],
)
def test_a_target_counts_from_half_a_year_after_to_a_year_before(by: str | None, expected: float) -> None:
    member = replace(PLAIN, targets=(Target("turnover", 1, None, by),))
    assert parts(member)["target"] == expected


@pytest.mark.parametrize(
    ("signed", "until", "expected"),
    [
        (PartialDate(2016, 7, 4), None, 0.9),
        (PartialDate(2016, 7), None, 0.9),
        (PartialDate(2016), None, 0.0),  # a year is no occasion
        (PartialDate(2016, 9), None, 0.0),
        (PartialDate(2017, 7), None, 0.0),  # not a round one
        (None, PartialDate(2026, 7, 1), 0.9),
        (None, PartialDate(2026), 0.0),
        (None, PartialDate(2026, 5), 0.9),
    ],
)
def test_a_round_anniversary_or_the_end_of_the_term_is_an_occasion(
    signed: PartialDate | None, until: PartialDate | None, expected: float
) -> None:
    assert parts(replace(PLAIN, signed=signed, valid_until=until))["date"] == expected


def flagged(
    originals: list[tuple[str, date]],
    *,
    articles: int = 0,
    weeks: float = 52.0,
    signed: date | None = None,
    **seen: float,
) -> tuple:
    sides = ["partner" if name == "pskov" else "by" for name, _ in originals]
    counts = replace(
        empty_counts(FamilyId("AGR-0001")),
        articles=max(articles, len(originals)),
        originals=len(originals),
        by_side={side: sides.count(side) for side in set(sides)},
    )
    return flags(
        counts,
        [SourceId(name) for name, _ in originals],
        [day for _, day in originals],
        kinds=KINDS,
        observed_by_side={"by": 1.0, "partner": 1.0, **seen},
        weeks=weeks,
        to_on=TODAY,
        signed_on=signed,
    )


LATELY, SPRING, LAST_YEAR = date(2026, 5, 20), date(2026, 2, 1), date(2025, 7, 1)


def test_reprints_of_an_agency_alone_are_copies() -> None:
    assert flagged([("agency", LATELY)], articles=4) == ("copied_only",)
    assert flagged([("agency", LATELY)]) == ()
    assert flagged([("agency", LATELY), ("daily", LATELY), ("pskov", LATELY)], articles=9) == ()
    assert flagged([], articles=2) == ("copied_only",)  # the original is older than the window


def test_one_side_is_silent_only_if_we_watched_it() -> None:
    by = [("agency", LATELY), ("daily", LATELY)]
    assert flagged(by) == ("one_sided",)
    assert flagged(by, partner=0.49) == ()


def test_old_news_is_stale_and_a_pattern_that_stopped_has_faded() -> None:
    assert flagged([("daily", SPRING)]) == ("stale",)
    assert flagged([("daily", LAST_YEAR), ("pskov", LAST_YEAR)]) == ("faded", "stale")
    assert flagged([("daily", LAST_YEAR), ("pskov", LAST_YEAR)], weeks=10.0) == ()


@pytest.mark.parametrize(("day", "said"), [(0, ("faded", "stale")), (1, ("stale",))])
def test_a_young_one_has_faded_if_only_its_signing_was_written_about(day: int, said: tuple) -> None:
    signed = date(2025, 11, 24)
    last = signed + timedelta(weeks=13, days=day)
    assert flagged([("daily", last)], signed=signed) == said
    assert flagged([("daily", signed)], signed=date(2025, 12, 2)) == ()  # under half a year


def test_one_source_alone_is_named() -> None:
    assert flagged([("daily", LATELY), ("daily", LATELY)], partner=0.0) == ("single_source",)


def test_dead_is_what_was_never_read_or_fails_now_and_late_what_was_first_read_in_the_window() -> None:
    window = Window(date(2025, 6, 2), date(2026, 5, 31), UTC)
    began, late = window.start, window.start + timedelta(days=40)
    watched = {
        SourceId(name): Watched((), 1.0, silent, trouble, known)
        for name, silent, trouble, known in (
            ("well", None, "", began), ("failing", None, "dns", began), ("never", None, "http_5xx", None),
            ("silent", date(2026, 5, 1), "", began), ("late", None, "", late),
        )
    }  # fmt: skip
    nothing = Counted({}, {}, {}, {}, {}, {}, 0, {}, {})
    found = ailing(
        [*watched, SourceId("unasked")],
        Reading(window, datetime(2026, 6, 1, tzinfo=UTC), nothing, watched, {}),
    )
    named = [{str(source) for source in part} for part in (found.dead, found.silent, found.late)]
    assert named == [{"failing", "never", "unasked"}, {"silent"}, {"late"}]
