"""Strict reading of rows that people edit: JSON lines and TOML tables.

Nothing here raises on a bad row: every problem is collected with file, line and reason, so that a person
sees all of them at once. Which keys a row has and what they mean is the rooms' business.
"""

import json
import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from monitor.core.errors import Problem

MAX_LINE_BYTES = 1_000_000  # the longest line of the shipped register has 4 kB
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")
T = TypeVar("T")
Text = TypeVar("Text", bound=str)


class Row:
    """One table of a file with typed access; what is missing or wrong becomes a problem, not an exception.

    After noting a problem a reader returns a harmless value of its type: whoever reads rows throws everything
    away when `problems` is not empty at the end.
    """

    def __init__(self, raw: Mapping[str, Any], where: str, problems: list[Problem], label: str = "") -> None:
        self.raw = raw
        self.where = where
        self.problems = problems
        self.label = label

    def note(self, reason: str) -> None:
        """Refuse the row with `reason`."""
        self.problems.append(Problem(self.where, f"{self.label}{reason}"))

    def refuse_double(self, word: str, value: Text, known: dict[Text, "Row"]) -> None:
        """Refuse what an earlier row said: `known` holds the first row of each value."""
        if value and value in known:
            self.note(f"{word} {value!r} stands already at {known[value].where}")
        known.setdefault(value, self)

    def keys(self, required: Collection[str], optional: Collection[str] = ()) -> None:
        """Refuse missing and unknown keys."""
        for key in required:
            if key not in self.raw:
                self.note(f"key {key!r} is missing")
        for key in self.raw:
            if key not in required and key not in optional:
                self.note(f"key {key!r} is unknown")

    def text(self, key: str, *, allow_empty: bool = False) -> str:
        """A string without control characters, stripped of nothing."""
        value = self.raw.get(key, "" if allow_empty else None)
        if not isinstance(value, str):
            if key in self.raw:
                self.note(f"{key} must be a string, not {_kind(value)}")
            return ""
        if not value.strip() and not allow_empty:
            self.note(f"{key} is empty")
        elif fault := bad_character(value):
            self.note(f"{key} holds {fault}")
        return value

    def optional_text(self, key: str) -> str | None:
        """A non-empty string or null."""
        return None if self.raw.get(key) is None else self.text(key)

    def flag(self, key: str) -> bool:
        """true or false."""
        return self._typed(key, bool, "true or false", default=False)

    def choice(self, key: str, allowed: Collection[str]) -> str:
        """One of `allowed`."""
        value = self.text(key)
        if value and value not in allowed:
            self.note(f"{key} {value!r} is not one of {', '.join(allowed)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of non-empty strings."""
        found = self._typed(key, list, "a list", default=[])
        for item in found:
            if not isinstance(item, str) or not item.strip():
                self.note(f"{key} must hold non-empty strings, not {_kind(item)}")
            elif fault := bad_character(item):
                self.note(f"{key} holds {fault}")
        return tuple(item for item in found if isinstance(item, str))

    def tables(self, key: str) -> list["Row"]:
        """A list of tables, each a row of its own that shares the problems."""
        rows: list[Row] = []
        for n, item in enumerate(self._typed(key, list, "a list", default=[]), 1):
            if isinstance(item, dict):
                rows.append(Row(item, self.where, self.problems, f"{self.label}{key}[{n}]: "))
            else:
                self.note(f"{key}[{n}] must be an object, not {_kind(item)}")
        return rows

    def table(self, key: str) -> "Row":
        """A table as a row of its own that shares the problems; empty when missing or wrong."""
        value = self._typed(key, dict, "an object", default={})
        return Row(value, self.where, self.problems, f"{self.label}{key}: ")

    def whole(self, key: str, *, least: int) -> int:
        """A whole number of at least `least`."""
        value = self._typed(key, int, "a whole number", default=least)
        if value < least:
            self.note(f"{key} must be at least {least}, not {value}")
        return value

    def _typed(self, key: str, kind: type[T], word: str, default: T) -> T:
        if key not in self.raw:
            return default
        value: Any = self.raw[key]
        is_kind = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        if is_kind:
            return cast(T, value)
        self.note(f"{key} must be {word}, not {_kind(value)}")
        return default


def bad_character(text: str) -> str:
    """Names the first control character, half surrogate or direction override; empty when there is none."""
    if text.isprintable():  # the usual case, some times faster than to look at every character
        return ""
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs") or char in _BIDI_CONTROLS:
            return f"the control character U+{ord(char):04X}"
    return ""


def read_json_lines(path: Path, problems: list[Problem]) -> list[Row]:
    """The objects of a JSON-lines file, one row a line; blank lines are passed over."""
    content = read_content(path, problems)
    return [] if content is None else json_lines(content, str(path), problems)


def read_content(path: Path, problems: list[Problem]) -> bytes | None:
    """The bytes of a file; None after a noted problem."""
    try:
        return path.read_bytes()
    except OSError as error:
        problems.append(Problem(str(path), f"cannot be read: {error.strerror}"))
        return None


def json_lines(content: bytes, path: str, problems: list[Problem]) -> list[Row]:
    """The objects of a JSON-lines file that was read; `path`: where problems are said to be."""
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    rows = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            where = f"{path}:{number}"
            raw = _json_object(line, where, problems)
            if raw is not None:
                rows.append(Row(raw, where, problems))
    if not any(line.strip() for line in lines):
        problems.append(Problem(path, "is empty"))
    return rows


def _json_object(line: bytes, where: str, problems: list[Problem]) -> dict[str, Any] | None:
    if len(line) > MAX_LINE_BYTES:
        reason = f"the line has {len(line)} bytes, more than {MAX_LINE_BYTES}"
    else:
        try:
            value = json.loads(line.decode(), object_pairs_hook=_no_doubles, parse_constant=_no_constant)
        except UnicodeDecodeError as error:
            reason = f"not UTF-8 at byte {error.start}"
        except (ValueError, RecursionError) as error:
            reason = f"not JSON: {error}"
        else:
            if isinstance(value, dict):
                return value
            reason = f"must be a JSON object, not {_kind(value)}"
    problems.append(Problem(where, reason))
    return None


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"key {twice!r} stands twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def read_toml(path: Path, problems: list[Problem]) -> tuple[dict[str, Any], str] | None:
    """The document and its text; None after a noted problem."""
    try:
        text = path.read_bytes().decode("utf-8-sig")  # some editors put a mark before it
        return tomllib.loads(text), text
    except OSError as error:
        problems.append(Problem(str(path), f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError as error:
        problems.append(Problem(str(path), f"not UTF-8 at byte {error.start}"))
    except (ValueError, RecursionError) as error:  # no TOML, a number of 5,000 digits, 1,000 lists in a list
        at = _TOML_LINE.search(str(error))
        where = f"{path}:{at[1]}" if at else str(path)
        problems.append(Problem(where, f"not TOML: {error}"))
    return None


def toml_rows(path: Path, name: str, problems: list[Problem], *, none_ok: bool = False) -> list[Row]:
    """The `[[name]]` tables of a TOML file as rows that know the line of their header."""
    read = read_toml(path, problems)
    if read is None:
        return []
    document, text = read
    if name not in document and not none_ok:
        problems.append(Problem(str(path), f"holds no [[{name}]]"))
    top = Row(document, str(path), problems)
    top.keys((), (name,))
    rows = top.tables(name)
    header = re.compile(rf"^[ \t]*\[\[\s*{re.escape(name)}\s*\]\]", re.MULTILINE)
    lines = [text.count("\n", 0, match.start()) + 1 for match in header.finditer(text)]
    for n, row in enumerate(rows):
        row.label = ""
        if len(lines) == len(rows):  # else the tables are written in another way: the file must do
            row.where = f"{path}:{lines[n]}"
    return rows


def _kind(value: object) -> str:
    names = {str: "a string", bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return "null" if value is None else names.get(type(value), "an object")
