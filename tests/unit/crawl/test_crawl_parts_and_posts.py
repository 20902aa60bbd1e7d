"""Sitemap indexes are read through their parts; posts of channels are articles or pages of their own."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.ids import RawUrl
from monitor.crawl.store import put_sources
from monitor.crawl.tables import checks
from monitor.crawl.types import (
    FeedSpec,
    FetchKind,
    FetchRequest,
)
from tests.crawl_world import NOW, World, source


@pytest.fixture
def world(db: Db) -> World:
    return World(db)


def urlset(*links: str) -> bytes:
    return f"<urlset>{''.join(f'<url><loc>{link}</loc></url>' for link in links)}</urlset>".encode()


def index(*links: str) -> bytes:
    parts = "".join(f"<sitemap><loc>{link}</loc></sitemap>" for link in links)
    return f"<sitemapindex>{parts}</sitemapindex>".encode()


def put_feed(world: World, url: str, kind: str, **rules: str) -> None:
    with world.db.begin() as tx:
        put_sources(tx, [source("kraj", feeds=(FeedSpec(url, kind, rules=rules),))], at=NOW)


def test_a_sitemap_index_is_read_through_its_parts_at_every_poll(world: World) -> None:
    put_feed(world, "http://kraj.example/sitemap.xml", "sitemap")
    world.fetch.answers |= {
        "http://kraj.example/sitemap.xml": index(
            "http://kraj.example/s1.xml", "http://kraj.example/s2.xml", "http://kraj.example/gone.xml"
        ),
        "http://kraj.example/s1.xml": urlset("http://kraj.example/1", "http://kraj.example/2"),
        "http://kraj.example/s2.xml": urlset("http://kraj.example/2", "http://kraj.example/3"),
    }
    assert world.poll() == Counts(checked=1, new=3)
    (warnings,) = world.rows(sa.select(checks.c.warnings))
    assert warnings == (["part_failed: dns http://kraj.example/gone.xml"],)
    world.clock.set(NOW + timedelta(days=1))
    world.fetch.answers["http://kraj.example/s2.xml"] = urlset("http://kraj.example/4")
    assert world.poll() == Counts(checked=1, new=1)


def test_an_index_whose_parts_all_fail_has_their_reason(world: World) -> None:
    put_feed(world, "http://kraj.example/sitemap.xml", "sitemap")
    world.fetch.answers["http://kraj.example/sitemap.xml"] = index("http://kraj.example/s1.xml")
    assert world.poll() == Counts(checked=1, failed=1)
    assert world.reasons("poll") == [("http://kraj.example/sitemap.xml", "failed", "dns")]


def test_an_index_inside_an_index_is_not_followed(world: World) -> None:
    put_feed(world, "http://kraj.example/sitemap.xml", "sitemap")
    world.fetch.answers["http://kraj.example/sitemap.xml"] = index("http://kraj.example/sitemap.xml")
    assert world.poll() == Counts(checked=1, failed=1)
    assert len(world.fetch.asked) == 2
    assert world.reasons("poll") == [("http://kraj.example/sitemap.xml", "failed", "feed_empty")]


POSTS = """<html><body>
<div class="tgme_widget_message" data-post="kraj/1"><div class="tgme_widget_message_text">Читайте:
<a href="http://kraj.example/1">на сайте</a></div><time datetime="2026-11-15T06:00:00+00:00"></time></div>
<div class="tgme_widget_message" data-post="kraj/2">
<div class="tgme_widget_message_text">Заголовок<br/>Текст</div>
<time datetime="2026-11-15T07:00:00+00:00"></time></div></body></html>"""


def test_a_post_that_links_to_the_papers_article_is_that_article_and_another_is_not_fetched(
    world: World,
) -> None:
    put_feed(world, "https://t.me/s/kraj", "telegram", site="http://kraj.example/")
    world.fetch.answers |= {"https://t.me/s/kraj": POSTS.encode(), "http://kraj.example/1": b"one"}
    assert world.poll() == Counts(checked=1, new=2)
    assert world.fetch.asked == [FetchRequest(RawUrl("https://t.me/s/kraj"), FetchKind.LIST)]
    world.fetch.asked.clear()
    assert world.pages() == Counts(ready=2)
    assert world.fetch.asked == [FetchRequest(RawUrl("http://kraj.example/1"), FetchKind.PAGE)]
    columns = (articles.c.url, articles.c.state, articles.c.text, articles.c.published_at)
    first, second = world.rows(sa.select(*columns).order_by(articles.c.id))
    assert first == ("http://kraj.example/1", "ready", "one", datetime(2026, 11, 15, 6, tzinfo=UTC))
    page = (
        "<!doctype html><html><head><title>Заголовок</title></head><body><article><h1>Заголовок</h1>"
        "<p>Заголовок</p><p>Текст</p></article></body></html>"
    )
    assert second == (
        "https://t.me/kraj/2",
        "ready",
        page,
        datetime(2026, 11, 15, 7, tzinfo=UTC),
    )
