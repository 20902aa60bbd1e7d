"""SIGKILL from outside while 200 mails go out: nobody left out, no second Message-ID, the outbox is true."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.core.db import Db
from monitor.gaps.types import State
from monitor.reports.outbox import put_out
from monitor.reports.store import OutboxState, list_outbox
from monitor.reports.subscribers import add_subscriber
from tests.make_reports import MOGILEV, gap_row, mogilev_report, table
from tests.sending_forks import SENDER
from tests.smtp_sink import free_port

pytestmark = pytest.mark.slow

RECIPIENTS = 200
KILLS = 50
SEED = 20261122
NOW = datetime(2025, 11, 24, 5, tzinfo=UTC)
LATER = timedelta(hours=7)  # beyond the longest pause: what was put off is due again
NEVER = {f"gone{n}@paper.example" for n in range(4)}  # the server knows no such readers
STAGES = 13  # the process is killed at one of so many steps of SMTP: in the first four mails or so


@dataclass
class Server:
    """Takes mails, and refuses, delays and hangs up by a seeded plan. `taken`: recipient and bytes."""

    plan: random.Random
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    steps: int = 0
    dropped: int = 0
    step: threading.Condition = field(default_factory=threading.Condition)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Always."""
        del server, session, options
        await self._next(0.002)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Not the unknown ones, and now and then not yet."""
        del server, session, options
        await self._next(0.002)
        if address in NEVER:
            return "550 no such user"
        if self.plan.random() < 0.05:
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take it, then answer at once, late or not at all; or refuse it."""
        del session
        chance = self.plan.random()
        if chance < 0.05:
            return "452 disk full"
        self.taken.append((envelope.rcpt_tos[0], cast(bytes, envelope.original_content)))
        await self._next(0.02 if chance < 0.3 else 0.001)
        if chance > 0.95:
            self.dropped += 1
            cast(Any, server.transport).abort()
        return "250 taken"

    async def _next(self, pause_s: float) -> None:
        with self.step:
            self.steps += 1
            self.step.notify_all()
        await asyncio.sleep(pause_s)

    def wait_for(self, steps: int, process: int) -> None:
        """Until so many steps were seen in all, or the process has ended."""
        with self.step:
            while self.steps < steps and ") Z " not in Path(f"/proc/{process}/stat").read_text():
                self.step.wait(0.02)

    def ids(self) -> dict[str, set[str]]:
        """Message-IDs by recipient."""
        found: dict[str, set[str]] = defaultdict(set)
        for recipient, mail in self.taken:
            found[recipient].add(str(message_from_bytes(mail)["Message-ID"]))
        return found


@contextmanager
def running(server: Server) -> Iterator[int]:
    """The port on which it listens."""
    port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def forks() -> Iterator[subprocess.Popen[str]]:
    """The process that forks senders."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sending_forks"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:  # closes its input, which ends it
        yield process


def start(forker: subprocess.Popen[str], **wanted: object) -> int:
    assert forker.stdin is not None
    assert forker.stdout is not None
    forker.stdin.write(json.dumps(wanted) + "\n")
    forker.stdin.flush()
    return int(forker.stdout.readline())


def ended(forker: subprocess.Popen[str]) -> int:
    assert forker.stdin is not None
    assert forker.stdout is not None
    forker.stdin.write("\n")
    forker.stdin.flush()
    return int(forker.stdout.readline())


def queued(db: Db) -> None:
    report = mogilev_report(held=table([gap_row("AGR-0079", State.UNCOVERED, 0.9)], watch=()))
    names = [f"reader{n}@paper.example" for n in range(RECIPIENTS - len(NEVER))] + sorted(NEVER)
    random.Random(SEED).shuffle(names)
    with db.begin() as tx:
        for name in names:
            add_subscriber(tx, email=name, region=MOGILEV, lang="ru", at=NOW)
    assert put_out(db=db, report=report, sender=SENDER, now=NOW) == {"queued": RECIPIENTS}


@dataclass(frozen=True)
class Ended:
    """How it stood at the end: the server, state by recipient, how many kills struck, rounds in all."""

    server: Server
    states: dict[str, str]
    kills: int


def send_under_fire(db: Db, on_unknown: str) -> Ended:
    """Kill sender after sender, then let one work in peace until nothing is due."""
    queued(db)
    chance, now, kills = random.Random(SEED), NOW, 0
    server = Server(random.Random(SEED + 1))
    url = db.engine.url.render_as_string(hide_password=False)
    with running(server) as port, forks() as forker:
        for round_ in range(KILLS + 40):
            now += LATER
            child = start(forker, url=url, port=port, on_unknown=on_unknown, now=now.isoformat())
            if kills < KILLS:
                server.wait_for(server.steps + chance.randint(1, STAGES), child)
                time.sleep(chance.choice((0, 0, 0.001, 0.003, 0.01)))
                os.kill(child, signal.SIGKILL)  # not reaped yet: the number is still its own
            kills += ended(forker) == -signal.SIGKILL
            if round_ >= KILLS and not waiting(db):
                break
    with db.begin() as tx:
        return Ended(server, {row.email: row.state.value for row in list_outbox(tx)}, kills)


def waiting(db: Db) -> bool:
    with db.begin() as tx:
        return any(row.state in (OutboxState.QUEUED, OutboxState.SENDING) for row in list_outbox(tx))


def test_resending_leaves_nobody_out_and_gives_no_second_message_id(db: Db) -> None:
    end = send_under_fire(db, "resend")
    assert end.kills == KILLS
    copies = Counter(recipient for recipient, _ in end.server.taken)
    assert set(copies) == {name for name in end.states if name not in NEVER}
    assert [ids for ids in end.server.ids().values() if len(ids) != 1] == []
    mails: dict[str, set[bytes]] = defaultdict(set)
    for recipient, mail in end.server.taken:
        mails[recipient].add(mail)
    assert [name for name, seen in mails.items() if len(seen) != 1] == []  # a copy is the same to the byte
    assert {name for name, state in end.states.items() if state == "bounced"} == NEVER
    assert Counter(end.states.values()) == {"sent": RECIPIENTS - len(NEVER), "bounced": len(NEVER)}
    assert max(copies.values()) > 1, "no kill struck between taking a mail and writing it down"


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)  # what differs between databases stands above
def test_holding_gives_nobody_a_second_copy_and_lists_what_is_held(db: Db) -> None:
    end = send_under_fire(db, "hold")
    assert end.kills == KILLS
    copies = Counter(recipient for recipient, _ in end.server.taken)
    assert [name for name, n in copies.items() if n > 1] == []
    held = {name for name, state in end.states.items() if state == "unknown"}
    bounced = {name for name, state in end.states.items() if state == "bounced"}
    sent = {name for name, state in end.states.items() if state == "sent"}
    assert sent | held | bounced == set(end.states)
    assert sent <= set(copies)  # what the outbox calls sent has arrived
    assert set(copies) <= sent | held  # and what arrived is called sent or held, nothing else
    assert bounced <= NEVER
    assert held & set(copies), "no kill struck between taking a mail and writing it down"
    assert 0 < len(held) <= KILLS + end.server.dropped
    with db.begin() as tx:
        listed = {row.email: row.last_error for row in list_outbox(tx, state=OutboxState.UNKNOWN)}
    assert set(listed) == held
    assert all(listed.values())  # each says why
