"""How many of the found originals are false links, and what a count says in spite of them. Pure.

Found = T + F: T negative binomial with the thinned dispersion D', F Poisson; both are summed over F.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from monitor.gaps.detection import Floats

MOST_FALSE = 64  # numbers of false links looked at; below 64 expected, all of them


def likelihood(found: int, size: Floats, thinned: Floats, false_links: float) -> Floats:
    """P(found | size), up to a factor: negative binomial plus Poisson false links. Shapes: of `size`."""
    if found == 0:
        return np.asarray(np.exp(-size * np.log(thinned)))
    options = false_weights(found, false_links)
    log_p = np.log(_by_false_links(found, options, size, thinned).sum(axis=0))
    log_p = log_p + _log_of_first(found, options, size, thinned)
    top = log_p.max(axis=1, keepdims=True)  # one scale per world: only ratios inside a world matter
    return np.asarray(np.exp(log_p - top))


def false_weights(found: int, expected: float) -> list[tuple[int, float]]:
    """Numbers of false links worth considering, rising, and their log Poisson weights.

    Of very many (a family with hundreds of originals) every so-maniest stands for those around it.
    """
    if expected <= 0:
        return [(0, 0.0)]
    reach = 5 * math.sqrt(expected) + 3
    least, most = min(found, max(0, int(expected - reach))), min(found, int(expected + reach))
    step = 1 + (most - least) // MOST_FALSE
    return [(f, f * math.log(expected) - expected - math.lgamma(f + 1)) for f in range(least, most + 1, step)]


def false_draws(
    rate: Floats,
    r: Floats,
    y: int,
    options: Sequence[tuple[int, float]],
    *,
    exposure: Floats,
    burst: float,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """How many of the y found are false, given the rate. Shapes: (s * j,)."""
    if y == 0 or len(options) == 1:
        return np.zeros(len(rate), dtype=np.int64)
    size = rate * np.maximum(exposure, 1e-9) / (burst - 1)
    weights = _by_false_links(y, options, size, 1 + r * (burst - 1))
    cumulated = np.cumsum(weights / weights.sum(axis=0), axis=0)
    chosen: NDArray[np.int64] = np.minimum((cumulated < rng.random(len(rate))).sum(axis=0), len(options) - 1)
    return chosen


def _by_false_links(
    found: int, options: Sequence[tuple[int, float]], size: Floats, thinned: Floats
) -> Floats:
    """P(found, f of them false) for each f of `options`, over `_log_of_first`. Shapes: (options, *size)."""
    if _is_in_steps(options):
        log_p = _log_in_steps(found, options, size, thinned)
        return np.asarray(np.exp(log_p - log_p.max(axis=0)))
    q, ratio = 1 - 1 / thinned, np.ones(size.shape)
    rows = [ratio]
    for (_, before), (f, weight) in pairwise(options):
        count = found - f  # NB(c) = NB(c + 1) (c + 1) / ((size + c) q)
        ratio = ratio * (math.exp(weight - before) * (count + 1) / ((size + count) * q))
        rows.append(ratio)
    return np.stack(rows)


def _log_of_first(found: int, options: Sequence[tuple[int, float]], size: Floats, thinned: Floats) -> Floats:
    """The log of what `_by_false_links` is over: the first option, or the largest. Shapes: of `size`."""
    if _is_in_steps(options):
        return np.asarray(_log_in_steps(found, options, size, thinned).max(axis=0))
    first, weight = options[0]
    return _log_true(found - first, size, thinned) + weight


def _is_in_steps(options: Sequence[tuple[int, float]]) -> bool:
    """True where not every number of false links is an option: too far apart to go from one to the next."""
    return options[-1][0] - options[0][0] >= len(options)


def _log_in_steps(found: int, options: Sequence[tuple[int, float]], size: Floats, thinned: Floats) -> Floats:
    return np.stack([_log_true(found - f, size, thinned) + weight for f, weight in options])


def _log_true(found: int, size: Floats, thinned: Floats) -> Floats:
    """log P(found) without false links. Shapes: of `size`."""
    log_p = gammaln(size + found) - gammaln(size) - math.lgamma(found + 1) if found else np.zeros(size.shape)
    return np.asarray(log_p - size * np.log(thinned) + found * np.log1p(-1 / thinned))
