"""The first minutes: version, help, init, migrate, doctor, and what happens without a home."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from monitor import __version__
from monitor.cli.main import COMMANDS, build
from monitor.core import schema
from monitor.core.shipped import shipped_root
from tests.command import monitor


def test_the_module_answers_its_version_as_a_program_of_its_own() -> None:
    words = [sys.executable, "-m", "monitor", "--version"]
    done = subprocess.run(words, cwd=shipped_root(), capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{__version__}\n", "")


def commands(*words: str) -> set[str]:
    """The commands that a call with these words knows."""
    return set(getattr(typer.main.get_command(build(words)), "commands", ()))


def test_a_call_brings_its_own_command_only_and_a_wish_for_help_brings_them_all() -> None:
    for name in COMMANDS:
        assert commands("--home", "var", name, "more") == {name}
    assert commands("--home", "report", "gaps") == {"gaps", "report"}  # a folder may be called so
    assert commands("--help", "gaps") == commands("nonsense") == commands() == set(COMMANDS)


def test_without_words_the_commands_are_listed() -> None:
    said = monitor()
    assert said.code == 2
    for name in ("demo", "init", "migrate", "sources", "register", "crawl", "tag", "link", "train"):
        assert f" {name} " in said.out


def helps(command: Any) -> Iterator[str]:
    """What a command and those below it say of themselves and of their options."""
    yield command.help or ""
    yield from (getattr(option, "help", None) or "" for option in command.params)
    for below in getattr(command, "commands", {}).values():
        yield from helps(below)


def test_no_help_has_words_in_brackets_which_would_be_taken_for_markup_and_left_out() -> None:
    told = list(helps(typer.main.get_command(build())))
    assert len(told) > 100
    assert [text for text in told if re.search(r"\[[a-z/#@]", text)] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["gaps", "--nonsense"], "No such option: --nonsense"),
        (["register", "show"], "Missing argument"),
        (["demo", "--days", "61"], "--days"),
        (["demo", "--items", "many"], "--items"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(words: list[str], told: str) -> None:
    said = monitor(*words)
    assert (said.code, said.out) == (2, "")
    assert told in said.err


def test_init_makes_a_home_and_a_second_time_leaves_the_config_as_people_changed_it(tmp_path: Path) -> None:
    home = tmp_path / "a" / "home"
    first = monitor("init", home=home)
    settings = home / "config" / "settings.toml"
    settings.write_text(settings.read_text("utf-8").replace('contact = ""', 'contact = "mine"'), "utf-8")
    again = monitor("init", home=home)
    assert (first.code, again.code) == (0, 0)
    assert first.out.replace("(made)", "(found; config left as it is)") == again.out
    assert "501 agreements, 378 monitored in 254 families" in first.out
    assert 'contact = "mine"' in settings.read_text("utf-8")
    assert sorted(path.name for path in home.iterdir()) == ["config", "monitor.sqlite", "web.key"]


@pytest.mark.parametrize("inside", ["", "home"])
def test_init_where_nothing_can_be_written_names_the_folder_and_another_way(
    tmp_path: Path, inside: str
) -> None:
    (tmp_path / "file").write_text("not a folder")
    home = tmp_path / "file" / inside
    said = monitor("init", home=home)
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith(f"monitor: {home}: cannot be written (")
    assert said.err.endswith("choose another folder with --home\n")
    assert (tmp_path / "file").read_text() == "not a folder"


def test_an_init_that_was_cut_off_is_finished_by_the_next(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "config.partial" / "register").mkdir(parents=True)
    assert monitor("init", home=home).code == 0
    assert sorted(path.name for path in home.iterdir()) == ["config", "monitor.sqlite", "web.key"]


def test_migrate_goes_down_and_up_and_what_needs_the_schema_waits(home: Path) -> None:
    url = f"sqlite:///{home / 'monitor.sqlite'}"
    down = monitor("migrate", "--down", "base", home=home)
    assert (down.code, down.out) == (0, f"{url}: {schema.head()} -> empty\n")
    asked = monitor("subscribers", "list", home=home)
    assert (asked.code, asked.err) == (3, f"monitor: {url}: the database is empty: run `monitor init`\n")
    up = monitor("migrate", home=home)
    assert (up.code, up.out) == (0, f"{url}: empty -> {schema.head()}\n")
    assert monitor("subscribers", "list", home=home).out == "0 subscriptions\n"


def test_migrate_down_to_a_revision_that_is_none_changes_nothing(home: Path) -> None:
    said = monitor("migrate", "--down", "yesterday", home=home)
    assert said.code == 2
    assert "'yesterday'" in said.err
    assert "there are base, 0001, " in said.err
    assert schema.head() in said.err
    assert monitor("subscribers", "list", home=home).code == 0


def test_doctor_on_a_fresh_home_finds_nothing_wrong_and_says_what_is_left_to_do(home: Path) -> None:
    said = monitor("doctor", home=home)
    assert said.code == 0
    odd = [line for line in said.out.splitlines() if not line.startswith("ok ")]
    ended = [line for line in odd if "past their term" in line]  # more of them every year
    assert [line for line in odd if line not in ended] == [
        "warn crawl.contact is empty: newspapers cannot tell who asks them",
        "warn no trained model yet: `monitor train`, or the first `monitor tag` trains one",
        "warn nothing was crawled yet: `monitor crawl`",
        "warn no service runs (or was stopped): `monitor run` crawls, reports and mails by itself",
    ]
    quiet = monitor("doctor", "--quiet", home=home)
    assert [line[:2] for line in quiet.out.splitlines()] == ["wa"] * (4 + len(ended))
    levels = [finding["level"] for finding in json.loads(monitor("doctor", "--json", home=home).out)]
    assert sorted(set(levels)) == ["ok", "warn"]


def test_doctor_without_a_home_says_so_once_and_makes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "nowhere"
    said = monitor("doctor", home=home)
    assert said.code == 1
    assert "no home folder yet, run `monitor init`" in said.out
    told = f"bad  {home} is no home folder: run `monitor --home {home} init`, or name another with --home"
    assert said.out.count("bad ") == said.out.count(told) == 1
    assert not home.exists()


@pytest.mark.parametrize(
    "words",
    ["crawl", "tag", "link", "gaps", "report build", "report send", "subscribers list", "migrate",
     "job run gaps.build"],
)  # fmt: skip
def test_without_a_home_every_command_that_needs_one_says_how_to_get_it(words: str, tmp_path: Path) -> None:
    said = monitor(*words.split())
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("monitor: var is no home folder: run `monitor --home var init`")
    assert list(Path.cwd().iterdir()) == []


def test_the_home_can_come_from_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_HOME", str(home))
    assert monitor("subscribers", "list").out == "0 subscriptions\n"
