"""The tag stage on both databases: each article once, vectors reused, killable between batches."""

from collections.abc import Sequence

import numpy as np
import pytest
import sqlalchemy as sa
from numpy.typing import NDArray

from monitor.articles.judging_tables import features
from monitor.articles.tables import taggings, tags, vectors
from monitor.articles.tag import tag_due
from monitor.articles.types import TextItem
from monitor.core import ledger_store
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.errors import UsageError
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
    counts = Counts(tagged=3, cooperation=1, undecided=1, below_gate=1, embedded=2)
    assert run(db, FakeClassifier()) == counts
    assert run(db, FakeClassifier()) == Counts()
    with db.begin() as tx:
        judged = tx.execute(
            sa.select(taggings.c.article_id, taggings.c.label, taggings.c.reason).order_by(
                taggings.c.article_id
            )
        ).all()
        topics = tx.execute(sa.select(tags.c.article_id, tags.c.topic, tags.c.published)).all()
        endings = ledger_store.tally(tx)
    assert [tuple(row) for row in judged] == [
        (1, True, ""), (2, None, "gate_undecided"), (3, False, "below_gate"),
    ]  # fmt: skip
    assert sorted(map(tuple, topics)) == [(1, "culture", False), (1, "trade", True), (2, "trade", False)]
    assert endings == {("tag", "ok"): 1, ("tag", "gate_undecided"): 1, ("tag", "below_gate"): 1}


def test_a_new_model_judges_nothing_before_it_was_promoted(db: Db) -> None:
    fill(db)
    run(db, FakeClassifier())
    with pytest.raises(UsageError, match="reclassify --promote"):
        run(db, FakeClassifier(), "fake-2")
    with db.begin() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(taggings)).scalar_one() == 3


def test_what_was_read_of_a_text_is_kept_words_only_where_a_model_wanted_them(db: Db) -> None:
    fill(db)
    run(db, FakeClassifier())
    with db.begin() as tx:
        found = tx.execute(sa.select(features.c.format, features.c.ngrams, features.c.stems)).all()
    assert sorted((row.format, row.ngrams[:8], row.stems is None) for row in found) == [
        (1, b"gate=0.0", True), (1, b"gate=0.5", False), (1, b"gate=0.9", False),
    ]  # fmt: skip


def test_vectors_that_came_with_the_program_are_not_made_again_but_kept(db: Db) -> None:
    fill(db)
    classifier = FakeClassifier()

    def shipped(items: Sequence[TextItem]) -> NDArray[np.float16]:
        known = [item.title == "Заголовок 1" for item in items]
        return np.array([[1, 2, 3] if k else [np.nan] * 3 for k in known], dtype=np.float16)

    counts = tag_due(
        db=db,
        classifier=classifier,
        name_features=lambda title, text: (0.0,) * 6,
        fingerprint="fake-1",
        clock=SettableClock(make.NOW),
        shipped=shipped,
    )
    assert counts == Counts(tagged=3, cooperation=1, undecided=1, below_gate=1, shipped=1, embedded=1)
    assert classifier.embedded == ["Заголовок 2"]
    with db.begin() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(vectors)).scalar_one() == 2
