"""A service over a given database with jobs of the test's own: nothing of the product's work is done."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic, sleep
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from monitor.core import runs
from monitor.core.clock import Clock, SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.lease import Lease
from monitor.core.progress import Progress
from monitor.jobs import Job
from monitor.service.service import Frame, Service
from monitor.wiring import App

NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)  # a Monday, six in Minsk
MINSK = ZoneInfo("Europe/Minsk")


class Installation(App):
    """An App over a database that is there; jobs of tests use nothing else of it."""

    def __init__(self, db: Db, clock: Clock) -> None:
        self.ready_db = db
        self.clock = clock


class Work:
    """A job's work that notes when it was called; `then` is what else it does."""

    def __init__(self, then: Callable[[Progress], None] | None = None) -> None:
        self.calls = 0
        self._then = then

    def __call__(self, app: App, progress: Progress) -> Counts:
        self.calls += 1
        if self._then is not None:
            self._then(progress)
        return Counts(worked=1)


class Settable:
    """Seconds of a monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Running:
    """A service in a thread of its own."""

    def __init__(self, service: Service, stop: threading.Event) -> None:
        self.service = service
        self._stop = stop
        self.ended_well: bool | None = None
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> bool | None:
        """Ask it to stop and give what `run` gave."""
        self._stop.set()
        self._thread.join(timeout=20)
        assert not self._thread.is_alive()
        return self.ended_well

    def _run(self) -> None:
        try:
            self.ended_well = self.service.run()
        except Exception as error:  # noqa: BLE001 - handed to the test
            self.error = error


@contextmanager
def running(
    db: Db,
    jobs: Sequence[Job],
    *,
    clock: Clock | None = None,
    lease: Lease | None = None,
    monotonic: Callable[[], float] = monotonic,
) -> Iterator[Running]:
    """A service at work on these jobs."""
    clock = clock or SettableClock(NOW)
    stop = threading.Event()
    frame = Frame(
        db=db,
        clock=clock,
        zone=MINSK,
        make_app=lambda: Installation(db, clock),
        stamp=lambda: 1,
        jobs=jobs,
        tick_s=0.02,
        monotonic=monotonic,
    )
    it = Running(Service(frame, stop, lease=lease), stop)
    yield it
    it.end()


def until(seen: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until something is seen; the test fails when it never is."""
    end = monotonic() + seconds
    while not seen():
        assert monotonic() < end, "never seen"
        sleep(0.01)


def endings(db: Db) -> list[tuple[str, str | None]]:
    """Job and ending of every run in order."""
    with db.begin() as tx:
        return [
            tuple(r)
            for r in tx.execute(sa.select(runs.runs.c.job, runs.runs.c.ending).order_by(runs.runs.c.id))
        ]


def add_run(db: Db, job: str, at: datetime, ending: str | None = runs.DONE) -> None:
    """A run of the past."""
    with db.begin() as tx:
        run = runs.open_run(tx, job, at=at)
        if ending is not None:
            runs.close_run(tx, run, at=at, ending=ending, counts={})
