"""One report that cannot be made costs no other its letter, is told, and is made as soon as it can be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.core import runs
from monitor.core.clock import week_start
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.ids import PlaceId, Week
from monitor.crawl.tables import checks, sources
from monitor.gaps.store import store_table
from monitor.gaps.types import State
from monitor.jobs import find_job, run_job
from monitor.reports.store import list_outbox
from monitor.reports.subscribers import add_subscriber, remove_subscriber
from monitor.reports.tables import outbox, subscribers
from monitor.wiring import watching
from monitor.wiring.clocks import is_known
from monitor.wiring.reporting import unmade
from monitor.wiring.watching import watch
from tests import make
from tests.desk_world import OPERATOR, Desk, desk
from tests.make_reports import MOGILEV, gap_row, table

NOW = datetime(2025, 11, 24, 3, 30, tzinfo=UTC)  # Monday, after 2025-W47
GONE = PlaceId("by-region-renamed")
BUILD = find_job("reports.build")


@pytest.fixture
def app(db: Db, tmp_path: Path) -> Iterator[Desk]:
    """A counted week, a reader of a place that the gazetteer lost, and two others."""
    with desk(db, tmp_path, NOW) as made:
        with db.begin() as tx:
            for name, region in (("gone", GONE), ("one", MOGILEV), ("two", MOGILEV)):
                add_subscriber(tx, email=f"{name}@paper.example", region=region, lang="ru", at=NOW)
        count(made, Week("2025-W47"))
        yield made


def count(app: Desk, week: Week) -> None:
    """Keep a gap table of the week, in which a feed was asked."""
    asked_in(app, week)
    held = table([gap_row("AGR-0079", State.UNCOVERED, 0.9)], watch=())
    held = replace(held, week=week, register_version=app.register.version)
    with app.ready_db.begin() as tx:
        tag = runs.ensure_version(tx, "tag", "t", {}, at=NOW)
        link = runs.ensure_version(tx, "link", "l", {}, at=NOW)
        store_table(tx, held, tag_version_id=tag.id, link_version_id=link.id, at=app.clock())


def asked_in(app: Desk, week: Week) -> None:
    """A poll on the Wednesday of a week."""
    at = datetime.combine(week_start(week), time(12), UTC) + timedelta(days=2)
    found = {"ending": "done", "reason": "ok", "n_entries": 1, "n_new": 0, "overflow": False}
    polled = {"source_id": "gorki", "feed_url": "http://gorki.example/feed", "warnings": []}
    with app.ready_db.begin() as tx:
        if not tx.execute(sa.select(sources.c.id).where(sources.c.id == "gorki")).first():
            make.add_source(tx, "gorki")
        tx.execute(sa.insert(checks).values(**polled, **found, at=at))


def mails(db: Db) -> list[tuple[str, str]]:
    """Reader and report of every mail in the outbox."""
    with db.begin() as tx:
        return [(row.email.partition("@")[0], row.report_id) for row in list_outbox(tx)]


def region_of(db: Db, reader: str, region: str) -> None:
    """As if the gazetteer had the place again."""
    with db.begin() as tx:
        found = subscribers.c.email == f"{reader}@paper.example"
        tx.execute(sa.update(subscribers).where(found).values(region=region))


def test_a_place_that_is_gone_stops_its_own_report_only(app: Desk, db: Db) -> None:
    assert run_job(app, BUILD) == Counts(reports=1, queued=2, crashed=1)
    first = "2025-W47-by-mogilev-region-ru"
    assert mails(db) == [("one", first), ("two", first)]
    with db.begin() as tx:
        (run,) = runs.list_runs(tx, limit=1)
        (lost,) = unmade(tx)
    assert (run.ending, run.counts["crashed"]) == (runs.FAILED, 1)
    assert (lost.week, lost.choice) == ("2025-W47", (GONE, "ru", ()))
    assert lost.error.startswith("the gazetteer has no place 'by-region-renamed'")
    assert watch(app) == Counts(begun=1)
    with db.begin() as tx:
        (alarm,) = make.list_notices(tx, address=OPERATOR)
    assert "by-region-renamed" in alarm.text


def test_what_could_not_be_made_is_made_later_and_no_mail_is_queued_twice(app: Desk, db: Db) -> None:
    for _ in range(4):
        assert run_job(app, BUILD)["crashed"] == 1
    assert [sign.code for sign in watching.signs(app)] == [watching.REPORT_UNMADE]  # one cause, one alarm
    assert len(mails(db)) == 2
    region_of(db, "gone", MOGILEV)
    assert run_job(app, BUILD) == Counts(reports=1, queued=1)
    assert run_job(app, BUILD) == Counts(reports=1)
    assert sorted(reader for reader, _ in mails(db)) == ["gone", "one", "two"]
    assert watching.signs(app) == ()


def test_what_a_week_lacks_is_made_beside_the_next_one(app: Desk, db: Db) -> None:
    run_job(app, BUILD)
    app.clock.set(NOW + timedelta(days=7))
    count(app, Week("2025-W48"))
    with db.begin() as tx:
        add_subscriber(tx, email="new@paper.example", region=MOGILEV, lang="en", at=app.clock())
    assert run_job(app, BUILD) == Counts(reports=2, queued=3, crashed=2)
    region_of(db, "gone", "by-minsk-region")
    # the place has another name now: nobody waits for what was to be made under the old one
    assert run_job(app, BUILD) == Counts(reports=3, queued=1)
    weeks = [(reader, report_id[:8]) for reader, report_id in mails(db)]
    assert sorted(weeks) == [
        ("gone", "2025-W48"),
        ("new", "2025-W48"),  # and not the week before it came
        ("one", "2025-W47"),
        ("one", "2025-W48"),
        ("two", "2025-W47"),
        ("two", "2025-W48"),
    ]
    with db.begin() as tx:
        assert unmade(tx) == ()


def test_a_week_before_is_made_once_its_place_is_known_again(app: Desk, db: Db) -> None:
    others = {key: place for key, place in app.register.places.items() if key != MOGILEV}
    without = replace(app.register, places=others)
    whole, app.register = app.register, without
    assert run_job(app, BUILD) == Counts(crashed=2)
    app.register = whole
    app.clock.set(NOW + timedelta(days=7))
    count(app, Week("2025-W48"))
    with db.begin() as tx:
        remove_subscriber(tx, email="gone@paper.example")
    assert run_job(app, BUILD) == Counts(reports=2, queued=4)
    assert [report_id[:8] for _, report_id in mails(db)] == ["2025-W47"] * 2 + ["2025-W48"] * 2
    with db.begin() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(outbox)).scalar_one() == 4


def test_failures_of_long_ago_are_forgotten(app: Desk, db: Db) -> None:
    run_job(app, BUILD)
    app.clock.set(NOW + timedelta(weeks=9))
    for n in range(8, 0, -1):
        count(app, Week(f"2026-W0{5 - n}" if n < 5 else f"2025-W{57 - n}"))
    with db.begin() as tx:
        remove_subscriber(tx, email="gone@paper.example")
        runs.put_fact(tx, "weekly.reports", "2026-W03")
    run_job(app, BUILD)
    with db.begin() as tx:
        assert unmade(tx) == ()


def test_a_clock_a_year_ahead_sends_no_letter_of_weeks_of_which_nothing_is_known(app: Desk, db: Db) -> None:
    region_of(db, "gone", MOGILEV)
    assert run_job(app, BUILD) == Counts(reports=1, queued=3)
    app.clock.set(NOW + timedelta(days=364))  # what is polled now is polled after the week that it calls over
    assert run_job(app, BUILD) == Counts(unknown_weeks=8)
    app.clock.set(NOW + timedelta(days=7))
    count(app, Week("2025-W48"))
    assert run_job(app, BUILD) == Counts(reports=1, queued=3)
    assert {report_id[:8] for _, report_id in mails(db)} == {"2025-W47", "2025-W48"}


def test_a_week_in_which_the_service_was_away_is_known_by_what_feeds_still_listed(app: Desk, db: Db) -> None:
    with db.begin() as tx:
        written = datetime(2025, 12, 3, 9, tzinfo=UTC)
        make.add_article(tx, "gorki", 1, published_at=written, first_seen_at=written + timedelta(days=6))
        known = [is_known(tx, Week(f"2025-W{n}"), zone=app.zone) for n in (46, 47, 48, 49, 50)]
    assert known == [False, True, False, True, False]
