"""What the formats print: the report's numbers, nothing harmful, the same bytes each time."""

import io
import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from monitor.core.ids import ArticleId
from monitor.gaps.types import State
from monitor.reports.charts import CHARTS, topic_chart
from monitor.reports.facts import facts, from_json
from monitor.reports.formats import FORMATS, csv, html, text
from monitor.reports.letter import letter
from monitor.reports.types import ArticleFact, Report
from tests.make_reports import (
    TODAY,
    counts,
    facts_of,
    gap_row,
    mogilev_report,
    table,
)
from tests.read_reports import Shown, all_text, feed_items, gaps_in_html, gaps_in_text


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


def test_a_list_says_how_many_more_stand_in_the_sheet() -> None:
    report = mogilev_report()
    held = len(report.sections.pending)
    longer = replace(report, totals=replace(report.totals, not_due=held + 4))
    more = {section.code: section.more for section in letter(longer).sections}
    assert more["pending"] == "Ещё 4 соглашения — в приложенной таблице."
