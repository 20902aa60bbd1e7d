"""Who may ask: the token of a request, what it may read, how often; and what every handler stands on."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from monitor.core.api_tokens import Scope, find_token
from monitor.web.desk import Desk
from monitor.web.guards import FormLimit
from monitor.wiring import App

_BEARER = HTTPBearer(auto_error=False, description="A key made by `monitor user token add`.")


class TokenLimit:
    """So many requests a minute of one token, in this process. Safe among threads."""

    def __init__(self, per_minute: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._lock = FormLimit(per_minute, monotonic), threading.Lock()

    def allows(self, token: int) -> bool:
        """True when the token may ask once more now; that is then counted."""
        with self._lock:
            return self._limit.allows(str(token))


@dataclass(frozen=True, slots=True)
class Ground:
    """What handlers stand on: the installation, and the reports that its pages are made of."""

    app: App
    desk: Desk
    limit: TokenLimit = field(repr=False)


def ground(request: Request) -> Ground:
    """Of the application that answers."""
    held = request.app.state.ground
    assert isinstance(held, Ground)  # noqa: S101 - set by build, nowhere else
    return held


Standing = Annotated[Ground, Depends(ground)]


def needs(scope: Scope) -> Callable[..., None]:
    """A dependency that lets only tokens with this scope through."""

    def look(
        standing: Standing, given: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
    ) -> None:
        app = standing.app
        with app.ready_db.reading() as tx:
            token = find_token(tx, given.credentials, at=app.clock()) if given else None
        if token is None:
            raise HTTPException(HTTPStatus.UNAUTHORIZED, "no token, or one that is not in force",
                                {"www-authenticate": "Bearer"})  # fmt: skip
        if not standing.limit.allows(token.id):
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, "too many requests", {"retry-after": "60"})
        if scope not in token.scopes:
            raise HTTPException(HTTPStatus.FORBIDDEN, f"the token has no scope {scope.value}")

    return look


def refuse_unknown(request: Request) -> None:
    """A dependency that refuses what no handler reads: a misspelt filter would give other numbers."""
    route = request.scope["route"]
    assert isinstance(route, APIRoute)  # noqa: S101 - routers of ours have no others
    known = set(_parameters(route.dependant))
    strange = sorted(set(request.query_params) - known)
    if strange:
        raise HTTPException(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"{strange[0][:80]!r}: there is no such parameter"
        )


def _parameters(dependant: Dependant) -> Iterator[str]:
    """Names of the parameters of an address that a handler or what it depends on reads."""
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _parameters(inner)
