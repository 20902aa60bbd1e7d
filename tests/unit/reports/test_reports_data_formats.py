"""Sheet, CSV, JSON and feed: every row with its numbers, in columns that are explained."""

import io
import json as json_reader
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import jsonschema_rs
import pytest
from openpyxl import load_workbook

from monitor.reports.facts import from_json
from monitor.reports.formats import csv, json, rss, text, xlsx
from tests.make_reports import (
    mogilev_report,
)
from tests.read_reports import csv_rows, feed_items, sheet_rows

STAGES = "О чём материалы (по ключевым словам; верно примерно в двух случаях из трёх)"
DOCS = Path(__file__).parents[3] / "docs"
SCHEMA_FILE = DOCS / "report.schema.json"


def test_the_sheet_tells_what_stories_tell_of_and_where_they_name_the_sides() -> None:
    report = mogilev_report()
    rows = {row["Номер"]: row for row in sheet_rows(xlsx.render(report), "Пробелы")}
    for row in report.rows:
        told = [rows[row.family][name] or "" for name in (STAGES, "Где в них названы стороны")]
        sums = [sum(map(int, re.findall(r" — (\d+)", cell))) for cell in told]
        assert sums == [row.counted.originals] * 2
    assert rows["AGR-0030"][STAGES] == "итог — 2; подписание — 1"
    assert rows["AGR-0030"]["Где в них названы стороны"] == "в начале текста — 3"


def test_the_sheet_holds_every_row_with_its_numbers() -> None:
    report = mogilev_report()
    rows = {row["Номер"]: row for row in sheet_rows(xlsx.render(report), "Пробелы")}
    assert set(rows) == {row.family for row in report.rows}
    for row in report.rows:
        cells = rows[row.family]
        assert cells["Вероятность пробела"] == pytest.approx(row.certainty.p_gap, abs=1e-15)
        assert cells["Найдено материалов"] == row.counted.originals
        assert cells["Статей с перепечатками и переводами"] == row.counted.articles
        assert cells["Из них переводов"] == len(row.counted.translations)
        assert cells["Норма"] == row.watched.norm
        assert cells["Недель"] == pytest.approx(row.watched.weeks)
        assert (cells["не меньше (95\u00a0%)"], cells["не больше (95\u00a0%)"]) == (
            row.certainty.lo,
            row.certainty.hi,
        )
        assert (cells["Изданий в охвате"], cells["Прочитано изданий"]) == (
            row.watched.sources_in_scope,
            row.watched.sources_observed,
        )
        last_on = cells["Последний материал"]
        assert (last_on.date() if isinstance(last_on, datetime) else last_on) == row.counted.last_on


def test_topics_are_told_apart_though_their_titles_hold_commas_and_and() -> None:
    report = mogilev_report()
    several = next(row for row in report.rows if len(row.topics) > 1)
    rows = {row["Номер"]: row for row in sheet_rows(xlsx.render(report), "Пробелы")}
    assert tuple(rows[several.family]["Темы"].split("; ")) == several.topic_titles
    wanted = tuple(share.topic for share in report.topics.shares if " и " in share.title)[:2]
    titles = "; ".join(share.title for share in report.topics.shares if share.topic in wanted)
    mail = " ".join(text.render(replace(report, topics_wanted=wanted)).decode().split())
    assert (mail.count(f"темы: {titles} "), mail.count(f"темами ({titles});")) == (1, 1)


@pytest.mark.parametrize(
    ("sheet", "named"),
    [("Статьи", ["Издание"]), ("Партнёры", ["Регион", "Страна-партнёр"]), ("Календарь", ["Страна"])],
)
def test_names_of_outlets_regions_and_countries_are_not_cut_off(sheet: str, named: list[str]) -> None:
    held = load_workbook(io.BytesIO(xlsx.render(mogilev_report())))[sheet]
    spans = [one for one in held.column_dimensions.values() if 25 < one.width < 50]
    columns = {number for one in spans for number in range(one.min, one.max + 1)}
    assert [cell.value for cell in held[2] if cell.column in columns] == named


def test_a_translation_is_told_from_originals_and_reprints() -> None:
    report = mogilev_report()
    row = next(row for row in report.rows if row.state == "thin")
    original, reprint, translation = (*row.counted.origins, *row.counted.copies, *row.counted.translations)
    kinds = {
        cells["Заголовок"]: cells["Оригинал, перепечатка или перевод"]
        for cells in sheet_rows(xlsx.render(report), "Статьи")
        if cells["Номер соглашения"] == row.family
    }
    assert {
        report.proof(a).title: kind
        for a, kind in zip(
            (original, reprint, translation), ("оригинал", "перепечатка", "перевод"), strict=True
        )
        if report.proof(a).is_named
    }.items() <= kinds.items()
    assert [report.proof(a).is_translation for a in (original, reprint, translation)] == [False, False, True]
    told = " ".join(text.render(report).decode().split())
    assert "переводы найденных материалов, второй раз не считаются, — 1" in told


