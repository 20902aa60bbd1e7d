"""How regularly a source writes, and which of its silences that makes impossible to believe. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

HISTORY = timedelta(days=180)  # before and after a silence; what a paper did a year ago is not its rhythm
LEAST = timedelta(days=5)  # two days off beside a weekend prove nothing, however regular the source
NEVER_LEAST = timedelta(days=7)  # for a source that has not given a single item yet
# Such a silence begins by chance once in 10,000: a source starts some 100 a year, so that 300 sources
# raise about three false alarms a year.
BELIEVABLE = 1e-4
_LISTED_BEFORE = timedelta(days=28)  # how far back the items of a first poll are taken for a whole record
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1) // _TICK
_FIRST_WEEKDAY = 3  # of the epoch: a Thursday

Ints = NDArray[np.int64]


class Published(NamedTuple):
    """Items of one source that came out on one day (of UTC: only distances and weekdays matter here)."""

    first_at: datetime
    last_at: datetime
    items: int


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """`Published` days as columns, in time order: of a year's press there are a hundred thousand.

    Shapes: (n,) each. Units: microseconds since 1970.
    """

    first_at: Ints
    last_at: Ints
    items: Ints

    @classmethod
    def of(cls, published: "Sequence[Published] | Days") -> "Days":
        """The columns of days that may have them already."""
        if isinstance(published, Days):
            return published
        rows = [(ticks(day.first_at), ticks(day.last_at), day.items) for day in published]
        columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
        return cls(columns[:, 0], columns[:, 1], columns[:, 2])

    @property
    def on(self) -> Ints:
        """Number of each day, from 1970 on."""
        return self.first_at // _DAY


Given = Sequence[Published] | Days


def ticks(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - _EPOCH) // _TICK


def _moment(at: int) -> datetime:
    return _EPOCH + at * _TICK


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


def silences(published: Given, *, known_from: datetime, end: datetime) -> tuple[Silence, ...]:
    """The silences between `known_from` and `end` that are not the source's rhythm, each from its start.

    Each day of the week has its own chance of an item, learnt from the source's days around the silence and
    drawn towards its workdays or weekend; a silence is believed while the chance of so many days without an
    item in a row is above `BELIEVABLE`. Little history makes the chance larger: then a silence has to be
    longer until it is called one. `published` in time order, from well before `known_from` if possible.
    """
    days = Days.of(published)
    n = len(days.first_at)
    if n == 0:
        is_long = end - known_from > NEVER_LEAST
        return (Silence(known_from, end, 0.0, True),) if is_long else ()
    stops = np.append(days.first_at[1:], ticks(end))
    after = np.flatnonzero(stops - days.last_at > LEAST // _TICK)
    starts, stops = days.last_at[after], stops[after]
    chances = _chances(days, starts, stops, ticks(known_from)) if len(after) else []
    found = [
        Silence(_moment(int(start)), end if at == n - 1 else _moment(int(stop)), chance, bool(at == n - 1))
        for at, start, stop, chance in zip(after, starts, stops, chances, strict=True)
        if chance <= BELIEVABLE
    ]
    first = _moment(int(days.first_at[0]))
    if first - known_from > NEVER_LEAST:
        found.insert(0, Silence(known_from, first, 0.0, False))
    return tuple(found)


def _chances(days: Days, start: Ints, stop: Ints, known_from: int) -> list[float]:
    """Probability of the quiet days of each silence, given the days around it. Shapes: (silences,)."""
    history, listed = HISTORY // _TICK, _LISTED_BEFORE // _TICK
    since = np.maximum(days.first_at[0], np.maximum(start - history, np.minimum(known_from, start) - listed))
    until = np.minimum(days.last_at[-1], start + history) // _DAY + 1
    quiet_from, quiet_to = start // _DAY + 1, stop // _DAY
    around = ((since // _DAY, quiet_from), (quiet_to, until))
    on = days.on
    near = (  # days with items that tell of the rhythm; none: an empty stretch
        np.searchsorted(days.first_at, start - history),
        np.searchsorted(days.first_at, start + history, side="right"),
    )
    weekday = _weekday(on)
    active, whole = np.zeros((7, len(start))), np.zeros((7, len(start)))
    for n in range(7):
        own = np.unique(on[weekday == n])
        last = on[np.maximum(near[1] - 1, 0)] + 1
        for a, b in around:
            low = np.maximum(a, on[np.minimum(near[0], len(on) - 1)])
            inside = np.searchsorted(own, np.minimum(b, last)) - np.searchsorted(own, low)
            active[n] += np.where(near[0] < near[1], np.maximum(inside, 0), 0)
            whole[n] += np.maximum(_of_weekday_before(n, b) - _of_weekday_before(n, a), 0)
    quiet = whole - active + 1.0 - _shares(active, whole)
    return [
        _chance(range(a, b), quiet[:, n].tolist(), (1.0 + whole[:, n]).tolist())
        for n, (a, b) in enumerate(zip(quiet_from.tolist(), quiet_to.tolist(), strict=True))
    ]


def _chance(silent: range, quiet: list[float], total: list[float]) -> float:
    """`quiet` of `total` days, by weekday, were without an item; each further one makes it more usual."""
    chance = 1.0
    for day in silent:
        weekday = (day + _FIRST_WEEKDAY) % 7
        chance *= quiet[weekday] / total[weekday]
        quiet[weekday] += 1.0
        total[weekday] += 1.0
    return chance


def _weekday(day: Ints) -> Ints:
    """Monday is 0, of the number of a day."""
    return (day + _FIRST_WEEKDAY) % 7


def _of_weekday_before(weekday: int, day: Ints) -> Ints:
    """Numbers the days of that weekday before a day: differences count those in between."""
    return (day - 1 - weekday + _FIRST_WEEKDAY) // 7


def _shares(active: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """The part of the workdays' or the weekend's days that have items, for each weekday. Shapes: (7, n)."""
    shares = np.empty(active.shape)
    for alike in (slice(0, 5), slice(5, 7)):
        shares[alike] = (active[alike].sum(axis=0) + 0.5) / (whole[alike].sum(axis=0) + 1.0)
    return shares
