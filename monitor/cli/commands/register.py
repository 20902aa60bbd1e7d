"""`monitor register`: the list of agreements that should be covered."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.commands import register_edit, register_show
from monitor.cli.context import of
from monitor.register.due import due_state
from monitor.register.load import load_register
from monitor.register.types import Register


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="The register of agreements.")
    group.command("check")(check)
    register_show.add_to(group)
    register_edit.add_to(group)
    app.add_typer(group, name="register")


def check(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Argument(help="Config folder to check; without it, that of the home folder.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Read register, gazetteer and topics strictly; bad rows are listed with file, line, reason (exit 1)."""
    ours = of(context)
    summary = _summary(load_register(config or ours.home.config), ours.app.today())
    if as_json:
        ours.print_json(summary)
        return
    for name, value in summary.items():
        typer.echo(f"{name.replace('_', ' '):<12}{value}")


def _summary(register: Register, today: date) -> dict[str, Any]:
    monitored = [a for a in register.agreements.values() if a.monitored]
    due = sum(due_state(a, today)[0] for a in monitored)
    return {
        "version": register.version,
        "agreements": len(register.agreements),
        "monitored": len(monitored),
        "due": due,
        "not_due": len(monitored) - due,
        "families": len(register.families),
        "places": len(register.places),
        "topics": len(register.topics),
    }
