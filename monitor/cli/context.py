"""What every command needs: the wired application, output for people or machines, progress on a terminal."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from monitor.core import log
from monitor.core.counts import Counts
from monitor.core.errors import UsageError
from monitor.core.home import Home
from monitor.core.ids import PlaceId, TopicId
from monitor.core.progress import Progress, silent

if TYPE_CHECKING:
    from monitor.wiring import App

DAY = "%Y-%m-%d"  # as options take one


class Terminated(SystemExit):
    """SIGTERM came: what the command has half made is cleared away first."""


class Context:
    """Made once a call by `main`; commands take it from typer's context."""

    def __init__(self, home: Path, *, verbose: bool) -> None:
        self.home = Home(home)
        self.verbose = verbose
        self.out = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
        log.configure(verbose=verbose)

    @cached_property
    def app(self) -> "App":
        """The wired application of this home."""
        from monitor.wiring import App  # a second, in which Ctrl-C would meet nobody if `main` brought it

        return App(self.home)

    def close(self) -> None:
        """Give back what the application holds, if it was used."""
        if "app" in self.__dict__:
            self.app.close()

    def day(self, at: datetime) -> date:
        """The newsroom's day of a moment: what people are told a day by."""
        return at.astimezone(self.app.zone).date()

    def moment(self, at: datetime) -> str:
        """A moment by the newsroom's clock, to the minute, with the name of its zone."""
        return f"{at.astimezone(self.app.zone):%Y-%m-%d %H:%M} {self.app.zone}"

    def place(self, region: str) -> PlaceId:
        """The place id of a region in any spelling. Errors: UsageError when it is unknown."""
        found = self.app.region(region)
        if found is None:
            raise UsageError(f"no region is called {region!r}")
        return found

    def reported(self, region: str) -> PlaceId:
        """The place id of a region that has a report. Errors: UsageError for any other."""
        from monitor.wiring import reporting  # with all that makes reports: not at each call of a command

        place, offered = self.place(region), reporting.regions(self.app)
        if place not in offered:
            raise UsageError(f"there is no report on {place}, only on {', '.join(offered)}")
        return place

    def topics(self, named: Sequence[str]) -> list[TopicId]:
        """Ids of topics as they were typed. Errors: UsageError when one is unknown."""
        for topic in named:
            if topic not in self.app.register.topics:
                known = ", ".join(self.app.register.topics)
                raise UsageError(f"no topic is called {topic!r}; there are {known}")
        return [TopicId(topic) for topic in named]

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Bars on a terminal, silence in a pipe."""
        if not sys.stderr.isatty():
            yield silent
            return
        with Bars(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        ) as bars:
            yield _Shown(bars)

    def print_json(self, value: Any) -> None:
        """One JSON document on the output, in letters that its encoding has."""
        has_all = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        typer.echo(json.dumps(value, ensure_ascii=not has_all, indent=1, default=_plain))

    def say(self, document: dict[str, Any], line: str, *, as_json: bool) -> None:
        """A document for programs or a line for people."""
        if as_json:
            self.print_json(document)
        else:
            typer.echo(line)

    def print_counts(self, counts: Counts) -> None:
        """What a stage did, one line; "nothing was due" where it did nothing."""
        words = [f"{name.replace('_', ' ')} {n}" for name, n in counts.items() if n]
        typer.echo(", ".join(words) or "nothing was due")


def _plain(value: Any) -> str:
    """What JSON has no type for: days and moments as ISO 8601, the rest as it prints."""
    return value.isoformat() if isinstance(value, date) else str(value)


def at_most_one(*, dry_run: bool, promote: bool, drop: bool) -> None:
    """Refuse options of a reviewed change that exclude each other. Errors: UsageError."""
    if dry_run + promote + drop > 1:
        raise UsageError("--dry-run, --promote and --drop exclude each other")


class _Shown:
    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=total)
        self._bars.update(self._tasks[what], completed=done, total=total)


def of(context: typer.Context) -> Context:
    """Our context inside typer's."""
    found = context.obj
    if not isinstance(found, Context):
        raise TypeError("a command was called without the root callback")
    return found
