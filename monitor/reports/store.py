"""Reports with their facts and what waits to be sent; facts of articles. Runs in the caller's transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core.db import Tx
from monitor.core.errors import UsageError
from monitor.core.ids import ArticleId, PlaceId, SourceId, TopicId, Week
from monitor.reports.facts import doc_hash, facts, facts_hash, from_json
from monitor.reports.mail import message_id
from monitor.reports.subscribers import Subscriber
from monitor.reports.tables import outbox, reports, subscribers
from monitor.reports.types import ArticleFact, Report

NOT_MADE = "cannot be rendered: "  # how the error of a mail begins that crashed before anything was sent
_CHUNK = 500  # ids in one query: PostgreSQL and SQLite both limit the number of parameters


class OutboxState(StrEnum):
    """How far a mail has come."""

    QUEUED = "queued"
    SENDING = "sending"  # committed before DATA; a row found like this was interrupted
    SENT = "sent"
    UNKNOWN = "unknown"  # the answer after DATA was lost: it may have arrived
    BOUNCED = "bounced"
    CANCELLED = "cancelled"  # unsubscribed before it was sent


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One mail to one subscriber."""

    id: int
    report_id: str
    subscriber_id: int
    email: str
    message_id: str
    state: OutboxState
    attempts: int
    next_try_at: datetime | None
    last_error: str
    sent_at: datetime | None
    changed_at: datetime | None  # None: settled before this was kept


def put_report(tx: Tx, report: Report, *, at: datetime) -> Report:
    """Keep a report, or replace one of the same id of which nothing has left the house yet.

    Gives what is stored: once a mail went out, the facts stay those that were sent.
    """
    held = find_report(tx, report.id)
    if held is not None and has_left(tx, report.id):
        return held
    values = {"facts": facts(report), "facts_hash": facts_hash(report), "built_at": at}
    if held is None:
        key = {"id": report.id, "week": report.week, "region": report.region, "lang": report.lang}
        tx.execute(sa.insert(reports).values(**key, **values))
    else:
        tx.execute(sa.update(reports).where(reports.c.id == report.id).values(**values))
    return report


def has_left(tx: Tx, report_id: str) -> bool:
    """Whether a mail of a report was sent or tried: its facts are what somebody may have read."""
    was_tried = sa.and_(outbox.c.attempts > 0, ~outbox.c.last_error.startswith(NOT_MADE))
    query = sa.select(outbox.c.id).where(
        outbox.c.report_id == report_id,
        sa.or_(outbox.c.state.not_in([OutboxState.QUEUED, OutboxState.CANCELLED]), was_tried),
    )
    return tx.execute(query.limit(1)).first() is not None


def sent_choices(tx: Tx, week: Week, region: PlaceId, lang: str) -> tuple[tuple[TopicId, ...], ...]:
    """The choices of topics of which a report of the week has left the house, the whole one (empty) first."""
    query = sa.select(reports.c.id, reports.c.facts).where(
        reports.c.week == week, reports.c.region == region, reports.c.lang == lang
    )
    rows = [row for row in tx.execute(query) if not row.facts["correction"] and has_left(tx, row.id)]
    return tuple(sorted(tuple(TopicId(topic) for topic in row.facts["topics_wanted"]) for row in rows))


def is_as_kept(tx: Tx, report_id: str) -> bool:
    """Whether a report's facts are those that were hashed. Errors: NoResultFound when there is none."""
    row = tx.execute(sa.select(reports.c.facts, reports.c.facts_hash).where(reports.c.id == report_id)).one()
    return doc_hash(row.facts) == str(row.facts_hash)


def versions_of(tx: Tx, report_id: str) -> tuple[str, ...]:
    """Ids of a kept report and its corrections, oldest first."""
    numbered = sa.select(reports.c.id).where(
        sa.or_(reports.c.id == report_id, reports.c.id.startswith(f"{report_id}-c", autoescape=True))
    )
    found = [str(one) for one in tx.execute(numbered).scalars()]
    return tuple(sorted(found, key=lambda one: int(one.removeprefix(report_id).removeprefix("-c") or 0)))


