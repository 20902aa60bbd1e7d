"""`monitor init`: a home folder with config and database, register and sources loaded."""

import typer

from monitor.cli.context import of
from monitor.core.secrets import make_secret


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("init")(init)


def init(context: typer.Context) -> None:
    """Make the home folder, the database and load register, gazetteer and sources; safe to run again."""
    ours = of(context)
    made = ours.home.create()
    if not ours.app.settings.web.key_file:
        make_secret(ours.home.web_key)
    done = ours.app.load()
    typer.echo(f"home: {ours.home.root} ({'made' if made else 'found; config left as it is'})")
    typer.echo(f"database: {ours.app.db.shown_url}")
    typer.echo(
        f"register {done.register_version}: {done.agreements} agreements, {done.monitored} monitored in "
        f"{done.families} families, {done.places} places; sources: {done.sources}, {done.enabled} enabled"
    )
