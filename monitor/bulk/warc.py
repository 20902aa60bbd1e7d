"""Reads archives of web pages (WARC, also packed record by record as CC-NEWS has them) in whatever state.

Framing is fastwarc's; what a record holds is read here with a cap, and after damage the next record is looked
for. Nothing is fetched: an address in an archive is only a name.
"""

import http.client
import io
import mmap
import re
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from monitor.core.ledger import Reason
from monitor.core.urls import wire_url
from monitor.crawl.bodies import Body, BodyError

_MAX_HEADER = 65_536
_BOMB = 100  # times the cap: a record this long is not unpacked to get behind it
_MEMBER = b"\x1f\x8b\x08"
_START = b"WARC/1."
_PLAIN_START = re.compile(rb"WARC/1\.[01]\r\n")
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Held:
    """One answer of a site as the archive holds it."""

    offset: int  # of its record in the file, bytes
    url: str  # as a browser would send it
    at: datetime  # when it was archived, UTC
    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Damaged:
    """A record that gives no page: TOO_LARGE or BAD_ENCODING, and of which address where that is known."""

    offset: int
    reason: Reason
    detail: str
    url: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """A record of an address or a time that nobody asked for."""

    offset: int
    at: datetime | None


Record = Held | Damaged | Passed
Wanted = Callable[[str, datetime], bool]


def read_records(path: Path, *, after: int, wanted: Wanted, cap: int) -> Iterator[Record]:
    """Every response behind the record at offset `after` (-1: all), in the file's order.

    `wanted` is asked with address and time before a body is touched; `cap`: most bytes of a body. A file that
    is cut, damaged or no archive gives Damaged. Errors: OSError when it cannot be opened.
    """
    with path.open("rb") as file:
        size = path.stat().st_size
        start: int | None = max(0, after)
        while start is not None and start < size:
            start = yield from _run(file, start, after, size, wanted, cap)


def read_at(file: BinaryIO, offset: int, *, cap: int) -> Held | Damaged:
    """The one record that begins at an offset of an open archive. Raises nothing that a file could cause."""
    file.seek(offset)
    try:
        record = next(_framed(file), None)
        if record is None or record.stream_pos != offset:
            return Damaged(offset, Reason.BAD_ENCODING, "no record begins there")
        read = _read(record, offset, lambda _url, _at: True, cap)
    except (OSError, ValueError, UnicodeError) as error:
        return Damaged(offset, Reason.BAD_ENCODING, f"{type(error).__name__}: {error}"[:200])
    return Damaged(offset, Reason.BAD_URL, "no address of a page") if isinstance(read, Passed) else read


def sha256_of(path: Path) -> str:
    """What a file is known by, whatever its name. Errors: OSError when it cannot be read."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _run(
    file: BinaryIO, start: int, after: int, size: int, wanted: Wanted, cap: int
) -> Generator[Record, None, int | None]:
    """Records from `start` on until damage; gives where to go on, None at the end."""
    file.seek(start)
    last = start - 1
    try:
        for record in _framed(file):
            if record.stream_pos == last:
                detail = "packed as a whole and not record by record: unpack it first"
                yield Damaged(last + 1, Reason.BAD_ENCODING, detail)
                return None
            last = record.stream_pos
            if last <= after:
                continue
            if record.content_length > _BOMB * cap:
                yield Damaged(
                    last, Reason.TOO_LARGE, f"{record.content_length} bytes announced", _url(record)
                )
                return _next_start(file, last + 1, size)
            yield _read(record, last, wanted, cap)
    except (OSError, ValueError, UnicodeError) as error:
        detail = f"{type(error).__name__}: {error}"[:200]
        onward = _next_start(file, max(last, start) + 1, size)
        if not _is_packed(file) or last < start or onward is None:
            yield Damaged(last + 1, Reason.BAD_ENCODING, detail)
            return onward
        yield Damaged(onward, Reason.BAD_ENCODING, detail)  # members begin well and are damaged inside
        return _next_start(file, onward + 1, size)
    return None


def _framed(file: BinaryIO) -> Iterator[WarcRecord]:
    return ArchiveIterator(
        file,
        record_types=WarcRecordType.response,
        parse_http=False,
        max_header_len=_MAX_HEADER,
        fsspec_args=False,
    )


def _read(record: WarcRecord, offset: int, wanted: Wanted, cap: int) -> Record:
    url, at = _url(record), record.record_date
    if not isinstance(at, datetime) or at.tzinfo is None:
        return Damaged(offset, Reason.BAD_ENCODING, "no WARC-Date", url)
    if not url or not wanted(url, at):
        return Passed(offset, at)
    try:
        return _answer(_block(record, cap), offset, url, at, cap)
    except BodyError as error:
        return Damaged(offset, error.reason, error.detail, url, at)
    except (http.client.HTTPException, ValueError, OSError) as error:
        return Damaged(offset, Reason.BAD_ENCODING, f"{type(error).__name__}: {error}"[:200], url, at)


def _block(record: WarcRecord, cap: int) -> bytes:
    length: int = record.content_length
    if length > cap + _MAX_HEADER:
        raise BodyError(Reason.TOO_LARGE, f"{length} bytes")
    block: bytes = record.reader.read(length)
    if len(block) < length:
        raise BodyError(Reason.BAD_ENCODING, f"cut: {len(block)} of {length} bytes")
    return block


class _Block:
    """Bytes in the shape of the socket that http.client reads from."""

    def __init__(self, block: bytes) -> None:
        self._block = block

    def makefile(self, *_args: object, **_kwargs: object) -> io.BytesIO:
        return io.BytesIO(self._block)


def _answer(block: bytes, offset: int, url: str, at: datetime, cap: int) -> Held:
    answer = http.client.HTTPResponse(_Block(block), method="GET")  # type: ignore[arg-type] # makefile is all
    answer.begin()
    body = Body(answer.headers.get("Content-Encoding", ""), cap)
    while piece := answer.read(_PIECE):
        body.add(piece)
    kind = answer.headers.get("Content-Type", "")
    return Held(offset, url, at, answer.status, kind, body.close())


def _url(record: WarcRecord) -> str:
    target = record.headers.get("WARC-Target-URI") or ""
    return wire_url(target.strip("<> ")) or ""


def _next_start(file: BinaryIO, start: int, size: int) -> int | None:
    """Where the next record begins at or behind `start`, None where there is none."""
    if start >= size:
        return None
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        if not _is_packed(file):
            found = _PLAIN_START.search(whole, start)
            return found.start() if found else None
        at = whole.find(_MEMBER, start)
        while at >= 0:
            if _begins_a_record(whole[at : at + _PIECE]):
                return at
            at = whole.find(_MEMBER, at + 1)
    return None


def _is_packed(file: BinaryIO) -> bool:
    file.seek(0)
    return file.read(len(_MEMBER)) == _MEMBER


def _begins_a_record(packed: bytes) -> bool:
    try:
        return zlib.decompressobj(wbits=31).decompress(packed, len(_START)).startswith(_START)
    except zlib.error:
        return False
