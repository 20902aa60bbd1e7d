"""How regularly a source writes, and which of its silences that makes impossible to believe. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

HISTORY = timedelta(days=180)  # before and after a silence; what a paper did a year ago is not its rhythm
LEAST = timedelta(days=5)  # two days off beside a weekend prove nothing, however regular the source
NEVER_LEAST = timedelta(days=7)  # for a source that has not given a single item yet
# Such a silence begins by chance once in 10,000: a source starts some 100 a year, so that 300 sources
# raise about three false alarms a year.
BELIEVABLE = 1e-4
_LISTED_BEFORE = timedelta(days=28)  # how far back the items of a first poll are taken for a whole record
_WEEKEND = frozenset({5, 6})


class Published(NamedTuple):  # of a year's press there are a hundred thousand
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
    given, found = _Given(published), []
    between = [(a.last_at, b.first_at, False) for a, b in pairwise(published)]
    for start, stop, lasts in [*between, (published[-1].last_at, end, True)]:
        if stop - start <= LEAST:
            continue
        chance = given.chance(start, stop, known_from)
        if chance <= BELIEVABLE:
            found.append(Silence(start, stop, chance, lasts))
    first = published[0].first_at
    if first - known_from > NEVER_LEAST:
        found.insert(0, Silence(known_from, first, 0.0, False))
    return tuple(found)


class _Given:
    """The days with items of one source, counted by day of the week without going through them."""

    def __init__(self, published: Sequence[Published]) -> None:
        self.first_ats = [day.first_at for day in published]
        self.last_at = published[-1].last_at
        self.of_weekday: list[list[int]] = [[] for _ in range(7)]  # rising
        for day in dict.fromkeys(at.toordinal() for at in self.first_ats):
            self.of_weekday[_weekday(day)].append(day)

    def chance(self, start: datetime, stop: datetime, known_from: datetime) -> float:
        """Probability of the quiet days between `start` and `stop`, given the days around them."""
        since = max(self.first_ats[0], start - HISTORY, min(known_from, start) - _LISTED_BEFORE).toordinal()
        until = min(self.last_at, start + HISTORY).toordinal() + 1
        silent = range(start.toordinal() + 1, stop.toordinal())
        around = ((since, silent.start), (silent.stop, until))
        near = self._near(start)
        seen = [  # by weekday: days with an item, days
            (
                sum(_within(days, max(a, near.start), min(b, near.stop)) for a, b in around),
                sum(_of_weekday(weekday, a, b) for a, b in around),
            )
            for weekday, days in enumerate(self.of_weekday)
        ]
        quiet = [_quiet_prior(seen, weekday) for weekday in range(7)]
        total = [1.0 + days for _, days in seen]
        chance = 1.0
        for day in silent:
            weekday = _weekday(day)
            chance *= quiet[weekday] / total[weekday]
            quiet[weekday] += 1.0  # each further quiet Monday is a little more to be expected
            total[weekday] += 1.0
        return chance

    def _near(self, start: datetime) -> range:
        """From the first to the last day with items that tell of the rhythm around a silence's start."""
        first = bisect_left(self.first_ats, start - HISTORY)
        last = bisect_right(self.first_ats, start + HISTORY) - 1
        if first > last:
            return range(0)
        return range(self.first_ats[first].toordinal(), self.first_ats[last].toordinal() + 1)


def _weekday(day: int) -> int:
    """Monday is 0, of the number of a day."""
    return (day - 1) % 7


def _of_weekday(weekday: int, start: int, stop: int) -> int:
    """How many days from `start` to before `stop` are that day of the week."""
    return max((stop - 2 - weekday) // 7 - (start - 2 - weekday) // 7, 0)


def _within(days: Sequence[int], start: int, stop: int) -> int:
    """How many of the rising `days` lie from `start` to before `stop`."""
    return max(bisect_left(days, stop) - bisect_left(days, start), 0)


def _quiet_prior(seen: Sequence[Sequence[int]], weekday: int) -> float:
    """Quiet days of a weekday, with one day's weight of the workdays' or the weekend's share."""
    alike = [seen[n] for n in range(7) if (n in _WEEKEND) == (weekday in _WEEKEND)]
    share = (sum(active for active, _ in alike) + 0.5) / (sum(days for _, days in alike) + 1.0)
    active, days = seen[weekday]
    return days - active + 1.0 - share
