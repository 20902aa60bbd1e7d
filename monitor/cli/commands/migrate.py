"""`monitor migrate`: brings the database to the schema of this program."""

from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.core import schema


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("migrate")(migrate)


def migrate(
    context: typer.Context,
    down: Annotated[str, typer.Option(help="Go back to this revision; `base` drops all tables.")] = "",
) -> None:
    """Apply pending migrations, or go back with --down."""
    db = of(context).app.db
    before = schema.current(db)
    if down:
        schema.downgrade(db, down)
    else:
        schema.upgrade(db)
    typer.echo(f"{db.shown_url}: {before or 'empty'} -> {schema.current(db) or 'empty'}")
