"""The extraction step on one Dask worker and on two: how much the second brings, and what a worker holds.

Pages of 100 KB of the benchmarks' press, asked of a cluster on loopback just as a backfill asks it, turn and
turn about. Scheduler and asker share the machine with the workers, as they do on a small server. What a
second process brings without a cluster tells what the machine itself has to give.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.beside import ratios, spread
from benchmarks.extract import made_pages, seconds_of
from benchmarks.memory import tree_mb
from benchmarks.names import NOWHERE
from monitor.articles.pool import ExtractPool
from monitor.articles.rawpage import RawPage
from monitor.bulk.cluster import ClusterWorkers, page_reader
from monitor.core.home import Home
from monitor.wiring import App
from monitor.wiring.reading import reading_rules

_PAGES = 2_000
_ROUNDS = 3
_WORKERS = (1, 2)


def run(seed: int, *, pages: int = _PAGES) -> dict[str, Any]:
    """Seconds and pages a second with one and two workers, their ratio and that of plain processes.

    Megabytes: of the largest worker with its reading process, after a quarter of the pages and at the end.
    """
    app = App(Home(NOWHERE), environment=False)
    made = [page for page, _ in made_pages(seed, pages)]
    seconds: dict[int, list[float]] = {n: [] for n in _WORKERS}
    plain: dict[int, list[float]] = {n: [] for n in _WORKERS}
    held: dict[int, list[tuple[float, float]]] = {n: [] for n in _WORKERS}
    for _ in range(_ROUNDS):
        for n in _WORKERS:
            wall_s, memory = _round(app, made, n)
            seconds[n].append(wall_s)
            held[n].append(memory)
            plain[n].append(_without(app, made, n))
    app.close()
    return {
        "pages": pages,
        **{
            f"workers_{n}": {
                "seconds": spread(seconds[n]),
                "pages_a_second": spread([pages / s for s in seconds[n]]),
                "worker_mb_after_a_quarter": round(max(quarter for quarter, _ in held[n])),
                "worker_mb_at_the_end": round(max(end for _, end in held[n])),
            }
            for n in _WORKERS
        },
        "two_times_one": ratios(seconds[1], seconds[2]),
        "two_processes_times_one": ratios(plain[1], plain[2]),
    }


def _round(app: App, pages: Sequence[RawPage], n_workers: int) -> tuple[float, tuple[float, float]]:
    """Seconds for all pages; megabytes of the largest worker after a quarter of them and at the end."""
    limits, rules = app.settings.extract, reading_rules(app.home.config)
    with _cluster(n_workers) as made:
        workers = ClusterWorkers(made.scheduler_address, tls={})
        with page_reader(workers, rules, deadline_s=limits.deadline_s, memory_mb=limits.memory_mb) as read:
            for warm in [read(page) for page in pages[: 16 * n_workers]]:
                warm.result()
            began = time.perf_counter()
            answers = [read(page) for page in pages]
            for answer in answers[: len(pages) // 4]:
                answer.result()
            quarter_mb = _largest(made)
            for answer in answers:
                answer.result()
            wall_s = time.perf_counter() - began
            end_mb = _largest(made)
        workers.close()
    return wall_s, (quarter_mb, end_mb)


def _without(app: App, pages: Sequence[RawPage], n: int) -> float:
    """Seconds for all pages in so many processes of this machine."""
    limits = app.settings.extract
    pool = ExtractPool(
        reading_rules(app.home.config), workers=n, deadline_s=limits.deadline_s, memory_mb=limits.memory_mb
    )
    return seconds_of(pool, pages, warm=16 * n)


def _largest(made: Any) -> float:
    return max(tree_mb(worker.pid)["rss_mb"] for worker in made.workers.values())


@contextmanager
def _cluster(n_workers: int) -> Iterator[Any]:
    import distributed  # takes a second; it has no types

    local: Any = distributed.LocalCluster
    with local(
        n_workers=n_workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, processes=True
    ) as made:
        yield made
