"""How much memory a process and all that it started hold, from /proc (Linux only); the CPU that they took."""

import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_EVERY_S = 1.0


def cpu_s() -> tuple[float, float]:
    """CPU seconds of this process so far, and of those that it started and that have ended."""
    own, ended = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime, ended.ru_utime + ended.ru_stime


def tree_mb(pid: int | None = None) -> dict[str, float]:
    """Memory of a process (this one by default) and its descendants.

    `rss_mb` counts pages that processes share once for each; `pss_mb` once in all.
    """
    rss = pss = 0
    for one in _family(pid or os.getpid()):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:  # it ended meanwhile
            continue
        found = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
        rss += found.get("Rss", 0)
        pss += found.get("Pss", 0)
    return {"rss_mb": rss / 1024, "pss_mb": pss / 1024}


@contextmanager
def peak_of(pid: int) -> Iterator[dict[str, float]]:
    """The highest figures seen while the context lasts, filled in as they are seen."""
    peak = {"rss_mb": 0.0, "pss_mb": 0.0}
    over = threading.Event()

    def look() -> None:
        while not over.wait(_EVERY_S):
            for name, value in tree_mb(pid).items():
                peak[name] = max(peak[name], value)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield peak
    finally:
        over.set()
        looking.join()


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            found += _family(int(child))
    return found
