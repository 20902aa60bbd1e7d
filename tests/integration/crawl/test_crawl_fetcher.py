"""The fetcher against a server that misbehaves: each case ends in its own value, soon, and nothing raises."""

import contextlib
import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitor.core.ledger import Reason
from monitor.crawl.fetcher import Fetcher, FetchLimits, user_agent
from monitor.crawl.guard import parse_allow
from monitor.crawl.types import Failed, Fetched, FetchKind, FetchRequest, NotModified, Outcome, RawUrl

if TYPE_CHECKING:
    from conftest import Seen, World

NAME = "http://paper.example"
CUT = gzip.compress(b"x" * 999, mtime=0)[:-9]
BOMB = gzip.compress(bytes(50_000_000), mtime=0)


def reply(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("content-length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{head}connection: close\r\n\r\n".encode("latin-1") + body


def failed(world: "World", url: str, kind: FetchKind = FetchKind.FEED) -> tuple[Reason, int | None]:
    outcome = world.one(url, kind)
    assert isinstance(outcome, Failed), outcome
    return outcome.reason, outcome.status


def test_a_body_arrives_whole_with_honest_headers(world: "World") -> None:
    world.server.routes["/feed?a=1"] = reply(body=b"<rss/>", Content_Type="text/xml", ETag='W/"x"')
    outcome = world.one(f"{NAME}/feed?a=1")
    assert outcome == Fetched(
        RawUrl(f"{NAME}/feed?a=1"),
        RawUrl(f"{NAME}/feed?a=1"),
        200,
        {"content-type": "text/xml", "etag": 'W/"x"', "content-length": "6", "connection": "close"},
        b"<rss/>",
        world.clock(),
    )
    sent = world.server.seen[0].headers
    assert sent["user-agent"] == "coveragemonitor/test (+mailto:desk@paper.example)"
    assert sent["host"] == "paper.example"
    assert "cookie" not in sent


def test_answers_come_in_the_order_of_the_requests(world: "World") -> None:
    for n in range(12):
        world.server.routes[f"/{n}"] = [0.02 * (n % 3), reply(body=str(n).encode())]
    outcomes = world.get(*(f"http://h{n % 4}.example/{n}" for n in range(12)))
    assert [o.body for o in outcomes if isinstance(o, Fetched)] == [str(n).encode() for n in range(12)]


def test_one_host_is_asked_one_request_at_a_time(world: "World") -> None:
    for n in range(6):
        world.server.routes[f"/{n}"] = [0.03, reply(body=b"x")]
    world.get(*(f"{NAME}/{n}" for n in range(6)))
    assert world.server.most_open == 1
    assert [seen.path for seen in world.server.seen] == [f"/{n}" for n in range(6)]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("http://10.0.0.8/secret", Reason.PRIVATE_ADDRESS),
        ("http://inside.test/secret", Reason.PRIVATE_ADDRESS),
        ("http://both.test/", Reason.PRIVATE_ADDRESS),
        ("http://[::ffff:7f00:1]/", Reason.PRIVATE_ADDRESS),
        ("http://127.0.0.1:1/", Reason.PRIVATE_ADDRESS),
        ("http://169.254.169.254/latest/meta-data/", Reason.PRIVATE_ADDRESS),
        ("http://2130706433/", Reason.BAD_URL),
        ("http://0x7f.1/", Reason.BAD_URL),
        ("file:///etc/passwd", Reason.BAD_URL),
        ("http://me:secret@paper.example/", Reason.BAD_URL),
        ("http://nowhere.test/", Reason.DNS),
    ],
)
def test_a_forbidden_address_is_refused_directly_and_behind_a_redirect(
    world: "World", place: str, reason: Reason
) -> None:
    world.server.routes["/r"] = reply("302 Found", Location=place)
    direct, behind = world.get(place, f"{NAME}/r")
    assert isinstance(direct, Failed)
    assert isinstance(behind, Failed)
    assert (direct.reason, behind.reason) == (reason, reason)
    assert "secret@" not in direct.detail + behind.detail
    assert [seen.path for seen in world.server.seen] == ["/r"]


