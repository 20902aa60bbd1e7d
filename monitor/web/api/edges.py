"""What stands around every answer: an ETag of its bytes, 304 where the reader has them, errors as problems.

Plain ASGI over the whole answer: it is small, and one place knows how it is compared.
"""

import hashlib
import json
import traceback
from http import HTTPStatus

import structlog
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.web.asked import RefusedError

PROBLEM_TYPE = "application/problem+json"
_WHY = {
    "not_found": "there is no such thing, or it may not be told of",
    "withheld": "the outlet may not be named, so its articles are not shown",
    "no_table": "the table of gaps has not been made yet",
    "no_report": "the report is of an older program and cannot be read any more",
}

log = structlog.get_logger(__name__)


class Edge:
    """Tags answers and fences off faults: what breaks is logged without values and told as a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held: list[Message] = []

        async def keep(message: Message) -> None:
            held.append(message)

        try:
            await self._app(scope, receive, keep)
        except Exception as error:  # noqa: BLE001 - a fault of ours or of the database: one answer only
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("api_crashed", error=type(error).__name__, frames=frames)
            await problem(HTTPStatus.INTERNAL_SERVER_ERROR, "a fault of ours")(scope, receive, send)
            return
        await _send_tagged(held, Headers(scope=scope).get("if-none-match", ""), send)


async def _send_tagged(held: list[Message], known: str, send: Send) -> None:
    start, *parts = held
    body = b"".join(part.get("body", b"") for part in parts)
    headers = MutableHeaders(raw=list(start["headers"]))
    status = start["status"]
    if status == HTTPStatus.OK:
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers["etag"], headers["vary"] = tag, "Authorization"
        headers["cache-control"] = "private, no-cache"  # may be kept, is asked for again with its tag
        if _is_known(tag, known):
            status, body = int(HTTPStatus.NOT_MODIFIED), b""
            for name in ("content-length", "content-type"):
                if name in headers:
                    del headers[name]
    await send({**start, "status": status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})


def _is_known(tag: str, known: str) -> bool:
    """Weak comparison, as RFC 9110 has it for If-None-Match."""
    given = {one.strip().removeprefix("W/") for one in known.split(",")}
    return tag in given or "*" in given


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """An answer as RFC 9457 has it."""
    doc = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail}
    body = json.dumps(doc, ensure_ascii=False).encode()
    return Response(body, int(status), headers=headers, media_type=PROBLEM_TYPE)


async def on_http(_request: Request, error: Exception) -> Response:
    """What routes and doors refuse."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    return problem(error.status_code, str(error.detail), dict(error.headers or {}))


async def on_refused(_request: Request, error: Exception) -> Response:
    """What a page would refuse too."""
    assert isinstance(error, RefusedError)  # noqa: S101 - registered for nothing else
    return problem(error.status, _WHY.get(error.code, error.code))


async def on_invalid(_request: Request, error: Exception) -> Response:
    """Parameters that cannot be read, each with its name and what is wrong with it."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    told = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors()[:10])
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, told)
