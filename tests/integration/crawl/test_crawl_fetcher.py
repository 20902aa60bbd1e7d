"""The fetcher against a server that misbehaves: each case ends in its own value, soon, and nothing raises."""

import gzip
import time
import zlib
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest

from monitor.core.ledger import Reason
from monitor.crawl.fetcher import Fetcher, FetchLimits, user_agent
from monitor.crawl.types import Failed, Fetched, FetchKind, FetchRequest, NotModified, RawUrl

if TYPE_CHECKING:
    from conftest import Seen, World
from tests.raw_replies import NAME, failed, reply

CUT = gzip.compress(b"x" * 999, mtime=0)[:-9]
BOMB = gzip.compress(bytes(50_000_000), mtime=0)


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
