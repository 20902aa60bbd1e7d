"""Time comes in as an argument: shells hold a clock, pure code gets `now`."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from monitor.core.errors import UsageError
from monitor.core.ids import Week

Clock = Callable[[], datetime]
_YEARS = range(1900, 9000)  # the years around a week must still be dates


def system_clock() -> datetime:
    """The present moment, aware UTC."""
    return datetime.now(UTC)


class SettableClock:
    """A clock that stands still until it is set; for the demo and tests."""

    def __init__(self, now: datetime) -> None:
        self.set(now)

    def __call__(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        """Move to `now` (aware). Raises ValueError on a naive time."""
        if now.tzinfo is None:
            raise ValueError("a clock refuses naive times")
        self._now = now.astimezone(UTC)


@lru_cache(maxsize=256)  # a gap table asks for its few windows' ends ten thousand times
def day_start(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day in a zone, aware UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def week_of(day: date) -> Week:
    """The ISO week of a day, e.g. 2026-W47."""
    year, week, _ = day.isocalendar()
    return Week(f"{year:04d}-W{week:02d}")


def week_start(week: Week) -> date:
    """The Monday of an ISO week. Raises ValueError when `week` is not of the form 2026-W47 or too far off."""
    monday = datetime.strptime(f"{week}-1", "%G-W%V-%u").date()  # noqa: DTZ007 - a date has no zone
    if week_of(monday) != week:  # strptime takes 2026-w7 too; a week is a key and has one spelling
        raise ValueError(f"{week!r} does not match the form 2026-W47")
    if monday.year not in _YEARS:
        raise ValueError(f"{week!r} lies outside the years {_YEARS.start} to {_YEARS.stop - 1}")
    return monday


def asked_week_start(week: Week) -> date:
    """The Monday of a week that somebody typed. Errors: UsageError when it is no week or too far off."""
    try:
        return week_start(week)
    except ValueError as error:
        raise UsageError(f"{week!r} is not a week of the form 2026-W47") from error


def weeks_back(week: Week, n: int) -> Week:
    """The ISO week `n` weeks before."""
    return week_of(week_start(week) - timedelta(weeks=n))
