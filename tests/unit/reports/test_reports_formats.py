"""What the formats print: the report's numbers, nothing harmful, the same bytes each time."""

import io
import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from PIL import Image

from monitor.core.ids import ArticleId
from monitor.crawl.sources import Restricted
from monitor.gaps.types import State
from monitor.reports.charts import topic_chart
from monitor.reports.facts import facts, from_json
from monitor.reports.formats import FORMATS, html, text, xlsx
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
from tests.read_reports import Shown, gaps_in_html, gaps_in_text, sheet_rows


def hostile_report(title: str = HOSTILE) -> Report:
    """A report whose article titles, outlet names and versions are all hostile."""
    held = replace(mogilev_table(), register_version=title[:300], link_version=title[:300])
    articles = {a: replace(fact, title=title) for a, fact in facts_of(held).items()}
    press = tuple(replace(source(s, title[:200]), name_en=s) for s in ("agency", "daily", "gorki", "dead"))
    return mogilev_report(held=held, articles=articles, sources=press)


def all_text(name: str, content: bytes) -> str:
    """What a reader or a program can see of a rendered format."""
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


def test_the_sheet_holds_every_row_with_its_numbers() -> None:
    report = mogilev_report()
    rows = {row["Номер"]: row for row in sheet_rows(xlsx.render(report), "Пробелы")}
    assert set(rows) == {row.family for row in report.rows}
    for row in report.rows:
        cells = rows[row.family]
        assert cells["Вероятность пробела"] == pytest.approx(row.certainty.p_gap, abs=1e-15)
        assert cells["Найдено материалов"] == row.counted.originals
        assert cells["Статей с перепечатками"] == row.counted.articles
        assert cells["Норма"] == row.watched.norm
        assert cells["Недель"] == pytest.approx(row.watched.weeks)
        assert (cells["не меньше"], cells["не больше"]) == (row.certainty.lo, row.certainty.hi)
        assert (cells["Изданий в охвате"], cells["Прочитано изданий"]) == (
            row.watched.sources_in_scope,
            row.watched.sources_observed,
        )
        last_on = cells["Последний материал"]
        assert (last_on.date() if isinstance(last_on, datetime) else last_on) == row.counted.last_on


def test_the_sheet_lists_articles_sources_and_topics_with_links_and_filters() -> None:
    report = mogilev_report()
    content = xlsx.render(report)
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Пробелы", "Статьи", "Источники", "Темы", "Метод"]
    for name in book.sheetnames[:4]:
        assert book[name].freeze_panes == "B3"
        assert book[name].auto_filter.ref.startswith("A2:")
    links = [cell.hyperlink.target for row in book["Статьи"].iter_rows() for cell in row if cell.hyperlink]
    assert links == [p.url for p in report.articles for _ in p.families if p.is_named]
    articles = sheet_rows(content, "Статьи")
    assert len(articles) == sum(len(proof.families) for proof in report.articles)
    sources = {row["Источник"]: row for row in sheet_rows(content, "Источники")}
    assert sources["Шкловская трибуна"]["Наблюдали, доля срока"] == pytest.approx(0.81)
    assert sources["Мстиславская хроника"]["Молчит с"] == datetime(2025, 10, 24)  # noqa: DTZ001 - a day
    topics = sheet_rows(content, "Темы")
    assert [row["Соглашений"] for row in topics] == [share.families for share in report.topics.shares]


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
        "(тем: 8). Сильнее всего пресса отстаёт в теме «Межрегиональные связи и побратимство»: "
        "71\xa0% соглашений, 13\xa0% материалов."
    )


def test_html_keeps_within_what_mail_programs_allow() -> None:
    content = html.render(mogilev_report())
    page = BeautifulSoup(content, "html.parser")
    assert len(content) < 100_000
    assert not page.select("script, form, iframe, object, embed, link, input, button, svg, video, base")
    assert {image["src"] for image in page.select("img")} == {f"cid:{html.CHART_CID}"}
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
    if name == "html":
        assert "<script" not in seen
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in seen
    else:
        assert "<script>alert(1)</script>" in seen.replace("\n", " ").replace("  ", " ")
    assert "{{ 7*7 }} {0}" in " ".join(seen.split())


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
    assert "мы не называем" in " ".join(seen.split())


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
    assert shared.startswith("У всех этих соглашений: - Норма: хотя бы 1 материал за 9 недель")
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
    assert "без единого материала осталось 13 соглашений из 21, о которых мы можем судить" in opening
    assert "Это первый отчёт, сравнивать пока не с чем." in opening
    assert "Начать можно с первого: «Договор о побратимских связях" in opening


def test_an_empty_report_renders_in_every_format() -> None:
    report = mogilev_report(held=table([], watch=()))
    for name in FORMATS:
        assert "Могилёвская область".casefold() in all_text(name, FORMATS[name].render(report)).casefold()


def test_an_article_without_a_date_is_shown_without_one() -> None:
    held = table([gap_row("AGR-0079", State.COVERED, 0.1, found=counts("AGR-0079", 1, first=1))])
    fact = ArticleFact(
        ArticleId(1), facts_of(held)[ArticleId(1)].source_id, "https://daily.example/1", "Т", None
    )
    content = text.render(mogilev_report(held=held, articles={fact.id: fact})).decode()
    assert "- Т (Приднепровская новь)\n" in content
    assert fact.published_on is None
    assert TODAY.year == 2025
