"""A link turn beside other processes that promote and correct: nothing of theirs is undone or lost."""

import threading
from collections.abc import Callable
from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.articles import corrections
from monitor.articles.corrections import CorrectionKind, Saying
from monitor.articles.tables import taggings, tags
from monitor.core import runs
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.ids import ArticleId
from monitor.core.runs import DroppedError, Version
from monitor.linking import link as stage
from monitor.linking import relink
from monitor.linking.link import Beside, Linking, link_beside, link_due
from monitor.linking.overtaken import OvertakenError
from monitor.linking.store import forget_changed, forget_linking
from monitor.linking.tables import linkings, links
from tests import make
from tests.integration.linking.test_link_stage import BOTH, NONE, find, link

ZONE, CLOCK = ZoneInfo("Europe/Minsk"), SettableClock(make.NOW)
BATCH = 200  # of the stage
EARLY, LATE = ArticleId(1), ArticleId(BATCH + 1)  # of its first batch and of its second one
HELD_S = 0.3  # who is not kept waiting is done within it


class Press:
    """A batch of articles and one more, judged by two models of which only the new one knows the first and
    the last for cooperation."""

    def __init__(self, db: Db) -> None:
        self.db = db
        with db.begin() as tx:
            make.add_source(tx, "agency")
            for n in range(1, LATE + 1):
                make.add_article(tx, "agency", n, text="gate=0.9 trade=0.8")
            self.old = runs.ensure_version(tx, "tag", "old", {}, at=make.NOW)
            self.new = runs.add_version(tx, "tag", "new", {}, at=make.NOW)
            for version, known in ((self.old, set[int]()), (self.new, {EARLY, LATE})):
                for n in range(1, LATE + 1):
                    self._judge(tx, n, version, is_cooperation=n in known)

    def _judge(self, tx: Tx, article: int, version: Version, *, is_cooperation: bool) -> None:
        own = {"article_id": article, "version_id": version.id}
        names = list(BOTH if is_cooperation else NONE)
        tx.execute(
            sa.insert(taggings).values(**own, gate_p=0.5, label=is_cooperation, names=names, reason="")
        )
        if is_cooperation:
            tx.execute(sa.insert(tags).values(**own, topic="trade", p=0.8, published=True))

    def promote_tags(self) -> None:
        """As `monitor reclassify --promote` does."""
        with self.db.begin() as tx:
            runs.make_current(tx, self.new)
            forget_changed(tx, self.old.id, self.new.id)

    def promote_links(self) -> None:
        with self.db.begin() as tx:
            runs.make_current(tx, runs.add_version(tx, "link", "promoted", {}, at=make.NOW))

    def say_cooperation(self, article: ArticleId) -> None:
        with self.db.begin() as tx:
            corrections.add(tx, article, [Saying(CorrectionKind.COOPERATION)], who="Анна", at=make.NOW)
            forget_linking(tx, article)

    def turn(self, after_batch: Callable[[], None] | None = None) -> Counts:
        return link_due(
            db=self.db, find=find, link=link, fingerprint="links", doc={}, zone=ZONE, clock=CLOCK,
            progress=once(after_batch),
        )  # fmt: skip

    def reasons(self, *articles: int) -> list[str]:
        """Why articles are not linked, "" where they are; without those that wait."""
        query = sa.select(linkings.c.reason).where(linkings.c.article_id.in_(articles))
        with self.db.begin() as tx:
            return list(tx.execute(query.order_by(linkings.c.article_id)).scalars())

    def current(self) -> str:
        with self.db.begin() as tx:
            found = runs.current_version(tx, "link")
        return "" if found is None else found.fingerprint


def once(act: Callable[[], None] | None) -> Callable[[str, int, int], None]:
    """Progress after whose first word something is done."""
    waiting = [] if act is None else [act]

    def progress(what: str, done: int, total: int) -> None:
        if waiting:
            waiting.pop()()

    return progress


