"""Pages of outlets that go off and on, pages that an operator asks for again, two crawls at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.ledger import Reason
from monitor.core.ledger_store import ledger
from monitor.crawl.again import try_again
from monitor.crawl.store import put_sources
from monitor.crawl.types import Failed, FetchRequest, Outcome
from monitor.gaps.watching import read_pages
from tests.crawl_world import NOW, World, source

GORKI = ["http://gorki.example/1", "http://gorki.example/2"]


@pytest.fixture
def world(db: Db) -> World:
    return World(db)


def put(world: World, *, gorki_on: bool) -> None:
    gorki = replace(source("gorki"), enabled=gorki_on, why_not="" if gorki_on else "closed")
    with world.db.begin() as tx:
        put_sources(tx, [gorki, source("shklov")], at=world.clock())


def leave_out(world: World) -> None:
    with world.db.begin() as tx:
        put_sources(tx, [source("shklov")], at=world.clock())


def states_of_gorki(world: World) -> list[str]:
    return [state for _, outlet, _, state in world.states() if outlet == "gorki"]


@pytest.mark.parametrize("switch_off", [lambda w: put(w, gorki_on=False), leave_out], ids=["off", "left out"])
def test_pages_that_wait_for_an_outlet_end_when_it_is_switched_off_and_come_back_with_it(
    world: World, switch_off: Any
) -> None:
    world.poll()
    switch_off(world)
    assert world.pages() == Counts(off=2, ready=1)
    assert states_of_gorki(world) == ["dead", "dead"]
    assert world.reasons("fetch")[:2] == [(url, "skipped", "source_off") for url in GORKI]
    with world.db.begin() as tx:
        told = read_pages(tx, NOW - timedelta(days=7), NOW + timedelta(days=1), tag_version=1)
    assert told["gorki"].reasons == {"source_off": 2}  # type: ignore[index]
    world.clock.set(NOW + timedelta(weeks=13))
    assert world.pages() == Counts()
    put(world, gorki_on=True)
    assert world.pages() == Counts(back=2, ready=2)
    assert states_of_gorki(world) == ["ready", "ready"]
    assert world.pages() == Counts()


def test_an_outlet_that_is_on_again_after_a_quarter_of_a_year_begins_anew(world: World) -> None:
    world.poll()
    put(world, gorki_on=False)
    world.pages()
    world.clock.set(NOW + timedelta(weeks=13, seconds=1))
    put(world, gorki_on=True)
    assert world.pages() == Counts()
    assert states_of_gorki(world) == ["dead", "dead"]


def given_up(world: World, url: str, reason: Reason, at: datetime) -> None:
    """A page that did not come four times, the last time at `at`."""
    world.fetch.answers[url] = Failed(url, reason, at)  # type: ignore[arg-type]
    with world.db.begin() as tx:
        tx.execute(
            sa.update(articles).where(articles.c.url == url).values(fetch_attempts=3, next_fetch_at=at)
        )
    world.clock.set(at)
    world.pages()


def asked_again(world: World, **wanted: Any) -> list[str]:
    """Which pages wait once more, by their address."""
    try_again(db=world.db, assign_cluster=world.cluster, at=world.clock(), **wanted)
    waiting = sa.select(articles.c.url).where(articles.c.state == "listed", articles.c.fetch_attempts == 0)
    return [url for (url,) in world.rows(waiting.order_by(articles.c.url))]


def test_what_was_given_up_is_asked_for_again_by_reason_day_and_outlet(world: World) -> None:
    world.poll()
    world.fetch.answers[GORKI[1]] = Failed(GORKI[1], Reason.DNS, NOW)  # type: ignore[arg-type]
    given_up(world, GORKI[0], Reason.CRASHED, NOW)
    given_up(world, GORKI[1], Reason.TIMEOUT, NOW + timedelta(days=2))
    assert asked_again(world, reasons=[Reason.ROBOTS]) == []
    assert asked_again(world, reasons=[Reason.CRASHED], since=NOW + timedelta(seconds=1)) == []
    assert asked_again(world, reasons=[Reason.CRASHED, Reason.TIMEOUT], source_id="shklov") == []
    assert asked_again(world, reasons=[Reason.CRASHED], since=NOW) == GORKI[:1]
    assert asked_again(world, reasons=[Reason.TIMEOUT], source_id="gorki") == GORKI
    world.fetch.answers |= {GORKI[0]: b"one", GORKI[1]: b"two"}
    assert world.pages() == Counts(ready=2)
    assert asked_again(world, reasons=[Reason.CRASHED, Reason.TIMEOUT]) == []


def test_pages_of_an_outlet_that_is_off_and_doubles_are_not_asked_for_again(world: World) -> None:
    world.poll()
    given_up(world, GORKI[0], Reason.CRASHED, NOW)
    put(world, gorki_on=False)
    assert asked_again(world, reasons=list(Reason)) == []


def test_the_later_ending_of_a_page_is_why_it_was_given_up(world: World) -> None:
    world.poll()
    given_up(world, GORKI[0], Reason.HTTP_4XX, NOW + timedelta(hours=1))
    with world.db.begin() as tx:
        number = tx.execute(sa.select(articles.c.id).where(articles.c.url == GORKI[0])).scalar_one()
        once = {"stage": "extract", "item": str(number), "source_id": "gorki", "ending": "failed"}
        tx.execute(sa.insert(ledger).values(**once, reason="timeout", at=NOW))
        told = read_pages(tx, NOW - timedelta(days=7), NOW + timedelta(days=1), tag_version=1)
    assert told["gorki"].reasons == {"http_4xx": 1}  # type: ignore[index]
    assert asked_again(world, reasons=[Reason.TIMEOUT]) == []
    assert asked_again(world, reasons=[Reason.HTTP_4XX]) == GORKI[:1]


def test_a_second_crawl_that_had_the_pages_first_costs_no_story_a_revision(world: World) -> None:
    world.poll()
    ask, other = world.fetch, World.pages

    def while_the_other_works(requests: Sequence[FetchRequest]) -> list[Outcome]:
        world.fetch = ask
        other(world)
        return ask(requests)

    world.fetch = while_the_other_works  # type: ignore[assignment]
    assert world.pages() == Counts(overtaken=3)
    revisions = world.rows(sa.select(articles.c.state, articles.c.n_revisions))
    assert revisions == [("ready", 0)] * 3
    assert {version for (version,) in world.rows(sa.select(ledger.c.version))} == {""}


def test_pages_that_another_crawl_had_before_their_batch_are_not_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.crawl import pages

    world.poll()
    find = pages.due_pages

    def then_the_other_works(tx: Tx, **which: Any) -> Any:
        due = find(tx, **which)
        tx.execute(sa.update(articles).values(state="ready", next_fetch_at=None))
        return due

    monkeypatch.setattr(pages, "due_pages", then_the_other_works)
    before = len(world.fetch.asked)
    assert world.pages() == Counts()
    assert len(world.fetch.asked) == before
