"""Connections that ask nothing are not waited for; those that ask, and ask again, are answered."""

import asyncio

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from monitor.web.patience import Impatient

ASKED = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Hasty(Impatient):
    """With a test's patience."""

    head_s = 0.1


async def _slow(_request: Request) -> Response:
    await asyncio.sleep(0.2)  # an answer may take longer than a question
    return PlainTextResponse("yes")


async def _told(port: int, *parts: bytes) -> bytes:
    """What is answered until the server hangs up; the parts are sent one after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await asyncio.sleep(0.3 if part == ASKED else 0.03)
    async with asyncio.timeout(3):
        told = await reader.read()
    writer.close()
    return told


async def _all_told() -> list[bytes]:
    config = uvicorn.Config(Starlette(routes=[Route("/", _slow)]), http=Hasty, port=0, log_level="error")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    told = await asyncio.gather(
        _told(port),
        _told(port, ASKED[:3], ASKED[3:6], ASKED[6:9], ASKED[9:12], ASKED[12:15]),
        _told(port, ASKED, ASKED, ASKED[:9]),
    )
    server.should_exit = True
    await serving
    return told


def test_who_asks_nothing_or_too_slowly_is_hung_up_on() -> None:
    silent, slow, lively = asyncio.run(_all_told())
    assert (silent, slow) == (b"", b"")
    assert lively.count(b"HTTP/1.1 200 OK") == 2
