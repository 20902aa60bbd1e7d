"""Facts of sources as both databases give them; the operator and the gap table are told the same."""

from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core.db import Db
from monitor.core.ids import SourceId
from monitor.core.ledger import Ending, LedgerEntry, Reason, Stage
from monitor.core.ledger_store import record
from monitor.crawl.health import TextShare, Trouble
from monitor.crawl.history import changed_polls, read_facts, source_troubles
from monitor.crawl.tables import checks, feeds
from monitor.crawl.types import Distrust, Poll
from monitor.gaps.watching import watched_sources
from tests.make import NOW, add_article, add_source

DAY = timedelta(days=1)
START = NOW - 100 * DAY
FEED = "http://gorki.example/feed"


def add_polls(tx: Any, source: str, *endings: tuple[float, str, int | None]) -> None:
    """Polls of a source's one feed: day since START, reason, status."""
    for day, reason, status in endings:
        good = reason in ("ok", "not_modified")
        row = {
            "source_id": source, "feed_url": f"http://{source}.example/feed", "at": START + day * DAY,
            "ending": "done" if good else "failed", "reason": reason, "status": status,
            "n_entries": 1, "n_new": 0, "overflow": False, "warnings": [],
        }  # fmt: skip
        tx.execute(sa.insert(checks).values(**row))


def add_days(tx: Any, source: str, first_id: int, start: int, stop: int) -> None:
    """An article a day."""
    for n in range(start, stop):
        at = START + n * DAY
        add_article(tx, source, first_id + n, published_at=at, first_seen_at=at)


def add_feed(tx: Any, source: str, **values: Any) -> None:
    url = f"http://{source}.example/feed"
    tx.execute(sa.insert(feeds).values(source_id=source, url=url, failures=0, **values))


def test_facts_are_polls_that_change_something_days_pages_and_mistrust(db: Db) -> None:
    since, until = NOW - 2 * DAY, NOW + 28 * DAY
    with db.begin() as tx:
        add_source(tx, "gorki")
        add_feed(
            tx, "gorki", next_check_at=NOW, distrusted_at=since, distrusted_until=until, distrust_why="why"
        )
        statuses = [(0, "ok", 200), (1, "ok", 200), (2, "http_4xx", 403), (3, "http_4xx", 403)]
        add_polls(tx, "gorki", *statuses, (4, "dns", None), (5, "dns", None), (6, "not_modified", 304))
        endings = (Reason.OK, Reason.NO_TEXT, Reason.NOT_HTML, Reason.DUPLICATE_URL, Reason.NO_DATE)
        for n, reason in enumerate(endings):
            entry = LedgerEntry(Stage.EXTRACT, str(n), Ending.DONE, reason, NOW - DAY, "gorki")
            record(tx, entry)
        record(tx, LedgerEntry(Stage.EXTRACT, "9", Ending.FAILED, Reason.NO_TEXT, NOW - 60 * DAY, "gorki"))
        facts = read_facts(tx, since=START, stop=NOW + DAY)
    gorki = facts[SourceId("gorki")]
    assert list(gorki.polls) == [
        Poll(FEED, START, True, False, None, "ok"),
        Poll(FEED, START + 2 * DAY, False, False, None, "blocked"),
        Poll(FEED, START + 4 * DAY, False, False, None, "dns"),
        Poll(FEED, START + 6 * DAY, True, False, None, "not_modified"),
    ]
    assert gorki.texts == TextShare(pages=4, without=2, why="no_text", doubles=1)
    assert list(gorki.distrusted) == [Distrust(FEED, since, until, "why")]


def test_the_operator_and_the_gap_table_are_told_the_same(db: Db) -> None:
    with db.begin() as tx:
        for n, name in enumerate(("gorki", "shklov", "orsha", "off")):
            add_source(tx, name, enabled=name != "off")
            add_polls(tx, name, (0, "ok", 200), (50, "ok", 200))
            add_days(tx, name, 1000 * n + 1, 0, 60 if name == "gorki" else 100)
        add_polls(tx, "gorki", (99, "ok", 200))
        add_polls(tx, "shklov", (90, "tls", None), (99, "tls", None))
        add_polls(tx, "orsha", (99, "ok", 200))
        add_polls(tx, "off", (60, "dns", None))
        told = source_troubles(tx, now=NOW)
        watched, _, _ = watched_sources(tx, start=START, stop=NOW, tag_version=1)
    silent_since = START + 59 * DAY
    assert [(t.source_id, t.what, t.since) for t in told] == [
        ("gorki", "silent", silent_since),
        ("shklov", "tls", START + 90 * DAY),
    ]
    assert isinstance(told[0], Trouble)
    gorki, shklov = watched[SourceId("gorki")], watched[SourceId("shklov")]
    assert (gorki.silent_since, gorki.trouble) == (silent_since.date(), "")
    assert gorki.pieces == ((START, silent_since, 1.0),)  # not up to the day on which it was noticed
    assert (shklov.trouble, shklov.trouble_since) == ("tls", (START + 90 * DAY).date())
    assert (watched[SourceId("orsha")].trouble, watched[SourceId("orsha")].silent_since) == ("", None)


