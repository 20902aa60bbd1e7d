"""APScheduler with our jobs: crontabs in the newsroom's zone, a late tick is run late and never dropped."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from monitor.jobs import Job


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
                CronTrigger.from_crontab(job.cron, timezone=self._zone),
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
            trigger = CronTrigger.from_crontab(job.cron, timezone=self._zone)
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
