"""Register against coverage by topic, corrected by what the reviewers saw."""

from datetime import UTC, datetime

import pytest

from monitor.articles.audit_types import Answer, AuditItem
from monitor.core.ids import ArticleId, TopicId, Week
from monitor.gaps.profile import profiles
from monitor.gaps.topics import TopicRate, topic_rates, topic_table
from monitor.register.types import Topic
from tests.make_gaps import NORMS, NOW, agreement, register

TRADE, CULTURE = TopicId("trade"), TopicId("culture")
WEEK = Week("2026-W22")


def table(originals: dict[TopicId, int], n: int, rates: dict[TopicId, TopicRate] | None = None):
    made = register(
        (
            agreement("AGR-0001", "by-mogilev-region", "ru-pskov-region", topics=(TRADE,)),
            agreement("AGR-0002", "by-district-shklov", "ru-pskov-region", topics=(TRADE, CULTURE)),
            agreement("AGR-0003", "by-brest-region", "country-cn", topics=(CULTURE,), monitored=False),
        )
    )
    topics = {t: Topic(t, "economy", {}, {}, ()) for t in (CULTURE, TRADE)}
    made = type(made)(**{f: getattr(made, f) for f in made.__slots__} | {"topics": topics})
    known = profiles(made, NORMS, NOW.date())
    return topic_table(made, known, originals, n, rates=rates or {}, seed=1)


def item(said: str, true: str | None, weight: float = 1.0) -> AuditItem:
    topics = None if true is None else tuple(map(TopicId, true.split()))
    answer = Answer(True, (), topics, "", corrects=False)
    told = tuple(map(TopicId, said.split()))
    at = datetime(2026, 6, 1, tzinfo=UTC)
    return AuditItem(1, WEEK, ArticleId(1), "found", weight, "ru", True, (), (), told, answer, "Анна", at)


def test_a_topic_counts_on_both_sides_wherever_it_is_one_of_any() -> None:
    told = table({CULTURE: 10, TRADE: 30}, 40)
    assert (told.n_families, told.n_originals, told.is_enough) == (2, 40, True)
    assert [(f.topic, f.families, f.register_share, f.originals, f.counted_share) for f in told.figures] == [
        (TRADE, 2, 1.0, 30, 0.75),
        (CULTURE, 1, 0.5, 10, 0.25),
    ]


def test_without_an_audit_the_counted_share_has_the_interval_of_its_sample() -> None:
    culture = table({CULTURE: 10}, 40).figures[1]
    assert culture.share is None
    assert (culture.lo, culture.hi) == pytest.approx((0.137, 0.398), abs=0.002)


def test_below_thirty_originals_there_are_too_few() -> None:
    assert not table({TRADE: 29}, 29).is_enough
    assert table({TRADE: 30}, 30).is_enough
    nothing = table({}, 0).figures[0]
    assert (nothing.counted_share, nothing.share, nothing.lo, nothing.hi) == (0.0, None, None, None)


def test_a_topic_that_the_tagger_often_misses_is_more_common_than_counted() -> None:
    rate = TopicRate(hits=25, n_true=50, wrong=2, n_false=100)
    trade = table({TRADE: 100}, 400, {TRADE: rate}).figures[0]
    assert trade.share == pytest.approx((0.25 - 0.02) / (0.5 - 0.02), abs=1e-6)
    assert trade.lo < trade.share < trade.hi  # type: ignore[operator]
    sample_alone = table({TRADE: 100}, 400).figures[0]
    assert trade.hi - trade.lo > 2 * (sample_alone.hi - sample_alone.lo)  # type: ignore[operator]


@pytest.mark.parametrize(
    "rate", [TopicRate(2, 4, 0, 100), TopicRate(50, 100, 45, 100), TopicRate(0, 0, 0, 0)]
)
def test_rates_from_few_texts_or_without_a_difference_correct_nothing(rate: TopicRate) -> None:
    assert table({TRADE: 100}, 400, {TRADE: rate}).figures[0].share is None


def test_rates_come_from_audited_cooperation_texts_with_their_weights() -> None:
    items = [item("trade", "trade"), item("", "trade"), item("trade", ""), item("", ""), item("trade", None)]
    assert topic_rates(items, [TRADE], WEEK) == {TRADE: TopicRate(1.0, 2.0, 1.0, 2.0)}
    heavy = [item("trade", "trade", 3.0), item("", "trade", 1.0)]
    assert topic_rates(heavy, [TRADE], WEEK)[TRADE].n_true == pytest.approx(16 / 10)
    assert topic_rates(items, [TRADE], Week("2026-W21")) == {TRADE: TopicRate(0.0, 0.0, 0.0, 0.0)}
