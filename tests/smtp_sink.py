"""A real SMTP server on loopback that keeps what it gets and misbehaves as told."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Sink:
    """What came in. `replies` are used up one mail each, at the stage named: rcpt, data, drop or mail.

    `hangs_up_after`: so many mails it takes on one connection, as relays do; 0: as many as come.
    """

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    replies: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    hangs_up_after: int = 0
    says_why: bool = False  # 421 to the next MAIL instead of hanging up without a word
    taken_of_connection: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count the connection."""
        session.host_name = hostname
        self.connections += 1
        self.taken_of_connection = 0
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse the sender."""
        envelope.mail_from = address
        if self.says_why and self._is_enough():
            return "421 too many mails on this connection"
        return self._reply("mail") or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse the recipient."""
        reply = self._reply("rcpt")
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail, refuse it, or keep it and hang up without an answer."""
        reply = self._reply("data")
        if reply is not None:
            return reply
        self.mails.append(message_from_bytes(cast(bytes, envelope.content), policy=default))
        self.recipients.extend(envelope.rcpt_tos)
        if self._reply("drop") is not None:
            cast(Any, server.transport).abort()
        self.taken_of_connection += 1
        if self._is_enough() and not self.says_why:
            asyncio.get_running_loop().call_later(0.01, cast(Any, server.transport).abort)
        return "250 taken"

    def _is_enough(self) -> bool:
        return 0 < self.hangs_up_after <= self.taken_of_connection

    def _reply(self, stage: str) -> str | None:
        if self.replies and self.replies[0][0] == stage:
            return self.replies.pop(0)[1]
        return None


def free_port() -> int:
    """A port that was free a moment ago: the library cannot be told to choose one."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """A running sink; its port is in `port`."""
    sink = Sink()
    sink.port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@contextmanager
def encrypted_sink(
    certificate: tuple[Path, Path], security: str, *, user: str, password: str
) -> Iterator[Sink]:
    """A sink that speaks TLS from the start or after STARTTLS and takes mails after a login only."""
    sink = Sink()
    sink.port = free_port()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        del server, session, envelope, mechanism
        given = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode())
        return AuthResult(success=given == (user, password), handled=False)

    plain = {"authenticator": check, "auth_required": True, "auth_require_tls": security == "starttls"}
    options: dict[str, Any] = plain
    if security == "tls":
        options["ssl_context"] = context
    else:
        options |= {"tls_context": context, "require_starttls": True}
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, **options)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