def find_report(tx: Tx, report_id: str) -> Report | None:
    """A stored report, None if there is none. Errors: StorageError when its facts are damaged."""
    doc = tx.execute(sa.select(reports.c.facts).where(reports.c.id == report_id)).scalar_one_or_none()
    return None if doc is None else from_json(doc)


def get_report(tx: Tx, report_id: str) -> Report:
    """A stored report. Errors: UsageError when there is none."""
    found = find_report(tx, report_id)
    if found is None:
        raise UsageError(f"no report {report_id!r} is stored; `monitor report build` makes one")
    return found


def enqueue(tx: Tx, report: Report, to: Iterable[Subscriber], *, sender: str, at: datetime) -> int:
    """Queue a report once for each subscriber; how many are new. Message-IDs are fixed here.

    A subscriber gets one report a week, also after choosing other topics meanwhile; corrections come on top.
    """
    known = readers_of(tx, report.id) if report.correction else _readers_of_week(tx, report.week)
    new = [subscriber for subscriber in to if subscriber.id not in known]
    for subscriber in new:
        tx.execute(
            sa.insert(outbox).values(
                report_id=report.id,
                subscriber_id=subscriber.id,
                message_id=message_id(report.id, subscriber.id, sender=sender),
                state=OutboxState.QUEUED,
                next_try_at=at,
            )
        )
    return len(new)


def readers_of(tx: Tx, report_id: str) -> set[int]:
    """Subscribers for whom a report was queued, whatever became of it."""
    query = sa.select(outbox.c.subscriber_id).where(outbox.c.report_id == report_id)
    return set(tx.execute(query).scalars())


def _readers_of_week(tx: Tx, week: Week) -> set[int]:
    """Subscribers for whom a report of the week was queued; cancelled ones count too."""
    query = (
        sa.select(outbox.c.subscriber_id)
        .join(reports, reports.c.id == outbox.c.report_id)
        .where(reports.c.week == week)
    )
    return set(tx.execute(query).scalars())


def list_outbox(tx: Tx, *, state: OutboxState | None = None) -> tuple[OutboxRow, ...]:
    """Mails by id."""
    query = (
        sa.select(outbox, subscribers.c.email)
        .join(subscribers, subscribers.c.id == outbox.c.subscriber_id)
        .order_by(outbox.c.id)
    )
    if state is not None:
        query = query.where(outbox.c.state == state)
    return tuple(_outbox_row(row) for row in tx.execute(query))


def find_due(tx: Tx, *, now: datetime) -> OutboxRow | None:
    """The next mail to send."""
    query = (
        sa.select(outbox, subscribers.c.email)
        .join(subscribers, subscribers.c.id == outbox.c.subscriber_id)
        .where(outbox.c.state == OutboxState.QUEUED, outbox.c.next_try_at <= now)
        .order_by(outbox.c.next_try_at, outbox.c.report_id, outbox.c.id)
        .limit(1)
    )
    row = tx.execute(query).one_or_none()
    return None if row is None else _outbox_row(row)


def claim(tx: Tx, row: OutboxRow) -> bool:
    """Take a queued mail for sending; False when another has taken or cancelled it."""
    result = tx.execute(
        sa.update(outbox)
        .where(outbox.c.id == row.id, outbox.c.state == OutboxState.QUEUED)
        .values(state=OutboxState.SENDING, attempts=row.attempts + 1, next_try_at=None)
    )
    return bool(result.rowcount)


def record(
    tx: Tx,
    row_id: int,
    state: OutboxState,
    *,
    at: datetime,
    error: str = "",
    next_try_at: datetime | None = None,
    attempts: int | None = None,
) -> None:
    """How a mail stands since `at`; `attempts` where no claim has counted this one.

    Errors: KeyError when there is no such row.
    """
    values: dict[str, object] = {
        "state": state,
        "last_error": error[:300],
        "next_try_at": next_try_at,
        "changed_at": at,
    }
    if state is OutboxState.SENT:
        values["sent_at"] = at
    if attempts is not None:
        values["attempts"] = attempts
    if tx.execute(sa.update(outbox).where(outbox.c.id == row_id).values(**values)).rowcount != 1:
        raise KeyError(row_id)


