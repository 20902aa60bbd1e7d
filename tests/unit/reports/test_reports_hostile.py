"""Hostile titles and outlets that may not be named, in every format."""

import io
from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from monitor.core.ids import ArticleId
from monitor.crawl.sources import Restricted
from monitor.gaps.types import State
from monitor.reports.formats import FORMATS, rss, xlsx
from monitor.reports.plain import one_line
from tests.make_reports import (
    HOSTILE,
    counts,
    facts_of,
    gap_row,
    hostile_report,
    mogilev_report,
    table,
)
from tests.read_reports import all_text, feed_items


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_titles_do_no_harm(name: str) -> None:
    seen = all_text(name, FORMATS[name].render(hostile_report()))
    for char in "\u202e\x00\r":
        assert char not in seen
    if name == "csv":  # it holds no titles of articles
        assert "script" not in seen
        return
    if name == "html":
        assert "<script" not in seen
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in seen
    else:
        assert "<script>alert(1)</script>" in seen.replace("\n", " ").replace("  ", " ")
    assert "{{ 7*7 }} {0}" in " ".join(seen.split())


def test_a_reader_of_feeds_takes_no_markup_from_a_title() -> None:
    _, items = feed_items(rss.render(hostile_report()))
    told = [item.description for item in items if "alert(1)" in item.description]
    assert told
    for description in told:
        assert BeautifulSoup(description, "html.parser").find_all(["script", "b", "img", "a"]) == []


def test_a_title_that_looks_like_a_formula_stays_a_text_in_the_sheet() -> None:
    book = load_workbook(io.BytesIO(xlsx.render(hostile_report())))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    titles = [cell.value for cell in cells if str(cell.value).startswith("=cmd")]
    assert titles
    assert one_line(HOSTILE) in titles


@pytest.mark.parametrize("name", FORMATS)
def test_a_title_of_ten_megabytes_is_quoted_in_three_hundred_characters(name: str) -> None:
    held = table([gap_row("AGR-0079", State.COVERED, 0.1, found=counts("AGR-0079", 1, first=1))])
    fact = replace(facts_of(held)[ArticleId(1)], title="слово " * 1_750_000)
    report = mogilev_report(held=held, articles={fact.id: fact})
    assert len(report.articles[0].title) <= 300
    assert len(FORMATS[name].render(report)) < 60_000


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "rule",
    [
        Restricted(host="daily.example", title="", channel="", since=date(2024, 1, 1), why="решение"),
        Restricted(host="", title="Приднепровская новь", channel="", since=date(2024, 1, 1), why="решение"),
    ],
    ids=["host", "title"],
)
def test_a_restricted_outlet_counts_and_is_neither_named_nor_linked(name: str, rule: Restricted) -> None:
    free, bound = mogilev_report(), mogilev_report(restricted=(rule,))
    assert [row.counted for row in free.rows] != [row.counted for row in bound.rows]  # names only
    assert [row.counted.originals for row in free.rows] == [row.counted.originals for row in bound.rows]
    seen = all_text(name, FORMATS[name].render(bound))
    titles = [p.title for p in free.articles if p.outlet == "Приднепровская новь"]
    assert titles
    assert not [title for title in (*titles, "daily.example", "Приднепровская") if title in seen]
    if name != "rss":  # its gaps have none of those articles; see below
        assert "мы не называем" in " ".join(seen.split())


def test_the_feed_counts_an_outlet_that_it_may_not_name() -> None:
    held = table([gap_row("AGR-0079", State.THIN, 0.9, found=counts("AGR-0079", 1, first=3))])
    about, (item,) = feed_items(rss.render(mogilev_report(held=held)))
    assert "1 материал в источнике, который мы не называем" in item.description
    assert item.link == ""
    assert "exile" not in about + item.description
