"""OPML in and out: every bad row has its line, what is known is told, an export comes back whole."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.articles.selectors import PageSelectors
from monitor.core.ids import PlaceId
from monitor.core.shipped import config_dir
from monitor.crawl.opml import known_feeds, read_opml, toml_rows, write_opml
from monitor.crawl.sources import load_sources
from monitor.register.load import load_register
from monitor.register.types import Place
from tests.crawl_world import source

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Мои газеты</title></head><body>
<outline text="Районки">
  <outline type="rss" text="Маяк &amp; «Край»" xmlUrl="https://www.mayak.example/feed/" htmlUrl="https://www.mayak.example/"/>
  <outline type="rss" text="Дважды" XMLURL="https://www.mayak.example/feed/?utm_source=x"/>
  <outline type="rss" text="Файл" xmlUrl="file:///etc/passwd"/>
  <outline type="rss" text="Пароль" xmlUrl="https://u:p@a.example/feed"/>
  <outline type="rss" xmlUrl="https://b.example/feed"/>
  <outline type="rss" text="Пусто" xmlUrl=""/>
  <outline type="rss" text="Горки" language="be-BY" xmlUrl="http://gorki.example/feed"/>
  <outline type="rss" text="Орша" xmlUrl="h&#10;ttp://orsha.example/feed"/>
</outline></body></opml>"""


@pytest.fixture(scope="module")
def places() -> Mapping[PlaceId, Place]:
    return load_register(config_dir()).places


def test_good_rows_are_read_and_bad_ones_named_with_their_line() -> None:
    read = read_opml(LIST.encode(), "list.opml")
    assert [(f.line, f.title, f.url, f.site, f.language) for f in read.feeds] == [
        (4, "Маяк & «Край»", "https://www.mayak.example/feed/", "https://www.mayak.example/", ""),
        (10, "Горки", "http://gorki.example/feed", "", "be"),
    ]
    assert [str(problem) for problem in read.problems] == [
        "list.opml:5: 'https://www.mayak.example/feed/?utm_source=x' stands already in line 4",
        "list.opml:6: xmlUrl 'file:///etc/passwd' is not a http or https address without password",
        "list.opml:7: xmlUrl 'https://u:p@a.example/feed' is not a http or https address without password",
        "list.opml:8: 'https://b.example/feed' has neither title nor text",
        "list.opml:9: xmlUrl is empty",
        "list.opml:11: xmlUrl 'h ttp://orsha.example/feed' has a space in it",
    ]


def test_a_feed_that_is_watched_already_is_named_with_its_source() -> None:
    feeds = read_opml(LIST.encode(), "x").feeds
    assert known_feeds(feeds, [source("gorki"), source("shklov")]) == {10: "gorki"}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "x:1: not XML: no element found"),
        (b"<opml><body><outline", "x:1: not XML: unclosed token"),
        (b"<rss/>", "x: no OPML: the root element is <rss>"),
        (b"\xff\xfe\x00", "x:1: not XML: "),
        (
            b'<!DOCTYPE o [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><opml/>',
            "x: has a DTD (<!DOCTYPE ...>), which is refused",
        ),
        (
            b'<!DOCTYPE o SYSTEM "file:///etc/passwd"><opml/>',
            "x: has a DTD (<!DOCTYPE ...>), which is refused",
        ),
        (b"<opml>" + b"<outline>" * 50_000, "x:1: not XML: no element found"),
    ],
)
def test_what_is_no_opml_is_one_problem(body: bytes, why: str) -> None:
    read = read_opml(body, "x")
    assert read.feeds == ()
    assert [str(p)[: len(why)] for p in read.problems] == [why]


def rows_of(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(text)["source"]
    return found


def test_an_imported_row_is_off_and_cannot_be_loaded_before_it_is_filled_in() -> None:
    (mayak, _) = rows_of(toml_rows(read_opml(LIST.encode(), "x").feeds))
    assert mayak == {
        "id": "mayak-example",
        "name": "Маяк & «Край»",
        "name_en": "",
        "kind": "",
        "country": "",
        "region": "",
        "site": "https://www.mayak.example/",
        "zone": "",
        "show": "",
        "languages": [],
        "enabled": False,
        "why_not": "imported, not reviewed",
        "feed": [{"url": "https://www.mayak.example/feed/", "kind": "rss"}],
    }


def test_a_hostile_title_stays_a_string() -> None:
    name = "a&quot;&#10;enabled = true&#10;# \\u0022 &#127;"
    body = f'<opml><body><outline text="{name}" xmlUrl="http://a.example/"/></body></opml>'
    (row,) = rows_of(toml_rows(read_opml(body.encode(), "x").feeds))
    assert (row["name"], row["enabled"]) == ('a" enabled = true # \\u0022 ', False)


def test_what_is_exported_comes_back_as_the_same_sources(
    tmp_path: Path, places: Mapping[PlaceId, Place]
) -> None:
    ours = load_sources(config_dir() / "sources", places)
    read = read_opml(write_opml(ours, "Монитор <1>"), "x")
    assert read.problems == ()
    (tmp_path / "back.toml").write_text(toml_rows(read.feeds), "utf-8")
    back = {s.id: s for s in load_sources(tmp_path, places)}
    exported = [s for s in ours if s.feeds]
    assert list(back) == [s.id for s in sorted(exported, key=lambda s: s.country)]
    for s in exported:
        same = (
            "name",
            "name_en",
            "kind",
            "country",
            "region",
            "district",
            "languages",
            "site",
            "zone",
            "show",
            "notes",
            "page",
        )
        assert [getattr(back[s.id], key) for key in same] == [getattr(s, key) for key in same]
        assert [(f.url, f.kind, f.rules, f.evidence) for f in back[s.id].feeds] == [
            (f.url, f.kind, f.rules, f.evidence) for f in s.feeds
        ]


def test_page_rules_and_notes_come_back_to_the_letter(
    tmp_path: Path, places: Mapping[PlaceId, Place]
) -> None:
    page = PageSelectors(
        text="div.story  >  p:not([title='a  \"b\" & <c>'])", drop=(".ads", "p[style*='x, y']"), title="h1",
        author=".by", date="time",
    )  # fmt: skip
    notes = 'Call them first, then "write" & \\ wait <.'
    plain = load_sources(config_dir() / "sources", places)[0]
    ours = replace(plain, page=page, notes=notes)
    (tmp_path / "back.toml").write_text(toml_rows(read_opml(write_opml([ours], "t"), "x").feeds), "utf-8")
    (back,) = load_sources(tmp_path, places)
    assert (back.page, back.notes) == (page, notes)


@pytest.mark.parametrize("drop", ["no list", "{}", "[1]", "[[]]", "[" * 5000])
def test_page_rules_of_another_hand_that_are_none_are_left_out(drop: str) -> None:
    body = (
        f'<opml><body><outline text="a" xmlUrl="http://a.example/" monitor:page_drop="{drop}"/></body></opml>'
    )
    (row,) = rows_of(toml_rows(read_opml(body.encode(), "x").feeds))
    assert "page" not in row
