"""Trouble of the service is told once, and once more when it is over; figures and health are served."""

import http.client
import json
from collections import namedtuple
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.core import runs
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.home import Home
from monitor.crawl.tables import checks, feeds, sources
from monitor.reports.subscribers import add_subscriber, leave
from monitor.reports.tables import outbox, reports, subscribers
from monitor.web.health import health_served
from monitor.wiring import App, watching
from monitor.wiring.clocks import note_first_start
from monitor.wiring.metrics import metrics_text
from monitor.wiring.watching import letter, sentence, signs, watch
from tests import make
from tests.chaos.service.line import Line, prepare
from tests.crawl_world import NOW
from tests.make_reports import MOGILEV
from tests.service_world import add_run

Disk = namedtuple("Disk", "total used free")
CODES = {watching.NO_CRAWL, watching.REPORT_LATE, watching.DISK_LOW, watching.JOB_FAILING}
CODES |= {watching.REPORT_UNMADE}
CODES |= {watching.MAILS_HELD, watching.MAILS_WAITING, watching.CLOCK_BACK}


@pytest.fixture
def app(db: Db, tmp_path: Path) -> Iterator[App]:
    """A home over the database, with an operator."""
    home = Home(tmp_path / "home")
    home.create()
    text = home.settings_file.read_text("utf-8")
    text = text.replace("sqlite:///monitor.sqlite", db.engine.url.render_as_string(hide_password=False))
    home.settings_file.write_text(text.replace('operator = ""', 'operator = "op@desk.example"'), "utf-8")
    made = App(home, clock=SettableClock(NOW), environment=False)
    yield made
    made.close()


def polled(db: Db, at: object) -> None:
    with db.begin() as tx:
        make.add_source(tx, "gorki")
        url = "http://gorki.example/feed"
        tx.execute(sa.insert(feeds).values(source_id="gorki", url=url, last_ok_at=at))
        found = {
            "ending": "done",
            "reason": "ok",
            "n_entries": 1,
            "n_new": 0,
            "overflow": False,
            "warnings": [],
        }
        tx.execute(sa.insert(checks).values(source_id="gorki", feed_url=url, at=at, **found))


def test_a_new_installation_is_in_no_trouble(app: App) -> None:
    assert signs(app) == ()
    assert watch(app) == Counts()


def test_a_trouble_is_told_once_and_once_more_when_it_is_over(app: App, db: Db) -> None:
    polled(db, NOW - timedelta(hours=25))
    clock = app.clock
    assert isinstance(clock, SettableClock)
    told = []
    for minutes in range(0, 20, 5):
        clock.set(NOW + timedelta(minutes=minutes))
        told.append(watch(app))
    assert told == [Counts(begun=1), *[Counts(lasting=1)] * 3]
    with db.begin() as tx:
        tx.execute(sa.update(feeds).values(last_ok_at=clock()))
    assert [watch(app), watch(app)] == [Counts(over=1), Counts()]
    with db.begin() as tx:
        mails = make.list_notices(tx, address="op@desk.example")
    assert [mail.subject for mail in mails] == [
        "Монитор: источники не опрашиваются",
        "Монитор: снова в порядке (источники не опрашиваются)",
    ]


