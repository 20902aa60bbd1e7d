"""Reads how the sources were watched in a window: their history, and what became of their pages."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from monitor.articles.effective import not_judged
from monitor.articles.tables import DATED, articles
from monitor.articles.types import ArticleState
from monitor.core.db import Tx
from monitor.core.ids import SourceId
from monitor.core.ledger import Reason, Stage
from monitor.core.ledger_store import ledger
from monitor.crawl.again import last_endings
from monitor.crawl.history import LOOK_BACK, published_days, read_facts
from monitor.gaps.exposure import Watched, watch
from monitor.gaps.listed import Listed
from monitor.gaps.readings import Pages


def watched_sources(
    tx: Tx, *, start: datetime, stop: datetime, tag_version: int, listed: Listed | None = None
) -> tuple[dict[SourceId, Watched], Mapping[SourceId, Pages], frozenset[SourceId]]:
    """What was seen of every source that was polled, up to `stop`; pages listed from `start` on; and the
    sources whose list overflowed in between. `listed`: pages and days with items, where they are known."""
    if listed is None:
        listed = Listed(read_pages(tx, start, stop, tag_version), published_days(tx, start - LOOK_BACK, stop))
    pages = listed.pages
    facts = read_facts(tx, since=start - LOOK_BACK, stop=stop, published=listed.days)
    watched = {
        source: watch(
            found.polls,
            found.published,
            end=stop,
            read_share=pages[source].read_share if source in pages else 1.0,
            texts=found.texts,
        )
        for source, found in facts.items()
    }
    overflowed = {
        source for source, found in facts.items() if any(p.overflow and p.at >= start for p in found.polls)
    }
    return watched, pages, frozenset(overflowed)


def read_pages(tx: Tx, start: datetime, stop: datetime, tag_version: int) -> dict[SourceId, Pages]:
    """The pages that each source listed in a stretch of time, and what became of them."""
    unread = sa.case((articles.c.state != ArticleState.READY.value, 1), else_=0)
    inside = (start <= DATED, stop > DATED, sa.not_(_is_double()))
    listed = sa.select(articles.c.source_id, sa.func.count(), sa.func.sum(unread)).where(*inside)
    # the few that are not judged are counted, not the many that are
    waiting = sa.select(articles.c.source_id, sa.func.count()).where(*inside, not_judged(tag_version))
    n_waiting: dict[str, int] = {row[0]: row[1] for row in tx.execute(waiting.group_by(articles.c.source_id))}
    told = _unread_reasons(tx, start, stop)
    return {
        SourceId(source): Pages(n, int(n_unread), n - n_waiting.get(source, 0), told.get(source, {}))
        for source, n, n_unread in tx.execute(listed.group_by(articles.c.source_id))
    }


def _unread_reasons(tx: Tx, start: datetime, stop: datetime) -> dict[SourceId, dict[str, int]]:
    """Why pages of each source were not had, by the last stage that held them; "": not asked for yet."""
    joined, last, _ = last_endings()
    # a literal: with a bound value PostgreSQL would not see that it groups by what it selects
    reason = sa.func.coalesce(last, sa.literal_column("''"))
    query = (
        sa.select(articles.c.source_id, reason, sa.func.count())
        .select_from(joined)
        .where(start <= DATED, stop > DATED, articles.c.state != ArticleState.READY.value)
        .group_by(articles.c.source_id, reason)
        .order_by(articles.c.source_id, reason)
    )
    found: dict[SourceId, dict[str, int]] = {}
    for source, why, n in tx.execute(query):
        if why != Reason.DUPLICATE_URL.value:
            found.setdefault(SourceId(source), {})[why] = n
    return found


def _is_double() -> sa.ColumnElement[bool]:
    """Another address of a page that is an article already: it was read under its own."""
    told = sa.exists().where(
        ledger.c.stage == Stage.EXTRACT.value,
        ledger.c.item == sa.cast(articles.c.id, sa.Text),
        ledger.c.version == "",
        ledger.c.reason == Reason.DUPLICATE_URL.value,
    )
    return sa.and_(articles.c.state == ArticleState.DEAD.value, told)
