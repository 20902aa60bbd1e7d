"""ETag and Last-Modified are believed until they are caught: by what, for how long, and what is shown."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.core.db import Db
from monitor.core.ids import PageUrl, RawUrl, SourceId
from monitor.crawl.history import source_troubles
from monitor.crawl.store import due_feeds
from monitor.crawl.tables import feeds
from monitor.crawl.trust import FORGIVEN_AFTER, asks_whole, forgive, is_distrusted, judge_trust
from monitor.crawl.types import Entry, FeedState, Fetched
from tests.crawl_world import NOW, POLICY, LivePaper, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = RawUrl("http://gorki.example/feed")
STATE = FeedState(SourceId("gorki"), URL, etag='"1"', last_modified="Mon", asked_whole_at=NOW - DAY)
NEW = (Entry(PageUrl("http://gorki.example/9"), "t", NOW - 5 * HOUR, "feed"),)


def body(**headers: str) -> Fetched:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fetched(URL, URL, 200, named, b"x", NOW)


@pytest.mark.parametrize(
    ("changes", "whole"),
    [
        ({}, True),
        ({"asked_whole_at": NOW - 23 * HOUR}, False),
        ({"asked_whole_at": None}, True),
        ({"rhythm_s": 10 * 3600.0}, False),
        ({"rhythm_s": 10 * 3600.0, "asked_whole_at": NOW - 40 * HOUR}, True),
        ({"rhythm_s": 9e9, "asked_whole_at": NOW - 3 * DAY}, False),
        ({"rhythm_s": 9e9, "asked_whole_at": NOW - 4 * DAY}, True),
        ({"etag": None, "last_modified": None, "asked_whole_at": NOW}, True),
        ({"asked_whole_at": NOW, "distrusted_until": NOW + HOUR}, True),
        ({"asked_whole_at": NOW, "distrusted_until": NOW}, False),
    ],
)
def test_a_feed_is_asked_without_a_condition_daily_or_every_fourth_time(
    changes: dict[str, object], whole: bool
) -> None:
    assert asks_whole(replace(STATE, **changes), NOW, POLICY) is whole  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"etag": '"1"'}, "1 new item under the same ETag"),
        ({"etag": '"1"', "last_modified": "Tue"}, "1 new item under the same ETag"),
        ({"etag": '"2"', "last_modified": "Mon"}, ""),
        ({"last_modified": "Mon"}, ""),
    ],
)
def test_a_changed_list_under_the_same_mark_is_a_lie(headers: dict[str, str], why: str) -> None:
    judged = judge_trust(STATE, body(**headers), NEW, whole=True)
    caught = {"distrusted_at": NOW, "distrusted_until": NOW + FORGIVEN_AFTER, "distrust_why": why}
    assert judged == replace(STATE, asked_whole_at=NOW, **(caught if why else {}))  # type: ignore[arg-type]


def test_without_an_etag_the_date_is_what_lies() -> None:
    state = replace(STATE, etag=None)
    judged = judge_trust(state, body(last_modified="Mon"), NEW, whole=True)
    assert judged.distrust_why == "1 new item under the same Last-Modified"
    assert judge_trust(state, body(last_modified="Tue"), NEW, whole=True).distrust_why == ""
    assert judge_trust(state, body(), NEW, whole=True).distrust_why == ""


def test_the_same_list_or_an_answer_to_a_condition_accuses_nobody() -> None:
    assert judge_trust(STATE, body(etag='"1"'), (), whole=True) == replace(STATE, asked_whole_at=NOW)
    assert judge_trust(STATE, body(etag='"1"'), NEW, whole=False) == STATE


def test_not_modified_while_items_were_out_is_believed_once_and_not_twice() -> None:
    state = replace(STATE, not_modified_at=NOW - HOUR)
    hidden = (*NEW, replace(NEW[0], url=PageUrl("http://gorki.example/8")))
    first = judge_trust(state, body(etag='"2"'), hidden, whole=True)
    told = "answered 'not modified' while 2 new items stood in the list"
    assert (first.distrust_why, first.distrusted_until) == (f"once more: {told}", None)
    again = judge_trust(first, body(etag='"3"'), hidden, whole=True)
    assert (again.distrust_why, again.distrusted_at) == (told, NOW)
    honest = judge_trust(first, body(etag='"3"'), NEW, whole=False)
    assert honest.distrust_why == ""
    assert judge_trust(state, body(etag='"2"'), NEW, whole=True).distrust_why == ""  # one proves nothing


def test_a_mistrust_lasts_a_month_from_the_last_lie_and_is_forgiven() -> None:
    until = NOW + FORGIVEN_AFTER - 10 * DAY
    since = NOW - 10 * DAY
    state = replace(STATE, distrusted_at=since, distrusted_until=until, distrust_why="old")
    again = judge_trust(state, body(etag='"1"'), NEW, whole=True)
    assert (again.distrusted_at, again.distrusted_until) == (since, NOW + FORGIVEN_AFTER)
    assert is_distrusted(state, until - HOUR)
    assert forgive(state, until - HOUR) == state
    assert forgive(state, until) == STATE


def test_a_lying_server_is_found_out_shown_asked_whole_and_forgiven(db: Db) -> None:
    world = World(db)
    out = [NOW + n * 3 * HOUR for n in range(-8, 8 * 60)]
    paper = LivePaper(world.clock, "gorki.example", out)
    paper.is_lying = True
    world.fetch.answers[URL] = paper.feed

    def poll(at: timedelta) -> FeedState:
        world.clock.set(NOW + at)
        world.poll(source_id="gorki", everything=True)
        with db.begin() as tx:
            return due_feeds(tx, now=NOW, source_id="gorki", everything=True)[0]

    assert poll(timedelta(0)).distrusted_at is None
    hidden = poll(12 * HOUR)  # asked with a condition: nothing is new, says the server
    assert (hidden.not_modified_at, hidden.last_new_at) == (NOW + 12 * HOUR, NOW)
    caught = poll(25 * HOUR)
    assert (caught.distrusted_at, caught.last_new_at) == (NOW + 25 * HOUR,) * 2
    assert poll(26 * HOUR + 3 * HOUR).last_new_at == NOW + 29 * HOUR
    assert [r.etag for r in paper.asked] == [None, '"for ever"', None, None]
    with db.begin() as tx:
        told = [t for t in source_troubles(tx, now=world.clock()) if t.source_id == "gorki"]
    assert [(t.what, t.feed_url, t.since) for t in told] == [("distrusted", URL, NOW + 25 * HOUR)]
    assert told[0].detail.endswith("under the same ETag")
    paper.is_lying = False
    poll(2 * DAY)
    assert poll(40 * DAY).distrusted_at is None
    assert world.rows(sa.select(feeds.c.distrust_why).where(feeds.c.url == URL)) == [("",)]
