"""`monitor reextract` as an operator meets it: what would change, then the change, then nothing to do."""

import json
from pathlib import Path

import pytest

from tests.command import logged, monitor
from tests.crawl_home import home_with
from tests.make_warc import info, packed, record

STORY = (
    "В Могилёв приехали гости из Псковского района: в программе встреча с учителями и посещение фермы.",
    "Как сказал председатель исполкома, о ярмарках речь пойдёт позже, сначала надо составить смету.",
)
COUNTS = "the new texts count; the jobs articles.tag and linking.link judge and link them\n"
FRAME = "Музей ткачества на нашей площади ждёт гостей ежедневно, кроме понедельника."


def archive(file: Path, *lines: str) -> Path:
    story = "".join(f"<p>{line}</p>" for line in lines)
    body = (
        f"<html><head><title>Гости</title></head><body><article><h1>Гости</h1>{story}</article></body></html>"
    )
    file.write_bytes(packed([info(), record("http://gorki.example/1", body.encode())]))
    return file


@pytest.mark.slow
def test_an_archive_is_read_again_shown_promoted_and_then_the_same(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", "http://gorki.example", "gorki")
    file = archive(tmp_path / "one.warc.gz", *STORY, FRAME)
    refused = monitor("reextract", file, home=home)
    assert (refused.code, refused.err) == (
        2, f"monitor: {file}: was never read; `monitor backfill warc` reads it\n",
    )  # fmt: skip
    filled = monitor("backfill", "warc", file, home=home)
    assert (filled.code, filled.out) == (0, "files 1, records 1, ready 1\n")
    rules = home / "config" / "boilerplate.toml"
    text = rules.read_text("utf-8")
    rules.write_text(
        text.replace("drop_lines = [", 'drop_lines = [\n  "музей ткачества … понедельника",'), "utf-8"
    )
    shown = (
        "articles read again in one.warc.gz: 1\n"
        "  would change                                               1\n"
        "    shorter text                                             1\n"
        "article 1  http://gorki.example/1\n"
        f"  - {FRAME}\n"
    )
    looked = monitor("reextract", file, home=home)
    assert (looked.code, looked.out, looked.err) == (
        0, f"{shown}nothing of it counts yet: --promote to have it count, --drop to forget it\n", "",
    )  # fmt: skip
    promoted = monitor("reextract", "--promote", home=home)
    assert (promoted.code, promoted.out) == (
        0,
        f"{shown}revised 1\n{COUNTS}",
    )
    again = json.loads(monitor("reextract", file, "--dry-run", "--json", home=home).out)
    assert (again["difference"]["pages"], again["difference"]["same"], again["promoted"]) == (1, 1, None)
    assert logged(home) == [
        "command line: promote archives read again: 1",
        "command line: drop archives read again: 1",
    ]


REFUSED: tuple[tuple[list[str], str], ...] = (
    (["--promote", "--drop"], "--dry-run, --promote and --drop exclude each other"),
    (["--corrected"], "--corrected goes with --promote"),
    (["--drop"], "no archive was read again: there is nothing to drop"),
    (["--promote"], "name the archives that are to be read again"),
    ([], "name the archives that are to be read again"),
)


def test_what_makes_no_sense_is_refused(home: Path, tmp_path: Path) -> None:
    for words, told in REFUSED:
        said = monitor("reextract", *words, home=home)
        assert (said.code, said.out, said.err) == (2, "", f"monitor: {told}\n")
    file = archive(tmp_path / "one.warc.gz", *STORY)
    assert "it takes no files" in monitor("reextract", file, "--drop", home=home).err
