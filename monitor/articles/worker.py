"""The process that reads pages for `monitor.articles.pool`: `python -m monitor.articles.worker`.

Frames of bytes come on the standard input and go out on the standard output, both JSON and never pickle: what
a hostile page made of this process must not be run by the one that asked. A page that hangs ends the process
itself even when nobody is left to end it.
"""

import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from pydantic import TypeAdapter

from monitor.articles.rawpage import RawPage, ReadingRules
from monitor.articles.types import Extracted
from monitor.core import log

ReadPage = Callable[[RawPage], Extracted]

READY, READ, FAULT = b"!", b"+", b"-"
_LENGTHS = struct.Struct(">II")  # of head and body
_GRACE_S = 5  # the asking process ends an overdue worker itself; this is for when it is gone


@dataclass(frozen=True, slots=True)
class Setup:
    """What the first frame says."""

    given: ReadingRules
    deadline_s: float
    memory_mb: int  # address space; 0: as much as there is


_SETUP = TypeAdapter(Setup)
_PAGE = TypeAdapter(RawPage)
_EXTRACTED = TypeAdapter(Extracted)


def setup_frame(setup: Setup) -> bytes:
    """The first frame."""
    return _frame(_SETUP.dump_json(setup), b"")


def page_frame(page: RawPage) -> bytes:
    """A page; its body travels as it is. Errors: ValueError for text that has no UTF-8."""
    return _frame(_PAGE.dump_json(page, exclude={"body"}), page.body)


def extracted_from(answer: bytes) -> Extracted:
    """What a READ answer holds. Errors: ValueError when it is none."""
    return _EXTRACTED.validate_json(answer)


def read_frame(source: BinaryIO) -> tuple[bytes, bytes] | None:
    """Head and body of the next frame; None when the other side has closed."""
    lengths = source.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    n_head, n_body = _LENGTHS.unpack(lengths)
    return source.read(n_head), source.read(n_body)


def serve(reader: Callable[[ReadingRules], ReadPage]) -> None:
    """Read pages until the input ends. `reader` makes the function that reads one."""
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not end up between the frames
    log.configure(verbose=False)
    first = read_frame(sys.stdin.buffer)
    if first is None:
        return
    setup = _SETUP.validate_json(first[0])
    read = reader(setup.given)
    _limit(setup.memory_mb)
    _send(answers, READY, b"")
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        signal.alarm(int(setup.deadline_s) + _GRACE_S)  # no handler: it ends the process
        kind, text, goes_on = _answer(read, *frame)
        signal.alarm(0)
        _send(answers, kind, text)
        if not goes_on:
            return


def _answer(read: ReadPage, head: bytes, body: bytes) -> tuple[bytes, bytes, bool]:
    """Kind and text of the answer, and whether this process is still good for another page."""
    try:
        page: Any = {**json.loads(head), "body": body}
        return READ, _EXTRACTED.dump_json(read(_PAGE.validate_python(page))), True
    except MemoryError:
        return FAULT, b"MemoryError: the page takes more memory than a worker may have", False
    except Exception as error:  # noqa: BLE001 - a bug costs one page; the asking stage counts and shows it
        return FAULT, f"{type(error).__name__}: {error}"[:300].encode("utf-8", "replace"), True


def _limit(memory_mb: int) -> None:
    if memory_mb:
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _frame(head: bytes, body: bytes) -> bytes:
    return _LENGTHS.pack(len(head), len(body)) + head + body


def _send(target: int, kind: bytes, text: bytes) -> None:
    with open(target, "wb", closefd=False) as out:
        out.write(_frame(kind, text))


def reader_of(given: ReadingRules) -> ReadPage:
    """Reads pages with the extractor, warmed up."""
    from monitor.articles.extract import extract_page
    from monitor.articles.language import build_detector

    detect = build_detector()

    def read(page: RawPage) -> Extracted:
        return extract_page(
            page.body,
            url=page.url,
            content_type=page.content_type,
            source_zone=page.source_zone,
            feed_title=page.feed_title,
            feed_summary=page.feed_summary,
            feed_text=page.feed_text,
            feed_published=page.feed_published,
            now=page.now,
            detect=detect,
            rules=given.rules,
            months=given.months,
            selectors=page.selectors,
        )

    return read


if __name__ == "__main__":
    serve(reader_of)
