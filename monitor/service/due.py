"""Which jobs a service that begins must catch up on, asked from the runs that the database knows."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, tzinfo

from monitor.core import runs
from monitor.core.db import Tx
from monitor.jobs import Job, next_run

AGAIN = timedelta(hours=1)  # between two runs of a job that fails and whose crontab is rarer


def missed_jobs(
    tx: Tx, jobs: Sequence[Job], *, first_start: datetime, now: datetime, zone: tzinfo
) -> tuple[Job, ...]:
    """Jobs whose crontab came round after their last good run, or the first start, in order of the rows.

    However often a job was missed, it is due once: it asks the database itself what there is to do.
    """
    return tuple(
        job
        for job in jobs
        if is_missed(job, runs.last_done(tx, job.name, now=now) or first_start, now=now, zone=zone)
    )


def jobs_to_repeat(
    tx: Tx,
    jobs: Sequence[Job],
    *,
    at_work: Collection[str],
    first_start: datetime,
    now: datetime,
    zone: tzinfo,
) -> tuple[Job, ...]:
    """Missed jobs that are not running and were not begun within the hour: a Monday that failed is not left
    to the next one.

    `at_work`: names of the jobs that run now. The database does not know: of a run that ended when it could
    not be written, on a full disk say, it has no end.
    """
    missed = missed_jobs(tx, jobs, first_start=first_start, now=now, zone=zone)
    return tuple(job for job in missed if job.name not in at_work and _may_be_repeated(tx, job, now))


def _may_be_repeated(tx: Tx, job: Job, now: datetime) -> bool:
    last = next(iter(runs.list_runs(tx, limit=1, job=job.name)), None)
    # a run of a time to come is not believed: the clock was ahead
    return last is None or not now - AGAIN < last.started_at <= now


def is_missed(job: Job, since: datetime, *, now: datetime, zone: tzinfo) -> bool:
    """Whether the crontab of a job came round after `since` and up to `now`."""
    # a run that began on the tick itself has served it
    return next_run(job, after=since + timedelta(microseconds=1), zone=zone) <= now
