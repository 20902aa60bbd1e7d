"""The benchmarks' press as its own process, so that its CPU and memory are told apart from the crawler's.

`python -m benchmarks.press --papers 1000` listens on a free loopback port and says which; papers are told
apart by the Host header. The host CONTROL moves its clock and says what was asked. It ends with its input.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.press_pages import LISTED, Calendar, Paper, load_words
from monitor.core.shipped import shipped_root

START = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
HOST = "127.0.0.1"
CONTROL = "control.invalid"
_ROBOTS = b"User-agent: *\nDisallow: /admin/\nDisallow: /search\nDisallow: /*?print=\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """How large the press is."""

    papers: int
    stock: int = LISTED  # stories that each has at the start
    a_day: int = 0  # and prints afterwards
    seed: int = 7


class Press:
    """What each address answers at the instant of `now`."""

    def __init__(self, plan: Plan, port: int) -> None:
        self.now = START
        self.asked: Counter[str] = Counter()
        self._feeds: dict[int, tuple[int, bytes]] = {}  # by paper: how many stories, and the feed then
        words = load_words(corpus())
        calendar = Calendar(START, plan.stock, plan.a_day)
        self._papers = {
            host_of(n): Paper(n, origin_of(n, port), words["be" if n % 4 == 0 else "ru"], calendar, plan.seed)
            for n in range(plan.papers)
        }

    def answer(self, host: str, path: str, etag: str) -> tuple[int, str, str, bytes]:
        """Status, content type, ETag and body."""
        paper = self._papers.get(host)
        if host == CONTROL:
            return 200, "application/json", "", json.dumps(self._control(path)).encode()
        if paper is None:
            return 421, "text/plain", "", b"no such paper\n"
        if path == "/robots.txt":
            self.asked["robots"] += 1
            return 200, "text/plain", "", _ROBOTS
        if path == "/feed":
            return self._feed(paper, etag)
        number = path.removeprefix("/news/").strip("/")
        if number.isdigit() and int(number) < paper.printed(self.now):
            self.asked["page"] += 1
            return 200, "text/html; charset=utf-8", "", paper.page(int(number))
        self.asked["not_found"] += 1
        return 404, "text/plain", "", b"not found\n"

    def _feed(self, paper: Paper, etag: str) -> tuple[int, str, str, bytes]:
        n_printed = paper.printed(self.now)
        own = f'"{hashlib.sha256(f"{paper.number}/{n_printed}".encode()).hexdigest()[:16]}"'
        own = own if paper.knows_etags else ""
        if own and etag == own:
            self.asked["feed_304"] += 1
            return 304, "", own, b""
        self.asked["feed"] += 1
        kind = "application/atom+xml" if paper.is_atom else "application/rss+xml"
        kept = self._feeds.get(paper.number)
        if kept is None or kept[0] != n_printed:
            kept = self._feeds[paper.number] = (n_printed, paper.feed(n_printed))
        return 200, f"{kind}; charset=utf-8", own, kept[1]

    def _control(self, path: str) -> dict[str, Any]:
        wanted = parse_qs(urlsplit(path).query).get("now")
        if wanted:
            self.now = datetime.fromisoformat(wanted[0])
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {"asked": dict(self.asked), "cpu_s": used.ru_utime + used.ru_stime}


class RunningPress:
    """The press in its own process, from the side of those who read it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def told(self, now: datetime | None = None) -> dict[str, Any]:
        """What was asked so far and CPU seconds used; with `now` its clock is set first."""
        connection = HTTPConnection(HOST, self.port, timeout=10)
        path = "/" if now is None else f"/?now={now.isoformat().replace('+', '%2B')}"
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Host": CONTROL})
            told: dict[str, Any] = json.loads(connection.getresponse().read())
        return told

    def resolve(self, host: str, port: int) -> list[tuple[str, int]]:
        """Where the papers' hosts are; no other name has an address."""
        if not host.endswith(".example"):
            raise OSError(f"{host}: no host of the benchmark's press")
        return [(HOST, self.port)]


@contextlib.contextmanager
def running(plan: Plan) -> Iterator[RunningPress]:
    """A press that listens while the context lasts. Errors: EOFError when it cannot start."""
    words = [f"--{name.replace('_', '-')}={getattr(plan, name)}" for name in Plan.__slots__]
    command = [sys.executable, "-m", "benchmarks.press", *words]
    process = Popen(command, stdin=PIPE, stdout=PIPE, cwd=shipped_root())
    if process.stdin is None or process.stdout is None:
        raise EOFError("the press has no pipes")
    try:
        line = process.stdout.readline()
        if not line:
            raise EOFError("the press did not start")
        yield RunningPress(int(line))
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def host_of(number: int) -> str:
    """The host of a paper."""
    return f"paper-{number:04d}.example"


def origin_of(number: int, port: int) -> str:
    """Scheme, host and port of a paper."""
    return f"http://{host_of(number)}:{port}"


def corpus() -> Path:
    """The labelled items whose words the press prints; beside the monitor in checkout and wheel."""
    import classifiers

    return Path(str(classifiers.__path__[0])) / "corpus" / "corpus.jsonl"


class _Connection(asyncio.Protocol):
    """Answers one request after the other; as little as a benchmark needs of HTTP."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while b"\r\n\r\n" in self._rest:
            head, _, self._rest = self._rest.partition(b"\r\n\r\n")
            self._answer(head.decode("latin-1").split("\r\n"))

    def _answer(self, lines: list[str]) -> None:
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        host = headers.get("host", "").partition(":")[0]
        path = lines[0].split(" ")[1]
        status, kind, etag, body = self._press.answer(host, path, headers.get("if-none-match", ""))
        more = "".join(
            f"{name}: {value}\r\n" for name, value in (("content-type", kind), ("etag", etag)) if value
        )
        head = f"HTTP/1.1 {status} x\r\n{more}content-length: {len(body)}\r\n\r\n".encode("latin-1")
        self._transport.write(head + body)  # type: ignore[attr-defined]  # it is a transport that writes


async def _serve(plan: Plan) -> None:
    loop = asyncio.get_running_loop()
    press: list[Press] = []
    server = await loop.create_server(lambda: _Connection(press[0]), HOST, 0, backlog=1024)
    port = int(server.sockets[0].getsockname()[1])
    press.append(Press(plan, port))
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main() -> None:
    """Serve until the input ends; the first line of the output is the port."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=1000)
    parser.add_argument("--stock", type=int, default=LISTED)
    parser.add_argument("--a-day", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    asyncio.run(_serve(Plan(given.papers, given.stock, given.a_day, given.seed)))


if __name__ == "__main__":
    main()
