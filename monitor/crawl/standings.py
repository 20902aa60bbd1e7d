"""How each feed and source stands now, as people ask it: last answer, last error, next time, on or off."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from monitor.core.db import Tx, UtcDateTime
from monitor.core.ids import SourceId
from monitor.crawl.sorting import decision_key, stored_decision_key
from monitor.crawl.store import LEFT_OUT
from monitor.crawl.tables import checks, feeds, sources
from monitor.crawl.types import Source


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


_OWN = (checks.c.source_id == feeds.c.source_id, checks.c.feed_url == feeds.c.url)
_NEWEST = (
    sa.select(sa.func.max(checks.c.at, type_=UtcDateTime())).where(*_OWN).correlate(feeds).scalar_subquery()
)
# Built once, and only what is told: pages ask it, and most of its time went into making it.
_STANDINGS = (
    sa.select(
        feeds.c.source_id, feeds.c.url, checks.c.at, feeds.c.last_ok_at, feeds.c.next_check_at,
        feeds.c.failures, checks.c.reason, checks.c.detail, checks.c.status,
    )
    .outerjoin(checks, sa.and_(*_OWN, checks.c.at == _NEWEST))
    .where(feeds.c.next_check_at.is_not(None))
    .order_by(feeds.c.source_id, feeds.c.id)
)  # fmt: skip


def feed_standings(tx: Tx) -> dict[SourceId, tuple[FeedStanding, ...]]:
    """The feeds that are asked, by source. Feeds that have left the config are none."""
    found: dict[SourceId, tuple[FeedStanding, ...]] = {}
    for of, url, at, ok_at, next_at, failures, reason, detail, status in tx.execute(_STANDINGS):
        one = FeedStanding(
            SourceId(of), url, at, ok_at, next_at, failures, reason or "", detail or "", status
        )
        found[one.source_id] = (*found.get(one.source_id, ()), one)
    return found


_STORED = sa.select(sources.c.id, sources.c.enabled, sources.c.why_not, sources.c.doc)
_SWITCHES = sa.select(sources.c.id, sources.c.enabled, sources.c.why_not)


def as_they_stand(tx: Tx, configured: Iterable[Source]) -> tuple[Source, ...]:
    """Sources of the config, on or off as the database has them; one that it does not know stays as it is.

    Only the switches are read: all else of a stored source is what the config says.
    """
    stored = {row[0]: (row[1], row[2]) for row in tx.execute(_SWITCHES)}
    return tuple(_switched(source, *stored.get(source.id, _as(source))) for source in configured)


def edited_since(tx: Tx, configured: Iterable[Source]) -> tuple[SourceId, ...]:
    """Outlets whose polling the config decides otherwise than when it was taken over last, by id: new ones,
    those left out, and those with another switch or other feeds. They are polled as before until it is."""
    stored = {row.id: row for row in tx.execute(_STORED)}
    named = {source.id: source for source in configured}
    edited = {
        source.id
        for source in named.values()
        if (row := stored.get(source.id)) is None
        or stored_decision_key(row.doc) != decision_key(source)
        or (source.enabled and row.why_not == LEFT_OUT)
    }
    gone = {SourceId(row.id) for row in stored.values() if row.enabled and row.id not in named}
    return tuple(sorted(edited | gone))


def _as(source: Source) -> tuple[bool, str]:
    return source.enabled, source.why_not


def _switched(source: Source, enabled: bool, why_not: str) -> Source:
    is_same = (enabled, why_not) == _as(source)
    return source if is_same else replace(source, enabled=enabled, why_not=why_not)
