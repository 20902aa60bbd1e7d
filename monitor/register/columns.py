"""The columns of the register as a sheet: one row an agreement, every value as the text of a cell. Pure.

What a cell holds and what the row holds can be turned into each other without loss. Lists of simple values
are joined by "; ", lists of objects stand one a line with their parts between "|". A text that holds such a
sign of its own has it written as "\\p" (|), "\\d" (;), "\\s" (a space at an end) or "\\\\" (the backslash).
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.core.text import FORMULA_SIGNS
from monitor.register.parse import AGREEMENT_KEYS, OPTIONAL_KEYS

MAX_CELL = 32_767  # characters, what a spreadsheet can hold
COLUMNS = (*AGREEMENT_KEYS, *OPTIONAL_KEYS)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_SPAN = re.compile(r"(\d{1,9})\.\.(\d{1,9})")
_ESCAPES = {"\\": "\\\\", "|": "\\p", ";": "\\d"}
_UNESCAPES = {"\\\\": "\\", "\\p": "|", "\\d": ";", "\\s": " "}


class CellError(ValueError):
    """Why a cell cannot be read."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How values of a column are written and read; `is_absent`: with an empty cell there is no such key."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]
    is_absent: bool = False


def cells_of(raw: Mapping[str, Any]) -> dict[str, str]:
    """The cells of an agreement's row as it stands in the file."""
    return {name: _KINDS[name].write(raw[name]) if name in raw else "" for name in COLUMNS}


def raw_of(cells: Mapping[str, str], note: Callable[[str], None]) -> dict[str, Any]:
    """The row that the cells spell, keys in the file's order; `note` takes what cannot be read, by column."""
    raw: dict[str, Any] = {}
    for name in COLUMNS:
        cell, kind = cells[name], _KINDS[name]
        if not cell and kind.is_absent:
            continue
        try:
            raw[name] = kind.read(cell)
        except CellError as error:
            note(f"{name}: {error}")
    return raw


def line_of(raw: Mapping[str, Any]) -> str:
    """The row as a line of the register's file: keys in their order, letters as they are."""
    ordered = {name: raw[name] for name in COLUMNS if name in raw}
    for name, keys in _OBJECTS.items():
        if name in ordered:
            ordered[name] = [{key: item[key] for key in keys if key in item} for item in ordered[name]]
    return json.dumps(ordered, ensure_ascii=False)


def guarded(cell: str) -> str:
    """The cell as a spreadsheet may hold it: an apostrophe before what it would take for a formula."""
    return f"'{cell}" if cell.startswith((*FORMULA_SIGNS, "'")) else cell


def unguarded(cell: str) -> str:
    """The cell that `guarded` gave. Errors: CellError where a formula stands without its apostrophe."""
    if cell.startswith("'"):
        return cell[1:]
    if cell.startswith(FORMULA_SIGNS):
        raise CellError(
            f"begins with {cell[0]}, which a spreadsheet takes for a formula; put an apostrophe (') before it"
        )
    return cell


# --- single values ---


def _text(cell: str) -> str:
    return cell


def _or_null(cell: str) -> str | None:
    return cell or None


def _from_null(value: str | None) -> str:
    return value or ""


def _flag(cell: str) -> bool:
    if cell.lower() not in ("true", "false"):
        raise CellError(f"{_shown(cell)} is not true or false")
    return cell.lower() == "true"


def _whole(cell: str) -> int | None:
    if not cell:
        return None
    if not re.fullmatch(r"\d{1,9}", cell):
        raise CellError(f"{_shown(cell)} is not a whole number")
    return int(cell)


def _write_value(value: float | str | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and value and not value.startswith('"') and not _NUMBER.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _value(part: str) -> float | str | None:
    if not part:
        return None
    if part.startswith('"') or _NUMBER.fullmatch(part):
        try:
            value = json.loads(part)
        except ValueError:
            raise CellError(f"{_shown(part)} begins with a quotation mark and ends without one") from None
        if isinstance(value, str | int | float):
            return value
    return part


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else f"{cell[:40]}...")


