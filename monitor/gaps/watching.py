"""Reads how the sources were watched in a window: their history, and what became of their pages."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

import sqlalchemy as sa

from monitor.articles.effective import not_judged
from monitor.articles.tables import DATED, articles
from monitor.articles.types import ArticleState
from monitor.core.db import Tx
from monitor.core.ids import SourceId
from monitor.core.ledger import Reason
from monitor.crawl.again import last_endings
from monitor.crawl.history import LOOK_BACK, published_days, read_facts
from monitor.gaps.exposure import Watched, watch
from monitor.gaps.listed import Listed
from monitor.gaps.readings import Pages


def watched_sources(
    tx: Tx,
    *,
    start: datetime,
    stop: datetime,
    tag_version: int,
    listed: Listed | None = None,
    zone: tzinfo = UTC,
) -> tuple[dict[SourceId, Watched], Mapping[SourceId, Pages], frozenset[SourceId]]:
    """What was seen of every source that was polled, up to `stop`; pages listed from `start` on; and the
    sources whose list overflowed in between. `listed`: pages and days with items, where they are known;
    `zone`: of the days since which something is wrong."""
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
            zone=zone,
        )
        for source, found in facts.items()
    }
    overflowed = {
        source for source, found in facts.items() if any(p.overflow and p.at >= start for p in found.polls)
    }
    return watched, pages, frozenset(overflowed)


def read_pages(tx: Tx, start: datetime, stop: datetime, tag_version: int) -> dict[SourceId, Pages]:
    """The pages that each source listed in a stretch of time, and what became of them.

    Another address of a page that is an article already is none of them: it was read under its own.
    """
    inside = (start <= DATED, stop > DATED)
    # the few that are not judged, or not read, are looked at closely, not the many that are
    waiting = _by_source(tx, *inside, not_judged(tag_version))
    unread = _unread_reasons(tx, start, stop)
    found = {}
    for source, n in _by_source(tx, *inside).items():
        reasons = unread.get(source, {})
        doubles = reasons.pop(Reason.DUPLICATE_URL.value, 0)
        judged = n - waiting.get(source, 0)
        found[source] = Pages(n - doubles, sum(reasons.values()), judged, reasons)
    return found


def _by_source(tx: Tx, *those: sa.ColumnElement[bool]) -> dict[SourceId, int]:
    counted = sa.select(articles.c.source_id, sa.func.count()).where(*those).group_by(articles.c.source_id)
    return {SourceId(source): n for source, n in tx.execute(counted)}


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
        found.setdefault(SourceId(source), {})[why] = n
    return found
