"""Families that people have joined and split, and how much of an aggregate the register holds."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.core.errors import InputError
from monitor.core.shipped import config_dir
from monitor.register.aggregates import Completeness, completeness
from monitor.register.load import load_register
from monitor.register.types import Register
from tests.register_files import PLACES, agreement, place, write

ALONE = [{"place": "country-by", "name": "Belarus", "side": "by"}]
ROWS = [agreement(1), agreement(2), agreement(3), agreement(4, parties=ALONE), agreement(5, monitored=False)]


def config(folder: Path, families: str = "", aggregates: str = "", rows: list[Any] = ROWS) -> Path:
    write(folder, rows, [*PLACES, place("country-ru", kind="country"), place("ru-x", parent="country-ru")])
    (folder / "register" / "families.toml").write_text(families, "utf-8")
    (folder / "register" / "aggregates.toml").write_text(aggregates, "utf-8")
    return folder


def edit(do: str, *agreements: str) -> str:
    return f'[[family]]\ndo = "{do}"\nagreements = {json.dumps(agreements)}\nreason = "as {do}"\n'


def members(register: Register) -> dict[str, tuple[tuple[str, ...], str]]:
    return {family.id: (family.members, family.why) for family in register.families.values()}


def test_a_split_and_a_join_change_what_the_rule_gives(tmp_path: Path) -> None:
    plain = load_register(config(tmp_path))
    assert members(plain) == {
        "AGR-0001": (("AGR-0001", "AGR-0002", "AGR-0003"), ""),
        "AGR-0004": (("AGR-0004",), ""),
    }
    edited = load_register(config(tmp_path, edit("split", "AGR-0002") + edit("join", "AGR-0003", "AGR-0004")))
    assert members(edited) == {
        "AGR-0001": (("AGR-0001", "AGR-0003", "AGR-0004"), "as join"),
        "AGR-0002": (("AGR-0002",), "as split"),
    }
    assert edited.families["AGR-0001"].places == {"country-by", "by-mogilev-region", "ru-pskov-region"}
    assert edited.family_of["AGR-0004"] == "AGR-0001"
    assert edited.version != plain.version


def test_an_empty_file_of_edits_leaves_the_version_as_it_was(tmp_path: Path) -> None:
    with_file = load_register(config(tmp_path)).version
    (tmp_path / "register" / "families.toml").unlink()
    (tmp_path / "register" / "aggregates.toml").unlink()
    assert load_register(tmp_path).version == with_file


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (edit("split", "AGR-0009"), 1, "'AGR-0009' is not in the register"),
        (edit("join", "AGR-0005", "AGR-0004"), 1, "AGR-0005 is not monitored: it is in no family"),
        (edit("split", "AGR-0001", "AGR-0004"), 1, "the agreements to split off are in several families"),
        (edit("split", "AGR-0004"), 1, "these are the whole family: nothing is left to split them from"),
        (edit("join", "AGR-0001", "AGR-0002"), 1, "these are one family already"),
        (edit("join", "AGR-0001", "AGR-0001"), 1, "agreements names one twice"),
        (edit("split"), 1, "agreements is empty"),
        (edit("marry", "AGR-0001"), 1, "do 'marry' is not one of join, split"),
        (edit("split", "AGR-0002") + edit("join", "AGR-0002", "AGR-0004"), 5,
         "AGR-0002 stands in another join or split already"),
    ],
)  # fmt: skip
def test_an_edit_that_cannot_be_done_is_refused_at_its_line(
    text: str, line: int, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        load_register(config(tmp_path, text))
    path = tmp_path / "register" / "families.toml"
    assert [str(problem) for problem in caught.value.problems] == [f"{path}:{line}: {reason}"]


def whole(number: int, count: int | None) -> dict[str, Any]:
    parties = [
        {"place": "country-by", "name": "Belarus", "side": "by"},
        {"place": "country-ru", "name": "Russia", "side": "partner"},
    ]
    return agreement(number, kind="aggregate", count=count, parties=parties)


def pair(number: int, partner: str, **keys: Any) -> dict[str, Any]:
    parties = [
        {"place": "by-mogilev-region", "name": "Mogilev Region", "side": "by"},
        {"place": partner, "name": partner, "side": "partner"},
    ]
    return agreement(number, parties=parties, **keys)


RULE = (
    '[[aggregate]]\nid = "AGR-0001"\nkinds = ["interregional_agreement"]\nlevels = ["region"]\nreason = "r"\n'
)


def test_an_aggregate_knows_its_parts_theirs_and_what_its_rule_counts(tmp_path: Path) -> None:
    rows = [
        whole(1, 4),
        pair(2, "ru-x"),  # in Russia: by the rule
        pair(3, "ru-pskov-region"),  # of no country here
        pair(4, "ru-x", kind="intent"),
        pair(5, "ru-x", status="expired"),
        pair(6, "ru-pskov-region", part_of="AGR-0007"),  # part of a part
        whole(7, None) | {"part_of": "AGR-0001"},
    ]
    register = load_register(config(tmp_path, aggregates=RULE, rows=rows))
    found = completeness(register.agreements["AGR-0001"], register)
    assert found == Completeness(4, ("AGR-0002", "AGR-0006"))
    assert found.share == 0.5
    part = completeness(register.agreements["AGR-0007"], register)
    assert (part, part.share) == (Completeness(None, ("AGR-0006",)), None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (RULE.replace("AGR-0001", "AGR-0099"), "'AGR-0099' is not in the register"),
        (RULE.replace("AGR-0001", "AGR-0002"), "AGR-0002 is no aggregate"),
        (RULE.replace('["region"]', '["county"]'), "levels: 'county' is not one of country, union, "),
        (RULE.replace('["region"]', "[]"), "levels is empty"),
        (RULE + RULE, "AGR-0001 stands twice"),
    ],
)
def test_a_bad_rule_of_an_aggregate_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_register(config(tmp_path, aggregates=text, rows=[whole(1, 4), pair(2, "ru-x")]))
    (problem,) = caught.value.problems
    assert problem.reason.startswith(reason)


def test_the_shipped_aggregates_say_how_much_is_known() -> None:
    register = load_register(config_dir())
    found = completeness(register.agreements["AGR-0036"], register)
    assert found.promised == 430
    assert 0 < len(found.known) < 430
    assert "AGR-0026" in found.known
