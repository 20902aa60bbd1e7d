"""Runs a hostile case against the whole crawl, from the sockets to the ledger, and measures what it cost."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

import sqlalchemy as sa

from monitor.articles.boilerplate import load_page_rules
from monitor.articles.pool import ExtractPool
from monitor.articles.rawpage import ReadingRules
from monitor.articles.tables import articles
from monitor.core.clock import SettableClock
from monitor.core.db import Db
from monitor.core.home import Home
from monitor.core.ids import SourceId
from monitor.core.ledger import Ending, Reason, Stage
from monitor.core.ledger_store import ledger
from monitor.core.months import load_months
from monitor.crawl.feedpool import FeedPool
from monitor.crawl.fetcher import Fetcher, FetchLimits
from monitor.crawl.guard import parse_allow
from monitor.crawl.store import put_sources
from monitor.crawl.tables import feeds
from monitor.crawl.types import FeedSpec
from monitor.wiring import App
from tests.chaos.hostile.case import NOW, Case, Door, Ended, Row, Trap, item, rss
from tests.chaos.hostile.server import Canary, HostileServer, Listener, SilentServer, TlsServer, reply
from tests.crawl_world import source

SECRET = "слово, которое не должно покинуть этот файл"
READ_DEADLINE_S = 8.0  # of one page in its process
_READER_MB = 700  # address space of a process that reads; a case that swells beyond it ends as crashed
_HUNG_S = 60


class Hung(BaseException):
    """A case that did not come to an end; no stage may take it for a fault of a page."""


@dataclass
class Watch:
    """What this process connects to, and which names it asks the system for, past our own resolver."""

    connected: set[tuple[str, int]] = field(default_factory=set)
    resolved: list[str] = field(default_factory=list)

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "socket.connect" and isinstance(args[1], tuple):
            self.connected.add((str(args[1][0]), int(args[1][1])))
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            self.resolved.append(str(args[0]))


@dataclass
class World:
    """One crawl, one hostile server for all names, TLS servers, and a canary."""

    app: App
    server: HostileServer
    tls: dict[str, Listener]  # by host
    trusted: ssl.SSLContext
    canary: Canary
    trap: Trap
    watch: Watch

    def run(self, case: Case) -> Ended:
        """Poll the case's feed, fetch its pages, and tell how it ended."""
        self._put(case)
        for seen in (self.server.asked, self.canary.reached, self.watch.resolved):
            seen.clear()
        self.watch.connected.clear()
        before, begun = _memory_mb(reset=True), time.monotonic()
        with _limited(_HUNG_S), self._fetcher(case):
            for n in range(case.polls):
                if n:
                    self._make_due(case)
                self.app.poll(source=case.name)
            if case.door is Door.PAGE:
                self.app.fetch_pages(source=case.name)
        seconds = time.monotonic() - begun
        rows = self._rows(case)
        return Ended(
            row=_row_of(case, rows),
            rows=rows,
            asked=tuple(self.server.asked),
            connected=frozenset(self.watch.connected),
            resolved=tuple(self.watch.resolved),
            text=self._text(case),
            next_check_at=self._next_check_at(case),
            seconds=seconds,
            grown_mb=_memory_mb() - before,
        )

    def open_ports(self) -> frozenset[tuple[str, int]]:
        """All that a case may connect to."""
        return frozenset(("127.0.0.1", one.port) for one in (self.server, *self.tls.values()))

    def everything(self) -> str:
        """All words that the crawl has written."""
        columns = (articles.c.title, articles.c.text, articles.c.listed_url, articles.c.url)
        with self.app.db.begin() as tx:
            told = tx.execute(sa.select(*columns)).all()
            kept = tx.execute(sa.select(ledger.c.item, ledger.c.detail)).all()
        return "\n".join(str(word) for row in (*told, *kept) for word in row)

    def measured(self, act: Callable[[], object]) -> tuple[float, frozenset[tuple[str, int]]]:
        """Megabytes that something took, and where it connected to: whether the measuring itself works."""
        self.watch.connected.clear()
        before = _memory_mb(reset=True)
        act()
        return _memory_mb() - before, frozenset(self.watch.connected)

    def _put(self, case: Case) -> None:
        answers = dict(case.answers(self.trap))
        if case.door is not Door.FEED:
            answers.setdefault("/feed", reply(rss(item(f"http://{case.host}/page"))))
        self.server.answers[case.host] = answers
        spec = FeedSpec(case.feed_url, case.kind, rules=dict(case.rules))
        with self.app.db.begin() as tx:
            put_sources(tx, [replace(source(case.name), feeds=(spec,))], at=NOW)

    @contextmanager
    def _fetcher(self, case: Case) -> Iterator[None]:
        limits = FetchLimits(
            "CoverageMonitor/test", delay_s=0, connect_timeout_s=case.deadline_s, deadline_s=case.deadline_s
        )
        asked: dict[str, int] = {}

        def resolve(host: str, port: int) -> list[tuple[str, int]]:
            asked[host] = asked.get(host, 0) + 1
            return self._resolve(case, host, port, asked[host])

        allow = parse_allow(f"{host}:{port}" for host, port in self.open_ports())
        clock = self.app.clock
        with Fetcher(limits, clock=clock, resolve=resolve, allow=allow, tls=self.trusted) as fetcher:
            self.app.fetcher = fetcher
            try:
                yield
            finally:
                del self.app.fetcher

    def _resolve(self, case: Case, host: str, port: int, nth: int) -> list[tuple[str, int]]:
        """Names of cases lead to their server; any other port of theirs is what it is."""
        if host in case.names:
            answers = case.names[host]
            given = answers[min(nth, len(answers)) - 1]
            ports = {"server": ("127.0.0.1", self.server.port), "canary": ("127.0.0.1", self.canary.port)}
            return [ports.get(ip, (ip, port)) for ip in given]
        if host in self.tls and port == 443:
            return [("127.0.0.1", self.tls[host].port)]
        if host.endswith(".example"):
            return [("127.0.0.1", self.server.port if port == 80 else port)]
        if host == "localhost":
            return [("127.0.0.1", port)]
        raise OSError("no such name")

    def _make_due(self, case: Case) -> None:
        with self.app.db.begin() as tx:
            own = feeds.c.source_id == case.name
            tx.execute(sa.update(feeds).where(own).values(next_check_at=self.app.clock()))

    def _rows(self, case: Case) -> tuple[Row, ...]:
        columns = (ledger.c.stage, ledger.c.ending, ledger.c.reason, ledger.c.item, ledger.c.detail)
        query = sa.select(*columns).where(ledger.c.source_id == case.name).order_by(ledger.c.id)
        with self.app.db.begin() as tx:
            return tuple(
                Row(Stage(stage), Ending(ending), Reason(reason), kept, detail)
                for stage, ending, reason, kept, detail in tx.execute(query)
            )

    def _text(self, case: Case) -> str:
        query = sa.select(articles.c.text).where(articles.c.source_id == case.name).order_by(articles.c.id)
        with self.app.db.begin() as tx:
            return "\n".join(text or "" for (text,) in tx.execute(query))

    def _next_check_at(self, case: Case) -> datetime | None:
        query = sa.select(feeds.c.next_check_at).where(feeds.c.source_id == SourceId(case.name))
        with self.app.db.begin() as tx:
            found: datetime | None = tx.execute(query).scalar_one()
            return found


