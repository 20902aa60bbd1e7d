"""The web application over an `App`: routes, static files, guards, refusals; and the server that runs it."""

import string
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib import resources
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import structlog
import uvicorn
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from monitor.core.accounts import SESSION, User, find_user
from monitor.core.errors import MonitorError, UsageError
from monitor.reports.subscribers import get_subscriber
from monitor.reports.tokens import TokenError
from monitor.web.api.build import PATH, build_api
from monitor.web.api.edges import on_http
from monitor.web.asked import Asked, Frame, Moved, Raw, RefusedError, Shown
from monitor.web.desk import Desk
from monitor.web.guards import MAIL_CSP, SCRIPT_CSP, Guards
from monitor.web.pages.refusal import refusal_page
from monitor.web.pages.sign_in import ended_page, require_mark
from monitor.web.patience import Impatient
from monitor.web.render import frame_of, render
from monitor.web.routes import DESK_ROUTES, DOOR_ROUTES, ROUTES, DeskRoute, Route
from monitor.web.typed import typed_in
from monitor.web.words import choose, languages, page_words
from monitor.wiring import App
from monitor.wiring.answers import signer
from monitor.wiring.naming import newsroom_name

COOKIE = "monitor_session"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_MOST_FIELDS = 200
_MOST_WAITING = 64  # requests at once; the next is told to come again
_STOP_S = 8  # for answers under way: somebody who sends slowly would hold up the end
_THREADS = 12  # that answer: more of them wait for one another and for the 15 connections of the pool

log = structlog.get_logger(__name__)


def build(app: App) -> FastAPI:
    """The application. Reads settings, register and key now, so that what is wrong is told at the start."""
    _built = (app.ready_db, app.register, app.sources, signer(app))  # once, before threads ask for them
    web = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=_few_threads)
    settings = app.settings.web
    web.add_middleware(
        Guards,
        hosts=known_hosts(app),
        max_bytes=settings.max_request_bytes,
        forms_per_minute=settings.forms_per_minute,
        sign_ins_per_minute=settings.sign_ins_per_minute,
    )
    desk = Desk()
    for route in (*ROUTES, *DOOR_ROUTES, *DESK_ROUTES):
        web.add_route(route.path, _endpoint(app, route, desk), methods=list(route.methods))
    web.mount(PATH, build_api(app, desk))
    static = Path(str(resources.files("monitor.web").joinpath("static")))
    web.mount("/static", StaticFiles(directory=static))
    web.add_exception_handler(HTTPException, partial(_on_http, app))
    return web


