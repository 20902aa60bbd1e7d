"""The whole service: takes the lease, catches up, ticks, watches clock and jobs, and ends when asked.

Whatever happens to it, nothing is lost: due work stands in the database, and the next service goes on.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

import structlog

from monitor.core import runs
from monitor.core.clock import Clock
from monitor.core.db import Db
from monitor.core.errors import OutsideError, StorageError
from monitor.core.lease import Lease, find_holder, lease_on
from monitor.jobs import JOBS, Job
from monitor.service.clockwork import Clockwork
from monitor.service.due import jobs_to_repeat, missed_jobs
from monitor.service.lanes import LONGEST_LOOK_S, Lanes, MakeApp, Monotonic
from monitor.wiring.clocks import note_first_start, settle_times

log = structlog.get_logger(__name__)

LEASE = "service"
TICK_S = 5.0  # between two looks at lease, clock and jobs
STOP_S = 8.0  # for jobs to end between two items; the whole stop has ten seconds
ASK_S = 300.0  # between two looks for jobs that failed and whose own time is far
JUMP_S = 90.0  # the wall clock against the monotonic one; less is a slow machine or a time server at work
_HOPELESS = 2.0  # times its patience: then the process ends, so that whoever watches it starts another


@dataclass(frozen=True, slots=True)
class Frame:
    """What the service stands on."""

    db: Db
    clock: Clock
    zone: tzinfo
    make_app: MakeApp
    stamp: Callable[[], object]  # state of the configuration
    jobs: Sequence[Job] = JOBS
    tick_s: float = TICK_S
    monotonic: Monotonic = field(default=time.monotonic)


class Service:
    """Runs until `stop` is set. `is_active` and `stuck_jobs` tell others how it stands."""

    def __init__(self, frame: Frame, stop: threading.Event, *, lease: Lease | None = None) -> None:
        self._frame, self._stop = frame, stop
        self._lease = lease or lease_on(frame.db, LEASE, monotonic=frame.monotonic)
        self._said = self._why = ""
        self._told_stuck: set[str] = set()
        self.is_active = False
        self.stuck_jobs: tuple[str, ...] = ()

    def standing(self) -> dict[str, Any]:
        """How it stands, for those who watch it."""
        why = {"why": self._why} if self._why else {}
        return {"active": self.is_active, "stuck_jobs": list(self.stuck_jobs), **why}

    def run(self) -> bool:
        """Run until asked to stop; False when a job had to be left in the midst of its work.

        Errors: OutsideError when a job hangs for good, or did not end when another process took the lease.
        """
        while not self._stop.is_set():
            if not self._take():
                self._stop.wait(self._frame.tick_s)
                continue
            self.is_active = True
            try:
                has_ended = self._active()
            finally:
                self.is_active = False
            if not has_ended and not self._stop.is_set():
                raise OutsideError("a job did not end when the lease was lost; start the service again")
            if self._stop.is_set():
                return has_ended
        return True

    def _take(self) -> bool:
        frame = self._frame
        try:
            is_ours = self._lease.take(frame.clock())
            self._why = ""
            if is_ours:
                self._say("active")
                return True
            with frame.db.reading() as tx:
                holder = find_holder(tx, LEASE)
            self._say("standby", holder=holder.holder if holder else "unknown")
        except StorageError as error:  # away, locked or full: it may be read and still not be written
            self._why = str(error)
            self._say("database_gone", why=self._why)
        return False

    def _say(self, state: str, **facts: str) -> None:
        """Once for each change: a standby of a month is one line."""
        if state != self._said:
            self._said = state
            log.warning("service", state=state, **facts)

    def _active(self) -> bool:
        """Work while the lease is ours; False when some job has not ended."""
        frame = self._frame
        lanes = Lanes(frame.jobs, frame.make_app, frame.stamp, monotonic=frame.monotonic)
        clockwork = Clockwork(frame.jobs, lanes.run, zone=frame.zone)
        ending = threading.Event()
        starter = threading.Thread(target=self._begin, args=(lanes, clockwork, ending), name="catch-up")
        starter.start()
        try:
            self._watch(lanes, clockwork)
        finally:
            ending.set()
            has_ended = lanes.stop(STOP_S)
            starter.join(timeout=1.0)
            clockwork.stop()
            if has_ended:
                self._lease.give_back()
        return has_ended

    def _begin(self, lanes: Lanes, clockwork: Clockwork, ending: threading.Event) -> None:
        """What was missed, in the order of the rows, then the ticks."""
        missed = None
        while missed is None and not ending.is_set():
            try:
                missed = self._missed()
            except StorageError as error:  # locked or away: without it a missed Monday would stay missed
                log.error("catch_up_failed", why=str(error))
                ending.wait(self._frame.tick_s)
        for job in missed or ():
            if ending.is_set():
                return
            lanes.run(job)
        if not ending.is_set():
            clockwork.start()

    def _missed(self) -> Sequence[Job]:
        frame = self._frame
        with frame.db.begin() as tx:
            now = frame.clock()
            killed = runs.close_killed(tx, at=now)
            settled = settle_times(tx, now=now)
            first = note_first_start(tx, now=now)
            missed = missed_jobs(tx, frame.jobs, first_start=first, now=now, zone=frame.zone)
        names = ",".join(job.name for job in missed)
        log.info("catch_up", killed=killed, settled=settled, jobs=names)
        return missed

    def _watch(self, lanes: Lanes, clockwork: Clockwork) -> None:
        frame = self._frame
        ahead, asked = _wall_ahead(frame), frame.monotonic()
        while not self._stop.wait(frame.tick_s):
            if not self._lease.renew():
                self._say("lease_lost")
                return
            before, ahead = ahead, _wall_ahead(frame)
            if abs(ahead - before) > JUMP_S:
                self._clock_jumped(clockwork, ahead - before)
            self._look_at_jobs(lanes)
            if frame.monotonic() - asked >= ASK_S:
                asked = frame.monotonic()
                self._ask_again(lanes, clockwork)

    def _ask_again(self, lanes: Lanes, clockwork: Clockwork) -> None:
        """Jobs that failed and whose crontab comes round late, an hour after they were run last."""
        frame = self._frame
        try:
            with frame.db.begin() as tx:
                now = frame.clock()
                first = note_first_start(tx, now=now)
                again = jobs_to_repeat(
                    tx,
                    frame.jobs,
                    at_work=lanes.at_work(),
                    first_start=first,
                    now=now,
                    zone=frame.zone,
                )
        except StorageError as error:
            log.error("not_asked_again", why=str(error))
            return
        for job in again:
            log.warning("asked_again", job=job.name)
            clockwork.run_soon(job)

    def _clock_jumped(self, clockwork: Clockwork, seconds: float) -> None:
        log.error("clock_jumped", seconds=round(seconds))
        clockwork.reset()
        try:
            with self._frame.db.begin() as tx:
                settle_times(tx, now=self._frame.clock())
        except StorageError as error:
            log.error("clock_jump_not_settled", why=str(error))

    def _look_at_jobs(self, lanes: Lanes) -> None:
        found = lanes.stuck(self._frame.tick_s + LONGEST_LOOK_S)
        self.stuck_jobs = tuple(one.job.name for one in found)
        for one in found:
            if one.job.name not in self._told_stuck:
                log.error("job_hangs", job=one.job.name, seconds=round(one.seconds))
            if one.seconds > _HOPELESS * one.job.patience.total_seconds():
                raise OutsideError(
                    f"{one.job.name} has made no progress for {one.seconds / 60:.0f} minutes; "
                    "the service ends, so that it can be started afresh"
                )
        self._told_stuck = set(self.stuck_jobs)


def _wall_ahead(frame: Frame) -> float:
    """Seconds by which the wall clock is ahead of the monotonic one; only its changes mean something."""
    return frame.clock().timestamp() - frame.monotonic()
