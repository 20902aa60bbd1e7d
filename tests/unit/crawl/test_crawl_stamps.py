"""Dates that a template gives to every page, told from a story's own by the outlet's other stories."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import sqlalchemy as sa

from monitor.articles.rawpage import RawPage
from monitor.articles.tables import articles
from monitor.articles.types import Extracted
from monitor.core.db import Db
from monitor.core.ids import ArticleId, PageUrl, SourceId
from monitor.core.ledger_store import ledger
from monitor.core.workers import Unread
from monitor.crawl.decide_page import ListedPage
from monitor.crawl.pages import fetch_pages
from monitor.crawl.stamps import Others, is_templates
from tests.crawl_world import NOW, World
from tests.crawl_world import read as read_plainly

DAY = timedelta(days=1)
MADE = datetime(2019, 2, 3, 6, 0, tzinfo=UTC)  # the day on which the site was made
Dated = Callable[[RawPage], datetime]


class Paper:
    """An outlet whose feed lists what it is told, each page dated by `dated`."""

    def __init__(self, world: World, dated: Dated) -> None:
        self.world, self.dated, self.listed = world, dated, list[tuple[str, datetime | None]]()

    def lists(self, name: str, published: datetime | None = None) -> None:
        self.listed.append((name, published))

    def crawl(self, at: datetime) -> None:
        items = "".join(
            f"<item><title>{name}</title><link>http://gorki.example/{name}</link>"
            + (f"<pubDate>{format_datetime(at)}</pubDate>" if at else "")
            + "</item>"
            for name, at in self.listed
        )
        feed = f'<rss version="2.0"><channel><title>t</title><link>x</link>{items}</channel></rss>'
        answers = {f"http://gorki.example/{name}": name.encode() for name, _ in self.listed}
        self.world.fetch.answers |= {"http://gorki.example/feed": feed.encode(), **answers}
        self.world.clock.set(at)
        self.world.poll(source_id="gorki", everything=True)
        fetch_pages(
            db=self.world.db, fetch_many=self.world.fetch, read=self._read, source_id="gorki",
            assign_cluster=self.world.cluster, clock=self.world.clock,
        )  # fmt: skip

    def _read(self, page: RawPage) -> Future[Extracted | Unread]:
        answer: Future[Extracted | Unread] = Future()
        found = read_plainly(page).result()
        assert isinstance(found, Extracted)
        answer.set_result(replace(found, published_at=self.dated(page), published_from="meta"))
        return answer

    def dates(self) -> dict[str, tuple[datetime, str]]:
        query = sa.select(articles.c.listed_url, articles.c.published_at, articles.c.published_from)
        return {url.rpartition("/")[2]: (at, how) for url, at, how in self.world.rows(query)}


@pytest.fixture
def paper(db: Db) -> Callable[[Dated], Paper]:
    return lambda dated: Paper(World(db), dated)


def test_a_date_that_all_pages_have_does_not_stand_against_the_feeds(paper: Callable[[Dated], Paper]) -> None:
    it = paper(lambda page: MADE)
    for n in range(4):
        it.lists(f"story{n}", NOW - n * DAY)
    it.crawl(NOW)
    assert [how for _, how in it.dates().values()] == ["meta", "meta", "meta", "feed"]
    it.lists("next", NOW + DAY)
    it.crawl(NOW + DAY)
    assert it.dates()["next"] == (NOW + DAY, "feed")
    told = it.world.rows(sa.select(ledger.c.detail).where(ledger.c.detail != "", ledger.c.stage == "extract"))
    assert told == [("2019-02-03 06:00 UTC is the date of all its pages",)] * 2


def test_where_the_feed_gives_none_a_later_story_counts_when_it_was_first_seen(
    paper: Callable[[Dated], Paper],
) -> None:
    it = paper(lambda page: MADE)
    for n in range(12):
        it.lists(f"old{n}")
    it.crawl(NOW)
    assert {how for _, how in it.dates().values()} == {"meta"}  # it may be an edition of that day
    for day in (1, 2):
        it.lists(f"new{day}")
        it.crawl(NOW + day * DAY)
        assert it.dates()[f"new{day}"] == (NOW + day * DAY, "first_seen")


def test_todays_date_on_every_page_does_not_stand_against_the_feeds(paper: Callable[[Dated], Paper]) -> None:
    it = paper(lambda page: page.now.replace(hour=3, minute=0))
    for n in range(6):
        it.lists(f"story{n}", NOW - (n + 2) * DAY)
    it.crawl(NOW)
    assert [how for _, how in it.dates().values()] == ["meta"] * 3 + ["feed"] * 3


def test_the_moment_of_the_visit_does_not_stand_against_the_feeds(paper: Callable[[Dated], Paper]) -> None:
    it = paper(lambda page: page.now)
    it.lists("one", NOW - 2 * DAY)
    it.lists("fresh", NOW - timedelta(hours=3))
    it.crawl(NOW)
    assert it.dates() == {"one": (NOW - 2 * DAY, "feed"), "fresh": (NOW, "meta")}


def test_an_edition_with_one_date_keeps_it(paper: Callable[[Dated], Paper]) -> None:
    issue = {"a": NOW - 20 * DAY, "b": NOW - 13 * DAY}
    it = paper(lambda page: issue[page.url[-2]])
    for n in range(5):
        it.lists(f"a{n}")
        it.lists(f"b{n}")
    it.crawl(NOW)
    it.lists("a8")  # an older page that is listed late
    it.crawl(NOW + DAY)
    assert {name: at for name, (at, _) in it.dates().items()} == {n: issue[n[0]] for n in it.dates()}


PAGE = ListedPage(
    ArticleId(1),
    SourceId("gorki"),
    PageUrl("http://gorki.example/1"),
    "",
    "",
    "",
    None,
    "",
    NOW,
    0,
    "Europe/Minsk",
)
ALL = Others([NOW - DAY] * 3, has_other_dates=False)


@pytest.mark.parametrize(
    ("at", "feed", "others", "is_it"),
    [
        (MADE, None, ALL, True),
        (MADE, None, Others([NOW - DAY] * 2, has_other_dates=False), False),
        (MADE, None, Others([NOW - DAY] * 3, has_other_dates=True), False),
        (MADE, None, Others([NOW] * 3, has_other_dates=False), False),  # of the same list
        (NOW - 7 * DAY, None, ALL, False),
        (MADE, MADE + DAY, ALL, False),
        (MADE, MADE + DAY * 1.01, ALL, True),
        (MADE, NOW, Others([], has_other_dates=True), False),
        (NOW - timedelta(hours=5), None, Others([NOW] * 3, has_other_dates=True), True),
        (NOW + timedelta(minutes=10), NOW - 2 * DAY, Others([], has_other_dates=True), True),
        (NOW + timedelta(minutes=11), NOW - 2 * DAY, Others([], has_other_dates=True), False),
    ],
)
def test_what_speaks_against_a_date(at: datetime, feed: datetime | None, others: Others, is_it: bool) -> None:
    assert is_templates(at, replace(PAGE, published_at=feed), others, visited_at=NOW) is is_it
