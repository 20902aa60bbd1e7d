"""Reclassification over all cores: processes that read and judge, while the one that began writes."""

import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path

from threadpoolctl import threadpool_limits

from monitor.articles.reclassify import Candidate, Range, Scored, Spread, score_kept
from monitor.articles.types import Classifier
from monitor.core.home import Home
from monitor.wiring.app import App

_LEAST = 10  # ranges: a process takes some seconds to load the model
_AHEAD = 2  # ranges judged and not yet written, a process


@dataclass(frozen=True, slots=True)
class _Worker:
    app: App
    classifier: Classifier


_worker: list[_Worker] = []  # of this process, filled once when it starts


def spread_over(
    app: App, fingerprint: str, *, processes: int | None = None, least: int = _LEAST
) -> Spread | None:
    """What `reclassify` needs to use so many processes, all cores where not said; None for one core.

    With fewer ranges than `least` this process judges them itself.
    """
    n = processes if processes is not None else os.cpu_count() or 1
    if n < 2:
        return None

    def spread(candidate: Candidate, ranges: Sequence[Range]) -> Iterator[Scored | None]:
        if len(ranges) < least:
            yield from [None] * len(ranges)
            return
        start = (app.home.root, app.environment, fingerprint)
        with ProcessPoolExecutor(n, get_context("spawn"), _start, start) as pool:
            waiting: deque[Future[Scored | None]] = deque()
            for wanted in ranges:
                waiting.append(pool.submit(_score, candidate, wanted))
                if len(waiting) > n * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    return spread


def _start(root: Path, environment: bool, fingerprint: str) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    threadpool_limits(1)  # as many processes as cores
    app = App(Home(root), environment=environment)
    _worker.append(_Worker(app, app.models.classifier_of(fingerprint)))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # killed: nobody would ever ask this process again


def _score(candidate: Candidate, wanted: Range) -> Scored | None:
    (worker,) = _worker
    return score_kept(worker.app.db, worker.classifier, candidate, wanted)
