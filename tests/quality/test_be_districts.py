"""Six Belarusian cases of thirty districts, written down by hand, against what the table of forms holds."""

import json
from pathlib import Path

import pytest

from monitor.core.ids import PlaceId
from monitor.core.shipped import config_dir
from monitor.register.load import load_register
from monitor.register.nametable import make_forms

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "be_districts.jsonl").read_text("utf-8").splitlines()
]
CASES = {"nom", "gen", "dat", "acc", "ins", "loc"}


@pytest.fixture(scope="module")
def held() -> dict[str, set[str]]:
    places = load_register(config_dir()).places
    wanted = [places[PlaceId(row["place"])] for row in ROWS]
    found: dict[str, set[str]] = {place.id: set() for place in wanted}
    for form in make_forms(wanted, config_dir()):
        found[form.place].add(form.text)
    return found


def test_every_case_of_every_district_is_in_the_table(held: dict[str, set[str]]) -> None:
    missing = [
        (row["place"], form)
        for row in ROWS
        for form in row["forms"].values()
        if form not in held[row["place"]]
    ]
    assert missing == []


def test_the_list_is_whole_and_says_where_a_form_was_read() -> None:
    assert len({row["place"] for row in ROWS}) == 30
    assert all(set(row["forms"]) == CASES and set(row["attested"]) <= CASES for row in ROWS)
    assert sum(len(row["attested"]) for row in ROWS) == 128
