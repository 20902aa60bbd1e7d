"""A page that is not to be had: its feed's own text stands in where that is the whole story."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.ids import RawUrl
from monitor.core.ledger import Reason
from monitor.core.ledger_store import ledger
from monitor.crawl.types import Failed, Fetched
from tests.crawl_world import NOW, World

URL = RawUrl("http://gorki.example/9")
STORY = "Совет района подписал договор о сотрудничестве."
HOUR = timedelta(hours=1)


@pytest.fixture
def world(db: Db) -> World:
    world = World(db)
    content = f"<content:encoded><![CDATA[<p>{STORY}</p>]]></content:encoded>"
    world.fetch.answers["http://gorki.example/feed"] = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>t</title>'
        f"<item><title>Договор</title><link>{URL}</link>{content}</item></channel></rss>"
    ).encode()
    world.poll(source_id="gorki")
    return world


def rounds(world: World, answer: Failed | bytes) -> list[Counts]:
    """What four tries gave."""
    world.fetch.answers[URL] = answer
    found = []
    for hours in (0, 1, 7, 31):
        world.clock.set(NOW + hours * HOUR)
        found.append(world.pages(source_id="gorki"))
    return found


def story(world: World) -> tuple[object, ...]:
    return world.rows(sa.select(articles.c.state, articles.c.text, articles.c.url))[0]


def told(world: World) -> list[tuple[object, ...]]:
    columns = (ledger.c.stage, ledger.c.ending, ledger.c.reason, ledger.c.detail)
    return world.rows(sa.select(*columns).where(ledger.c.stage != "poll").order_by(ledger.c.stage))


@pytest.mark.parametrize("status", [403, 404, 503])
def test_the_feeds_text_is_taken_when_a_page_is_given_up(world: World, status: int) -> None:
    reason = Reason.HTTP_5XX if status == 503 else Reason.HTTP_4XX
    later, ready = Counts(later=1), Counts(ready=1)
    assert rounds(world, Failed(URL, reason, NOW, f"status {status}", status)) == [later, later, later, ready]
    state, text, url = story(world)
    assert (state, url) == ("ready", URL)
    assert STORY in str(text)
    assert told(world) == [
        ("extract", "done", "no_date", f"the feed's text; the page: {reason.value}"),
        ("fetch", "failed", reason.value, f"status {status}"),
    ]


def test_a_page_that_is_well_again_is_read_itself(world: World) -> None:
    world.fetch.answers[URL] = Failed(URL, Reason.HTTP_4XX, NOW, "status 403", 403)
    assert world.pages() == Counts(later=1)
    world.clock.set(NOW + HOUR)
    world.fetch.answers[URL] = "Страница.".encode()
    assert world.pages() == Counts(ready=1)
    assert story(world)[1] == "Страница."


def test_where_robots_txt_shuts_the_page_the_feed_is_taken_at_once(world: World) -> None:
    world.fetch.answers[URL] = Failed(URL, Reason.ROBOTS, NOW, "robots.txt shuts it")
    assert world.pages() == Counts(ready=1)
    assert STORY in str(story(world)[1])


def test_what_was_taken_down_is_not_brought_back_by_its_feed(world: World) -> None:
    world.fetch.answers[URL] = Failed(URL, Reason.HTTP_4XX, NOW, "status 410", 410)
    assert world.pages() == Counts(dead=1)
    assert story(world)[:2] == ("dead", "")


def test_a_page_that_crashes_whoever_reads_it_is_told_by_its_feed(world: World) -> None:
    assert rounds(world, b"crash")[:3] == [Counts(crashed=1)] * 3
    assert story(world)[0] == "ready"
    assert told(world)[0] == ("extract", "done", "no_date", "the feed's text; the page: crashed")


def test_a_feed_without_a_text_of_its_own_stands_in_for_nothing(world: World) -> None:
    with world.db.begin() as tx:
        tx.execute(sa.update(articles).values(feed_text="", summary=STORY))
    world.fetch.answers[URL] = Failed(URL, Reason.ROBOTS, NOW, "robots.txt shuts it")
    assert world.pages() == Counts(later=1)
    world.fetch.answers[URL] = Fetched(URL, RawUrl("http://gorki.example/"), 200, {}, b"front", NOW)
    world.clock.set(NOW + HOUR)
    assert world.pages() == Counts(dead=1)
