"""Thresholds turn probabilities into publish, queue and reject."""

import pytest

from monitor.articles.choose import judge
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