def interrupted_to_unknown(tx: Tx, *, at: datetime) -> int:
    """Mails whose sending was cut off: nobody knows whether they arrived. How many."""
    why = {"last_error": "interrupted while sending", "changed_at": at}
    result = tx.execute(
        sa.update(outbox)
        .where(outbox.c.state == OutboxState.SENDING)
        .values(state=OutboxState.UNKNOWN, **why)
    )
    return int(result.rowcount)


def cancel_unwanted(tx: Tx, *, at: datetime) -> int:
    """Cancel what waits or is held for readers who have left, be it while a mail was on its way. How many."""
    gone = sa.select(subscribers.c.id).where(subscribers.c.active.is_(False))
    open_ = (OutboxState.QUEUED, OutboxState.UNKNOWN)
    result = tx.execute(
        sa.update(outbox)
        .where(outbox.c.state.in_(open_), outbox.c.subscriber_id.in_(gone))
        # an error of the moment of leaving may name an address that is deleted
        .values(state=OutboxState.CANCELLED, next_try_at=None, last_error="", changed_at=at)
    )
    return int(result.rowcount)


def requeue_unknown(tx: Tx, *, at: datetime, ids: Iterable[int]) -> int:
    """Queue again those of some mails that may or may not have arrived, with the same Message-ID. How many.

    Nothing of readers who have left: theirs is cancelled.
    """
    return _requeue(tx, outbox.c.id.in_(list(ids)), at)


def requeue_lost(tx: Tx, *, at: datetime, most: int) -> int:
    """Queue again all that may or may not have arrived and was offered less than `most` times, likewise."""
    return _requeue(tx, outbox.c.attempts < most, at)


def _requeue(tx: Tx, wanted: sa.ColumnElement[bool], at: datetime) -> int:
    cancel_unwanted(tx, at=at)
    return _settle(tx, wanted, state=OutboxState.QUEUED, next_try_at=at, changed_at=at, last_error="")


def believe_arrived(tx: Tx, *, at: datetime, ids: Iterable[int]) -> int:
    """Call held mails sent, since a person found out that they arrived. How many."""
    chosen = outbox.c.id.in_(list(ids))
    return _settle(tx, chosen, state=OutboxState.SENT, sent_at=at, changed_at=at, last_error="")


def _settle(tx: Tx, wanted: sa.ColumnElement[bool], **values: object) -> int:
    query = sa.update(outbox).where(outbox.c.state == OutboxState.UNKNOWN, wanted)
    return int(tx.execute(query.values(**values)).rowcount)


def article_facts(tx: Tx, ids: Iterable[ArticleId], *, zone: tzinfo) -> dict[ArticleId, ArticleFact]:
    """What a report needs of articles; days are those of the newsroom's zone."""
    wanted = sorted(set(ids))
    found: dict[ArticleId, ArticleFact] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = sa.select(
            articles.c.id,
            articles.c.source_id,
            articles.c.url,
            articles.c.title,
            articles.c.published_at,
            articles.c.first_seen_at,
        ).where(articles.c.id.in_(wanted[start : start + _CHUNK]))
        for row in tx.execute(query):
            at = row.published_at or row.first_seen_at
            fact = ArticleFact(
                ArticleId(row.id), SourceId(row.source_id), row.url, row.title, at.astimezone(zone).date()
            )
            found[fact.id] = fact
    return found


def _outbox_row(row: sa.Row[tuple[object, ...]]) -> OutboxRow:
    return OutboxRow(
        id=row.id,
        report_id=row.report_id,
        subscriber_id=row.subscriber_id,
        email=row.email,
        message_id=row.message_id,
        state=OutboxState(row.state),
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        last_error=row.last_error,
        sent_at=row.sent_at,
        changed_at=row.changed_at,
    )