def test_redirects_are_followed_and_the_last_address_is_told(world: "World") -> None:
    world.server.routes["/a"] = reply("301 Moved", Location="/b?x=%D0%B6")
    world.server.routes["/b?x=%D0%B6"] = reply("302 Found", Location="//other.example/c")
    world.server.routes["/c"] = reply(body=b"here")
    outcome = world.one(f"{NAME}/a")
    assert isinstance(outcome, Fetched)
    assert (outcome.final_url, outcome.body) == ("http://other.example/c", b"here")


def test_endless_redirects_end(world: "World") -> None:
    steps = count()
    world.server.routes["/loop"] = lambda _: reply("302 Found", Location=f"/loop?{next(steps)}")
    for n in range(20):
        world.server.routes[f"/loop?{n}"] = world.server.routes["/loop"]
    assert failed(world, f"{NAME}/loop") == (Reason.TOO_MANY_REDIRECTS, None)
    assert len(world.server.seen) == 6


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply("404 Not Found"), (Reason.HTTP_4XX, 404)),
        (reply("410 Gone"), (Reason.HTTP_4XX, 410)),
        (reply("500 Oops"), (Reason.HTTP_5XX, 500)),
        (reply("408 Slow"), (Reason.TIMEOUT, 408)),
        (reply("304 Not Modified"), (Reason.HTTP_4XX, 304)),
        (reply("302 Found"), (Reason.HTTP_4XX, 302)),
        (reply("206 Partial Content", b"half", Content_Range="bytes 0-3/8"), (Reason.CONNECT, 206)),
        (b"nonsense\r\n\r\n", (Reason.CONNECT, None)),
        (b"", (Reason.CONNECT, None)),
        (reply(body=b"short", content_length="99"), (Reason.CONNECT, None)),
        (reply(body=b"x", X="y" * 200_000), (Reason.CONNECT, None)),
        (reply(body=b"x" * 100_001), (Reason.TOO_LARGE, None)),
        (reply(content_length="9" * 15), (Reason.TOO_LARGE, None)),
        (reply(body=b"x" * 100_001, content_length="", Transfer_Encoding="identity"), (Reason.CONNECT, None)),
        (reply(body=b"not gzip", Content_Encoding="gzip"), (Reason.BAD_ENCODING, None)),
        (reply(body=CUT, Content_Encoding="gzip"), (Reason.BAD_ENCODING, None)),
        (reply(body=b"x", Content_Encoding="br"), (Reason.BAD_ENCODING, None)),
        (reply(body=BOMB, Content_Encoding="gzip"), (Reason.TOO_LARGE, None)),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, bytes) else "",
)
def test_each_trouble_has_its_reason(
    world: "World", answer: bytes, reason: tuple[Reason, int | None]
) -> None:
    world.server.routes["/x"] = answer
    assert failed(world, f"{NAME}/x") == reason


def test_a_server_that_calls_a_whole_body_a_part_is_believed(world: "World") -> None:
    world.server.routes["/x"] = reply("206 Partial Content", b"whole", Content_Range="bytes 0-4/5")
    outcome = world.one(f"{NAME}/x")
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"whole"


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"text " * 99, mtime=0)),
        ("gzip", gzip.compress(b"text " * 50, mtime=0) + gzip.compress(b"text " * 49, mtime=0)),
        ("deflate", zlib.compress(b"text " * 99)),
        ("deflate", zlib.compress(b"text " * 99, wbits=-15)),
        ("identity", b"text " * 99),
    ],
)
def test_compressed_bodies_are_unpacked(world: "World", coding: str, packed: bytes) -> None:
    world.server.routes["/x"] = reply(body=packed, Content_Encoding=coding)
    outcome = world.one(f"{NAME}/x")
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"text " * 99


