"""`monitor backup`: one file that holds the whole installation."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.wiring.backup import make_backup


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("backup")(backup)


def backup(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="By default backup-DATE.tar.gz in this folder.")] = None,
) -> None:
    """Write database, configuration and models into one file; the service may go on working meanwhile.

    Passwords and the key of signed links are not in it: keep those files elsewhere.
    """
    ours = of(context)
    path = file or Path(f"backup-{ours.app.clock():%Y%m%d-%H%M%S}.tar.gz")
    told = make_backup(ours.app, path)
    size = told.path.stat().st_size / 1e6
    typer.echo(
        f"{told.path}: {told.kind}, schema {told.revision}, {told.rows} rows in {told.tables} tables, "
        f"{told.files} files, {size:.1f} MB"
    )
