"""Where bulk work is done: in processes of this machine, or on a cluster (`monitor.bulk.cluster`).

What is asked is a function of a module and values that can be pickled; it reads and judges, writes nothing.
Whoever asks writes the answers, in the order in which it asked: the result depends neither on how many work
nor on who is lost on the way.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context, parent_process
from typing import Any, Protocol, TypeVar

from threadpoolctl import threadpool_limits

from monitor.core.workers import WorkerBroken

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 2  # pieces of work asked for and not yet written, a worker
_LOSSES = 3  # workers that may be lost under a piece before the run stops


class Workers(Protocol):
    """Those who do the work."""

    @property
    def n(self) -> int:
        """How many there are."""

    def submit(self, task: Callable[..., Any], *given: object) -> Future[Any]:
        """The answer to come; another worker takes over from one that is lost."""

    def close(self) -> None:
        """Give up what was not answered and let the workers go."""


def in_order(workers: Workers, task: Callable[[T], R], pieces: Iterable[T]) -> Iterator[R]:
    """The answer to each piece, in their order; some pieces ahead of the one that is waited for."""
    waiting: deque[Future[R]] = deque()
    for piece in pieces:
        waiting.append(workers.submit(task, piece))
        if len(waiting) > workers.n * _AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


class LocalWorkers:
    """Processes of this machine; they are started with the first question and end with this process."""

    def __init__(self, n: int | None = None) -> None:
        self._n = n or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()

    @property
    def n(self) -> int:
        """How many processes there are at most."""
        return self._n

    def submit(self, task: Callable[..., Any], *given: object) -> Future[Any]:
        """The answer to come. Errors, in the future: what the task raises; WorkerBroken."""
        answer: Future[Any] = Future()
        self._ask(answer, partial(task, *given), _LOSSES)
        return answer

    def close(self) -> None:
        """End all processes; what they were asked is given up."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _ask(self, answer: Future[Any], task: Callable[[], Any], losses: int) -> None:
        pool = self._running()
        try:
            asked = pool.submit(task)
        except BrokenProcessPool as error:
            self._take_over(answer, pool, task, losses, error)
        else:
            asked.add_done_callback(partial(self._hand_over, answer, pool, task, losses))

    def _running(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(self._n, get_context("spawn"), _start)
            return self._pool

    def _hand_over(
        self,
        answer: Future[Any],
        pool: ProcessPoolExecutor,
        task: Callable[[], Any],
        losses: int,
        asked: Future[Any],
    ) -> None:
        if asked.cancelled():
            answer.cancel()
            return
        error = asked.exception()
        if isinstance(error, BrokenProcessPool):
            self._take_over(answer, pool, task, losses, error)
        elif error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(asked.result())

    def _take_over(
        self,
        answer: Future[Any],
        pool: ProcessPoolExecutor,
        task: Callable[[], Any],
        losses: int,
        error: BrokenProcessPool,
    ) -> None:
        """One lost process ends the whole pool: a new one is asked everything that was not answered."""
        with self._lock:
            if self._pool is pool:
                self._pool = None
        if losses:
            self._ask(answer, task, losses - 1)
        else:
            broken = WorkerBroken(f"{_LOSSES + 1} processes were lost over the same work")
            broken.__cause__ = error
            answer.set_exception(broken)


def _start() -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    threadpool_limits(1)  # as many processes as cores


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # killed: nobody would ever ask this process again
