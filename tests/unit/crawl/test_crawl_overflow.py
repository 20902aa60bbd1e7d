"""Every item of a poll is new: the pace goes up, other lists are looked at, an open hole is not observed."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.ids import PageUrl, RawUrl, SourceId
from monitor.core.ledger import Reason
from monitor.crawl.overflow import closes, lists_beside
from monitor.crawl.poll import BATCH
from monitor.crawl.store import put_sources
from monitor.crawl.tables import checks, feeds
from monitor.crawl.types import Entry, Failed, FeedSpec, FeedState, Fetched, FetchRequest
from monitor.gaps.watching import watched_sources
from tests.crawl_world import NOW, POLICY, LivePaper, World, rss, source

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED, MAP, LIST = (f"http://gorki.example/{name}" for name in ("feed", "sitemap.xml", "news"))
RULES = {"item": "li", "link": "a"}


def entry(n: int, age: timedelta | None = None) -> Entry:
    return Entry(PageUrl(f"http://gorki.example/{n}"), f"{n}", None if age is None else NOW - age, "feed")


def page(n: int) -> PageUrl:
    return entry(n).url


@pytest.mark.parametrize(
    ("listed", "known", "closed"),
    [
        ([entry(n) for n in range(9)], {page(0), page(1)}, True),
        ([entry(n) for n in range(9)], {page(0)}, False),  # one old story may be pinned to the top
        ([entry(n) for n in range(9)], set(), False),
        ([entry(1, 3 * DAY), entry(2, 2 * DAY), entry(7)], set(), True),  # by their dates
        ([entry(1, 3 * DAY), entry(2, HOUR), entry(7)], set(), False),
        ([entry(n) for n in range(5)], {page(0), page(1)}, False),  # none of the new ones: another part
        ([], set(), False),
    ],
)
def test_a_list_closes_a_hole_if_it_shows_both_of_its_sides(
    listed: list[Entry], known: set[PageUrl], closed: bool
) -> None:
    assert closes(listed, known, [entry(n) for n in (6, 7, 8)], NOW - DAY) is closed


def test_lists_and_sitemaps_are_looked_at_before_other_feeds_and_channels_never() -> None:
    kinds = ("rss", "rss", "telegram", "sitemap", "json", "html_list")
    feeds_ = [(kind, FeedState(SourceId("gorki"), f"{n}")) for n, kind in enumerate(kinds)]
    assert [state.feed_url for state in lists_beside(feeds_, feeds_[0][1])] == ["5", "3", "4"]
    assert lists_beside(feeds_[:1], feeds_[0][1]) == []


class Press(World):
    """A paper with a short feed and, where wished, a sitemap and a list; NOW is its first poll."""

    def __init__(self, db: Db, *others: FeedSpec, out_of: int = 40) -> None:
        super().__init__(db)
        specs = (FeedSpec(FEED, "rss"), *others)
        with db.begin() as tx:
            put_sources(tx, [source("gorki", feeds=specs)], at=NOW)
        self.paper = LivePaper(
            self.clock, "gorki.example", [NOW + (n - 6) * HOUR for n in range(out_of)], shows=5
        )
        self.fetch.answers[FEED] = self.paper.feed
        self.fetch.answers[MAP] = self.sitemap
        self.fetch.answers[LIST] = self.list_page

    def sitemap(self, request: FetchRequest) -> Fetched:
        links = "".join(f"<url><loc>{self.paper.url(n)}</loc></url>" for n in self.out())
        text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{links}</urlset>'
        return self.body(request, text)

    def list_page(self, request: FetchRequest) -> Fetched:
        links = "".join(f'<li><a href="{self.paper.url(n)}">Новость {n}</a></li>' for n in self.out()[-20:])
        return self.body(request, f"<html><body><ul>{links}</ul></body></html>")

    def out(self) -> list[int]:
        return [n for n, at in enumerate(self.paper.out_at) if at <= self.clock()]

    def body(self, request: FetchRequest, text: str) -> Fetched:
        return Fetched(request.url, request.url, 200, {}, text.encode(), self.clock())

    def checked(self) -> list[tuple[Any, ...]]:
        """The checks of this moment: feed, reason, whether it is an overflow, pages that were new."""
        columns = (checks.c.feed_url, checks.c.reason, checks.c.overflow, checks.c.n_new)
        return self.rows(sa.select(*columns).where(checks.c.at == self.clock()).order_by(checks.c.id))

    def waits(self) -> timedelta:
        query = sa.select(feeds.c.next_check_at).where(feeds.c.url == FEED)
        return self.rows(query)[0][0] - self.clock()


def test_a_hole_that_the_sitemap_shows_is_closed_in_the_same_run(db: Db) -> None:
    press = Press(db, FeedSpec(MAP, "sitemap"))
    assert press.poll() == Counts(checked=2, new=7)  # five in the feed, two more in the sitemap
    with db.begin() as tx:  # the sitemap is not due
        tx.execute(sa.update(feeds).where(feeds.c.url == MAP).values(next_check_at=NOW + 9 * DAY))
    press.clock.set(NOW + 20 * HOUR)
    assert press.poll() == Counts(checked=2, new=20)
    assert press.checked() == [(FEED, "ok", False, 5), (MAP, "ok", False, 20)]
    assert press.waits() == POLICY.min_interval
    (detail, warnings) = press.rows(
        sa.select(checks.c.detail, checks.c.warnings).where(
            checks.c.at == press.clock(), checks.c.feed_url == FEED
        )
    )[0]
    assert detail == f"all 5 entries are new; what lies between them stands in {MAP}"
    assert warnings == [f"overflow_closed: {MAP}"]
    assert len(press.states()) == 27  # every story that came out, each once


def test_a_list_page_that_waits_in_the_same_round_is_asked_once(db: Db) -> None:
    press = Press(db, FeedSpec(LIST, "html_list", "", RULES))
    press.poll()
    with db.begin() as tx:  # the list is the last of the round
        tx.execute(sa.update(feeds).where(feeds.c.url == LIST).values(next_check_at=NOW + 9 * DAY))
    press.clock.set(NOW + 12 * HOUR)
    press.fetch.asked.clear()
    press.poll(everything=True)
    assert sorted(request.url for request in press.fetch.asked) == [FEED, LIST]
    assert [row[:3] for row in press.checked()] == [(FEED, "ok", False), (LIST, "ok", False)]
    assert len(press.states()) == 19


def test_a_list_of_the_batch_that_is_fetched_meanwhile_is_asked_once(db: Db) -> None:
    press = Press(db, FeedSpec(LIST, "html_list", "", RULES))
    many = [source(f"paper{n}") for n in range(BATCH + 8)]  # the list comes after them, its feed before
    with db.begin() as tx:
        specs = (FeedSpec(FEED, "rss"), FeedSpec(LIST, "html_list", "", RULES))
        put_sources(tx, [source("gorki", feeds=specs), *many], at=NOW)
    press.poll()
    with db.begin() as tx:
        tx.execute(sa.update(feeds).where(feeds.c.url == FEED).values(next_check_at=NOW))
        tx.execute(sa.update(feeds).where(feeds.c.url == LIST).values(next_check_at=NOW + 12 * HOUR))
        tx.execute(
            sa.update(feeds).where(feeds.c.url.not_in((FEED, LIST))).values(next_check_at=NOW + 11 * HOUR)
        )
    press.clock.set(NOW + 12 * HOUR)
    press.fetch.asked.clear()
    press.poll()
    asked = [request.url for request in press.fetch.asked]
    assert (len(asked), len(set(asked))) == (BATCH + 10, BATCH + 10)
    assert asked[0] == FEED
    assert asked.index(LIST) >= BATCH
    assert [row[:3] for row in press.checked() if row[1] == "ok"] == [
        (FEED, "ok", False),
        (LIST, "ok", False),
    ]


def test_a_hole_that_stays_open_is_an_overflow_and_its_time_is_not_observed(db: Db) -> None:
    press = Press(db)
    for hours in (0, 2, 20, 21):
        press.clock.set(NOW + hours * HOUR)
        press.poll(everything=True)
    assert press.rows(sa.select(checks.c.at, checks.c.n_new).where(checks.c.overflow)) == [
        (NOW + 20 * HOUR, 5)
    ]
    assert len(press.states()) == 13  # thirteen of twenty-eight were ever seen
    with db.begin() as tx:
        watched, *_ = watched_sources(tx, start=NOW, stop=NOW + DAY, tag_version=1)
    pieces = ((NOW, NOW + 2 * HOUR, 1.0), (NOW + 20 * HOUR, NOW + 21 * HOUR, 1.0))
    assert watched[SourceId("gorki")].pieces == pieces


def test_a_hole_that_was_closed_is_observed(db: Db) -> None:
    press = Press(db, FeedSpec(MAP, "sitemap"))
    for hours in (0, 20, 21):
        press.clock.set(NOW + hours * HOUR)
        press.poll(everything=True)
    with db.begin() as tx:
        watched, *_ = watched_sources(tx, start=NOW, stop=NOW + DAY, tag_version=1)
    assert watched[SourceId("gorki")].pieces == ((NOW, NOW + 21 * HOUR, 0.5),) * 2


def test_a_run_that_is_killed_while_it_looks_beside_leaves_the_overflow(db: Db) -> None:
    press = Press(db, FeedSpec(MAP, "sitemap"))
    press.poll()
    press.clock.set(NOW + 20 * HOUR)

    def dying(_request: FetchRequest) -> Fetched:
        raise KeyboardInterrupt

    with db.begin() as tx:  # the sitemap is not due
        tx.execute(sa.update(feeds).where(feeds.c.url == MAP).values(next_check_at=NOW + 9 * DAY))
    press.fetch.answers[MAP] = dying
    with pytest.raises(KeyboardInterrupt):
        press.poll()
    assert press.checked() == [(FEED, "overflow", True, 5)]
    assert press.poll() == Counts()


def test_other_lists_that_fail_or_overflow_too_close_nothing(db: Db) -> None:
    other = "http://gorki.example/rubric"
    press = Press(db, FeedSpec(MAP, "sitemap"), FeedSpec(other, "rss"))
    press.fetch.answers[other] = rss(*(press.paper.url(n) for n in range(4)))
    press.poll()
    press.clock.set(NOW + 20 * HOUR)
    press.fetch.answers[MAP] = Failed(RawUrl(MAP), Reason.HTTP_5XX, press.clock(), "", 503)
    undated = rss(*(press.paper.url(n) for n in (20, 21, 25, 26))).replace(b"pubDate", b"when")
    press.fetch.answers[other] = undated
    assert press.poll(everything=True) == Counts(checked=3, new=7, overflow=2, failed=1)
    assert {row[0]: row[1:3] for row in press.checked()} == {
        MAP: ("http_5xx", False),
        other: ("overflow", True),
        FEED: ("overflow", True),
    }
