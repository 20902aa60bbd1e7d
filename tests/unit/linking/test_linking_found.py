"""What was found is packed and comes back whole, and is believed only where it would be found again."""

import ast
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import monitor.linking
from monitor.core.ids import PlaceId
from monitor.core.shipped import config_dir
from monitor.linking import finding, mentions
from monitor.linking.finding import found_names
from monitor.linking.found import FoundNames
from monitor.linking.store import named
from monitor.linking.types import Mention
from monitor.register import nametable
from monitor.register.types import Register

TITLE, TEXT = "Могилёв и Сумгаит", "Могилевский район, брестчане и МТЗ: 🌾 Сумгаит"
MOGILEV, SUMGAIT, MTZ = (PlaceId(one) for one in ("by-city-mogilev", "az-sumgait", "mtz"))
FOUND = (
    Mention(MOGILEV, "title", 0, 7, "Могилёв", "name", (MTZ, SUMGAIT)),
    Mention(SUMGAIT, "title", 10, 17, "Сумгаит", "pattern"),
    Mention(MOGILEV, "text", 0, 11, "Могилевский", "adjective", (SUMGAIT,)),
    Mention(MOGILEV, "text", 19, 28, "брестчане", "demonym"),
    Mention(MTZ, "text", 31, 34, "МТЗ", "abbreviation"),
    Mention(SUMGAIT, "text", 38, 45, "Сумгаит", "colloquial", (MOGILEV,)),
)
NAMES = FoundNames("one", {MOGILEV, SUMGAIT, MTZ})


def test_what_is_packed_comes_back_whole_and_small() -> None:
    packed = NAMES.pack(FOUND)
    assert packed is not None
    assert NAMES.unpack(packed, TITLE, TEXT) == FOUND
    assert len(packed) == 4 + 10 * len(FOUND) + 2 * 4
    assert NAMES.pack(()) == b"\0\0\0\0"
    assert NAMES.unpack(b"\0\0\0\0", TITLE, TEXT) == ()


def test_who_is_named_is_told_without_the_text() -> None:
    packed = NAMES.pack(FOUND)
    assert packed is not None
    read = NAMES.read(packed)
    assert read is not None
    assert read.places == [one.place for one in FOUND]
    assert list(read.others) == [MTZ, SUMGAIT, SUMGAIT, MOGILEV]
    assert read.named == named(FOUND)
    assert NAMES.read(packed[:-1]) is None


def test_what_does_not_fit_is_not_packed() -> None:
    assert NAMES.pack([Mention(MTZ, "text", 0, 70_000, "x" * 70_000, "name")]) is None
    assert NAMES.pack([Mention(MTZ, "text", 0, 1, "x", "name", (MOGILEV,) * 256)]) is None


@pytest.mark.parametrize("cut", [0, 3, 9, -1, -7])
def test_damaged_bytes_say_nothing(cut: int) -> None:
    packed = NAMES.pack(FOUND)
    assert packed is not None
    assert NAMES.unpack(packed[:cut], TITLE, TEXT) is None
    assert NAMES.unpack(packed + b"\0\0", TITLE, TEXT) is None
    assert FoundNames("one", {MTZ}).unpack(packed, TITLE, TEXT) is None  # places that there are not


def test_the_key_tells_every_text_and_every_finder_apart() -> None:
    asked = (TITLE, TEXT, "ru", MOGILEV)
    keys = [
        NAMES.key(*asked),
        FoundNames("other", {MOGILEV, SUMGAIT, MTZ}).key(*asked),
        NAMES.key(TITLE, TEXT + ".", "ru", MOGILEV),
        NAMES.key(TITLE + TEXT[0], TEXT[1:], "ru", MOGILEV),
        NAMES.key(TITLE, TEXT, "be", MOGILEV),
        NAMES.key(TITLE, TEXT, "ru", MTZ),
        NAMES.key(TITLE, TEXT, "ru", None),
    ]
    assert len(set(keys)) == len(keys)
    assert NAMES.key(*asked) == FoundNames("one", [MTZ, SUMGAIT, MOGILEV]).key(*asked)


def test_a_lone_surrogate_in_a_text_has_a_key_too() -> None:
    assert len(NAMES.key("\ud800", TEXT, "", None)) == 16


def key_of(names: FoundNames) -> bytes:
    return names.key(TITLE, TEXT, "ru", None)


def test_a_place_that_is_moved_or_called_otherwise_is_another_gazetteer(register: Register) -> None:
    place = PlaceId("by-city-mogilev")
    own = register.places[place]
    known = key_of(found_names(register.places, config_dir()))
    for other in (replace(own, parent=None), replace(own, country="RU"), replace(own, names={"ru": ("X",)})):
        assert key_of(found_names({**register.places, place: other}, config_dir())) != known
    noted = {place: replace(own, notes="seen"), **{i: p for i, p in register.places.items() if i != place}}
    assert key_of(found_names(noted, config_dir())) == known  # nor does the order count


def test_other_words_around_names_or_endings_find_anew(register: Register, tmp_path: Path) -> None:
    home = tmp_path / "config"
    shutil.copytree(config_dir() / "languages", home / "languages")
    known = key_of(found_names(register.places, config_dir()))
    assert key_of(found_names(register.places, home)) == known
    for name in ("context.toml", "pl_inflection.toml"):
        path = home / "languages" / name
        before = path.read_text("utf-8")
        path.write_text(before.replace('"', '"z', 1), "utf-8")
        assert key_of(found_names(register.places, home)) != known
        path.write_text(before, "utf-8")


def test_every_file_that_finding_is_made_of_counts() -> None:
    """What `mentions.py` imports of these two rooms, and what that imports; types only carry."""
    folder = Path(monitor.linking.__file__).parents[1]
    seen: set[Path] = set()
    waiting = [Path(mentions.__file__)]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith(
                ("monitor.linking.", "monitor.register.")
            ):
                found = folder.joinpath(*str(node.module).split(".")[1:]).with_suffix(".py")
                waiting += [found] if found not in seen and found.name != "types.py" else []
    counted = {folder / "linking" / name for name in finding._CODE}
    counted |= {folder / "register" / name for name in nametable._CODE}
    assert seen <= counted
