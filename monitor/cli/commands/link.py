"""`monitor link`: links what is tagged and due to the register."""

import typer

from monitor.cli.context import of
from monitor.jobs import find_job, run_job


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("link")(link)


def link(context: typer.Context) -> None:
    """Link tagged articles that the current register has not seen."""
    ours = of(context)
    with ours.progress() as progress:
        ours.print_counts(run_job(ours.app, find_job("linking.link"), progress))
