"""The operator's daily digest of mails: sent in every language, each failure told once."""

from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.crawl.tables import checks
from monitor.gaps.types import State
from monitor.jobs import find_job, run_job
from monitor.reports.notices import queue_notice, send_notices
from monitor.reports.outbox import put_out
from monitor.reports.smtp import SmtpPost
from monitor.reports.store import OutboxState, record
from monitor.reports.subscribers import add_subscriber
from monitor.wiring.clocks import settle_times
from monitor.wiring.mailing import tell_operator
from tests import make
from tests.desk_world import OPERATOR, Desk, desk
from tests.make_reports import MOGILEV, gap_row, mogilev_report, table
from tests.smtp_sink import smtp_sink

NOW = datetime(2025, 11, 24, 4, 50, tzinfo=UTC)  # the digest's own time in Minsk
SENDER = "monitor@desk.example"


def readers(db: Db, *names: str) -> None:
    """Readers of one report that waits in the outbox; their mails have the numbers 1, 2 ..."""
    with db.begin() as tx:
        for name in names:
            add_subscriber(tx, email=f"{name}@paper.example", region=MOGILEV, lang="ru", at=NOW)
    held = table([gap_row("AGR-0079", State.UNCOVERED, 0.9)], watch=())
    put_out(db=db, report=mogilev_report(held=held), sender=SENDER, now=NOW)


def bounce(app: Desk, mail: int, *, at: datetime) -> None:
    """A mail that a server refused for good."""
    with app.ready_db.begin() as tx:
        record(tx, mail, OutboxState.BOUNCED, at=at, error="550 no such user")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("ru", "Письма за 24 ноября 2025\u00a0г.: не доставлено 1, задержано 0, ждут повтора 0"),
        ("be", "Лісты за 24 лістапада 2025\u00a0г.: не дастаўлена 1, затрымана 0, чакаюць паўтору 0"),
        ("en", "Emails of 24 November 2025: 1 bounced, 0 held, 0 to be tried again"),
    ],
    ids=["ru", "be", "en"],
)
def test_the_digest_goes_out_in_every_language(db: Db, tmp_path: Path, lang: str, said: str) -> None:
    readers(db, "one")
    with desk(db, tmp_path, NOW, lang=lang) as app:
        bounce(app, 1, at=NOW - timedelta(hours=1))
        assert run_job(app, find_job("reports.digest")) == Counts(told=1)
    with smtp_sink() as sink:
        with SmtpPost(host="127.0.0.1", port=sink.port, security="none", timeout_s=5) as post:
            sent = send_notices(db=db, post=post, clock=SettableClock(NOW), sender=SENDER)
        assert sent == {"sent": 1}
        (mail,) = sink.mails
    assert mail["To"] == OPERATOR
    assert str(make_header(decode_header(mail["Subject"]))) == said
    text = mail.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert "one@paper.example" in text.decode()


def told(db: Db) -> list[str]:
    """Whose mails each digest names, in the order of the digests."""
    names = ("one", "two", "three")
    with db.begin() as tx:
        texts = [notice.text for notice in make.list_notices(tx, address=OPERATOR)]
    return [" ".join(name for name in names if f"{name}@paper.example" in text) for text in texts]


def test_a_second_digest_of_a_day_tells_what_the_first_did_not(db: Db, tmp_path: Path) -> None:
    readers(db, "one", "two", "three")
    with desk(db, tmp_path, NOW) as app:
        bounce(app, 1, at=NOW - timedelta(hours=3))
        app.clock.set(NOW - timedelta(hours=1))  # yesterday's, caught up
        assert tell_operator(app) == Counts(told=1)
        bounce(app, 2, at=NOW - timedelta(minutes=30))
        app.clock.set(NOW)
        assert [tell_operator(app), tell_operator(app)] == [Counts(told=1), Counts(nothing=1)]
        assert told(db) == ["one", "two"]
        app.clock.set(NOW + timedelta(days=1))
        assert tell_operator(app) == Counts(nothing=1)
    assert told(db) == ["one", "two"]


def test_what_is_held_is_named_once_a_day_until_it_is_settled(db: Db, tmp_path: Path) -> None:
    readers(db, "one", "two")
    with desk(db, tmp_path, NOW) as app:

        def hold(mail: int) -> None:
            with app.ready_db.begin() as tx:
                record(tx, mail, OutboxState.UNKNOWN, at=app.clock() - timedelta(minutes=1), error="cut")

        hold(1)
        assert [tell_operator(app), tell_operator(app)] == [Counts(told=1), Counts(nothing=1)]
        app.clock.set(NOW + timedelta(hours=1))
        hold(2)
        assert [tell_operator(app), tell_operator(app)] == [Counts(told=1), Counts(nothing=1)]
        app.clock.set(NOW + timedelta(days=1))
        assert tell_operator(app) == Counts(told=1)
    assert told(db) == ["one", "two", "one two"]


def test_a_clock_that_ran_ahead_loses_no_failure_and_tells_none_twice(db: Db, tmp_path: Path) -> None:
    readers(db, "one", "two", "three")
    ahead = NOW + timedelta(days=365)
    with desk(db, tmp_path, ahead) as app:
        polled_at(db, ahead)
        bounce(app, 1, at=ahead - timedelta(hours=1))
        assert tell_operator(app) == Counts(told=1)
        bounce(app, 2, at=ahead + timedelta(hours=1))
        app.clock.set(NOW)
        with db.begin() as tx:
            settle_times(tx, now=NOW)
        bounce(app, 3, at=NOW + timedelta(minutes=5))
        for days in (1, 2, 366):
            app.clock.set(NOW + timedelta(days=days))
            tell_operator(app)
    assert told(db) == ["one", "two three"]


def test_a_notice_that_a_clock_ahead_put_off_is_due(db: Db) -> None:
    ahead = NOW + timedelta(days=365)
    polled_at(db, ahead)
    with db.begin() as tx:
        words = {"subject": "s", "text": "t", "sender": SENDER}
        queue_notice(tx, key="reset 1", address="a@paper.example", at=ahead, **words)
        queue_notice(tx, key="reset 2", address="b@paper.example", at=NOW, **words)
        assert settle_times(tx, now=NOW) == 1
        assert [notice.next_try_at for notice in make.list_notices(tx)] == [NOW, NOW]


def polled_at(db: Db, at: datetime) -> None:
    """A poll on record: by these the clock is judged."""
    with db.begin() as tx:
        make.add_source(tx, "gorki")
        found = {"ending": "done", "reason": "ok", "n_entries": 1, "n_new": 0, "overflow": False}
        row = {"source_id": "gorki", "feed_url": "http://gorki.example/feed", "at": at, "warnings": []}
        tx.execute(sa.insert(checks).values(**row, **found))
