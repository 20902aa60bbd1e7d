"""Reads how the sources were watched: polls that change something, days with items, pages read."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from monitor.articles.tables import articles, taggings
from monitor.articles.types import ArticleState
from monitor.core.db import Tx, UtcDateTime
from monitor.core.ids import SourceId
from monitor.core.ledger import Ending, Reason
from monitor.crawl.tables import checks
from monitor.gaps.exposure import Poll, Published, Watched, watch
from monitor.gaps.readings import Pages

_DATED = sa.func.coalesce(articles.c.published_at, articles.c.first_seen_at, type_=UtcDateTime())
# How far before the window polls and items are read: a silence or an outage may have begun there.
LOOK_BACK = timedelta(days=60)


def first_good_poll(tx: Tx) -> datetime | None:
    """When this installation began to see anything."""
    query = sa.select(sa.func.min(checks.c.at)).where(checks.c.ending == Ending.DONE.value)
    first: datetime | None = tx.execute(query).scalar_one()
    return first


def watched_sources(
    tx: Tx, *, start: datetime, stop: datetime, tag_version: int
) -> tuple[dict[SourceId, Watched], dict[SourceId, Pages]]:
    """What was seen of every source that was polled, up to `stop`; pages listed from `start` on."""
    polls = changed_polls(tx, start - LOOK_BACK, stop)
    published = published_days(tx, start - LOOK_BACK, stop)
    pages = _pages(tx, start, stop, tag_version)
    watched = {
        source: watch(
            found,
            published.get(source, []),
            end=stop,
            read_share=pages[source].read_share if source in pages else 1.0,
        )
        for source, found in polls.items()
    }
    return watched, pages


def changed_polls(tx: Tx, since: datetime, stop: datetime) -> dict[SourceId, list[Poll]]:
    """Per source in time order: polls whose ending differs from the one before, overflows, and the last."""
    feed = (checks.c.source_id, checks.c.feed_url)

    def beside(value: sa.FunctionElement[Any]) -> sa.ColumnElement[Any]:
        return sa.over(value, partition_by=feed, order_by=checks.c.at)

    every = (
        sa.select(
            checks.c.source_id,
            checks.c.feed_url,
            checks.c.at,
            checks.c.ending,
            checks.c.reason,
            checks.c.overflow,
            beside(sa.func.lag(checks.c.ending)).label("ending_before"),
            beside(sa.func.lag(checks.c.at, type_=UtcDateTime())).label("previous_at"),
            beside(sa.func.lead(checks.c.id)).label("next_id"),
        )
        .where(checks.c.at >= since, checks.c.at < stop)
        .subquery()
    )
    changed = sa.or_(
        every.c.ending_before.is_(None),
        every.c.ending_before != every.c.ending,
        every.c.overflow.is_(True),
        every.c.next_id.is_(None),
    )
    found: dict[SourceId, list[Poll]] = {}
    for row in tx.execute(sa.select(every).where(changed).order_by(every.c.at, every.c.feed_url)):
        poll = Poll(
            feed=row.feed_url,
            at=row.at,
            is_good=row.ending == Ending.DONE.value or row.reason == Reason.NOT_MODIFIED.value,
            overflow=row.overflow,
            previous_at=row.previous_at,
            reason=row.reason,
        )
        found.setdefault(SourceId(row.source_id), []).append(poll)
    return found


def published_days(tx: Tx, since: datetime, stop: datetime) -> dict[SourceId, list[Published]]:
    """Days with items per source, in time order. A day is one of UTC: only distances matter here."""
    dated = _DATED if tx.dialect.name == "sqlite" else sa.func.timezone("UTC", _DATED)
    query = (
        sa.select(
            articles.c.source_id,
            sa.func.min(_DATED).label("first_at"),
            sa.func.max(_DATED).label("last_at"),
            sa.func.count().label("items"),
        )
        .where(since <= _DATED, stop > _DATED)
        .group_by(articles.c.source_id, sa.func.date(dated))
        .order_by(articles.c.source_id, sa.func.min(_DATED))
    )
    found: dict[SourceId, list[Published]] = {}
    for row in tx.execute(query):
        day = Published(row.first_at, row.last_at, row.items)
        found.setdefault(SourceId(row.source_id), []).append(day)
    return found


def _pages(tx: Tx, start: datetime, stop: datetime, tag_version: int) -> dict[SourceId, Pages]:
    unread = sa.case((articles.c.state != ArticleState.READY.value, 1), else_=0)
    query = (
        sa.select(
            articles.c.source_id,
            sa.func.count(articles.c.id),
            sa.func.sum(unread),
            sa.func.count(taggings.c.article_id),
        )
        .outerjoin(
            taggings,
            sa.and_(taggings.c.article_id == articles.c.id, taggings.c.version_id == tag_version),
        )
        .where(start <= _DATED, stop > _DATED)
        .group_by(articles.c.source_id)
    )
    return {SourceId(row[0]): Pages(row[1], int(row[2]), row[3]) for row in tx.execute(query)}
