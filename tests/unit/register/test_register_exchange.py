"""The register out and back: identical in every format; a file that is off in any way is refused by row."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from monitor.core.errors import InputError, UsageError
from monitor.core.shipped import config_dir
from monitor.register import sheets
from monitor.register.columns import COLUMNS, cells_of, guarded
from monitor.register.exchange import FORMATS, as_lines, compare, read_register, stored, write
from monitor.register.load import load_register
from tests.register_files import agreement
from tests.register_files import write as write_config

Rows = list[list[str]]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config with two agreements; everything a file brings is judged against its places and topics."""
    return write_config(tmp_path, [agreement(1), agreement(2)])


def refused(path: Path, config: Path) -> list[str]:
    before = (config / "register" / "agreements.jsonl").read_bytes()
    with pytest.raises(InputError) as caught:
        read_register(path, config)
    assert (config / "register" / "agreements.jsonl").read_bytes() == before
    return [str(problem).removeprefix(str(path)) for problem in caught.value.problems]


def cells(*rows: dict[str, Any]) -> Rows:
    return [list(COLUMNS), *([guarded(cell) for cell in cells_of(row).values()] for row in rows)]


def changed(rows: Rows, row: int, column: str, value: Any) -> Rows:
    rows[row - 1][COLUMNS.index(column)] = value
    return rows


def csv_file(folder: Path, rows: Sequence[Sequence[str]], delimiter: str = ",") -> Path:
    path = folder / "edited.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out, delimiter=delimiter).writerows(rows)
    return path


def xlsx_file(folder: Path, rows: Sequence[Sequence[Any]], title: str = "agreements") -> Path:
    path = folder / "edited.xlsx"
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


