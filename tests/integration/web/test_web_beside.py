"""The pages in the service's own process: served, ended, and waiting for a port that is taken."""

import http.client
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing

import pytest
import uvicorn
from starlette.applications import Starlette
from structlog.testing import capture_logs

from monitor.cli.commands.run import _standing
from monitor.service.service import Frame, Service
from monitor.web.beside import pages_served
from monitor.web.served import served
from tests.service_world import until
from tests.web_world import World


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def listening_at(port: int) -> socket.socket:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", port))
    one.listen()
    return one


def status(port: int, path: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def test_pages_are_served_in_a_thread_until_the_service_ends(made: Callable[..., World]) -> None:
    port = free_port()
    place = made(serve_with_run=True, listen_host="127.0.0.1", listen_port=port)
    with pages_served(lambda: place.app) as pages:
        assert pages is not None
        assert (pages.host, pages.port, pages.is_alive) == ("127.0.0.1", port, True)
        assert [status(port, path) for path in ("/sign-in", "/no-such-page")] == [200, 404]
    assert not pages.is_alive
    with pytest.raises(ConnectionRefusedError):
        status(port, "/sign-in")


def test_a_standby_serves_the_pages_once_the_port_is_free(made: Callable[..., World]) -> None:
    port = free_port()
    place = made(serve_with_run=True, listen_host="127.0.0.1", listen_port=port)
    with pages_served(lambda: place.app), capture_logs() as logs:
        with pages_served(lambda: place.app, again_s=0.02) as pages:  # beside the active one, to the end
            assert pages is not None
            assert (pages.is_waiting, pages.is_alive, status(port, "/sign-in")) == (True, True, 200)
            time.sleep(0.2)
        assert not pages.is_alive
        assert [one["event"] for one in logs] == ["pages_not_served"]  # once, however often it was asked for
    with closing(listening_at(port)) as other, pages_served(lambda: place.app, again_s=0.02) as pages:
        assert pages is not None
        time.sleep(0.2)  # several tries
        assert pages.is_waiting
        other.close()
        until(lambda: not pages.is_waiting)
        assert (pages.port, pages.is_alive, status(port, "/sign-in")) == (port, True, 200)
    assert not pages.is_alive
    with pytest.raises(ConnectionRefusedError):
        status(port, "/sign-in")


def test_a_service_that_waits_for_the_port_of_its_pages_does_not_say_that_they_ended(
    made: Callable[..., World],
) -> None:
    app = made().app
    frame = Frame(app.db, app.clock, app.zone, make_app=lambda: app, stamp=lambda: 0)
    service = Service(frame, threading.Event())
    server = uvicorn.Server(uvicorn.Config(Starlette(), log_config=None))
    with closing(listening_at(0)) as other:
        port = other.getsockname()[1]
        with served("pages", server, "127.0.0.1", port, patience_s=2.0) as pages:
            assert "pages" not in _standing(service, pages)
    assert _standing(service, pages)["pages"] is False


def test_pages_are_not_served_unless_the_settings_say_so(made: Callable[..., World]) -> None:
    with pages_served(lambda: made(listen_port=free_port()).app) as pages:
        assert pages is None
