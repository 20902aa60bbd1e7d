"""How many of the found originals are false links, and what a count says in spite of them. Pure.

Found = T + F: T negative binomial with the thinned dispersion D', F Poisson; both are summed over F.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from monitor.gaps.detection import Floats, drawn_rows

MOST_FALSE = 64  # numbers of false links looked at; below 64 expected, all of them
_DIGITS = 290  # what a float holds, with room for a sum


@dataclass(frozen=True, slots=True)
class Options:
    """Numbers of false links that are worth considering, rising, and their log Poisson weights.

    Shapes: false (options,); log_weight (options, s).
    """

    false: NDArray[np.int64]
    log_weight: Floats

    @property
    def are_in_steps(self) -> bool:
        """True where not every number is an option: too far apart to go from one to the next."""
        return int(self.false[-1] - self.false[0]) >= len(self.false)

    @property
    def first(self) -> "Options":
        """The least alone."""
        return Options(self.false[:1], self.log_weight[:1])


def expected_false(found: Floats, exposure: Floats, *, wrong: Floats, teaches: Floats) -> Floats:
    """Expected false links: half follow the family's own activity, half fall anywhere.

    Where a family was watched for a part of the time only, a part of those that fall anywhere are its own.
    `wrong`: share of links that are; `teaches`: 1 for a family that tells what is usual, else 0.
    Shapes: found, exposure (n, 2): the window, before it; wrong, teaches (n,) -> (n, 2). Units: weeks.
    """
    usual = exposure * (teaches @ found / np.maximum(teaches @ exposure, 1e-9))
    return np.asarray(wrong[:, None] * (0.5 * found + 0.5 * usual))


def likelihood(found: int, size: Floats, thinned: Floats, false_links: Floats) -> Floats:
    """P(found | size), up to a factor: negative binomial plus Poisson false links.

    Shapes: of `size` (s, cells); thinned (s, 1); false_links (s,), expected.
    """
    if found == 0:
        silent = size * -np.log(thinned)
        return np.asarray(np.exp(silent, out=silent))
    options = false_weights(found, false_links)
    told = _summed(found, options, size, thinned)
    if told is None:
        by_false, log_over = _by_false_links(found, options, size, thinned)
        log_p = np.log(by_false.sum(axis=0))
        log_p += log_over if log_over is not None else _log_each(found, options.first, size, thinned)[0]
        log_p -= log_p.max(axis=1, keepdims=True)
        return np.asarray(np.exp(log_p, out=log_p))
    told /= told.max(axis=1, keepdims=True)  # one scale per world: only ratios inside a world matter
    return told


def _summed(found: int, options: Options, size: Floats, thinned: Floats) -> Floats | None:
    """The sum over f of NB(found - f) Poisson(f), up to a factor of each row; None out of reach.

    NB(c) is q^c / c! x size (size + 1) ... (size + c - 1) x thinned^-size: a polynomial in size of few terms,
    all positive, so that Horner's rule is exact and asks for no gamma function. Its powers must not overflow.
    """
    if options.are_in_steps or found * math.log10(float(size.max()) + found) > _DIGITS:
        return None
    counts = found - options.false  # falling
    terms = counts * np.log1p(-1 / thinned) + (options.log_weight - gammaln(counts + 1)[:, None]).T
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
    np.multiply(size, -np.log(thinned), out=factor)
    total *= np.exp(factor, out=factor)  # 0 where it is nothing beside the row's largest
    return total


def false_weights(found: int, expected: Floats) -> Options:
    """Numbers of false links worth considering in any world, and how likely they are. Shapes: expected (s,).

    Of very many (a family with hundreds of originals) every so-maniest stands for those around it.
    """
    fewest, most_expected = float(expected.min()), float(expected.max())
    if most_expected <= 0:
        return Options(np.zeros(1, dtype=np.int64), np.zeros((1, len(expected))))
    least = min(found, max(0, int(fewest - _reach(fewest))))
    most = min(found, int(most_expected + _reach(most_expected)))
    false = np.arange(least, most + 1, 1 + (most - least) // MOST_FALSE)
    log_expected = np.log(np.maximum(expected, 1e-300))
    return Options(false, false[:, None] * log_expected - expected - gammaln(false + 1)[:, None])


def _reach(expected: float) -> float:
    return 4 * math.sqrt(expected) + 3


def false_draws(
    rate: Floats,
    r: Floats,
    y: int,
    options: Options,
    *,
    exposure: Floats,
    burst: float,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """How many of the y found are false, given the rate. Shapes: (s * j,), ordered by world."""
    if y == 0 or len(options.false) == 1:
        return np.full(len(rate), options.false[0])
    by_world = (options.log_weight.shape[1], -1)
    size = (rate * np.maximum(exposure, 1e-9) / (burst - 1)).reshape(by_world)
    weights, _ = _by_false_links(y, options, size, (1 + r * (burst - 1)).reshape(by_world))
    return np.asarray(options.false.take(drawn_rows(weights, rng.random(size.shape))).ravel())


def _by_false_links(
    found: int, options: Options, size: Floats, thinned: Floats
) -> tuple[Floats, Floats | None]:
    """P(found, f of them false) for each f of `options`, and the log of what it is over; None: the first's.

    Shapes: (options, *size); of `size`; `size` (s, any).
    """
    if options.are_in_steps:
        log_p = _log_each(found, options, size, thinned)
        most = log_p.max(axis=0)
        log_p -= most
        return np.exp(log_p, out=log_p), most
    q = 1 - 1 / thinned
    rows = np.empty((len(options.false), *size.shape))
    rows[0] = 1.0
    step = np.empty(size.shape)
    odds = np.exp(np.diff(options.log_weight, axis=0))
    for n, f in enumerate(options.false[1:].tolist(), 1):
        count = found - f  # NB(c) = NB(c + 1) (c + 1) / ((size + c) q)
        np.add(size, count, out=step)
        step *= q
        np.divide(rows[n - 1], step, out=rows[n])
        rows[n] *= (odds[n - 1] * (count + 1))[:, None]
    return rows, None


def _log_each(found: int, options: Options, size: Floats, thinned: Floats) -> Floats:
    """log P(found, f of them false) for each f of `options`. Shapes: (options, *size)."""
    log_size, fallen, log_q = gammaln(size), size * np.log(thinned), np.log1p(-1 / thinned)
    told = [
        gammaln(size + (found - f))
        - log_size
        - math.lgamma(found - f + 1)
        - fallen
        + (found - f) * log_q
        + weight[:, None]
        for f, weight in zip(options.false.tolist(), options.log_weight, strict=True)
    ]
    return np.stack(told)
