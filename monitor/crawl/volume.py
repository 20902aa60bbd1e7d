"""Sudden changes of how much a source writes: one step in its daily counts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

WINDOW_DAYS = 84  # twelve weeks: each weekday often enough to know its share
LEAST_BEFORE = 21
LEAST_AFTER = 5
PENALTY = 20.0  # of twice the log-likelihood ratio over the dispersion; figures in docs/decisions/060
LEAST_LEVEL = 1.0  # items a day on the fuller side: below it a few stories in one week look like a change
LEAST_FACTOR = 1.5  # a smaller step is a newspaper's life; a true halving is often estimated above a half
_SPREAD = 3.0  # days of the mean that a weekday's share is drawn to


@dataclass(frozen=True, slots=True)
class VolumeChange:
    """A step: items a day before and from `since` on. `score` is the evidence beyond `PENALTY`."""

    since: date
    before: float
    after: float
    score: float


def volume_change(counts: Sequence[int] | NDArray[np.float64], first_on: date) -> VolumeChange | None:
    """The step in daily counts of new items, None when there is none. Shapes: one count a whole day.

    Poisson counts with a share for each weekday and a common dispersion; every day but the first
    `LEAST_BEFORE` and the last `LEAST_AFTER` is tried as the first day of a new level.
    """
    seen = np.asarray(counts[-WINDOW_DAYS:], dtype=np.float64)
    first = first_on + timedelta(days=len(counts) - len(seen))
    if len(seen) < LEAST_BEFORE + LEAST_AFTER or not seen.sum():
        return None
    usual = _weekday_shares(seen, first)
    n_left, e_left = np.cumsum(seen)[:-1], np.cumsum(usual)[:-1]
    n_right, e_right = seen.sum() - n_left, usual.sum() - e_left
    whole = _fit(seen.sum(), usual.sum())
    gain = 2.0 * (_fit(n_left, e_left) + _fit(n_right, e_right) - whole)
    tried = slice(LEAST_BEFORE - 1, len(seen) - LEAST_AFTER)
    at = int(np.argmax(gain[tried])) + LEAST_BEFORE
    before, after = float(n_left[at - 1] / e_left[at - 1]), float(n_right[at - 1] / e_right[at - 1])
    score = float(gain[at - 1]) / _dispersion(seen, usual, at, before, after)
    is_large = after * LEAST_FACTOR <= before or before * LEAST_FACTOR <= after
    if score < PENALTY or not is_large or max(before, after) < LEAST_LEVEL:
        return None
    return VolumeChange(first + timedelta(days=at), before, after, score)


def _weekday_shares(seen: NDArray[np.float64], first: date) -> NDArray[np.float64]:
    """What each day is worth of a mean day. Shapes: (n,), mean about 1."""
    weekday = (first.weekday() + np.arange(len(seen))) % 7
    mean = seen.mean()
    shares = np.empty(7)
    for n in range(7):
        of_day = seen[weekday == n]
        shares[n] = (of_day.sum() + _SPREAD * mean) / (len(of_day) + _SPREAD) / mean
    usual: NDArray[np.float64] = shares[weekday]
    return usual


def _fit(n: NDArray[np.float64] | float, e: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Poisson log-likelihood of n items where e are usual, at its best rate, less what is common to all."""
    number = np.asarray(n, dtype=np.float64)
    return np.where(number > 0, number * np.log(np.maximum(number, 1.0) / np.asarray(e)), 0.0)


def _dispersion(
    seen: NDArray[np.float64], usual: NDArray[np.float64], at: int, before: float, after: float
) -> float:
    """Pearson's chi square over its degrees of freedom around both levels, at least 1 (Poisson)."""
    level = np.where(np.arange(len(seen)) < at, before, after) * usual
    floor = np.maximum(level, 0.5 * seen.mean() * usual)  # a level of nought must not divide
    return max(1.0, float((((seen - level) ** 2) / floor).sum() / max(len(seen) - 8, 1)))
