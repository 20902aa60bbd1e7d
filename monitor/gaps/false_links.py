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
_DIGITS = 290  # what a float holds, with room for a sum


def expected_false(found: Floats, exposure: Floats, *, wrong: Floats, teaches: Floats) -> Floats:
    """Expected false links: half follow the family's own activity, half fall anywhere.

    Where a family was watched for a part of the time only, a part of those that fall anywhere are its own.
    `wrong`: share of links that are; `teaches`: 1 for a family that tells what is usual, else 0.
    Shapes: found, exposure (n, 2): the window, before it; wrong, teaches (n,) -> (n, 2). Units: weeks.
    """
    usual = exposure * (teaches @ found / np.maximum(teaches @ exposure, 1e-9))
    return np.asarray(wrong[:, None] * (0.5 * found + 0.5 * usual))


def likelihood(found: int, size: Floats, thinned: Floats, false_links: float) -> Floats:
    """P(found | size), up to a factor: negative binomial plus Poisson false links.

    Shapes: of `size` (s, cells); thinned (s, 1).
    """
    if found == 0:
        silent = size * -np.log(thinned)
        return np.asarray(np.exp(silent, out=silent))
    options = false_weights(found, false_links)
    log_p = _log_summed(found, options, size, thinned)
    if log_p is None:
        by_false, log_over = _by_false_links(found, options, size, thinned)
        log_p = np.log(by_false.sum(axis=0))
        log_p += log_over if log_over is not None else _log_each(found, options[:1], size, thinned)[0]
    log_p -= log_p.max(axis=1, keepdims=True)  # one scale per world: only ratios inside a world matter
    return np.asarray(np.exp(log_p, out=log_p))


def _log_summed(
    found: int, options: Sequence[tuple[int, float]], size: Floats, thinned: Floats
) -> Floats | None:
    """log of the sum over f of NB(found - f) Poisson(f), up to a factor of each row; None out of reach.

    NB(c) is q^c / c! x size (size + 1) ... (size + c - 1) x thinned^-size: a polynomial in size of few terms,
    all positive, so that Horner's rule is exact and asks for no gamma function. Its powers must not overflow.
    """
    if _is_in_steps(options) or found * math.log10(float(size.max()) + found) > _DIGITS:
        return None
    counts = np.array([found - f for f, _ in options])  # falling
    log_q = np.log1p(-1 / thinned)
    terms = counts * log_q + np.array([weight - math.lgamma(found - f + 1) for f, weight in options])
    terms -= terms.max(axis=1, keepdims=True)
    if terms.min() < -_DIGITS:
        return None
    terms = np.exp(terms)
    total = np.broadcast_to(terms[:, :1], size.shape).copy()
    factor = np.empty(size.shape)
    for n, count in enumerate(counts[1:].tolist(), 1):
        total *= np.add(size, count, out=factor)
        total += terms[:, n, None]
    least = int(counts[-1])
    ends = size * (size + (least - 1))  # (size + n) (size + least - 1 - n) = ends + n (least - 1 - n)
    for n in range(least // 2):
        total *= np.add(ends, n * (least - 1 - n), out=factor)
    if least % 2:
        total *= np.add(size, least // 2, out=factor)
    np.log(total, out=total)
    total -= np.multiply(size, np.log(thinned), out=factor)
    return total


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
    cumulated, _ = _by_false_links(y, options, size, 1 + r * (burst - 1))
    for n in range(1, len(cumulated)):  # by rows: along this axis cumsum and sum take four times as long
        cumulated[n] += cumulated[n - 1]
    uniform = rng.random(len(rate)) * cumulated[-1]
    chosen = np.zeros(len(rate), dtype=np.int64)
    for row in cumulated[:-1]:
        chosen += row < uniform
    return chosen


def _by_false_links(
    found: int, options: Sequence[tuple[int, float]], size: Floats, thinned: Floats
) -> tuple[Floats, Floats | None]:
    """P(found, f of them false) for each f of `options`, and the log of what it is over; None: the first's.

    Shapes: (options, *size); of `size`.
    """
    if _is_in_steps(options):
        log_p = _log_each(found, options, size, thinned)
        most = log_p.max(axis=0)
        log_p -= most
        return np.exp(log_p, out=log_p), most
    q = 1 - 1 / thinned
    rows = np.ones((len(options), *size.shape))
    step = np.empty(size.shape)
    for n, ((_, before), (f, weight)) in enumerate(pairwise(options), 1):
        count = found - f  # NB(c) = NB(c + 1) (c + 1) / ((size + c) q)
        np.add(size, count, out=step)
        step *= q
        np.divide(rows[n - 1], step, out=rows[n])
        rows[n] *= math.exp(weight - before) * (count + 1)
    return rows, None


def _is_in_steps(options: Sequence[tuple[int, float]]) -> bool:
    """True where not every number of false links is an option: too far apart to go from one to the next."""
    return options[-1][0] - options[0][0] >= len(options)


def _log_each(found: int, options: Sequence[tuple[int, float]], size: Floats, thinned: Floats) -> Floats:
    """log P(found, f of them false) for each f of `options`. Shapes: (options, *size)."""
    log_size, fallen, log_q = gammaln(size), size * np.log(thinned), np.log1p(-1 / thinned)
    told = [
        gammaln(size + (found - f))
        - log_size
        - math.lgamma(found - f + 1)
        - fallen
        + (found - f) * log_q
        + weight
        for f, weight in options
    ]
    return np.stack(told)
