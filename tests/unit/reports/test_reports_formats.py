"""What the formats print: the report's numbers, nothing harmful, the same bytes each time."""

import io
import json as json_reader
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import jsonschema_rs
import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from PIL import Image

from monitor.core.ids import ArticleId
from monitor.crawl.sources import Restricted
from monitor.gaps.types import State
from monitor.reports.charts import CHARTS, topic_chart
from monitor.reports.facts import facts, from_json
from monitor.reports.formats import FORMATS, csv, html, json, rss, text, xlsx
from monitor.reports.plain import one_line
from monitor.reports.types import ArticleFact, Report
from tests.make_reports import (
    HOSTILE,
    TODAY,
    counts,
    facts_of,
    gap_row,
    mogilev_report,
    mogilev_table,
    source,
    table,
)
from tests.read_reports import Shown, csv_rows, feed_items, gaps_in_html, gaps_in_text, sheet_rows

DOCS = Path(__file__).parents[3] / "docs"
SCHEMA_FILE = DOCS / "report.schema.json"


def hostile_report(title: str = HOSTILE) -> Report:
    """A report whose article titles, outlet names and versions are all hostile."""
    held = replace(mogilev_table(), register_version=title[:300], link_version=title[:300])
    articles = {a: replace(fact, title=title) for a, fact in facts_of(held).items()}
    press = tuple(replace(source(s, title[:200]), name_en=s) for s in ("agency", "daily", "gorki", "dead"))
    return mogilev_report(held=held, articles=articles, sources=press)


def all_text(name: str, content: bytes) -> str:
    """What a reader or a program can see of a rendered format."""
    if name == "csv":
        return "\n".join(cell for row in csv_rows(content) for cell in row.values())
    if name == "rss":
        about, items = feed_items(content)
        shown = [f"{i.title}\n{i.description}\n{i.link}" for i in items]
        return BeautifulSoup("\n".join([about, *shown]), "html.parser").get_text("\n")
    if name != "xlsx":
        return content.decode()
    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    links = [cell.hyperlink.target or "" for cell in cells if cell.hyperlink]
    return "\n".join([*(str(cell.value) for cell in cells if cell.value is not None), *links])


def expected_gaps(report: Report) -> list[Shown]:
    """What a mail must say of its gaps, from the facts."""
    shown = []
    for family in (*report.sections.gaps, *report.sections.thin):
        row = report.row(family)
        shown.append(
            Shown(
                family=row.family,
                originals=row.counted.originals,
                weeks=int(row.watched.weeks + 0.5),
                observed=row.watched.sources_observed,
                scope=row.watched.sources_in_scope,
                norm=row.watched.norm,
                percent=f"{100 * row.certainty.p_gap:.0f}",
            )
        )
    return shown


def test_html_and_text_say_the_numbers_of_the_report() -> None:
    report = mogilev_report()
    expected = expected_gaps(report)
    assert len(expected) == 12
    assert gaps_in_html(html.render(report)) == expected
    assert gaps_in_text(text.render(report)) == expected


def test_the_sheet_tells_what_stories_tell_of_and_where_they_name_the_sides() -> None:
    report = mogilev_report()
    rows = {row["Номер"]: row for row in sheet_rows(xlsx.render(report), "Пробелы")}
    for row in report.rows:
        told = [rows[row.family][name] or "" for name in ("О чём материалы", "Где в них названы стороны")]
        sums = [sum(map(int, re.findall(r" — (\d+)", cell))) for cell in told]
        assert sums == [row.counted.originals] * 2
    assert rows["AGR-0030"]["О чём материалы"] == "итог — 2; подписание — 1"
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


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_facts_give_the_same_bytes(name: str) -> None:
    report = mogilev_report()
    stored = from_json(facts(report))
    assert FORMATS[name].render(report) == FORMATS[name].render(stored)


def test_the_chart_gives_the_same_bytes_and_is_no_wider_than_a_mail() -> None:
    report = mogilev_report()
    chart = topic_chart(report)
    assert chart == topic_chart(from_json(facts(report)))
    picture = Image.open(io.BytesIO(chart))
    assert (picture.format, picture.width) == ("PNG", 860)
    assert not {"Software", "Creation Time"} & set(picture.info)


def test_the_chart_draws_dollar_signs_as_they_are() -> None:
    report = mogilev_report()
    shares = tuple(replace(share, title="$x^2$ и $\\frac{1}$") for share in report.topics.shares)
    chart = topic_chart(replace(report, topics=replace(report.topics, shares=shares)))
    assert chart.startswith(b"\x89PNG")  # \frac{1} is no formula: as one it would be an error


def test_there_is_no_chart_of_too_few_articles() -> None:
    report = mogilev_report(held=table([gap_row("AGR-0079", State.UNCOVERED, 0.9)], watch=()))
    assert topic_chart(report) == b""
    assert "<img" not in html.render(report).decode()
    assert "для сравнения тем этого мало" in text.render(report).decode().replace("\n", " ")


