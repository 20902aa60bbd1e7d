"""Ticks of the scheduler: one that comes late is run, and several that were missed are run once."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.core.counts import Counts
from monitor.jobs import Job
from monitor.service.clockwork import Clockwork, LateOnce


def test_yearly_ticks_of_three_years_that_come_late_are_run_once() -> None:
    ran: list[str] = []
    jobs = [Job(name, "0 0 1 1 *", lambda app, progress: Counts()) for name in ("late", "other")]
    clockwork = Clockwork(jobs, lambda job: ran.append(job.name), zone=ZoneInfo("Europe/Minsk"))
    clockwork.start()
    scheduler = clockwork._scheduler
    assert scheduler is not None
    scheduler.modify_job("late", next_run_time=datetime.now(UTC) - timedelta(days=3 * 365))
    until = time.monotonic() + 10
    while not ran and time.monotonic() < until:
        time.sleep(0.01)
    clockwork.stop()
    assert [name for name in ran if name == "late"] == ["late"]


def test_ticks_of_a_clock_that_began_in_1970_are_not_counted_one_by_one() -> None:
    zone = ZoneInfo("Europe/Minsk")
    trigger = LateOnce.from_crontab("*/5 * * * *", timezone=zone)
    now = datetime(2026, 11, 23, 11, 2, 30, tzinfo=zone)
    missed = datetime(1970, 1, 21, 3, 5, tzinfo=zone)
    soon = datetime(2026, 11, 23, 11, 5, tzinfo=zone)
    assert trigger.get_next_fire_time(missed, now) == soon
    assert trigger.get_next_fire_time(soon, soon) == soon + timedelta(minutes=5)