# --- lists ---


def _escape(text: str) -> str:
    written = "".join(_ESCAPES.get(char, char) for char in text)
    if written.startswith(" "):
        written = f"\\s{written[1:]}"
    return f"{written[:-1]}\\s" if written.endswith(" ") else written


def _unescape(part: str) -> str:
    def plain(found: re.Match[str]) -> str:
        if found[0] not in _UNESCAPES:
            raise CellError(f"{_shown(found[0])} is none of {', '.join(_UNESCAPES)}")
        return _UNESCAPES[found[0]]

    return re.sub(r"\\.?", plain, part.strip(" "))


def _write_list(values: Sequence[str]) -> str:
    return "; ".join(map(_escape, values))


def _list(cell: str) -> list[str]:
    return [_unescape(part) for part in cell.split(";")] if cell.strip(" ") else []


def _write_spans(spans: Sequence[Sequence[int]]) -> str:
    return "; ".join(f"{first}..{last}" for first, last in spans)


def _spans(cell: str) -> list[list[int]]:
    found = []
    for part in _list(cell):
        match = _SPAN.fullmatch(part)
        if match is None:
            raise CellError(f"{_shown(part)} is not FIRST..LAST")
        found.append([int(match[1]), int(match[2])])
    return found


# The parts of each object in its cell, in order, and whether an empty part is null or an empty text
_Part = tuple[str, Callable[[Any], str], Callable[[str], Any]]


def _objects(*parts: _Part, is_absent: bool = False) -> _Kind:
    names = " | ".join(name for name, _, _ in parts)

    def write(items: Sequence[Mapping[str, Any]]) -> str:
        return "\n".join(" | ".join(_escape(to(item[name])) for name, to, _ in parts) for item in items)

    def read(cell: str) -> list[dict[str, Any]]:
        found = []
        for n, line in enumerate(cell.replace("\r\n", "\n").split("\n"), 1):
            if not line.strip(" "):
                continue
            given = [_unescape(part) for part in line.split("|")]
            if len(given) != len(parts):
                raise CellError(f"line {n} has {len(given)} parts, not {len(parts)}: {names}")
            found.append({name: of(part) for (name, _, of), part in zip(parts, given, strict=True)})
        return found

    return _Kind(write, read, is_absent)


_TEXT = _Kind(_text, _text)
_NULLABLE = _Kind(_from_null, _or_null)
_LIST = _Kind(_write_list, _list)
_OBJECTS = {
    "parties": ("place", "name", "side"),
    "targets": ("metric", "value", "unit", "by"),
    "history": ("step", "on", "until", "note"),
    "milestones": ("what", "by", "done"),
}
_KINDS: dict[str, _Kind] = {
    **dict.fromkeys(("id", "title", "title_ru", "kind", "status", "monitor_note", "seed", "notes"), _TEXT),
    **dict.fromkeys(("signed", "valid_until", "part_of", "event"), _NULLABLE),
    "parties": _objects(("place", _text, _text), ("name", _text, _text), ("side", _text, _text)),
    "topics": _LIST,
    "targets": _objects(
        ("metric", _text, _text),
        ("value", _write_value, _value),
        ("unit", _from_null, _or_null),
        ("by", _from_null, _or_null),
    ),
    "count": _Kind(lambda value: "" if value is None else str(value), _whole),
    "monitored": _Kind(lambda value: "true" if value else "false", _flag),
    "interest": _LIST,
    "lines": _Kind(_write_spans, _spans),
    "history": _objects(
        ("step", _text, _text),
        ("on", _from_null, _or_null),
        ("until", _from_null, _or_null),
        ("note", _text, _text),
        is_absent=True,
    ),
    "milestones": _objects(
        ("what", _text, _text), ("by", _from_null, _or_null), ("done", _from_null, _or_null), is_absent=True
    ),
}
