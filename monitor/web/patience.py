"""How long a connection may take to ask: one that never asks would keep its place for ever.

uvicorn waits without end for a request line and headers, and counts such a connection as one of those that
are answered at once: sixty-four silent ones shut the pages for everybody.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 15.0  # for the line and headers of a request, also of the next one on a kept connection


class Impatient(H11Protocol):
    """HTTP/1.1 that hangs up on whoever has not sent the head of a request in time."""

    head_s = HEAD_S
    _ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait."""
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn's own narrowing
        self._look()

    def data_received(self, data: bytes) -> None:
        """Wait on as long as no head is whole, from its first byte."""
        super().data_received(data)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        self._stop()
        super().connection_lost(exc)

    def _look(self) -> None:
        cycle: Any = self.cycle  # None before the first request
        if cycle is not None and not cycle.response_complete:
            self._stop()
        elif self._ends is None:
            self._ends = self.loop.call_later(self.head_s, self._give_up)

    def _stop(self) -> None:
        if self._ends is not None:
            self._ends.cancel()
            self._ends = None

    def _give_up(self) -> None:
        self._ends = None
        if not self.transport.is_closing():
            self.transport.close()
