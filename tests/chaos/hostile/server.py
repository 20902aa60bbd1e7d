"""A loopback server that answers in raw bytes, by host and path, and a canary that nobody may ever reach."""

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Reset:
    """A piece of an answer: the connection is torn down, not closed."""


class Asked(NamedTuple):
    """One request as it came."""

    host: str
    path: str
    headers: dict[str, str]  # lower-case names and values


Piece = bytes | float | Reset  # floats are seconds of silence
Answer = bytes | tuple[Piece, ...] | Callable[[Asked], Iterable[Piece]]
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass
class Listener:
    """Accepts connections on a thread, each of which is served on its own; `port` 0 takes a free one."""

    address: str = "127.0.0.1"
    family: socket.AddressFamily = socket.AF_INET
    port: int = 0
    _socket: socket.socket | None = None

    def serve(self, connection: socket.socket) -> None:
        """Answer one connection."""
        raise NotImplementedError

    def open(self) -> None:
        dual = self.family is socket.AF_INET6 and socket.has_dualstack_ipv6()
        place = (self.address, self.port)
        self._socket = socket.create_server(place, family=self.family, backlog=64, dualstack_ipv6=dual)
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._socket,), daemon=True).start()

    def close(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._guarded, args=(connection,), daemon=True).start()

    def _guarded(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        with connection, contextlib.suppress(OSError):  # the client had enough
            self.serve(connection)


@dataclass
class HostileServer(Listener):
    """Answers by host and path, what it does not know with 404. Remembers what it was asked."""

    answers: dict[str, Mapping[str, Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def serve(self, connection: socket.socket) -> None:
        request = _read(connection)
        if request is None:
            return
        self.asked.append(request)
        for piece in self._pieces(request):
            if isinstance(piece, float):
                time.sleep(piece)
            elif isinstance(piece, Reset):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                return
            else:
                connection.sendall(piece)

    def _pieces(self, request: Asked) -> Iterable[Piece]:
        answer = self.answers.get(request.host, {}).get(request.path, NOT_FOUND)
        if isinstance(answer, bytes):
            return (answer,)
        return answer(request) if callable(answer) else answer


@dataclass
class TlsServer(Listener):
    """Shows a certificate; with none it answers in plain words, as one does who forgot the S."""

    certificate: tuple[str, str] | None = None  # files of certificate and key

    def serve(self, connection: socket.socket) -> None:
        if self.certificate is None:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate)
        with context.wrap_socket(connection, server_side=True) as safe:
            safe.recv(65536)
            safe.sendall(NOT_FOUND)


@dataclass
class SilentServer(Listener):
    """Takes the connection and says nothing."""

    def serve(self, connection: socket.socket) -> None:
        time.sleep(3)


@dataclass
class Canary(Listener):
    """Listens on every address of this machine; whoever comes here was led where nothing may be fetched."""

    reached: list[str] = field(default_factory=list)

    def open(self) -> None:
        try:
            super().open()
        except OSError:  # a machine without IPv6
            self.address, self.family = "0.0.0.0", socket.AF_INET
            super().open()

    def serve(self, connection: socket.socket) -> None:
        self.reached.append(str(connection.getpeername()))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")


def _read(connection: socket.socket) -> Asked | None:
    raw = b""
    while b"\r\n\r\n" not in raw:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        raw += chunk
    lines = raw.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return Asked(headers.get("host", ""), lines[0].split(" ")[1], headers)


def reply(body: bytes = b"", *lines: str, status: str = "200 OK", kind: str = "text/xml") -> bytes:
    """A whole answer; `lines` are further headers, of which Content-Length replaces ours."""
    own = [f"Content-Type: {kind}", "Connection: close"]
    if not any(line.lower().startswith(("content-length:", "transfer-encoding:")) for line in lines):
        own.append(f"Content-Length: {len(body)}")
    head = "".join(f"{line}\r\n" for line in (*own, *lines))
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def away(place: str, *lines: str) -> bytes:
    """A redirect."""
    return reply(b"", f"Location: {place}", *lines, status="302 Found")


def flood(chunk: bytes, n: int, *, head: bytes = b"", tail: bytes = b"", kind: str = "text/xml") -> Answer:
    """`head`, n times `chunk` and `tail`, never held in memory as a whole."""
    size = len(head) + n * len(chunk) + len(tail)
    block = max(1, 65536 // len(chunk))

    def pieces(_: Asked) -> Iterator[bytes]:
        yield reply(b"", f"Content-Length: {size}", kind=kind) + head
        for start in range(0, n, block):
            yield chunk * min(block, n - start)
        yield tail

    return pieces
