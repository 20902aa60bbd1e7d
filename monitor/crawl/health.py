"""What is wrong with which source, from its polls: failing, or silent against its own rhythm."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.core.db import Tx
from monitor.core.ids import SourceId
from monitor.core.ledger import Ending
from monitor.crawl.tables import checks, feeds, sources

SILENT_AFTER = timedelta(days=7)  # a district paper that prints weekly is not silent


@dataclass(frozen=True, slots=True)
class Trouble:
    """One feed that does not give what it should. `what` is a ledger reason or "silent"."""

    source_id: SourceId
    feed_url: str
    what: str
    since: datetime


def last_good_poll(tx: Tx) -> datetime | None:
    """When anything was last polled well; None before the first time."""
    last: datetime | None = tx.execute(sa.select(sa.func.max(feeds.c.last_ok_at))).scalar_one()
    return last


def source_troubles(tx: Tx, *, now: datetime) -> tuple[Trouble, ...]:
    """Failing and silent feeds of enabled sources, by source id."""
    query = (
        sa.select(feeds)
        .join(sources, sources.c.id == feeds.c.source_id)
        .where(sources.c.enabled.is_(True), feeds.c.first_check_at.is_not(None))
        .order_by(feeds.c.source_id, feeds.c.url)
    )
    return tuple(trouble for row in tx.execute(query).mappings() if (trouble := _trouble(tx, row, now)))


def _trouble(tx: Tx, feed: sa.RowMapping, now: datetime) -> Trouble | None:
    source, url = SourceId(feed["source_id"]), feed["url"]
    if feed["failures"]:
        reason = _last_reason(tx, source, url)
        return Trouble(source, url, reason, feed["last_ok_at"] or feed["first_check_at"])
    fresh = feed["last_new_at"] or feed["first_check_at"]
    return Trouble(source, url, "silent", fresh) if now - fresh > SILENT_AFTER else None


def _last_reason(tx: Tx, source: SourceId, url: str) -> str:
    query = (
        sa.select(checks.c.reason)
        .where(checks.c.source_id == source, checks.c.feed_url == url, checks.c.ending == Ending.FAILED.value)
        .order_by(checks.c.at.desc())
        .limit(1)
    )
    return str(tx.execute(query).scalar_one())
