"""How each feed stands now, as people ask it: last answer, last error, when it is asked next."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.core.db import Tx, UtcDateTime
from monitor.core.ids import SourceId
from monitor.crawl.tables import checks, feeds


@dataclass(frozen=True, slots=True)
class FeedStanding:
    """One feed in use. `reason`: ledger reason of its last poll; times are None where there was none."""

    source_id: SourceId
    url: str
    last_at: datetime | None
    last_ok_at: datetime | None
    next_check_at: datetime | None
    failures: int  # in a row
    reason: str
    detail: str
    status: int | None


def feed_standings(tx: Tx, source: SourceId | None = None) -> dict[SourceId, tuple[FeedStanding, ...]]:
    """The feeds that are asked, by source; of one source only. Feeds that have left the config are none."""
    own = (checks.c.source_id == feeds.c.source_id, checks.c.feed_url == feeds.c.url)
    last = sa.select(sa.func.max(checks.c.at, type_=UtcDateTime())).where(*own)
    newest = last.correlate(feeds).scalar_subquery()
    query = (
        sa.select(feeds, checks.c.at, checks.c.reason, checks.c.detail, checks.c.status)
        .outerjoin(checks, sa.and_(*own, checks.c.at == newest))
        .where(feeds.c.next_check_at.is_not(None))
        .order_by(feeds.c.source_id, feeds.c.id)
    )
    if source is not None:
        query = query.where(feeds.c.source_id == source)
    found: dict[SourceId, tuple[FeedStanding, ...]] = {}
    for row in tx.execute(query):
        one = FeedStanding(
            source_id=SourceId(row.source_id),
            url=row.url,
            last_at=row.at,
            last_ok_at=row.last_ok_at,
            next_check_at=row.next_check_at,
            failures=row.failures,
            reason=row.reason or "",
            detail=row.detail or "",
            status=row.status,
        )
        found[one.source_id] = (*found.get(one.source_id, ()), one)
    return found