@pytest.mark.parametrize("form", FORMATS)
def test_the_shipped_register_comes_back_as_it_went_out(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"register.{form}"
    rows = stored(config_dir())
    with path.open("wb") as out:
        write(rows, form, out)
    register, read = read_register(path, config_dir())
    assert as_lines(read) == (config_dir() / "register" / "agreements.jsonl").read_bytes()
    assert register == load_register(config_dir())
    assert compare(rows, read).is_empty


@pytest.mark.parametrize("form", FORMATS)
def test_steps_milestones_and_would_be_formulas_come_back_too(
    form: str, config: Path, tmp_path: Path
) -> None:
    rows = [
        agreement(
            1,
            title="=1+1",
            title_ru="'-",
            signed="2003",
            valid_until="2013",
            history=[
                {"step": "planned", "on": None, "until": None, "note": ""},
                {"step": "signed", "on": "2003", "until": "2008", "note": "in Pskov | at the fair; twice"},
                {"step": "renewed", "on": "2008-05", "until": "2013", "note": "+ five years"},
            ],
            milestones=[{"what": "- a school", "by": "2010-09", "done": None}],
        ),
    ]
    path = tmp_path / f"register.{form}"
    with path.open("wb") as out:
        write(rows, form, out)
    assert read_register(path, config)[1] == rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_sheet_may_use_the_signs_of_its_country(delimiter: str, config: Path, tmp_path: Path) -> None:
    rows = cells(agreement(1), agreement(3))
    assert [a for a in read_register(csv_file(tmp_path, rows, delimiter), config)[0].agreements] == [
        "AGR-0001", "AGR-0003",
    ]  # fmt: skip


def test_numbers_dates_and_flags_that_a_spreadsheet_made_of_text_are_read(
    config: Path, tmp_path: Path
) -> None:
    rows: list[list[Any]] = [list(row) for row in cells(agreement(1))]
    for column, value in (
        ("signed", 2003),
        ("valid_until", date(2030, 5, 1)),
        ("count", 7.0),
        ("monitored", True),
    ):
        rows[1][COLUMNS.index(column)] = value
    path = xlsx_file(tmp_path, rows)
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    cell = book.active.cell(2, COLUMNS.index("valid_until") + 1)
    cell.number_format = "mmm yy"  # typed as 2030-05: the cell shows no day
    book.save(path)
    found = read_register(path, config)[1][0]
    assert (found["signed"], found["valid_until"], found["count"]) == ("2003", "2030-05", 7)


FORMULA = "begins with =, which a spreadsheet takes for a formula; put an apostrophe (') before it"
BAD_CELLS: list[tuple[str, str, str]] = [
    ("id", "AGR-0001", ":3: id 'AGR-0001' stands already at {path}:2"),
    ("id", "17", ":3: id '17' is not AGR- and four digits"),
    ("parties", "by-nowhere | Nowhere | by", ":3: parties[1]: place 'by-nowhere' is not in the gazetteer"),
    ("part_of", "AGR-0002", ":3: part_of runs in a circle: AGR-0002 -> AGR-0002"),
    ("part_of", "AGR-0099", ":3: part_of 'AGR-0099' is not in the register"),
    ("signed", "2003-13", ":3: signed: month must be in 1..12"),
    ("signed", "30.09.2003", ":3: signed: '30.09.2003' is not YYYY, YYYY-MM or YYYY-MM-DD"),
    ("valid_until", "1999", ":3: signed 2003-09 after valid_until 1999"),
    ("topics", "trade; astrology", ":3: topic 'astrology' is not in topics.toml"),
    ("monitored", "perhaps", ":3: monitored: 'perhaps' is not true or false"),
    ("notes", "=2+3", f":3: notes: {FORMULA}"),
    ("notes", "x" * 40_000, ":3: notes: 40000 characters, more than 32767"),
    ("title", "a\u202eb", ":3: title holds the control character U+202E"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "reason"), BAD_CELLS, ids=[f"{c[0]}-{n}" for n, c in enumerate(BAD_CELLS)]
)
def test_a_bad_cell_is_refused_with_its_row_and_reason(
    column: str, cell: str, reason: str, config: Path, tmp_path: Path
) -> None:
    rows = changed(cells(agreement(1), agreement(2)), 3, column, cell)
    path = csv_file(tmp_path, rows)
    assert refused(path, config) == [reason.format(path=path)]


def test_every_bad_row_is_told_at_once_in_the_order_of_the_file(config: Path, tmp_path: Path) -> None:
    rows = cells(*(agreement(n) for n in (1, 2, 3)))
    changed(rows, 2, "status", "alive")
    changed(rows, 3, "count", "many")
    changed(rows, 4, "signed", "2003-02-30")
    told = refused(csv_file(tmp_path, rows), config)
    assert [line.split(":")[1] for line in told] == ["2", "3", "4"]
    assert told[1] == ":3: count: 'many' is not a whole number"


def test_a_formula_in_a_workbook_is_refused_whatever_it_shows(config: Path, tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, changed(cells(agreement(1)), 2, "title", '=HYPERLINK("http://evil.example")'))
    assert refused(path, config) == [':2: title: holds a formula: =HYPERLINK("http://evil.example")']


@pytest.mark.parametrize("make", [csv_file, xlsx_file], ids=["csv", "xlsx"])
def test_wrong_columns_are_named(make: Callable[[Path, Rows], Path], config: Path, tmp_path: Path) -> None:
    rows = cells(agreement(1))
    heading = rows[0]
    heading[heading.index("title")] = "name"
    heading[heading.index("notes")] = "seed"
    (told,) = refused(make(tmp_path, rows), config)
    assert told.split("; ") == [
        ":1: column 'title' is missing",
        "column 'notes' is missing",
        "column 'name' is unknown",
        "column 'seed' stands twice",
    ]


def test_more_cells_than_columns_are_refused(config: Path, tmp_path: Path) -> None:
    rows = cells(agreement(1))
    rows[1] += ["", "stray"]
    assert refused(csv_file(tmp_path, rows), config) == [
        f":2: has more cells than the {len(COLUMNS)} columns of the heading"
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"id,title\n", b"\xff\xfe\x00i\x00d", b'id,"title\n'])
def test_a_file_that_is_no_register_is_refused(content: bytes, config: Path, tmp_path: Path) -> None:
    path = tmp_path / "edited.csv"
    path.write_bytes(content)
    assert len(refused(path, config)) == 1


@pytest.mark.parametrize("make", [csv_file, xlsx_file], ids=["csv", "xlsx"])
def test_rows_of_spaces_are_passed_over_as_blank_ones(
    make: Callable[..., Path], config: Path, tmp_path: Path
) -> None:
    rows = cells(agreement(1))
    spaces = [[" " for _ in rows[0]], [" ", "\u00a0", "  "]]
    path = make(tmp_path, [*rows, *spaces])
    assert [row["id"] for row in read_register(path, config)[1]] == [agreement(1)["id"]]


def test_a_heading_alone_would_empty_the_register_and_is_refused(config: Path, tmp_path: Path) -> None:
    assert refused(csv_file(tmp_path, cells()), config) == [": holds no row under its heading"]


def test_the_wrong_types_of_a_json_line_are_refused(config: Path, tmp_path: Path) -> None:
    path = tmp_path / "edited.jsonl"
    path.write_bytes(as_lines([agreement(1), agreement(2, monitored="true", topics="trade")]) + b'{"id": 7\n')
    assert refused(path, config) == [
        ":2: topics must be a list, not a string",
        ":2: monitored must be true or false, not a string",
        ":3: not JSON: Expecting ',' delimiter: line 1 column 9 (char 8)",
    ]


