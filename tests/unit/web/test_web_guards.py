"""Nothing reaches a page that is too large, too often, or asked under another's name."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Receive

from monitor.web.guards import SAFE_HEADERS, FormLimit, Guards, _network


class Ticks:
    """A clock of seconds that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def client(ticks: Ticks) -> TestClient:
    async def echo(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    paths = ("/", "/sign-in", "/password/reset")
    inner = Starlette(routes=[Route(path, echo, methods=["GET", "POST"]) for path in paths])
    guarded = Guards(
        inner,
        hosts=["monitor.example", "[::1]"],
        max_bytes=100,
        forms_per_minute=3,
        sign_ins_per_minute=2,
        monotonic=ticks,
    )
    return TestClient(guarded, base_url="http://monitor.example")


@pytest.mark.parametrize("host", ["monitor.example", "MONITOR.example:8000", "[::1]", "[::1]:8000"])
def test_known_hosts_are_served_with_safe_headers(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert (answer.status_code, answer.text) == (200, "0")
    assert {name: answer.headers[name] for name in SAFE_HEADERS} == SAFE_HEADERS


@pytest.mark.parametrize(
    "host", ["evil.example", "monitor.example.evil.org", "", "monitor.example@evil.org", "127.0.0.1"]
)
def test_another_host_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_body_is_taken_up_to_the_cap_and_no_further(client: TestClient) -> None:
    assert client.post("/", content=b"x" * 100).text == "100"
    assert client.post("/", content=b"x" * 101).status_code == 413


def test_a_body_of_no_announced_length_is_counted_while_it_comes(client: TestClient) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 10

    async def ask() -> int:
        import httpx2

        transport = httpx2.ASGITransport(app=client.app)  # type: ignore[arg-type]
        async with httpx2.AsyncClient(transport=transport, base_url="http://monitor.example") as http:
            return (await http.post("/", content=parts())).status_code

    assert asyncio.run(ask()) == 413


async def nothing() -> Message:
    await asyncio.Event().wait()
    return {"type": "http.disconnect"}


async def byte_by_byte() -> Message:
    await asyncio.sleep(0.01)
    return {"type": "http.request", "body": b"a", "more_body": True}


@pytest.mark.parametrize("comes", [nothing, byte_by_byte], ids=lambda f: f.__name__)
def test_a_body_that_does_not_come_is_not_waited_for(comes: Receive) -> None:
    async def echo(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    inner = Starlette(routes=[Route("/", echo, methods=["POST"])])
    guarded = Guards(
        inner, hosts=["m"], max_bytes=100_000, forms_per_minute=9, sign_ins_per_minute=9, deadline_s=0.05
    )
    sent: list[dict[str, object]] = []

    async def send(message: object) -> None:
        sent.append(dict(message))  # type: ignore[call-overload]

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"host", b"m")], "query_string": b""}
    asyncio.run(guarded(scope, comes, send))
    assert [message.get("status") for message in sent] == [408, None]


def test_a_body_that_says_it_is_too_large_is_refused_unread() -> None:
    sent: list[Any] = []

    async def inner(*_: object) -> None:
        raise AssertionError("the page was reached")

    async def receive() -> Message:
        raise AssertionError("the body was read")

    async def send(message: Message) -> None:
        sent.append(message)

    guarded = Guards(inner, hosts=["a.example"], max_bytes=100, forms_per_minute=3, sign_ins_per_minute=2)
    scope = {"type": "http", "method": "POST", "path": "/", "client": None}
    headers = [(b"host", b"a.example"), (b"content-length", b"101")]
    asyncio.run(guarded({**scope, "headers": headers}, receive, send))
    assert sent[0]["status"] == 413


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "١"])
def test_a_length_that_is_no_number_is_refused(client: TestClient, length: str) -> None:
    headers = [(b"host", b"monitor.example"), (b"content-length", length.encode())]
    assert client.get("/", headers=headers).status_code in (400, 421)  # type: ignore[arg-type]


def test_forms_of_one_address_are_limited_and_the_limit_passes(client: TestClient, ticks: Ticks) -> None:
    assert [client.post("/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.get("/").status_code == 200
    ticks.now = 20.0
    assert [client.post("/").status_code for _ in range(2)] == [200, 429]


def test_of_sign_ins_and_requests_for_a_password_there_are_fewer(client: TestClient, ticks: Ticks) -> None:
    tried = [client.post(path).status_code for path in ("/sign-in", "/password/reset", "/sign-in")]
    assert tried == [200, 200, 429]
    assert client.get("/sign-in").status_code == 200
    ticks.now = 31.0  # half a minute later there is room for one
    assert [client.post("/sign-in").status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("socket", "socket", True),
    ],
)
def test_the_addresses_of_one_ipv6_customer_are_counted_as_one_and_ipv4_apart(
    one: str, other: str, is_same: bool
) -> None:
    assert (_network(one) == _network(other)) is is_same


def test_a_form_sent_by_another_site_is_refused(client: TestClient) -> None:
    assert client.post("/", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post("/", headers={"sec-fetch-site": "same-origin"}).status_code == 200


def test_addresses_have_limits_of_their_own_and_only_so_many_are_remembered(ticks: Ticks) -> None:
    limit = FormLimit(1, ticks)
    assert limit.allows("a")
    assert not limit.allows("a")
    assert limit.allows("b")
    for n in range(10_001):
        limit.allows(f"x{n}")
    assert limit.allows("a")  # forgotten: it was the quietest
