"""Weeks are ISO weeks; clocks refuse naive times."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from monitor.core.clock import SettableClock, asked_week_start, day_start, week_of, week_start, weeks_back
from monitor.core.errors import UsageError


def test_a_day_begins_by_the_clock_of_its_zone() -> None:
    minsk = timezone(timedelta(hours=3))
    assert day_start(date(2026, 11, 16), minsk) == datetime(2026, 11, 15, 21, tzinfo=UTC)
    berlin = ZoneInfo("Europe/Berlin")  # the clocks went back on 25 October: that day has 25 hours
    began, ended = (day_start(date(2026, 10, day), berlin) for day in (25, 26))
    assert (began, ended - began) == (datetime(2026, 10, 24, 22, tzinfo=UTC), timedelta(hours=25))


def test_a_week_runs_over_the_new_year() -> None:
    assert week_of(date(2027, 1, 3)) == "2026-W53"
    assert week_start(week_of(date(2027, 1, 3))) == date(2026, 12, 28)
    assert weeks_back(week_of(date(2027, 1, 4)), 1) == "2026-W53"


@pytest.mark.parametrize("bad", ["2026-W54", "2026-47", "", "W47", "2026-W00", "0001-W01", "9999-W52"])
def test_a_week_that_does_not_exist_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"time data|Invalid|does not match|lies outside"):
        week_start(bad)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="is not a week of the form 2026-W47"):
        asked_week_start(bad)  # type: ignore[arg-type]


def test_a_clock_refuses_a_naive_time() -> None:
    clock = SettableClock(datetime(2026, 11, 16, tzinfo=UTC))
    with pytest.raises(ValueError, match="naive"):
        clock.set(datetime(2026, 11, 17))  # noqa: DTZ001 - the point of the test
    assert clock() == datetime(2026, 11, 16, tzinfo=UTC)
