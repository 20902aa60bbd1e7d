"""What stands before every page: known hosts, small requests, few forms from one address, safe headers.

Plain ASGI, so that nothing of a request is read before these have looked at it.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
SAFE_HEADERS = {
    "content-security-policy": _CSP,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
}
# A report as it was mailed brings its styles and pictures in the page
MAIL_CSP = _CSP.replace("style-src 'self'", "style-src 'unsafe-inline'").replace(
    "img-src 'self'", "img-src data:"
)
# A page with keys of its own: a file of ours, never a script in the page
SCRIPT_CSP = f"{_CSP}; script-src 'self'"
_MOST_ADDRESSES = 10_000
_MINUTE_S = 60.0
_DOORS = ("/sign-in", "/password")  # where a password is tried: fewer of these from one address
_DEADLINE_S = 20.0
_DEADLINES = 3  # that a whole body may take: else one byte at a time would keep its place for ever


class Guards:
    """Refuses what no page should see, and puts safe headers on every answer."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str],
        max_bytes: int,
        forms_per_minute: int,
        sign_ins_per_minute: int,
        deadline_s: float = _DEADLINE_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`deadline_s`: for each part of a request's body; the whole may take three times that."""
        self._app = app
        self._deadline_s = deadline_s
        self._hosts = frozenset(host.lower() for host in hosts)
        self._max_bytes = max_bytes
        self._forms = FormLimit(forms_per_minute, monotonic)
        self._doors = FormLimit(sign_ins_per_minute, monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, more = self._look_at(scope, Headers(scope=scope))
        if status:
            await _refuse(send, status, more)
            return
        body = _Body(receive, self._max_bytes, self._deadline_s)
        safe = _Safe(send, body)
        try:
            await self._app(scope, body.receive, safe.send)
        except BodyError as error:
            if not safe.has_begun:
                await _refuse(send, error.status, {})

    def _look_at(self, scope: Scope, headers: Headers) -> tuple[int, dict[str, str]]:
        if _bare_host(headers.get("host", "")) not in self._hosts:
            return HTTPStatus.MISDIRECTED_REQUEST, {}
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            return HTTPStatus.BAD_REQUEST, {}
        if int(length[:12]) > self._max_bytes:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {}
        return (0, {}) if scope["method"] in ("GET", "HEAD") else self._look_at_form(scope, headers)

    def _look_at_form(self, scope: Scope, headers: Headers) -> tuple[int, dict[str, str]]:
        if headers.get("sec-fetch-site", "none") == "cross-site":
            return HTTPStatus.FORBIDDEN, {}
        client = scope.get("client")
        address = _network(client[0] if client else "")
        is_door = scope["path"].startswith(_DOORS)
        if not self._forms.allows(address) or (is_door and not self._doors.allows(address)):
            return HTTPStatus.TOO_MANY_REQUESTS, {"retry-after": "60"}
        return 0, {}


class FormLimit:
    """So many forms a minute from one address, in this process; a bucket that fills again steadily."""

    def __init__(self, per_minute: int, monotonic: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._monotonic = monotonic
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """True when the address may send one more now; that one is then counted."""
        now = self._monotonic()
        left, at = self._left.pop(address, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - at) * self._per_minute / _MINUTE_S)
        is_allowed = left >= 1
        self._left[address] = (left - 1 if is_allowed else left, now)
        while len(self._left) > _MOST_ADDRESSES:  # the one that was quiet for longest
            self._left.popitem(last=False)
        return is_allowed


class BodyError(Exception):
    """A body that is not waited for any longer: larger than we take, or slower."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


class _Body:
    """What comes of a request, counted and timed until it is whole."""

    def __init__(self, receive: Receive, max_bytes: int, deadline_s: float) -> None:
        self._receive, self._left, self._deadline_s = receive, max_bytes, deadline_s
        self._until = asyncio.get_running_loop().time() + deadline_s * _DEADLINES
        self._is_whole = self.is_refused = False

    async def receive(self) -> Message:
        if self._is_whole:  # from here on only the end of the connection is waited for
            return await self._receive()
        left_s = self._until - asyncio.get_running_loop().time()
        try:
            message = await asyncio.wait_for(self._receive(), min(self._deadline_s, left_s))
        except TimeoutError:
            raise self._refused(HTTPStatus.REQUEST_TIMEOUT) from None
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
            if self._left < 0:
                raise self._refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return message

    def _refused(self, status: int) -> BodyError:
        self.is_refused = True
        return BodyError(status)


class _Safe:
    def __init__(self, send: Send, body: _Body) -> None:
        self._send, self._body, self.has_begun = send, body, False

    async def send(self, message: Message) -> None:
        if self._body.is_refused and not self.has_begun:
            return  # the page of a crash that was none: what is too large gets its own answer
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = MutableHeaders(scope=message)
            for name, value in SAFE_HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


def _network(address: str) -> str:
    """An IPv4 address; of IPv6 the network of one customer, who has more addresses than we could count.

    A socket that listens on :: tells IPv4 addresses as ::ffff:192.0.2.1, all of one such network.
    """
    try:
        found = ip_address(address)
    except ValueError:  # a test's client, a socket
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)


def _bare_host(host: str) -> str:
    """The host of a Host header without its port; IPv6 keeps its brackets."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


async def _refuse(send: Send, status: int, more: dict[str, str]) -> None:
    """A line of plain text: what is refused here is no reader with a browser."""
    text = f"{int(status)} {HTTPStatus(status).phrase}\n".encode()
    headers = {"content-type": "text/plain; charset=utf-8", "content-length": str(len(text))}
    pairs = [(k.encode(), v.encode()) for k, v in {**SAFE_HEADERS, **headers, **more}.items()]
    await send({"type": "http.response.start", "status": int(status), "headers": pairs})
    await send({"type": "http.response.body", "body": text})