def test_a_slow_drip_ends_at_the_deadline_and_others_are_not_held_up(world: "World") -> None:
    def drip(_: "Seen") -> Iterator[bytes | float]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        for _n in range(60):
            yield b"x"
            yield 0.05

    world.server.routes["/drip"] = drip
    world.server.routes["/head"] = [2.5, reply(body=b"late")]
    world.server.routes["/ok"] = reply(body=b"ok")
    begun = time.monotonic()
    drip_end, head_end, ok = world.get(
        "http://a.example/drip", "http://b.example/head", "http://c.example/ok"
    )
    assert time.monotonic() - begun < 5.0
    assert isinstance(drip_end, Failed)
    assert isinstance(head_end, Failed)
    assert (drip_end.reason, head_end.reason) == (Reason.TIMEOUT, Reason.TIMEOUT)
    assert isinstance(ok, Fetched)


def test_a_silent_name_server_ends_in_a_timeout(world: "World") -> None:
    asked = threading.Event()
    let_go = threading.Event()

    def hang(host: str, port: int) -> list[tuple[str, int]]:
        asked.set()
        let_go.wait(5)
        return []

    limits = FetchLimits("x", delay_s=0, connect_timeout_s=0.2, deadline_s=1)
    with Fetcher(limits, clock=world.clock, resolve=hang) as fetcher:
        outcome = fetcher.fetch_many([FetchRequest(RawUrl("http://slow.test/"), FetchKind.FEED)])[0]
        let_go.set()
    assert asked.is_set()
    assert isinstance(outcome, Failed)
    assert outcome.reason == Reason.TIMEOUT


def test_an_answer_that_changes_after_the_check_changes_nothing(world: "World") -> None:
    """Rebinding: the second answer of the resolver leads inside; it is asked once and its answer is kept."""
    answers = iter([[("127.0.0.1", world.server.port)], [("10.0.0.8", 80)]])
    world.server.routes["/1"] = reply(body=b"outside")
    world.server.routes["/2"] = reply(body=b"again")
    limits = FetchLimits("x", delay_s=0, connect_timeout_s=3, deadline_s=5)
    allow = world.fetcher._backend._allow
    with Fetcher(limits, clock=world.clock, resolve=lambda h, p: next(answers), allow=allow) as fetcher:
        first, second = fetcher.fetch_many(
            [FetchRequest(RawUrl(f"http://rebind.test/{n}"), FetchKind.FEED) for n in (1, 2)]
        )
    assert isinstance(first, Fetched)
    assert isinstance(second, Failed)
    assert second.reason == Reason.PRIVATE_ADDRESS
    assert [seen.path for seen in world.server.seen] == ["/1"]


def test_a_host_that_asks_to_wait_is_left_alone_until_then(world: "World") -> None:
    world.server.routes["/busy"] = reply("429 Too Many Requests", Retry_After="120")
    world.server.routes["/next"] = reply(body=b"x")
    first, second = world.get(f"{NAME}/busy", f"{NAME}/next")
    assert isinstance(first, Failed)
    assert isinstance(second, Failed)
    assert (first.reason, first.status, first.retry_after_s) == (Reason.RATE_LIMITED, 429, 120.0)
    assert (second.reason, second.status, second.retry_after_s) == (Reason.RATE_LIMITED, None, 120.0)
    world.clock.set(world.clock() + timedelta(seconds=121))
    assert isinstance(world.one(f"{NAME}/next"), Fetched)


def test_retry_after_may_be_a_date_and_503_counts(world: "World") -> None:
    world.server.routes["/down"] = reply("503 Maintenance", Retry_After="Mon, 16 Nov 2026 06:05:00 GMT")
    outcome = world.one(f"{NAME}/down")
    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.retry_after_s) == (Reason.HTTP_5XX, 300.0)
    assert failed(world, f"{NAME}/other") == (Reason.RATE_LIMITED, None)


