"""Mails of a few lines that are no reports, such as the request to confirm a subscription.

They wait in a table of their own and are sent at least once, each with one Message-ID, fixed when queued.
A second copy of such a line does no harm, so what may have arrived is sent again.
"""

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime
from email.header import Header
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr

import sqlalchemy as sa
import structlog

from monitor.core.clock import Clock
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.reports.address import checked_address, checked_sender, is_one_line
from monitor.reports.outbox import MAX_ATTEMPTS, pause
from monitor.reports.smtp import Delivery, NotSent, Post, Refused, Sent
from monitor.reports.store import NOT_MADE, OutboxState
from monitor.reports.tables import notices
from monitor.reports.turn import sending_turn

log = structlog.get_logger(__name__)

_POLICY = compat32.clone(linesep="\r\n")
_OPEN = (OutboxState.QUEUED, OutboxState.SENDING)


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail that is due. `attempts`: made before."""

    id: int
    address: str
    subject: str
    text: str
    message_id: str
    attempts: int
    queued_at: datetime


def queue_notice(
    tx: Tx, *, key: str, address: str, subject: str, text: str, sender: str, at: datetime
) -> bool:
    """Queue a notice; False when one of this key was queued before.

    Errors: UsageError for an address that is none, ValueError for a subject of more than one line.
    """
    if not is_one_line(subject) or len(subject) > 300:
        raise ValueError("the subject of a notice is one line of at most 300 letters")
    known = tx.execute(sa.select(notices.c.id).where(notices.c.key == key)).first()
    if known is not None:
        return False
    host = checked_sender(sender)[1].rpartition("@")[2]
    name = hashlib.sha256(f"{key} {at.isoformat()}".encode()).hexdigest()[:32]
    values = {
        "key": key,
        "address": checked_address(address),
        "subject": subject,
        "text": text,
        "message_id": f"<notice.{name}@{host}>",
        "state": OutboxState.QUEUED,
        "next_try_at": at,
        "queued_at": at,
    }
    tx.execute(sa.insert(notices).values(**values))
    return True


def end_key(tx: Tx, key: str, *, at: datetime) -> None:
    """Note that what a notice asked for is done: another of its key may be queued."""
    tx.execute(sa.update(notices).where(notices.c.key == key).values(key=f"{key} {at.isoformat()}"))


def forget_old(tx: Tx, *, before: datetime) -> int:
    """Delete notices queued before a moment, whatever became of them. How many."""
    return int(tx.execute(sa.delete(notices).where(notices.c.queued_at < before)).rowcount)


def send_notices(*, db: Db, post: Post, clock: Clock, sender: str) -> Counts:
    """Send every notice that is due.

    Counts: sent, retried, bounced, not_sent (server unusable), busy, crashed (a bug, one notice only).
    Errors: UsageError for a sender that is no address; nothing is touched then.
    """
    counts, address = Counts(), checked_sender(sender)[1]
    with sending_turn(db) as is_ours:
        if not is_ours:
            counts.add("busy")
            return counts
        started_at = clock()
        while (notice := _claim(db, started_at)) is not None:
            try:
                data = _message(notice, sender=sender, at=notice.queued_at)
            except Exception as error:  # a bug: this notice only, and it comes back
                log.exception("notice_crashed", notice=notice.id)
                _settle(db, notice, Refused(451, f"{NOT_MADE}{error}"), clock)  # an error of our own
                counts.add("crashed")
                continue
            delivery = post.send(sender=address, recipient=notice.address, data=data)
            ending = _settle(db, notice, delivery, clock)
            counts.add(ending)
            if ending == "not_sent":
                break
    return counts


def _claim(db: Db, now: datetime) -> Notice | None:
    """The next notice, marked as being sent. One found in `sending` was cut off: only we send now."""
    with db.begin() as tx:
        query = (
            sa.select(*(notices.c[field.name] for field in fields(Notice)))
            .where(notices.c.state.in_(_OPEN), notices.c.next_try_at <= now)
            .order_by(notices.c.next_try_at, notices.c.id)
            .limit(1)
        )
        row = tx.execute(query).one_or_none()
        if row is None:
            return None
        notice = Notice(**row._asdict())
        _record(tx, notice.id, state=OutboxState.SENDING, attempts=notice.attempts + 1)
        return notice


def _settle(db: Db, notice: Notice, delivery: Delivery, clock: Clock) -> str:
    attempts, now = notice.attempts + 1, clock()
    with db.begin() as tx:
        match delivery:
            case Sent():
                _record(tx, notice.id, state=OutboxState.SENT, sent_at=now, text="", next_try_at=None)
                return "sent"
            case Refused(code, why) if code >= 500 or attempts >= MAX_ATTEMPTS:
                _record(tx, notice.id, state=OutboxState.BOUNCED, last_error=f"{code} {why}"[:300], text="")
                return "bounced"
        is_away, why = isinstance(delivery, NotSent), f"{delivery}"[:300]
        counted = notice.attempts if is_away else attempts  # as mails of reports are
        at = now + pause(counted)
        _record(tx, notice.id, state=OutboxState.QUEUED, last_error=why, next_try_at=at, attempts=counted)
        return "not_sent" if is_away else "retried"


def _record(tx: Tx, notice_id: int, **values: object) -> None:
    done = tx.execute(sa.update(notices).where(notices.c.id == notice_id).values(**values))
    if done.rowcount > 1:  # 0: its address was deleted while it was on the way
        raise KeyError(notice_id)


def _message(notice: Notice, *, sender: str, at: datetime) -> bytes:
    name, address = checked_sender(sender)
    mail = MIMEText(notice.text, "plain", "utf-8")
    mail["From"] = formataddr((name, address))
    mail["To"] = checked_address(notice.address)
    mail["Subject"] = Header(notice.subject, "utf-8", header_name="Subject").encode()
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = notice.message_id
    mail["Auto-Submitted"] = "auto-generated"
    return mail.as_bytes(policy=_POLICY)