def beside_a_write(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> threading.Thread:
    """Somebody else who acts when the next batch has been looked at again and is about to be written."""
    other, write = threading.Thread(target=act), stage.store.record_links

    def record(tx: Tx, version: int, many: list[stage.Linked]) -> None:
        if other.ident is None:
            other.start()
            other.join(HELD_S)
        write(tx, version, many)

    monkeypatch.setattr(stage.store, "record_links", record)
    return other


@pytest.fixture
def press(db: Db) -> Press:
    return Press(db)


def test_a_model_promoted_between_two_batches_has_its_articles_linked_in_the_same_turn(press: Press) -> None:
    counts = press.turn(press.promote_tags)
    assert press.reasons(EARLY, LATE) == ["", ""]
    assert (counts["linked"], counts["links"]) == (2, 2)
    assert press.turn() == Counts()


def test_a_model_promoted_while_a_batch_is_written_waits_and_has_its_articles_linked_again(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = beside_a_write(monkeypatch, press.promote_tags)
    press.turn()
    other.join()
    press.turn()
    assert press.reasons(EARLY, LATE) == ["", ""]


def test_a_correction_said_while_a_batch_is_written_waits_and_has_its_article_linked_again(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = beside_a_write(monkeypatch, lambda: press.say_cooperation(EARLY))
    press.turn()
    other.join()
    press.turn()
    assert press.reasons(EARLY) == ["no_agreement"]


def test_a_turn_that_has_begun_leaves_a_promoted_register_in_place(press: Press) -> None:
    press.turn()
    press.promote_links()
    with pytest.raises(OvertakenError, match="the current links are promoted, not links"):
        press.turn()
    assert press.current() == "promoted"


def test_a_register_promoted_between_two_batches_ends_the_turn(press: Press) -> None:
    with pytest.raises(OvertakenError):
        press.turn(press.promote_links)
    assert press.current() == "promoted"
    assert press.reasons(EARLY, LATE) == ["below_gate"]  # the first batch only


def test_links_beside_the_current_ones_follow_a_promoted_model_too(press: Press) -> None:
    press.turn()
    with press.db.begin() as tx:
        base, version = relink.begin(tx, "other", {}, at=make.NOW)
    given = Linking(press.db, find, link, ZONE, CLOCK, progress=once(press.promote_tags))
    link_beside(given, version, Beside(base, frozenset()))
    of_it = sa.select(links.c.article_id).where(links.c.version_id == version.id)
    with press.db.begin() as tx:
        assert relink.waiting(tx, version) == 0
        assert list(tx.execute(of_it.order_by(links.c.article_id)).scalars()) == [EARLY, LATE]


def dropped_for_another(press: Press, version: Version) -> None:
    """As `link --drop` does, and then `link` for a register that was edited once more."""
    with press.db.begin() as tx:
        relink.drop(tx, version)
        relink.begin(tx, "edited once more", {}, at=make.NOW)


def test_links_that_were_dropped_while_they_were_made_are_not_written_for_others(press: Press) -> None:
    press.turn()
    press.promote_tags()
    with press.db.begin() as tx:
        base, version = relink.begin(tx, "other", {}, at=make.NOW)
    given = Linking(
        press.db, find, link, ZONE, CLOCK, progress=once(lambda: dropped_for_another(press, version))
    )
    with pytest.raises(DroppedError, match="other was dropped by another process"):
        link_beside(given, version, Beside(base, frozenset()))
    with press.db.begin() as tx:
        other = runs.find_version(tx, "link", "edited once more")
        assert other is not None
        written = sa.select(sa.func.count()).select_from(linkings).where(linkings.c.version_id == other.id)
        assert tx.execute(written).scalar_one() == 0


def test_links_whose_drop_comes_while_a_batch_is_written_go_whole(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    press.turn()
    with press.db.begin() as tx:
        base, version = relink.begin(tx, "other", {}, at=make.NOW)
    other = beside_a_write(monkeypatch, lambda: dropped_for_another(press, version))
    with suppress(DroppedError):  # SQLite keeps no queue: all may be written before the drop has its turn
        link_beside(Linking(press.db, find, link, ZONE, CLOCK), version, Beside(base, frozenset()))
    other.join()
    with press.db.begin() as tx:
        found = tx.execute(sa.select(linkings.c.version_id).distinct()).scalars().all()
        assert found == [base.id]
