"""Chooses the bounds: what is published, what is rejected, what a person decides."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

GATE_RECALL = 0.99  # below `gate_no` at most one cooperation item in a hundred is lost
CHEAP_RECALL = 0.995  # the cheap gate may lose half of that
PUBLISH_PRECISION = 0.91  # of all published tags together; on items that did not choose it .90 is left
TOPIC_PRECISION = 0.82  # of those of each topic
QUEUE_RECALL = 0.87  # share of the right tags that are published or queued

_NEVER = 1.0  # probabilities end at .999
# The found precision of a topic with 25 examples jumps: so many tags of the wanted precision are added to it.
# Bounds chosen for each topic alone gave recall .28 at precision .85, the pooled one .30 at .90.
_PRIOR_TAGS = 10.0


class Thresholds(NamedTuple):
    """Gate: at or above `gate_yes` cooperation, below `gate_no` not, between a person decides. Topics, in the
    order of the labels: publish where topic times gate is at or above `publish`, reject where the topic is
    below `reject`, queue the rest."""

    gate_yes: float
    gate_no: float
    publish: tuple[float, ...]
    reject: tuple[float, ...]


def choose_thresholds(
    gate: NDArray[np.float64],
    topics: NDArray[np.float64],
    cooperation: NDArray[np.bool_],
    has_topic: NDArray[np.bool_],
) -> Thresholds:
    """Bounds from held-back probabilities. Shapes: gate, cooperation (n,), topics, has_topic (n, k)."""
    gate_yes = _best_f1(gate, cooperation)
    gate_no = min(gate_yes, bound_for_recall(gate, cooperation, GATE_RECALL))
    passed = gate >= gate_yes
    # Topic times gate, the chance that the tag is right: against the topic alone, recall .489 for .471 at .90
    publish = _publish_bounds((topics * gate[:, None])[passed], has_topic[passed])
    queue = bound_for_recall(topics[cooperation].ravel(), has_topic[cooperation].ravel(), QUEUE_RECALL)
    return Thresholds(gate_yes, gate_no, publish, tuple(min(queue, bound) for bound in publish))


def bound_for_recall(p: NDArray[np.float64], y: NDArray[np.bool_], recall: float) -> float:
    """The highest bound that keeps this share of the true ones. 0 when there are none. Shapes: p, y (n,)."""
    found = np.sort(p[y])
    if len(found) == 0:
        return 0.0
    may_lose = int(np.floor((1.0 - recall) * len(found) + 1e-9))
    below = p[p < found[may_lose]]
    return _between(float(below.max()) if len(below) else 0.0, float(found[may_lose]))


def balanced_bound(p: NDArray[np.float64], y: NDArray[np.bool_]) -> float:
    """The bound above which as many are as there are true ones: there precision and recall meet."""
    falling = -np.sort(-p)
    n_true = int(y.sum())
    if n_true == 0 or n_true >= len(falling):
        return 0.0 if n_true else _NEVER
    return _between(float(falling[n_true]), float(falling[n_true - 1]))


def _best_f1(p: NDArray[np.float64], y: NDArray[np.bool_]) -> float:
    if not y.any():
        return _NEVER
    order = np.argsort(-p, kind="stable")
    f1 = 2.0 * np.cumsum(y[order]) / (np.arange(1, len(p) + 1) + y.sum())
    # the middle of the plateau within .002 of the best: the top itself sits on a single item
    plateau = np.flatnonzero(f1 >= f1.max() - 0.002)
    return _cut(p[order], int(np.median(plateau)))


def _publish_bounds(p: NDArray[np.float64], y: NDArray[np.bool_]) -> tuple[float, ...]:
    """One bound for all topics where their tags together are precise enough, higher for a topic that is not.

    Calibrated probabilities mean the same in each topic, and only all topics together have the examples.
    """
    pooled = _bound_for_precision(p.ravel(), y.ravel(), PUBLISH_PRECISION, prior=0.0, at_least=0.0)
    return tuple(
        _bound_for_precision(p[:, k], y[:, k], TOPIC_PRECISION, prior=_PRIOR_TAGS, at_least=pooled)
        for k in range(p.shape[1])
    )


def _bound_for_precision(
    p: NDArray[np.float64], y: NDArray[np.bool_], wanted: float, *, prior: float, at_least: float
) -> float:
    """The lowest bound not below `at_least` above which the precision is as wanted."""
    if not y.any():
        return _NEVER
    order = np.argsort(-p, kind="stable")
    falling = p[order]
    n_tags = np.arange(1, len(p) + 1)
    precision = (np.cumsum(y[order]) + prior * PUBLISH_PRECISION) / (n_tags + prior)
    good = np.flatnonzero((precision >= wanted) & (falling >= at_least))
    if len(good) == 0:
        return _NEVER if prior == 0.0 or (falling >= at_least).any() else at_least
    last = int(good[-1])
    next_one = float(falling[last + 1]) if last + 1 < len(falling) else 0.0
    return max(at_least, _cut(falling, last)) if next_one >= at_least else at_least


def _cut(falling: NDArray[np.float64], last: int) -> float:
    """The bound that keeps falling[: last + 1]."""
    return _between(float(falling[last + 1]) if last + 1 < len(falling) else 0.0, float(falling[last]))


def _between(low: float, high: float) -> float:
    """A bound that parts two probabilities; the upper one when they are too close to part."""
    middle = (low + high) / 2.0
    return middle if low < middle <= high else high
