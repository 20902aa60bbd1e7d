"""Who gets which report: asked for, confirmed, changed, ended, deleted. Runs in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from monitor.core.db import Tx
from monitor.core.errors import UsageError
from monitor.core.ids import PlaceId, TopicId
from monitor.reports.address import checked_address
from monitor.reports.catalogue import languages
from monitor.reports.tables import notices, outbox, subscribers

DELETED = "deleted-"  # in place of an address that was deleted; no address begins without an @


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One subscription: an address, a region, a language. Active ones get the report, paused ones later."""

    id: int
    email: str
    region: PlaceId
    lang: str
    active: bool
    added_at: datetime
    topics: tuple[TopicId, ...] = ()  # empty: all
    confirmed_at: datetime | None = None  # None: the address has not confirmed yet
    paused_until: date | None = None  # first day on which a report may go out again

    @property
    def who(self) -> str:
        """How answers name their author: a number, since that may stay when the address is deleted."""
        return f"reader {self.id}"


def add_subscriber(
    tx: Tx,
    *,
    email: str,
    region: PlaceId,
    lang: str,
    at: datetime,
    topics: Sequence[TopicId] = (),
) -> Subscriber:
    """Subscribe an address whose owner is known to want it, or wake a subscription that has ended.

    One that is active stays as it is. `region` and `topics` are checked by the caller.
    Errors: UsageError for a bad address or an unknown language.
    """
    held = ask_for(tx, email=email, region=region, lang=lang, at=at, topics=topics)
    return held if held.active else confirm(tx, held.id, at=at)


def ask_for(
    tx: Tx,
    *,
    email: str,
    region: PlaceId,
    lang: str,
    at: datetime,
    topics: Sequence[TopicId] = (),
) -> Subscriber:
    """Note that somebody asked for a subscription; no report goes out before `confirm`.

    One that is active stays as it is; one that has ended takes the spelling given now. Errors: UsageError
    as `add_subscriber`.
    """
    address = checked_address(email)
    _check_lang(lang)
    held = _find(tx, address, region, lang)
    if held is not None and held.active:
        return held
    if held is None:
        values = {"email": address, "region": region, "lang": lang, "active": False, "added_at": at}
        tx.execute(sa.insert(subscribers).values(topics=list(topics), **values))
    else:
        again = {"email": address, "added_at": at, "topics": list(topics)}
        again |= {"confirmed_at": None, "paused_until": None}
        tx.execute(sa.update(subscribers).where(subscribers.c.id == held.id).values(**again))
    found = _find(tx, address, region, lang)
    assert found is not None  # noqa: S101 - it was written above
    return found


def confirm(tx: Tx, subscriber_id: int, *, at: datetime) -> Subscriber:
    """Have a subscription that was asked for count from now on; one that is active stays as it is.

    Errors: UsageError when there is none.
    """
    held = get_subscriber(tx, subscriber_id)
    if not held.active:
        _update(tx, held.id, active=True, confirmed_at=at)
    return get_subscriber(tx, subscriber_id)


def get_subscriber(tx: Tx, subscriber_id: int) -> Subscriber:
    """One subscription. Errors: UsageError when there is none or it was deleted."""
    row = tx.execute(sa.select(subscribers).where(subscribers.c.id == subscriber_id)).one_or_none()
    if row is None or row.email.startswith(DELETED):
        raise UsageError(f"there is no subscription {subscriber_id}")
    return _subscriber(row)


def of_address(tx: Tx, email: str) -> tuple[Subscriber, ...]:
    """All subscriptions of an address, ended ones too, by id."""
    query = sa.select(subscribers).where(_is_mailbox(subscribers.c.email, email)).order_by(subscribers.c.id)
    return tuple(_subscriber(row) for row in tx.execute(query))


def change(
    tx: Tx, subscriber_id: int, *, lang: str, topics: Sequence[TopicId], paused_until: date | None
) -> Subscriber:
    """Set language, topics (empty: all) and pause. Errors: UsageError when this would double another one."""
    held = get_subscriber(tx, subscriber_id)
    _check_lang(lang)
    other = _find(tx, held.email, held.region, lang) if lang != held.lang else None
    if other is not None:
        if other.active:
            raise UsageError(f"{held.email} gets the report of {held.region} in {lang!r} already")
        _retire(tx, other)
    _update(tx, held.id, lang=lang, topics=list(topics), paused_until=paused_until)
    return get_subscriber(tx, subscriber_id)


def list_subscribers(
    tx: Tx,
    *,
    region: PlaceId | None = None,
    lang: str | None = None,
    active_only: bool = True,
    today: date | None = None,
) -> tuple[Subscriber, ...]:
    """Subscriptions by id, without deleted ones; with `today` those that are paused then are left out."""
    query = sa.select(subscribers).order_by(subscribers.c.id).where(_has_address())
    if active_only:
        query = query.where(subscribers.c.active.is_(True))
    if region is not None:
        query = query.where(subscribers.c.region == region)
    if lang is not None:
        query = query.where(subscribers.c.lang == lang)
    if today is not None:
        until = subscribers.c.paused_until
        query = query.where(sa.or_(until.is_(None), until <= today))
    return tuple(_subscriber(row) for row in tx.execute(query))


