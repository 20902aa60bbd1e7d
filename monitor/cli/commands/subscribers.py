"""`monitor subscribers`: who gets the weekly report."""

from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.core.errors import UsageError
from monitor.reports.subscribers import add_subscriber, list_subscribers, remove_subscriber


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="Readers of the weekly report: add, list, remove.")
    group.command("add")(add)
    group.command("list")(list_all)
    group.command("remove")(remove)
    app.add_typer(group, name="subscribers")


Email = Annotated[str, typer.Argument(help="Address.")]


def add(
    context: typer.Context,
    email: Email,
    region: Annotated[str, typer.Option(help="Region whose gaps to send, in any spelling.")],
    lang: Annotated[str, typer.Option(help="One of reports.languages; without it the first of them.")] = "",
) -> None:
    """Subscribe an address to a region's report."""
    ours = of(context)
    offered = ours.app.settings.reports.languages
    wanted = lang or offered[0]
    if wanted not in offered:
        raise UsageError(f"{wanted!r} is none of reports.languages: {', '.join(offered)}")
    with ours.app.ready_db.begin() as tx:
        made = add_subscriber(tx, email=email, region=ours.place(region), lang=wanted, at=ours.app.clock())
    typer.echo(f"{made.email}: {made.region}, {made.lang}")


def list_all(context: typer.Context, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List active subscriptions."""
    ours = of(context)
    with ours.app.ready_db.begin() as tx:
        found = list_subscribers(tx)
    if as_json:
        ours.print_json([{"email": s.email, "region": s.region, "lang": s.lang} for s in found])
        return
    for s in found:
        typer.echo(f"{s.email}\t{s.region}\t{s.lang}\tsince {s.added_at:%Y-%m-%d}")
    typer.echo(f"{len(found)} subscriptions")


def remove(
    context: typer.Context,
    email: Email,
    region: Annotated[str, typer.Option(help="Only of this region.")] = "",
) -> None:
    """End an address's subscriptions; what waits in the outbox for it is cancelled."""
    ours = of(context)
    place = ours.place(region) if region else None
    with ours.app.ready_db.begin() as tx:
        ended = remove_subscriber(tx, email=email, region=place)
    typer.echo(f"{email}: {ended} subscriptions ended")
