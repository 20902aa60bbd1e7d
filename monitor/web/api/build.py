"""The application of /api/v1 over an installation, and its OpenAPI."""

from functools import partial

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from monitor.web.api import articles, gaps, made, press
from monitor.web.api.doors import Ground, TokenLimit
from monitor.web.api.edges import Edge, on_http, on_invalid, on_refused
from monitor.web.asked import RefusedError
from monitor.web.desk import Desk
from monitor.web.openapi import document
from monitor.wiring import App

PATH = "/api/v1"


def build_api(app: App, desk: Desk) -> FastAPI:
    """What is mounted at `PATH`."""
    api = bare_api()
    api.state.ground = Ground(app, desk, TokenLimit(app.settings.web.api_per_minute))
    return api


def bare_api() -> FastAPI:
    """Routes and errors without an installation: all that its description needs."""
    api = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for router in (gaps.router, articles.router, press.router, made.reports_router, made.runs_router):
        api.include_router(router)
    api.add_exception_handler(HTTPException, on_http)
    api.add_exception_handler(RefusedError, on_refused)
    api.add_exception_handler(RequestValidationError, on_invalid)
    api.add_route("/openapi.json", partial(_describe, api), include_in_schema=False)
    api.add_middleware(Edge)
    return api


async def _describe(api: FastAPI, _request: Request) -> Response:
    return JSONResponse(document(api.routes, PATH))
