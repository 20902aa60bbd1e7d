"""A source's own rules for its pages."""

from datetime import UTC, datetime

import pytest

from monitor.articles.extract import extract_page
from monitor.articles.selectors import PageSelectors, select, selector_fault
from monitor.articles.types import Extracted
from monitor.core.ids import PageUrl
from tests.story_pages import DETECT, MONTHS, NOW, RULES

PAGE = """<html><head><title>Новости</title></head><body>
<div id="top">Сегодня 6 октября 2026</div><h1>Сайт района</h1>
<div class="n-title">Школьники из Горок съездили в Смоленск</div>
<div class="n-meta">4 кастрычніка 2026, 08:13</div>
<div class="n-by">Аўтар: Іна Верас</div>
<div class="n-text">Двадцать школьников из Горок побывали в Смоленске.<br>
Их принимала городская администрация.
<div class="ad">Купите окна у нас!</div><table><tr><td>Музеи</td><td>три</td></tr></table>
<figure><img src="a"><figcaption>Фото на память</figcaption></figure>
<p>Ответный <b>визит</b> намечен на&nbsp;весну, сообщили в отделе образования.</p></div>
<div class="n-text">Справка: районы дружат с 1998 года.</div>
<div class="other">Завод отгрузил тракторы в Казахстан, сообщили на предприятии в понедельник.</div>
</body></html>"""
RULE = PageSelectors(
    text=".n-text", drop=(".ad",), title=".n-title", author=".n-by", date=".n-meta"
)  # fmt: skip


def read(selectors: PageSelectors, page: str = PAGE) -> Extracted:
    return extract_page(
        page.encode(), url=PageUrl("http://gorki.example/1"), content_type="text/html; charset=utf-8",
        source_zone="Europe/Minsk", feed_title="", feed_summary="", feed_text="", feed_published=None,
        now=NOW, detect=DETECT, rules=RULES, months=MONTHS, selectors=selectors,
    )  # fmt: skip


def test_the_rules_of_a_source_give_its_story_whole_and_nothing_beside_it() -> None:
    found = read(RULE)
    assert (found.title, found.author) == ("Школьники из Горок съездили в Смоленск", "Аўтар: Іна Верас")
    assert (found.published_at, found.published_from) == (datetime(2026, 10, 4, 5, 13, tzinfo=UTC), "rule")
    assert found.text.split("\n") == [
        "Двадцать школьников из Горок побывали в Смоленске.",
        "Их принимала городская администрация.",
        "Музеи | три",
        "Ответный визит намечен на весну, сообщили в отделе образования.",
        "Справка: районы дружат с 1998 года.",
    ]
    assert found.note == ""


def test_a_rule_that_finds_nothing_is_told_and_the_page_is_read_without_it() -> None:
    without, with_rule = read(PageSelectors()), read(PageSelectors(text="div.story-2019"))
    assert with_rule.text == without.text != ""
    assert with_rule.note == "rules that found nothing: text"


def test_what_is_dropped_is_gone_also_without_a_rule_for_the_text() -> None:
    assert "Казахстан" not in read(PageSelectors(drop=(".other", ".ad"))).text


def test_a_piece_inside_a_piece_is_told_once() -> None:
    nested = "<body><div class='t'>Раз.<div class='t'>Два.</div></div></body>"
    assert select(nested, PageSelectors(text=".t")).page.count("Два.") == 1


@pytest.mark.parametrize(("css", "is_good"), [("div.a > p", True), ("div..", False), ("p:hover(", False)])
def test_a_bad_selector_is_named(css: str, is_good: bool) -> None:
    assert (selector_fault(css) is None) == is_good