@pytest.mark.slow
def test_a_cell_of_fifty_megabytes_is_refused_by_row(config: Path, tmp_path: Path) -> None:
    big = "x" * 50_000_000
    rows = changed(cells(agreement(1), agreement(2)), 3, "notes", big)
    assert refused(csv_file(tmp_path, rows), config) == [
        ":3: cannot be read as CSV: field larger than field limit (131072)"
    ]
    lines = tmp_path / "edited.jsonl"
    lines.write_bytes(as_lines([agreement(1), agreement(2, notes=big)]))
    (told,) = refused(lines, config)
    assert told.startswith(":2: the line has 50000") and told.endswith("bytes, more than 1000000")


def workbook(folder: Path, **parts: bytes) -> Path:
    """A good workbook with some of its parts replaced or added."""
    good = xlsx_file(folder, cells(agreement(1)))
    out = io.BytesIO()
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name.rpartition("/")[2].partition(".")[0] not in parts:
                new.writestr(name, old.read(name))
        for stem, content in parts.items():
            place = "xl/worksheets/" if stem.startswith("sheet") else "xl/"
            new.writestr(f"{place}{stem}.xml", content)
    good.write_bytes(out.getvalue())
    return good


@pytest.mark.slow
def test_a_workbook_cell_of_fifty_megabytes_is_refused_by_row(config: Path, tmp_path: Path) -> None:
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in COLUMNS)
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1">{head}</row><row r="2"><c t="inlineStr"><is><t>{"x" * 50_000_000}</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    told = refused(workbook(tmp_path, sheet1=sheet.encode()), config)
    assert told[0] == ":2: id: 50000000 characters, more than 32767"


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(config: Path, tmp_path: Path) -> None:
    size = sheets.MAX_BYTES + 1
    (told,) = refused(workbook(tmp_path, sheet1=b"\0" * size), config)
    assert told.startswith(": unpacks to ")
    (told,) = refused(workbook(tmp_path, styles=b"\0" * 6_000_000), config)
    assert told == ": 'xl/styles.xml' unpacks to 6000000 bytes"


def test_a_workbook_of_entities_is_refused_before_they_grow(config: Path, tmp_path: Path) -> None:
    bomb = (
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    )
    (told,) = refused(workbook(tmp_path, sheet1=bomb.encode()), config)
    assert told.startswith(": cannot be read as XLSX: EntitiesForbidden(name='a'")


def test_a_row_far_below_is_too_many_rows_and_not_a_million_blank_ones(config: Path, tmp_path: Path) -> None:
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in COLUMNS)
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1">{head}</row><row r="999999999"><c><v>1</v></c></row></sheetData></worksheet>'
    )
    (told,) = refused(workbook(tmp_path, sheet1=sheet.encode()), config)
    assert told == f":{sheets.MAX_ROWS + 2}: more than {sheets.MAX_ROWS} rows"


@pytest.mark.parametrize("cut", [10, 0.5, 0.9])
def test_a_damaged_workbook_is_refused(cut: float, config: Path, tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, cells(agreement(1)))
    content = path.read_bytes()
    path.write_bytes(content[: int(cut if cut > 1 else cut * len(content))])
    (told,) = refused(path, config)
    assert told.startswith(": cannot be read as XLSX: ")


def test_a_file_of_another_kind_or_none_is_refused(config: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.jsonl, \.xlsx, \.csv"):
        read_register(tmp_path / "register.ods", config)
    assert refused(tmp_path / "none.csv", config) == [": cannot be read: no such file"]


def test_the_difference_is_told_field_by_field() -> None:
    before = [agreement(1), agreement(2), agreement(3)]
    after = [agreement(4), agreement(3), agreement(1, status="expired", history=[{"step": "expired"}])]
    found = compare(before, after)
    assert (found.added, found.removed, found.is_reordered) == (("AGR-0004",), ("AGR-0002",), True)
    assert found.changed == {
        "AGR-0001": {"status": ("in_force", "expired"), "history": (None, [{"step": "expired"}])}
    }


def test_a_workbook_whose_packed_data_are_damaged_is_refused(config: Path, tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, cells(agreement(1)))
    with zipfile.ZipFile(path) as book:
        part = book.getinfo("[Content_Types].xml")
    start = part.header_offset + 30 + len(part.filename)  # where its data begin
    data = bytearray(path.read_bytes())
    data[start : start + 20] = b"\xff" * 20
    path.write_bytes(data)
    assert len(refused(path, config)) == 1
    assert "cannot be read as XLSX" in refused(path, config)[0]