def leave(tx: Tx, subscriber_id: int) -> Subscriber:
    """End one subscription and cancel what waits or is held for it; it gives the subscription as it was."""
    held = get_subscriber(tx, subscriber_id)
    _end(tx, [held.id])
    return held


def remove_subscriber(tx: Tx, *, email: str, region: PlaceId | None = None) -> tuple[int, ...]:
    """End an address's subscriptions (of one region or all) as `leave` does one; their numbers.

    Errors: UsageError when there is none.
    """
    wanted = [_is_mailbox(subscribers.c.email, checked_address(email)), subscribers.c.active.is_(True)]
    if region is not None:
        wanted.append(subscribers.c.region == region)
    ids = tuple(tx.execute(sa.select(subscribers.c.id).where(*wanted).order_by(subscribers.c.id)).scalars())
    if not ids:
        raise UsageError(f"{email} has no subscription" + (f" to {region}" if region else ""))
    _end(tx, ids)
    return ids


def forget(tx: Tx, email: str) -> int:
    """Delete an address from everything that we hold; how many subscriptions it had.

    Rows of the outbox stay as numbers, so that what was sent when can still be told.
    """
    held = of_address(tx, email)
    ids = [one.id for one in held]
    _end(tx, ids)
    tx.execute(sa.update(outbox).where(outbox.c.subscriber_id.in_(ids)).values(last_error=""))
    _forget_notices(tx, email)
    for one in held:
        _retire(tx, one)
    return len(held)


def forget_unconfirmed(tx: Tx, *, before: datetime) -> int:
    """Delete the addresses that nobody confirmed since they were entered before a moment. How many."""
    wanted = (subscribers.c.active.is_(False), subscribers.c.confirmed_at.is_(None), _has_address())
    rows = tx.execute(sa.select(subscribers).where(*wanted, subscribers.c.added_at < before)).all()
    for row in rows:
        _retire(tx, _subscriber(row))
        _forget_notices(tx, row.email)
    return len(rows)


def _forget_notices(tx: Tx, email: str) -> None:
    tx.execute(sa.delete(notices).where(_is_mailbox(notices.c.address, email)))


def _retire(tx: Tx, held: Subscriber) -> None:
    gone = {"email": f"{DELETED}{held.id}", "topics": [], "active": False, "paused_until": None}
    _update(tx, held.id, **gone)


def _end(tx: Tx, ids: Sequence[int]) -> None:
    tx.execute(sa.update(subscribers).where(subscribers.c.id.in_(ids)).values(active=False))
    tx.execute(
        sa.update(outbox)
        .where(outbox.c.subscriber_id.in_(ids), outbox.c.state.in_(["queued", "unknown"]))
        .values(state="cancelled", next_try_at=None)
    )


def _update(tx: Tx, subscriber_id: int, **values: object) -> None:
    done = tx.execute(sa.update(subscribers).where(subscribers.c.id == subscriber_id).values(**values))
    if done.rowcount != 1:
        raise KeyError(subscriber_id)


def _check_lang(lang: str) -> None:
    if lang not in languages():
        raise UsageError(f"no report language {lang!r}; there are: {', '.join(languages())}")


def _has_address() -> sa.ColumnElement[bool]:
    return subscribers.c.email.contains("@")


def _find(tx: Tx, email: str, region: PlaceId, lang: str) -> Subscriber | None:
    wanted = (subscribers.c.region == region, subscribers.c.lang == lang)
    # of two spellings, which older versions took for two readers, the active one, then the same spelling
    first = (subscribers.c.active.desc(), (subscribers.c.email == email).desc(), subscribers.c.id)
    query = sa.select(subscribers).where(_is_mailbox(subscribers.c.email, email), *wanted).order_by(*first)
    row = tx.execute(query.limit(1)).one_or_none()
    return None if row is None else _subscriber(row)


def _is_mailbox(column: sa.ColumnElement[str], email: str) -> sa.ColumnElement[bool]:
    """Whether a column holds this address in any case: Ed@x and ed@x are two by the letter of RFC 5321, and
    one wherever mail is read."""
    return sa.func.lower(column) == email.lower()


def _subscriber(row: sa.Row[tuple[object, ...]]) -> Subscriber:
    return Subscriber(
        id=row.id,
        email=row.email,
        region=PlaceId(row.region),
        lang=row.lang,
        active=row.active,
        added_at=row.added_at,
        topics=tuple(TopicId(topic) for topic in row.topics),
        confirmed_at=row.confirmed_at,
        paused_until=row.paused_until,
    )
