"""Fetches many addresses politely and safely; every ending is a value, outside trouble never raises.

Redirects are followed by hand, so that each hop is checked; connections go through monitor.crawl.transport,
which connects only to checked addresses. The environment's proxies are not used: a proxy would resolve names
on its own, unchecked.
"""

import asyncio
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpcore2
import httpx2
import structlog

from monitor.core.clock import Clock
from monitor.core.ids import RawUrl
from monitor.core.ledger import Reason
from monitor.core.urls import redact, redact_text, wire_url
from monitor.crawl import robots
from monitor.crawl.bodies import Body, BodyError, is_whole
from monitor.crawl.guard import DEFAULT_PORTS, Allowed, Target, parse_target
from monitor.crawl.hosts import Host, retry_after_s
from monitor.crawl.robots import RobotsRules, rules_from
from monitor.crawl.transport import AddressRefused, NameNotResolved, PinnedBackend, Resolve, system_resolve
from monitor.crawl.types import Failed, Fetched, FetchKind, FetchRequest, NotModified, Outcome

log = structlog.get_logger(__name__)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OBEYS_ROBOTS = frozenset({FetchKind.PAGE, FetchKind.LIST})
_ACCEPT = {
    FetchKind.FEED: "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5",
    FetchKind.LIST: "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    FetchKind.PAGE: "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    FetchKind.ROBOTS: "text/plain, */*;q=0.5",
}
_HOLD_S = 600.0  # after 429 without a Retry-After
_MAX_ROBOTS_KEPT = 5000
_MAX_ROBOTS_BYTES = (
    2_000_000  # of all files whose rules are kept: rules take up to a hundred times their text
)
_NAMES_AT_ONCE = 4  # for each host: a name server that never answers keeps a thread after we gave up
_STALE = (httpcore2.RemoteProtocolError, httpcore2.ReadError, httpcore2.WriteError)
_OUTSIDE = (
    BodyError,
    AddressRefused,
    NameNotResolved,
    TimeoutError,
    OSError,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
)


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What the settings say. Units: seconds; bytes after decompression."""

    user_agent: str
    concurrency: int = 8
    delay_s: float = 5.0
    connect_timeout_s: float = 10.0
    deadline_s: float = 60.0  # one whole response
    max_feed_bytes: int = 10_000_000
    max_page_bytes: int = 5_000_000
    max_redirects: int = 5

    def cap(self, kind: FetchKind) -> int:
        """The most bytes of a body of this kind."""
        if kind is FetchKind.ROBOTS:
            return robots.MAX_BYTES
        return self.max_page_bytes if kind is FetchKind.PAGE else self.max_feed_bytes


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def user_agent(version: str, contact: str) -> str:
    """Who we are, with the address to complain to; what would break the header is left out."""
    clean = "".join(c for c in contact if c.isascii() and c.isprintable()).strip()
    return f"{robots.PRODUCT}/{version}" + (f" (+{clean})" if clean else "")


class Fetcher:
    """One crawler towards the outside: keeps connections, robots rules and the hosts' wishes between calls.

    `resolve` and `allow` are for the demo and tests: made-up hosts, loopback addresses.
    """

    def __init__(
        self,
        limits: FetchLimits,
        *,
        clock: Clock,
        resolve: Resolve = system_resolve,
        allow: Sequence[Allowed] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._backend = PinnedBackend(resolve, allow, threads=_NAMES_AT_ONCE * limits.concurrency)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls or httpx2.create_ssl_context(),
            max_connections=2 * limits.concurrency,
            max_keepalive_connections=limits.concurrency,
            keepalive_expiry=5.0,
            network_backend=self._backend,
        )
        self._slots = asyncio.Semaphore(limits.concurrency)
        self._hosts: dict[str, Host] = {}
        self._rules: dict[str, RobotsRules] = {}
        self._robots_bytes = 0
        self._asking: dict[str, asyncio.Task[RobotsRules]] = {}
        self._runner = asyncio.Runner()
        self._one_caller = threading.Lock()
        self._under_way: asyncio.Task[list[Outcome]] | None = None
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; the fetcher cannot be used afterwards.

        A call of another thread ends as cancelled: after an interruption nobody waits for a host's pause.
        """
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            self._runner.get_loop().call_soon_threadsafe(under_way.cancel)
        with self._one_caller:
            if self._is_closed:
                return
            self._is_closed = True
            self._runner.run(self._pool.aclose())
            self._runner.close()
        self._backend.close()

    def fetch_many(self, requests: Sequence[FetchRequest]) -> list[Outcome]:
        """Outcomes in the order of the requests. Requests to one host are made one by one, in that order.

        Errors: never raises for what the outside does; a fault of ours is logged and gives CRASHED.
        RuntimeError once it is closed.
        """
        if not requests:
            return []
        with self._one_caller:
            if self._is_closed:
                raise RuntimeError("the fetcher is closed")
            return self._runner.run(self._all(requests))

    async def _all(self, requests: Sequence[FetchRequest]) -> list[Outcome]:
        now = self._clock()
        self._hosts = {name: host for name, host in self._hosts.items() if not host.is_idle(now)}
        self._under_way = asyncio.current_task()
        try:
            answers = await asyncio.gather(*(self._follow(r) for r in requests), return_exceptions=True)
        finally:
            self._under_way = None
        return [self._settled(r, a) for r, a in zip(requests, answers, strict=True)]

    def _settled(self, request: FetchRequest, answer: Outcome | BaseException) -> Outcome:
        if not isinstance(answer, BaseException):
            return answer
        if not isinstance(answer, Exception):
            raise answer
        log.error("fetch_crashed", url=redact(request.url), exc_info=answer)
        return self._failed(request, Reason.CRASHED, f"{type(answer).__name__}: {answer}")

    async def _follow(self, request: FetchRequest) -> Outcome:
        """The request and its redirects, each hop checked like the first."""
        url = wire_url(request.url)
        if url is None:
            why = parse_target(request.url)
            return self._failed(request, Reason.BAD_URL, why if isinstance(why, str) else "no web address")
        for _ in range(self._limits.max_redirects + 1):
            target = parse_target(url)
            if isinstance(target, str):
                return self._failed(request, Reason.BAD_URL, f"{redact(url)}: {target}")
            refusal = await self._robots_refusal(request, target, url)
            answer = refusal or await self._hop(request, target)
            if isinstance(answer, Failed):
                return answer
            if answer.status not in _REDIRECTS or not answer.headers.get("location"):
                return self._ending(request, url, answer)
            place = answer.headers["location"]
            onward = wire_url(place, url)
            if onward is None:
                why = parse_target(place)
                detail = why if isinstance(why, str) else "no web address"
                return self._failed(request, Reason.BAD_URL, f"redirect to {redact(place)}: {detail}")
            url = onward
        return self._failed(request, Reason.TOO_MANY_REDIRECTS, f"last one to {redact(url)}")

    def _ending(self, request: FetchRequest, url: str, answer: _Answer) -> Outcome:
        now, status = self._clock(), answer.status
        if status == 206 and not is_whole(answer.headers.get("content-range", "")):
            return Failed(request.url, Reason.CONNECT, now, "status 206: only a part of it came", status)
        if 200 <= status < 300:
            return Fetched(request.url, RawUrl(url), status, answer.headers, answer.body, now)
        if status == 304 and (request.etag or request.last_modified):
            return NotModified(request.url, now)
        wait = retry_after_s(answer.headers.get("retry-after"), now)
        reason = Reason.HTTP_5XX if status >= 500 else Reason.HTTP_4XX
        if status in (408, 429):
            reason = Reason.TIMEOUT if status == 408 else Reason.RATE_LIMITED
        at = "" if url == request.url else f" at {redact(url)}"
        return Failed(request.url, reason, now, f"status {status}{at}", status, wait)

    async def _robots_refusal(self, request: FetchRequest, target: Target, url: str) -> Failed | None:
        if request.kind not in _OBEYS_ROBOTS:
            return None
        rules = await self._robots(target)
        self._host(target).crawl_delay_s = rules.crawl_delay_s or 0.0
        if rules.allows(url):
            return None
        if rules.trouble is None:
            return self._failed(request, Reason.ROBOTS, f"robots.txt of {target.origin} shuts {redact(url)}")
        trouble = rules.trouble
        detail = f"robots.txt of {target.origin} cannot be read: {trouble.detail or trouble.reason.value}"
        return Failed(request.url, trouble.reason, self._clock(), detail[:300], None, trouble.retry_after_s)

    async def _robots(self, target: Target) -> RobotsRules:
        """The rules of an origin; pages that wait for the same file share one request."""
        known = self._rules.get(target.origin)
        if known is not None and known.is_fresh(self._clock()):
            return known
        asking = self._asking.get(target.origin)
        if asking is None:
            asking = asyncio.create_task(self._ask_robots(target.origin))
            self._asking[target.origin] = asking
        return await asyncio.shield(asking)

    async def _ask_robots(self, origin: str) -> RobotsRules:
        try:
            outcome = await self._follow(FetchRequest(RawUrl(f"{origin}/robots.txt"), FetchKind.ROBOTS))
            rules = rules_from(outcome, self._clock())
            self._keep(origin, rules)
            return rules
        finally:
            del self._asking[origin]

    def _keep(self, origin: str, rules: RobotsRules) -> None:
        """Keep rules, and let the oldest go where they are too many."""
        self._forget(origin)
        self._rules[origin] = rules
        self._robots_bytes += rules.n_bytes
        while len(self._rules) > _MAX_ROBOTS_KEPT or self._robots_bytes > _MAX_ROBOTS_BYTES:
            self._forget(next(iter(self._rules)))

    def _forget(self, origin: str) -> None:
        if rules := self._rules.pop(origin, None):
            self._robots_bytes -= rules.n_bytes

    def _host(self, target: Target) -> Host:
        return self._hosts.setdefault(target.host, Host())

    async def _hop(self, request: FetchRequest, target: Target) -> _Answer | Failed:
        """One request, when the host's turn has come."""
        host = self._host(target)
        async with host.lock:
            now = self._clock()
            if wait := host.held_for_s(now):
                detail = f"{target.host} asked us to wait"
                return Failed(request.url, Reason.RATE_LIMITED, now, detail, None, wait)
            if request.kind is FetchKind.PAGE and host.is_too_slow(self._limits.delay_s):
                detail = f"{target.host} wants {host.pause_left_s():.0f} s between two requests"
                return Failed(request.url, Reason.RATE_LIMITED, now, detail, None, host.pause_left_s())
            await host.pause()
            async with self._slots:
                try:
                    answer = await self._ask(request, target)
                finally:
                    host.leave(self._limits.delay_s)
            if isinstance(answer, _Answer) and answer.status in (429, 503):
                wait_s = retry_after_s(answer.headers.get("retry-after"), now)
                if wait_s is not None or answer.status == 429:
                    host.hold(now, _HOLD_S if wait_s is None else wait_s)
            return answer

    async def _ask(self, request: FetchRequest, target: Target) -> _Answer | Failed:
        try:
            async with asyncio.timeout(self._limits.deadline_s):
                try:
                    return await self._get(request, target)
                except _STALE:
                    # a kept connection that the server closed meanwhile; a GET may be made again
                    return await self._get(request, target)
        except _OUTSIDE as error:
            reason, detail = _why(error, target)
            return self._failed(request, reason, detail)

    async def _get(self, request: FetchRequest, target: Target) -> _Answer:
        limits = self._limits
        # name and TLS together stay below the deadline: a handshake that is cancelled leaves its socket open
        connect_s = min(limits.connect_timeout_s, 0.45 * limits.deadline_s)
        waits = {"connect": connect_s, "read": limits.deadline_s, "write": limits.deadline_s}
        address = httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        async with self._pool.stream(
            "GET", address, headers=self._headers(request, target), extensions={"timeout": waits}
        ) as response:
            headers = _plain_headers(response.headers)
            wants_body = 200 <= response.status < 300 or response.status == 304
            body = (
                await self._body(response, headers, limits.cap(request.kind), request) if wants_body else b""
            )
            return _Answer(response.status, headers, body)

    async def _body(
        self, response: httpcore2.Response, headers: dict[str, str], cap: int, request: FetchRequest
    ) -> bytes:
        body = Body(headers.get("content-encoding", ""), cap)
        announced = headers.get("content-length", "")
        is_robots = request.kind is FetchKind.ROBOTS
        if announced.isdigit() and int(announced[:18]) > cap and not is_robots:
            raise BodyError(Reason.TOO_LARGE, f"{announced[:18]} bytes announced, {cap} are taken")
        try:
            async for chunk in response.aiter_stream():
                body.add(chunk)
        except BodyError as error:
            if is_robots and error.reason is Reason.TOO_LARGE:
                return body.so_far()
            raise
        return body.close()

    def _headers(self, request: FetchRequest, target: Target) -> list[tuple[bytes, bytes]]:
        host = f"[{target.host}]" if ":" in target.host else target.host
        if target.port != DEFAULT_PORTS[target.scheme]:
            host = f"{host}:{target.port}"
        pairs = {
            "Host": host,
            "User-Agent": self._limits.user_agent,
            "Accept": _ACCEPT[request.kind],
            "Accept-Encoding": "gzip, deflate",
            "If-None-Match": request.etag,
            "If-Modified-Since": request.last_modified,
        }
        return [(name.encode(), value.encode("latin-1", "replace")) for name, value in pairs.items() if value]

    def _failed(self, request: FetchRequest, reason: Reason, detail: str) -> Failed:
        shown = "".join(
            c if c.isprintable() else "?" for c in redact_text(detail)[:300]
        )  # also on a terminal
        return Failed(request.url, reason, self._clock(), shown)


