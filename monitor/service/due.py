"""Which jobs a service that begins must catch up on, asked from the runs that the database knows."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from monitor.core import runs
from monitor.core.db import Tx
from monitor.jobs import Job, next_run

_FIRST_START = "service.first_start"


def note_first_start(tx: Tx, *, now: datetime) -> datetime:
    """When a service first ran on this database; now, where none has."""
    known = runs.find_fact(tx, _FIRST_START)
    if known is None:
        runs.put_fact(tx, _FIRST_START, now.isoformat())
        return now
    return datetime.fromisoformat(known)


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


def is_missed(job: Job, since: datetime, *, now: datetime, zone: tzinfo) -> bool:
    """Whether the crontab of a job came round after `since` and up to `now`."""
    # a run that began on the tick itself has served it
    return next_run(job, after=since + timedelta(microseconds=1), zone=zone) <= now
