"""The service over real databases and jobs of the test: catch-up, standby, faults, stop."""

import re
import shutil
import threading
from asyncio import CancelledError
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.errors import OutsideError, StorageError
from monitor.core.lease import lease_on
from monitor.core.progress import Progress
from monitor.crawl.tables import checks, feeds
from monitor.jobs import CRAWL, POST, Job
from monitor.service.due import is_missed, jobs_to_repeat, missed_jobs
from monitor.service.service import LEASE
from monitor.wiring import App
from monitor.wiring.clocks import note_first_start
from tests import make
from tests.service_world import MINSK, NOW, Settable, Work, add_run, endings, running, until

NEVER = "0 0 29 2 mon"


def test_what_was_missed_is_caught_up_once_in_the_order_of_the_rows(db: Db) -> None:
    crawl, report, fresh, new = Work(), Work(), Work(), Work()
    jobs = (
        Job("crawl", "*/5 * * * *", crawl, CRAWL),
        Job("report", "30 5 * * mon", report),  # 05:30 of today, half an hour ago
        Job("fresh", "0 5 * * mon", fresh),
        Job("new", "0 7 * * mon", new, POST),
    )
    for name in ("crawl", "report", "new"):
        add_run(db, name, NOW - timedelta(days=8))
    add_run(db, "fresh", NOW - timedelta(minutes=30))
    add_run(db, "report", NOW - timedelta(minutes=20), ending="failed")
    with db.begin() as tx:
        note_first_start(tx, now=NOW - timedelta(days=30))
    with running(db, jobs):
        until(lambda: len(endings(db)) == 8 and endings(db)[7][1])
    assert endings(db)[5:] == [("crawl", "done"), ("report", "done"), ("new", "done")]
    assert (crawl.calls, report.calls, fresh.calls, new.calls) == (1, 1, 0, 1)


def test_the_first_service_of_an_installation_has_nothing_to_catch_up(db: Db) -> None:
    work = Work()
    jobs = (Job("report", "30 5 * * mon", work),)
    with db.begin() as tx:
        first = note_first_start(tx, now=NOW)
        assert note_first_start(tx, now=NOW + timedelta(days=1)) == first == NOW
        assert missed_jobs(tx, jobs, first_start=first, now=NOW + timedelta(days=6), zone=MINSK) == ()
        later = NOW + timedelta(days=7)
        assert missed_jobs(tx, jobs, first_start=first, now=later, zone=MINSK) == jobs


def test_a_run_of_a_time_to_come_is_not_believed(db: Db) -> None:
    jobs = (Job("report", "30 5 * * mon", Work()),)
    add_run(db, "report", NOW + timedelta(days=300))
    with db.begin() as tx:
        first = NOW - timedelta(days=7)
        assert missed_jobs(tx, jobs, first_start=first, now=NOW, zone=MINSK) == jobs


@pytest.mark.parametrize(
    ("since", "now", "is_due"),
    [
        ("2026-03-28T12:00+02:00", "2026-03-29T01:59+01:00", False),  # clocks go from 2 to 3 in Warsaw
        ("2026-03-28T12:00+02:00", "2026-03-29T03:31+02:00", True),
        ("2026-10-25T02:31+02:00", "2026-10-25T02:29+01:00", False),  # and back from 3 to 2
    ],
)
def test_a_job_of_an_hour_that_a_change_of_clocks_skips_or_repeats_comes_once(
    since: str, now: str, is_due: bool
) -> None:
    from zoneinfo import ZoneInfo

    job = Job("nightly", "30 2 * * *", Work())
    first, then = datetime.fromisoformat(since), datetime.fromisoformat(now)
    assert is_missed(job, first, now=then, zone=ZoneInfo("Europe/Warsaw")) is is_due


def test_a_job_whose_time_is_far_is_asked_for_again_an_hour_after_it_failed(db: Db) -> None:
    fails = iter([True, True, False])

    def crash(progress: Progress) -> None:
        if next(fails):
            raise ZeroDivisionError

    clock, seconds, weekly = SettableClock(NOW), Settable(), Work(crash)
    jobs = (Job("weekly", NEVER, weekly),)
    add_run(db, "weekly", NOW - timedelta(days=9000))

    def later(minutes: int) -> None:
        clock.set(NOW + timedelta(minutes=minutes))
        seconds.now = minutes * 60.0
        threading.Event().wait(0.3)

    with running(db, jobs, clock=clock, monotonic=seconds):
        until(lambda: endings(db)[1:] == [("weekly", "failed")])
        for minutes in (10, 30, 59):
            later(minutes)
        assert weekly.calls == 1
        later(66)
        until(lambda: endings(db)[2:] == [("weekly", "failed")])
        later(120)
        assert weekly.calls == 2
        later(132)
        until(lambda: endings(db)[3:] == [("weekly", "done")])
        later(300)
    assert weekly.calls == 3


