"""Turns probabilities into decisions. Pure: thresholds come from the model's manifest."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.articles.types import Judgement, Thresholds, TopicTag
from monitor.core.ids import TopicId
from monitor.core.ledger import Reason


def judge(gate_p: float, topic_ps: Sequence[float], labels: Sequence[str], bounds: Thresholds) -> Judgement:
    """Cooperation or not, which topics to publish and which to queue, and the reason where nothing is said.

    Nothing is published of an article on which a person must decide. A tag is as sure as article and topic
    together: what must reach the bound is the product, since `topic_ps` hold given that it is cooperation.

    Shapes: `topic_ps` has one probability for each of `labels`.
    """
    label = gate_label(gate_p, bounds)
    if label is False:
        return Judgement(gate_p, False, (), Reason.BELOW_GATE)
    rows = zip(labels, topic_ps, bounds.publish, bounds.reject, strict=True)
    kept = [
        TopicTag(TopicId(topic), float(p), published=label is True and gate_p * p >= publish)
        for topic, p, publish, reject in rows
        if p >= min(publish, reject)
    ]
    kept.sort(key=lambda tag: (not tag.published, -tag.p, tag.topic))
    return Judgement(gate_p, label, tuple(kept), _reason(label, kept))


class Judgements(NamedTuple):
    """Many judgements as arrays. Shapes: gate_p, label, reason (n,); the rest (m,), a row a topic that is
    published or queued: row of the item, column of the label, probability, published or not."""

    gate_p: NDArray[np.float64]
    label: NDArray[np.int8]  # 1 cooperation, 0 not, -1: a person must decide
    reason: list[str]  # value of Reason, empty where there is none
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    p: NDArray[np.float64]
    published: NDArray[np.bool_]


def some(found: Judgements, wanted: NDArray[np.bool_]) -> Judgements:
    """The judgements of some of the items, in their order. Shapes: wanted (n,)."""
    place, kept = np.cumsum(wanted) - 1, wanted[found.row]
    return Judgements(
        found.gate_p[wanted],
        found.label[wanted],
        [reason for reason, is_wanted in zip(found.reason, wanted.tolist(), strict=True) if is_wanted],
        place[found.row[kept]],
        found.column[kept],
        found.p[kept],
        found.published[kept],
    )


def judge_many(gate: NDArray[np.float32], topics: NDArray[np.float32], bounds: Thresholds) -> Judgements:
    """What `judge` decides, for many items at once. Shapes: gate (n,), topics (n, k)."""
    gate_p, ps = gate.astype(np.float64), topics.astype(np.float64)
    label = np.full(len(gate_p), -1, dtype=np.int8)
    label[gate_p < bounds.gate_no] = 0
    label[gate_p >= bounds.gate_yes] = 1
    publish, reject = np.array(bounds.publish), np.array(bounds.reject)
    kept = (ps >= np.minimum(publish, reject)) & (label != 0)[:, None]
    published = (gate_p[:, None] * ps >= publish) & (label == 1)[:, None] & kept
    row, column = np.nonzero(kept)
    has_published = published.any(axis=1)
    reason = np.select(
        [label == 0, label == -1, ~has_published],
        [Reason.BELOW_GATE.value, Reason.GATE_UNDECIDED.value, Reason.TOPIC_UNDECIDED.value],
        "",
    )
    return Judgements(gate_p, label, reason.tolist(), row, column, ps[row, column], published[row, column])


def gate_label(gate_p: float, bounds: Thresholds) -> bool | None:
    """True, False, or None where a person must decide."""
    if gate_p >= bounds.gate_yes:
        return True
    return False if gate_p < bounds.gate_no else None


def _reason(label: bool | None, tags: Sequence[TopicTag]) -> Reason | None:
    if label is None:
        return Reason.GATE_UNDECIDED
    return None if any(tag.published for tag in tags) else Reason.TOPIC_UNDECIDED
