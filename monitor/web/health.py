"""Health and figures of the service: small answers without a session, for a watchdog on the same machine.

`health_app` is an application of its own for `monitor run`; `health_routes` can be mounted into another.
Figures are given to loopback only, whatever the address that is listened on.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from monitor.core.errors import MonitorError
from monitor.web.served import AGAIN_S, Served, served
from monitor.wiring import App
from monitor.wiring.metrics import metrics_text
from monitor.wiring.watching import signs

HOST = "127.0.0.1"
_STOP_S = 2.0  # for answers under way
_LOOPBACK = ("127.0.0.1", "::1")
_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def health_routes(app: App, standing: Callable[[], dict[str, Any]] = dict) -> list[Route]:
    """/health/live, /health/ready and /metrics.

    `standing`: what the service says of itself; not ready while its `stuck_jobs` are not empty or it says
    `why` it cannot work, not alive when its `pages` are False: they were to be served with it and ended by
    themselves.
    """

    def live(request: Request) -> Response:
        del request
        if standing().get("pages") is False:
            return PlainTextResponse("the pages do not answer any more\n", 503)
        return PlainTextResponse("alive\n")

    async def ready(request: Request) -> Response:
        del request
        facts = standing()
        try:
            found = [sign.key for sign in await run_in_threadpool(signs, app)]
        except MonitorError as error:
            return JSONResponse({"ready": False, "why": str(error), **facts}, 503)
        is_ready = not facts.get("stuck_jobs") and not facts.get("why")
        return JSONResponse({"ready": is_ready, "troubles": found, **facts}, 200 if is_ready else 503)

    async def metrics(request: Request) -> Response:
        if request.client is None or request.client.host not in _LOOPBACK or _is_forwarded(request):
            return PlainTextResponse("not found\n", 404)
        return Response(await run_in_threadpool(metrics_text, app), media_type=_MEDIA_TYPE)

    return [Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", metrics)]


def health_app(app: App, standing: Callable[[], dict[str, Any]] = dict) -> Starlette:
    """These routes alone."""
    return Starlette(routes=health_routes(app, standing))


def _is_forwarded(request: Request) -> bool:
    """A proxy on this machine asks for somebody else."""
    return any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))


@contextmanager
def health_served(
    app: App, port: int, standing: Callable[[], dict[str, Any]], *, again_s: float = AGAIN_S
) -> Iterator[Served | None]:
    """Serve them on loopback in a thread while the context lasts; port 0: nothing, and None.

    Beside another service on the machine: once that one is gone, which is tried every `again_s` seconds.
    """
    if not port:
        yield None
        return
    config = uvicorn.Config(health_app(app, standing), log_config=None, access_log=False)
    with served("health", uvicorn.Server(config), HOST, port, patience_s=_STOP_S, again_s=again_s) as health:
        yield health
