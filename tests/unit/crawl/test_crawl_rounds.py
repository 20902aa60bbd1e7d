"""One host cannot hold up the round: few pages in a batch, none after it hung, and an end after a while."""

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.ids import ArticleId, PageUrl
from monitor.core.ledger import Reason
from monitor.crawl.rounds import BATCH, HANGS, batches
from monitor.crawl.types import Failed, Fetched, FetchKind, FetchRequest, Outcome
from tests.crawl_world import NOW, FakeFetch, World, rss


def page(n: int, host: str) -> tuple[ArticleId, PageUrl]:
    return ArticleId(n), PageUrl(f"http://{host}/{n}")


def test_batches_have_few_pages_of_a_host_and_keep_the_order_else() -> None:
    due = [*(page(n, "deep.example") for n in range(7)), page(7, "a.example"), page(8, "b.example")]
    assert batches(due) == [[0, 1, 2, 7, 8], [3, 4, 5], [6]]
    assert batches([]) == []
    many = [page(n, f"{n % 20}.example") for n in range(100)]
    cut = batches(many)
    assert sorted(n for batch in cut for n in batch) == list(range(100))
    assert [len(batch) for batch in cut] == [BATCH, BATCH, BATCH, 4]


def test_posts_of_channels_are_no_requests() -> None:
    assert batches([page(n, "t.me") for n in range(BATCH + 1)]) == [list(range(BATCH)), [BATCH]]


class SlowFetch:
    """Each page of a host takes its time, one after the other; hosts at once."""

    def __init__(self, world: World, seconds: dict[str, float]) -> None:
        self.inner, self.clock, self.seconds = world.fetch, world.clock, seconds
        self.asked: Tally[str] = Tally()

    def __call__(self, requests: Sequence[FetchRequest]) -> list[Outcome]:
        pages = [request for request in requests if request.kind is FetchKind.PAGE]
        if not pages:
            return self.inner(requests)
        hosts = Tally(urlsplit(request.url).hostname or "" for request in pages)
        self.asked += hosts
        took = max(n * self.seconds[host] for host, n in hosts.items())
        self.clock.set(self.clock() + timedelta(seconds=took))
        return [self._one(request) for request in pages]

    def _one(self, request: FetchRequest) -> Outcome:
        if self.seconds[urlsplit(request.url).hostname or ""] >= 60:
            return Failed(request.url, Reason.TIMEOUT, self.clock(), "no whole answer")
        return Fetched(request.url, request.url, 200, {}, request.url.encode(), self.clock())


@pytest.fixture
def world(db: Db) -> World:
    world = World(db)
    feed = rss(*(f"http://gorki.example/{n}" for n in range(12)))
    world.fetch.answers["http://gorki.example/feed"] = feed
    world.fetch.answers["http://shklov.example/feed"] = rss("http://shklov.example/1")
    world.poll()
    return world


def slow(world: World, **seconds: float) -> SlowFetch:
    fetch = SlowFetch(world, {f"{name}.example": number for name, number in seconds.items()})
    world.fetch = fetch  # type: ignore[assignment]
    return fetch


def test_a_host_that_hangs_costs_three_waits_and_no_other_page_a_try(world: World) -> None:
    assert isinstance(world.fetch, FakeFetch)
    fetch = slow(world, gorki=60, shklov=5)
    assert world.pages() == Counts(later=12, ready=1)
    assert fetch.asked == {"gorki.example": HANGS, "shklov.example": 1}
    assert world.clock() - NOW == timedelta(minutes=HANGS)
    tries = sa.select(articles.c.fetch_attempts, sa.func.count()).where(articles.c.source_id == "gorki")
    assert world.rows(tries.group_by(articles.c.fetch_attempts).order_by(articles.c.fetch_attempts)) == [
        (0, 12 - HANGS),
        (1, HANGS),
    ]
    assert world.pages() == Counts()
    world.clock.set(world.clock() + timedelta(hours=1))
    fetch.seconds["gorki.example"] = 5
    assert world.pages() == Counts(ready=12)


def test_a_round_ends_after_its_time_and_what_is_left_stays_due(world: World) -> None:
    fetch = slow(world, gorki=20, shklov=20)
    first = world.pages(budget=timedelta(minutes=2))
    assert first == Counts(ready=7)
    assert world.clock() - NOW == timedelta(minutes=2)
    assert world.pages(budget=None) == Counts(ready=6)
    assert fetch.asked == {"gorki.example": 12, "shklov.example": 1}
