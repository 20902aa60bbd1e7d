"""Small pictures as numbers for inline SVG: bars of weeks, a line of time with marks. Pure.

Every picture stands beside the same numbers as text; colours are those of the style sheet's classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

BARS_WIDTH, BARS_HEIGHT = 560, 120
_FOOT, _HEAD = 18, 14  # room for the days below and the numbers above
_GAP = 6
LINE_WIDTH, LINE_HEIGHT = 560, 92
_MARGIN = 14


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. Units: of the picture, y downwards. `label`: below it, may be empty; `told`: its number."""

    x: int
    y: int
    width: int
    height: int
    label: str
    told: str
    is_known: bool  # False: nothing can be said, which is not nought


@dataclass(frozen=True, slots=True)
class Bars:
    """A row of bars."""

    width: int
    height: int
    base: int  # y of the line they stand on
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """One mark on the line of time. `kind`: class of the style sheet."""

    x: int
    y: int
    kind: str
    told: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A line of time with marks; `ticks`: x and text of years or months below it."""

    width: int
    height: int
    base: int
    dots: tuple[Dot, ...]
    ticks: tuple[tuple[int, str], ...]


def bars(values: Sequence[tuple[float | None, str, str]]) -> Bars:
    """Bars of (value, label, told); None as a value is an unknown one. Highest value: whole height."""
    base, room = BARS_HEIGHT - _FOOT, BARS_HEIGHT - _FOOT - _HEAD
    most = max((value for value, _, _ in values if value), default=0.0) or 1.0
    step = BARS_WIDTH / max(len(values), 1)
    found = []
    for n, (value, label, told) in enumerate(values):
        height = 0 if not value else max(2, round(room * value / most))
        found.append(
            Bar(
                x=round(n * step + _GAP / 2),
                y=base - height,
                width=max(1, round(step - _GAP)),
                height=height,
                label=label,
                told=told,
                is_known=value is not None,
            )
        )
    return Bars(BARS_WIDTH, BARS_HEIGHT, base, tuple(found))


def timeline(
    marks: Sequence[tuple[date, str, str]], ticks: Sequence[tuple[date, str]], first: date, last: date
) -> Timeline:
    """Marks of (day, kind, told) between two days; those of one place stand above one another.

    Marks outside the days are left out.
    """
    days = max((last - first).days, 1)
    base = LINE_HEIGHT - 26
    room = LINE_WIDTH - 2 * _MARGIN

    def x(day: date) -> int:
        return _MARGIN + round(room * (day - first).days / days)

    stacked: dict[int, int] = {}
    dots = []
    for day, kind, told in sorted(marks):
        if not first <= day <= last:
            continue
        place = x(day) // 9
        n = stacked[place] = stacked.get(place, -1) + 1
        dots.append(Dot(x(day), max(8, base - 9 * n), kind, told))
    shown = tuple((x(day), text) for day, text in ticks if first <= day <= last)
    return Timeline(LINE_WIDTH, LINE_HEIGHT, base, tuple(dots), shown)
