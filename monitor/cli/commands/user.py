"""`monitor user`: who may sign in to the pages of the newsroom."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.core.accounts import Role, list_users, put_user, remove_user
from monitor.core.secrets import read_secret


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="People who sign in to `monitor serve`.")
    group.command("add")(add)
    group.command("list")(list_all)
    group.command("remove")(remove)
    app.add_typer(group, name="user")


Name = Annotated[str, typer.Argument(help="Name to sign in with.")]


def add(
    context: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.READER,
    password_file: Annotated[
        Path | None, typer.Option(exists=True, help="File with the password; without it you are asked.")
    ] = None,
) -> None:
    """Add a person, or give a known one another role and password."""
    ours = of(context)
    if password_file is None:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = read_secret(str(password_file), "--password-file")
    with ours.app.ready_db.begin() as tx:
        user = put_user(tx, name=name, role=role, password=password, at=ours.app.clock())
    typer.echo(f"{user.name}: {user.role}")


def list_all(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False
) -> None:
    """Everybody who may sign in."""
    ours = of(context)
    with ours.app.ready_db.reading() as tx:
        found = list_users(tx)
    if as_json:
        ours.print_json([{"name": user.name, "role": user.role.value} for user in found])
        return
    for user in found:
        typer.echo(f"{user.name}: {user.role}")


def remove(context: typer.Context, name: Name) -> None:
    """Remove a person; whoever is signed in under the name is out at once."""
    ours = of(context)
    with ours.app.ready_db.begin() as tx:
        remove_user(tx, name)
    typer.echo(f"{name}: removed")
