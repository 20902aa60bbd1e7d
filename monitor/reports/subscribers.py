"""Who gets which report: add, list, remove. Runs in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.core.db import Tx
from monitor.core.errors import UsageError
from monitor.core.ids import PlaceId
from monitor.reports.address import checked_address
from monitor.reports.catalogue import languages
from monitor.reports.tables import outbox, subscribers


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One subscription: an address, a region, a language."""

    id: int
    email: str
    region: PlaceId
    lang: str
    active: bool
    added_at: datetime


def add_subscriber(tx: Tx, *, email: str, region: PlaceId, lang: str, at: datetime) -> Subscriber:
    """Subscribe an address, or wake a subscription that was removed; one that is active stays as it is.

    `region` is resolved by the caller. Errors: UsageError for a bad address or an unknown language.
    """
    address = checked_address(email)
    if lang not in languages():
        raise UsageError(f"no report language {lang!r}; there are: {', '.join(languages())}")
    held = _find(tx, address, region, lang)
    if held is None:
        values = {
            "email": address,
            "region": region,
            "lang": lang,
            "topics": [],
            "active": True,
            "added_at": at,
        }
        tx.execute(sa.insert(subscribers).values(**values))
    elif not held.active:
        tx.execute(sa.update(subscribers).where(subscribers.c.id == held.id).values(active=True, added_at=at))
    found = _find(tx, address, region, lang)
    assert found is not None  # noqa: S101 - it was written above
    return found


def list_subscribers(
    tx: Tx, *, region: PlaceId | None = None, lang: str | None = None, active_only: bool = True
) -> tuple[Subscriber, ...]:
    """Subscriptions by id."""
    query = sa.select(subscribers).order_by(subscribers.c.id)
    if active_only:
        query = query.where(subscribers.c.active.is_(True))
    if region is not None:
        query = query.where(subscribers.c.region == region)
    if lang is not None:
        query = query.where(subscribers.c.lang == lang)
    return tuple(_subscriber(row) for row in tx.execute(query))


def remove_subscriber(tx: Tx, *, email: str, region: PlaceId | None = None) -> int:
    """End the address's subscriptions (of one region or all) and cancel what waits for it; how many ended.

    Errors: UsageError when there is none.
    """
    wanted = [subscribers.c.email == checked_address(email), subscribers.c.active.is_(True)]
    if region is not None:
        wanted.append(subscribers.c.region == region)
    ids = list(tx.execute(sa.select(subscribers.c.id).where(*wanted)).scalars())
    if not ids:
        raise UsageError(f"{email} has no subscription" + (f" to {region}" if region else ""))
    tx.execute(sa.update(subscribers).where(subscribers.c.id.in_(ids)).values(active=False))
    tx.execute(
        sa.update(outbox)
        .where(outbox.c.subscriber_id.in_(ids), outbox.c.state == "queued")
        .values(state="cancelled", next_try_at=None)
    )
    return len(ids)


def _find(tx: Tx, email: str, region: PlaceId, lang: str) -> Subscriber | None:
    query = sa.select(subscribers).where(
        subscribers.c.email == email, subscribers.c.region == region, subscribers.c.lang == lang
    )
    row = tx.execute(query).one_or_none()
    return None if row is None else _subscriber(row)


def _subscriber(row: sa.Row[tuple[object, ...]]) -> Subscriber:
    return Subscriber(row.id, row.email, PlaceId(row.region), row.lang, row.active, row.added_at)
