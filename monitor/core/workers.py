"""Questions answered in worker processes, each with a deadline and a limit of memory.

A question that hangs or kills its worker costs itself only: it ends as `Unread` and the worker is replaced.
The first one starts one worker, more are started while many wait; an answer never depends on how many.
"""

import os
import select
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from time import monotonic
from typing import TypeVar

from monitor.core.errors import MonitorError
from monitor.core.ledger import Reason
from monitor.core.serving import FAULT, LENGTHS, READ, READY, first_frame, frame

T = TypeVar("T")

_START_S = 60.0  # imports take a second, on a machine that swaps many
_WORTH_A_WORKER = 4  # questions that must wait before a further process is started: it costs as much as 30
_KEPT_ENVIRONMENT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "TZ",
    "PYTHONDONTWRITEBYTECODE",
)


@dataclass(frozen=True, slots=True)
class Unread:
    """What was not read: TIMEOUT, or CRASHED by a fault of ours, lack of memory or a signal."""

    reason: Reason
    detail: str


class WorkerBroken(MonitorError):
    """A worker process cannot be started at all."""


class WorkerPool:
    """At most `workers` processes of one kind. Units: seconds and megabytes a question.

    `command` starts a process that runs `monitor.core.serving.serve`; `payload` is what it is given first.
    """

    def __init__(
        self, command: Sequence[str], payload: bytes, *, workers: int, deadline_s: float, memory_mb: int
    ) -> None:
        self._setup = first_frame(payload, deadline_s=deadline_s, memory_mb=memory_mb)
        self._deadline_s = deadline_s
        self._command = tuple(command)
        self._most = workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        self._changed = Condition()  # guards what follows
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._n_workers = 0
        self._n_waiting = 0

    @property
    def n_workers(self) -> int:
        """How many processes there are now."""
        return self._n_workers

    def submit(self, head: bytes, body: bytes, decode: Callable[[bytes], T]) -> Future[T | Unread]:
        """The answer to come, as `decode` makes it of its text.

        Errors, in the future: WorkerBroken; what `decode` raises.
        """
        with self._changed:
            self._n_waiting += 1
            self._changed.notify()
        return self._threads.submit(self._ask, frame(head, body), decode)

    def close(self) -> None:
        """End all workers at once; what they were asked is given up, as after an interruption."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._changed:
            for worker in self._busy:
                worker.kill()
        self._threads.shutdown(wait=True)
        while self._idle:
            self._idle.pop().end()
        self._n_workers = 0

    def _ask(self, question: bytes, decode: Callable[[bytes], T]) -> T | Unread:
        with self._changed:
            self._n_waiting -= 1
        worker = self._take()
        is_well = False
        try:
            with self._changed:
                self._busy.add(worker)
            answer = worker.ask(question, self._deadline_s)
            is_well = worker.is_well
        finally:
            self._give_back(worker, is_well)
        return answer if isinstance(answer, Unread) else decode(answer)

    def _take(self) -> "_Worker":
        with self._changed:
            while not self._idle and not self._may_start():
                self._changed.wait()
            if self._idle:
                return self._idle.pop()  # the last one used: few pages keep to few workers
            self._n_workers += 1
        try:
            return _Worker(self._command, self._setup)
        except BaseException:
            self._lost()
            raise

    def _may_start(self) -> bool:
        wanted = self._n_workers == 0 or self._n_waiting >= _WORTH_A_WORKER
        return wanted and self._n_workers < self._most

    def _give_back(self, worker: "_Worker", is_well: bool) -> None:
        with self._changed:
            self._busy.discard(worker)
            if is_well:
                self._idle.append(worker)
                self._changed.notify()
        if not is_well:
            worker.end()
            self._lost()

    def _lost(self) -> None:
        with self._changed:
            self._n_workers -= 1
            self._changed.notify_all()


class _Worker:
    """One process, asked by one thread at a time."""

    def __init__(self, command: Sequence[str], setup: bytes) -> None:
        self.is_well = False
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the one that asks; it closes the pipe
        )
        kind, why = self._exchange(setup, _START_S)
        if kind != READY:
            self.end()
            raise WorkerBroken(f"a worker process cannot be started: {why.decode()}")
        self.is_well = True

    def ask(self, question: bytes, deadline_s: float) -> bytes | Unread:
        """The text of the answer; afterwards `is_well` tells whether another may be asked."""
        self.is_well = False
        kind, text = self._exchange(question, deadline_s)
        if kind == READ:
            self.is_well = True
            return text
        if kind == FAULT:
            self.is_well = not text.startswith(b"MemoryError")
            return Unread(Reason.CRASHED, text.decode())
        return Unread(Reason.TIMEOUT if text.startswith(b"no answer") else Reason.CRASHED, text.decode())

    def kill(self) -> None:
        """End the process; its pipes are for the thread that asks it."""
        self._process.kill()

    def end(self) -> None:
        """Kill the process and let its pipes go."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _exchange(self, question: bytes, seconds: float) -> tuple[bytes, bytes]:
        """Kind and text of the answer; an empty kind with the reason where none came."""
        until = monotonic() + seconds
        try:
            self._write(question)
            n_head, n_body = LENGTHS.unpack(self._receive(LENGTHS.size, until))
            answer = self._receive(n_head + n_body, until)
        except TimeoutError:
            return b"", f"no answer in {seconds:g} s".encode()
        except (EOFError, BrokenPipeError):
            return b"", f"the worker died: {self._ending()}".encode()
        return answer[:n_head], answer[n_head:]

    def _write(self, question: bytes) -> None:
        assert self._process.stdin is not None  # noqa: S101 - opened as a pipe above
        rest = memoryview(question)
        while rest:
            rest = rest[self._process.stdin.write(rest) :]

    def _receive(self, n: int, until: float) -> bytes:
        assert self._process.stdout is not None  # noqa: S101
        file = self._process.stdout.fileno()
        waiting = select.poll()
        waiting.register(file, select.POLLIN)
        parts, missing = [], n
        while missing:
            if not waiting.poll(max(0.0, until - monotonic()) * 1000):
                raise TimeoutError
            part = os.read(file, min(missing, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _ending(self) -> str:
        code = self._process.wait()
        return f"signal {-code}" if code < 0 else f"exit {code}"


def _environment() -> dict[str, str]:
    """No password or setting of ours reaches the process that parses what strangers wrote."""
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    path = os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path if entry)
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return {**kept, **one_thread, "PYTHONPATH": path}


def module_command(module: str) -> tuple[str, ...]:
    """Starts a module of ours as a worker, with nothing of the current folder on its path."""
    return (sys.executable, "-P", "-m", module)
