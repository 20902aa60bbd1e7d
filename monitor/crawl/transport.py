"""Connections that can only reach addresses that were checked.

The name is resolved here, each address is checked, and the socket is opened to the very address that was
checked; nothing below resolves again, so an answer that changes between check and use changes nothing.
TLS is verified against the name of the URL.
"""

import asyncio
import socket
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any

import httpcore2

from monitor.crawl.guard import Allowed, check_address

Resolve = Callable[
    [str, int], Sequence[tuple[str, int]]
]  # (host, port) -> (ip, port) pairs; OSError: no answer


# of getaddrinfo: they say nothing about the name
_PASSING = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_MEMORY, socket.EAI_SYSTEM})


class AddressRefused(Exception):
    """The name leads to an address that may not be fetched."""


class NameNotResolved(Exception):
    """The resolver has no address for the name. `is_passing`: a name server does not answer just now."""

    def __init__(self, why: str, *, is_passing: bool = False) -> None:
        super().__init__(why)
        self.is_passing = is_passing


def system_resolve(host: str, port: int) -> list[tuple[str, int]]:
    """The system's answer, in its order. Errors: OSError when there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((str(address[0]), port) for _, _, _, _, address in found))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class PinnedBackend(httpcore2.AsyncNetworkBackend):
    """Opens sockets for httpcore2: resolve, check every address, connect to a checked one.

    One refused address among several refuses the name: who publishes a private address beside a public one
    has either a broken zone or a plan.
    """

    def __init__(self, resolve: Resolve, allow: Sequence[Allowed], threads: int) -> None:
        self._resolve = resolve
        self._allow = tuple(allow)
        self._sockets = httpcore2.AnyIOBackend()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="resolve")

    def close(self) -> None:
        """Let the resolver's threads go; one that hangs is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A stream to a checked address. Units: seconds for name and connection together.

        Errors: AddressRefused, NameNotResolved, httpcore2.ConnectError, httpcore2.ConnectTimeout.
        """
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._checked(host, port)
                return await self._first_that_answers(addresses, local_address, socket_options)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout("no connection in time") from error

    async def _checked(self, host: str, port: int) -> list[tuple[str, int]]:
        found = [(host, port)] if _is_address(host) else await self._resolved(host, port)
        for ip, at_port in found:
            if why := check_address(ip, at_port, self._allow):
                raise AddressRefused(why)
        return found

    async def _resolved(self, host: str, port: int) -> list[tuple[str, int]]:
        loop = asyncio.get_running_loop()
        try:
            found = list(await loop.run_in_executor(self._pool, self._resolve, host, port))
        except OSError as error:
            is_passing = isinstance(error, socket.gaierror) and error.errno in _PASSING
            raise NameNotResolved(error.strerror or str(error), is_passing=is_passing) from error
        if not found:
            raise NameNotResolved("the name has no address")
        return found

    async def _first_that_answers(
        self, addresses: list[tuple[str, int]], local: str | None, options: Iterable[Any] | None
    ) -> httpcore2.AsyncNetworkStream:
        for n, (ip, port) in enumerate(addresses):
            try:
                return await self._sockets.connect_tcp(ip, port, None, local, options)
            except httpcore2.ConnectError:
                if n == len(addresses) - 1:
                    raise
        raise AssertionError("addresses is never empty")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """Refused: nothing from outside names a local socket."""
        raise AddressRefused("local sockets are not fetched")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
