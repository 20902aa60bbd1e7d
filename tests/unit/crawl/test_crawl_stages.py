"""Polling and fetching on both databases: what is written, and that a kill loses and doubles nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import monitor.wiring  # noqa: F401 - fills the metadata with every room's tables
from monitor.articles.tables import articles
from monitor.core.counts import Counts
from monitor.core.db import Db, metadata
from monitor.core.errors import StorageError
from monitor.core.ids import PlaceId, RawUrl, SourceId
from monitor.core.ledger import Reason
from monitor.core.ledger_store import ledger
from monitor.crawl.store import due_feeds, get_sources, put_sources
from monitor.crawl.tables import checks
from monitor.crawl.types import (
    Failed,
    FeedSpec,
    Fetched,
    FetchKind,
    FetchRequest,
    NotModified,
)
from tests.crawl_world import NOW, World, rss, source


class Killed(BaseException):
    """Stands for SIGKILL: nothing may catch it."""


@pytest.fixture
def world(db: Db) -> World:
    return World(db)


def test_a_poll_lists_new_pages_once_and_notes_every_ending(world: World) -> None:
    assert world.poll() == Counts(checked=2, new=3)
    assert world.states() == [
        (1, "gorki", "http://gorki.example/1", "listed"),
        (2, "gorki", "http://gorki.example/2", "listed"),
        (3, "shklov", "http://shklov.example/1", "listed"),
    ]
    query = sa.select(checks.c.source_id, checks.c.reason, checks.c.n_entries, checks.c.n_new)
    assert world.rows(query.order_by(checks.c.source_id)) == [("gorki", "ok", 2, 2), ("shklov", "ok", 2, 1)]
    assert world.reasons("poll") == [
        ("http://gorki.example/feed", "done", "ok"),
        ("http://shklov.example/feed", "done", "ok"),
    ]


def test_what_is_not_due_is_left_alone_and_what_did_not_change_is_not_read(world: World) -> None:
    world.poll()
    assert world.poll() == Counts()
    world.clock.set(NOW + timedelta(days=1))
    world.fetch.answers["http://shklov.example/feed"] = NotModified(RawUrl("x"), world.clock())
    assert world.poll() == Counts(checked=2, unchanged=2)
    assert world.poll(everything=True, source_id="gorki") == Counts(checked=1, unchanged=1)


def test_the_servers_marks_are_sent_back(world: World) -> None:
    url = RawUrl("http://gorki.example/feed")
    headers = {"etag": 'W/"1"', "last-modified": "Mon, 16 Nov 2026 05:00:00 GMT"}
    world.fetch.answers[url] = Fetched(url, url, 200, headers, rss("http://gorki.example/1"), NOW)
    world.poll(source_id="gorki")
    world.clock.set(NOW + timedelta(hours=6))
    world.poll(source_id="gorki")
    assert world.fetch.asked == [
        FetchRequest(url, FetchKind.FEED),
        FetchRequest(url, FetchKind.FEED, 'W/"1"', "Mon, 16 Nov 2026 05:00:00 GMT"),
    ]


def dns_fails(world: World) -> Reason:
    del world.fetch.answers["http://gorki.example/feed"]
    return Reason.DNS


def a_web_page_comes(world: World) -> Reason:
    world.fetch.answers["http://gorki.example/feed"] = b"<html><body>later</body></html>"
    return Reason.NOT_A_FEED


def the_feed_is_empty(world: World) -> Reason:
    world.fetch.answers["http://gorki.example/feed"] = rss()
    return Reason.FEED_EMPTY


def the_feed_leads_inside(world: World) -> Reason:
    url = RawUrl("http://gorki.example/feed")
    world.fetch.answers[url] = Failed(url, Reason.PRIVATE_ADDRESS, NOW, "10.0.0.8 is private")
    return Reason.PRIVATE_ADDRESS


@pytest.mark.parametrize(
    "when", [dns_fails, a_web_page_comes, the_feed_is_empty, the_feed_leads_inside], ids=lambda f: f.__name__
)
def test_a_failed_poll_is_recorded_and_waits_and_others_go_on(
    world: World, when: Callable[[World], Reason]
) -> None:
    reason = when(world)
    assert world.poll() == Counts(checked=2, failed=1, new=2)
    assert world.reasons("poll")[0] == ("http://gorki.example/feed", "failed", reason.value)
    with world.db.begin() as tx:
        gorki = next(f for f in due_feeds(tx, now=NOW, everything=True) if f.source_id == "gorki")
    assert gorki.failures == 1
    assert gorki.next_check_at is not None
    assert gorki.next_check_at > NOW


def test_an_overflow_is_seen(world: World) -> None:
    world.poll()
    world.clock.set(NOW + timedelta(days=1))
    world.fetch.answers["http://gorki.example/feed"] = rss(*(f"http://gorki.example/b{n}" for n in range(5)))
    assert world.poll(source_id="gorki") == Counts(checked=1, new=5, overflow=1)
    query = sa.select(checks.c.overflow, checks.c.reason).order_by(checks.c.id.desc()).limit(1)
    assert world.rows(query) == [(True, "overflow")]


def test_a_rejected_entry_stands_in_the_ledger_once(world: World) -> None:
    body = rss("http://gorki.example/1").replace(b"</channel>", b"<item><title>x</title></item></channel>")
    world.fetch.answers["http://gorki.example/feed"] = body
    world.poll(source_id="gorki")
    world.clock.set(NOW + timedelta(days=1))
    world.fetch.answers["http://gorki.example/feed"] = body + b"\n"
    world.poll(source_id="gorki")
    rejected = [row for row in world.reasons("poll") if "#" in row[0]]
    assert [row[1:] for row in rejected] == [("skipped", "entry_without_link")]


def test_of_a_thousand_rejected_entries_some_stand_in_the_ledger_with_their_number(world: World) -> None:
    for poll in range(2):
        world.clock.set(NOW + poll * timedelta(days=1))
        items = "".join(f"<item><title>ad {poll} {n}</title></item>" for n in range(999)).encode()
        body = rss("http://gorki.example/1").replace(b"</channel>", items + b"</channel>")
        world.fetch.answers["http://gorki.example/feed"] = body
        world.poll(source_id="gorki", everything=True)
    query = sa.select(ledger.c.item, ledger.c.reason, ledger.c.detail).where(ledger.c.stage == "poll")
    rows = world.rows(query.order_by(ledger.c.id))
    feed = [row[1:] for row in rows if "#" not in row[0]]
    assert feed == [("ok", "999 items dropped, 20 of them told")]
    assert {row[1] for row in rows if "#" in row[0]} == {"entry_without_link"}
    assert len(rows) == 1 + 2 * 20


def test_a_bug_in_one_feed_costs_one_feed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.db.begin() as tx:
        specs = (FeedSpec("http://gorki.example/feed", "no_such_kind"),)
        put_sources(tx, [source("gorki", feeds=specs), source("shklov")], at=NOW)
    assert world.poll() == Counts(checked=1, crashed=1, new=2)
    assert world.reasons("poll")[0] == ("http://gorki.example/feed", "failed", "crashed")
    assert world.poll() == Counts()  # not again at once


def test_pages_become_ready_with_their_text(world: World) -> None:
    world.poll()
    assert world.pages() == Counts(ready=3)
    columns = (articles.c.text, articles.c.title, articles.c.published_from, articles.c.cluster_id)
    assert world.rows(sa.select(*columns).order_by(articles.c.id)) == [
        ("one", "Новость 0", "feed", 1),
        ("two", "Новость 1", "feed", 2),
        ("three", "Новость 0", "feed", 3),
    ]
    assert world.clustered == [1, 3, 2]  # in turns: one of each paper
    assert world.pages() == Counts()
    assert [row[1:] for row in world.reasons("extract")] == [("done", "ok")] * 3


def test_two_addresses_of_one_page_become_one_article(world: World) -> None:
    world.poll()
    world.fetch.answers["http://gorki.example/1"] = b"one|http://gorki.example/canon"
    world.fetch.answers["http://gorki.example/2"] = b"one|http://gorki.example/canon"
    assert world.pages() == Counts(ready=2, dead=1)
    assert world.states()[:2] == [
        (1, "gorki", "http://gorki.example/canon", "ready"),
        (2, "gorki", "http://gorki.example/2", "dead"),
    ]
    assert world.reasons("extract")[1] == ("2", "skipped", "duplicate_url")
    world.clock.set(NOW + timedelta(days=1))
    world.fetch.answers["http://gorki.example/feed"] = rss("http://gorki.example/canon")
    assert world.poll(source_id="gorki") == Counts(checked=1)  # the canonical address is known


def test_a_page_that_does_not_come_is_tried_again_then_dead(world: World) -> None:
    world.fetch.answers["http://gorki.example/feed"] = rss("http://gorki.example/1")
    world.poll(source_id="gorki")
    url = RawUrl("http://gorki.example/1")
    seen = []
    for _ in range(40):
        world.fetch.answers[url] = Failed(url, Reason.TIMEOUT, world.clock(), "late")
        seen.append(dict(world.pages()))
        world.clock.set(world.clock() + timedelta(hours=1))
    assert [one for one in seen if one] == [{"later": 1}, {"later": 1}, {"later": 1}, {"dead": 1}]
    assert world.reasons("fetch") == [("http://gorki.example/1", "failed", "timeout")]


def test_a_page_without_text_and_one_that_ends_its_worker_cost_one_page_each(world: World) -> None:
    world.poll()
    world.fetch.answers["http://gorki.example/1"] = b""
    world.fetch.answers["http://gorki.example/2"] = b"crash"
    assert world.pages() == Counts(dead=1, ready=1, crashed=1)
    assert world.reasons("extract")[:2] == [("1", "failed", "no_text"), ("2", "failed", "crashed")]
    assert world.reasons("fetch")[1] == ("http://gorki.example/2", "done", "ok")
    world.fetch.answers["http://gorki.example/2"] = b"two"
    assert world.pages() == Counts()
    world.clock.set(NOW + timedelta(hours=1))
    assert world.pages() == Counts(ready=1)


def test_a_bug_while_a_page_is_settled_costs_that_page(world: World) -> None:
    world.poll()
    settled = []

    def cluster(*given: Any, **named: Any) -> object:
        settled.append(given)
        return world.cluster(*given, **named) if len(settled) != 2 else 1 / 0

    assert world.pages(cluster=cluster) == Counts(ready=2, crashed=1)
    assert sorted(row[3] for row in world.states()) == ["listed", "ready", "ready"]
    assert sorted(row[1:] for row in world.reasons("fetch")) == [("done", "ok")] * 2 + [("failed", "crashed")]
    world.clock.set(NOW + timedelta(hours=1))
    assert world.pages() == Counts(ready=1)


def test_a_broken_database_stops_the_stage(world: World) -> None:
    world.poll()

    def no_space(*_: Any, **__: Any) -> None:
        raise StorageError("disk full")

    with pytest.raises(StorageError):
        world.pages(cluster=no_space)
    assert [row[3] for row in world.states()] == ["listed"] * 3


def undisturbed(world: World) -> dict[str, list[tuple[Any, ...]]]:
    world.poll()
    world.pages()
    return world.content()


@pytest.mark.parametrize("at", range(1, 6))
def test_a_run_killed_anywhere_and_started_again_ends_as_if_undisturbed(
    empty_db: Db, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed inside the n-th writing transaction: two polls, then three pages."""
    metadata.create_all(empty_db.engine)
    whole = undisturbed(World(empty_db))
    metadata.drop_all(empty_db.engine)
    metadata.create_all(empty_db.engine)
    world, writes = World(empty_db), 0

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def write(*args: Any) -> Any:
            nonlocal writes
            writes += 1
            result = real(*args)
            if writes == at:
                raise Killed
            return result

        return write

    from monitor.crawl import poll, settle

    with monkeypatch.context() as patch:
        patch.setattr(poll, "record_poll", dying(poll.record_poll))
        patch.setattr(settle, "record_page", dying(settle.record_page))
        with pytest.raises(Killed):
            undisturbed(world)
    assert undisturbed(world) == whole


