"""A new model's run beside the current one: nothing counts before promotion, killed it goes on."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from monitor.articles import reclassify as stage
from monitor.articles.choose import judge, judge_many, some
from monitor.articles.judging_tables import features
from monitor.articles.reclassify import Candidate, reclassify
from monitor.articles.tables import taggings, tags, vectors
from monitor.articles.tag import Tagging, judge_due, tag_due
from monitor.articles.types import Thresholds
from monitor.core import ledger_store, runs
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.errors import UsageError
from tests import make
from tests.fakes import FakeClassifier

NAMES = (1.0, 1.0, 1.0, 1.0, 0.0, 0.0)


class Bolder(FakeClassifier):
    """Publishes more and passes the gate sooner."""

    version = "fake-2"
    thresholds = Thresholds(gate_yes=0.4, gate_no=0.05, publish=(0.5, 0.3), reject=(0.2, 0.2))


def given(db: Db, classifier: FakeClassifier) -> Tagging:
    return Tagging(db, classifier, lambda title, text: NAMES, SettableClock(make.NOW))


def fill(db: Db, n: int = 12) -> None:
    with db.begin() as tx:
        make.add_source(tx, "agency")
        for i in range(1, n + 1):
            text = f"gate={0.05 + 0.9 * ((7 * i) % n) / n:.2f} trade={i / n:.2f} culture={1 - i / n:.2f}"
            make.add_article(tx, "agency", i, text=text, published_at=make.NOW - timedelta(days=n - i))


def tag(db: Db, classifier: FakeClassifier, fingerprint: str) -> Counts:
    it = given(db, classifier)
    return tag_due(
        db=db, classifier=classifier, name_features=it.name_features, fingerprint=fingerprint, clock=it.clock
    )


def begun(db: Db, classifier: FakeClassifier, fingerprint: str = "bold-2", **how: Any) -> Candidate:
    with db.begin() as tx:
        return stage.begin(tx, classifier, fingerprint, since=how.get("since"), at=make.NOW)


def written(db: Db, version: int) -> list[tuple[object, ...]]:
    with db.begin() as tx:
        one = sa.select(taggings.c.article_id, taggings.c.gate_p, taggings.c.label, taggings.c.reason)
        rows = tx.execute(one.where(taggings.c.version_id == version).order_by(taggings.c.article_id)).all()
        many = sa.select(tags.c.article_id, tags.c.topic, tags.c.p, tags.c.published)
        rows += tx.execute(
            many.where(tags.c.version_id == version).order_by(tags.c.article_id, tags.c.topic)
        ).all()
    return [tuple(row) for row in rows]


def also_nothing(tx: Any, base: object, new: object) -> None:
    """No links here."""


def test_a_run_beside_the_current_one_judges_as_fresh_tagging_would_and_embeds_nothing(db: Db) -> None:
    fill(db)
    tag(db, FakeClassifier(), "plain-1")
    bold = Bolder()
    done = reclassify(given(db, bold), begun(db, bold), batch=5)
    assert (done.counts["judged"], done.waiting, done.behind, done.is_partial) == (12, 0, 0, False)
    assert bold.embedded == []
    with db.begin() as tx:
        assert runs.current_version(tx, "tag") == done.base
    expected = written(db, done.version.id)
    with db.begin() as tx:
        again = runs.add_version(tx, "tag", "again", {}, at=make.NOW)
    judge_due(given(db, bold), again)
    assert written(db, again.id) == expected


def test_it_goes_on_from_its_resume_key_to_the_same_end(db: Db) -> None:
    fill(db)
    tag(db, FakeClassifier(), "plain-1")
    undisturbed = reclassify(given(db, Bolder()), begun(db, Bolder(), "whole"), batch=5)

    class Killed(Exception):
        pass

    def kill(what: str, n_done: int, total: int) -> None:
        raise Killed

    candidate = begun(db, Bolder(), "cut")
    with pytest.raises(Killed):
        reclassify(given(db, Bolder()), candidate, batch=5, progress=kill)
    with db.begin() as tx:
        half = stage.get(tx, candidate.version)
    assert (half.last_article_id, half.behind, half.is_partial) == (5, 7, True)
    with db.begin() as tx, pytest.raises(UsageError, match="7 are to be judged"):
        stage.promote(tx, candidate.version, at=make.NOW, also=also_nothing)
    done = reclassify(given(db, Bolder()), begun(db, Bolder(), "cut"), batch=5)
    assert done.counts == undisturbed.counts
    assert written(db, done.version.id) == written(db, undisturbed.version.id)


def test_promotion_switches_at_once_with_its_ledger_and_back_again(db: Db) -> None:
    fill(db)
    tag(db, FakeClassifier(), "plain-1")
    done = reclassify(given(db, Bolder()), begun(db, Bolder()))
    told: list[tuple[str, str]] = []
    with db.begin() as tx:
        before = ledger_store.tally(tx)
        stage.promote(
            tx, done.version, at=make.NOW, also=lambda tx, a, b: told.append((a.fingerprint, b.fingerprint))
        )
        assert runs.current_version(tx, "tag") == done.version
        assert stage.candidates(tx) == []
        after = ledger_store.tally(tx)
    assert told == [("plain-1", "bold-2")]
    assert sum(after.values()) == sum(before.values()) + 12
    assert tag(db, Bolder(), "bold-2") == Counts()
    with pytest.raises(UsageError, match="a new model counts once"):
        tag(db, FakeClassifier(), "plain-1")
    back = reclassify(given(db, FakeClassifier()), begun(db, FakeClassifier(), "plain-1"))
    with db.begin() as tx:
        stage.promote(tx, back.version, at=make.NOW, also=also_nothing)
        assert runs.current_version(tx, "tag") == done.base
        assert ledger_store.tally(tx) == after


def test_dropped_nothing_of_it_is_left(db: Db) -> None:
    fill(db)
    tag(db, FakeClassifier(), "plain-1")
    done = reclassify(given(db, Bolder()), begun(db, Bolder()))
    with db.begin() as tx:
        assert [c.version for c in stage.candidates(tx)] == [done.version]
        stage.drop(tx, done.version)
        assert stage.candidates(tx) == []
        assert runs.find_version(tx, "tag", "bold-2") is None
        with pytest.raises(UsageError, match="is the current run"):
            stage.drop(tx, done.base)
    assert written(db, done.version.id) == []
    assert len(written(db, done.base.id)) > 12


def test_articles_without_a_vector_wait_until_they_are_embedded(db: Db) -> None:
    fill(db)
    tag(db, FakeClassifier(), "plain-1")
    with db.begin() as tx:
        tx.execute(sa.delete(vectors))
        tx.execute(sa.update(features).values(stems=None))
    bold = Bolder()
    done = reclassify(given(db, bold), begun(db, bold))
    assert (done.counts["judged"], done.waiting) == (1, 11)
    assert done.is_partial
    assert stage.embed_waiting(given(db, bold), done)["embedded"] == 11
    with db.begin() as tx:
        assert not stage.get(tx, done.version).is_partial
        stage.promote(tx, done.version, at=make.NOW, also=also_nothing)


def test_texts_that_were_never_looked_at_are_read_and_kept(db: Db) -> None:
    fill(db)
    tag(db, FakeClassifier(), "plain-1")
    expected = written(db, reclassify(given(db, Bolder()), begun(db, Bolder(), "a")).version.id)
    with db.begin() as tx:
        tx.execute(sa.delete(features))
    done = reclassify(given(db, Bolder()), begun(db, Bolder(), "b"), batch=4)
    assert done.counts["read"] == 12
    assert written(db, done.version.id) == expected
    with db.begin() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(features)).scalar_one() == 12


def test_since_a_day_only_newer_articles_are_judged_anew_and_none_is_lost(db: Db) -> None:
    fill(db)
    tag(db, FakeClassifier(), "plain-1")
    since = make.NOW - timedelta(days=5)
    done = reclassify(given(db, Bolder()), begun(db, Bolder(), since=since), batch=3)
    assert (done.counts["judged"], done.counts["taken_over"], done.is_partial) == (6, 6, False)
    old, new = written(db, done.base.id), written(db, done.version.id)
    assert [row for row in new if row[0] <= 6] == [row for row in old if row[0] <= 6]
    assert [row for row in new if row[0] > 6] != [row for row in old if row[0] > 6]
    with pytest.raises(UsageError, match="another --since"):
        begun(db, Bolder(), since=make.NOW)


def test_articles_that_come_in_the_meantime_are_judged_by_both(db: Db) -> None:
    fill(db, 6)
    tag(db, FakeClassifier(), "plain-1")
    candidate = reclassify(given(db, Bolder()), begun(db, Bolder()))
    with db.begin() as tx:
        make.add_article(tx, "agency", 7, text="gate=0.9 trade=0.9")
    tag(db, FakeClassifier(), "plain-1")
    with db.begin() as tx:
        assert stage.get(tx, candidate.version).behind == 1
    done = reclassify(given(db, Bolder()), begun(db, Bolder()))
    assert (done.counts["judged"], done.is_partial) == (7, False)


def test_the_current_model_and_an_empty_house_are_refused(db: Db) -> None:
    with pytest.raises(UsageError, match="nothing is tagged yet"):
        begun(db, Bolder())
    fill(db)
    tag(db, FakeClassifier(), "plain-1")
    with pytest.raises(UsageError, match="is of the model plain-1 already"):
        begun(db, FakeClassifier(), "plain-1")


def test_many_judgements_at_once_are_those_one_by_one() -> None:
    rng = np.random.default_rng(5)
    gate, topics = rng.random(500).astype(np.float32), rng.random((500, 7)).astype(np.float32)
    reject = tuple(rng.uniform(0, 0.6, 7).tolist())
    bounds = Thresholds(0.6, 0.3, tuple(rng.uniform(0.2, 0.9, 7).tolist()), reject)
    labels = [f"t{n}" for n in range(7)]
    many = judge_many(gate, topics, bounds)
    told = {1: True, 0: False, -1: None}
    for i in range(500):
        one = judge(float(gate[i]), topics[i].tolist(), labels, bounds)
        own = np.flatnonzero(many.row == i)
        assert (many.gate_p[i], told[int(many.label[i])], many.reason[i]) == (
            one.gate_p, one.label, one.reason or "",
        )  # fmt: skip
        assert {(labels[many.column[j]], many.p[j], bool(many.published[j])) for j in own} == {
            (tag.topic, tag.p, tag.published) for tag in one.topics
        }


def test_some_of_many_judgements_are_those_of_the_same_items_alone() -> None:
    rng = np.random.default_rng(6)
    gate, topics = rng.random(200).astype(np.float32), rng.random((200, 5)).astype(np.float32)
    bounds = Thresholds(0.6, 0.3, (0.5,) * 5, (0.2,) * 5)
    wanted = rng.random(200) < 0.7
    found = some(judge_many(gate, topics, bounds), wanted)
    alone = judge_many(gate[wanted], topics[wanted], bounds)
    for one, other in zip(found, alone, strict=True):
        assert np.array_equal(np.array(one), np.array(other))


def test_a_run_that_was_dropped_while_it_was_written_writes_nothing_for_another(db: Db) -> None:
    fill(db)
    tag(db, FakeClassifier(), "plain-1")
    bold = Bolder()
    candidate = begun(db, bold)

    def drop_for_another() -> None:
        with db.begin() as tx:
            stage.drop(tx, candidate.version)
            stage.begin(tx, bold, "another", since=None, at=make.NOW)

    class Dropped(Bolder):
        """While it judges its run is dropped and another one begun."""

        def score_kept(self, *read: Any) -> Any:
            drop_for_another()
            return super().score_kept(*read)

    with pytest.raises(runs.DroppedError, match="bold-2 was dropped by another process"):
        reclassify(given(db, Dropped()), candidate)
    with db.begin() as tx:
        other = runs.find_version(tx, "tag", "another")
    assert other is not None
    assert written(db, other.id) == []
