"""The way out: real SMTP, every ending a value. Before and after DATA are different things."""

import re
import smtplib
import ssl
from dataclasses import dataclass
from typing import Protocol, Self

from monitor.core.errors import Problem, SettingsError

_BARE_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has taken the mail over."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server said no to this mail or this recipient; 4xx may be tried again."""

    code: int
    why: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """The server could not be used at all; no mail would get through now."""

    why: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection broke after the text was on its way: it may have arrived."""

    why: str


Delivery = Sent | Refused | NotSent | Lost


class Post(Protocol):
    """What sends mails."""

    def send(self, *, sender: str, recipient: str, data: bytes) -> Delivery:
        """Hand over one mail. Never raises for outside trouble."""
        ...

    def close(self) -> None:
        """Say goodbye."""
        ...


class _HungUp(smtplib.SMTPServerDisconnected):
    """The server has said 421: it closes the connection."""


class SmtpPost:
    """One SMTP server, connected on first use and again after it hung up.

    Relays hang up after some mails. What was not under way yet is then offered once more on a new connection.

    Units: `timeout_s` seconds, for each answer. Errors: SettingsError for a login that would go unencrypted.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: str,
        user: str = "",
        password: str = "",
        timeout_s: float = 30.0,
        helo: str = "localhost",
    ) -> None:
        if user and security == "none":
            reason = "a login without starttls or tls would send the password in the clear"
            raise SettingsError([Problem("mail.security", reason)])
        self._host, self._port, self._security = host, port, security
        self._user, self._password = user, password
        self._timeout_s, self._helo = timeout_s, helo
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, *, sender: str, recipient: str, data: bytes) -> Delivery:
        """Hand over one mail. Never raises for outside trouble."""
        is_used = self._server is not None  # may have been left by the server since the last mail
        try:
            server = self._server or self._connect()
            refusal = self._envelope(server, sender, recipient)
        except (OSError, smtplib.SMTPException) as error:  # before the text: nothing can have arrived
            self._drop()
            if is_used:
                return self.send(sender=sender, recipient=recipient, data=data)
            return NotSent(_why(error))
        return refusal or self._text(server, data)

    def try_out(self) -> NotSent | None:
        """Connect, encrypt and sign in as for a mail, and hang up; None when mails could go. Never raises."""
        try:
            self._connect()
        except (OSError, smtplib.SMTPException) as error:
            return NotSent(_why(error))
        self.close()
        return None

    def close(self) -> None:
        """Say goodbye; a server that is gone already is no trouble."""
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()

    def _connect(self) -> smtplib.SMTP:
        """Errors: OSError and SMTPException, among them a server without the encryption that is asked for."""
        context = ssl.create_default_context()
        if self._security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, self._helo, timeout=self._timeout_s, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, self._helo, timeout=self._timeout_s)
        try:
            if self._security == "starttls":
                server.starttls(context=context)
            if self._user:
                server.login(self._user, self._password)
            server.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        self._server = server
        return server

    def _envelope(self, server: smtplib.SMTP, sender: str, recipient: str) -> Delivery | None:
        """MAIL, RCPT and DATA up to the go-ahead; None when the text may follow. Errors: as `_connect`."""
        code, words = server.mail(sender)
        if code == 421:
            raise _HungUp(f"{code} {_text(words)}")
        if code != 250:  # not this recipient's fault: the next mail would fare the same
            self._drop()
            return NotSent(f"{code} {_text(words)}")
        for answer, good in ((server.rcpt, (250, 251)), (None, (354,))):
            code, words = answer(recipient) if answer else server.docmd("DATA")
            if code == 421:
                raise _HungUp(f"{code} {_text(words)}")
            if code not in good:
                self._reset(server)
                return Refused(code, _text(words))
        return None

    def _reset(self, server: smtplib.SMTP) -> None:
        """Ready for the next mail; a server that hangs up instead does not change what it said before."""
        try:
            server.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _text(self, server: smtplib.SMTP, data: bytes) -> Delivery:
        lines = _LEADING_DOT.sub(b"..", _BARE_LINE_END.sub(b"\r\n", data))
        end = b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            server.send(lines + end)
            code, words = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Lost(_why(error))
        if code == 250:
            return Sent()
        if code == 421:
            self._drop()
        return Refused(code, _text(words))

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _why(error: Exception) -> str:
    if isinstance(error, _HungUp):
        return str(error)
    return f"{type(error).__name__}: {error}"[:200]


def _text(words: bytes) -> str:
    return words.decode("utf-8", "replace")[:200]