def _row_of(case: Case, rows: tuple[Row, ...]) -> Row | None:
    """The line that the case is about: of its feed, of an item of it, or the last one of its page."""
    polled = [row for row in rows if row.stage is Stage.POLL]
    if case.door is Door.FEED:
        return next((row for row in polled if row.item == case.feed_url), None)
    if case.door is Door.ENTRY:
        return next((row for row in polled if "#" in row.item), None)
    return next((row for row in reversed(rows) if row.stage is not Stage.POLL), None)


@contextmanager
def open_world(folder: Path, db: Db) -> Iterator[World]:
    """A world in an empty folder and on a migrated database, which is closed with it."""
    home = Home(folder / "home")
    home.create()
    app = App(home, clock=SettableClock(NOW), environment=False)
    app.db = db
    app.extractor = _readers(home)
    app.list_reader = FeedPool(
        load_months(home.config / "languages"), workers=1, deadline_s=20.0, memory_mb=_READER_MB
    )
    secret = folder / "secret.txt"
    secret.write_text(SECRET, "utf-8")
    server, canary = HostileServer(), Canary("::", socket.AF_INET6)
    tls, trusted = _tls_servers(folder)
    watch = Watch()
    sys.addaudithook(_switchable(watch))
    for one in (server, canary, *tls.values()):
        one.open()
    try:
        yield World(app, server, tls, trusted, canary, Trap(canary.port, str(secret)), watch)
    finally:
        _WATCHING.clear()
        app.close()
        for one in (server, canary, *tls.values()):
            one.close()


_WATCHING: list[Watch] = []


def _switchable(watch: Watch) -> Any:
    """An audit hook cannot be taken away again, so it looks whether it is still wanted."""
    _WATCHING.append(watch)
    return lambda event, args: watch(event, args) if watch in _WATCHING else None


def _readers(home: Home) -> ExtractPool:
    rules = load_page_rules(home.config / "boilerplate.toml")
    return ExtractPool(
        ReadingRules(rules, load_months(home.config / "languages")),
        workers=1,
        deadline_s=READ_DEADLINE_S,
        memory_mb=_READER_MB,
        command=(sys.executable, "-m", "tests.chaos.hostile.dying_worker"),
    )


def _tls_servers(folder: Path) -> tuple[dict[str, Listener], ssl.SSLContext]:
    """Servers for the cases of TLS, and a client that trusts all but the self-signed one."""
    if shutil.which("openssl") is None:  # the tests say so
        return {}, ssl.create_default_context()
    good, own = _certificate(folder, "good"), _certificate(folder, "self-signed")
    old = _certificate(folder, "expired", "-1")
    trusted = ssl.create_default_context()
    for certificate, _ in (good, old):
        trusted.load_verify_locations(certificate)
    return {
        "expired.example": TlsServer(certificate=old),
        "self-signed.example": TlsServer(certificate=own),
        "other-name.example": TlsServer(certificate=good),
        "no-tls.example": TlsServer(),
        "silent-tls.example": SilentServer(),
    }, trusted


def _certificate(folder: Path, name: str, days: str = "2") -> tuple[str, str]:
    openssl = str(shutil.which("openssl"))
    key, fresh, kept = (str(folder / f"{name}.{part}") for part in ("key", "fresh", "pem"))
    names = ["-subj", f"/CN={name}.example", "-addext", f"subjectAltName=DNS:{name}.example"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made = [openssl, "req", "-x509", *curve, *names, "-days", "2", "-keyout", key, "-out", fresh]
    aged = [openssl, "x509", "-in", fresh, "-signkey", key, "-days", days, "-out", kept]
    for command in (made, aged):
        subprocess.run(command, check=True, capture_output=True)
    return kept, key


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise Hung(f"no end after {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def memory_is_told() -> bool:
    """True where the system tells the most memory that a process held since it was asked to forget: Linux."""
    return os.access("/proc/self/clear_refs", os.W_OK)


def _memory_mb(*, reset: bool = False) -> float:
    """The most memory this process held since the last reset; with `reset` what it holds now."""
    if not memory_is_told():
        return 0.0
    if reset:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
