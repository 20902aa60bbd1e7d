"""Turns probabilities into decisions. Pure: thresholds come from the model's manifest."""

from collections.abc import Sequence

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


def gate_label(gate_p: float, bounds: Thresholds) -> bool | None:
    """True, False, or None where a person must decide."""
    if gate_p >= bounds.gate_yes:
        return True
    return False if gate_p < bounds.gate_no else None


def _reason(label: bool | None, tags: Sequence[TopicTag]) -> Reason | None:
    if label is None:
        return Reason.GATE_UNDECIDED
    return None if any(tag.published for tag in tags) else Reason.TOPIC_UNDECIDED
