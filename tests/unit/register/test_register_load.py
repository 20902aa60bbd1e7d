"""The shipped register loads clean, and every key of a row arrives."""

import json
from pathlib import Path

import pytest

from monitor.core.shipped import config_dir
from monitor.register.families import by_rule
from monitor.register.load import load_register
from monitor.register.types import (
    Agreement,
    Family,
    PartialDate,
    Party,
    Place,
    Register,
    Side,
    Status,
    Target,
)
from tests.register_files import PLACES, agreement, refused, write


@pytest.fixture(scope="module")
def shipped() -> Register:
    return load_register(config_dir())


def test_the_shipped_register_loads_whole_and_clean(shipped: Register) -> None:
    monitored = [a for a in shipped.agreements.values() if a.monitored]
    assert all(len(topic.phrases) >= 15 for topic in shipped.topics.values())
    counts = (len(shipped.agreements), len(shipped.places), len(shipped.topics))
    assert (counts, len(monitored)) == ((501, 3412, 29), 378)


def test_the_shipped_families_are_those_of_the_data(shipped: Register) -> None:
    shared = sum(len(f.members) for f in shipped.families.values() if len(f.members) > 1)
    assert (len(shipped.families), shared, len(shipped.family_of)) == (254, 169, 378)
    assert all(family == f.members[0] for family, f in shipped.families.items())


def test_interest_is_kept_as_place_ids_of_belarus(shipped: Register) -> None:
    used = {place for a in shipped.agreements.values() for place in a.interest}
    assert used == {
        "country-by", "by-city-minsk", "by-minsk-region", "by-brest-region", "by-gomel-region",
        "by-grodno-region", "by-mogilev-region", "by-vitebsk-region",
    }  # fmt: skip


def test_every_key_of_a_row_arrives(tmp_path: Path) -> None:
    target = {"metric": "turnover", "value": 5, "unit": "bln USD", "by": "2030"}
    row = agreement(7, targets=[target], count=3, event="forum-5", valid_until="2020-12", notes="n")
    register = load_register(write(tmp_path, [row]))
    assert register.agreements == {
        "AGR-0007": Agreement(
            id="AGR-0007",
            title="Mogilev Region - Pskov Region",
            title_ru="Могилёвская область – Псковская область",
            kind="interregional_agreement",
            status=Status.IN_FORCE,
            signed=PartialDate(2003, 9),
            valid_until=PartialDate(2020, 12),
            parties=(
                Party("by-mogilev-region", "Mogilev Region", Side.BY),
                Party("ru-pskov-region", "Pskov Region", Side.PARTNER),
            ),
            topics=("trade",),
            targets=(Target("turnover", 5.0, "bln USD", "2030"),),
            count=3,
            part_of=None,
            event="forum-5",
            monitored=True,
            monitor_note="",
            interest=("by-mogilev-region",),
            seed="000",
            lines=((1, 2),),
            notes="n",
        )
    }
    assert register.places["by-mogilev-region"] == Place(
        id="by-mogilev-region",
        kind="region",
        name_en="by-mogilev-region",
        country="BY",
        parent="country-by",
        names={"ru": ("by-mogilev-region",), "be": (), "en": ("by-mogilev-region",)},
        adjectives={},
        demonyms={},
        colloquial={},
        ambiguous="",
        notes="",
    )
    assert register.topics["trade"].titles == {"ru": "Торговля", "be": "Гандаль", "en": "Trade"}
    assert register.topics["trade"].phrases == ()


def test_a_family_joins_monitored_rows_with_the_same_places_in_any_order(tmp_path: Path) -> None:
    turned = list(reversed(agreement(2)["parties"]))
    alone = [{"place": "country-by", "name": "Belarus", "side": "by"}]
    rows = [
        agreement(1, monitored=False, monitor_note="mere mention"),
        agreement(2),
        agreement(3, parties=alone),
        agreement(4, parties=turned),
    ]
    register = load_register(write(tmp_path, rows))
    pair = frozenset({"by-mogilev-region", "ru-pskov-region"})
    assert by_rule(register.agreements) == {
        "AGR-0002": Family("AGR-0002", ("AGR-0002", "AGR-0004"), pair),
        "AGR-0003": Family("AGR-0003", ("AGR-0003",), frozenset({"country-by"})),
    }
    assert register.family_of == {"AGR-0002": "AGR-0002", "AGR-0004": "AGR-0002", "AGR-0003": "AGR-0003"}


def test_the_version_follows_the_content_and_not_the_spacing(tmp_path: Path) -> None:
    first = load_register(write(tmp_path, [agreement(1)])).version
    spaced = json.dumps(
        dict(reversed(agreement(1).items())), ensure_ascii=True, indent=None, separators=(" ,", " : ")
    )
    again = load_register(write(tmp_path, [spaced])).version
    changed = load_register(write(tmp_path, [agreement(1, notes="looked up")])).version
    assert (len(first), again == first, changed == first) == (16, True, False)


def test_a_gazetteer_is_read_once_until_it_changes(tmp_path: Path) -> None:
    first = load_register(write(tmp_path, [agreement(1)]))
    same = load_register(write(tmp_path, [agreement(1, notes="seen")]))
    assert same.places is first.places
    assert same.version != first.version
    moved = [{**row, "notes": "renamed"} for row in PLACES]
    changed = load_register(write(tmp_path, [agreement(1)], moved))
    assert {one.notes for one in changed.places.values()} == {"renamed"}
    assert changed.version not in (first.version, same.version)
    bad = write(tmp_path, [agreement(1)], [*PLACES, PLACES[0]])
    for _ in range(2):
        assert [where for where, _ in refused(bad)] == [f"register/places.jsonl:{len(PLACES) + 1}"]


def test_a_byte_order_mark_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    config = write(tmp_path, [agreement(1), "", agreement(2)])
    path = config / "register" / "agreements.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert list(load_register(config).agreements) == ["AGR-0001", "AGR-0002"]
