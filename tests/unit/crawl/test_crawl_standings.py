"""How feeds and sources stand: the newest poll of each feed in use, and the switches of the database."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from monitor.core.db import Db
from monitor.core.ids import RawUrl, SourceId
from monitor.core.ledger import Reason
from monitor.crawl.standings import as_they_stand, edited_since, feed_standings
from monitor.crawl.store import put_sources
from monitor.crawl.tables import feeds, sources
from monitor.crawl.types import Failed, Source
from tests.crawl_world import NOW, World, source

GORKI = SourceId("gorki")


def test_a_feed_stands_as_its_newest_poll_left_it(db: Db) -> None:
    world, url = World(db), RawUrl("http://gorki.example/feed")
    world.poll()
    later = NOW + timedelta(days=1)
    world.clock.set(later)
    world.fetch.answers[url] = Failed(url, Reason.HTTP_5XX, later, "503 at night", 503)
    world.poll(source_id=GORKI)
    with db.begin() as tx:
        found = feed_standings(tx)
        one = found[GORKI][0]
        tx.execute(sa.update(feeds).where(feeds.c.url == url).values(next_check_at=None))
        assert set(feed_standings(tx)) == set(found) - {GORKI}  # no longer asked
    assert (one.url, one.last_at, one.last_ok_at) == (url, later, NOW)
    assert (one.failures, one.reason, one.detail, one.status) == (1, "http_5xx", "503 at night", 503)
    assert one.next_check_at is not None and one.next_check_at > later
    assert found[SourceId("shklov")][0].reason == "ok"


def test_a_source_is_on_or_off_as_the_database_says_and_all_else_as_the_config_says(db: Db) -> None:
    world = World(db)
    gorki, shklov = source("gorki", name_en="Renamed"), source("shklov", enabled=False, why_not="no address")
    new = source("orsha")
    with world.db.begin() as tx:
        put_sources(tx, [source("gorki"), shklov], at=NOW)
        off = {"enabled": False, "why_not": "dead: 404"}
        tx.execute(sa.update(sources).where(sources.c.id == "gorki").values(**off))
        stand = as_they_stand(tx, (gorki, shklov, new))
    assert stand == (source("gorki", name_en="Renamed", **off), shklov, new)


def test_what_was_edited_since_the_config_was_taken_over_is_told(db: Db) -> None:
    World(db)
    gorki, shklov, orsha = source("gorki"), source("shklov"), source("orsha")
    off = replace(shklov, enabled=False, why_not="closed")
    elsewhere = source("shklov", "http://shklov.example/rss")
    cases: list[tuple[list[Source], tuple[str, ...]]] = [
        ([gorki, shklov], ()),
        ([gorki, replace(shklov, name="Other")], ()),
        ([gorki, shklov, orsha], ("orsha",)),
        ([gorki, off], ("shklov",)),
        ([gorki, elsewhere], ("shklov",)),
        ([gorki], ("shklov",)),
    ]
    with db.begin() as tx:
        assert [edited_since(tx, config) for config, _ in cases] == [edited for _, edited in cases]
        put_sources(tx, [gorki], at=NOW)
        assert edited_since(tx, [gorki]) == ()
        assert edited_since(tx, [gorki, shklov]) == ("shklov",)  # back as it was