def test_a_conditional_request_sends_the_etag_exactly_and_takes_304(world: "World") -> None:
    def feed(seen: "Seen") -> bytes:
        fresh = seen.headers.get("if-none-match") == 'w/"5e-ä"'
        return reply("304 Not Modified") if fresh else reply(body=b"<rss/>", ETag='W/"5e-ä"')

    world.server.routes["/feed"] = feed
    first = world.one(f"{NAME}/feed")
    assert isinstance(first, Fetched)
    second = world.one(f"{NAME}/feed", etag=first.headers["etag"])
    assert second == NotModified(RawUrl(f"{NAME}/feed"), world.clock())


def test_robots_rules_hold_for_pages_and_lists_and_are_asked_once(world: "World") -> None:
    world.server.routes["/robots.txt"] = reply(
        body=b"User-agent: *\nDisallow: /admin\nUser-agent: CoverageMonitor\nDisallow: /shut*.html$\n"
    )
    for path in ("/open.html", "/shut-1.html", "/admin"):
        world.server.routes[path] = reply(body=b"x")
    page = FetchKind.PAGE
    outcomes = world.get(f"{NAME}/open.html", f"{NAME}/shut-1.html", f"{NAME}/admin", kind=page)
    assert [getattr(o, "reason", None) for o in outcomes] == [None, Reason.ROBOTS, None]
    assert failed(world, f"{NAME}/shut-1.html", FetchKind.LIST)[0] == Reason.ROBOTS
    assert isinstance(world.one(f"{NAME}/shut-1.html", FetchKind.FEED), Failed | Fetched)
    assert world.server.asked("/robots.txt") == 1
    world.clock.set(world.clock() + timedelta(hours=25))
    world.one(f"{NAME}/open.html", page)
    assert world.server.asked("/robots.txt") == 2


def test_a_redirect_into_a_part_that_robots_shuts_is_not_followed(world: "World") -> None:
    world.server.routes["/robots.txt"] = reply(body=b"User-agent: *\nDisallow: /shut")
    world.server.routes["/a"] = reply("302 Found", Location="/shut/b")
    world.server.routes["/shut/b"] = reply(body=b"x")
    assert failed(world, f"{NAME}/a", FetchKind.PAGE)[0] == Reason.ROBOTS
    assert world.server.asked("/shut/b") == 0


def test_an_unreachable_robots_file_shuts_the_site_for_half_an_hour(world: "World") -> None:
    world.server.routes["/robots.txt"] = reply("500 Oops")
    world.server.routes["/a"] = reply(body=b"x")
    outcome = world.one(f"{NAME}/a", FetchKind.PAGE)
    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.status) == (Reason.HTTP_5XX, None)
    assert "robots.txt" in outcome.detail
    world.server.routes["/robots.txt"] = reply("404 Not Found")
    world.clock.set(world.clock() + timedelta(minutes=31))
    assert isinstance(world.one(f"{NAME}/a", FetchKind.PAGE), Fetched)


def test_a_huge_robots_file_is_read_as_far_as_the_standard_asks(world: "World") -> None:
    rules = b"User-agent: *\nDisallow: /shut\n" + b"# filler\n" * 100_000 + b"Disallow: /\n"
    world.server.routes["/robots.txt"] = reply(body=rules)
    world.server.routes["/a"] = reply(body=b"x")
    assert isinstance(world.one(f"{NAME}/a", FetchKind.PAGE), Fetched)
    assert failed(world, f"{NAME}/shut", FetchKind.PAGE)[0] == Reason.ROBOTS


def test_a_kept_connection_that_the_server_closed_is_no_failure(world: "World") -> None:
    """The server announces keep-alive and closes; the next request must not be lost."""
    for n in range(4):
        body = f"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{n}".encode()
        world.server.routes[f"/{n}"] = body
    outcomes = world.get(*(f"{NAME}/{n}" for n in range(4)))
    assert [o.body for o in outcomes if isinstance(o, Fetched)] == [b"0", b"1", b"2", b"3"]


