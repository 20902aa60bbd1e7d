"""`monitor serve`: the pages that the links of mails lead to."""

from typing import Annotated

import typer

from monitor.cli.context import Terminated, of
from monitor.core.errors import OutsideError


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("serve")(serve)


def serve(
    context: typer.Context,
    port: Annotated[
        int | None, typer.Option(help="Another port than web.listen_port.", min=1, max=65535)
    ] = None,
) -> None:
    """Serve the pages for readers until it is stopped (Ctrl-C or SIGTERM)."""
    from monitor.web.server import is_open_to_others, server  # fastapi takes a second to arrive

    ours = of(context)
    running = server(ours.app, port=port)
    config = running.config
    if is_open_to_others(ours.app):
        typer.echo(
            f"warning: web.listen_host is {config.host}: other machines reach these pages, and nothing "
            "encrypts what they send; put a proxy with TLS before it",
            err=True,
        )
    if not ours.app.settings.reports.public_url:
        typer.echo("note: reports.public_url is empty, so mails carry no link to these pages", err=True)
    typer.echo(f"serving http://{config.host}:{config.port}/ (Ctrl-C ends it)")
    try:
        running.run()
    except Terminated:
        raise
    except SystemExit as error:  # uvicorn's way to say that it could not listen; it has written why
        raise OutsideError(f"{config.host}:{config.port} cannot be listened on") from error
