"""Turns log-odds into probabilities that mean what they say, and measures whether they do."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Weight of the pooled curve in a topic's own. Swept 1, 5, 20, 60 over three foldings: strongest tag right in
# .925, .934, .937, .939; published recall .362, .362, .357, .349.
_OWN_STRENGTH = 20.0
_STEPS = 50
_SURE = 1e-3  # no judgement is surer than one error in a thousand: the corpus is too small to know
_SURE_ODDS = float(np.log((1 - _SURE) / _SURE))


class Sigmoid(NamedTuple):
    """p = 1 / (1 + exp(-(slope * z + offset)))."""

    slope: float
    offset: float

    def __call__(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities within [.001, .999], of the shape of `z`."""
        return _probability(self.slope * z + self.offset)


UNIT = Sigmoid(1.0, 0.0)


class Level(NamedTuple):
    """How log-odds of one item's topics are read together: slope * z + of_best * (the best of them)
    + of_number * log(how many topics they promise) + offset.

    An item that scores low on its best topic scores low on all of them and has hardly fewer, so both factors
    are found to be negative. docs/decisions/013 says what they win.
    """

    slope: float
    of_best: float
    of_number: float
    offset: float


ALONE = Level(1.0, 0.0, 0.0, 0.0)


class TopicCurves(NamedTuple):
    """One curve a topic, then what an item's topics say of each other."""

    own: tuple[Sigmoid, ...]
    level: Level


def fit_sigmoid(
    z: NDArray[np.float64], y: NDArray[np.bool_], *, towards: Sigmoid = UNIT, strength: float = 1.0
) -> Sigmoid:
    """The curve of greatest likelihood, pulled `towards` another by `strength`.

    Shapes: z (n,), y (n,). With n = 0 it is `towards` itself. Source: Platt 1999, with a normal prior.
    """
    slope, offset = _likeliest(z[:, None], y, towards, strength)
    return Sigmoid(slope, offset)


def fit_topics(z: NDArray[np.float64], y: NDArray[np.bool_]) -> TopicCurves:
    """One curve a column, each pulled towards the one of all columns together, and the level of items.

    Shapes: z, y (n, k).
    """
    pooled = fit_sigmoid(z.ravel(), y.ravel())
    own = tuple(
        fit_sigmoid(z[:, k], y[:, k], towards=pooled, strength=_OWN_STRENGTH) for k in range(z.shape[1])
    )
    if z.size == 0:
        return TopicCurves(own, ALONE)
    straight = _straightened(own, z)
    columns = [np.broadcast_to(part, z.shape).ravel() for part in (straight, *_of_item(straight))]
    return TopicCurves(own, Level(*_likeliest(np.column_stack(columns), y.ravel(), ALONE, 1.0)))


def apply_topics(curves: TopicCurves, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities within [.001, .999]. Shapes: k curves, z (n, k) -> (n, k)."""
    slope, of_best, of_number, offset = curves.level
    straight = _straightened(curves.own, z)
    best, number = _of_item(straight)
    return _probability(slope * straight + (of_best * best + of_number * number + offset))


def _of_item(z: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The best log-odds and the log of the promised number of topics. Shapes: (n, k) -> (n, 1), (n, 1)."""
    best = z.max(axis=1, keepdims=True, initial=-_SURE_ODDS)
    promised = np.maximum(_SURE, (1.0 / (1.0 + np.exp(-z))).sum(axis=1, keepdims=True))
    return best, np.asarray(np.log(promised), dtype=np.float64)


def _probability(z: NDArray[np.float64]) -> NDArray[np.float64]:
    p = 1.0 / (1.0 + np.exp(-np.clip(z, -30, 30)))
    return np.asarray(np.clip(p, _SURE, 1.0 - _SURE), dtype=np.float64)


def _straightened(curves: Sequence[Sigmoid], z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds that mean what they say, no surer than a probability may be. Shapes: k curves, z (n, k)."""
    slopes, offsets = np.array(curves, dtype=np.float64).reshape(-1, 2).T
    return np.asarray(np.clip(z * slopes + offsets, -_SURE_ODDS, _SURE_ODDS), dtype=np.float64)


def _likeliest(
    z: NDArray[np.float64], y: NDArray[np.bool_], prior: Sequence[float], strength: float
) -> list[float]:
    """Factors of the columns and then the offset, pulled towards `prior`. Shapes: z (n, m), y (n,)."""
    start = np.array(prior)
    at = start.copy()
    design = np.column_stack([z, np.ones(len(z))])
    penalty = np.diag(np.full(len(start), strength))
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ at, -30, 30)))
        gradient = design.T @ (p - y) + penalty @ (at - start)
        curvature = (design * (p * (1 - p))[:, None]).T @ design + penalty
        step = np.linalg.solve(curvature, gradient)
        at = at - np.clip(step, -1.0, 1.0)  # a full Newton step overshoots where all p are near 0 or 1
        if np.abs(step).max() < 1e-8:
            break
    return [float(value) for value in at]


def expected_error(p: NDArray[np.float64], y: NDArray[np.bool_], *, bins: int = 10) -> float:
    """Expected calibration error: mean gap of stated and found share over bins of equal mass.

    Units: share. Shapes: p, y (n,). With n = 0 it is 0.
    """
    if len(p) == 0:
        return 0.0
    order = np.argsort(p, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return float(sum(len(part) * abs(p[part].mean() - y[part].mean()) for part in parts) / len(p))
