"""Sheets that people bring back, CSV and XLSX, as rows of cells; every cell is text. Nothing is trusted.

A file is bounded before it is opened and while it is read: size, what it unpacks to, rows, columns, cells.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from monitor.core.errors import Problem
from monitor.register.columns import COLUMNS, MAX_CELL, CellError, unguarded

MAX_BYTES = 128_000_000  # of a file, and of what a workbook unpacks to; the shipped register has 0.5 MB
MAX_ROWS = 20_000
SHEET = "agreements"
_MAX_PARTS = 200  # files in a workbook; ours has 11
_MAX_SIDE_PART = 5_000_000  # bytes unpacked: styles and the like, which are read whole
_BIG_PARTS = ("xl/worksheets/", "xl/sharedStrings.xml")
_EXACT = 1e15  # whole numbers below are exact as floats
_DELIMITERS = (",", ";", "\t")

Cells = tuple[int, dict[str, str]]  # row number as the spreadsheet shows it, text by column


class Fault(str):
    """In place of a cell's text: why it has none that can be read."""

    __slots__ = ()


class SheetError(Exception):
    """Why reading cannot go on, and at which row (0: the whole file)."""

    def __init__(self, row: int, reason: str) -> None:
        self.row = row
        super().__init__(reason)


def read_sheet(path: Path, problems: list[Problem]) -> list[Cells]:
    """The rows under the heading, blank ones passed over; what cannot be read is noted with its row."""
    read = _xlsx if path.suffix.lower() == ".xlsx" else _csv
    found: list[Cells] = []
    heading: list[str] | None = None
    try:
        for number, values in _bounded(read(path)):
            if heading is None:
                heading = _heading(number, values)
            elif any(value.strip() for value in values):  # spreadsheets keep a space that nobody sees
                found.append((number, _row(path, number, heading, values, problems)))
        if heading is None:
            raise SheetError(0, "is empty")
        if not found and not problems:
            raise SheetError(0, "holds no row under its heading")
    except SheetError as error:
        problems.append(Problem(f"{path}:{error.row}" if error.row else str(path), str(error)))
    return found


def too_large(path: Path) -> str:
    """Why the file cannot be read at all; empty where it can."""
    try:
        if not path.is_file():
            return "cannot be read: no such file" if not path.exists() else "cannot be read: is no file"
        size = path.stat().st_size
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return f"has {size} bytes, more than {MAX_BYTES}" if size > MAX_BYTES else ""


def _bounded(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for number, values in rows:
        if number > MAX_ROWS + 1:
            raise SheetError(number, f"more than {MAX_ROWS} rows")
        yield number, values


def _heading(number: int, values: Sequence[str]) -> list[str]:
    """The column names. Errors: SheetError naming what is missing, unknown or there twice."""
    names = list(values)
    while names and not names[-1]:
        names.pop()
    faults = [f"column {name!r} is missing" for name in COLUMNS if name not in names]
    faults += [f"column {name[:40]!r} is unknown" for name in dict.fromkeys(names) if name not in COLUMNS]
    faults += [f"column {name!r} stands twice" for name in COLUMNS if names.count(name) > 1]
    if faults:
        raise SheetError(number, "; ".join(faults[:30]))
    return names


def _row(
    path: Path, number: int, heading: Sequence[str], values: Sequence[str], problems: list[Problem]
) -> dict[str, str]:
    where = f"{path}:{number}"
    if len(values) > len(heading) and any(values[len(heading) :]):
        problems.append(Problem(where, f"has more cells than the {len(heading)} columns of the heading"))
    cells = dict.fromkeys(COLUMNS, "")
    for name, value in zip(heading, values, strict=False):
        if len(value) > MAX_CELL:
            problems.append(Problem(where, f"{name}: {len(value)} characters, more than {MAX_CELL}"))
            continue
        try:
            if isinstance(value, Fault):
                raise CellError(value)
            cells[name] = unguarded(value)
        except CellError as error:
            problems.append(Problem(where, f"{name}: {error}"))
    return cells


# --- CSV ---


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            delimiter = _delimiter(lines.readline(MAX_CELL))
            lines.seek(0)
            for number, values in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), 1):
                yield number, values
    except UnicodeDecodeError:
        raise SheetError(number + 1, "is not UTF-8: save it as CSV UTF-8") from None
    except csv.Error as error:
        raise SheetError(number + 1, f"cannot be read as CSV: {error}") from error
    except OSError as error:
        raise SheetError(0, f"cannot be read: {error.strerror}") from error


