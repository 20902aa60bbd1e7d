"""Pages that are revised while a model judges them: what counts is what was said of the text that stands."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from numpy.typing import NDArray

from monitor.articles import reclassify as again
from monitor.articles import tag as stage
from monitor.articles.reclassify import Candidate, reclassify
from monitor.articles.tables import articles, taggings, tags
from monitor.articles.tag import Tagging, tag_due
from monitor.articles.types import Kept, KeptScores, Scores, TextItem
from monitor.core.counts import Counts
from monitor.core.db import Db
from tests import make
from tests.crawl_world import NOW
from tests.fakes import FakeClassifier
from tests.unit.crawl.test_crawl_revise import Newsroom

HOUR = timedelta(hours=1)
NAMES = (0.0,) * 6
OLD, NEW = "gate=0.05 of the first text", "gate=0.9 trade=0.8 of the second one"
HELD_S = 0.5  # who is not kept waiting is done within it


class Meanwhile(FakeClassifier):
    """While it scores for the first time something else happens."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._waiting = [act]

    def score(self, items: Sequence[TextItem], vectors: NDArray[np.float16] | None = None) -> Scores:
        self._happen()
        return super().score(items, vectors)

    def score_kept(
        self, kept: Sequence[Kept], names: NDArray[np.float64], vectors: NDArray[np.float16]
    ) -> KeptScores:
        self._happen()
        return super().score_kept(kept, names, vectors)

    def _happen(self) -> None:
        if self._waiting:
            self._waiting.pop()()


class Desk(Newsroom):
    """One story that was read, and whose page has another text an hour later."""

    def begin(self) -> None:
        self.list_story("Делегация едет", NOW)
        self.read(OLD.encode(), NOW)
        self.list_story("Делегация приехала", NOW + HOUR)

    def revise(self) -> None:
        """What the crawl lane does."""
        assert self.read(NEW.encode(), NOW + 2 * HOUR) == Counts(revised=1)

    def tag(self, classifier: FakeClassifier, fingerprint: str = "old") -> Counts:
        return tag_due(
            db=self.db, classifier=classifier, name_features=lambda title, text: NAMES,
            fingerprint=fingerprint, clock=self.clock,
        )  # fmt: skip

    def run_beside(self, classifier: FakeClassifier) -> Candidate:
        """A run of another model over the archive."""
        with self.db.begin() as tx:
            candidate = again.begin(tx, classifier, "new", since=None, at=NOW)
        return reclassify(self.tagging(classifier), candidate)

    def tagging(self, classifier: FakeClassifier) -> Tagging:
        return Tagging(self.db, classifier, lambda title, text: NAMES, self.clock)

    def judged(self) -> list[tuple[Any, ...]]:
        """The text that stands and what each version says of it."""
        joined = articles.outerjoin(taggings, taggings.c.article_id == articles.c.id)
        query = sa.select(articles.c.text, taggings.c.label).select_from(joined)
        return self.rows(query.order_by(taggings.c.version_id))

    def topics(self) -> list[tuple[Any, ...]]:
        return self.rows(sa.select(tags.c.topic))


@pytest.fixture
def desk(db: Db) -> Desk:
    made = Desk(db)
    made.begin()
    return made


def beside_a_write(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, act: Callable[[], None]
) -> threading.Thread:
    """Somebody else who acts when texts have been looked at again and judgements are about to be written."""
    other, write = threading.Thread(target=act), getattr(module, name)

    def slowly(*given: Any, **named: Any) -> Any:
        if other.ident is None:
            other.start()
            other.join(HELD_S)
        return write(*given, **named)

    monkeypatch.setattr(module, name, slowly)
    return other


def test_a_page_revised_while_it_is_judged_is_judged_by_its_new_text_in_the_same_turn(desk: Desk) -> None:
    counts = desk.tag(Meanwhile(desk.revise))
    assert counts == Counts(changed=1, tagged=1, cooperation=1, embedded=1)
    assert desk.judged() == [(NEW, True)]
    assert desk.topics() == [("trade",)]
    assert desk.tag(FakeClassifier()) == Counts()


def test_a_page_revised_while_its_judgement_is_written_waits_and_is_due_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = beside_a_write(monkeypatch, stage.store, "record_tagging", desk.revise)
    desk.tag(FakeClassifier())
    other.join()
    desk.tag(FakeClassifier())
    assert desk.judged() == [(NEW, True)]


def test_a_page_revised_while_a_new_model_judges_the_archive_is_left_to_be_judged(desk: Desk) -> None:
    desk.tag(FakeClassifier())
    done = desk.run_beside(Meanwhile(desk.revise))
    assert (done.counts["judged"], done.counts["below_gate"], done.waiting) == (0, 0, 1)
    assert desk.judged() == [(NEW, None)]


def test_of_a_range_only_the_page_that_was_revised_is_left(desk: Desk) -> None:
    with desk.db.begin() as tx:
        for n in (2, 3):
            make.add_article(tx, "gorki", n, text=f"gate=0.9 trade=0.8 of {n}")
    desk.tag(FakeClassifier())
    done = desk.run_beside(Meanwhile(desk.revise))
    assert (done.counts["judged"], done.counts["cooperation"], done.waiting) == (2, 2, 1)
    of_new = sa.select(tags.c.article_id, tags.c.topic).where(tags.c.version_id == done.version.id)
    assert desk.rows(of_new.order_by(tags.c.article_id)) == [(2, "trade"), (3, "trade")]
    assert again.embed_waiting(desk.tagging(FakeClassifier()), done)["tagged"] == 1
    assert desk.rows(of_new.order_by(tags.c.article_id)) == [(n, "trade") for n in (1, 2, 3)]


def test_a_page_revised_while_a_new_models_judgements_are_written_is_left_to_be_judged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.tag(FakeClassifier())
    other = beside_a_write(monkeypatch, again.kept_store, "write_judgements", desk.revise)
    desk.run_beside(FakeClassifier())
    other.join()
    assert desk.judged() == [(NEW, None)]
