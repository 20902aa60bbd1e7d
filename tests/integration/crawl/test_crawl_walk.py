"""Poll and page fetching over real sockets: what a hostile or polite site does stands in the database."""

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from monitor.articles.rawpage import RawPage
from monitor.articles.tables import articles
from monitor.articles.types import Extracted
from monitor.core import schema
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.ids import PlaceId, SourceId
from monitor.core.ledger_store import ledger
from monitor.core.workers import Unread
from monitor.crawl.interval import PollPolicy
from monitor.crawl.pages import fetch_pages
from monitor.crawl.poll import poll_due
from monitor.crawl.store import put_sources
from monitor.crawl.tables import feeds
from monitor.crawl.types import FeedSpec, Source
from tests.crawl_world import read_now

if TYPE_CHECKING:
    from conftest import Seen, World

POLICY = PollPolicy(timedelta(minutes=10), timedelta(hours=24), timedelta(days=30))
RSS = (
    b'<rss version="2.0"><channel><title>t</title><link>x</link>'
    b"<item><title>A</title><link>http://paper.example/open</link></item>"
    b"<item><title>B</title><link>http://paper.example/shut/b</link></item>"
    b"<item><title>C</title><link>http://paper.example/trap</link></item>"
    b"<item><title>D</title><link>http://10.0.0.8/admin</link></item></channel></rss>"
)


def reply(status: str, body: bytes = b"", *headers: str) -> bytes:
    head = "".join(f"{h}\r\n" for h in (*headers, f"Content-Length: {len(body)}", "Connection: close"))
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def text_of(page: RawPage) -> Future[Extracted | Unread]:
    answer: Future[Extracted | Unread] = Future()
    answer.set_result(Extracted("", page.body.decode(), "", page.now, "meta", "ru", None, 1.0, None))
    return answer


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Db]:
    one = Db(f"sqlite:///{tmp_path / 'walk.sqlite'}")
    schema.upgrade(one)
    yield one
    one.close()


def put(db: Db, world: "World", *urls: str) -> None:
    with db.begin() as tx:
        put_sources(tx, [paper(f"p{n}", url) for n, url in enumerate(urls)], at=world.clock())


def paper(name: str, url: str) -> Source:
    return Source(
        id=SourceId(name), name=name, name_en=name, kind="district_paper", country="BY", district=None,
        region=PlaceId("by-mogilev-region"), languages=("ru",), site="", feeds=(FeedSpec(url, "rss"),),
        zone="Europe/Minsk", show="full", enabled=True, why_not="", notes="",
    )  # fmt: skip


def poll(db: Db, world: "World") -> Counts:
    return poll_due(
        db=db, fetch_many=world.fetcher.fetch_many, clock=world.clock, policy=POLICY, read=read_now
    )


def rows(db: Db, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
    with db.begin() as tx:
        return [tuple(row) for row in tx.execute(query)]


def test_a_feed_that_leads_inside_is_refused_and_recorded(world: "World", db: Db) -> None:
    world.server.routes["/feed"] = reply("302 Found", b"", "Location: http://10.0.0.8/secret")
    put(
        db,
        world,
        "http://trap.example/feed",
        "http://192.168.0.1/feed",
        "http://nowhere.test/feed?key=secret",
    )
    assert poll(db, world) == Counts(checked=3, failed=3)
    query = sa.select(ledger.c.source_id, ledger.c.reason, ledger.c.detail).order_by(ledger.c.source_id)
    assert rows(db, query) == [
        ("p0", "private_address", "10.0.0.8: 10.0.0.8 is private"),
        ("p1", "private_address", "192.168.0.1: 192.168.0.1 is private"),
        ("p2", "dns", "nowhere.test: no such name"),
    ]
    assert [seen.path for seen in world.server.seen] == ["/feed"]


def test_pages_end_each_in_its_own_reason_and_nothing_forbidden_is_asked(world: "World", db: Db) -> None:
    world.server.routes |= {
        "/feed": reply("200 OK", RSS),
        "/robots.txt": reply("200 OK", b"User-agent: *\nDisallow: /shut"),
        "/open": reply("200 OK", "Текст.".encode()),
        "/shut/b": reply("200 OK", b"no"),
        "/trap": reply("301 Moved", b"", "Location: http://169.254.169.254/latest/"),
    }
    put(db, world, "http://paper.example/feed")
    assert poll(db, world) == Counts(checked=1, new=4)
    done = fetch_pages(
        db=db,
        fetch_many=world.fetcher.fetch_many,
        read=text_of,
        assign_cluster=lambda tx, **_: None,
        clock=world.clock,
    )
    assert done == Counts(ready=1, dead=2, later=1)
    query = sa.select(articles.c.listed_url, articles.c.state, ledger.c.reason).join(
        ledger, ledger.c.item == articles.c.listed_url
    )
    assert rows(db, query.order_by(articles.c.id)) == [
        ("http://paper.example/open", "ready", "ok"),
        ("http://paper.example/shut/b", "listed", "robots"),
        ("http://paper.example/trap", "dead", "private_address"),
        ("http://10.0.0.8/admin", "dead", "private_address"),
    ]
    assert [seen.path for seen in world.server.seen] == ["/feed", "/robots.txt", "/open", "/trap"]


def test_a_feed_is_not_sent_twice_and_a_busy_host_is_left_alone(world: "World", db: Db) -> None:
    def feed(seen: "Seen") -> bytes:
        if world.server.asked("/feed") == 3:
            return reply("429 Too Many Requests", b"", "Retry-After: 7200")
        if seen.headers.get("if-none-match") == '"v1"':
            return reply("304 Not Modified")
        return reply("200 OK", RSS, 'ETag: "v1"')

    world.server.routes["/feed"] = feed
    put(db, world, "http://paper.example/feed")
    seen = []
    for _ in range(3):
        seen.append(poll(db, world))
        world.clock.set(world.clock() + timedelta(days=1))
    assert seen == [Counts(checked=1, new=4), Counts(checked=1, unchanged=1), Counts(checked=1, failed=1)]
    asked_again = rows(db, sa.select(feeds.c.next_check_at, feeds.c.etag, feeds.c.failures))
    assert asked_again == [(world.clock() - timedelta(days=1) + timedelta(hours=2), '"v1"', 1)]
