"""The local press: invented outlets on loopback, told apart by the Host header, at the instant a clock shows.

What a reader gets depends on seed and instant alone. Every page says that outlet and news are invented.
"""

import hashlib
import socket
import threading
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from monitor.core.clock import SettableClock
from monitor.demo.outlets import (
    BROKEN_FROM,
    BROKEN_UNTIL,
    ROOM,
    TRAP_TARGET,
    Fault,
    Outlet,
    load_outlets,
)
from monitor.demo.printing import Printed, Printer
from monitor.demo.schedule import START, PressItem, plan

HOST = "127.0.0.1"
FEED_ITEMS = 20
CORPUS = ROOM.parents[1] / "classifiers" / "corpus" / "corpus.jsonl"  # beside monitor in checkout and wheel
_ROBOTS = "User-agent: *\nDisallow: /admin/\n"


class Press:
    """Serves while it is entered (`with Press() as press`); `press.clock` is the instant it lives in.

    `outlets`: only the first so many; `items`: at most so many pages in all, reprints included.
    Errors: OSError or ValueError when the corpus cannot be read, OSError when no port can be had.
    """

    def __init__(
        self,
        *,
        outlets: int | None = None,
        items: int | None = None,
        seed: int = 7,
        clock: SettableClock | None = None,
        corpus: Path = CORPUS,
    ) -> None:
        texts = tomllib.loads((ROOM / "texts" / "press.toml").read_text(encoding="utf-8"))
        self.clock = clock if clock is not None else SettableClock(START)
        self.outlets = load_outlets(outlets)
        self.port = 0  # known once it serves
        self._printer = Printer(texts)
        self._items = plan(
            corpus, self.outlets, texts["reprint"], neglected=texts["neglected"], seed=seed, items=items
        )
        self._by_host = {outlet.host: outlet for outlet in self.outlets}
        self._by_url = {item.url: item for item in self._items}
        self._of = {o.id: [item for item in self._items if item.outlet == o.id] for o in self.outlets}
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        """Listen on a free loopback port."""
        self._server = _Server((HOST, 0), self)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def set(self, now: datetime) -> None:
        """Move the press to an instant (aware)."""
        self.clock.set(now)

    def resolve(self, host: str, port: int) -> list[tuple[str, int]]:
        """Address and port of a host of the press, whatever port was asked for.

        Errors: socket.gaierror for every other host, as a name server answers for one that does not exist.
        """
        del port
        if host.lower().rstrip(".") not in self._by_host:
            raise socket.gaierror(socket.EAI_NONAME, f"{host}: not a host of the demonstration press")
        return [(HOST, self.port)]

    def truth(self) -> list[PressItem]:
        """Every page that is ever shown, oldest first."""
        return list(self._items)

    def answer(self, host: str, target: str) -> "Answer":
        """What a host says to a GET of `target` (path and query) now."""
        outlet = self._by_host.get(host.lower())
        if outlet is None:
            return Answer(HTTPStatus.MISDIRECTED_REQUEST)
        now = self.clock()
        fault = self._fault(outlet, now)
        if fault is not None:
            return fault
        if target == "/robots.txt":
            return Answer(HTTPStatus.OK, Printed(_ROBOTS.encode(), "text/plain; charset=utf-8"))
        if outlet.address(target) == outlet.feed_url:
            return self._feed(outlet, now)
        return self._page(outlet, outlet.address(target), now)

    def visible(self, outlet: Outlet, now: datetime) -> Sequence[PressItem]:
        """What the outlet has printed by `now`, newest first."""
        printed = self._of[outlet.id]
        return printed[: bisect_right(printed, now, key=lambda item: item.published_at)][::-1]

    def _feed(self, outlet: Outlet, now: datetime) -> "Answer":
        if outlet.look.fault is Fault.TRAP:
            return Answer(HTTPStatus.FOUND, location=TRAP_TARGET)
        return Answer(HTTPStatus.OK, self._printer.feed(outlet, self.visible(outlet, now)[:FEED_ITEMS]))

    def _page(self, outlet: Outlet, url: str, now: datetime) -> "Answer":
        if url == outlet.address("/"):
            return Answer(
                HTTPStatus.OK, self._printer.listing(outlet, self.visible(outlet, now)[:FEED_ITEMS])
            )
        item = self._by_url.get(url)
        if item is None or item.published_at > now:
            return Answer(HTTPStatus.NOT_FOUND)
        # as the page was made up when it came out: later stories do not change it
        older = self.visible(outlet, item.published_at)
        others = [other for other in older if item.url not in (other.url, other.is_copy_of)]
        return Answer(HTTPStatus.OK, self._printer.page(outlet, item, others, now))

    def _fault(self, outlet: Outlet, now: datetime) -> "Answer | None":
        if outlet.look.fault is Fault.DEAD:
            return Answer(HTTPStatus.NOT_FOUND)
        is_broken = START + timedelta(days=BROKEN_FROM) <= now < START + timedelta(days=BROKEN_UNTIL)
        if outlet.look.fault is Fault.BROKEN and is_broken:
            return Answer(HTTPStatus.INTERNAL_SERVER_ERROR)
        return None


class Answer:
    """Status, body and where a redirect leads."""

    def __init__(self, status: HTTPStatus, printed: Printed | None = None, *, location: str = "") -> None:
        self.status = status
        self.printed = printed or Printed(f"{status.value} {status.phrase}\n".encode(), "text/plain")
        self.location = location
        self.etag = f'"{hashlib.sha256(self.printed.body).hexdigest()[:20]}"'


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128  # all outlets are called at once; one turned away comes again after a second

    def __init__(self, address: tuple[str, int], press: Press) -> None:
        self.press = press
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10  # s; a reader that sends half a request must not hold a thread

    def do_GET(self) -> None:
        """Answer; a conditional request for what it has already gets 304."""
        host = (self.headers.get("Host") or "").partition(":")[0]
        target = urlsplit(self.path)
        answer = self.server.press.answer(host, target.path + (f"?{target.query}" if target.query else ""))
        same = answer.status is HTTPStatus.OK and self.headers.get("If-None-Match") == answer.etag
        self.send_response(HTTPStatus.NOT_MODIFIED if same else answer.status)
        self.send_header("ETag", answer.etag)
        if answer.location:
            self.send_header("Location", answer.location)
        if not same:
            self.send_header("Content-Type", answer.printed.content_type)
            self.send_header("Content-Length", str(len(answer.printed.body)))
        self.end_headers()
        if not same:
            self.wfile.write(answer.printed.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the crawler's ledger is the log of the demonstration."""
