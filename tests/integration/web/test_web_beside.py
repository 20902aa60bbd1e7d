"""The pages in the service's own process: served, ended, and refused a port that is taken."""

import http.client
import socket
from collections.abc import Callable
from contextlib import closing

import pytest

from monitor.web.beside import pages_served
from tests.web_world import World


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


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
        with pages_served(lambda: place.app) as second:
            assert second is None  # a standby beside the active one
        assert status(port, "/sign-in") == 200
    assert not pages.is_alive
    with pytest.raises(ConnectionRefusedError):
        status(port, "/sign-in")


def test_pages_are_not_served_unless_the_settings_say_so(made: Callable[..., World]) -> None:
    with pages_served(lambda: made(listen_port=free_port()).app) as pages:
        assert pages is None
