"""Mails go out at least once, one Message-ID each, and the outbox says what is known of each."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.core.clock import SettableClock
from monitor.core.db import Db, metadata
from monitor.gaps.tables import showings
from monitor.reports import store
from monitor.reports.mail import message, render_parts
from monitor.reports.outbox import MAX_ATTEMPTS, pause, put_out
from monitor.reports.smtp import Delivery, Lost, NotSent, Refused, Sent, SmtpPost
from monitor.reports.store import list_outbox
from monitor.reports.subscribers import add_subscriber, change
from monitor.reports.tables import outbox, reports
from monitor.reports.turn import sending_turn
from monitor.reports.types import Report
from monitor.wiring.mailing import pace
from tests.make_reports import MOGILEV
from tests.outbox_world import NOW, SENDER, send_due, small, states
from tests.smtp_sink import Sink


def test_every_reader_gets_the_mail_once(full: Db, sink: Sink, post: SmtpPost, clock: SettableClock) -> None:
    assert send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {"sent": 3}
    assert send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {}
    assert sink.recipients == ["one@paper.example", "two@paper.example", "three@paper.example"]
    assert len({mail["Message-ID"] for mail in sink.mails}) == 3
    assert states(full) == [("sent", "")] * 3
    assert sink.connections == 1


def test_what_arrives_is_what_was_rendered(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock, report: Report
) -> None:
    send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold", limit=1)
    sent = message(render_parts(report), subscriber_id=1, recipient="one@paper.example", sender=SENDER)
    arrived = {part.get_content_type(): part for part in sink.mails[0].walk() if not part.is_multipart()}
    for part in sent.walk():
        if not part.is_multipart():
            assert arrived[part.get_content_type()].get_content() == part.get_content()


def test_putting_out_again_queues_only_new_readers(quick: Db, report: Report) -> None:
    with quick.begin() as tx:
        add_subscriber(tx, email="four@paper.example", region=MOGILEV, lang="ru", at=NOW)
    assert put_out(db=quick, report=report, sender=SENDER, now=NOW) == {"queued": 1}
    assert len(states(quick)) == 4


def test_facts_stay_those_that_were_sent(
    full: Db, sink: Sink, post: SmtpPost, clock: SettableClock, report: Report
) -> None:
    corrected = small(is_demo=False)
    with full.begin() as tx:
        assert store.put_report(tx, corrected, at=NOW) == corrected  # nothing has left yet
        assert store.get_report(tx, report.id) == corrected
        store.put_report(tx, report, at=NOW)
    send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold", limit=1)
    with full.begin() as tx:
        assert store.put_report(tx, corrected, at=NOW) == report
        assert store.get_report(tx, report.id) == report


def test_a_report_and_its_queue_are_written_together_or_not_at_all(db: Db, report: Report) -> None:
    with db.begin() as tx:
        add_subscriber(tx, email="one@paper.example", region=MOGILEV, lang="ru", at=NOW)
    with pytest.raises(Exception, match="is no mail address"):
        put_out(db=db, report=report, sender="no address", now=NOW)
    with db.begin() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(reports)).scalar_one() == 0


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_a_temporary_no_is_tried_again_later_with_the_same_id(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock, stage: str
) -> None:
    sink.replies = [(stage, "451 greylisted")]
    counts = send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold")
    assert counts == {"retried": 1, "sent": 2}
    assert states(quick)[0] == ("queued", "451 greylisted")
    clock.set(NOW + timedelta(minutes=4))
    assert send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {}
    clock.set(NOW + timedelta(minutes=5))
    assert send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {"sent": 1}
    assert sink.mails[-1]["Message-ID"] == "<2025-w47-by-mogilev-region-ru.1@desk.example>"


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_a_final_no_bounces_that_mail_only(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock, stage: str
) -> None:
    sink.replies = [(stage, "550 no such user")]
    counts = send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold")
    assert counts == {"bounced": 1, "sent": 2}
    assert states(quick) == [("bounced", "550 no such user"), ("sent", ""), ("sent", "")]


def test_a_lost_answer_after_data_is_held(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock
) -> None:
    sink.replies = [("drop", "")]
    counts = send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold")
    assert counts == {"unknown": 1, "sent": 2}
    assert states(quick)[0][0] == "unknown"
    clock.set(NOW + timedelta(days=9))
    assert send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {}
    assert sink.recipients.count("one@paper.example") == 1  # it had arrived


def test_a_lost_answer_after_data_is_resent_with_the_same_id_if_so_set(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock
) -> None:
    sink.replies = [("drop", "")]
    send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="resend")
    clock.set(NOW + timedelta(minutes=5))
    assert send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="resend") == {"sent": 1}
    ids = [mail["Message-ID"] for mail in sink.mails if mail["To"] == "one@paper.example"]
    assert len(ids) == 2
    assert len(set(ids)) == 1


@pytest.mark.parametrize(("on_unknown", "ends"), [("hold", "unknown"), ("resend", "sent")])
def test_a_mail_that_was_being_sent_when_the_process_died_is_unknown(
    full: Db, sink: Sink, post: SmtpPost, clock: SettableClock, on_unknown: str, ends: str
) -> None:
    with full.begin() as tx:
        tx.execute(sa.update(outbox).where(outbox.c.id == 1).values(state="sending", next_try_at=None))
    counts = send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown=on_unknown)
    assert counts == {"interrupted": 1, "sent": 2 + (ends == "sent")}
    assert states(full)[0][0] == ends


def test_a_server_that_is_away_bounces_nobody(quick: Db, clock: SettableClock) -> None:
    with SmtpPost(host="127.0.0.1", port=1, security="none", timeout_s=2) as nowhere:
        counts = send_due(db=quick, post=nowhere, clock=clock, sender=SENDER, on_unknown="hold")
    assert counts == {"not_sent": 1}
    assert [state for state, _ in states(quick)] == ["queued"] * 3


def test_a_refused_sender_stops_the_run_and_bounces_nobody(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock
) -> None:
    sink.replies = [("mail", "550 sender not allowed")]
    counts = send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold")
    assert counts == {"not_sent": 1}
    assert states(quick)[0] == ("queued", "550 sender not allowed")


def test_damaged_facts_stop_their_own_mail_only(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock
) -> None:
    with quick.begin() as tx:
        tx.execute(sa.update(reports).values(facts={"id": "x", "schema": 99}))
    assert send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {"crashed": 3}
    assert {state for state, _ in states(quick)} == {"queued"}
    assert sink.mails == []


def test_a_mail_that_cannot_be_made_waits_ever_longer_and_bounces_in_the_end(
    full: Db, post: SmtpPost, clock: SettableClock, report: Report
) -> None:
    with full.begin() as tx:
        tx.execute(sa.update(outbox).where(outbox.c.id > 1).values(state="cancelled"))
        tx.execute(sa.update(reports).values(facts={"id": "x", "schema": 99}))
    waits, began = [], clock()
    for _ in range(MAX_ATTEMPTS):
        assert send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {"crashed": 1}
        with full.begin() as tx:
            row = list_outbox(tx)[0]
            assert store.has_left(tx, report.id) is (row.next_try_at is None)
        if row.next_try_at is not None:
            waits.append(row.next_try_at - clock())
            clock.set(row.next_try_at)
    assert waits == [pause(n) for n in range(1, MAX_ATTEMPTS)]
    assert (row.state, row.attempts) == (store.OutboxState.BOUNCED, MAX_ATTEMPTS)
    assert row.last_error.startswith("cannot be rendered: ")
    assert clock() - began < timedelta(days=6)
    assert send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {}


@pytest.mark.parametrize(("zone", "n"), [("Asia/Vladivostok", 1), ("Europe/Minsk", 0)])
def test_a_pause_ends_and_a_row_is_shown_on_the_newsrooms_day(
    tmp_path: Path, report: Report, zone: str, n: int
) -> None:
    db, sunday = Db(f"sqlite:///{tmp_path / 'paused.sqlite'}"), datetime(2025, 11, 23, 19, 30, tzinfo=UTC)
    metadata.create_all(db.engine)
    with db.begin() as tx:
        reader = add_subscriber(tx, email="one@paper.example", region=MOGILEV, lang="ru", at=NOW)
        change(tx, reader.id, lang="ru", topics=[], paused_until=date(2025, 11, 24))
    here = ZoneInfo(zone)
    assert put_out(db=db, report=report, sender=SENDER, now=sunday, zone=here) == {"queued": n}
    clock, post = SettableClock(sunday), Saying(Sent())
    send_due(db=db, post=post, clock=clock, sender=SENDER, on_unknown="hold", zone=here)
    with db.begin() as tx:
        days = set(tx.execute(sa.select(showings.c.shown_on)).scalars())
    db.close()
    assert days == ({date(2025, 11, 24)} if n else set())


def test_two_processes_never_send_at_the_same_time(
    full: Db, sink: Sink, post: SmtpPost, clock: SettableClock
) -> None:
    other = Db(full.engine.url.render_as_string(hide_password=False))
    with sending_turn(other) as is_ours:
        assert is_ours
        assert send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {"busy": 1}
    other.close()
    assert send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {"sent": 3}


def test_pauses_double_up_to_six_hours() -> None:
    minutes = [pause(attempts).total_seconds() / 60 for attempts in range(1, 9)]
    assert minutes == [5, 10, 20, 40, 80, 160, 320, 360]
    assert (
        timedelta(days=4) < sum((pause(n) for n in range(1, MAX_ATTEMPTS)), timedelta()) < timedelta(days=6)
    )


class Saying:
    """A server that answers the same to every mail."""

    def __init__(self, answer: Delivery) -> None:
        self.answer, self.n_asked = answer, 0

    def send(self, *, sender: str, recipient: str, data: bytes) -> Delivery:
        self.n_asked += 1
        return self.answer

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("answer", "on_unknown", "last", "n_asked"),
    [
        (Refused(451, "greylisted"), "hold", ("bounced", "451 greylisted"), 2),
        (Lost("cut"), "resend", ("unknown", "cut"), 2),  # from here on a person decides
        (NotSent("no route"), "hold", ("queued", "no route"), 4),  # away: nobody has refused it
    ],
    ids=["refused", "lost", "away"],
)
def test_a_mail_is_offered_for_five_days_but_waits_for_a_server_that_is_away(
    quick: Db, clock: SettableClock, answer: Delivery, on_unknown: str, last: tuple[str, str], n_asked: int
) -> None:
    with quick.begin() as tx:
        tx.execute(sa.update(outbox).where(outbox.c.id > 1).values(state="cancelled"))
        tx.execute(sa.update(outbox).where(outbox.c.id == 1).values(attempts=MAX_ATTEMPTS - 2))
    post = Saying(answer)
    for expected in ("queued", *[last[0]] * 3):
        send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown=on_unknown)
        assert states(quick)[0][0] == expected
        clock.set(clock() + timedelta(hours=7))
    assert (states(quick)[0], post.n_asked) == (last, n_asked)


def test_the_five_days_begin_when_a_server_that_was_away_refuses(quick: Db, clock: SettableClock) -> None:
    with quick.begin() as tx:
        tx.execute(sa.update(outbox).where(outbox.c.id > 1).values(state="cancelled"))
    away, greylisting = Saying(NotSent("no route")), Saying(Refused(451, "greylisted"))
    for post, counted in [(away, "not_sent")] * (MAX_ATTEMPTS + 1) + [(greylisting, "retried")]:
        assert send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {counted: 1}
        clock.set(clock() + timedelta(minutes=5))  # also no later than the first time: it may be back
    send_due(db=quick, post=Saying(Sent()), clock=clock, sender=SENDER, on_unknown="hold")
    assert states(quick)[0] == ("sent", "")


def test_after_each_mail_there_is_a_rest_and_none_after_an_unusable_server(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock
) -> None:
    rests: list[float] = []
    rest = pace(120, rests.append)
    send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold", rest=rest)
    assert rests == [0.5, 0.5, 0.5]
    assert sink.recipients == ["one@paper.example", "two@paper.example", "three@paper.example"]
