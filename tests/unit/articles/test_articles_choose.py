"""Thresholds turn probabilities into publish, queue and reject."""

import numpy as np
import pytest

from monitor.articles.choose import judge, judge_many
from monitor.articles.types import Judgement, Thresholds, TopicTag
from monitor.core.ids import TopicId
from monitor.core.ledger import Reason

LABELS = ("trade", "culture", "sport_youth")
BOUNDS = Thresholds(gate_yes=0.6, gate_no=0.3, publish=(0.7, 0.8, 0.9), reject=(0.4, 0.4, 0.4))


def test_topics_are_published_above_queued_between_and_dropped_below() -> None:
    assert judge(0.99, (0.71, 0.95, 0.5), LABELS, BOUNDS) == Judgement(
        0.99,
        True,
        (
            TopicTag(TopicId("culture"), 0.95, published=True),
            TopicTag(TopicId("trade"), 0.71, published=True),
            TopicTag(TopicId("sport_youth"), 0.5, published=False),
        ),
        None,
    )


def test_a_sure_topic_of_a_doubtful_article_is_queued() -> None:
    (tag,) = judge(0.7, (0.95, 0.1, 0.1), LABELS, BOUNDS).topics
    assert tag == TopicTag(TopicId("trade"), 0.95, published=False)


def test_below_the_gate_no_topic_is_named() -> None:
    assert judge(0.29, (0.9, 0.9, 0.9), LABELS, BOUNDS) == Judgement(0.29, False, (), Reason.BELOW_GATE)


@pytest.mark.parametrize(
    ("gate_p", "label", "reason"),
    [
        (0.6, True, Reason.TOPIC_UNDECIDED),
        (0.3, None, Reason.GATE_UNDECIDED),
        (0.2999, False, Reason.BELOW_GATE),
    ],
)
def test_a_probability_on_a_bound_belongs_to_the_higher_side(
    gate_p: float, label: bool | None, reason: Reason
) -> None:
    found = judge(gate_p, (0.1, 0.1, 0.1), LABELS, BOUNDS)
    assert (found.label, found.reason) == (label, reason)


def test_many_items_at_once_are_judged_as_one_by_one() -> None:
    rng = np.random.default_rng(2026)
    edges = [0.3, 0.4, 0.6, 0.7, 0.8, 0.9]  # bounds, too
    gate = np.append(rng.random(200), edges).astype(np.float32)
    topics = np.vstack([rng.random((200, 3)), np.array([edges] * 3).T]).astype(np.float32)
    bounds = Thresholds(gate_yes=0.6, gate_no=0.3, publish=(0.5, 0.2, 0.9), reject=(0.4, 0.4, 0.4))
    found = judge_many(gate, topics, bounds)
    one_by_one = [
        judge(float(p), [float(q) for q in row], LABELS, bounds) for p, row in zip(gate, topics, strict=True)
    ]
    label = {True: 1, False: 0, None: -1}
    assert found.label.tolist() == [label[one.label] for one in one_by_one]
    assert found.reason == [one.reason.value if one.reason else "" for one in one_by_one]
    topics_of = [
        (row, tag.topic, tag.p, tag.published) for row, one in enumerate(one_by_one) for tag in one.topics
    ]
    named = [LABELS[column] for column in found.column.tolist()]
    rows = zip(found.row.tolist(), named, found.p.tolist(), found.published.tolist(), strict=True)
    assert sorted(rows) == sorted(topics_of)
    assert set(found.published.tolist()) == {True, False}
    assert set(found.reason) == {"", "below_gate", "gate_undecided", "topic_undecided"}
