"""What the service does, as rows: the scheduler, `monitor job run NAME` and tests run the same thing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import structlog
from apscheduler.triggers.cron import CronTrigger

from monitor.core import runs
from monitor.core.counts import Counts
from monitor.core.errors import MonitorError, UsageError
from monitor.core.progress import Progress, silent
from monitor.wiring import (
    App,
    answers,
    judging,
    keeping,
    mailing,
    relinking,
    reviewing,
    searching,
    watching,
    weekly,
)

CRAWL, JUDGE, POST = "crawl", "judge", "post"  # lanes: the service runs one job of each at a time

log = structlog.get_logger(__name__)


class Stopped(MonitorError):
    """The service was asked to end; raised by its progress between two items: nothing is half done."""


@dataclass(frozen=True, slots=True)
class Job:
    """One row: `cron` in the newsroom's zone says when the service will run it. Days by name: the library
    counts Monday as 0, a crontab as 1."""

    name: str
    cron: str
    run: Callable[[App, Progress], Counts]
    lane: str = JUDGE
    patience: timedelta = timedelta(hours=1)  # without any progress it is taken for hung


JOBS = (
    Job("crawl.poll", "*/5 * * * *", lambda app, progress: app.poll(progress), CRAWL),
    Job("crawl.pages", "*/5 * * * *", lambda app, progress: app.fetch_pages(progress), CRAWL),
    Job("articles.tag", "*/15 * * * *", judging.tag),
    Job("articles.index", "*/15 * * * *", searching.index),
    Job("linking.link", "*/15 * * * *", relinking.link),
    Job("gaps.build", "0 5 * * mon", weekly.build_gaps),
    Job("reports.build", "30 5 * * mon", weekly.build_reports),
    Job("review.draw", "45 5 * * mon", lambda app, _: reviewing.draw(app)),
    Job("reports.send", "*/10 * * * *", mailing.send, POST),
    Job("keeping.prune", "40 4 * * *", keeping.prune, POST),
    Job("service.watch", "*/5 * * * *", lambda app, _: watching.watch(app), POST),
    Job("reports.digest", "50 7 * * *", lambda app, _: mailing.tell_operator(app), POST),
    Job("readers.tidy", "20 4 * * *", lambda app, _: answers.tidy(app), POST),
)


def next_run(job: Job, *, after: datetime, zone: tzinfo) -> datetime:
    """When the crontab asks for the job next, in `zone`."""
    found: datetime | None = CronTrigger.from_crontab(job.cron, timezone=zone).get_next_fire_time(None, after)
    if found is None:
        raise ValueError(f"the crontab of {job.name} never comes round")
    return found


def find_job(name: str) -> Job:
    """The job called `name`. Errors: UsageError listing the names there are."""
    for job in JOBS:
        if job.name == name:
            return job
    raise UsageError(f"no job is called {name!r}; there are {', '.join(job.name for job in JOBS)}")


def run_job(app: App, job: Job, progress: Progress = silent) -> Counts:
    """Run a job with a row in `runs` that is closed however it ends; crashed items make it failed."""
    with app.ready_db.begin() as tx:
        run = runs.open_run(tx, job.name, at=app.clock())
    counts, ending, error = Counts(), runs.FAILED, None
    with structlog.contextvars.bound_contextvars(job=job.name, run=run):
        try:
            counts = job.run(app, progress)
            ending = runs.FAILED if counts["crashed"] else runs.DONE
            return counts
        except (Stopped, KeyboardInterrupt, SystemExit):
            ending = runs.STOPPED  # by the service, Ctrl-C or SIGTERM: no fault of the job
            raise
        except BaseException as problem:
            error = f"{type(problem).__name__}: {problem}"
            raise
        finally:
            with app.ready_db.begin() as tx:
                runs.close_run(tx, run, at=app.clock(), ending=ending, counts=dict(counts), error=error)
            log.info("job_ended", ending=ending, **{name: n for name, n in counts.items() if n})
