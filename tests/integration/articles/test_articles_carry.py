"""Corrections are carried over to a changed taxonomy on both databases: none is lost, none carried twice."""

from monitor.articles import corrections
from monitor.articles.carry import carry, plan
from monitor.articles.corrections import CorrectionKind, Saying
from monitor.core.db import Db
from monitor.core.ids import ArticleId, TopicId
from tests import make

BECAME = {
    TopicId("trade"): (TopicId("commerce"),),
    TopicId("science"): (TopicId("science"), TopicId("innovation")),
}
ADD, REMOVE = CorrectionKind.TOPIC_ADD, CorrectionKind.TOPIC_REMOVE


def carried(topic: TopicId, is_yes: bool) -> tuple[TopicId, ...]:
    return () if topic == "science" and is_yes else BECAME[topic]


def said(db: Db) -> list[tuple[int, str, str, str]]:
    with db.begin() as tx:
        told = corrections.list_corrections(tx)
    return [(c.article_id, c.kind.value, c.value, c.who) for c in told if c.holds]


def test_what_still_says_the_same_is_said_anew_and_the_rest_waits(db: Db) -> None:
    with db.begin() as tx:
        make.add_source(tx, "agency")
        one, two, three = (ArticleId(make.add_article(tx, "agency", n)) for n in (1, 2, 3))
        corrections.add(tx, one, [Saying(ADD, "trade"), Saying(ADD, "science")], who="Анна", at=make.NOW)
        corrections.add(tx, two, [Saying(REMOVE, "science"), Saying(ADD, "culture")], who="Пётр", at=make.NOW)
        corrections.add(
            tx, three, [Saying(ADD, "trade"), Saying(REMOVE, "commerce")], who="Анна", at=make.NOW
        )
        wanted = plan(tx, BECAME, carried)
        assert [(c.article_id, c.value) for c in wanted.waiting] == [(one, "science")]
        assert [(c.article_id, c.value, topics) for c, topics in wanted.carried] == [
            (one, "trade", ("commerce",)), (two, "science", ("innovation",)), (three, "trade", ()),
        ]  # fmt: skip
        assert carry(tx, wanted, at=make.NOW) == 2
        assert carry(tx, plan(tx, BECAME, carried), at=make.NOW) == 0
    assert said(db) == [
        (one, "topic_add", "trade", "Анна"),
        (one, "topic_add", "science", "Анна"),
        (two, "topic_remove", "science", "Пётр"),
        (two, "topic_add", "culture", "Пётр"),
        (three, "topic_add", "trade", "Анна"),
        (three, "topic_remove", "commerce", "Анна"),
        (one, "topic_add", "commerce", "Анна"),
        (two, "topic_remove", "innovation", "Пётр"),
    ]
    with db.begin() as tx:
        corrections.add(tx, one, [Saying(ADD, "innovation")], who="Анна", at=make.NOW)
        assert plan(tx, BECAME, carried).waiting == ()
