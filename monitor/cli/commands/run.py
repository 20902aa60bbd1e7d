"""`monitor run`: the whole service in one process."""

import os
import signal
import threading
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import Context, of
from monitor.core import log
from monitor.core.errors import OutsideError
from monitor.service.service import Frame, Service
from monitor.web.health import health_served
from monitor.wiring import App
from monitor.wiring.stamp import config_stamp

if TYPE_CHECKING:
    from monitor.web.served import Served


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("run")(run)


def run(
    context: typer.Context,
    tick: Annotated[float, typer.Option(min=0.05, help="Seconds between two looks at lease and jobs.")] = 5.0,
) -> None:
    """Crawl, tag, link, report and mail by the calendar until told to stop (SIGTERM or Ctrl-C).

    Several may be started on one database: one works, the others stand by and take over within a minute.
    """
    ours = of(context)
    log.configure(verbose=ours.verbose, events=True)
    app = ours.app
    app.ready_db  # noqa: B018 - refused here, with its remedy, rather than by every job
    stop = threading.Event()

    def asked(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, asked)
    frame = Frame(
        db=app.db,
        clock=app.clock,
        zone=app.zone,
        make_app=lambda: App(ours.home),
        stamp=lambda: config_stamp(ours.home),
        tick_s=tick,
    )
    service = Service(frame, stop)
    with (
        _pages(ours) as pages,
        health_served(app, app.settings.service.health_port, partial(_standing, service, pages)),
    ):
        left = _left_behind(service)
    if left is not None:
        why, exit_code = left
        with suppress(OSError):  # a log on a full disk: the end must not wait for the thread that hangs
            typer.echo(f"monitor: {why}", err=True)
        _end_at_once(exit_code)


def _left_behind(service: Service) -> tuple[str, int] | None:
    """Run the service: None where all of it has ended, else why it did, and the exit code: a thread may still
    work."""
    try:
        if service.run():
            return None
    except OutsideError as error:  # also a job that hangs
        return str(error), error.exit_code
    return "a job was left in the midst of its work; it stays due", 0


def _end_at_once(exit_code: int) -> None:
    """Python would wait for every thread, for ever where one hangs. What is under way is taken back whole."""
    os._exit(exit_code)


def _pages(ours: Context) -> "AbstractContextManager[Served | None]":
    if not ours.app.settings.web.serve_with_run:
        return nullcontext()
    from monitor.web.beside import pages_served  # fastapi takes a second to arrive

    return pages_served(lambda: App(ours.home))


def _standing(service: Service, pages: "Served | None") -> dict[str, Any]:
    told = service.standing()
    if pages is None or pages.is_waiting:  # another service on the machine may serve them
        return told
    return {**told, "pages": pages.is_alive}
