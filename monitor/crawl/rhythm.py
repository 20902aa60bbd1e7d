"""How regularly a source writes, and which of its silences that makes impossible to believe. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

HISTORY = timedelta(days=180)  # before and after a silence; what a paper did a year ago is not its rhythm
LEAST = timedelta(days=5)  # two days off beside a weekend prove nothing, however regular the source
NEVER_LEAST = timedelta(days=7)  # for a source that has not given a single item yet
# Such a silence begins by chance once in 10,000: a source starts some 100 a year, so that 300 sources
# raise about three false alarms a year.
BELIEVABLE = 1e-4
_LISTED_BEFORE = timedelta(days=28)  # how far back the items of a first poll are taken for a whole record
_DAY = timedelta(days=1)
_WEEKEND = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class Published:
    """Items of one source that came out on one day (of UTC: only distances and weekdays matter here)."""

    first_at: datetime
    last_at: datetime
    items: int


@dataclass(frozen=True, slots=True)
class Silence:
    """A time without an item. `chance`: how often the source's own rhythm gives one as long or longer."""

    start: datetime
    stop: datetime
    chance: float
    lasts: bool  # up to the end of what was read

    @property
    def sure(self) -> float:
        """How sure it is that this is no part of the source's rhythm."""
        return 1.0 - self.chance


def silences(published: Sequence[Published], *, known_from: datetime, end: datetime) -> tuple[Silence, ...]:
    """The silences between `known_from` and `end` that are not the source's rhythm, each from its start.

    Each day of the week has its own chance of an item, learnt from the source's days around the silence and
    drawn towards its workdays or weekend; a silence is believed while the chance of so many days without an
    item in a row is above `BELIEVABLE`. Little history makes the chance larger: then a silence has to be
    longer until it is called one. `published` in time order, from well before `known_from` if possible.
    """
    if not published:
        is_long = end - known_from > NEVER_LEAST
        return (Silence(known_from, end, 0.0, True),) if is_long else ()
    found = []
    between = [(a.last_at, b.first_at, False) for a, b in pairwise(published)]
    for start, stop, lasts in [*between, (published[-1].last_at, end, True)]:
        if stop - start <= LEAST:
            continue
        chance = _chance(published, start, stop, known_from)
        if chance <= BELIEVABLE:
            found.append(Silence(start, stop, chance, lasts))
    first = published[0].first_at
    if first - known_from > NEVER_LEAST:
        found.insert(0, Silence(known_from, first, 0.0, False))
    return tuple(found)


def _chance(published: Sequence[Published], start: datetime, stop: datetime, known_from: datetime) -> float:
    """Probability of the quiet days between `start` and `stop`, given the days around them."""
    earliest = max(published[0].first_at, start - HISTORY, min(known_from, start) - _LISTED_BEFORE).date()
    active = {day.first_at.date() for day in published if abs(day.first_at - start) <= HISTORY}
    last = min(published[-1].last_at, start + HISTORY).date()
    known = [*_days(earliest, start.date() + _DAY), *_days(stop.date(), last + _DAY)]
    seen = [[0, 0] for _ in range(7)]  # by weekday: days with an item, days
    for day in known:
        seen[day.weekday()][0] += day in active
        seen[day.weekday()][1] += 1
    quiet = [_quiet_prior(seen, weekday) for weekday in range(7)]
    total = [1.0 + seen[weekday][1] for weekday in range(7)]
    chance = 1.0
    for day in _days(start.date() + _DAY, stop.date()):
        weekday = day.weekday()
        chance *= quiet[weekday] / total[weekday]
        quiet[weekday] += 1.0  # each further quiet Monday is a little more to be expected
        total[weekday] += 1.0
    return chance


def _quiet_prior(seen: Sequence[Sequence[int]], weekday: int) -> float:
    """Quiet days of a weekday, with one day's weight of the workdays' or the weekend's share."""
    alike = [seen[n] for n in range(7) if (n in _WEEKEND) == (weekday in _WEEKEND)]
    share = (sum(active for active, _ in alike) + 0.5) / (sum(days for _, days in alike) + 1.0)
    active, days = seen[weekday]
    return days - active + 1.0 - share


def _days(start: date, stop: date) -> Iterator[date]:
    day = start
    while day < stop:
        yield day
        day += _DAY
