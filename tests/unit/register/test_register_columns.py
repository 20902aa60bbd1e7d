"""What an agreement says and what its cells say can be turned into each other without loss."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.register.columns import COLUMNS, CellError, cells_of, guarded, line_of, raw_of, unguarded

TEXT = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=30)
NULLABLE = st.none() | TEXT
NUMBER = st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False)
ROWS = st.fixed_dictionaries(
    {
        "id": TEXT,
        "title": TEXT,
        "title_ru": TEXT,
        "kind": TEXT,
        "status": TEXT,
        "signed": NULLABLE,
        "valid_until": NULLABLE,
        "parties": st.lists(st.fixed_dictionaries({"place": TEXT, "name": TEXT, "side": TEXT})),
        "topics": st.lists(TEXT),
        "targets": st.lists(
            st.fixed_dictionaries(
                {"metric": TEXT, "value": NULLABLE | NUMBER, "unit": NULLABLE, "by": NULLABLE}
            )
        ),
        "count": st.none() | st.integers(0, 999_999_999),
        "part_of": NULLABLE,
        "event": NULLABLE,
        "monitored": st.booleans(),
        "monitor_note": st.just("") | TEXT,
        "interest": st.lists(TEXT),
        "seed": st.just("") | TEXT,
        "lines": st.lists(st.tuples(st.integers(1, 9999), st.integers(1, 9999)).map(list)),
        "notes": st.just("") | TEXT,
    },
    optional={
        "history": st.lists(
            st.fixed_dictionaries({"step": TEXT, "on": NULLABLE, "until": NULLABLE, "note": TEXT}),
            min_size=1,
        ),
        "milestones": st.lists(
            st.fixed_dictionaries({"what": TEXT, "by": TEXT, "done": NULLABLE}), min_size=1
        ),
    },
)


def refuse(reason: str) -> None:
    raise AssertionError(reason)


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_cells_give_back_the_row_through_a_sheet_that_guards_against_formulas(raw: dict[str, Any]) -> None:
    written = {name: guarded(cell) for name, cell in cells_of(raw).items()}
    assert not [cell for cell in written.values() if cell.startswith(tuple("=+-@＝＋－＠"))]
    read = raw_of({name: unguarded(cell) for name, cell in written.items()}, refuse)
    assert json.dumps(read, sort_keys=True) == json.dumps(raw, sort_keys=True)
    assert line_of(read) == line_of(raw)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("monitored", "yes", "monitored: 'yes' is not true or false"),
        ("count", "4.5", "count: '4.5' is not a whole number"),
        ("lines", "3-5", "lines: '3-5' is not FIRST..LAST"),
        ("parties", "by-mogilev-region | Mogilev", "parties: line 1 has 2 parts, not 3: place | name | side"),
        ("targets", 'a | "b | c | 2020', "targets: '\"b' begins with a quotation mark and ends without one"),
        ("topics", "trade; in\\vestment", "topics: '\\\\v' is none of \\\\, \\p, \\d, \\s"),
        (
            "history",
            "signed\n\nin_force | | |",
            "history: line 1 has 1 parts, not 4: step | on | until | note",
        ),
    ],
)
def test_a_cell_that_cannot_be_read_is_told_with_its_column(column: str, cell: str, reason: str) -> None:
    noted: list[str] = []
    cells = dict.fromkeys(COLUMNS, "") | {"monitored": "true"} | {column: cell}
    raw = raw_of(cells, noted.append)
    assert noted == [reason]
    assert column not in raw


@pytest.mark.parametrize("cell", ["=1+1", "+7", "-1", "@SUM(A1)", "＝1", '=HYPERLINK("http://x.example")'])
def test_what_a_spreadsheet_takes_for_a_formula_is_refused_without_its_apostrophe(cell: str) -> None:
    with pytest.raises(CellError, match="takes for a formula; put an apostrophe"):
        unguarded(cell)
    assert unguarded(f"'{cell}") == cell
