"""Reads labelled news items, strictly, and knows a text again: as a copy, an excerpt or with a line added.

Which items belong to one event is for groups.py.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

STAGES = frozenset({"announcement", "signing", "implementation", "result", "anniversary", "problem", "none"})

_RUN_LETTERS = 80  # long enough that two stories do not share a run by chance, short enough for one sentence
# NUL, and a half of a pair of UTF-16: JSON can spell them, no database or terminal takes them
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
_SENTENCE_END = re.compile(r"[.!?…]+[\s»\"”)]+|\n+")


@dataclass(frozen=True, slots=True)
class LabelledItem:
    """One news item with what people say of it."""

    id: str
    lang: str  # ISO 639-1
    outlet_kind: str
    outlet_region: str
    published: datetime  # aware
    title: str
    text: str
    cooperation: bool
    topics: tuple[str, ...]  # main one first; empty where `cooperation` is false
    pairs: tuple[tuple[str, str], ...]  # (Belarusian party, foreign party), English names
    agreements: tuple[str, ...]  # register ids
    stage: str
    hard: str  # what makes it difficult, or empty


class CorpusError(Exception):
    """A corpus is refused as a whole; `bad` holds every (line, reason). Lines count from 1, 0 is the file."""

    def __init__(self, source: str, bad: Sequence[tuple[int, str]]) -> None:
        self.source = source
        self.bad = tuple(bad)
        super().__init__("\n".join(f"{source}:{line}: {reason}" for line, reason in self.bad))


class _Refused(Exception):
    """One line is no labelled item; the message says why."""


def load_corpus(path: Path) -> list[LabelledItem]:
    """All items of a JSON-lines file, in order.

    Errors: CorpusError with every bad line: no JSON, a field missing or of the wrong kind, an id used twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(str(path), [(0, f"cannot be read: {error}")]) from error
    # not splitlines: a JSON string may hold U+2028 and its like
    lines = text.removesuffix("\n").split("\n") if text else []
    items: list[LabelledItem] = []
    bad: list[tuple[int, str]] = []
    first_line: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        try:
            item = _item(line)
        except _Refused as refused:
            bad.append((number, str(refused)))
            continue
        except RecursionError:  # from reading the line, or from showing a value that was just shallow enough
            bad.append((number, "is nested too deeply"))
            continue
        if item.id in first_line:
            bad.append((number, f"id {item.id} was used in line {first_line[item.id]}"))
            continue
        first_line[item.id] = number
        items.append(item)
    if not lines:
        bad.append((0, "holds no items"))
    if bad:
        raise CorpusError(str(path), bad)
    return items


def renamed(items: Sequence[LabelledItem], became: Mapping[str, Sequence[str]]) -> list[LabelledItem]:
    """Items under the topics of today. An item of a topic that was split has all parts of it: to leave it out
    would teach that it has none."""
    if not became:
        return list(items)
    return [
        replace(
            item,
            topics=tuple(dict.fromkeys(new for old in item.topics for new in became.get(old, (old,)))),
        )
        for item in items
    ]


def content_key(title: str, text: str) -> str:
    """SHA-256 (hex) over the letters and digits of title and text: case, spacing and marks do not count."""
    return hashlib.sha256(_letters(title + text).encode()).hexdigest()


def paragraph_keys(text: str) -> frozenset[str]:
    """Keys (16 hex digits) of the shortest run of whole sentences with 80 letters from each sentence on.

    Two texts share a key when they share such a passage, whatever stands before or after it.
    """
    sentences = [letters for part in _SENTENCE_END.split(text) if (letters := _letters(part))]
    keys: set[str] = set()
    for start in range(len(sentences)):
        run = ""
        for sentence in sentences[start:]:
            run += sentence
            if len(run) >= _RUN_LETTERS:
                keys.add(hashlib.sha256(run.encode()).hexdigest()[:16])
                break
    return frozenset(keys)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _item(line: str) -> LabelledItem:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise _Refused(f"is no JSON: {error}") from error
    if not isinstance(row, dict):
        raise _Refused("is no JSON object")
    item = LabelledItem(
        id=_field(row, "id", _is_word),
        lang=_field(row, "lang", _is_word),
        outlet_kind=_field(row, "outlet_kind", _is_str, ""),
        outlet_region=_field(row, "outlet_region", _is_str, ""),
        published=_time(_field(row, "published", _is_word)),
        title=_field(row, "title", _is_str),
        text=_field(row, "text", _is_str),
        cooperation=_field(row, "cooperation", _is_bool),
        topics=tuple(_field(row, "topics", _is_words)),
        pairs=tuple((a, b) for a, b in _field(row, "pairs", _is_pairs, [])),
        agreements=tuple(_field(row, "agreements", _is_words, [])),
        stage=_field(row, "stage", STAGES.__contains__, "none"),
        hard=_field(row, "hard", _is_str, ""),
    )
    if item.topics and not item.cooperation:
        raise _Refused("has topics although `cooperation` is false")
    if len(set(item.topics)) < len(item.topics):
        raise _Refused("`topics` names a topic twice")
    return item


_REQUIRED = object()


def _field(row: dict[str, Any], name: str, fits: Callable[[Any], bool], default: Any = _REQUIRED) -> Any:
    value = row.get(name, default)
    if value is _REQUIRED:
        raise _Refused(f"has no `{name}`")
    try:
        good = fits(value)
    except TypeError:  # a list or object where a word is looked up in a set
        good = False
    if not good:
        raise _Refused(f"`{name}` cannot be {_shown(value)}")
    if any(_UNKEPT.search(text) for text in _texts(value)):
        raise _Refused(f"`{name}` holds a character that no text has: {json.dumps(value)[:60]}")
    return value


def _shown(value: Any) -> str:
    """The beginning of a value, as any terminal can write it."""
    shown = json.dumps(value, ensure_ascii=False)
    return (json.dumps(value) if _UNKEPT.search(shown) else shown)[:60]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _is_str(value: Any) -> bool:
    return isinstance(value, str)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_word, value))


def _is_pairs(value: Any) -> bool:
    return isinstance(value, list) and all(_is_words(pair) and len(pair) == 2 for pair in value)


def _time(value: str) -> datetime:
    try:
        time = datetime.fromisoformat(value)
    except ValueError as error:
        raise _Refused(f"`published` is no ISO time: {value[:40]}") from error
    if time.tzinfo is None:
        raise _Refused(f"`published` has no time zone: {value}")
    return time
