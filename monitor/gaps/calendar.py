"""config/calendar.toml: weeks in which more is written than in others, known beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitor.core.errors import InputError, Problem
from monitor.core.rows import Row, read_toml

FILE = "calendar.toml"
LANGUAGES = ("ru", "be", "en")
MOST = 20.0  # a larger factor is a slip


@dataclass(frozen=True, slots=True)
class Event:
    """Something held again and again that the press writes about."""

    id: str
    countries: frozenset[str]  # of partners; empty: all
    factor: float
    days: tuple[tuple[date, date], ...]  # first and last day of each time
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Events, and what a round anniversary is worth in the weeks around it."""

    events: tuple[Event, ...] = ()
    anniversary: float = 1.0
    anniversary_weeks: int = 0


NO_CALENDAR = Calendar()


def load_calendar(path: Path) -> Calendar:
    """The calendar. Errors: InputError with every problem of the file."""
    problems: list[Problem] = []
    read = read_toml(path, problems)
    top = Row({} if read is None else read[0], str(path), problems)
    top.keys((), ("event", "anniversary"))
    events = tuple(_event(row) for row in top.tables("event"))
    around = top.table("anniversary")
    if "anniversary" in top.raw:
        around.keys(("factor", "weeks", "reason"))
    calendar = Calendar(
        events,
        _factor(around) if "factor" in around.raw else 1.0,
        around.whole("weeks", least=0) if "weeks" in around.raw else 0,
    )
    if problems:
        raise InputError(problems)
    return calendar


def _event(row: Row) -> Event:
    row.keys(("id", "countries", "factor", "reason", "days", "titles"))
    titles = row.table("titles")
    titles.keys(LANGUAGES)
    return Event(
        id=row.text("id"),
        countries=frozenset(row.texts("countries")),
        factor=_factor(row),
        days=tuple(_days(row)),
        titles={lang: titles.text(lang) for lang in LANGUAGES},
    )


def _factor(row: Row) -> float:
    value = row.raw.get("factor")
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= MOST:
        return float(value)
    row.note(f"factor must be a number above 0, at most {MOST:g}")
    return 1.0


def _days(row: Row) -> list[tuple[date, date]]:
    given = row.raw.get("days", [])
    if not isinstance(given, Sequence) or isinstance(given, str):
        row.note("days must be a list of first and last days")
        return []
    found = []
    for n, pair in enumerate(given, 1):
        try:
            first, last = (date.fromisoformat(day) for day in pair)
        except (TypeError, ValueError):
            row.note(f"days[{n}] must be a first and a last day, each YYYY-MM-DD")
            continue
        if last < first:
            row.note(f"days[{n}] ends before it begins")
        found.append((first, last))
    return found
