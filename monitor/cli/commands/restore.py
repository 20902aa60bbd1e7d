"""`monitor restore`: a backup becomes an installation again."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.core import schema
from monitor.wiring.backup import restore as do_restore


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("restore")(restore)


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="As `monitor backup` wrote it.")],
    database: Annotated[
        str,
        typer.Option(help="URL of an empty PostgreSQL database in place of that of the backup's settings."),
    ] = "",
) -> None:
    """Make the home folder (--home, empty or not there) and an empty database into what a backup holds."""
    ours = of(context)
    told = do_restore(ours.home, file, url=database)
    typer.echo(
        f"{ours.home.root}: {told.kind}, schema {told.revision}, {told.rows} rows in {told.tables} tables, "
        f"{told.files} files"
    )
    if told.revision != schema.head():
        typer.echo(f"the program has schema {schema.head()}: run `monitor migrate`")
    typer.echo("not in a backup: files with passwords, and web.key (`monitor init` makes a new one)")
