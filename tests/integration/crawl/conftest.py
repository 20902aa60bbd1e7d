"""A loopback server that answers in raw bytes, so that it can misbehave in any way."""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from monitor.core.clock import SettableClock
from monitor.core.ids import RawUrl
from monitor.crawl.fetcher import Fetcher, FetchLimits
from monitor.crawl.guard import parse_allow
from monitor.crawl.types import FetchKind, FetchRequest, Outcome

NOW = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
Reply = bytes | Iterable[bytes | float]  # floats are seconds of silence


@dataclass
class Seen:
    path: str
    headers: dict[str, str]


@dataclass
class RawServer:
    """Answers by path; what it does not know is 404. Remembers what it was asked."""

    port: int = 0
    routes: dict[str, Reply | Callable[[Seen], Reply]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0

    def asked(self, path: str) -> int:
        return sum(1 for one in self.seen if one.path == path)

    def serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client had enough
            request = self._read(connection)
            if request is not None:
                self.seen.append(request)
                self._answer(connection, request)

    def _answer(self, connection: socket.socket, request: Seen) -> None:
        """Open until the last part: a client may ask again as soon as it has that one."""
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        held: bytes | float = 0.0
        try:
            found = self.routes.get(request.path, NOT_FOUND)
            answer = found(request) if callable(found) else found
            for part in [answer] if isinstance(answer, bytes) else answer:
                self._give(connection, held)
                held = part
        finally:
            self.open_now -= 1
        self._give(connection, held)

    @staticmethod
    def _give(connection: socket.socket, part: bytes | float) -> None:
        time.sleep(part) if isinstance(part, float) else connection.sendall(part)

    def _read(self, connection: socket.socket) -> Seen | None:
        raw = b""
        while b"\r\n\r\n" not in raw:
            chunk = connection.recv(65536)
            if not chunk:
                return None
            raw += chunk
        lines = raw.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        return Seen(lines[0].split(" ")[1], headers)


@pytest.fixture
def server() -> Iterator[RawServer]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        one = RawServer(listener.getsockname()[1])
        threads: list[threading.Thread] = []

        def loop() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                thread = threading.Thread(target=one.serve, args=(connection,), daemon=True)
                thread.start()
                threads.append(thread)

        accepting = threading.Thread(target=loop, daemon=True)
        accepting.start()
        yield one
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join(2)
        for thread in threads:
            thread.join(3)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOW)


@dataclass
class World:
    """A fetcher that reaches every `.example` host at the loopback server and nothing else private."""

    server: RawServer
    clock: SettableClock
    fetcher: Fetcher

    def get(self, *urls: str, kind: FetchKind = FetchKind.FEED, etag: str | None = None) -> list[Outcome]:
        return self.fetcher.fetch_many([FetchRequest(RawUrl(u), kind, etag) for u in urls])

    def one(self, url: str, kind: FetchKind = FetchKind.FEED, etag: str | None = None) -> Outcome:
        return self.get(url, kind=kind, etag=etag)[0]


@pytest.fixture
def world(server: RawServer, clock: SettableClock) -> Iterator[World]:
    def resolve(host: str, port: int) -> list[tuple[str, int]]:
        if host.endswith(".example"):
            return [("127.0.0.1", server.port)]
        if host == "inside.test":
            return [("10.0.0.8", port)]
        if host == "both.test":
            return [("93.184.216.34", port), ("192.168.1.1", port)]
        raise OSError("no such name")

    limits = FetchLimits(
        "CoverageMonitor/test (+mailto:desk@paper.example)",
        delay_s=0.0,
        connect_timeout_s=1.5,
        deadline_s=1.5,
        max_feed_bytes=100_000,
        max_page_bytes=50_000,
    )
    allow = parse_allow([f"127.0.0.1:{server.port}"])
    with Fetcher(limits, clock=clock, resolve=resolve, allow=allow) as fetcher:
        yield World(server, clock, fetcher)


@pytest.fixture
def base(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's address, which the commands may fetch from without a pause."""
    monkeypatch.setenv("MONITOR_CRAWL__ALLOW_ADDRESSES", f"127.0.0.1:{server.port}")
    monkeypatch.setenv("MONITOR_CRAWL__DELAY_S", "0")
    return f"http://127.0.0.1:{server.port}"
