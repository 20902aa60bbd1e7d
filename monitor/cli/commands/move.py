"""`monitor move`: the database of an installation into another one, such as SQLite's into PostgreSQL."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.bulk.move import move as do_move
from monitor.cli.context import of
from monitor.core.db import Db
from monitor.core.secrets import read_secret

_PASSWORD = "File with its password, which must not stand in the address."  # noqa: S105 - a help text


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("move")(move)


def move(
    context: typer.Context,
    from_url: Annotated[str, typer.Argument(help="sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME")],
    to_url: Annotated[str, typer.Argument(help="An empty database.")],
    from_password_file: Annotated[Path | None, typer.Option(exists=True, help=_PASSWORD)] = None,
    to_password_file: Annotated[Path | None, typer.Option(exists=True, help=_PASSWORD)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Tables with rows and checksums.")] = False,
) -> None:
    """Copy a database into an empty one, in one snapshot, and compare both row by row.

    Stop the service first, or what it writes meanwhile stays behind; then name the new database in
    settings.toml.
    """
    ours = of(context)
    source = Db(from_url, password=_secret(from_password_file, "--from-password-file"))
    target = Db(to_url, password=_secret(to_password_file, "--to-password-file"))
    try:
        with ours.progress() as progress:
            moved = do_move(source, target, progress)
    finally:
        source.close()
        target.close()
    if as_json:
        ours.print_json([{"table": m.name, "rows": m.rows, "checksum": m.checksum} for m in moved])
        return
    rows = sum(table.rows for table in moved)
    typer.echo(f"{rows} rows in {len(moved)} tables moved to {target.shown_url}, and read back the same")
    typer.echo("set database.url in config/settings.toml to it")


def _secret(file: Path | None, key: str) -> str:
    return read_secret(str(file), key) if file else ""
