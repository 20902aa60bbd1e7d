"""The OpenAPI description of the interface for machines; a test keeps docs/openapi.json the same. Pure."""

from collections.abc import Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

VERSION = "1"
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "An error as RFC 9457 has it",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
_ERRORS = {
    "400": "The request cannot be read",
    "401": "No token, or one that is not in force",
    "403": "The token may not read this, or nobody may",
    "404": "There is no such thing, or none that a filter names",
    "410": "The report is of an older program",
    "422": "A parameter cannot be read",
    "429": "Too many requests of this token",
    "500": "A fault of ours",
    "503": "There is no table of gaps yet",
}


def document(routes: Sequence[BaseRoute], path: str) -> dict[str, Any]:
    """The description of `routes`, which are served below `path`."""
    found = get_openapi(
        title="Coverage monitor",
        version=VERSION,
        description="What the pages show, to be read by programs. Every answer has an ETag; long lists come "
        "in parts, and `next` is the address of the part that follows.",
        routes=routes,
        servers=[{"url": path}],
    )
    for operations in found["paths"].values():
        for operation in operations.values():
            operation["responses"].update(_errors())
            operation["responses"]["304"] = {"description": "As the reader has it: If-None-Match"}
    schemas = found["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):  # ours are problems
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    return found


def _errors() -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {code: {"description": told, "content": content} for code, told in _ERRORS.items()}