def _plain_headers(raw: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Lower-case names; repeated headers joined; Location in UTF-8 as browsers read it."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key = name.decode("latin-1").lower()
        try:
            text = value.decode("utf-8") if key == "location" else value.decode("latin-1")
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers and key != "location" else text
    return headers


def _why(error: Exception, target: Target) -> tuple[Reason, str]:
    """The ledger's reason for what went wrong outside, with words for the operator."""
    match error:
        case BodyError():
            return error.reason, error.detail
        case AddressRefused():
            return Reason.PRIVATE_ADDRESS, f"{target.host}: {error}"
        case NameNotResolved():
            return Reason.CONNECT if error.is_passing else Reason.DNS, f"{target.host}: {error}"
        case TimeoutError() | httpcore2.TimeoutException():
            return Reason.TIMEOUT, str(error) or "no whole answer before the deadline"
        case httpcore2.LocalProtocolError():
            return Reason.BAD_URL, str(error)
    return (Reason.TLS if _is_tls(error) else Reason.CONNECT), str(error) or type(error).__name__


def _is_tls(error: BaseException) -> bool:
    """The connection pool drops the cause of an error but keeps it as the first argument."""
    seen: BaseException | None = error
    while seen is not None:
        inner = seen.args[0] if seen.args and isinstance(seen.args[0], BaseException) else None
        if isinstance(seen, ssl.SSLError) or isinstance(inner, ssl.SSLError):
            return True
        seen = inner or seen.__cause__ or seen.__context__
    return False