def test_sources_are_read_back_as_they_were_written(world: World) -> None:
    wanted = source(
        "orsha",
        district=PlaceId("by-orsha"),
        feeds=(FeedSpec("http://orsha.example/list", "html_list", "unknown", {"item": "li"}),),
        enabled=False,
        why_not="no address",
    )
    with world.db.begin() as tx:
        put_sources(tx, [source("gorki"), wanted], at=NOW)
        found = get_sources(tx)
    assert found[SourceId("orsha")] == wanted
    assert found[SourceId("shklov")].why_not == "no longer in config/sources"
    assert world.poll() == Counts(checked=1, new=2)


def test_a_feed_that_left_the_configuration_is_not_asked_until_it_is_back(world: World) -> None:
    def put(*urls: str) -> None:
        with world.db.begin() as tx:
            put_sources(tx, [source("gorki", *urls)], at=NOW)

    put("http://gorki.example/other")
    world.fetch.answers["http://gorki.example/other"] = rss("http://gorki.example/9")
    assert world.poll() == Counts(checked=1, new=1)
    put("http://gorki.example/feed", "http://gorki.example/other")
    assert world.poll() == Counts(checked=1, new=2)


def test_a_limit_takes_the_longest_waiting_first(world: World) -> None:
    assert world.poll(limit=1) == Counts(checked=1, new=2)
    assert [request.url for request in world.fetch.asked] == ["http://gorki.example/feed"]
    assert world.pages(limit=1) == Counts(ready=1)
    assert world.pages(source_id="shklov") == Counts()


