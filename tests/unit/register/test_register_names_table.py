"""The kept table of forms: the same on reading as on making, never stale, refused when spoilt."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.core.errors import InputError
from monitor.core.shipped import config_dir
from monitor.register.nametable import load_grammar, name_forms
from tests.gazetteer import config_copy, places

SOME = [places()["by-city-mir"], places()["country-fr"]]


def test_a_kept_table_is_read_back_as_it_was_made(tmp_path: Path) -> None:
    made = name_forms(SOME, config=config_dir(), folder=tmp_path)
    kept = list(tmp_path.iterdir())
    assert name_forms(SOME, config=config_dir(), folder=tmp_path) == made
    assert list(tmp_path.iterdir()) == kept
    assert [path.suffix for path in kept] == [".json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[[",
        b"[[1]]",
        b'[["country-fr", "France", "name", "en", "capital", ""]]',  # as it was kept once
        b'{"spellings": ["france"], "ends": [1], "texts": [], "sorts": [], "sort_of": []}',
        b"\xff\xfe",
    ],
)
def test_a_damaged_table_is_made_again(tmp_path: Path, content: bytes) -> None:
    made = name_forms(SOME, config=config_dir(), folder=tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(content)
    assert name_forms(SOME, config=config_dir(), folder=tmp_path) == made
    assert path.read_bytes() == whole


def test_a_folder_that_cannot_be_written_costs_no_table(tmp_path: Path) -> None:
    made = name_forms(SOME, config=config_dir(), folder=tmp_path)
    no_folder = tmp_path / "file"
    no_folder.write_bytes(b"")
    assert name_forms(SOME, config=config_dir(), folder=no_folder) == made


def test_another_name_or_ending_makes_another_table(tmp_path: Path) -> None:
    config = config_copy(tmp_path / "config")
    folder = tmp_path / "kept"
    name_forms(SOME, config=config, folder=folder)
    changed = replace(SOME[0], names={**SOME[0].names, "ru": ("Мирград",)})
    renamed = name_forms([changed, SOME[1]], config=config, folder=folder)
    table = config / "languages" / "be_inflection.toml"
    table.write_text(table.read_text("utf-8").replace('"мір",', ""), "utf-8")
    name_forms(SOME, config=config, folder=folder)
    assert {form.text for form in renamed if form.lang == "ru" and form.how == "name"} >= {"Мирграда"}
    assert len(list(folder.iterdir())) == 3


def test_the_tables_used_last_are_kept_and_what_a_kill_left_is_not(tmp_path: Path) -> None:
    for n in range(9):
        old = tmp_path / f"names-{n}.json"
        old.write_bytes(b"{}")
        os.utime(old, (1000 + n, 1000 + n))
    torn, now_written = tmp_path / "names-1.77.part", tmp_path / "names-2.78.part"
    torn.touch()
    now_written.touch()
    os.utime(torn, (1000, 1000))
    (tmp_path / "linking_samples.npz").touch()
    name_forms(SOME[1:], config=config_dir(), folder=tmp_path)
    (first,) = (path for path in tmp_path.glob("names-*.json") if len(path.name) > len("names-1.json"))
    assert {path.name for path in tmp_path.iterdir()} == {
        *("names-6.json", "names-7.json", "names-8.json", first.name, now_written.name),
        "linking_samples.npz",
    }
    os.utime(first, (1000, 1000))
    name_forms(SOME[1:], config=config_dir(), folder=tmp_path)  # used again
    name_forms(SOME[:1], config=config_dir(), folder=tmp_path)
    assert first.exists()
    assert not (tmp_path / "names-6.json").exists()


def test_a_place_that_moves_to_another_country_gets_another_table(tmp_path: Path) -> None:
    town = places()["by-city-shklov"]
    at_home = name_forms([town], config=config_dir(), folder=tmp_path)
    abroad = name_forms([replace(town, country="RU")], config=config_dir(), folder=tmp_path)
    people = {form.text for form in at_home} - {form.text for form in abroad}
    assert "шкловцы" in people  # beside those that the gazetteer names, of towns at home only


def test_adjectives_of_languages_that_the_gazetteer_lacks_come_from_their_own_file(tmp_path: Path) -> None:
    found = name_forms(SOME, config=config_dir(), folder=tmp_path)
    assert {form.text for form in found if form.how == "adjective" and form.lang == "en"} == {"French"}
    assert {"französisch", "französischen"} <= {form.text for form in found if form.lang == "de"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("be_inflection.toml", "noun = [["),
        ("be_inflection.toml", "adjective = []"),
        ("be_inflection.toml", 'noun = [["а", "f", "а ы е"]]\nadjective = []'),
        ("adjectives.toml", "[en]\ncountry-fr = 7"),
    ],
)
def test_a_spoilt_table_is_named_in_the_error(tmp_path: Path, name: str, content: str) -> None:
    config = config_copy(tmp_path)
    (config / "languages" / name).write_text(content, "utf-8")
    with pytest.raises(InputError, match=name):
        name_forms(SOME, config=config, folder=tmp_path / "kept")


@pytest.mark.parametrize("name", ["be_inflection.toml", "adjectives.toml"])
def test_a_table_that_is_no_text_is_named_in_the_error(tmp_path: Path, name: str) -> None:
    config = config_copy(tmp_path)
    (config / "languages" / name).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=name):
        name_forms(SOME, config=config, folder=tmp_path / "kept")


def test_every_shipped_table_of_endings_can_be_read() -> None:
    assert set(load_grammar(config_dir())) == {"be", "de", "en", "lt", "lv", "pl", "ru", "uk"}


def test_belarusian_adjectives_in_ski_have_unstressed_endings_but_for_two_words() -> None:
    belarusian = load_grammar(config_dir())["be"]
    assert belarusian.adjective("мядзельскі")[:3] == ("мядзельскі", "мядзельскага", "мядзельскаму")
    assert not {"мядзельской", "мядзельскога"} & set(belarusian.adjective("мядзельскі"))
    assert {"цвярскога", "цвярской"} <= set(belarusian.adjective("цвярскі"))
    assert {"гарадскога", "слаўгарадскага"} <= {
        form for word in ("гарадскі", "слаўгарадскі") for form in belarusian.adjective(word)
    }
    assert "Лунінеччынай" in belarusian.phrase("Лунінеччына")
    assert "Лунінеччыной" not in belarusian.phrase("Лунінеччына")
