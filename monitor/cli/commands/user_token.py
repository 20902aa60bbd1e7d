"""`monitor user token`: keys with which programs read what the pages show."""

from datetime import timedelta
from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.core.api_tokens import Scope, add_token, list_tokens, remove_token
from monitor.core.audit_log import COMMAND_LINE, Action, log_action


def add_to(group: typer.Typer) -> None:
    """Register the commands below `user`."""
    tokens = typer.Typer(no_args_is_help=True, help="Keys of programs that read /api/v1.")
    tokens.command("add")(add)
    tokens.command("list")(list_all)
    tokens.command("remove")(remove)
    group.add_typer(tokens, name="token")


Name = Annotated[str, typer.Argument(help="What the key is for.")]


def add(
    context: typer.Context,
    name: Name,
    scope: Annotated[list[Scope], typer.Option(help="What it may read; may be given several times.")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="Until it ends.")] = 365,
) -> None:
    """Make a key and print it, this once: it cannot be shown again."""
    ours = of(context)
    now = ours.app.clock()
    with ours.app.ready_db.begin() as tx:
        key = add_token(tx, name=name, scopes=scope, at=now, ends_at=now + timedelta(days=days))
        log_action(tx, COMMAND_LINE, Action.TOKEN_ADDED, f"{name}: {' '.join(scope)}", now)
    typer.echo(key)


def list_all(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False
) -> None:
    """All keys with what they may read and until when, without the keys themselves."""
    ours = of(context)
    now = ours.app.clock()
    with ours.app.ready_db.reading() as tx:
        held = list_tokens(tx)
    rows = [
        {
            "name": one.name,
            "scopes": sorted(one.scopes),
            "created_at": one.created_at.isoformat(),
            "ends_at": one.ends_at.isoformat(),
            "has_ended": one.ends_at <= now,
        }
        for one in held
    ]
    if as_json:
        ours.print_json(rows)
        return
    for one in held:
        end = "ended" if one.ends_at <= now else "until"
        typer.echo(f"{one.name}: {' '.join(sorted(one.scopes))}, {end} {ours.day(one.ends_at)}")


def remove(context: typer.Context, name: Name) -> None:
    """Forget a key; the next request with it is refused."""
    ours = of(context)
    with ours.app.ready_db.begin() as tx:
        remove_token(tx, name)
        log_action(tx, COMMAND_LINE, Action.TOKEN_REMOVED, name, ours.app.clock())
    typer.echo(f"{name}: removed")