def test_the_picture_says_in_words_what_it_shows() -> None:
    page = BeautifulSoup(html.render(mogilev_report()), "html.parser")
    alt = page.select_one("img")["alt"]  # type: ignore[index]
    assert alt == (
        "Диаграмма: доля соглашений и доля материалов по темам, которые чаще всего стоят в соглашениях "
        "(тем: 8). Сильнее всего пресса отстаёт от соглашений в теме "
        "«Межрегиональные связи и побратимство»: 71\xa0% соглашений, 13\xa0% материалов."
    )


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
def test_no_line_of_the_page_ends_between_a_number_and_what_it_counts(lang: str) -> None:
    page = BeautifulSoup(html.render(mogilev_report(lang=lang)), "html.parser")
    texts = list(page.stripped_strings)
    assert any(re.search(r"\d\xa0[^\W\d_]", text) for text in texts)
    assert [text for text in texts if re.search(r"\d [^\W\d_]", text)] == []


def test_html_keeps_within_what_mail_programs_allow() -> None:
    content = html.render(mogilev_report())
    page = BeautifulSoup(content, "html.parser")
    assert len(content) < 100_000
    assert not page.select("script, form, iframe, object, embed, link, input, button, svg, video, base")
    assert {image["src"] for image in page.select("img")} == {f"cid:{html.chart_cid(n)}" for n in CHARTS}
    assert not re.search(rb"url\(|@import|expression\(| on\w+=", content)
    assert all(str(link["href"]).startswith("https://") for link in page.select("a"))
    for held in page.select("table"):
        assert held["role"] == "presentation"
    widths = [int(w) for w in re.findall(rb"max-width: (\d+)px", content)]
    assert widths
    assert max(widths) == 640
    assert b"prefers-color-scheme: dark" in content


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


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_that_a_demonstration_is_invented(name: str) -> None:
    warning = "издания, их названия и новости в этом письме вымышлены"
    demo, real = (
        " ".join(all_text(name, FORMATS[name].render(mogilev_report(is_demo=flag))).split())
        for flag in (True, False)
    )
    assert warning in demo
    assert warning not in real


def test_the_warning_stands_in_the_first_lines() -> None:
    report = mogilev_report()
    assert text.render(report).decode().startswith("Это демонстрация: издания")
    body = BeautifulSoup(html.render(report), "html.parser").body
    assert next(body.stripped_strings).startswith("Это демонстрация: издания")  # type: ignore[union-attr]


def test_text_keeps_to_72_columns_but_never_breaks_an_address() -> None:
    lines = text.render(mogilev_report()).decode().splitlines()
    assert [line for line in lines if len(line) > 72 and "https://" not in line] == []


def test_the_text_alone_names_the_three_worst_gaps_why_and_how_sure() -> None:
    report = mogilev_report()
    content = text.render(report).decode()
    section = content.split("О ЧЁМ НЕ НАПИСАЛИ\n====")[1].split("\n\n\n")[0]
    shared = " ".join(section.split("\n\n")[1].split())
    norm = "У этих соглашений, если ниже не сказано иное: - Норма: хотя бы 1 материал за 9 недель"
    assert shared.startswith(norm)
    assert "- Нашли: 0 материалов за 9 недель; читали 8 из 10 изданий" in shared
    assert "- Молчали: «Приднепровская новь»" in shared
    cards = [" ".join(card.split()) for card in re.split(r"\n\n(?=\d+\. )", section)[1:4]]
    for number, (card, family) in enumerate(zip(cards, report.sections.gaps, strict=False), 1):
        row = report.row(family)
        assert card.startswith(f"{number}. {row.members[0].title} (№ {family})")
        assert "Пробел: почти наверняка, 98 %" in card
        assert "С чего начать: " in card


def test_the_first_screen_says_how_much_what_changed_and_where_to_start() -> None:
    opening = " ".join(text.render(mogilev_report()).decode().split("\n\n\n")[0].split())
    assert "без единого материала осталось 13 соглашений из 21, за которыми мы следили достаточно" in opening
    assert "Сравнивать пока не с чем: раньше судить о пробелах мы не могли." in opening
    assert "Начать можно с первого: «Договор о побратимских связях" in opening


def test_an_empty_report_renders_in_every_format() -> None:
    report = mogilev_report(held=table([], watch=()))
    for name in FORMATS:
        content = FORMATS[name].render(report)
        if name == "csv":
            assert content.decode("utf-8-sig") == ",".join(csv.COLUMNS) + "\r\n"
        elif name == "rss":
            assert b"<title>\xd0\x9e \xd1\x87" in content  # the channel's: items there are none
            assert feed_items(content)[1] == []
        else:
            assert "Могилёвская область".casefold() in all_text(name, content).casefold()


def test_an_article_without_a_date_is_shown_without_one() -> None:
    held = table([gap_row("AGR-0079", State.THIN, 0.9, found=counts("AGR-0079", 1, first=1))])
    fact = ArticleFact(
        ArticleId(1), facts_of(held)[ArticleId(1)].source_id, "https://daily.example/1", "Т", None
    )
    content = text.render(mogilev_report(held=held, articles={fact.id: fact})).decode()
    assert "- Т (Приднепровская новь)\n" in content
    assert fact.published_on is None
    assert TODAY.year == 2025