def fetched(tx: Any, ids: range, ending: Ending, reason: Reason, **article: Any) -> None:
    for n in ids:
        add_article(tx, "gorki", n, **article)
        url = tx.execute(sa.select(articles.c.listed_url).where(articles.c.id == n)).scalar_one()
        record(tx, LedgerEntry(Stage.FETCH, url, ending, reason, NOW - DAY, "gorki"))


def test_pages_that_never_came_are_pages_without_text_and_the_commonest_reason_is_told(db: Db) -> None:
    with db.begin() as tx:
        add_source(tx, "gorki")
        add_polls(tx, "gorki", (99, "ok", 200))
        fetched(tx, range(1, 6), Ending.DONE, Reason.OK)
        for n in range(1, 6):
            record(tx, LedgerEntry(Stage.EXTRACT, str(n), Ending.DONE, Reason.OK, NOW - DAY, "gorki"))
        fetched(tx, range(6, 10), Ending.FAILED, Reason.TIMEOUT, state="listed")
        fetched(tx, range(10, 16), Ending.FAILED, Reason.HTTP_4XX, state="dead")
        record(tx, LedgerEntry(Stage.EXTRACT, "16", Ending.FAILED, Reason.NO_TEXT, NOW - DAY, "gorki"))
        # of an archive, of no article: it was no page of the last weeks
        record(
            tx, LedgerEntry(Stage.FETCH, "a.warc:7", Ending.FAILED, Reason.BAD_ENCODING, NOW - DAY, "gorki")
        )
        facts = read_facts(tx, since=START, stop=NOW)[SourceId("gorki")]
        told = source_troubles(tx, now=NOW)
        watched, _, _ = watched_sources(tx, start=START, stop=NOW, tag_version=1)
    assert facts.texts == TextShare(pages=16, without=11, why="http_4xx")
    detail = "11 of 16 pages of four weeks gave no text, most often http_4xx"
    assert [(t.what, t.detail) for t in told] == [("no_text", detail)]
    assert watched[SourceId("gorki")].odd == "no_text"


def test_an_outlet_that_is_nearly_all_doubles_is_told(db: Db) -> None:
    with db.begin() as tx:
        add_source(tx, "gorki")
        add_polls(tx, "gorki", (99, "ok", 200))
        for n in range(40):
            reason = Reason.DUPLICATE_URL if n else Reason.OK
            record(tx, LedgerEntry(Stage.EXTRACT, str(n), Ending.SKIPPED, reason, NOW - DAY, "gorki"))
        told = source_troubles(tx, now=NOW)
        watched, _, _ = watched_sources(tx, start=START, stop=NOW, tag_version=1)
    detail = "39 of 40 pages of four weeks were doubles of other pages"
    assert [(t.what, t.detail) for t in told] == [("doubles", detail)]
    assert watched[SourceId("gorki")].odd == "doubles"


@pytest.mark.parametrize("seed", range(3))
def test_polls_told_are_those_that_a_look_at_each_would_tell(db: Db, seed: int) -> None:
    rng, names = Random(seed), [(source, feed) for source in ("brest", "gorki") for feed in ("a", "b", "c")]
    polls: dict[tuple[str, str], list[tuple[int, str, str, bool]]] = {}
    for name in names:
        endings = rng.choices([("done", "ok"), ("failed", "dns"), ("failed", "tls")], (6, 2, 1), k=40)
        polls[name] = [
            (n, *ending, rng.random() < 0.1) for n, ending in enumerate(endings) if rng.random() < 0.8
        ]
    same = {"n_entries": 1, "n_new": 0, "warnings": []}
    with db.begin() as tx:
        for source in ("brest", "gorki"):
            add_source(tx, source)
        for (source, feed), rows in polls.items():
            key = {"source_id": source, "feed_url": feed, **same}
            tx.execute(
                sa.insert(checks),
                [
                    {**key, "at": START + n * DAY, "ending": e, "reason": why, "overflow": over}
                    for n, e, why, over in rows
                ],
            )
        since, stop = 5, 35
        told = changed_polls(tx, START + since * DAY, START + stop * DAY)
        of_one = changed_polls(tx, START + since * DAY, START + stop * DAY, only=SourceId("gorki"))
    expected: dict[str, list[tuple[int, str, bool, int | None]]] = {}
    for (source, feed), rows in polls.items():
        inside = [row for row in rows if since <= row[0] < stop]
        pairs = pairwise([None, *inside])
        found = [
            (n, feed, ending == "done", before[0] if over and before else None)
            for before, (n, ending, why, over) in pairs
            if before is None or over or (ending, why) != before[1:3] or n == inside[-1][0]
        ]
        expected[source] = sorted(expected.get(source, []) + found)
    seen = {
        source: [
            ((p.at - START).days, p.feed, p.is_good, (p.previous_at - START).days if p.previous_at else None)
            for p in rows
        ]
        for source, rows in told.items()
    }
    assert seen == expected
    assert of_one == {"gorki": told[SourceId("gorki")]}
