"""The crawler's side of the crawl benchmark, in a process of its own: `python -m benchmarks.crawl_round`.

It makes a home for the press that listens already, crawls it and prints what each stage cost as JSON.
"""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.memory import cpu_s, tree_mb
from benchmarks.press import START, RunningPress, origin_of
from monitor.articles.clusters import assign_cluster
from monitor.core import log
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.home import Home
from monitor.wiring import App
from monitor.wiring import app as wiring

_TICK = timedelta(minutes=10)
_SETTINGS = {"delay_s = 5.0": "delay_s = 0.0", "allow_addresses = []": 'allow_addresses = ["127.0.0.1"]'}
SOURCE = """
[[source]]
id = "paper-{n:04d}"
name = "Районная газета {n}"
name_en = "District paper {n}"
kind = "district_paper"
country = "BY"
region = "by-mogilev-region"
languages = ["ru", "be"]
site = "{origin}/"
zone = "Europe/Minsk"
show = "full"
enabled = true
why_not = ""
notes = ""

[[source.feed]]
url = "{origin}/feed"
kind = "rss"
"""


class Stopwatch:
    """CPU seconds of named parts, each counted in the thread that does it."""

    def __init__(self) -> None:
        self.cpu_s: dict[str, float] = {}

    def timed(self, name: str, do: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its time counted."""

        @wraps(do)
        def measured(*args: Any, **given: Any) -> Any:
            with self.part(name):
                return do(*args, **given)

        return measured

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count the time of a block."""
        began = time.thread_time()
        try:
            yield
        finally:
            self.cpu_s[name] = self.cpu_s.get(name, 0.0) + time.thread_time() - began

    @contextmanager
    def watching(self, app: App) -> Iterator[None]:
        """Time what the main process does: fetch, copies, store (which holds copies)."""
        begin = Db.begin

        @contextmanager
        def timed_begin(db: Db) -> Iterator[Any]:
            with self.part("store"), begin(db) as tx:
                yield tx

        app.fetcher.fetch_many = self.timed("fetch", app.fetcher.fetch_many)  # type: ignore[method-assign]
        with ExitStack() as stack:
            stack.enter_context(patch.object(Db, "begin", timed_begin))
            copies = patch.object(wiring, "assign_cluster", self.timed("copies", assign_cluster))
            stack.enter_context(copies)
            yield


def main() -> None:
    """Crawl and print the figures. Units: seconds, MB."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--papers", type=int, required=True)
    parser.add_argument("--mode", choices=("whole", "feeds", "day"), required=True)
    parser.add_argument("--hours", type=int, default=24)
    given = parser.parse_args()
    log.configure(verbose=False)
    press = RunningPress(given.port)
    app = make_app(given.folder, press, given.papers)
    if given.mode == "day":
        told = day(app, press, given.hours)
    else:
        told = passes(app, with_pages=given.mode == "whole")
    sys.stdout.write(json.dumps(told) + "\n")


def make_app(folder: Path, press: RunningPress, papers: int) -> App:
    """An installation that watches every paper of the press."""
    home = Home(folder)
    home.create()
    shutil.rmtree(home.config / "sources")
    (home.config / "sources").mkdir()
    rows = [SOURCE.format(n=n, origin=origin_of(n, press.port)) for n in range(papers)]
    (home.config / "sources" / "press.toml").write_text("".join(rows), "utf-8")
    text = home.settings_file.read_text("utf-8")
    for old, new in _SETTINGS.items():
        if text.count(old) != 1:
            raise ValueError(f"settings.toml has another line than {old!r}")
        text = text.replace(old, new)
    home.settings_file.write_text(text, "utf-8")
    app = App(home, clock=SettableClock(START), resolve=press.resolve, environment=False)
    app.load()
    return app


def passes(app: App, *, with_pages: bool) -> dict[str, Any]:
    """A first pass over everything and a second with nothing new."""
    told: dict[str, Any] = {}
    for name in ("first", "second"):
        watch = Stopwatch()
        began, cpu = time.monotonic(), time.process_time()
        with watch.watching(app):
            counts = app.poll(everything=True)
            polled_s = time.monotonic() - began
            parse_cpu_s = _end_list_readers(app)
            if with_pages:
                counts.merge(app.fetch_pages(budget=None))
        told[name] = {
            "wall_s": time.monotonic() - began,
            "poll_wall_s": polled_s,
            "cpu_s": {**watch.cpu_s, "main_process": time.process_time() - cpu, "parse": parse_cpu_s},
            "counts": dict(counts),
        }
    before = cpu_s()[1]
    app.close()
    told["first"]["cpu_s"]["extract"] = cpu_s()[1] - before
    return told


def _end_list_readers(app: App) -> float:
    """CPU seconds of the processes that read lists: known when they have ended."""
    before = cpu_s()[1]
    app.list_reader.close()
    del app.list_reader
    return cpu_s()[1] - before


def day(app: App, press: RunningPress, hours: int) -> dict[str, Any]:
    """Simulated hours of ticks as the service has them; memory of all processes after each."""
    counts, memory = Counts(), []
    clock = app.clock
    if not isinstance(clock, SettableClock):
        raise TypeError("a simulated day needs a clock that can be set")
    began = time.monotonic()
    for tick in range(hours * 6):
        clock.set(START + tick * _TICK)
        press.told(clock())
        counts.merge(app.poll())
        counts.merge(app.fetch_pages())
        memory.append(round(tree_mb()["rss_mb"], 1))
    app.close()
    return {"wall_s": time.monotonic() - began, "counts": dict(counts), "memory_mb": memory}


if __name__ == "__main__":
    main()