def fetch_from(world: "World", port: int, *urls: str, tls: ssl.SSLContext | None = None) -> list[Outcome]:
    """What a fetcher gives that finds every name at this loopback port."""
    with Fetcher(
        FetchLimits("x", delay_s=0, connect_timeout_s=3, deadline_s=5),
        clock=world.clock,
        resolve=lambda host, _: [("127.0.0.1", port)],
        allow=parse_allow(["127.0.0.1"]),
        tls=tls,
    ) as fetcher:
        return fetcher.fetch_many([FetchRequest(RawUrl(u), FetchKind.FEED) for u in urls])


def test_a_closed_port_ends_in_connect(world: "World") -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = fetch_from(world, port, "http://shut.test/")[0]
    assert isinstance(outcome, Failed)
    assert outcome.reason == Reason.CONNECT


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A TLS server for paper.example with a certificate that only those who are told trust."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command to make a certificate")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    name = ["-subj", "/CN=paper.example", "-addext", "subjectAltName=DNS:paper.example"]
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(
        [*command, *name, "-days", "2", "-keyout", key, "-out", cert], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def loop() -> None:
            while True:
                try:
                    plain, _ = listener.accept()
                except OSError:
                    return
                with (
                    plain,
                    contextlib.suppress(OSError),
                    context.wrap_socket(plain, server_side=True) as wrapped,
                ):
                    wrapped.recv(65536)
                    wrapped.sendall(reply(body=b"safe"))

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        yield listener.getsockname()[1], cert
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(2)


def test_tls_is_verified_against_the_name_of_the_url(world: "World", tls_server: tuple[int, Path]) -> None:
    port, cert = tls_server
    trusting = ssl.create_default_context(cafile=cert)
    unknown = fetch_from(world, port, "https://paper.example/")[0]
    known, other_name = fetch_from(
        world, port, "https://paper.example/", "https://other.example/", tls=trusting
    )
    assert isinstance(unknown, Failed)
    assert isinstance(known, Fetched)
    assert isinstance(other_name, Failed)
    assert (unknown.reason, known.body, other_name.reason) == (Reason.TLS, b"safe", Reason.TLS)


def test_a_proxy_in_the_environment_is_not_used(world: "World", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9/")
    world.server.routes["/x"] = reply(body=b"direct")
    assert isinstance(world.one(f"{NAME}/x"), Fetched)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (socket.EAI_NONAME, Reason.DNS),
        (socket.EAI_NODATA, Reason.DNS),
        (socket.EAI_AGAIN, Reason.CONNECT),
        (socket.EAI_FAIL, Reason.CONNECT),
    ],
)
def test_a_name_server_that_does_not_answer_says_nothing_about_the_name(
    world: "World", code: int, reason: Reason
) -> None:
    def resolve(host: str, port: int) -> list[tuple[str, int]]:
        raise socket.gaierror(code, "in the words of the system")

    with Fetcher(FetchLimits("x"), clock=world.clock, resolve=resolve) as fetcher:
        (outcome,) = fetcher.fetch_many([FetchRequest(RawUrl(f"{NAME}/x"), FetchKind.FEED)])
    assert isinstance(outcome, Failed)
    assert (outcome.reason, "in the words of the system" in outcome.detail) == (reason, True)


def test_the_pause_between_two_requests_to_a_host_is_kept(world: "World") -> None:
    world.server.routes["/x"] = reply(body=b"x")
    limits = FetchLimits("x", delay_s=0.1)
    resolve = world.fetcher._backend._resolve
    allow = world.fetcher._backend._allow
    with Fetcher(limits, clock=world.clock, resolve=resolve, allow=allow) as fetcher:
        begun = time.monotonic()
        fetcher.fetch_many([FetchRequest(RawUrl(f"{NAME}/x"), FetchKind.FEED)] * 3)
        assert time.monotonic() - begun >= 2 * 0.75 * 0.1


def test_a_contact_cannot_break_the_header() -> None:
    assert user_agent("1.0", "mailto:a@b\r\nX: y — ж") == "CoverageMonitor/1.0 (+mailto:a@bX: y)"
    assert user_agent("1.0", "") == "CoverageMonitor/1.0"