def _delimiter(first: str) -> str:
    """What stands between the names of the heading; spreadsheets of our countries write semicolons."""
    return max(_DELIMITERS, key=first.count)


# --- XLSX ---


def _xlsx(path: Path) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook  # half a second to import
    from openpyxl.utils.exceptions import InvalidFileException

    number = 0
    try:
        _refuse_bomb(path)
        book = load_workbook(io.BytesIO(path.read_bytes()), read_only=True, keep_links=False)
        sheet = _sheet(book)
        sheet.reset_dimensions()  # what the file says of its size need not be true
        for number, row in enumerate(sheet.iter_rows(), 1):
            yield number, [_cell(cell) for cell in row]
    except OSError as error:
        raise SheetError(0, f"cannot be read: {error.strerror or error}") from error
    # what a damaged workbook makes the library raise, seen with files bent in tests/chaos/fuzz
    except (
        InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, IndexError,
        AttributeError, NotImplementedError, SyntaxError, EOFError, RuntimeError, zlib.error,
    ) as error:  # fmt: skip
        raise SheetError(
            number + 1 if number else 0, f"cannot be read as XLSX: {_one_line(_cause(error))}"
        ) from error


def _refuse_bomb(path: Path) -> None:
    """Errors: SheetError for a workbook that unpacks to more than we read, by its own word.

    Unpacking stops at the sizes that the archive gives: a lie about them ends in an error, not in memory.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > _MAX_PARTS:
            raise SheetError(0, f"holds {len(parts)} files, more than {_MAX_PARTS}")
        total = sum(part.file_size for part in parts)
        if total > MAX_BYTES:
            raise SheetError(0, f"unpacks to {total} bytes, more than {MAX_BYTES}")
        for part in parts:
            if part.file_size > _MAX_SIDE_PART and not part.filename.startswith(_BIG_PARTS):
                raise SheetError(0, f"{part.filename!r} unpacks to {part.file_size} bytes")


def _sheet(book: Any) -> Any:
    names = book.sheetnames
    if SHEET in names:
        return book[SHEET]
    if len(names) != 1:
        raise SheetError(0, f"holds {len(names)} sheets and none is called {SHEET!r}")
    return book[names[0]]


def _cell(cell: Any) -> str:
    """The text of a cell, a fault for formulas, errors and times."""
    value, kind = cell.value, cell.data_type
    if kind in ("f", "e"):
        return Fault(f"holds {'a formula' if kind == 'f' else 'an error'}: {_one_line(value)}")
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _date(value, cell.number_format)
    if isinstance(value, int | float):
        is_whole = abs(value) < _EXACT and value == int(value)
        return str(int(value)) if is_whole else repr(value)
    return Fault(f"holds {_one_line(value)}, not text")


def _date(value: datetime, shown_as: str) -> str:
    """A date as the sheet shows it: a cell that shows no day was typed without one."""
    return f"{value:%Y-%m-%d}" if "d" in (shown_as or "d").lower() else f"{value:%Y-%m}"


def _cause(error: BaseException) -> BaseException:
    """What lies under the library's own words."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _one_line(error: object) -> str:
    text = " ".join(str(getattr(error, "text", error)).split())
    return text if len(text) <= 120 else f"{text[:120]}..."
