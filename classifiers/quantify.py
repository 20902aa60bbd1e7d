"""How common something is in a pile of articles, corrected for what the classifier misses and invents.

A raw count of tags makes a rare topic common: of a thousand articles without it dozens get it all the same.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_DRAWS = 2000
_LEAST_GAP = (
    0.1  # a classifier that says yes to the right ones hardly more often than to the others tells nothing
)


class Rates(NamedTuple):
    """How often yes was said on held-back items whose truth is known."""

    hits: int  # yes, rightly
    n_true: int
    wrong: int  # yes, wrongly
    n_false: int


class Prevalence(NamedTuple):
    """Shares in [0, 1]. `share` and its 95 % interval are None where the classifier cannot tell."""

    n: int  # articles looked at
    counted: float | None  # share that got a yes; None of no article
    share: float | None
    low: float | None
    high: float | None


def rates_of(said: NDArray[np.bool_], true: NDArray[np.bool_]) -> Rates:
    """Counted on items that the classifier has not learnt from. Shapes: said, true (n,)."""
    return Rates(int((said & true).sum()), int(true.sum()), int((said & ~true).sum()), int((~true).sum()))


def adjusted_count(counted: float, true_rate: float, false_rate: float) -> float | None:
    """The share p with counted = p * true_rate + (1 - p) * false_rate, kept within [0, 1].

    None where the two rates lie too close. Source: Forman 2008 (adjusted count).
    """
    gap = true_rate - false_rate
    if gap < _LEAST_GAP:
        return None
    return min(1.0, max(0.0, (counted - false_rate) / gap))


def prevalence(n_said: int, n: int, rates: Rates, *, seed: int = 0) -> Prevalence:
    """The corrected share among n articles of which n_said got a yes.

    The interval holds the doubt of the sample and that of the rates: both are drawn anew two thousand times,
    the rates from their posterior under Jeffreys' prior. That the held-back items come in events is not
    counted in.
    """
    if n == 0:
        return Prevalence(0, None, None, None, None)
    counted = n_said / n
    if rates.n_true == 0 or rates.n_false == 0:
        return Prevalence(n, round(counted, 4), None, None, None)
    share = adjusted_count(counted, rates.hits / rates.n_true, rates.wrong / rates.n_false)
    if share is None:
        return Prevalence(n, round(counted, 4), None, None, None)
    draw = np.random.default_rng(seed)
    sample = draw.binomial(n, (n_said + 0.5) / (n + 1.0), _DRAWS) / n
    true_rate = draw.beta(rates.hits + 0.5, rates.n_true - rates.hits + 0.5, _DRAWS)
    false_rate = draw.beta(rates.wrong + 0.5, rates.n_false - rates.wrong + 0.5, _DRAWS)
    gap = np.maximum(true_rate - false_rate, _LEAST_GAP)
    drawn = np.clip((sample - false_rate) / gap, 0.0, 1.0)
    low, high = (float(bound) for bound in np.quantile(drawn, [0.025, 0.975]))
    return Prevalence(
        n, round(counted, 4), round(share, 4), round(min(low, share), 4), round(max(high, share), 4)
    )


def prevalences(said: NDArray[np.bool_], rates: Sequence[Rates], *, seed: int = 0) -> list[Prevalence]:
    """One a column. Shapes: said (n, k), k rates."""
    return [
        prevalence(int(said[:, column].sum()), len(said), rate, seed=seed)
        for column, rate in enumerate(rates)
    ]