def test_a_job_that_runs_or_was_run_within_the_hour_is_not_asked_for_again(db: Db) -> None:
    jobs = tuple(Job(name, NEVER, Work()) for name in ("runs", "fresh", "failed", "killed", "ahead", "never"))
    for job in jobs[:5]:
        add_run(db, job.name, NOW - timedelta(days=9000))
    add_run(db, "runs", NOW - timedelta(hours=2), ending=None)
    add_run(db, "fresh", NOW - timedelta(minutes=59), ending="failed")
    add_run(db, "failed", NOW - timedelta(hours=1), ending="failed")
    add_run(db, "killed", NOW - timedelta(hours=3), ending="killed")
    add_run(db, "ahead", NOW + timedelta(days=300), ending="failed")
    with db.begin() as tx:
        first = NOW - timedelta(days=9000)
        again = jobs_to_repeat(tx, jobs, at_work={"runs"}, first_start=first, now=NOW, zone=MINSK)
        without_end = jobs_to_repeat(tx, jobs[:2], at_work=(), first_start=first, now=NOW, zone=MINSK)
    assert [job.name for job in again] == ["failed", "killed", "ahead", "never"]
    assert [job.name for job in without_end] == ["runs"]  # its end could not be written: a full disk


def test_a_job_that_crashes_stops_no_other_and_is_due_again(db: Db) -> None:
    def crash(progress: Progress) -> None:
        raise ZeroDivisionError

    bad, good = Work(crash), Work()
    jobs = (Job("bad", "*/5 * * * *", bad), Job("good", "*/5 * * * *", good))
    for name in ("bad", "good"):
        add_run(db, name, NOW - timedelta(hours=1))
    with running(db, jobs):
        until(lambda: len(endings(db)) == 4 and endings(db)[3][1])
    assert endings(db)[2:] == [("bad", "failed"), ("good", "done")]
    with db.begin() as tx:
        again = missed_jobs(tx, jobs, first_start=NOW, now=NOW, zone=MINSK)
    assert [job.name for job in again] == ["bad"]


def test_asked_to_stop_a_job_ends_between_two_items_and_is_due_again(db: Db) -> None:
    begun = threading.Event()

    def slow(progress: Progress) -> None:
        for n in range(100_000):
            begun.set()
            threading.Event().wait(0.01)
            progress("items", n, 100_000)

    jobs = (Job("slow", "*/5 * * * *", Work(slow)),)
    add_run(db, "slow", NOW - timedelta(hours=1))
    with running(db, jobs) as it:
        until(begun.is_set)
        assert it.end() is True
    assert endings(db)[1:] == [("slow", "stopped")]
    next_one = lease_on(db, LEASE)
    assert next_one.take(NOW)
    next_one.give_back()


class Hanging(Work):
    """Makes no progress until its service gives it up: it waits for a host, as far as that knows."""

    def __init__(self) -> None:
        super().__init__()
        self._let_go = threading.Event()

    def __call__(self, app: App, progress: Progress) -> Counts:
        app.__dict__["fetcher"] = self
        self.calls += 1
        self._let_go.wait(20)
        return Counts(worked=1)

    def close(self) -> None:
        self._let_go.set()


@pytest.mark.parametrize("met", [CancelledError(), RuntimeError("Runner is closed")])
def test_a_job_whose_fetcher_is_closed_by_the_stop_has_not_crashed(db: Db, met: BaseException) -> None:
    class Fetching(Hanging):
        def __call__(self, app: App, progress: Progress) -> Counts:
            super().__call__(app, progress)
            raise met

    add_run(db, "crawl", NOW - timedelta(hours=1))
    work = Fetching()
    with running(db, (Job("crawl", "*/5 * * * *", work),)) as it:
        until(lambda: work.calls)
        assert it.end() is True
    assert endings(db)[1:] == [("crawl", "stopped")]


def test_runs_that_a_kill_left_open_are_closed_by_the_next_service(db: Db) -> None:
    add_run(db, "slow", NOW - timedelta(hours=1), ending=None)
    work = Work()
    with running(db, (Job("slow", "*/5 * * * *", work),)):
        until(lambda: endings(db)[0][1])
    assert endings(db)[0] == ("slow", "killed")


def test_the_second_service_stands_by_and_takes_over_when_the_first_ends(db: Db) -> None:
    first_work, second_work = Work(), Work()
    add_run(db, "job", NOW - timedelta(hours=1))
    with running(db, (Job("job", "*/5 * * * *", first_work),)) as first:
        until(lambda: first_work.calls)
        stranger = lease_on(db, LEASE)
        if db.is_sqlite:
            from monitor.core.lease import RowLease

            stranger = RowLease(db, LEASE, place="elsewhere")
        later = SettableClock(NOW + timedelta(minutes=10))
        with running(db, (Job("job", "*/5 * * * *", second_work),), clock=later, lease=stranger) as second:
            threading.Event().wait(0.3)
            assert (first.service.is_active, second.service.is_active) == (True, False)
            first.end()
            until(lambda: second_work.calls)
    assert (first_work.calls, second_work.calls) == (1, 1)


