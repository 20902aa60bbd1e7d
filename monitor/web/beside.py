"""The pages beside the service: `monitor run` serves them from its own process where the settings say so.

They have an App of their own: nothing that is built on first use is shared with the thread of a job.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from monitor.web.served import AGAIN_S, Served, served
from monitor.web.server import is_open_to_others, server
from monitor.wiring import App

log = structlog.get_logger(__name__)

_STOP_S = 2  # for answers under way, of the ten seconds that the whole stop has


@contextmanager
def pages_served(make_app: Callable[[], App], *, again_s: float = AGAIN_S) -> Iterator[Served | None]:
    """Serve the pages while the context lasts; None where web.serve_with_run is off.

    A standby on the machine of the active service finds the port taken: it works all the same, and asks for
    the port every `again_s` seconds.
    Errors: what `build` tells of wrong settings or an unreadable key, before anything is served.
    """
    app = make_app()
    try:
        web = app.settings.web
        if not web.serve_with_run:
            yield None
            return
        if is_open_to_others(app):
            log.warning("pages_open_to_others", host=web.listen_host, encrypted=False)
        running = server(app)
        running.config.timeout_graceful_shutdown = _STOP_S
        place = (web.listen_host, web.listen_port)
        with served("pages", running, *place, patience_s=2.0 * _STOP_S, again_s=again_s) as pages:
            yield pages
    finally:
        app.close()
