"""What agreements are about: read whole or refused with every reason, a part of the register's version."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.core.errors import InputError
from monitor.core.shipped import config_dir
from monitor.register.load import load_register
from monitor.register.types import Subject
from tests.register_files import PLACES, agreement, write

LIFTS = {
    "id": "AGR-0001", "core": ["лифт", "кабина лифта"], "usual": ["шахта"], "en": ["lift"],
    "stories": ["Лифты."],
}  # fmt: skip


def config(folder: Path, *rows: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    write(folder, [agreement(1), agreement(2)], PLACES)
    said = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "register" / "subjects.jsonl").write_text(said, "utf-8")
    return folder


def test_subjects_are_read_and_what_is_said_of_no_row_is_passed_over(tmp_path: Path) -> None:
    register = load_register(config(tmp_path, LIFTS, {**LIFTS, "id": "AGR-0999"}))
    assert dict(register.subjects) == {
        "AGR-0001": Subject(("лифт", "кабина лифта"), ("шахта",), ("lift",), ("Лифты.",))
    }


def test_what_is_written_of_a_row_changes_the_version_of_the_register(tmp_path: Path) -> None:
    plain = config(tmp_path / "plain", LIFTS)
    (plain / "register" / "subjects.jsonl").unlink()
    versions = {load_register(plain).version}
    assert load_register(config(tmp_path / "other", {**LIFTS, "id": "AGR-0999"})).version in versions
    for name, change in (("a", {}), ("b", {"core": ["лифт"]}), ("c", {"stories": []})):
        versions.add(load_register(config(tmp_path / name, {**LIFTS, **change})).version)
    assert len(versions) == 4


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    faults = (
        LIFTS,
        LIFTS,
        {**LIFTS, "id": "AGR-0002", "core": [], "stories": []},
        {**LIFTS, "id": "AGR-0003", "usual": [""], "colour": 1},
        {"id": "AGR-0004"},
    )
    with pytest.raises(InputError) as error:
        load_register(config(tmp_path, *faults))
    told = [(problem.where.rsplit(":", 1)[-1], problem.reason) for problem in error.value.problems]
    assert [line for line, _ in told] == ["2", "3", "4", "4", *["5"] * 4]
    parts = ("stands already at", "leave the row out", "'colour' is unknown", "must hold non-empty strings")
    reasons = [reason for _, reason in told]
    assert [part in reason for part, reason in zip(parts, reasons, strict=False)] == [True] * 4
    assert all("is missing" in reason for reason in reasons[4:])


def test_every_monitored_row_that_ships_has_a_subject_of_its_own() -> None:
    register = load_register(config_dir())
    assert {a.id for a in register.agreements.values() if a.monitored} == set(register.subjects)
    stories = [story for one in register.subjects.values() for story in one.stories]
    assert len(set(stories)) == len(stories)
    assert all(len(one.core) >= 3 and 2 <= len(one.stories) <= 3 for one in register.subjects.values())
