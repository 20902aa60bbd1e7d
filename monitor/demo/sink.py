"""A local SMTP server for the demonstration: lays every mail down as a file. Binds to loopback only."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
_MAX_BYTES = 30_000_000


class MailSink:
    """Writes each message it gets into a Maildir at `folder` as `new/NNNN.eml`; a context manager.

    Every delivery is a file of its own: a mail sent twice is there twice. Numbers go on where an earlier sink
    of the same folder stopped.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.host = HOST
        self.port = 0  # known once it listens
        self._controller: _AnyPort | None = None

    def __enter__(self) -> Self:
        """Listen on a free port. Errors: OSError when the folder or the port cannot be had."""
        for name in ("cur", "new", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self._controller = _AnyPort(_Handler(self), hostname=HOST, port=0, data_size_limit=_MAX_BYTES)
        self._controller.start()
        self.port = self._controller.port
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening; the files stay."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def messages(self) -> tuple[Path, ...]:
        """The files received so far, in order of arrival."""
        return tuple(sorted((self.folder / "new").glob("*.eml")))

    def write(self, content: bytes) -> Path:
        """Lay one message down whole: written aside, then moved."""
        there = self.messages()
        name = f"{int(there[-1].stem) + 1 if there else 1:04d}.eml"
        draft = self.folder / "tmp" / name
        draft.write_bytes(content)
        return draft.replace(self.folder / "new" / name)


class _AnyPort(Controller):
    """The controller greets its server on the port it was given; given 0, it must learn which it got."""

    server: Any
    port: int

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _Handler:
    def __init__(self, sink: MailSink) -> None:
        self._sink = sink

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the message. The name is aiosmtpd's."""
        del server, session
        try:
            self._sink.write(envelope.original_content or b"")
        except OSError as error:
            return f"452 cannot be written: {error}"
        return "250 OK"
