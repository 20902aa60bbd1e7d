"""Reads and writes the pages that feeds have listed, in the caller's transaction."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from monitor.articles.store import forget_judgements, hold_copies, record_revision
from monitor.articles.tables import articles
from monitor.articles.types import ArticleState
from monitor.core.db import Tx
from monitor.core.ids import ArticleId, PageUrl, SourceId
from monitor.core.ledger_store import record
from monitor.core.runs import move_ground
from monitor.crawl.decide_page import ListedPage, PageIntent, ReadBefore
from monitor.crawl.revise import last_headline
from monitor.crawl.store import page_rules
from monitor.crawl.tables import sources
from monitor.crawl.takers import hand_over

# Built once: making a statement with its values in it costs more than running it.
_TRIES = sa.select(articles.c.fetch_attempts, articles.c.n_revisions, articles.c.state).where(
    articles.c.id == sa.bindparam("of_article")
)
_UPDATE_ARTICLE = sa.update(articles).where(articles.c.id == sa.bindparam("of_article"))


def due_pages(
    tx: Tx, *, now: datetime, limit: int | None = None, source_id: str | None = None
) -> list[tuple[ArticleId, PageUrl]]:
    """Pages whose time has come and where they are, new ones and those that changed after they were read: the
    first of each poll, then the second of each and so on.

    The pages of a host are asked one by one with pauses: a source that lists a thousand at once must not hold
    up all others. `turn` is stored, so a killed run goes on in the same order. No lease, as in `due_feeds`.
    """
    query = (
        sa.select(articles.c.id, articles.c.listed_url)
        .join(sources, sources.c.id == articles.c.source_id)
        .where(
            sources.c.enabled, articles.c.state != ArticleState.DEAD.value, articles.c.next_fetch_at <= now
        )
        .order_by(articles.c.turn, articles.c.next_fetch_at, articles.c.id)
        .limit(limit)
    )
    if source_id is not None:
        query = query.where(articles.c.source_id == source_id)
    return [(ArticleId(number), PageUrl(url)) for number, url in tx.execute(query)]


def get_listed(tx: Tx, ids: Collection[ArticleId]) -> list[ListedPage]:
    """Listed pages by id, in the order of `ids`. Errors: KeyError where there is none."""
    found = _found(tx, articles.c.id.in_(ids))
    return [found[number] for number in ids]


def still_due(tx: Tx, ids: Collection[ArticleId], *, at: datetime) -> list[ListedPage]:
    """Those of some pages that are due at a moment, in the order of `ids`: another process may have had the
    others."""
    found = _found(tx, articles.c.id.in_(ids), articles.c.next_fetch_at <= at)
    return [found[number] for number in ids if number in found]


def _found(tx: Tx, *wanted: sa.ColumnElement[bool]) -> dict[ArticleId, ListedPage]:
    query = sa.select(articles, sources.c.doc).join(sources, sources.c.id == articles.c.source_id)
    return {page.id: page for page in map(_listed, tx.execute(query.where(*wanted)).mappings())}


def is_overtaken(tx: Tx, page: ListedPage) -> bool:
    """True when another process has had the page since it was read from the database; who asks next waits.

    Not its row is held: judges point at rows while they hold the ground, which a revision waits for.
    """
    hold_copies(tx)
    n_revisions = page.before.n_revisions if page.before else 0
    row = tx.execute(_TRIES, {"of_article": page.id}).one()
    is_ready = row.state == ArticleState.READY.value
    return (row.fetch_attempts, row.n_revisions, is_ready) != (
        page.attempts,
        n_revisions,
        page.before is not None,
    )


def _listed(row: sa.RowMapping) -> ListedPage:
    return ListedPage(
        id=ArticleId(row["id"]),
        source_id=SourceId(row["source_id"]),
        url=PageUrl(row["listed_url"]),
        title=last_headline(row["listed_title"]) or row["title"],
        summary=row["summary"],
        feed_text=row["feed_text"],
        published_at=row["published_at"],
        published_from=row["published_from"],
        first_seen_at=row["first_seen_at"],
        attempts=row["fetch_attempts"],
        zone=row["doc"]["zone"],
        selectors=page_rules(row["doc"]),
        before=_read_before(row),
    )


def _read_before(row: sa.RowMapping) -> ReadBefore | None:
    if row["state"] != ArticleState.READY.value:
        return None
    return ReadBefore(
        title=row["title"],
        text=row["text"],
        content_hash=row["content_hash"],
        published_at=row["published_at"],
        n_revisions=row["n_revisions"],
    )


def record_page(tx: Tx, intent: PageIntent) -> None:
    """Write one fetch of a page: the article and the ledger, and the text that it replaces.

    The only place where a fetch is written, however it ended. A new text is judged again by later stages.
    """
    if intent.older is not None:
        move_ground(tx)  # before the article's row is held, which who judges may be about to point to
    if "url" in intent.article:
        hand_over(tx, PageUrl(str(intent.article["url"])), to=intent.page.id, at=intent.ledger[-1].at)
    if intent.article:
        result = tx.execute(_UPDATE_ARTICLE, {**intent.article, "of_article": intent.page.id})
        if result.rowcount != 1:
            raise LookupError(f"article {intent.page.id} is not in the database")
    for entry in intent.ledger:
        record(tx, entry)
    if intent.older is not None:
        older = intent.older
        record_revision(
            tx,
            intent.page.id,
            older.n_revisions + 1,
            title=older.title,
            text=older.text,
            content_hash=older.content_hash,
            replaced_at=intent.ledger[-1].at,
        )
        forget_judgements(tx, intent.page.id)
