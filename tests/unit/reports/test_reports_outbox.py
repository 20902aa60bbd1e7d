"""Mails go out at least once, one Message-ID each, and the outbox says what is known of each."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import sleep
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.core.clock import SettableClock
from monitor.core.db import Db, metadata
from monitor.core.errors import SettingsError
from monitor.core.ids import TopicId
from monitor.gaps.tables import showings
from monitor.gaps.types import State
from monitor.reports import store
from monitor.reports.digest import Failures, digest
from monitor.reports.mail import message, render_parts
from monitor.reports.notices import list_notices, queue_notice
from monitor.reports.outbox import MAX_ATTEMPTS, pause, put_out, take_for_arrived
from monitor.reports.outbox import send_due as send_withheld
from monitor.reports.personal import Linking, Links
from monitor.reports.smtp import Delivery, Lost, NotSent, Refused, Sent, SmtpPost
from monitor.reports.store import list_outbox
from monitor.reports.subscribers import add_subscriber, change, forget, leave, remove_subscriber
from monitor.reports.tables import outbox, reports
from monitor.reports.tokens import Signer
from monitor.reports.turn import sending_turn
from monitor.reports.types import Report
from monitor.wiring.mailing import pace
from tests.make_reports import MOGILEV, gap_row, mogilev_report, table
from tests.smtp_sink import Sink, encrypted_sink, smtp_sink

NOW = datetime(2025, 11, 24, 5, tzinfo=UTC)
SENDER = "monitor@desk.example"
send_due = partial(send_withheld, withhold=lambda report: report)  # nothing is listed


@pytest.fixture(scope="module")
def report() -> Report:
    return small()


def small(*, is_demo: bool = True) -> Report:
    """One row and no chart: quick to render."""
    held = table([gap_row("AGR-0079", State.UNCOVERED, 0.9)], watch=())
    return mogilev_report(held=held, is_demo=is_demo)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as running:
        yield running


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOW)


@pytest.fixture
def post(sink: Sink) -> Iterator[SmtpPost]:
    with SmtpPost(host="127.0.0.1", port=sink.port, security="none", timeout_s=5) as held:
        yield held


@pytest.fixture
def full(db: Db, report: Report) -> Db:
    """A database of each kind with a report queued for three readers."""
    return queued(db, report)


@pytest.fixture
def quick(tmp_path: Path, report: Report) -> Iterator[Db]:
    """The same on SQLite, where the endings of SMTP are the matter and not the storage."""
    db = Db(f"sqlite:///{tmp_path / 'quick.sqlite'}")
    metadata.create_all(db.engine)
    yield queued(db, report)
    db.close()


def queued(db: Db, report: Report) -> Db:
    """Three readers and a report in the outbox for each."""
    with db.begin() as tx:
        for name in ("one", "two", "three"):
            add_subscriber(tx, email=f"{name}@paper.example", region=MOGILEV, lang="ru", at=NOW)
    assert put_out(db=db, report=report, sender=SENDER, now=NOW) == {"queued": 3}
    return db


def states(db: Db) -> list[tuple[str, str]]:
    """State and last error of every mail, in order."""
    with db.begin() as tx:
        return [(row.state.value, row.last_error) for row in list_outbox(tx)]


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


def gone(db: Db, how: str) -> None:
    """The second reader leaves, or has their address deleted."""
    with db.begin() as tx:
        if how == "leaves":
            leave(tx, 2)
        else:
            forget(tx, "two@paper.example")


@pytest.mark.parametrize("how", ["leaves", "deletes"])
def test_who_is_gone_gets_no_held_mail_when_it_is_sent_again(
    full: Db, sink: Sink, post: SmtpPost, clock: SettableClock, how: str
) -> None:
    with full.begin() as tx:
        tx.execute(sa.update(outbox).values(state="unknown", next_try_at=None, last_error="cut"))
    gone(full, how)
    assert [state for state, _ in states(full)] == ["unknown", "cancelled", "unknown"]
    with full.begin() as tx:
        assert store.requeue_unknown(tx, at=NOW, ids=[1, 2, 3]) == 2
    assert send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {"sent": 2}
    assert sink.recipients == ["one@paper.example", "three@paper.example"]


@pytest.mark.parametrize("on_unknown", ["hold", "resend"])
def test_what_was_held_for_who_was_gone_before_is_cancelled(
    full: Db, sink: Sink, post: SmtpPost, clock: SettableClock, on_unknown: str
) -> None:
    gone(full, "deletes")
    with full.begin() as tx:  # as older databases have it
        tx.execute(sa.update(outbox).values(state="unknown", next_try_at=None))
        assert store.requeue_unknown(tx, at=NOW, ids=[1]) == 1
    counts = send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown=on_unknown)
    assert counts == {"sent": 1 + (on_unknown == "resend")}
    assert [state for state, _ in states(full)][:2] == ["sent", "cancelled"]


def test_who_chose_topics_gets_the_report_of_that_choice_and_no_other(tmp_path: Path, report: Report) -> None:
    db, food = Db(f"sqlite:///{tmp_path / 'topics.sqlite'}"), TopicId("food")
    metadata.create_all(db.engine)
    with db.begin() as tx:
        add_subscriber(tx, email="all@paper.example", region=MOGILEV, lang="ru", at=NOW)
        add_subscriber(tx, email="food@paper.example", region=MOGILEV, lang="ru", at=NOW, topics=[food])
    cut = replace(report, id=f"{report.id}-food", topics_wanted=(food,))
    assert [put_out(db=db, report=one, sender=SENDER, now=NOW) for one in (report, cut)] == [
        {"queued": 1}
    ] * 2
    with db.begin() as tx:
        queued = {row.email: row.report_id for row in list_outbox(tx)}
    db.close()
    assert queued == {"all@paper.example": report.id, "food@paper.example": cut.id}


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


@pytest.mark.parametrize("how", ["leaves", "deletes"])
@pytest.mark.parametrize("ending", [Refused(451, "greylisted"), NotSent("gone"), Lost("cut")])
def test_who_leaves_while_the_mail_is_on_its_way_gets_it_no_second_time(
    full: Db, clock: SettableClock, how: str, ending: Delivery
) -> None:
    recipients: list[str] = []

    class Leaving:
        def send(self, *, sender: str, recipient: str, data: bytes) -> Delivery:
            recipients.append(recipient)
            if recipient != "two@paper.example":
                return Sent()
            gone(full, how)
            return ending

        def close(self) -> None:
            """Nothing is open."""

    for on_unknown in ("hold", "resend"):
        send_due(db=full, post=Leaving(), clock=clock, sender=SENDER, on_unknown=on_unknown)
        clock.set(clock() + timedelta(hours=1))
    assert states(full) == [("sent", ""), ("cancelled", ""), ("sent", "")]
    assert recipients.count("two@paper.example") == 1


def test_who_unsubscribes_before_it_is_sent_gets_nothing(
    full: Db, sink: Sink, post: SmtpPost, clock: SettableClock
) -> None:
    with full.begin() as tx:
        assert len(remove_subscriber(tx, email="two@paper.example")) == 1
    assert send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold") == {"sent": 2}
    assert [state for state, _ in states(full)] == ["sent", "cancelled", "sent"]


def test_who_unsubscribes_while_the_mail_is_made_gets_nothing(
    quick: Db, post: SmtpPost, clock: SettableClock
) -> None:
    class Leaves(Linking):
        def of(self, report_id: str, to_on: date) -> Links:
            with quick.begin() as tx:
                remove_subscriber(tx, email="one@paper.example")
            return super().of(report_id, to_on)

    linking = Leaves(Signer(b"a key of more than sixteen letters"), "https://desk.example")
    sent = send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold", linking=linking)
    assert sent == {"sent": 2}
    assert [state for state, _ in states(quick)] == ["cancelled", "sent", "sent"]


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


def test_every_ending_of_smtp_is_a_value(sink: Sink, post: SmtpPost) -> None:
    def send() -> object:
        return post.send(sender=SENDER, recipient="a@b.example", data=b"Subject: x\r\n\r\n.dot\r\nend\r\n")

    sink.replies = [
        ("rcpt", "450 busy"), ("rcpt", "421 later"), ("rcpt", "421 closing"), ("data", "554 spam"),
        ("data", "421 closing"), ("drop", ""),
    ]  # fmt: skip
    endings = [send() for _ in range(6)]
    assert endings[:4] == [
        Refused(450, "busy"), NotSent("421 closing"), Refused(554, "spam"), Refused(421, "closing"),
    ]  # fmt: skip
    assert isinstance(endings[4], Lost)
    assert endings[5] == Sent()
    assert sink.mails[-1].get_content() == ".dot\r\nend\r\n"


@pytest.mark.parametrize("says_why", [False, True])
def test_a_relay_that_hangs_up_after_some_mails_gets_the_rest_on_new_connections(
    full: Db, sink: Sink, post: SmtpPost, clock: SettableClock, says_why: bool
) -> None:
    sink.hangs_up_after, sink.says_why = 1, says_why
    rest = partial(sleep, 0.05)  # so that the server has hung up before the next mail
    sent = send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold", rest=rest)
    assert sent == {"sent": 3}
    assert sink.recipients == ["one@paper.example", "two@paper.example", "three@paper.example"]
    assert sink.connections == 3


@pytest.mark.parametrize("stage", ["mail", "rcpt"])
def test_a_server_that_says_no_on_a_new_connection_too_is_not_asked_a_third_time(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock, stage: str
) -> None:
    sink.replies = [("data", "451 greylisted")] + [(stage, "421 go away")] * 3
    counts = send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold")
    assert counts == {"retried": 1, "not_sent": 1}
    assert len(sink.replies) == 1
    assert states(quick)[1] == ("queued", "421 go away")


def test_what_is_lost_after_the_text_on_a_used_connection_is_not_offered_again(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock
) -> None:
    sink.replies = [("data", "451 greylisted"), ("drop", "")]
    counts = send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold")
    assert counts == {"retried": 1, "unknown": 1, "sent": 1}
    assert sink.recipients == ["two@paper.example", "three@paper.example"]


def test_without_the_encryption_that_is_asked_for_nothing_is_sent(sink: Sink) -> None:
    with SmtpPost(host="127.0.0.1", port=sink.port, security="starttls", timeout_s=5) as held:
        ending = held.send(sender=SENDER, recipient="a@b.example", data=b"\r\nx")
    assert isinstance(ending, NotSent)
    assert "STARTTLS" in ending.why
    assert sink.mails == []


def test_a_login_in_the_clear_is_refused() -> None:
    with pytest.raises(SettingsError, match="in the clear"):
        SmtpPost(host="127.0.0.1", port=25, security="none", user="u", password="p")


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


def test_after_each_mail_there_is_a_rest_and_none_after_an_unusable_server(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock
) -> None:
    rests: list[float] = []
    rest = pace(120, rests.append)
    send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold", rest=rest)
    assert rests == [0.5, 0.5, 0.5]
    assert sink.recipients == ["one@paper.example", "two@paper.example", "three@paper.example"]


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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 and its key."""
    folder = tmp_path_factory.mktemp("tls")
    paths = folder / "cert.pem", folder / "key.pem"
    words = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        f"-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -out {paths[0]} -keyout {paths[1]}"
    )
    subprocess.run(words.split(), check=True, capture_output=True)
    return paths


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_login_goes_through_encryption_and_only_to_a_server_that_can_be_trusted(
    security: str, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"Subject: x\r\n\r\ntext\r\n"
    with encrypted_sink(certificate, security, user="desk", password="right") as sink:

        def ending(password: str) -> object:
            with SmtpPost(
                host="127.0.0.1",
                port=sink.port,
                security=security,
                user="desk",
                password=password,
                timeout_s=5,
            ) as held:
                return held.send(sender=SENDER, recipient="a@b.example", data=data)

        untrusted = ending("right")
        assert isinstance(untrusted, NotSent)
        assert "certificate verify failed" in untrusted.why.lower()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        wrong = ending("wrong")
        assert isinstance(wrong, NotSent)
        assert "535" in wrong.why
        assert sink.mails == []
        assert ending("right") == Sent()
        assert sink.recipients == ["a@b.example"]
