"""APScheduler with our jobs: crontabs in the newsroom's zone, a late tick is run late and never dropped."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from monitor.jobs import Job


class LateOnce(CronTrigger):  # type: ignore[misc]  # APScheduler has no types
    """A crontab that gives one time of all that were missed, and then the next one to come.

    APScheduler lists every missed time before it runs the last of them, with all jobs locked: after a clock
    that began in 1970 was set right those were six million a job, and the service could not even be stopped.
    """

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """The first time after `previous`, and not before `now`."""
        late = previous is not None and previous < now
        found: datetime | None = super().get_next_fire_time(None if late else previous, now)
        return found


class Clockwork:
    """Calls `run` with the jobs whose time has come, one thread a lane. Stands still until it is started."""

    def __init__(self, jobs: Sequence[Job], run: Callable[[Job], object], *, zone: tzinfo) -> None:
        self._jobs, self._run, self._zone = jobs, run, zone
        self._scheduler: BackgroundScheduler | None = None
        # a tick that comes while its job still runs is no loss: the job asks for what is due until nothing is
        logging.getLogger("apscheduler").setLevel(logging.ERROR)

    def start(self) -> None:
        """Begin with the next ticks from now on."""
        lanes = dict.fromkeys(job.lane for job in self._jobs)
        self._scheduler = BackgroundScheduler(
            timezone=self._zone, executors={lane: ThreadPoolExecutor(1) for lane in lanes}
        )
        for job in self._jobs:
            self._scheduler.add_job(
                self._run,
                LateOnce.from_crontab(job.cron, timezone=self._zone),
                args=(job,),
                id=job.name,
                executor=job.lane,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    def reset(self) -> None:
        """Ask the crontabs anew: after a jump of the clock the next times are those of another clock."""
        if self._scheduler is None:
            return
        for job in self._jobs:
            trigger = LateOnce.from_crontab(job.cron, timezone=self._zone)
            self._scheduler.reschedule_job(job.name, trigger=trigger)

    def run_soon(self, job: Job) -> None:
        """Run a job when its lane is free, besides its crontab; one that runs is not run twice."""
        if self._scheduler is not None:
            self._scheduler.modify_job(job.name, next_run_time=datetime.now(self._zone))

    def stop(self) -> None:
        """No further ticks; what runs is not waited for."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=False)
