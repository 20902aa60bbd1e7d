"""Weeks are ISO weeks; clocks refuse naive times."""

from datetime import UTC, date, datetime

import pytest

from monitor.core.clock import SettableClock, asked_week_start, week_of, week_start, weeks_back
from monitor.core.errors import UsageError


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
