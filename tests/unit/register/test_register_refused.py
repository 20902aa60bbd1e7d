"""One broken row refuses everything, with file, line and reason."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.errors import InputError
from monitor.register.load import load_register
from monitor.register.types import (
    Status,
)
from tests.register_files import PLACES, TOPIC, agreement, place, refused, write

Change = Callable[[dict[str, Any]], object]


def party(row: dict[str, Any], **keys: Any) -> None:
    row["parties"][1].update(keys)


BAD_ROWS: list[tuple[Change, str]] = [
    (lambda r: r.pop("title"), "key 'title' is missing"),
    (lambda r: r.update(titel="x"), "key 'titel' is unknown"),
    (lambda r: r.update(title=5), "title must be a string, not a number"),
    (lambda r: r.update(title=" "), "title is empty"),
    (lambda r: r.update(title_ru="a\u0007b"), "title_ru holds the control character U+0007"),
    (lambda r: r.update(notes="a\u202eb"), "notes holds the control character U+202E"),
    (lambda r: r.update(id="AGR-17"), "id 'AGR-17' is not AGR- and four digits"),
    (lambda r: r.update(id="AGR-١٢٣٤"), "id 'AGR-١٢٣٤' is not AGR- and four digits"),
    (lambda r: r.update(id="AGR-0001"), "id 'AGR-0001' stands already at {first}"),
    (lambda r: r.update(status="dead"),
     f"status 'dead' is not one of {', '.join(Status)}"),
    (lambda r: party(r, side="their"), "parties[2]: side 'their' is not one of by, partner, union"),
    (lambda r: party(r, place="ru-pskow"), "parties[2]: place 'ru-pskow' is not in the gazetteer"),
    (lambda r: party(r, place="by-mogilev-region"), "parties[2]: place 'by-mogilev-region' stands twice"),
    (lambda r: party(r, seat="Pskov"), "parties[2]: key 'seat' is unknown"),
    (lambda r: r.update(parties=[]), "parties is empty"),
    (lambda r: r.update(parties={}), "parties must be a list, not an object"),
    (lambda r: r.update(topics=["trade", "trades"]), "topic 'trades' is not in topics.toml"),
    (lambda r: r.update(topics=["trade", "trade"]), "topics names a topic twice"),
    (lambda r: r.update(topics=[]), "topics is empty"),
    (lambda r: r.update(part_of="AGR-0999"), "part_of 'AGR-0999' is not in the register"),
    (lambda r: r.update(part_of="AGR-0002"), "part_of runs in a circle: AGR-0002 -> AGR-0002"),
    (lambda r: r.update(signed="2019-02-30"), "signed: day is out of range for month"),
    (lambda r: r.update(signed="2019-00"), "signed: month must be in 1..12"),
    (lambda r: r.update(signed="03.2019"), "signed: '03.2019' is not YYYY, YYYY-MM or YYYY-MM-DD"),
    (lambda r: r.update(signed="1019"), "signed: the year 1019 is not between 1900 and 2100"),
    (lambda r: r.update(signed=2019), "signed must be a string, not a number"),
    (lambda r: r.update(valid_until="2003-08"), "signed 2003-09 after valid_until 2003-08"),
    (lambda r: r.update(interest=["Mogilew"]), "interest 'Mogilew' names no place, or more than one"),
    (lambda r: r.update(interest=["ru-pskov-region"]), "interest 'ru-pskov-region' is not in Belarus"),
    (lambda r: r.update(interest=[]), "interest is empty"),
    (lambda r: r.update(monitored="yes"), "monitored must be true or false, not a string"),
    (lambda r: r.update(monitored=1), "monitored must be true or false, not a number"),
    (lambda r: r.update(count=0), "count must be at least 1, not 0"),
    (lambda r: r.update(count=True), "count must be a whole number, not true or false"),
    (lambda r: r.update(lines=[[2, 1]]), "lines must be a list of [first, last] line numbers"),
    (lambda r: r.update(targets=[{"metric": "m", "value": [], "unit": None, "by": None}]),
     "targets[1]: value must be a number, a string or null"),
    (lambda r: r.update(targets=[{"metric": "m", "value": 10**400, "unit": None, "by": None}]),
     "targets[1]: value is too large"),
    (lambda r: r.update(targets=[{"metric": "m", "value": 1, "unit": None, "by": "soon"}]),
     "targets[1]: by: 'soon' is not YYYY, YYYY-MM or YYYY-MM-DD"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "reason"), BAD_ROWS, ids=[reason for _, reason in BAD_ROWS])
def test_a_bad_agreement_is_refused_with_line_and_reason(tmp_path: Path, change: Change, reason: str) -> None:
    row = agreement(2)
    change(row)
    config = write(tmp_path, [agreement(1), row])
    expected = reason.format(first=config / "register" / "agreements.jsonl:1")
    assert refused(config) == [("register/agreements.jsonl:2", expected)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@settings(max_examples=150, deadline=None)
@given(key=st.sampled_from(sorted(agreement(1))), value=JSON)
def test_whatever_stands_under_a_key_the_register_loads_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: object
) -> None:
    config = write(tmp_path_factory.getbasetemp(), [agreement(1), agreement(2) | {key: value}])
    try:
        loaded = load_register(config)
    except InputError as error:
        assert {Path(problem.where).name for problem in error.problems} == {"agreements.jsonl:2"}
    else:
        assert len(loaded.agreements) == 2


def test_an_unknown_kind_of_agreement_is_refused(tmp_path: Path) -> None:
    [(where, reason)] = refused(write(tmp_path, [agreement(1, kind="friendship")]))
    assert (where, reason.split(" is not ")[0]) == ("register/agreements.jsonl:1", "kind 'friendship'")


BROKEN_LINES = [
    ('{"id": ', "not JSON: Expecting value: line 1 column 8 (char 7)"),
    ("[1, 2]", "must be a JSON object, not a list"),
    ("null", "must be a JSON object, not null"),
    ('{"id": "AGR-0001", "id": "AGR-0001"}', "not JSON: key 'id' stands twice"),
    ('{"count": NaN}', "not JSON: NaN is no JSON number"),
    ("x" * 1_000_001, "the line has 1000001 bytes, more than 1000000"),
]


@pytest.mark.parametrize(("line", "reason"), BROKEN_LINES, ids=[reason for _, reason in BROKEN_LINES])
def test_a_line_that_is_no_json_object_is_refused(tmp_path: Path, line: str, reason: str) -> None:
    assert refused(write(tmp_path, [agreement(1), line])) == [("register/agreements.jsonl:2", reason)]


def test_a_line_in_another_encoding_is_refused(tmp_path: Path) -> None:
    config = write(tmp_path, [agreement(1)])
    path = config / "register" / "agreements.jsonl"
    path.write_bytes(path.read_bytes() + "{'title': 'Могилёв'}".encode("windows-1251"))
    assert refused(config) == [("register/agreements.jsonl:2", "not UTF-8 at byte 11")]


def test_brackets_without_end_are_refused_and_do_not_crash(tmp_path: Path) -> None:
    [(where, reason)] = refused(write(tmp_path, [agreement(1), '{"a":' + "[" * 200_000]))
    assert (where, reason.startswith("not JSON: ")) == ("register/agreements.jsonl:2", True)


BAD_PLACES: list[tuple[Change, str]] = [
    (lambda r: r.update(id="Pskov"), "id 'Pskov' is not lower-case words joined by hyphens"),
    (lambda r: r.update(id="country-by"), "id 'country-by' stands already at {first}"),
    (lambda r: r.update(parent="country-xx"), "parent 'country-xx' is not in the gazetteer"),
    (lambda r: r.update(country="Russia"), "country 'Russia' is not ISO alpha-2"),
    (lambda r: r.update(names=[]), "names must be an object, not a list"),
    (lambda r: r["names"].update(ru=["Псков", ""]), "names: ru must hold non-empty strings, not a string"),
    (lambda r: r["names"].update(rus=[]), "names: 'rus' is not a language code"),
    (lambda r: r.update(raw_names=[7]), "raw_names must hold non-empty strings, not a number"),
    (lambda r: r.pop("ambiguous"), "key 'ambiguous' is missing"),
]


@pytest.mark.parametrize(("change", "reason"), BAD_PLACES, ids=[reason for _, reason in BAD_PLACES])
def test_a_bad_place_is_refused_with_line_and_reason(tmp_path: Path, change: Change, reason: str) -> None:
    row = place("ru-kaluga-region")
    change(row)
    config = write(tmp_path, [agreement(1)], [*PLACES, row])
    expected = reason.format(first=config / "register" / "places.jsonl:1")
    assert refused(config) == [("register/places.jsonl:4", expected)]


def test_parents_in_a_circle_are_refused_once_at_the_first_row(tmp_path: Path) -> None:
    circle = [place("ru-a", parent="ru-b"), place("ru-b", parent="ru-c"), place("ru-c", parent="ru-a")]
    below = place("ru-d", parent="ru-a")
    reason = "parent runs in a circle: ru-a -> ru-b -> ru-c -> ru-a"
    config = write(tmp_path, [agreement(1)], [*PLACES, *circle, below])
    assert refused(config) == [("register/places.jsonl:4", reason)]


def test_agreements_that_are_part_of_each_other_are_refused(tmp_path: Path) -> None:
    rows = [
        agreement(1, part_of="AGR-0002"),
        agreement(2, part_of="AGR-0001"),
        agreement(3, part_of="AGR-0001"),
    ]
    reason = "part_of runs in a circle: AGR-0001 -> AGR-0002 -> AGR-0001"
    assert refused(write(tmp_path, rows)) == [("register/agreements.jsonl:1", reason)]


BAD_TOPICS = [
    ("\nx = ?", "topics.toml:2", "not TOML: Invalid value (at line 2, column 5)"),
    ("", "topics.toml", "holds no topic"),
    ("# later", "topics.toml", "holds no topic"),
    ("trade = 1\n" + TOPIC.replace("trade", "food"), "topics.toml", "'trade' must be a table"),
    (TOPIC.replace("economy", "money"), "topics.toml:2",
     "topic 'trade': group 'money' is not one of economy, knowledge, people, frameworks"),
    (TOPIC.replace('be = "Гандаль", ', ""), "topics.toml:2", "topic 'trade': title: key 'be' is missing"),
    (TOPIC.replace('"экспорт"', '""'), "topics.toml:2", "topic 'trade': definition: ru is empty"),
    (TOPIC + 'colour = "red"', "topics.toml:2", "topic 'trade': key 'colour' is unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "reason"), BAD_TOPICS, ids=[reason for _, _, reason in BAD_TOPICS])
def test_a_bad_topic_is_refused(tmp_path: Path, text: str, where: str, reason: str) -> None:
    assert (where, reason) in refused(write(tmp_path, [agreement(1, topics=["trade"])], topics=text))


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    config = write(
        tmp_path,
        [agreement(1, title="", status="dead"), "{"],
        [*PLACES, place("ru-x", kind="village")],
        TOPIC.replace("economy", "money"),
    )
    wheres = [where for where, _ in refused(config)]
    assert sorted(wheres) == [
        "register/agreements.jsonl:1",
        "register/agreements.jsonl:1",
        "register/agreements.jsonl:2",
        "register/places.jsonl:4",
        "topics.toml:2",
    ]


@pytest.mark.parametrize("name", ["register/agreements.jsonl", "register/places.jsonl", "topics.toml"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    config = write(tmp_path, [agreement(1)])
    (config / name).unlink()
    assert refused(config) == [(name, "cannot be read: No such file or directory")]


@pytest.mark.parametrize("name", ["register/agreements.jsonl", "register/places.jsonl"])
def test_an_empty_file_is_not_an_empty_register(tmp_path: Path, name: str) -> None:
    config = write(tmp_path, [agreement(1)])
    (config / name).write_text("\n")
    assert refused(config) == [(name, "is empty")]
