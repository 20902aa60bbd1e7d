"""What was sent: the reports that a reader may open, and the mails. In the caller's transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.core.db import Tx
from monitor.reports.store import OutboxState
from monitor.reports.subscribers import Subscriber
from monitor.reports.tables import outbox, reports


@dataclass(frozen=True, slots=True)
class Mailed:
    """One mail that has left the house."""

    report_id: str
    week: str
    at: datetime


def list_reports(tx: Tx, reader: Subscriber, *, limit: int) -> tuple[tuple[str, str], ...]:
    """Id and week of the stored reports of a reader's region and language, newest first.

    Of those cut to some topics only the ones that were queued for this reader.
    """
    its_own = sa.select(outbox.c.report_id).where(outbox.c.subscriber_id == reader.id)
    whole = reports.c.id == reports.c.week + f"-{reader.region}-{reader.lang}"
    query = (
        sa.select(reports.c.id, reports.c.week)
        .where(reports.c.region == reader.region, reports.c.lang == reader.lang)
        .where(sa.or_(whole, reports.c.id.in_(its_own)))
        .order_by(reports.c.week.desc(), reports.c.id)
        .limit(limit)
    )
    return tuple((row.id, row.week) for row in tx.execute(query))


@dataclass(frozen=True, slots=True)
class Made:
    """One report that was made. `sent`: mails of it that have left the house."""

    id: str
    week: str
    region: str
    lang: str
    sent: int
    is_whole: bool  # False: cut to some topics, or a correction


def list_made(tx: Tx, *, limit: int, region: str = "") -> tuple[Made, ...]:
    """The reports that were made, newest week first; of one region only where it is named."""
    is_sent = sa.case((outbox.c.state == OutboxState.SENT, 1))
    query = (
        sa.select(reports.c.id, reports.c.week, reports.c.region, reports.c.lang, sa.func.count(is_sent))
        .outerjoin(outbox, outbox.c.report_id == reports.c.id)
        .group_by(reports.c.id, reports.c.week, reports.c.region, reports.c.lang)
        .order_by(reports.c.week.desc(), reports.c.id)
        .limit(limit)
    )
    if region:
        query = query.where(reports.c.region == region)
    return tuple(
        Made(id_, week, place, lang, sent, id_ == f"{week}-{place}-{lang}")
        for id_, week, place, lang, sent in tx.execute(query)
    )


def mailed_to(tx: Tx, subscriber_ids: Collection[int]) -> tuple[Mailed, ...]:
    """Mails that were sent to subscriptions, newest first."""
    query = (
        sa.select(outbox.c.report_id, reports.c.week, outbox.c.sent_at)
        .join(reports, reports.c.id == outbox.c.report_id)
        .where(outbox.c.subscriber_id.in_(subscriber_ids), outbox.c.state == OutboxState.SENT)
        .order_by(outbox.c.sent_at.desc(), outbox.c.id.desc())
    )
    return tuple(Mailed(row.report_id, row.week, row.sent_at) for row in tx.execute(query) if row.sent_at)
