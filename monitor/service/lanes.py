"""Lanes: jobs of one lane run one after the other, lanes beside each other, each with an App of its own.

Nothing that an App builds on first use is therefore shared between threads. A lane that is at work shows
for how long it has made no progress; a lane that is asked to stop ends between two items.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import structlog

from monitor.core.counts import Counts
from monitor.core.errors import MonitorError
from monitor.core.progress import Progress
from monitor.jobs import Job, Stopped, run_job
from monitor.wiring import App

log = structlog.get_logger(__name__)

MakeApp = Callable[[], App]
Monotonic = Callable[[], float]  # seconds
# A look may wait for the database, twice; whoever looks later was paused, and the jobs with it.
LONGEST_LOOK_S = 90.0


@dataclass(frozen=True, slots=True)
class Stuck:
    """A job that has made no progress for longer than its row allows."""

    job: Job
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class _Busy:
    """A job at work: another one after each progress, by which who looks knows it."""

    job: Job


class Lane:
    """One lane. `stamp` names the state of the configuration: when it changes, the App is made anew."""

    def __init__(
        self, make_app: MakeApp, stamp: Callable[[], object], *, monotonic: Monotonic = time.monotonic
    ) -> None:
        self._make_app, self._stamp, self._monotonic = make_app, stamp, monotonic
        self._looked_at, self._idle = monotonic(), 0.0
        self._seen: _Busy | None = None  # as of the last look
        self._turn = threading.Lock()
        self._stopping = threading.Event()
        self._app: App | None = None
        self._made_of: object = None
        self._busy: _Busy | None = None

    def run(self, job: Job) -> bool:
        """Run a job when it is its turn; True when it ended well. What goes wrong is logged, never raised."""
        with self._turn:
            if self._stopping.is_set():
                return False
            self._busy = _Busy(job)
            try:
                ours = replace(job, run=partial(self._work, job))
                return not run_job(self._current_app(), ours, self._progress)["crashed"]
            except Stopped:
                return False
            except MonitorError as error:  # the outside world: its words are enough
                log.error("job_failed", job=job.name, why=str(error))
            except Exception:  # a bug costs this run; the next one is due all the same
                log.exception("job_crashed", job=job.name)
            finally:
                self._busy = None
        return False

    def _work(self, job: Job, app: App, progress: Progress) -> Counts:
        """The job's own work. A fetcher that `ask_to_stop` closed cancels what is under way, which is no
        Exception, and takes no more: that is the stop, and no crash."""
        try:
            return job.run(app, progress)
        except MonitorError:
            raise
        except BaseException as error:
            if not self._stopping.is_set():
                raise
            log.info("job_cut_off", job=job.name, why=f"{type(error).__name__}: {error}")
            raise Stopped("the service ends; what is left stays due") from error

    @property
    def job(self) -> str | None:
        """The name of the job that runs now."""
        busy = self._busy
        return None if busy is None else busy.job.name

    def stuck(self, longest_look_s: float = LONGEST_LOOK_S) -> Stuck | None:
        """The job that makes no progress, to be asked every few seconds.

        Counted is the time in which somebody looked: of a longer pause between two looks, in which the whole
        process or machine stood still, `longest_look_s` counts, since no job could have gone on in it.
        """
        busy, now = self._busy, self._monotonic()
        passed, self._looked_at = min(now - self._looked_at, longest_look_s), now
        if busy is None or busy is not self._seen:
            self._seen, self._idle = busy, 0.0
            return None
        self._idle += passed
        return Stuck(busy.job, self._idle) if self._idle > busy.job.patience.total_seconds() else None

    def ask_to_stop(self) -> None:
        """Have the job that runs end between two items, or at once where it waits for a slow host."""
        self._stopping.set()
        app = self._app
        if app is not None and "fetcher" in app.__dict__:
            threading.Thread(target=app.fetcher.close, name="close-fetcher", daemon=True).start()

    def close(self, seconds: float) -> bool:
        """Give the App back; False when a job has not ended in that time."""
        if not self._turn.acquire(timeout=max(0.0, seconds)):
            return False
        try:
            if self._app is not None:
                self._app.close()
                self._app = None
        finally:
            self._turn.release()
        return True

    def _current_app(self) -> App:
        stamp = self._stamp()
        if self._app is not None and stamp != self._made_of:
            log.info("configuration_changed")
            self._app.close()
            self._app = None
        if self._app is None:
            self._app, self._made_of = self._make_app(), stamp
        return self._app

    def _progress(self, what: str, done: int, total: int) -> None:
        del what, done, total
        if self._stopping.is_set():
            raise Stopped("the service ends; what is left stays due")
        if self._busy is not None:
            self._busy = _Busy(self._busy.job)


class Lanes:
    """All lanes that some jobs need."""

    def __init__(
        self,
        jobs: Iterable[Job],
        make_app: MakeApp,
        stamp: Callable[[], object],
        *,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        names = dict.fromkeys(job.lane for job in jobs)
        self._lanes = {name: Lane(make_app, stamp, monotonic=monotonic) for name in names}

    @property
    def names(self) -> tuple[str, ...]:
        """The lanes there are."""
        return tuple(self._lanes)

    def run(self, job: Job) -> bool:
        """Run a job in its lane; see Lane.run."""
        return self._lanes[job.lane].run(job)

    def at_work(self) -> frozenset[str]:
        """The names of the jobs that run now."""
        return frozenset(job for lane in self._lanes.values() if (job := lane.job) is not None)

    def stuck(self, longest_look_s: float = LONGEST_LOOK_S) -> Sequence[Stuck]:
        """Jobs that make no progress; see Lane.stuck."""
        lanes = self._lanes.values()
        return [found for lane in lanes if (found := lane.stuck(longest_look_s)) is not None]

    def stop(self, seconds: float) -> bool:
        """End all work; False when some job has not ended in that time and was left as it is."""
        until = self._monotonic() + seconds
        for lane in self._lanes.values():
            lane.ask_to_stop()
        return all([lane.close(until - self._monotonic()) for lane in self._lanes.values()])