@asynccontextmanager
async def _few_threads(_web: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = _THREADS
    yield


def server(app: App, *, port: int | None = None) -> uvicorn.Server:
    """What serves the application at the settings' address; `run()` it in the main thread.

    No access log: the addresses are the readers' keys.
    """
    settings = app.settings.web
    proxies = settings.trusted_proxies
    config = uvicorn.Config(
        build(app),
        host=settings.listen_host,
        port=settings.listen_port if port is None else port,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        http=Impatient,
        limit_concurrency=_MOST_WAITING,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=_STOP_S,
    )
    return uvicorn.Server(config)


def is_open_to_others(app: App) -> bool:
    """Whether other machines can reach the pages without a proxy before them."""
    return app.settings.web.listen_host not in ("127.0.0.1", "localhost", "::1")


def known_hosts(app: App) -> frozenset[str]:
    """Names under which the pages may be asked for; any other is another site that points here."""
    public = urlsplit(app.settings.reports.public_url).hostname
    return frozenset((*LOOPBACK, *app.settings.web.allowed_hosts, *((public,) if public else ())))


def _endpoint(app: App, route: Route | DeskRoute, desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        form = await _form(request) if request.method == "POST" else {}
        return await run_in_threadpool(_answer, app, route, request, form, desk)

    return answer


def _answer(
    app: App, route: Route | DeskRoute, request: Request, form: dict[str, tuple[str, ...]], desk: Desk
) -> Response:
    token = request.path_params.get("token", "")
    lang, user = _language(app, request, ""), None
    try:
        lang = _language(app, request, token)
        user = _user(app, request)
        asked = Asked(
            request.method,
            token,
            lang,
            form,
            dict(request.query_params),
            dict(request.path_params),
            request.cookies.get(COOKIE, ""),
            user,
        )
        made = _made(app, route, asked, request, desk)
        answer = _response(app, request, asked, made)
        if isinstance(made, Shown) and isinstance(route, DeskRoute) and route.has_script:
            answer.headers["content-security-policy"] = SCRIPT_CSP
        return answer
    except RefusedError as error:
        typed = typed_in(Asked(request.method, token, lang, form)) if error.code == "old_form" else ()
        return _refusal(app, request, lang, error.code, error.status, typed=typed, user=user)
    except Exception as error:  # noqa: BLE001 - a fault of ours or of the database: one page only
        # frames only: messages hold values of readers, and an address is a reader's key
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("page_crashed", page=route.path, error=type(error).__name__, frames=frames)
        return _refusal(app, request, lang, "crashed", 500, user=user)


def _made(
    app: App, route: Route | DeskRoute, asked: Asked, request: Request, desk: Desk
) -> Shown | Raw | Moved:
    if isinstance(route, Route):
        return route.view(app, asked)
    if asked.user is None:
        onward = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if asked.is_post:
            above = request.url.path.rpartition("/")[0]  # where only a button leads
            return ended_page(asked, onward if "GET" in route.methods else above)
        return Moved("/sign-in?" + urlencode({"onward": onward, "lang": asked.lang}))
    if not asked.user.role.may(route.needed(asked.method)):
        raise RefusedError("not_yours", 403)
    if asked.is_post:
        require_mark(asked)
    return route.view(app, asked, desk)


def _user(app: App, request: Request) -> User | None:
    key = request.cookies.get(COOKIE, "")
    if not key:
        return None
    with app.ready_db.reading() as tx:
        return find_user(tx, key, at=app.clock())


def _user_if_known(app: App, request: Request) -> User | None:
    """As `_user`, nobody where the database fails: a page that is not there can be told without it."""
    try:
        return _user(app, request)
    except (SQLAlchemyError, MonitorError):
        return None


def _response(app: App, request: Request, asked: Asked, made: Shown | Raw | Moved) -> Response:
    if isinstance(made, Moved):
        return _moved(app, made)
    if isinstance(made, Raw):
        headers = {"content-security-policy": MAIL_CSP} if made.has_own_style else {}
        if made.file_name:
            headers["content-disposition"] = f'attachment; filename="{made.file_name}"'
        return Response(made.body, media_type=made.media_type, headers=headers)
    body = render(made.template, made.page, _frame(app, request, asked.lang, asked.user))
    return Response(body, made.status, media_type="text/html; charset=utf-8")


def _moved(app: App, made: Moved) -> Response:
    location = quote(made.path, safe=string.punctuation)  # a header has no letters of other scripts
    answer = Response(None, 303, headers={"location": location})
    if made.session is not None:
        is_public = app.settings.reports.public_url.startswith("https://")
        answer.set_cookie(
            COOKIE,
            made.session,
            max_age=int(SESSION.total_seconds()) if made.session else 0,
            secure=is_public,
            httponly=True,
            samesite="lax",
        )
    return answer


async def _form(request: Request) -> dict[str, tuple[str, ...]]:
    """The text fields of a POST; a file is refused."""
    held = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    found: dict[str, tuple[str, ...]] = {}
    for name, value in held.multi_items():
        if isinstance(value, str):
            found[name] = (*found.get(name, ()), value)
    return found


def _language(app: App, request: Request, token: str) -> str:
    """Asked for in the address, else the reader's own, else the browser's."""
    offered = [lang for lang in app.settings.reports.languages if lang in languages()] or list(languages())
    wanted = request.query_params.get("lang", "")
    if wanted not in offered and token:
        wanted = _reader_language(app, token)
    return choose(wanted, request.headers.get("accept-language", ""), offered)


def _reader_language(app: App, token: str) -> str:
    try:
        allowed = signer(app).read(token, now=app.clock())
        with app.ready_db.reading() as tx:
            return get_subscriber(tx, allowed.subscriber).lang
    except (TokenError, UsageError):  # the view says what is wrong with it
        return ""


def _frame(app: App, request: Request, lang: str, user: User | None = None) -> Frame:
    return frame_of(
        page_words(lang),
        request.url.path,
        newsroom=newsroom_name(app, lang),
        is_demo=app.settings.newsroom.demo,
        query=dict(request.query_params),
        user=user,
        key=request.cookies.get(COOKIE, "") if user else "",
    )


def _refusal(
    app: App,
    request: Request,
    lang: str,
    code: str,
    status: int,
    *,
    typed: tuple[str, ...] = (),
    user: User | None = None,
) -> Response:
    """Who is signed in keeps the bar of pages: a refusal is no dead end."""
    body = render("refusal", refusal_page(code, page_words(lang), typed), _frame(app, request, lang, user))
    return Response(body, status, media_type="text/html; charset=utf-8")


async def _on_http(app: App, request: Request, error: HTTPException) -> Response:
    if request.url.path.startswith(f"{PATH}/"):  # a line break in it: nothing that is mounted is asked
        return await on_http(request, error)
    codes = {404: "not_found", 405: "not_allowed"}
    code, lang = codes.get(error.status_code, "bad_request"), _language(app, request, "")
    user = await run_in_threadpool(_user_if_known, app, request)
    answer = _refusal(app, request, lang, code, error.status_code, user=user)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer
