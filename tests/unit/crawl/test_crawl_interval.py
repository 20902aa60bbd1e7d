"""How soon a feed is asked again: rhythm, silence, the server's wish, need, failure; and a month of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core import schema
from monitor.core.db import Db
from monitor.core.ids import PageUrl, SourceId
from monitor.core.ledger import Reason
from monitor.crawl.feeds import FEED_TYPES
from monitor.crawl.interval import (
    MOST_WISHED,
    PollPolicy,
    backoff,
    interval_in_need,
    rhythm_s,
    usual_interval,
    wished_s,
)
from monitor.crawl.store import put_sources
from monitor.crawl.tables import checks, feeds
from monitor.crawl.types import Entry, FeedSpec, FeedState, ParsedFeed
from tests.crawl_world import NOW, POLICY, LivePaper, World, rss, source

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STATE = FeedState(SourceId("paper"), "http://paper.example/feed", last_new_at=NOW)


def entries(*ages: timedelta | None) -> list[Entry]:
    dates = [None if age is None else NOW - age for age in ages]
    return [Entry(PageUrl(f"http://p.example/{n}"), "t", at, "feed") for n, at in enumerate(dates)]


@pytest.mark.parametrize(
    ("ages", "seconds"),
    [
        ((), None),
        ((HOUR,), None),
        ((None, None, HOUR), None),
        ((HOUR, 3 * HOUR), 7200.0),
        ((5 * HOUR, HOUR, 2 * HOUR, 9 * HOUR), 3 * 3600.0),
        ((HOUR, HOUR, HOUR), 0.0),
    ],
)
def test_the_rhythm_is_the_usual_gap_between_dated_items(
    ages: Sequence[timedelta | None], seconds: float | None
) -> None:
    assert rhythm_s(entries(*ages)) == seconds


@pytest.mark.parametrize(
    ("headers", "of_feed", "seconds"),
    [
        ({}, 0.0, 0.0),
        ({"cache-control": "max-age=1800"}, 0.0, 1800.0),
        ({"cache-control": "public, Max-Age = 1800, must-revalidate", "age": "600"}, 0.0, 1200.0),
        ({"cache-control": "max-age=60", "age": "600"}, 0.0, 0.0),
        ({"cache-control": "no-cache, max-age=1800"}, 0.0, 0.0),
        ({"cache-control": "s-maxage=9000"}, 0.0, 0.0),
        ({"cache-control": "max-age=nonsense"}, 0.0, 0.0),
        ({"cache-control": "max-age=1800"}, 3600.0, 3600.0),
        ({"cache-control": "max-age=9999999999"}, 0.0, MOST_WISHED.total_seconds()),
    ],
)
def test_the_servers_wish_is_heard_up_to_a_bound(
    headers: dict[str, str], of_feed: float, seconds: float
) -> None:
    assert wished_s(headers, ParsedFeed("rss", (), ask_after_s=of_feed)) == seconds


def test_the_wish_is_not_granted_longer_than_half_the_list_takes_to_scroll_off() -> None:
    busy = tuple(entries(*(n * 6 * MINUTE for n in range(20))))
    headers = {"cache-control": "max-age=86400"}
    assert wished_s(headers, ParsedFeed("rss", busy)) == 3600.0
    assert wished_s(headers, ParsedFeed("rss", busy[:4])) == 720.0
    slow = tuple(entries(*(n * DAY for n in range(10))))
    assert wished_s(headers, ParsedFeed("rss", slow)) == MOST_WISHED.total_seconds()


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("<ttl>30</ttl>", 1800.0),
        ("<ttl> 5 </ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 3600.0),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 21600.0),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 3600.0),
        ("<ttl>-5</ttl><sy:updatePeriod>sometimes</sy:updatePeriod>", 0.0),
        ("<ttl>99999999999999999999</ttl>", 0.0),
    ],
)
def test_a_feeds_own_wish_is_read_from_ttl_and_update_period(channel: str, seconds: float) -> None:
    body = (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"{channel}<item><title>a</title><link>http://p.example/1</link></item></channel></rss>"
    ).encode()
    given = {"base_url": "http://p.example/", "content_type": "text/xml", "zone": ZoneInfo("UTC")}
    parsed = FEED_TYPES["rss"](body, now=NOW, rules={}, months={}, **given)  # type: ignore[arg-type]
    assert parsed.ask_after_s == seconds


@pytest.mark.parametrize(
    ("changes", "idle", "wait"),
    [
        ({}, timedelta(0), 10 * MINUTE),
        ({"rhythm_s": 10800.0}, timedelta(0), 3 * HOUR),
        ({"rhythm_s": 10800.0}, 20 * HOUR, 5 * HOUR),
        ({"rhythm_s": 60.0, "floor_s": 3600.0}, timedelta(0), HOUR),
        ({"rhythm_s": 10800.0, "floor_s": 3600.0}, timedelta(0), 3 * HOUR),
        ({"rhythm_s": 9e6}, timedelta(0), DAY),
        ({}, 400 * DAY, DAY),
    ],
)
def test_a_feed_is_asked_by_rhythm_silence_or_wish(
    changes: dict[str, float], idle: timedelta, wait: timedelta
) -> None:
    state = replace(STATE, last_new_at=NOW - idle, **changes)  # type: ignore[arg-type]
    assert usual_interval(state, NOW, POLICY) == wait


def test_a_list_that_never_had_anything_first_is_silent_since_its_first_poll() -> None:
    never = replace(STATE, last_new_at=None, first_check_at=NOW - 2 * DAY)
    assert usual_interval(never, NOW, POLICY) == DAY / 2
    assert usual_interval(replace(never, last_new_at=NOW), NOW, POLICY) == 10 * MINUTE
    assert usual_interval(replace(never, first_check_at=NOW), NOW, POLICY) == 10 * MINUTE


def test_a_list_without_dates_behind_an_rss_is_asked_as_rarely_as_that(quick_db: Db) -> None:
    world = World(quick_db)
    home = "http://paper.example"
    page = FeedSpec(f"{home}/news", "html_list", rules={"item": "li", "link": "a"})
    with world.db.begin() as tx:
        put_sources(tx, [source("paper", feeds=(FeedSpec(f"{home}/feed", "rss"), page))], at=NOW)
    world.fetch.answers[f"{home}/feed"] = rss(f"{home}/1", f"{home}/2")
    for n in range(24 * 10):
        world.clock.set(NOW + n * HOUR)
        told = f"<ul><li><a href='/1'>A</a></li><li><a href='/2'>B</a></li></ul><!-- {n} -->"
        world.fetch.answers[page.url] = f"<html><body>{told}</body></html>".encode()
        world.poll()
    last_day = sa.select(checks.c.feed_url).where(checks.c.at >= NOW + 9 * DAY)
    assert sorted(world.rows(last_day)) == [(f"{home}/feed",), (page.url,)]


def test_after_an_overflow_the_servers_wish_counts_up_to_an_hour() -> None:
    assert interval_in_need(STATE, POLICY) == 10 * MINUTE
    assert interval_in_need(replace(STATE, floor_s=1800.0), POLICY) == 30 * MINUTE
    assert interval_in_need(replace(STATE, floor_s=21600.0, rhythm_s=9e6), POLICY) == HOUR


def test_a_dead_feed_is_asked_every_thirty_days_in_the_end_and_an_empty_one_daily() -> None:
    waits = [backoff(Reason.DNS, n, None, POLICY) for n in (1, 2, 5, 12, 60)]
    assert waits == [30 * MINUTE, HOUR, 8 * HOUR, 30 * DAY, 30 * DAY]
    assert backoff(Reason.FEED_EMPTY, 60, None, POLICY, is_quiet=True) == DAY
    assert backoff(Reason.ROBOTS, 1, None, POLICY) == DAY
    assert backoff(Reason.RATE_LIMITED, 1, 7200.0, POLICY) == 2 * HOUR
    short = PollPolicy(10 * MINUTE, DAY, HOUR)
    assert backoff(Reason.RATE_LIMITED, 1, 1e9, short) == HOUR


# --- a simulated month ---

START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def quick_db(tmp_path: object) -> Db:
    db = Db(f"sqlite:///{tmp_path}/month.sqlite")
    schema.upgrade(db)
    return db


def live(world: World, papers: dict[str, LivePaper], days: int, down: tuple[int, int] = (0, 0)) -> None:
    """The service looks every ten minutes; times at which nothing is due are skipped."""
    world.clock.set(START)
    with world.db.begin() as tx:
        put_sources(tx, [source(name) for name in papers], at=START)
    for name, paper in papers.items():
        world.fetch.answers[f"http://{name}.example/feed"] = paper.feed
    n = 0
    while n < days * 144:
        world.clock.set(START + n * 10 * MINUTE)
        for paper in papers.values():
            paper.is_down = down[0] * DAY <= n * 10 * MINUTE < down[1] * DAY
        world.poll()
        with world.db.begin() as tx:
            of_papers = sa.select(sa.func.min(feeds.c.next_check_at)).where(feeds.c.source_id.in_(papers))
            next_at = tx.execute(of_papers).scalar_one()
        n = max(n + 1, -((START - next_at) // (10 * MINUTE)))


def stories(random: Random, per_day: float, days: int) -> list[datetime]:
    """When stories come out, between 8 and 19 o'clock, from three days before the start."""
    found = []
    for n in range(-3, days):
        for _ in range(int(per_day) + (random.random() < per_day % 1)):
            found.append(START + n * DAY + 8 * HOUR + random.randrange(660) * MINUTE)
    return found


