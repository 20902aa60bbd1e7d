"""What is held waits for the operator, who reads of it in the digest of the day."""

from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from monitor.core.clock import SettableClock
from monitor.core.db import Db
from monitor.gaps.tables import showings
from monitor.reports import store
from monitor.reports.digest import Failures, digest
from monitor.reports.notices import queue_notice
from monitor.reports.outbox import take_for_arrived
from monitor.reports.smtp import SmtpPost
from monitor.reports.store import list_outbox
from monitor.reports.tables import outbox
from tests.make import list_notices
from tests.outbox_world import NOW, SENDER, send_due, states
from tests.smtp_sink import Sink


def test_what_is_held_is_sent_again_or_taken_for_arrived_as_the_operator_says(
    full: Db, sink: Sink, post: SmtpPost, clock: SettableClock
) -> None:
    with full.begin() as tx:
        tx.execute(sa.update(outbox).values(state="unknown", next_try_at=None, last_error="cut"))
        assert store.requeue_unknown(tx, at=NOW, ids=[1]) == 1
        assert store.believe_arrived(tx, at=NOW, ids=[2, 1]) == 1  # the first waits again: it is not held
    assert send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {"sent": 1}
    assert states(full) == [("sent", ""), ("sent", ""), ("unknown", "cut")]
    assert sink.recipients == ["one@paper.example"]


def test_what_a_mail_that_is_taken_for_arrived_holds_was_shown(full: Db) -> None:
    late = NOW.replace(hour=22)  # the next day in Minsk
    with full.begin() as tx:
        tx.execute(sa.update(outbox).where(outbox.c.id == 2).values(state="unknown", next_try_at=None))
    to = partial(take_for_arrived, db=full, now=late, zone=ZoneInfo("Europe/Minsk"))
    assert to(ids=[1]) == 0  # it waits and is not held
    with full.begin() as tx:
        assert tx.execute(sa.select(showings)).all() == []
    assert to(ids=[1, 2]) == 1
    assert [state for state, _ in states(full)] == ["queued", "sent", "queued"]
    with full.begin() as tx:
        shown = tx.execute(sa.select(showings.c.family_id, showings.c.shown_on)).all()
    assert shown == [("AGR-0079", date(2025, 11, 25))]


def test_the_operator_reads_what_bounced_what_is_held_and_what_will_be_tried_again(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock
) -> None:
    sink.replies = [("rcpt", "550 no such user"), ("drop", ""), ("data", "451 busy")]
    send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold")
    with quick.begin() as tx:
        rows = list_outbox(tx)
    failures = Failures.of(rows, [row for row in rows if row.state is store.OutboxState.UNKNOWN])
    subject, told = digest(failures, lang="en", day=NOW.date())
    assert subject == "Emails of 24 November 2025: 1 bounced, 1 held, 1 to be tried again"
    lines = told.splitlines()
    report_id = rows[0].report_id
    assert lines[3].startswith(f"- 2  two@paper.example  {report_id}  ")
    assert lines[6] == f"- 1  one@paper.example  {report_id}  550 no such user"
    assert lines[9] == f"- 3  three@paper.example  {report_id}  451 busy"
    assert Failures.of([], []).is_none


def test_an_answer_of_the_server_brings_no_line_into_the_digest(db: Db) -> None:
    row = store.OutboxRow(
        7,
        "r",
        1,
        "a@b.example",
        "<m>",
        store.OutboxState.BOUNCED,
        1,
        None,
        "550 x\r\nBcc: y\u202e",
        None,
        NOW,
    )
    subject, told = digest(Failures.of([row], []), lang="ru", day=NOW.date())
    assert told.splitlines()[3:] == ["- 7  a@b.example  r  550 x Bcc: y"]
    with db.begin() as tx:
        assert queue_notice(
            tx, key="k", address="op@b.example", subject=subject, text=told, sender=SENDER, at=NOW
        )
        (notice,) = list_notices(tx)
    assert (notice.subject, notice.text) == (subject, told)
