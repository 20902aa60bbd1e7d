"""Strict rows: whatever a file holds, the reader answers with rows or problems and never raises."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.errors import Problem
from monitor.core.rows import Row, bad_character, read_json_lines, toml_rows


@given(st.binary(max_size=200))
def test_any_bytes_give_rows_or_problems(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(body)
    problems: list[Problem] = []
    rows = read_json_lines(path, problems)
    assert rows or problems


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(JSON)
def test_any_value_under_a_key_is_read_as_its_type_or_noted(value: object) -> None:
    problems: list[Problem] = []
    row = Row({"key": value}, "file:1", problems)
    assert isinstance(row.text("key"), str)
    assert isinstance(row.texts("key"), tuple)
    assert isinstance(row.flag("key"), bool)
    assert isinstance(row.whole("key", least=0), int)
    assert all(isinstance(inner, Row) for inner in [*row.tables("key"), row.table("key")])
    assert {problem.where for problem in problems} == {"file:1"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Могилёвская область, ’ і ʼ", ""),
        ("tab\there", "the control character U+0009"),
        ("half \ud83d", "the control character U+D83D"),
        ("turned \u202e", "the control character U+202E"),
    ],
)
def test_control_characters_are_named(text: str, fault: str) -> None:
    assert bad_character(text) == fault


def test_a_half_surrogate_from_an_escape_is_refused_before_it_reaches_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"title": "\\ud83d"}\n', encoding="utf-8")
    problems: list[Problem] = []
    [row] = read_json_lines(path, problems)
    row.text("title")
    assert [str(problem) for problem in problems] == [f"{path}:1: title holds the control character U+D83D"]


def test_rows_of_toml_know_the_line_of_their_header(tmp_path: Path) -> None:
    path = tmp_path / "rows.toml"
    path.write_text("# head\n[[row]]\na = 1\n\n  [[ row ]] # second\na = 2\n", encoding="utf-8")
    problems: list[Problem] = []
    rows = toml_rows(path, "row", problems)
    assert [(row.where, row.raw) for row in rows] == [(f"{path}:2", {"a": 1}), (f"{path}:5", {"a": 2})]
    assert problems == []


def test_rows_of_toml_written_inline_are_told_by_file_only(tmp_path: Path) -> None:
    path = tmp_path / "rows.toml"
    path.write_text("row = [{a = 1}]\nother = 2\n", encoding="utf-8")
    problems: list[Problem] = []
    assert [row.where for row in toml_rows(path, "row", problems)] == [str(path)]
    assert [str(problem) for problem in problems] == [f"{path}: key 'other' is unknown"]


def test_the_longest_line_is_allowed_and_one_byte_more_is_not(tmp_path: Path) -> None:
    fits = json.dumps({"a": "x" * (1_000_000 - 9)}, separators=(",", ":")) + " "
    path = tmp_path / "rows.jsonl"
    path.write_text(f"{fits}\n{fits} \n", encoding="utf-8")
    problems: list[Problem] = []
    rows = read_json_lines(path, problems)
    assert ([row.where for row in rows], [problem.where for problem in problems]) == (
        [f"{path}:1"],
        [f"{path}:2"],
    )


def test_a_value_that_an_earlier_row_said_is_refused_with_that_row() -> None:
    problems: list[Problem] = []
    known: dict[str, Row] = {}
    for line, value in enumerate(["a", "b", "", "a", "", "a"], 1):
        Row({}, f"file:{line}", problems).refuse_double("id", value, known)
    assert [(problem.where, problem.reason) for problem in problems] == [
        ("file:4", "id 'a' stands already at file:1"),
        ("file:6", "id 'a' stands already at file:1"),
    ]
