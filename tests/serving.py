"""Pages of a test's world served on loopback."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from monitor.web.server import build
from monitor.wiring import App
from tests.web_world import World


@contextmanager
def serving(place: World) -> Iterator[str]:
    """Where the pages of a world are served, until the end of the block."""
    with serving_app(place.app) as base:
        yield base


@contextmanager
def serving_app(app: App) -> Iterator[str]:
    """Where the pages of an installation are served, until the end of the block."""
    server = uvicorn.Server(uvicorn.Config(build(app), port=0, access_log=False, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