def test_what_a_paper_prints_under_every_story_is_left_out_once_it_is_learnt(world: World) -> None:
    address = "Адрес редакции: г. Горки, ул. Советская, 5, телефон 5-00-00."
    urls = [f"http://gorki.example/{n}" for n in range(10, 16)]
    world.fetch.answers["http://gorki.example/feed"] = rss(*urls)
    world.fetch.answers |= {
        url: f"Рассказ о дне номер {n} в Горках.\nИ его окончание, {n}.\n{address}".encode()
        for n, url in enumerate(urls)
    }
    world.poll()
    world.pages()
    query = sa.select(articles.c.text).where(articles.c.listed_url.in_(urls)).order_by(articles.c.id)
    assert [text.count(address) for (text,) in world.rows(query)] == [1, 1, 1, 0, 0, 0]


def test_a_source_with_many_new_pages_does_not_hold_up_the_others(world: World) -> None:
    many = [f"http://gorki.example/{n}" for n in range(50, 55)]
    world.fetch.answers["http://gorki.example/feed"] = rss(*many)
    world.fetch.answers["http://shklov.example/feed"] = rss(
        "http://shklov.example/1", "http://shklov.example/2"
    )
    world.poll()
    world.fetch.asked.clear()
    world.pages()
    hosts = [request.url.split("/")[2].partition(".")[0] for request in world.fetch.asked]
    assert hosts == ["gorki", "shklov", "gorki", "shklov", "gorki", "gorki", "gorki"]
