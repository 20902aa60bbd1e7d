"""The operator's daily digest of mails: sent in every language, each failure told once."""

from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.gaps.types import State
from monitor.jobs import find_job, run_job
from monitor.reports.notices import send_notices
from monitor.reports.outbox import put_out
from monitor.reports.smtp import SmtpPost
from monitor.reports.store import OutboxState, record
from monitor.reports.subscribers import add_subscriber
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
