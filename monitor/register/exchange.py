"""The register out to a file that people edit and back (JSON lines, CSV, XLSX), and what an edit changes."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from monitor.core.errors import InputError, OutsideError, Problem, UsageError
from monitor.core.rows import Row, read_json_lines
from monitor.register.columns import COLUMNS, MAX_CELL, cells_of, guarded, line_of, raw_of
from monitor.register.load import load_register
from monitor.register.sheets import SHEET, read_sheet, too_large
from monitor.register.types import Register

FORMATS = ("jsonl", "xlsx", "csv")
_WIDTHS = {"title": 60, "title_ru": 60, "parties": 60, "notes": 60, "targets": 40, "history": 40}


@dataclass(frozen=True, slots=True)
class Edits:
    """What another set of rows changes, by agreement id, in the order of the files."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: Mapping[str, Mapping[str, tuple[Any, Any]]]  # field: before, after; None where there is none
    is_reordered: bool  # rows that stand in both came in another order

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.added or self.removed or self.changed or self.is_reordered)


def compare(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Edits:
    """The difference of two registers row by row, field by field."""
    old, new = ({str(raw.get("id")): raw for raw in rows} for rows in (before, after))
    both = [i for i in old if i in new]
    changed = {i: fields for i in both if (fields := changed_fields(old[i], new[i]))}
    return Edits(
        added=tuple(i for i in new if i not in old),
        removed=tuple(i for i in old if i not in new),
        changed=changed,
        is_reordered=both != [i for i in new if i in old],
    )


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Fields that differ. A key that is missing on one side and empty on the other does not."""
    return {
        key: (before.get(key), after.get(key))
        for key in (*before, *(k for k in after if k not in before))
        if before.get(key) != after.get(key) and _is_told(key, before, after)
    }


def _is_told(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return bool(before.get(key) or after.get(key)) or (key in before and key in after)


def read_register(path: Path, config: Path) -> tuple[Register, list[dict[str, Any]]]:
    """The register that a config folder would have with the rows of a file, and these rows.

    Errors: UsageError for a file of another kind; InputError with every bad row and its reasons, in the order
    of the file. What cannot be read of a row stands for all that could be said of it.
    """
    rows, problems = read_rows(path)
    unreadable = {problem.where for problem in problems}
    register = None
    if rows:
        try:
            register = load_register(config, rows)
        except InputError as error:
            problems += [problem for problem in error.problems if problem.where not in unreadable]
    if problems or register is None:
        raise InputError(sorted(problems, key=lambda problem: _place(problem.where)))
    return register, [dict(row.raw) for row in rows]


def check_rows(raws: Iterable[Mapping[str, Any]], config: Path) -> Register:
    """The register that a config folder would have with these rows.

    Errors: InputError with every reason; where it says, stands the row's id.
    """
    return load_register(config, [Row(raw, str(raw.get("id", "")), []) for raw in raws])


def _place(where: str) -> tuple[str, int]:
    path, _, line = where.rpartition(":")
    return (path, int(line)) if line.isdigit() else (where, 0)


def read_rows(path: Path) -> tuple[list[Row], list[Problem]]:
    """The rows of a file by its ending, and what can be said against them without knowing the gazetteer.

    Errors: UsageError for another ending.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise UsageError(f"{path}: a register is read from a file that ends in .{', .'.join(FORMATS)}")
    problems: list[Problem] = []
    reason = too_large(path)
    if reason:
        return [], [Problem(str(path), reason)]
    if suffix == "jsonl":
        rows = read_json_lines(path, problems)
    else:
        rows = []
        for number, cells in read_sheet(path, problems):
            row = Row({}, f"{path}:{number}", problems)
            row.raw = raw_of(cells, row.note)
            rows.append(row)
    return rows, problems


def as_lines(raws: Iterable[Mapping[str, Any]]) -> bytes:
    """The register's own file: one JSON object a line."""
    return "".join(f"{line_of(raw)}\n" for raw in raws).encode()


def write(raws: Sequence[Mapping[str, Any]], form: str, out: BinaryIO) -> None:
    """The rows in a format of FORMATS. Errors: OutsideError for a cell that no sheet can hold."""
    if form == "jsonl":
        out.write(as_lines(raws))
        return
    rows = [[guarded(cell) for cell in _checked(raw).values()] for raw in raws]
    (_write_xlsx if form == "xlsx" else _write_csv)(rows, out)


def _checked(raw: Mapping[str, Any]) -> dict[str, str]:
    cells = cells_of(raw)
    for name, cell in cells.items():
        if len(cell) >= MAX_CELL:
            raise OutsideError(
                f"{raw['id']}: {name} has {len(cell)} characters, more than a cell can hold; use jsonl"
            )
    return cells


def _write_csv(rows: Sequence[Sequence[str]], out: BinaryIO) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    out.write(text.getvalue().encode("utf-8-sig"))  # without the mark Excel takes it for windows-1251


def _write_xlsx(rows: Sequence[Sequence[str]], out: BinaryIO) -> None:
    import xlsxwriter

    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, settings) as book:
        sheet = book.add_worksheet(SHEET)
        # cells of the format "text" stay as they are typed: 2019-05 does not become a date
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        head = book.add_format({"num_format": "@", "bold": True})
        for column, name in enumerate(COLUMNS):
            sheet.set_column(column, column, _WIDTHS.get(name, 16), text)
            sheet.write_string(0, column, name, head)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, column, cell, text)
        sheet.freeze_panes(1, 1)


def stored(config: Path) -> list[dict[str, Any]]:
    """The rows of a config folder as they stand in the file. Errors: InputError."""
    problems: list[Problem] = []
    rows = read_json_lines(config / "register" / "agreements.jsonl", problems)
    if problems:
        raise InputError(problems)
    return [dict(row.raw) for row in rows]