def test_every_trouble_is_seen_and_has_words_in_every_language(
    app: App, db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(db)
    Line(db).run()
    clock = app.clock
    assert isinstance(clock, SettableClock)
    clock.set(NOW + timedelta(days=7, hours=8))  # the Monday after, past noon in Minsk
    with db.begin() as tx:
        runs.put_fact(tx, "weekly.reports", "2026-W45")
        tx.execute(sa.text("UPDATE outbox SET state = 'unknown' WHERE id % 2 = 0"))
        tx.execute(sa.text("UPDATE outbox SET attempts = 3, last_error = '451 busy' WHERE id % 2 = 1"))
        lost = {"week": "2026-W46", "region": "by-gone", "lang": "ru", "topics": [], "error": "KeyError: 1"}
        runs.put_fact(tx, "reports.unmade", [lost])
    for _ in range(3):
        add_run(db, "crawl.poll", NOW, ending="failed")
    monkeypatch.setattr(watching.shutil, "disk_usage", lambda _: Disk(10**9, 10**9, 5_000_000))
    found = signs(app)
    clock.set(NOW - timedelta(days=1))
    every = {sign.code: sign for sign in (*found, *signs(app))}
    assert set(every) == CODES
    for lang in ("ru", "be", "en"):
        for sign in every.values():
            assert "{" not in sentence(sign, lang=lang)
        subject, text = letter(every, list(every), [], {}, lang=lang)
        assert subject
        assert len(text.splitlines()) == len(CODES)


def test_mails_do_not_leave_when_the_server_has_refused_them_for_half_a_day(app: App, db: Db) -> None:
    prepare(db)
    Line(db).run()
    clock = app.clock
    assert isinstance(clock, SettableClock)
    with db.begin() as tx:
        tx.execute(sa.update(reports).values(built_at=NOW))
        tx.execute(sa.update(subscribers).values(added_at=NOW, confirmed_at=NOW))
        newest = tx.execute(sa.select(sa.func.max(outbox.c.subscriber_id))).scalar_one()
        late = {"added_at": NOW + timedelta(hours=3), "confirmed_at": NOW + timedelta(hours=6)}
        tx.execute(sa.update(subscribers).where(subscribers.c.id == newest).values(**late))
        readers = list(tx.execute(sa.select(outbox.c.subscriber_id)).scalars())
    n_first = len(readers) - readers.count(newest)
    assert n_first > 1

    def waiting(hours: float) -> list[str]:
        clock.set(NOW + timedelta(hours=hours))
        return [sign.about["n"] for sign in signs(app) if sign.code == watching.MAILS_WAITING]

    def refused(pause: timedelta) -> None:
        with db.begin() as tx:
            said = {"attempts": 1, "last_error": "451 greylisted", "next_try_at": clock() + pause}
            tx.execute(sa.update(outbox).values(**said))

    assert waiting(13) == []  # nothing was tried: the service was off
    clock.set(NOW)
    refused(timedelta(minutes=5))
    assert [waiting(hours) for hours in (0.01, 1, 11.9)] == [[], [], []]
    refused(timedelta(hours=6))
    assert [waiting(12.1), waiting(18.1)] == [[str(n_first)], [str(len(readers))]]
    with db.begin() as tx:
        tx.execute(sa.update(outbox).values(state="sent"))
    assert waiting(18.1) == []


def test_a_report_that_was_never_made_is_late_at_monday_noon(app: App, db: Db) -> None:
    clock = app.clock
    assert isinstance(clock, SettableClock)
    monday = datetime(2026, 11, 23, 6, tzinfo=app.zone)  # 2026-W47 is over
    with db.begin() as tx:
        add_subscriber(tx, email="a@paper.example", region=MOGILEV, lang="ru", at=monday - timedelta(days=9))

    def late(at: datetime) -> list[str]:
        clock.set(at.astimezone(UTC))
        return [sign.about["week"] for sign in signs(app) if sign.code == watching.REPORT_LATE]

    noon = monday + timedelta(hours=6)
    assert late(noon + timedelta(days=60)) == []  # no service ever ran here: nobody promised anything
    with db.begin() as tx:
        note_first_start(tx, now=monday)
    assert late(noon + timedelta(hours=1)) == []  # it came when the hour of reports had passed
    assert late(noon + timedelta(days=7, minutes=-1)) == []
    assert late(noon + timedelta(days=7, minutes=1)) == ["2026-W48"]
    assert late(noon + timedelta(days=60)) != []
    with db.begin() as tx:
        runs.put_fact(tx, "weekly.reports", "2026-W48")
    assert late(noon + timedelta(days=7, minutes=1)) == []
    assert late(noon + timedelta(days=14, minutes=1)) == ["2026-W49"]
    with db.begin() as tx:
        leave(tx, 1)
    assert late(noon + timedelta(days=14, minutes=1)) == []  # nobody waits for it


def test_a_job_that_was_asked_to_stop_is_no_failure(app: App, db: Db) -> None:
    for ending in ("failed", "stopped", "killed", "stopped", "failed"):
        add_run(db, "linking.link", NOW, ending=ending)
    assert [sign.key for sign in signs(app)] == ["job_failing linking.link"]
    add_run(db, "linking.link", NOW)
    assert signs(app) == ()


def test_figures_tell_what_the_database_holds(app: App, db: Db) -> None:
    prepare(db)
    Line(db).run()
    add_run(db, "crawl.poll", NOW)
    lines = metrics_text(app).decode().splitlines()
    assert {
        'monitor_items{reason="below_gate",stage="tag"} 18.0',
        'monitor_sources{polled="yes"} 3.0',
        'monitor_queue{queue="tag"} 0.0',
        'monitor_mails{state="queued"} 12.0',
        'monitor_version{fingerprint="fake-1",stage="tag"} 1.0',
        'monitor_job_well{job="crawl.poll"} 1.0',
    } <= set(lines)


def test_feeds_of_outlets_that_are_switched_off_wait_for_nothing(app: App, db: Db) -> None:
    prepare(db)

    def waiting() -> list[str]:
        lines = metrics_text(app).decode().splitlines()
        return [line for line in lines if line.startswith("monitor_queue") and '"poll"' in line]

    with db.begin() as tx:
        tx.execute(sa.update(feeds).values(next_check_at=NOW - timedelta(days=30)))
    assert waiting() != ['monitor_queue{queue="poll"} 0.0', 'monitor_queue_age_seconds{queue="poll"} 0.0']
    with db.begin() as tx:
        tx.execute(sa.update(sources).values(enabled=False))
    assert waiting() == ['monitor_queue{queue="poll"} 0.0', 'monitor_queue_age_seconds{queue="poll"} 0.0']


def test_of_two_disks_the_one_with_least_room_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, data = tmp_path / "home", tmp_path / "data"
    home.mkdir()
    data.mkdir()
    free = {home: 7_000_000, data: 5_000_000}
    monkeypatch.setattr(watching.shutil, "disk_usage", lambda folder: Disk(10**9, 10**9, free[folder]))
    assert watching.fullest(Home(home), data / "monitor.sqlite") == (data, 5_000_000)
    assert watching.fullest(Home(home), home / "monitor.sqlite") == (home, 7_000_000)
    assert watching.fullest(Home(home), None) == (home, 7_000_000)


def test_health_is_served_on_loopback_and_figures_to_nobody_behind_a_proxy(app: App) -> None:
    standing = {"active": True, "stuck_jobs": []}
    with health_served(app, 0, dict) as none:
        assert none is None
    port = _free_port()
    with health_served(app, port, lambda: standing):
        assert _get(port, "/health/live")[0] == 200
        status, body = _get(port, "/health/ready")
        assert (status, json.loads(body)) == (200, {"ready": True, "troubles": [], **standing})
        assert _get(port, "/metrics")[0] == 200
        assert _get(port, "/metrics", {"X-Forwarded-For": "203.0.113.9"})[0] == 404
        with health_served(app, port, dict, again_s=0.02) as second:  # a standby beside the active one
            assert second is not None
            assert second.is_waiting
        standing["why"] = "database or disk is full"  # it may be read all the same
        status, body = _get(port, "/health/ready")
        assert (status, json.loads(body)["why"]) == (503, "database or disk is full")
        del standing["why"]
        assert _get(port, "/health/ready")[0] == 200
        standing["stuck_jobs"] = ["crawl.poll"]
        assert _get(port, "/health/ready")[0] == 503
        assert _get(port, "/health/live")[0] == 200
        standing["pages"] = False  # were served with it and are gone
        assert _get(port, "/health/live")[0] == 503


def _free_port() -> int:
    import socket

    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _get(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    for _ in range(100):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            try:
                connection.request("GET", path, headers=headers or {})
            except ConnectionRefusedError:
                import time

                time.sleep(0.05)
                continue
            answer = connection.getresponse()
            return answer.status, answer.read()
    raise AssertionError("nobody listens")
