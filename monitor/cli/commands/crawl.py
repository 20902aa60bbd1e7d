"""`monitor crawl`: ask the feeds that are due and fetch the pages they list."""

from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.core.errors import UsageError
from monitor.jobs import find_job, run_job


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("crawl")(crawl)


def crawl(
    context: typer.Context,
    source: Annotated[str, typer.Option(help="Only this source, due or not.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Every enabled source, due or not.")] = False,
) -> None:
    """Crawl what is due now; with --source or --all also what is not."""
    ours = of(context)
    if source and source not in {s.id for s in ours.app.sources}:
        raise UsageError(f"no source is called {source!r}; `monitor sources list` shows them")
    with ours.progress() as progress:
        if source or everything:
            counts = ours.app.poll(progress, source=source or None, everything=True)
            counts.merge(ours.app.fetch_pages(progress, source=source or None, budget=None))
        else:
            counts = run_job(ours.app, find_job("crawl.poll"), progress)
            counts.merge(run_job(ours.app, find_job("crawl.pages"), progress))
    ours.print_counts(counts)
    if counts["crashed"]:
        raise typer.Exit(3)
