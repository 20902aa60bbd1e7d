"""What is let go after a time that the settings name; 0 there means that it is kept for ever.

Each kind is deleted in small lots, each a transaction of its own, so that nobody waits for it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.articles.corrections import spoken_of
from monitor.articles.search_store import forget_words
from monitor.articles.store import hold_copies
from monitor.articles.tables import articles, revisions, taggings
from monitor.core import runs
from monitor.core.audit_log import audit_log
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.ledger import Ending
from monitor.core.ledger_store import ledger
from monitor.core.progress import Progress, silent
from monitor.crawl.reread_store import forget_readings
from monitor.crawl.tables import checks
from monitor.crawl.types import ARCHIVE
from monitor.linking.store import forget_found
from monitor.wiring.app import App

_LOT = 500  # ids in one statement: both databases limit the number of parameters


@dataclass(frozen=True, slots=True)
class _Kind:
    """Rows that are old: how they are found, and what becomes of them."""

    name: str
    days: int
    ids: Callable[[datetime], sa.Select[int]]
    let_go: Callable[[Sequence[int]], sa.UpdateBase]
    also: Callable[[Tx, Sequence[int]], object] = lambda _tx, _ids: None  # in the same transaction
    are_pages: bool = False  # whose rows others write too: their turn is taken first


def prune(app: App, progress: Progress = silent, *, dry_run: bool = False) -> Counts:
    """Let go what is older than the settings keep it; with `dry_run` only count it. Counts by kind."""
    counts, now = Counts(), app.clock()
    for kind in _kinds(app):
        if kind.days:
            before = now - timedelta(days=kind.days)
            counts.add(kind.name, _count(app.ready_db, kind, before))
            if not dry_run:
                _let_go(app.ready_db, kind, before, progress)
    return counts


def _kinds(app: App) -> tuple[_Kind, ...]:
    keep, run = app.settings.keeping, runs.runs
    judged_no = sa.select(taggings.c.article_id).group_by(taggings.c.article_id)
    # only what every run judged not to be cooperation: whatever may count keeps its proof, and what a person
    # has spoken of is learnt from again with each training
    below = judged_no.having(sa.func.sum(sa.case((taggings.c.label.is_(False), 0), else_=1)) == 0)
    return (
        _Kind("audit_log", keep.audit_log_days,
              lambda before: sa.select(audit_log.c.id).where(audit_log.c.at < before),
              lambda ids: sa.delete(audit_log).where(audit_log.c.id.in_(ids))),
        _Kind("runs", keep.runs_days,
              lambda before: sa.select(run.c.id).where(run.c.ended_at < before),
              lambda ids: sa.delete(run).where(run.c.id.in_(ids))),
        _Kind("ledger", keep.ledger_days,
              lambda before: sa.select(ledger.c.id).where(ledger.c.at < before),
              lambda ids: sa.delete(ledger).where(ledger.c.id.in_(ids))),
        _Kind("revisions", keep.texts_days,
              lambda before: sa.select(articles.c.id).where(articles.c.id.in_(
                  sa.select(revisions.c.article_id).where(revisions.c.replaced_at < before))),
              lambda ids: sa.delete(revisions).where(revisions.c.article_id.in_(ids))),
        _Kind("texts", keep.texts_days,
              lambda before: sa.select(articles.c.id).where(
                  articles.c.first_seen_at < before, articles.c.text != "", articles.c.id.in_(below),
                  articles.c.id.not_in(spoken_of())),
              lambda ids: sa.update(articles).where(articles.c.id.in_(ids)).values(text="", feed_text=""),
              _forget_what_it_said, are_pages=True),
        _Kind("checks", keep.checks_days, _old_checks,
              lambda ids: sa.delete(checks).where(checks.c.id.in_(ids))),
    )  # fmt: skip


def _forget_what_it_said(tx: Tx, ids: Sequence[int]) -> None:
    forget_words(tx, ids)
    forget_found(tx, ids)
    forget_readings(tx, ids)


def _old_checks(before: datetime) -> sa.Select[int]:
    """Polls but the first good one and the last of each feed: since when it was watched, and how it ended.

    What an archive gave is dated by its articles: it is old from the start and stays.
    """
    other = checks.alias()
    same = (other.c.source_id == checks.c.source_id, other.c.feed_url == checks.c.feed_url)
    earlier = sa.exists().where(*same, other.c.at < checks.c.at, other.c.ending == Ending.DONE.value)
    later = sa.exists().where(*same, other.c.at > checks.c.at)
    return sa.select(checks.c.id).where(
        checks.c.at < before,
        checks.c.feed_url != ARCHIVE,
        later,
        sa.or_(checks.c.ending != Ending.DONE.value, earlier),
    )


def _count(db: Db, kind: _Kind, before: datetime) -> int:
    with db.reading() as tx:
        return int(
            tx.execute(sa.select(sa.func.count()).select_from(kind.ids(before).subquery())).scalar_one()
        )


def _let_go(db: Db, kind: _Kind, before: datetime, progress: Progress) -> None:
    done = 0
    while True:
        with db.begin() as tx:
            if kind.are_pages:
                hold_copies(tx)
            lot = [row[0] for row in tx.execute(kind.ids(before).limit(_LOT))]
            if not lot:
                return
            tx.execute(kind.let_go(lot))
            kind.also(tx, lot)
        done += len(lot)
        progress(kind.name, done, 0)