def test_a_job_without_progress_is_named_and_in_the_end_ends_the_service(db: Db) -> None:
    seconds, work = Settable(), Hanging()

    def seen_meanwhile(seen: Callable[[], object]) -> None:
        until(lambda: seen() or setattr(seconds, "now", seconds.now + 20.0))

    add_run(db, "hangs", NOW - timedelta(hours=1))
    jobs = (Job("hangs", "*/5 * * * *", work, patience=timedelta(minutes=10)),)
    with running(db, jobs, monotonic=seconds) as it:
        until(lambda: work.calls)
        seen_meanwhile(lambda: it.service.stuck_jobs == ("hangs",))
        assert seconds.now > 600
        seen_meanwhile(lambda: it.error)
    assert seconds.now > 1200
    assert isinstance(it.error, OutsideError)
    assert re.search("hangs has made no progress for 2[0-2] minutes", str(it.error))


def test_a_process_that_was_paused_does_not_take_its_jobs_for_hung(db: Db) -> None:
    seconds, work = Settable(), Hanging()
    add_run(db, "long", NOW - timedelta(hours=1))
    jobs = (Job("long", "*/5 * * * *", work, patience=timedelta(minutes=10)),)
    with running(db, jobs, monotonic=seconds) as it:
        until(lambda: work.calls)
        for _ in range(3):
            seconds.now += 8 * 3600.0  # a suspended machine, on which this clock goes on
            threading.Event().wait(0.1)
        assert (it.service.stuck_jobs, it.error) == ((), None)
        work.close()
        until(lambda: endings(db)[1:] == [("long", "done")])


@pytest.fixture
def silenced(db: Db) -> Iterator[Db]:
    """A feed that was polled while the clock was a year ahead."""
    ahead = NOW + timedelta(days=365)
    with db.begin() as tx:
        make.add_source(tx, "gorki")
        url = "http://gorki.example/feed"
        at = ahead + timedelta(hours=1)
        tx.execute(sa.insert(feeds).values(source_id="gorki", url=url, next_check_at=at))
        found = {"ending": "done", "reason": "ok", "n_entries": 1, "n_new": 0, "overflow": False}
        row = {"source_id": "gorki", "feed_url": url, "at": ahead, "warnings": [], **found}
        tx.execute(sa.insert(checks).values(**row))
    yield db


def test_a_clock_set_back_silences_no_feed(silenced: Db) -> None:
    with running(silenced, (Job("never", NEVER, Work()),)):
        until(lambda: _next_check(silenced) == NOW)


def test_a_clock_set_back_under_a_running_service_is_noticed(silenced: Db) -> None:
    clock = SettableClock(NOW + timedelta(days=366))
    with running(silenced, (Job("never", NEVER, Work()),), clock=clock) as it:
        until(lambda: it.service.is_active)
        threading.Event().wait(0.2)
        assert _next_check(silenced) == NOW + timedelta(days=365, hours=1)
        clock.set(NOW)
        until(lambda: _next_check(silenced) == NOW)


def _next_check(db: Db) -> datetime | None:
    with db.begin() as tx:
        return tx.execute(sa.select(feeds.c.next_check_at)).scalar_one()


class Held:
    """A lease that is ours whatever becomes of the database."""

    def take(self, now: datetime) -> bool:
        return True

    def renew(self) -> bool:
        return True

    def give_back(self) -> None:
        pass


def test_what_was_missed_is_caught_up_when_a_locked_database_is_free_again(
    tmp_path: Path, migrated_sqlite: Path
) -> None:
    path = tmp_path / "locked.sqlite"
    shutil.copy(migrated_sqlite, path)
    db, other = Db(f"sqlite:///{path}"), Db(f"sqlite:///{path}")
    sa.event.listen(db.engine, "connect", lambda made, _: made.execute("PRAGMA busy_timeout=20"))
    add_run(other, "job", NOW - timedelta(hours=1))
    work = Work()
    holding = other.begin()
    holding.__enter__()
    with running(db, (Job("job", "*/5 * * * *", work),), lease=Held()) as it:
        until(lambda: it.service.is_active)
        assert "why" not in it.service.standing()
        threading.Event().wait(0.3)
        assert work.calls == 0
        holding.__exit__(None, None, None)
        until(lambda: work.calls)
    assert endings(other)[1:] == [("job", "done")]
    db.close()
    other.close()


class Unwritable(Held):
    """A lease that nobody gets while the disk is full."""

    is_full = True

    def take(self, now: datetime) -> bool:
        if self.is_full:
            raise StorageError("database or disk is full")
        return True


def test_a_database_that_can_be_read_and_not_written_is_told_until_it_is_well_again(db: Db) -> None:
    lease = Unwritable()
    with running(db, (Job("never", NEVER, Work()),), lease=lease) as it:
        until(lambda: it.service.standing().get("why") == "database or disk is full")
        assert it.service.standing()["active"] is False
        lease.is_full = False
        until(lambda: it.service.is_active)
        assert it.service.standing() == {"active": True, "stuck_jobs": []}
