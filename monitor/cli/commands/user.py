"""`monitor user`: who may sign in to the pages of the newsroom."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.commands import user_token
from monitor.cli.context import of
from monitor.core.accounts import Role, get_user, list_accounts, put_user, remove_user, set_email, set_role
from monitor.core.audit_log import COMMAND_LINE, Action, log_action
from monitor.core.errors import UsageError
from monitor.core.passwords import new_hash
from monitor.core.secrets import read_secret
from monitor.reports.address import checked_address
from monitor.wiring.accounts import end_sessions_of


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="People who sign in to `monitor serve`.")
    group.command("add")(add)
    group.command("list")(list_all)
    group.command("change")(change)
    group.command("sign-out")(sign_out)
    group.command("remove")(remove)
    user_token.add_to(group)
    app.add_typer(group, name="user")


Name = Annotated[str, typer.Argument(help="Name to sign in with.")]


def add(
    context: typer.Context,
    name: Name,
    role: Annotated[
        Role | None,
        typer.Option(help="What the person may do; without it a known one keeps theirs, a new one reads."),
    ] = None,
    password_file: Annotated[
        Path | None, typer.Option(exists=True, help="File with the password; without it you are asked.")
    ] = None,
    email: Annotated[str | None, typer.Option(help="Where a lost password is reset.")] = None,
) -> None:
    """Add a person, or give a known one another password, and another role where one is given."""
    ours = of(context)
    if password_file is None:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = read_secret(str(password_file), "--password-file")
    address, now = checked_address(email) if email else email, ours.app.clock()
    password_hash = new_hash(password, name=name)
    with ours.app.ready_db.begin() as tx:
        user = put_user(tx, name=name, role=role, password_hash=password_hash, at=now, email=address)
        log_action(tx, COMMAND_LINE, Action.USER_ADDED, f"{user.name}: {user.role}", now)
    typer.echo(f"{user.name}: {user.role}")


def list_all(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False
) -> None:
    """Everybody who may sign in, with how many sessions they have open."""
    ours = of(context)
    with ours.app.ready_db.reading() as tx:
        found = list_accounts(tx, at=ours.app.clock())
    if as_json:
        ours.print_json(
            [
                {"name": a.user.name, "role": a.user.role.value, "email": a.email, "sessions": a.n_sessions}
                for a in found
            ]
        )
        return
    for account in found:
        address, n = account.email or "no address", account.n_sessions
        typer.echo(f"{account.user.name}: {account.user.role}, {address}, open sessions: {n}")


def change(
    context: typer.Context,
    name: Name,
    role: Annotated[Role | None, typer.Option(help="Another role; in force at the next click.")] = None,
    email: Annotated[str | None, typer.Option(help="Another address; empty: none.")] = None,
) -> None:
    """Give a person another role or address; the password stays."""
    ours = of(context)
    if role is None and email is None:
        raise UsageError("say what changes: --role or --email")
    address = checked_address(email) if email else email
    with ours.app.ready_db.begin() as tx:
        name = get_user(tx, name).name
        if role is not None:
            set_role(tx, name, role)
        if address is not None:
            set_email(tx, name, address)
        said = f"{name}: {role}" if role is not None else f"{name}: address"
        log_action(tx, COMMAND_LINE, Action.USER_CHANGED, said, ours.app.clock())
    typer.echo(f"{name}: changed")


def sign_out(context: typer.Context, name: Name) -> None:
    """End all open sessions of a person."""
    n = end_sessions_of(of(context).app, COMMAND_LINE, name)
    typer.echo(f"{name}: {n} sessions ended")


def remove(context: typer.Context, name: Name) -> None:
    """Remove a person; whoever is signed in under the name is out at once."""
    ours = of(context)
    with ours.app.ready_db.begin() as tx:
        name = get_user(tx, name).name
        remove_user(tx, name)
        log_action(tx, COMMAND_LINE, Action.USER_REMOVED, name, ours.app.clock())
    typer.echo(f"{name}: removed")
