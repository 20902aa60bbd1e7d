"""A thousand mails from the outbox to a local SMTP server, beside the same bytes with nothing around them."""

import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from benchmarks.report import NOW, SENDER, make, prepare
from monitor.core.clock import SettableClock
from monitor.core.ids import PlaceId
from monitor.core.shipped import shipped_root
from monitor.reports.mail import message, render_parts
from monitor.reports.outbox import put_out, send_due
from monitor.reports.personal import Linking
from monitor.reports.smtp import SmtpPost
from monitor.reports.subscribers import add_subscriber
from monitor.reports.tokens import Signer

MAILS = 1000
HOST = "127.0.0.1"
REGION = PlaceId("by-mogilev-region")
BASE = "https://monitor.desk.example"


def run(seed: int) -> dict[str, Any]:
    """Send 1,000 mails with each reader's own links. Units: seconds, kB. `ratio`: ours over the raw limit."""
    linking = Linking(Signer(bytes(range(32))), BASE)
    with tempfile.TemporaryDirectory() as folder, _sink() as port:
        db, register, sources = prepare(Path(folder) / "press.sqlite", seed)
        report = make(db, register, sources, REGION, "ru")
        with db.begin() as tx:
            for n in range(MAILS):
                add_subscriber(tx, email=f"reader{n}@paper.example", region=REGION, lang="ru", at=NOW)
        put_out(db=db, report=report, sender=SENDER, now=NOW)
        began, used = time.perf_counter(), time.process_time()
        with SmtpPost(host=HOST, port=port, security="none") as post:
            counts = send_due(
                db=db, post=post, clock=SettableClock(NOW), sender=SENDER, on_unknown="hold",
                withhold=lambda report: report, linking=linking,
            )  # fmt: skip
        ours, cpu_s = time.perf_counter() - began, time.process_time() - used
        mail = message(
            render_parts(report, is_linked=True), subscriber_id=1, recipient="reader1@paper.example",
            sender=SENDER, links=linking.of(report.id, report.to_on),
        )  # fmt: skip
        raw = _raw(port, mail)
        db.close()
    return {
        "mails": counts["sent"],
        "mail_kb": round(len(mail.as_bytes()) / 1000),
        "wall_s": round(ours, 1),
        "cpu_s": round(cpu_s, 1),
        "raw_s": round(raw, 1),
        "ratio": round(ours / raw, 2),
    }


def _raw(port: int, mail: EmailMessage) -> float:
    """Seconds of as many mails in one connection: no outbox, nothing rendered or signed."""
    data = mail.as_bytes()
    began = time.perf_counter()
    with smtplib.SMTP(HOST, port) as server:
        for _ in range(MAILS):
            server.sendmail(SENDER, ["reader@paper.example"], data)
    return time.perf_counter() - began


@contextmanager
def _sink() -> Iterator[int]:
    """A mail server in a process of its own that takes everything and keeps nothing."""
    words = [sys.executable, "-m", "benchmarks.mail_sink"]
    process = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=shipped_root()
    )
    with process:  # closes its input, which ends it
        if process.stdout is None:
            raise EOFError("the mail server has no output")
        yield int(process.stdout.readline())
