"""Ad hoc extraction without a database: a JSON line that names a stored page in, one answer out."""

import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from monitor.articles.types import Extracted
from monitor.core.given import BadLine, read_object
from monitor.core.ids import PageUrl
from monitor.core.ledger import Reason
from monitor.core.urls import normalise
from monitor.core.workers import Unread

log = structlog.get_logger(__name__)

MAX_LINE_BYTES = 1_000_000
_AHEAD = 32  # pages in memory while the first of them is read


@dataclass(frozen=True, slots=True)
class StoredPage:
    """One readable input line."""

    id: str
    url: PageUrl
    body: bytes


ReadStored = Callable[[StoredPage], Future[Extracted | Unread]]


def answers(
    lines: Iterable[bytes], folder: Path, *, read: ReadStored, max_bytes: int
) -> Iterator[dict[str, Any]]:
    """One answer a line, in order; blank lines are passed over. Paths are relative to `folder`.

    Errors: never raises on a line or a page; WorkerBroken where no process can be started that reads pages.
    """
    under_way: deque[dict[str, Any] | tuple[str, Future[Extracted | Unread]]] = deque()
    for number, line in enumerate(lines, 1):
        if line.strip():
            under_way.append(_begun(read_line(number, line, folder, max_bytes), read, max_bytes))
        if len(under_way) > _AHEAD:
            yield _ended(under_way.popleft())
    while under_way:
        yield _ended(under_way.popleft())


def _begun(
    page: StoredPage | BadLine, read: ReadStored, max_bytes: int
) -> dict[str, Any] | tuple[str, Future[Extracted | Unread]]:
    if isinstance(page, BadLine):
        return {"id": None, "line": page.line, "reason": page.reason}
    if len(page.body) > max_bytes:
        return _as_json(page.id, _nothing(Reason.TOO_LARGE))
    return page.id, read(page)


def _ended(begun: dict[str, Any] | tuple[str, Future[Extracted | Unread]]) -> dict[str, Any]:
    if isinstance(begun, dict):
        return begun
    name, found = begun[0], begun[1].result()
    if isinstance(found, Unread):
        log.error("page_unread", id=name, reason=found.reason.value, detail=found.detail)
        return _as_json(name, _nothing(found.reason))
    return _as_json(name, found)


def read_line(number: int, line: bytes, folder: Path, max_bytes: int) -> StoredPage | BadLine:
    """The page of one input line, at most one byte more than `max_bytes` of it; or why there is none."""
    if len(line) > MAX_LINE_BYTES:
        return BadLine(number, f"more than {MAX_LINE_BYTES} bytes")
    try:
        return read_object(
            number, line, lambda raw: _page(raw, folder, max_bytes), texts=("id", "url", "path")
        )
    except OSError as error:
        return BadLine(number, f"path cannot be read: {error.strerror}")


def _page(raw: dict[str, Any], folder: Path, max_bytes: int) -> StoredPage:
    url = normalise(raw["url"])
    if url is None:
        raise ValueError("url is not a http or https address")
    path = folder / raw["path"]
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would hold the run up for ever
        raise ValueError("path is no file")
    with path.open("rb") as file:
        return StoredPage(raw["id"], url, file.read(max_bytes + 1))


def _nothing(reason: Reason) -> Extracted:
    return Extracted("", "", "", None, "", "", None, 0.0, reason)


def _as_json(name: str, found: Extracted) -> dict[str, Any]:
    return {
        "id": name,
        "title": found.title,
        "text": found.text,
        "author": found.author,
        "published": _iso(found.published_at),
        "published_from": found.published_from,
        "lang": found.lang,
        "canonical_url": found.canonical_url,
        "quality": found.quality,
        "reason": found.reason.value if found.reason else None,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
