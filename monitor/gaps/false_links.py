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
    weights, scale = _by_false_links(found, false_weights(found, false_links), size, thinned)
    log_p = np.log(weights.sum(axis=0)) + scale
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
    weights, _ = _by_false_links(y, options, size, 1 + r * (burst - 1))
    cumulated = np.cumsum(weights / weights.sum(axis=0), axis=0)
    chosen: NDArray[np.int64] = np.minimum((cumulated < rng.random(len(rate))).sum(axis=0), len(options) - 1)
    return chosen


def _by_false_links(
    found: int, options: Sequence[tuple[int, float]], size: Floats, thinned: Floats
) -> tuple[Floats, Floats]:
    """P(found, f of them false) for each f of `options`, as values and the log of their common factor.

    Shapes: (len(options), *size) and of `size`.
    """
    first, first_weight = options[0]
    if options[-1][0] - first >= len(options):  # f in steps: too far apart to go from one to the next
        log_p = np.stack([_log_true(found - f, size, thinned) + weight for f, weight in options])
        top = log_p.max(axis=0)
        return np.exp(log_p - top), top
    q, ratio = 1 - 1 / thinned, np.ones(size.shape)
    rows = [ratio]
    for (_, before), (f, weight) in pairwise(options):
        count = found - f  # NB(c) = NB(c + 1) (c + 1) / ((size + c) q)
        ratio = ratio * (math.exp(weight - before) * (count + 1) / ((size + count) * q))
        rows.append(ratio)
    return np.stack(rows), _log_true(found - first, size, thinned) + first_weight


def _log_true(found: int, size: Floats, thinned: Floats) -> Floats:
    """log P(found) without false links. Shapes: of `size`."""
    log_p = gammaln(size + found) - gammaln(size) - math.lgamma(found + 1) if found else np.zeros(size.shape)
    return np.asarray(log_p - size * np.log(thinned) + found * np.log1p(-1 / thinned))