def test_the_sheet_lists_articles_sources_and_topics_with_links_and_filters() -> None:
    report = mogilev_report()
    content = xlsx.render(report)
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == [
        "Пробелы", "Статьи", "Источники", "Темы", "Партнёры", "Календарь", "Метод",
    ]  # fmt: skip
    for name in book.sheetnames[:-1]:
        assert book[name].freeze_panes == "B3"
        (held,) = book[name].tables.values()
        assert held.ref.startswith("A2:")
        assert held.autoFilter.ref == held.ref
        assert [column.name for column in held.tableColumns] == [cell.value for cell in book[name][2]]
    links = [cell.hyperlink.target for row in book["Статьи"].iter_rows() for cell in row if cell.hyperlink]
    assert links == [p.url for p in report.articles for _ in p.families if p.is_named]
    articles = sheet_rows(content, "Статьи")
    assert len(articles) == sum(len(proof.families) for proof in report.articles)
    sources = {row["Источник"]: row for row in sheet_rows(content, "Источники")}
    assert sources["Шкловская трибуна"]["Наблюдали, доля срока"] == pytest.approx(0.81)
    assert sources["Мстиславская хроника"]["Молчит с"] == datetime(2025, 10, 24)  # noqa: DTZ001 - a day
    everywhere = "по всем регионам и изданиям."  # the other sheets are the region's
    assert [n for n in book.sheetnames if book[n]["A1"].value.endswith(everywhere)] == ["Темы"]
    topics = sheet_rows(content, "Темы")
    assert [row["Соглашений"] for row in topics] == [share.families for share in report.topics.shares]


def test_the_csv_holds_every_row_with_its_numbers_in_full() -> None:
    report = mogilev_report()
    rows = csv_rows(csv.render(report))
    assert [row["family"] for row in rows] == [row.family for row in report.rows]
    for told, row in zip(rows, report.rows, strict=True):
        assert float(told["p_gap"]) == row.certainty.p_gap
        assert float(told["weeks"]) == row.watched.weeks
        numbers = (told["originals"], told["articles"], told["norm"], told["lo"], told["hi"])
        held = (
            row.counted.originals,
            row.counted.articles,
            row.watched.norm,
            row.certainty.lo,
            row.certainty.hi,
        )
        assert tuple(map(int, numbers)) == held
        assert (told["state"], told["is_national"]) == (row.state, str(row.is_national).lower())
        links = [report.proof(article) for article in row.counted.origins]
        assert told["links"].split() == [proof.url for proof in links if proof.is_named]
        assert int(told["unnamed_originals"]) == sum(not proof.is_named for proof in links)


def test_every_column_of_the_csv_is_explained() -> None:
    told = (DOCS / "formats.md").read_text("utf-8")
    assert [column for column in csv.COLUMNS if f"`{column}`" not in told] == []


def test_a_formula_in_the_csv_is_a_text() -> None:
    report = mogilev_report()
    member = replace(report.rows[0].members[0], title="=HYPERLINK(1)")
    held = replace(
        report, rows=(replace(report.rows[0], members=(member,), own_side=("@x",), other_side=("-1",)),)
    )
    (row,) = csv_rows(csv.render(held))
    assert (row["title"], row["own_side"], row["other_side"]) == ("'=HYPERLINK(1)", "'@x", "'-1")
    assert row["p_gap"] == repr(report.rows[0].certainty.p_gap)


def test_the_json_is_the_report_and_keeps_to_its_schema() -> None:
    report = mogilev_report()
    doc = json_reader.loads(json.render(report))
    unnamed = {one.source for one in report.watch if not one.name}
    assert unnamed
    told = from_json(doc["report"])
    assert replace(told, watch=report.watch, blind_spots=report.blind_spots) == report
    for found, held in ((told.watch, report.watch), (told.blind_spots, report.blind_spots)):
        assert [one.source for one in found] == [one.source if one.name else "" for one in held]
    schema = json.schema()
    jsonschema_rs.meta.validate(schema)
    validator = jsonschema_rs.validator_for(schema)
    validator.validate(doc)
    for broken in ({**doc, "more": 1}, {**doc, "report": {**doc["report"], "week": 7}}):
        assert not validator.is_valid(broken)


def test_the_published_schema_is_the_one_of_this_program() -> None:
    assert json_reader.loads(SCHEMA_FILE.read_text("utf-8")) == json.schema()


def test_the_feed_has_an_item_for_each_gap_with_its_numbers() -> None:
    report = mogilev_report()
    _, items = feed_items(rss.render(report))
    sections = report.sections
    shown = (*sections.gaps, *sections.thin, *sections.closed, *sections.national)
    assert [item.family for item in items] == list(shown)
    norms = [re.search(r"Норма: \D*(\d+)", item.description) for item in items[: len(sections.gaps)]]
    assert [int(found[1]) for found in norms if found] == [report.row(f).watched.norm for f in sections.gaps]


def test_an_item_of_the_feed_says_each_thing_once_and_its_own_before_what_all_share() -> None:
    _, items = feed_items(rss.render(mogilev_report()))
    labels = [re.findall(r"(?:^|<br ?/?>)([^:<]+):", item.description) for item in items]
    assert any("Почему здесь" in found for found in labels)
    assert [found for found in labels if len(found) != len(set(found))] == []
