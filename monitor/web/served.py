"""A web server in a thread of its own, at a port that another process may still hold.

A standby beside the active service finds its ports taken; it asks for them again until they are free, since
nobody else would answer there once the other is gone.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn

log = structlog.get_logger(__name__)

AGAIN_S = 5.0  # between two tries for a port that is taken; as often as the service looks at its lease


class Served:
    """A server that has its port, or waits for it. `host`, `port`: where it listens, or wants to."""

    def __init__(self, name: str, server: uvicorn.Server, host: str, port: int, again_s: float) -> None:
        self.host, self.port = host, port
        self._name, self._server, self._again_s = name, server, again_s
        self._has_port, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, args=(self._first(),), name=name, daemon=True)

    @property
    def is_waiting(self) -> bool:
        """Whether it still asks for its port."""
        return self.is_alive and not self._has_port.is_set()

    @property
    def is_alive(self) -> bool:
        """Whether the thread that answers, or waits, is still there."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to answer, or to wait."""
        self._thread.start()

    def stop(self, patience_s: float) -> None:
        """End it, and wait at most so many seconds for that."""
        self._ended.set()
        self._server.should_exit = True
        self._thread.join(timeout=patience_s)

    def _first(self) -> socket.socket | None:
        """Listening at once: else another could still take the port that was found free."""
        try:
            return self._listen()
        except OSError as error:
            where = {"host": self.host, "port": self.port}
            log.warning(f"{self._name}_not_served", **where, why=str(error), asked_again_s=self._again_s)
            return None

    def _listen(self) -> socket.socket:
        made = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((self.host, self.port))
            made.listen()
        except OSError:
            made.close()
            raise
        self.host, self.port = made.getsockname()[:2]
        self._has_port.set()
        log.info(f"{self._name}_served", host=self.host, port=self.port)
        return made

    def _work(self, listening: socket.socket | None) -> None:
        while listening is None and not self._ended.wait(self._again_s):
            try:
                listening = self._listen()
            except OSError:  # told once: a standby of a month is one line
                continue
        if listening is not None:
            with listening:
                asyncio.run(self._server.serve(sockets=[listening]))


@contextmanager
def served(
    name: str,
    server: uvicorn.Server,
    host: str,
    port: int,
    *,
    patience_s: float,
    again_s: float = AGAIN_S,
) -> Iterator[Served]:
    """Serve while the context lasts, from the moment when the port is free.

    `name`: of the thread and in the log; `patience_s`: seconds that the end waits for
    answers under way; `again_s`: seconds between two tries for the port.
    """
    made = Served(name, server, host, port, again_s)
    made.start()
    try:
        yield made
    finally:
        made.stop(patience_s)
