"""`monitor crawl`: ask the feeds that are due and fetch the pages they list."""

from datetime import datetime
from typing import Annotated

import typer

from monitor.cli.context import DAY, Context, of
from monitor.core.counts import Counts
from monitor.core.errors import UsageError
from monitor.core.ledger import Reason
from monitor.core.progress import Progress
from monitor.crawl.again import GIVEN_UP
from monitor.jobs import find_job, run_job


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("crawl")(crawl)


def crawl(
    context: typer.Context,
    source: Annotated[str, typer.Option(help="Only this source, due or not.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Every enabled source, due or not.")] = False,
    again: Annotated[
        list[str] | None,
        typer.Option(
            help="Ask no feed, but once more for the pages that were given up for this reason of the ledger, "
            "e.g. crashed; may be given several times."
        ),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=[DAY], help="With --again: only pages given up on this day or later."),
    ] = None,
) -> None:
    """Crawl what is due now; with --source or --all also what is not."""
    ours = of(context)
    if source and source not in {s.id for s in ours.app.sources}:
        raise UsageError(f"no source is called {source!r}; `monitor sources list` shows them")
    if again and everything:
        raise UsageError("--again asks no feed: not together with --all")
    if since is not None and not again:
        raise UsageError("--since says which pages --again takes: give that too")
    if source and source in ours.app.edited_sources():
        raise UsageError(f"{source} was edited in config/sources: `monitor init` takes it over")
    with ours.progress() as progress:
        if again:
            counts = _again(ours, progress, _reasons(again), since, source)
        elif source or everything:
            counts = ours.app.poll(progress, source=source or None, everything=True)
            counts.merge(ours.app.fetch_pages(progress, source=source or None, budget=None))
        else:
            counts = run_job(ours.app, find_job("crawl.poll"), progress)
            counts.merge(run_job(ours.app, find_job("crawl.pages"), progress))
    ours.print_counts(counts)
    if counts["crashed"]:
        raise typer.Exit(3)


def _reasons(asked: list[str]) -> list[Reason]:
    strange = sorted(set(asked) - {reason.value for reason in GIVEN_UP})
    if strange:
        there_are = ", ".join(reason.value for reason in GIVEN_UP)
        raise UsageError(f"no page is tried again for {', '.join(strange)}; there are {there_are}")
    return [Reason(name) for name in asked]


def _again(
    ours: Context, progress: Progress, reasons: list[Reason], since: datetime | None, source: str
) -> Counts:
    day = None if since is None else since.date()
    counts = Counts(again=ours.app.try_again(reasons, since=day, source=source or None))
    if counts["again"]:
        counts.merge(ours.app.fetch_pages(progress, source=source or None, budget=None))
    return counts
