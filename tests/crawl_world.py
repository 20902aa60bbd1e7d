"""Two papers, a database, a network by address and a clock: what tests of the crawl's stages share."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from monitor.articles.rawpage import RawPage
from monitor.articles.tables import articles
from monitor.articles.types import Extracted
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.ids import PlaceId, SourceId
from monitor.core.ledger import Reason
from monitor.core.ledger_store import ledger
from monitor.core.urls import normalise
from monitor.core.workers import Unread
from monitor.crawl.interval import PollPolicy
from monitor.crawl.pages import fetch_pages
from monitor.crawl.poll import poll_due
from monitor.crawl.reading import read_body
from monitor.crawl.store import put_sources
from monitor.crawl.tables import checks, feeds, sources
from monitor.crawl.types import (
    Failed,
    FeedSpec,
    Fetched,
    FetchRequest,
    NotModified,
    Outcome,
    ParsedFeed,
    Source,
)

NOW = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
POLICY = PollPolicy(timedelta(minutes=10), timedelta(hours=24), timedelta(days=30))


def source(name: str, *urls: str, **changes: Any) -> Source:
    specs = tuple(FeedSpec(url, "rss") for url in urls or [f"http://{name}.example/feed"])
    return replace(
        Source(
            id=SourceId(name), name=name.title(), name_en=name, kind="district_paper", country="BY",
            region=PlaceId("by-mogilev-region"), district=None, languages=("ru",), site=f"http://{name}.example/",
            feeds=specs, zone="Europe/Minsk", show="full", enabled=True, why_not="", notes="",
        ),
        **changes,
    )  # fmt: skip


def rss(*links: str) -> bytes:
    items = "".join(
        f"<item><title>Новость {n}</title><link>{link}</link>"
        f"<pubDate>Sun, 15 Nov 2026 {10 + n}:00:00 +0300</pubDate></item>"
        for n, link in enumerate(links)
    )
    return f'<rss version="2.0"><channel><title>t</title><link>x</link>{items}</channel></rss>'.encode()


def read_now(spec: FeedSpec, fetched: Fetched, zone: ZoneInfo) -> Future[ParsedFeed | Unread]:
    """The entries of a body, read in this process."""
    answer: Future[ParsedFeed | Unread] = Future()
    try:
        answer.set_result(read_body(spec, fetched, zone=zone, months={}))
    except KeyError as error:  # no reader of this kind; as a worker answers to a bug
        answer.set_result(Unread(Reason.CRASHED, f"KeyError: {error}"))
    return answer


class FakeFetch:
    """The network by address; what it does not know is a name that cannot be resolved."""

    def __init__(self, clock: SettableClock) -> None:
        self.clock = clock
        self.answers: dict[str, bytes | Outcome | Callable[[FetchRequest], Outcome]] = {}
        self.asked: list[FetchRequest] = []

    def __call__(self, requests: Sequence[FetchRequest]) -> list[Outcome]:
        self.asked += requests
        return [self._one(request) for request in requests]

    def _one(self, request: FetchRequest) -> Outcome:
        answer = self.answers.get(request.url)
        if callable(answer):
            return answer(request)
        if isinstance(answer, bytes):
            return Fetched(request.url, request.url, 200, {"content-type": "text/xml"}, answer, self.clock())
        return answer or Failed(request.url, Reason.DNS, self.clock(), "no such name")


class LivePaper:
    """A paper whose list shows the last stories that are out, with an ETag: honest, or the same for ever."""

    def __init__(
        self, clock: SettableClock, host: str, out_at: Sequence[datetime], *, shows: int = 10
    ) -> None:
        self.clock = clock
        self.host = host
        self.out_at = sorted(out_at)
        self.shows = shows
        self.is_lying = False
        self.is_down = False
        self.headers: dict[str, str] = {}
        self.asked: list[FetchRequest] = []

    def url(self, n: int) -> str:
        """Address of the n-th story."""
        return f"http://{self.host}/{n}"

    def shown(self) -> list[int]:
        """Numbers of the stories that the list shows now, the newest first."""
        out = [n for n, at in enumerate(self.out_at) if at <= self.clock()]
        return out[::-1][: self.shows]

    def feed(self, request: FetchRequest) -> Outcome:
        """What the server answers."""
        self.asked.append(request)
        url, now = request.url, self.clock()
        if self.is_down:
            return Failed(url, Reason.CONNECT, now, "refused")
        shown = self.shown()
        mark = '"for ever"' if self.is_lying else f'"{shown[0] if shown else 0}"'
        if request.etag == mark:
            return NotModified(url, now)
        body = "".join(
            f"<item><title>Новость {n}</title><link>{self.url(n)}</link>"
            f"<pubDate>{format_datetime(self.out_at[n])}</pubDate></item>"
            for n in shown
        )
        whole = f'<rss version="2.0"><channel><title>t</title><link>x</link>{body}</channel></rss>'
        headers = {"content-type": "text/xml", "etag": mark, **self.headers}
        return Fetched(url, url, 200, headers, whole.encode(), now)


def read(page: RawPage) -> Future[Extracted | Unread]:
    """A page is `text|canonical`; "crash" ends the process that reads it, "" has no text."""
    answer: Future[Extracted | Unread] = Future()
    text, _, canonical = page.body.decode().partition("|")
    if text == "crash":
        answer.set_result(Unread(Reason.CRASHED, "the worker died: signal 11"))
        return answer
    reason = None if text else Reason.NO_TEXT
    own = normalise(canonical, page.url) if canonical else None
    answer.set_result(Extracted("", text, "", None, "", "ru", own, 0.5, reason))
    return answer


class World:
    """Two papers, a database, a network and a clock."""

    def __init__(self, db: Db) -> None:
        self.db = db
        self.clock = SettableClock(NOW)
        self.fetch = FakeFetch(self.clock)
        self.clustered: list[int] = []
        with db.begin() as tx:
            put_sources(tx, [source("gorki"), source("shklov")], at=NOW)
        self.fetch.answers |= {
            "http://gorki.example/feed": rss("http://gorki.example/1", "http://gorki.example/2"),
            "http://shklov.example/feed": rss("http://shklov.example/1", "http://gorki.example/2"),
            "http://gorki.example/1": b"one",
            "http://gorki.example/2": b"two",
            "http://shklov.example/1": b"three",
        }

    def poll(self, **options: Any) -> Counts:
        return poll_due(
            db=self.db, fetch_many=self.fetch, clock=self.clock, policy=POLICY, read=read_now, **options
        )

    def cluster(self, tx: Tx, *, article_id: int, title: str, text: str, published_at: datetime) -> None:
        self.clustered.append(article_id)
        tx.execute(sa.update(articles).where(articles.c.id == article_id).values(cluster_id=article_id))

    def pages(self, cluster: Callable[..., object] | None = None, **options: Any) -> Counts:
        return fetch_pages(
            db=self.db,
            fetch_many=self.fetch,
            read=read,
            assign_cluster=cluster or self.cluster,
            clock=self.clock,
            **options,
        )

    def rows(self, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
        with self.db.begin() as tx:
            return [tuple(row) for row in tx.execute(query)]

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables that the crawl writes, in the order of their keys.

        PostgreSQL's sequences do not take numbers back that a killed transaction drew: there the numbers
        themselves are left out, their order is not.
        """
        found = {}
        for table in (sources, feeds, checks, articles, ledger):
            drawn = {"id", "cluster_id"} if table is not sources and not self.db.is_sqlite else set()
            query = sa.select(*(c for c in table.columns if c.name not in drawn)).order_by(table.c.id)
            if table is ledger and drawn:
                query = query.where(ledger.c.stage != "extract")  # its items are numbers of articles
            found[table.name] = self.rows(query)
        return found

    def states(self) -> list[tuple[Any, ...]]:
        columns = (articles.c.id, articles.c.source_id, articles.c.url, articles.c.state)
        return self.rows(sa.select(*columns).order_by(articles.c.id))

    def reasons(self, stage: str) -> list[tuple[Any, ...]]:
        query = sa.select(ledger.c.item, ledger.c.ending, ledger.c.reason).where(ledger.c.stage == stage)
        return self.rows(query.order_by(ledger.c.item))
