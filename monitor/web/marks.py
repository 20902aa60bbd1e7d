"""Excerpts of a text with the words marked that prove something. Pure; escaping is left to the template."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.reports.plain import one_line

LIMIT = 300  # characters quoted around a mark, as in a mail
_PARAGRAPH = 4000  # characters shown of one
_SENTENCE_END = re.compile(r"[.!?…]+[\s»\"”)]+|\n+")
_ENDED = re.compile(r"(?:[.!?…]+[\s»\"”)]*|\n)\Z")
_LONGEST_WORD = 60  # characters; what is longer is no word and may be cut anywhere
_ELLIPSIS = "…"


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

    One that is too long loses whole words before and behind its spans, and an ellipsis stands there. Spans
    outside the text, empty or overlapping an earlier one are left out: texts may have been read again.
    """
    found: list[tuple[int, int, list[Span]]] = []
    for span in _apart(text, spans):
        left, right = _sentence(text, span, limit)
        start, end, held = found[-1] if found else (0, 0, [])
        if span.start < end or (left < end and right - start <= limit):
            found[-1] = (start, max(end, right if right - start <= limit else span.end), [*held, span])
        else:
            found.append((max(left, end), right, [span]))
    return tuple(_quoted(text, *one) for one in found)


def whole(text: str, spans: Sequence[Span], limit: int = LIMIT) -> tuple[Piece, ...]:
    """A short text, such as a title, from its beginning, in pieces; a long one ends with an ellipsis."""
    if len(text) <= limit:
        return _pieces(text, 0, len(text), _apart(text, spans))
    held = [span for span in _apart(text, spans) if span.end <= limit]
    end = _word_end(text, limit, held[-1].end if held else 0)
    return _with_ellipses(_pieces(text, 0, end, held), before=False, behind=end < len(text))


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


def _quoted(text: str, start: int, end: int, spans: Sequence[Span]) -> tuple[Piece, ...]:
    """Part of a text in pieces, from the beginning of a word to the end of one, its ellipses told."""
    is_begun = not start or bool(_ENDED.search(text, max(0, start - 9), start))
    left = start if is_begun else _word_start(text, start, spans[0].start)
    is_ended = end == len(text) or bool(_ENDED.search(text, max(0, end - 9), end))
    right = end if is_ended else _word_end(text, end, spans[-1].end)
    is_ended = is_ended or right == len(text)
    return _with_ellipses(_pieces(text, left, right, spans), before=not is_begun, behind=not is_ended)


def _word_start(text: str, start: int, most: int) -> int:
    """The beginning of the first word from `start` on; of the one that holds `most`, if none is before."""
    if text[start - 1].isspace():
        return start
    after = next((n + 1 for n in range(start, most) if text[n].isspace()), None)
    if after is not None:
        return after
    lowest = max(0, start - _LONGEST_WORD)
    return next((n + 1 for n in range(start - 1, lowest - 1, -1) if text[n].isspace()), start)


def _word_end(text: str, end: int, least: int) -> int:
    """The end of the last word up to `end`; of the one that holds `least`, if none is behind."""
    if text[end].isspace():
        return end
    before = next((n for n in range(end - 1, least - 1, -1) if text[n].isspace()), None)
    if before is not None:
        return before
    highest = min(len(text), end + _LONGEST_WORD)
    behind = next((n for n in range(end, highest) if text[n].isspace()), None)
    return behind if behind is not None else highest if highest == len(text) else end


def _with_ellipses(pieces: tuple[Piece, ...], *, before: bool, behind: bool) -> tuple[Piece, ...]:
    """An ellipsis stands outside of marks: it is no word of theirs."""
    found = list(pieces)
    if before:
        if found and not found[0].name:
            found[0] = Piece(_ELLIPSIS + found[0].text.lstrip())
        else:
            found.insert(0, Piece(_ELLIPSIS))
    if behind:
        if found and not found[-1].name:
            found[-1] = Piece(found[-1].text.rstrip(" ,;:–—-") + _ELLIPSIS)
        else:
            found.append(Piece(_ELLIPSIS))
    return tuple(found)


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
    inner = one_line(text, 4 * len(text) + 1)  # bounded by who cuts it out; nothing more is lost here
    if not inner:
        return " " if text else ""
    return (" " if text[:1].isspace() else "") + inner + (" " if text[-1:].isspace() else "")
