"""Double opt-in, changes, pauses, leaving and deletion; links that work once; notices that arrive once."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
import sqlalchemy as sa

from monitor.core.clock import SettableClock
from monitor.core.db import Db
from monitor.core.errors import UsageError
from monitor.core.ids import TopicId
from monitor.reports.notices import forget_old, queue_notice, send_notices
from monitor.reports.outbox import MAX_ATTEMPTS
from monitor.reports.smtp import Delivery, Lost, NotSent, Refused, Sent, SmtpPost
from monitor.reports.store import OutboxState
from monitor.reports.subscribers import (
    add_subscriber,
    ask_for,
    change,
    confirm,
    forget,
    forget_unconfirmed,
    get_subscriber,
    leave,
    list_subscribers,
    of_address,
)
from monitor.reports.tables import notices, outbox, reports
from monitor.reports.used import find_use, forget_expired, use
from tests.make import list_notices
from tests.make_reports import MOGILEV
from tests.smtp_sink import smtp_sink

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
WHO = "desk@paper.example"
SENDER = "Монитор <monitor@desk.example>"


class Scripted:
    """A post that answers as told and remembers what it was given."""

    def __init__(self, *endings: Delivery) -> None:
        self.endings = list(endings)
        self.data: list[bytes] = []

    def send(self, *, sender: str, recipient: str, data: bytes) -> Delivery:
        self.data.append(data)
        return self.endings.pop(0) if self.endings else Sent()

    def close(self) -> None:
        """Nothing is open."""


def test_who_is_asked_for_gets_nothing_before_confirming(db: Db) -> None:
    with db.begin() as tx:
        asked = ask_for(tx, email=WHO, region=MOGILEV, lang="be", at=NOW, topics=[TopicId("trade")])
        assert (asked.active, asked.confirmed_at, asked.topics) == (False, None, ("trade",))
        assert list_subscribers(tx) == ()
        later = NOW + timedelta(hours=1)
        held = confirm(tx, asked.id, at=later)
        assert (held.active, held.confirmed_at) == (True, later)
        assert confirm(tx, asked.id, at=later + timedelta(hours=1)) == held
        assert list_subscribers(tx) == (held,)
        assert ask_for(tx, email=WHO, region=MOGILEV, lang="be", at=later) == held


def test_who_left_and_asks_again_must_confirm_again(db: Db) -> None:
    with db.begin() as tx:
        held = add_subscriber(tx, email=WHO, region=MOGILEV, lang="ru", at=NOW)
        assert leave(tx, held.id) == held
        again = ask_for(tx, email=WHO, region=MOGILEV, lang="ru", at=NOW + timedelta(days=1))
        assert (again.id, again.active, again.confirmed_at) == (held.id, False, None)


def test_who_pauses_is_left_out_until_that_day(db: Db) -> None:
    with db.begin() as tx:
        held = add_subscriber(tx, email=WHO, region=MOGILEV, lang="ru", at=NOW)
        paused = change(tx, held.id, lang="en", topics=[TopicId("food")], paused_until=date(2026, 12, 7))
        assert (paused.lang, paused.topics, paused.paused_until) == ("en", ("food",), date(2026, 12, 7))
        assert list_subscribers(tx, today=date(2026, 12, 6)) == ()
        assert list_subscribers(tx, today=date(2026, 12, 7)) == (paused,)
        assert list_subscribers(tx) == (paused,)


def test_a_change_does_not_double_a_subscription(db: Db) -> None:
    with db.begin() as tx:
        russian = add_subscriber(tx, email=WHO, region=MOGILEV, lang="ru", at=NOW)
        english = add_subscriber(tx, email=WHO, region=MOGILEV, lang="en", at=NOW)
        with pytest.raises(UsageError, match="already"):
            change(tx, russian.id, lang="en", topics=[], paused_until=None)
        leave(tx, english.id)
        assert change(tx, russian.id, lang="en", topics=[], paused_until=None).lang == "en"
        assert [one.id for one in of_address(tx, WHO)] == [russian.id]


def test_deleting_takes_the_address_out_of_every_table(db: Db) -> None:
    with db.begin() as tx:
        held = add_subscriber(tx, email=WHO, region=MOGILEV, lang="ru", at=NOW)
        other = add_subscriber(tx, email="other@paper.example", region=MOGILEV, lang="ru", at=NOW)
        queue_notice(tx, key="k", address=WHO, subject="s", text="t", sender=SENDER, at=NOW)
        facts = {
            "id": "r",
            "week": "2026-W47",
            "region": MOGILEV,
            "lang": "ru",
            "facts": {},
            "facts_hash": "",
        }
        tx.execute(sa.insert(reports).values(built_at=NOW, **facts))
        mail = {"report_id": "r", "subscriber_id": held.id, "message_id": "<1@x>", "state": "queued"}
        tx.execute(sa.insert(outbox).values(last_error=f"450 {WHO} is greylisted", **mail))
        assert forget(tx, WHO) == 1
        assert list_subscribers(tx, active_only=False) == (other,)
        row = tx.execute(sa.select(outbox)).one()
        assert (row.state, row.last_error, row.subscriber_id) == ("cancelled", "", held.id)
        for table in reversed(list(outbox.metadata.sorted_tables)):
            for values in tx.execute(sa.select(table)):
                assert WHO not in str(values), table.name
        with pytest.raises(UsageError, match="no subscription"):
            get_subscriber(tx, held.id)
        assert add_subscriber(tx, email=WHO, region=MOGILEV, lang="ru", at=NOW).id != held.id


def test_what_nobody_confirmed_is_forgotten_and_the_rest_is_not(db: Db) -> None:
    with db.begin() as tx:
        ask_for(tx, email="old@paper.example", region=MOGILEV, lang="ru", at=NOW - timedelta(days=40))
        fresh = ask_for(tx, email="new@paper.example", region=MOGILEV, lang="ru", at=NOW)
        known = add_subscriber(tx, email=WHO, region=MOGILEV, lang="ru", at=NOW - timedelta(days=400))
        assert forget_unconfirmed(tx, before=NOW - timedelta(days=30)) == 1
        assert {one.id for one in list_subscribers(tx, active_only=False)} == {fresh.id, known.id}


def test_a_link_works_once_until_it_is_forgotten_for_its_age(db: Db) -> None:
    ends = NOW + timedelta(days=30)
    with db.begin() as tx:
        assert find_use(tx, "token") is None
        assert use(tx, "token", expires_at=ends, at=NOW)
        assert not use(tx, "token", expires_at=ends, at=NOW)
        assert use(tx, "other", expires_at=NOW, at=NOW)
        assert find_use(tx, "token") == NOW
        assert forget_expired(tx, now=NOW) == 1
        assert not use(tx, "token", expires_at=ends, at=NOW)


def test_a_use_that_is_rolled_back_was_none(db: Db) -> None:
    with pytest.raises(RuntimeError), db.begin() as tx:
        use(tx, "token", expires_at=NOW, at=NOW)
        raise RuntimeError
    with db.begin() as tx:
        assert find_use(tx, "token") is None


def queued(db: Db, **changes: str) -> bool:
    plain = {"key": "confirm-1", "address": WHO, "subject": "Подтвердите подписку", "text": "Текст\n"}
    with db.begin() as tx:
        return queue_notice(tx, **{**plain, **changes}, sender=SENDER, at=NOW)


def test_a_notice_is_queued_once_and_sent_once(db: Db) -> None:
    assert queued(db)
    assert not queued(db)
    post = Scripted()
    assert send_notices(db=db, post=post, clock=SettableClock(NOW), sender=SENDER) == {"sent": 1}
    assert send_notices(db=db, post=post, clock=SettableClock(NOW), sender=SENDER) == {}
    (data,) = post.data
    head = data.split(b"\r\n\r\n")[0].decode("ascii")
    assert "To: desk@paper.example" in head
    assert "Auto-Submitted: auto-generated" in head
    with db.begin() as tx:
        (notice,) = list_notices(tx)
    assert (notice.state, notice.text, notice.attempts) == (OutboxState.SENT, "", 1)
    assert notice.message_id in head


def test_a_notice_arrives_over_smtp_as_it_was_written(db: Db) -> None:
    subject = "Пацвердзіце падпіску: Магілёўская вобласць, штотыднёвая справаздача пра тое, чаго не хапае"
    text = "Адкрыйце спасылку:\n\n.https://monitor.example/confirm/x\n"
    queued(db, subject=subject, text=text)
    with smtp_sink() as sink:
        post = SmtpPost(host="127.0.0.1", port=sink.port, security="none", timeout_s=5)
        assert send_notices(db=db, post=post, clock=SettableClock(NOW), sender=SENDER) == {"sent": 1}
        post.close()
        (mail,) = sink.mails
    assert str(make_header(decode_header(mail["Subject"]))) == subject
    assert str(make_header(decode_header(mail["From"]))) == SENDER
    held = mail.get_payload(decode=True)
    assert isinstance(held, bytes)
    assert held.decode().replace("\r\n", "\n") == text


def test_a_notice_that_may_have_arrived_is_sent_again_under_its_message_id(db: Db) -> None:
    queued(db)
    clock = SettableClock(NOW)
    post = Scripted(Lost("gone"), NotSent("down"))
    for ending in ("retried", "not_sent", "sent"):
        assert send_notices(db=db, post=post, clock=clock, sender=SENDER) == {ending: 1}
        clock.set(clock() + timedelta(hours=1))
    assert len({data.split(b"Message-ID: ")[1].split(b"\r\n")[0] for data in post.data}) == 1


def test_a_notice_waits_for_a_server_that_is_away_before_its_five_days_begin(db: Db) -> None:
    queued(db)
    clock = SettableClock(NOW)
    post = Scripted(*[NotSent("down")] * (MAX_ATTEMPTS + 1), Refused(451, "greylisted"))
    for ending in [*["not_sent"] * (MAX_ATTEMPTS + 1), "retried", "sent"]:
        assert send_notices(db=db, post=post, clock=clock, sender=SENDER) == {ending: 1}
        clock.set(clock() + timedelta(minutes=5))


def test_a_notice_that_is_refused_for_good_is_not_tried_again(db: Db) -> None:
    queued(db)
    post = Scripted(Refused(550, "no such user"))
    assert send_notices(db=db, post=post, clock=SettableClock(NOW), sender=SENDER) == {"bounced": 1}
    with db.begin() as tx:
        (notice,) = list_notices(tx)
        assert (notice.state, notice.last_error) == (OutboxState.BOUNCED, "550 no such user")
        assert forget_old(tx, before=NOW) == 0
        assert forget_old(tx, before=NOW + timedelta(seconds=1)) == 1


def test_a_notice_that_cannot_be_made_stops_its_own_mail_only_and_not_for_ever(db: Db) -> None:
    queued(db)
    queued(db, key="confirm-2")
    with db.begin() as tx:
        tx.execute(sa.update(notices).where(notices.c.key == "confirm-1").values(address="deleted-1"))
    clock, post = SettableClock(NOW), Scripted()
    assert send_notices(db=db, post=post, clock=clock, sender=SENDER) == {"crashed": 1, "sent": 1}
    for _ in range(MAX_ATTEMPTS - 1):
        clock.set(clock() + timedelta(hours=6))
        assert send_notices(db=db, post=post, clock=clock, sender=SENDER) == {"crashed": 1}
    assert (
        send_notices(db=db, post=post, clock=SettableClock(clock() + timedelta(days=9)), sender=SENDER) == {}
    )
    with db.begin() as tx:
        poisoned = list_notices(tx)[0]
    assert (poisoned.state, poisoned.attempts, poisoned.text) == (OutboxState.BOUNCED, MAX_ATTEMPTS, "")


def test_a_sender_that_is_no_address_is_said_and_no_mail_is_touched(db: Db) -> None:
    queued(db)
    with pytest.raises(UsageError, match="no mail address"):
        send_notices(db=db, post=Scripted(), clock=SettableClock(NOW), sender="no address")
    with db.begin() as tx:
        assert list_notices(tx)[0].attempts == 0


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: x@y.example", "a b@c.example", "<a@b.example>", "a@b"]
)
def test_a_notice_to_no_plain_address_is_refused(db: Db, address: str) -> None:
    with pytest.raises(UsageError, match="no mail address"):
        queued(db, address=address)


@pytest.mark.parametrize("subject", ["2\u00a0416 писем", "2\u202f416", "со\u00adюз", "a\u200bb", "‚5‘ — №"])
def test_a_subject_keeps_the_signs_of_its_language(db: Db, subject: str) -> None:
    post = Scripted()
    assert queued(db, subject=subject)
    assert send_notices(db=db, post=post, clock=SettableClock(NOW), sender=SENDER) == {"sent": 1}
    head = message_from_bytes(post.data[0])
    assert str(make_header(decode_header(head["Subject"]))) == subject


@pytest.mark.parametrize(
    "subject",
    [
        "a\r\nBcc: x@y.example",
        "a\u2028b",
        "a\u2029b",
        "a\x85b",
        "a\x1cb",
        "a\x0bb",
        "a\x00b",
        "a\tb",
        "x" * 301,
    ],
)
def test_a_subject_of_two_lines_is_refused(db: Db, subject: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        queued(db, subject=subject)
