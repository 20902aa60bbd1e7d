"""Excerpts of a text with the words marked that prove something. Pure; escaping is left to the template."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.reports.plain import one_line

LIMIT = 300  # characters quoted around a mark, as in a mail
_PARAGRAPH = 4000  # characters shown of one
_SENTENCE_END = re.compile(r"[.!?…]+[\s»\"”)]+|\n+")


@dataclass(frozen=True, slots=True)
class Span:
    """Where words stand in a text, and what they name."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `name` says what it names, empty where it is no mark."""

    text: str
    name: str = ""


def excerpts(text: str, spans: Sequence[Span], limit: int = LIMIT) -> tuple[tuple[Piece, ...], ...]:
    """The sentences around the spans in the order of the text, each once and cut into pieces.

    Spans outside the text, empty or overlapping an earlier one are left out: texts may have been read again.
    """
    found: list[tuple[int, int, list[Span]]] = []
    for span in _apart(text, spans):
        left, right = _sentence(text, span, limit)
        start, end, held = found[-1] if found else (0, 0, [])
        if span.start < end or (left < end and right - start <= limit):
            found[-1] = (start, max(end, right if right - start <= limit else span.end), [*held, span])
        else:
            found.append((max(left, end), right, [span]))
    return tuple(_pieces(text, *one) for one in found)


def whole(text: str, spans: Sequence[Span], limit: int = LIMIT) -> tuple[Piece, ...]:
    """A short text, such as a title, from its beginning, cut into pieces."""
    end = min(len(text), limit)
    return _pieces(text, 0, end, [span for span in _apart(text, spans) if span.end <= end])


def paragraphs_of(text: str, spans: Sequence[Span]) -> list[tuple[Piece, ...]]:
    """A text line by line without its empty lines, cut into pieces."""
    found, at = [], 0
    for line in text.split("\n"):
        inside = [Span(s.start - at, s.end - at, s.name) for s in spans if at <= s.start < at + len(line)]
        if line.strip():
            found.append(whole(line, inside, _PARAGRAPH))
        at += len(line) + 1
    return found


def _apart(text: str, spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        last = found[-1].end if found else 0
        if last <= span.start < span.end <= len(text):
            found.append(span)
    return found


def _sentence(text: str, span: Span, limit: int) -> tuple[int, int]:
    near = max(0, span.start - limit)
    left = max((m.end() for m in _SENTENCE_END.finditer(text, near, span.start)), default=near)
    after = _SENTENCE_END.search(text, span.end, span.end + limit)
    right = after.end() if after else min(len(text), span.end + limit)
    if right - left <= limit:
        return left, right
    spare = max(0, limit - (span.end - span.start)) // 2
    return max(left, span.start - spare), min(right, span.end + spare)


def _pieces(text: str, start: int, end: int, spans: Sequence[Span]) -> tuple[Piece, ...]:
    found, at = [], start
    for span in spans:
        found.append(Piece(_clean(text[at : span.start])))
        found.append(Piece(_clean(text[span.start : span.end]), span.name))
        at = span.end
    found.append(Piece(_clean(text[at:end])))
    return tuple(piece for piece in found if piece.text)


def _clean(text: str) -> str:
    """One line, nothing invisible; a space at either end stays, since the pieces stand side by side."""
    inner = one_line(text, LIMIT * 2)
    if not inner:
        return " " if text else ""
    return (" " if text[:1].isspace() else "") + inner + (" " if text[-1:].isspace() else "")
