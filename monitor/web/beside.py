"""The pages beside the service: `monitor run` serves them from its own process where the settings say so.

They have an App of their own: nothing that is built on first use is shared with the thread of a job.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import structlog
import uvicorn

from monitor.web.server import is_open_to_others, server
from monitor.wiring import App

log = structlog.get_logger(__name__)

_STOP_S = 2  # for answers under way, of the ten seconds that the whole stop has


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages that are served in a thread."""

    host: str
    port: int
    thread: threading.Thread

    @property
    def is_alive(self) -> bool:
        """Whether the thread that answers is still there."""
        return self.thread.is_alive()


@contextmanager
def pages_served(make_app: Callable[[], App]) -> Iterator[Pages | None]:
    """Serve the pages while the context lasts; None where web.serve_with_run is off or the port is taken.

    A standby on the machine of the active service finds the port taken: it works all the same.
    Errors: what `build` tells of wrong settings or an unreadable key, before anything is served.
    """
    app = make_app()
    try:
        listening = _listen(app) if app.settings.web.serve_with_run else None
        if listening is None:
            yield None
            return
        if is_open_to_others(app):
            log.warning("pages_open_to_others", host=app.settings.web.listen_host, encrypted=False)
        with listening:
            yield from _answering(server(app), listening)
    finally:
        app.close()


def _answering(running: uvicorn.Server, listening: socket.socket) -> Iterator[Pages]:
    running.config.timeout_graceful_shutdown = _STOP_S
    work = partial(asyncio.run, running.serve(sockets=[listening]))
    thread = threading.Thread(target=work, name="pages", daemon=True)
    thread.start()
    host, port = listening.getsockname()[:2]
    log.info("pages_served", host=host, port=port)
    try:
        yield Pages(host, port, thread)
    finally:
        running.should_exit = True
        thread.join(timeout=2.0 * _STOP_S)


def _listen(app: App) -> socket.socket | None:
    """Listening at once: else a second service could still take the port that the first has found free."""
    web = app.settings.web
    made = socket.socket(socket.AF_INET6 if ":" in web.listen_host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((web.listen_host, web.listen_port))
        made.listen()
    except OSError as error:
        made.close()
        log.warning("pages_not_served", host=web.listen_host, port=web.listen_port, why=str(error))
        return None
    return made
