"""The fetcher against many hosts that each take a little too much: names, rules, waits."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.core.ledger import Reason
from monitor.crawl.fetcher import Fetcher, FetchLimits
from monitor.crawl.types import Failed, Fetched, FetchKind, FetchRequest, Outcome, RawUrl

if TYPE_CHECKING:
    from conftest import World

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"


def robots(text: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(text) + text


def reasons(outcomes: Sequence[Outcome]) -> list[Reason | None]:
    return [outcome.reason if isinstance(outcome, Failed) else None for outcome in outcomes]


def test_names_that_are_never_answered_do_not_hold_up_the_others(world: "World") -> None:
    world.server.routes["/x"] = OK
    let_go = threading.Event()

    def resolve(host: str, port: int) -> list[tuple[str, int]]:
        if host.startswith("hangs"):
            let_go.wait(10)
        return [("127.0.0.1", world.server.port)]

    limits = FetchLimits("x", concurrency=2, delay_s=0, connect_timeout_s=0.3, deadline_s=2)
    urls = [*(f"http://hangs{n}.test/x" for n in range(6)), "http://good.test/x"]
    allow = world.fetcher._backend._allow
    with Fetcher(limits, clock=world.clock, resolve=resolve, allow=allow) as fetcher:
        outcomes = fetcher.fetch_many([FetchRequest(RawUrl(url), FetchKind.FEED) for url in urls])
        let_go.set()
    assert reasons(outcomes) == [Reason.TIMEOUT] * 6 + [None]


def test_rules_of_many_hosts_are_kept_only_as_far_as_memory_goes(world: "World") -> None:
    rules = b"User-agent: *\n" + b"Allow: /x\n" * 45_000
    world.server.routes |= {"/robots.txt": robots(rules), "/x": OK}
    for n in (0, 1, 2, 3, 4, 4, 0):
        assert isinstance(world.one(f"http://h{n}.example/x", FetchKind.PAGE), Fetched)
    asked = [seen.headers["host"] for seen in world.server.seen if seen.path == "/robots.txt"]
    assert asked == [f"h{n}.example" for n in (0, 1, 2, 3, 4, 0)]


def test_a_site_that_wants_long_pauses_gets_one_page_a_round_and_its_feed(world: "World") -> None:
    world.server.routes |= {"/robots.txt": robots(b"User-agent: *\nCrawl-delay: 90"), "/x": OK, "/y": OK}
    urls = [f"http://slow.example/{path}" for path in ("x", "y", "x")]
    outcomes = world.get(*urls, kind=FetchKind.PAGE)
    assert reasons(outcomes) == [None, Reason.RATE_LIMITED, Reason.RATE_LIMITED]
    last = outcomes[-1]
    assert isinstance(last, Failed)
    assert last.status is None  # not asked: no attempt is counted
    assert last.retry_after_s is not None
    assert timedelta(seconds=30) < timedelta(seconds=last.retry_after_s) <= timedelta(seconds=135)
    assert [seen.path for seen in world.server.seen] == ["/robots.txt", "/x"]
