"""The tag stage on both databases: each article once, vectors reused, killable between batches."""

import sqlalchemy as sa

from monitor.articles.tables import taggings, tags, vectors
from monitor.articles.tag import tag_due
from monitor.core import ledger
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from tests import make
from tests.fakes import FakeClassifier


def run(db: Db, classifier: FakeClassifier, fingerprint: str = "fake-1") -> Counts:
    return tag_due(
        db=db,
        classifier=classifier,
        name_features=lambda title, text: (1.0, 1.0, 1.0, 1.0, 0.0, 0.0),
        fingerprint=fingerprint,
        clock=SettableClock(make.NOW),
    )


def fill(db: Db) -> None:
    with db.begin() as tx:
        make.add_source(tx, "agency")
        make.add_article(tx, "agency", 1, text="gate=0.9 trade=0.8 culture=0.5")
        make.add_article(tx, "agency", 2, text="gate=0.5 trade=0.8")
        make.add_article(tx, "agency", 3, text="gate=0.05")
        make.add_article(tx, "agency", 4, text="", state="listed")


def test_every_article_with_text_is_judged_once_with_its_reason(db: Db) -> None:
    fill(db)
    assert run(db, FakeClassifier()) == Counts(tagged=3, cooperation=1, undecided=1, below_gate=1)
    assert run(db, FakeClassifier()) == Counts()
    with db.begin() as tx:
        judged = tx.execute(
            sa.select(taggings.c.article_id, taggings.c.label, taggings.c.reason).order_by(
                taggings.c.article_id
            )
        ).all()
        topics = tx.execute(sa.select(tags.c.article_id, tags.c.topic, tags.c.published)).all()
        endings = ledger.tally(tx)
    assert [tuple(row) for row in judged] == [
        (1, True, ""), (2, None, "gate_undecided"), (3, False, "below_gate"),
    ]  # fmt: skip
    assert sorted(map(tuple, topics)) == [(1, "culture", False), (1, "trade", True), (2, "trade", False)]
    assert endings == {("tag", "ok"): 1, ("tag", "gate_undecided"): 1, ("tag", "below_gate"): 1}


def test_a_new_model_judges_all_again_and_reuses_stored_vectors(db: Db) -> None:
    fill(db)
    first, second = FakeClassifier(), FakeClassifier()
    run(db, first)
    assert run(db, second, "fake-2") == Counts(tagged=3, cooperation=1, undecided=1, below_gate=1)
    assert (first.embedded, second.embedded) == (["Заголовок 1", "Заголовок 2"], [])
    with db.begin() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(vectors)).scalar_one() == 2
        assert tx.execute(sa.select(sa.func.count()).select_from(taggings)).scalar_one() == 6
