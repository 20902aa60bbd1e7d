"""Word lists of an older home: what it has is taken as it is, what it lacks is as shipped."""

import shutil
import tomllib
from pathlib import Path

import pytest

from monitor.core.shipped import config_dir
from monitor.core.wordlists import read_words
from monitor.linking.cues import load_cues

NAME = "languages/context.toml"


def test_the_shipped_file_is_read_as_it_stands() -> None:
    assert read_words(config_dir(), NAME) == tomllib.loads((config_dir() / NAME).read_text("utf-8"))


def test_missing_tables_and_keys_are_as_shipped_and_lists_stay_those_of_the_home(tmp_path: Path) -> None:
    (tmp_path / "languages").mkdir()
    own = '[street]\nbefore = ["алея"]\n[mine]\nword = 1\n'
    (tmp_path / NAME).write_text(own, "utf-8")
    shipped = read_words(config_dir(), NAME)
    found = read_words(tmp_path, NAME)
    assert found["street"] == {**shipped["street"], "before": ["алея"]}
    assert found == {**shipped, "street": found["street"], "mine": {"word": 1}}


def test_an_older_home_still_finds_names(tmp_path: Path) -> None:
    shutil.copytree(config_dir() / "languages", tmp_path / "languages")
    text = (tmp_path / NAME).read_text("utf-8")
    (tmp_path / NAME).write_text(text[: text.index("\n[", text.index("[things]") + 1)], "utf-8")
    assert load_cues(tmp_path).sport_before == load_cues(config_dir()).sport_before


def test_a_file_that_is_not_there_or_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        read_words(tmp_path, NAME)
    (tmp_path / "languages").mkdir()
    (tmp_path / NAME).write_text("[", "utf-8")
    with pytest.raises(ValueError, match="key part"):
        read_words(tmp_path, NAME)
