"""`monitor prune`: lets go what is older than the settings keep it."""

from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.wiring.keeping import prune as do_prune


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("prune")(prune)


def prune(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")] = False,
) -> None:
    """Delete what the settings (section keeping) no longer keep; the service does it every night."""
    ours = of(context)
    with ours.progress() as progress:
        ours.print_counts(do_prune(ours.app, progress, dry_run=dry_run))