BOUNDS = {  # polls in so many days
    7: {"agency": (150, 600), "paper": (30, 130), "weekly": (5, 20), "lying": (30, 130)},
    30: {"agency": (700, 2200), "paper": (150, 500), "weekly": (20, 60), "lying": (150, 500)},
}


@pytest.mark.parametrize("days", [7, pytest.param(30, marks=pytest.mark.slow)])
def test_weeks_of_polls_are_polite_and_lose_nothing(quick_db: Db, days: int) -> None:
    random, world = Random(5), World(quick_db)
    weekly = [START + n * 7 * DAY + 9 * HOUR for n in range(-9, 5)]
    papers = {
        "agency": LivePaper(world.clock, "agency.example", stories(random, 40, days), shows=30),
        "paper": LivePaper(world.clock, "paper.example", stories(random, 4, days)),
        "weekly": LivePaper(world.clock, "weekly.example", weekly),
        "lying": LivePaper(world.clock, "lying.example", stories(random, 4, days)),
    }
    papers["lying"].is_lying = True
    live(world, papers, days)
    with quick_db.begin() as tx:
        kept = set(tx.execute(sa.select(articles.c.url)).scalars())
        n_overflows = tx.execute(sa.select(sa.func.count()).where(checks.c.overflow)).scalar_one()
    for paper in papers.values():
        out = {paper.url(n) for n, at in enumerate(paper.out_at) if START <= at < START + (days - 1) * DAY}
        assert out - kept == set(), paper.host
    assert n_overflows == 0
    polls = {name: len(paper.asked) for name, paper in papers.items()}
    assert all(low <= polls[name] <= high for name, (low, high) in BOUNDS[days].items()), polls
    conditional = {name: sum(r.etag is not None for r in papers[name].asked) for name in papers}
    assert conditional["paper"] > 0.7 * polls["paper"]
    assert conditional["lying"] < 60  # before it was found out


def test_a_feed_that_was_dead_for_months_is_found_when_it_is_back(quick_db: Db) -> None:
    world = World(quick_db)
    out = [START + n * DAY + 9 * HOUR for n in (*range(-9, 3), *range(150, 260))]
    paper = LivePaper(world.clock, "dead.example", out)
    live(world, {"dead": paper}, 200, down=(3, 150))
    asked_at = world.rows(sa.select(checks.c.at, checks.c.reason).order_by(checks.c.at))
    dead = [at for at, reason in asked_at if reason == "connect"]
    assert len(dead) < 20
    assert max(b - a for a, b in pairwise(dead)) == 30 * DAY
    back = next(at for at, reason in asked_at if at > dead[-1] and reason != "connect")
    assert back - (START + 150 * DAY) <= 30 * DAY
    (newest,) = world.rows(sa.select(sa.func.max(articles.c.first_seen_at)))[0]
    assert newest >= START + 199 * DAY  # and watched again day by day
