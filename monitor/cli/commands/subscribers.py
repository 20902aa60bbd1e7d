"""`monitor subscribers`: who gets the weekly report."""

from typing import Annotated

import typer

from monitor.cli.context import of
from monitor.core.audit_log import COMMAND_LINE, Action, log_action
from monitor.core.errors import UsageError
from monitor.reports.subscribers import Subscriber, add_subscriber, list_subscribers, remove_subscriber
from monitor.wiring import answers


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
    topic: Annotated[list[str] | None, typer.Option(help="Only this topic; repeatable.")] = None,
    confirmed: Annotated[
        bool | None,
        typer.Option(
            "--confirmed/--ask",
            help="The owner is known to want it / ask the address by mail first. Without either: ask where "
            "reports.public_url is set, since the mail holds a link.",
        ),
    ] = None,
) -> None:
    """Subscribe an address to a region's report, at once or after it has confirmed."""
    ours = of(context)
    settings = ours.app.settings.reports
    wanted = lang or settings.languages[0]
    if wanted not in settings.languages:
        raise UsageError(f"{wanted!r} is none of reports.languages: {', '.join(settings.languages)}")
    place, topics = ours.reported(region), ours.topics(topic or [])
    if confirmed is False or (confirmed is None and settings.public_url):
        is_asked = answers.invite(
            ours.app, email=email, region=place, lang=wanted, topics=topics, by=COMMAND_LINE
        )
        what = "asked to confirm; `monitor report send` sends the mail" if is_asked else "subscribed already"
        typer.echo(f"{email.strip()}: {place}, {wanted}: {what}")
        return
    now = ours.app.clock()
    with ours.app.ready_db.begin() as tx:
        made = add_subscriber(tx, email=email, region=place, lang=wanted, topics=topics, at=now)
        log_action(tx, COMMAND_LINE, Action.SUBSCRIBER, f"{made.id}: {made.region}, {made.lang}", now)
    typer.echo(f"{made.email}: {made.region}, {made.lang}")


def list_all(
    context: typer.Context,
    everybody: Annotated[bool, typer.Option("--all", help="Also those that have ended or wait.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """List active subscriptions."""
    ours = of(context)
    with ours.app.ready_db.begin() as tx:
        found = list_subscribers(tx, active_only=not everybody)
    if as_json:
        ours.print_json([_row(s, whole=everybody) for s in found])
        return
    for s in found:
        state = "" if s.active else "  ended" if s.confirmed_at else "  not confirmed"
        pause = f"  paused until {s.paused_until}" if s.paused_until else ""
        topics = f"  only {', '.join(s.topics)}" if s.topics else ""
        typer.echo(f"{s.email}\t{s.region}\t{s.lang}\tsince {ours.day(s.added_at)}{topics}{pause}{state}")
    typer.echo(f"{len(found)} subscriptions")


def _row(s: Subscriber, *, whole: bool) -> dict[str, object]:
    row: dict[str, object] = {"email": s.email, "region": s.region, "lang": s.lang}
    if not whole:
        return row
    return {
        **row,
        "topics": list(s.topics),
        "active": s.active,
        "confirmed_at": s.confirmed_at,
        "paused_until": s.paused_until,
    }


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
        for one in ended:  # by number: an address that is forgotten must not live on in the log
            log_action(tx, COMMAND_LINE, Action.SUBSCRIBER, f"{one}: ended", ours.app.clock())
    typer.echo(f"{email}: {len(ended)} subscriptions ended")
