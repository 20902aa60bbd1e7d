"""Pages as sites print them, and as they should not."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.articles.boilerplate import PageRules, load_page_rules, trim
from monitor.articles.decoding import page_text
from monitor.articles.extract import quality_of
from monitor.articles.language import READ
from monitor.articles.types import Extracted
from monitor.core.errors import InputError
from monitor.core.ids import PageUrl
from monitor.core.ledger import Reason
from tests.story_pages import FIRST, RULES, SECOND, STORY, TITLE, extract, page


def test_a_plain_page_gives_the_story_and_nothing_else() -> None:
    assert extract(page()) == Extracted(
        title=TITLE, text=STORY, author="", published_at=None, published_from="", lang="ru",
        canonical_url=None, quality=extract(page()).quality, reason=None,
    )  # fmt: skip
    assert extract(page()).quality > 0.7


def test_teasers_of_other_stories_after_the_text_are_left_out() -> None:
    after = (
        "<p>Читайте также: <a href='/2'>Завод отправил тракторы в Казахстан</a></p>"
        "<h3>Последние новости</h3><ul><li><a href='/3'>Делегация Пскова посетила Шклов с визитом.</a></li>"
        "<li><a href='/4'>В Бресте прошёл форум</a></li></ul>"
    )
    assert extract(page(after=after)).text == STORY


def test_a_feeds_full_text_stands_in_for_a_page_without_one() -> None:
    empty = page(story="Загрузка")
    assert extract(empty, feed_text=STORY).text == STORY
    assert extract(empty, feed_text=STORY).reason is None


def test_a_feeds_excerpt_does_not_replace_the_page() -> None:
    assert extract(page(), feed_text=FIRST[:-1] + " […]").text == STORY
    assert extract(page(), feed_text=FIRST).text == STORY


def test_a_summary_is_the_last_resort_and_has_low_quality() -> None:
    found = extract(page(story="Загрузка"), feed_summary=f"{FIRST} {SECOND}")
    assert (found.text, found.reason) == (f"{FIRST} {SECOND}", None)
    assert found.quality <= 0.3


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"%PDF-1.4 <p>", "application/pdf", Reason.NOT_HTML),
        (b'{"a": "<p>"}', "application/json", Reason.NOT_HTML),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "text/html", Reason.NOT_HTML),
        (b"", "text/html", Reason.NO_TEXT),
        (b"<html><body></body></html>", "text/html", Reason.NO_TEXT),
        (page(story="Загрузка").encode(), "text/html", Reason.NO_TEXT),
        (b"<html><p>" + bytes([0, 1, 2, 3, 255, 254]) * 500, "text/html", Reason.BAD_ENCODING),
    ],
    ids=["pdf", "json", "image", "empty", "empty page", "no story", "binary"],
)
def test_what_is_no_story_has_its_reason(body: bytes, content_type: str, reason: Reason) -> None:
    assert extract(body, content_type=content_type).reason is reason


def test_a_language_nobody_here_reads_is_named_and_refused() -> None:
    kazakh = "Облыс әкімі Беларусь елшісімен кездесіп, ынтымақтастық туралы келісімге қол қойды. " * 4
    found = extract(page(story=kazakh))
    assert (found.lang, found.reason) == ("kk", Reason.LANGUAGE_NOT_READ)


@pytest.mark.parametrize(
    ("encoding", "header", "meta"),
    [
        ("utf-8", "text/html; charset=windows-1251", ""),
        ("utf-8", "text/html", "<meta charset='windows-1251'>"),
        ("cp1251", "text/html; charset=windows-1251", ""),
        ("cp1251", "text/html", "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>"),
        ("cp1251", "text/html; charset=utf-8", ""),
        ("cp1251", "text/html", ""),
        ("cp1251", "text/html; charset=koi8-r", ""),
        ("koi8_r", "text/html; charset=koi8-r", ""),
        ("utf-16", "text/html", ""),
        ("utf-8-sig", "text/html; charset=x-unknown", ""),
    ],
)
def test_the_encoding_is_what_the_bytes_are(encoding: str, header: str, meta: str) -> None:
    html = page(meta).replace("—", "-")
    text = STORY.replace("—", "-")
    if encoding == "koi8_r":
        html, text = html.replace("«", '"').replace("»", '"'), text.replace("«", '"').replace("»", '"')
    assert extract(html.encode(encoding), content_type=header).text == text


def test_a_page_cut_inside_a_letter_is_still_utf8() -> None:
    body = page().encode()[:-20] + "я".encode()[:1]
    assert extract(body).text == STORY


def test_pages_and_titles_decoded_twice_are_mended() -> None:
    assert extract(page().encode().decode("latin-1").encode()).text == STORY
    assert extract(page().replace(f"<h1>{TITLE}", f"<h1>{TITLE.encode().decode('latin-1')}")).title == TITLE


def test_the_canonical_address_is_kept_on_the_site_only() -> None:
    def canonical(href: str) -> PageUrl | None:
        return extract(page(f"<link rel='canonical' href='{href}'>")).canonical_url

    assert canonical("/news/yarmarka-2") == "http://paper.example/news/yarmarka-2"
    assert canonical("http://www.paper.example/a") is not None
    assert canonical("http://other.example/a") is None
    assert canonical("http://paper.example/") is None
    assert canonical("javascript:alert(1)") is None


def test_a_title_comes_without_the_name_of_the_site() -> None:
    assert extract(page()).title == TITLE
    bare = page().replace(f"<h1>{TITLE}</h1>", "")
    assert extract(bare, feed_title="").title == TITLE


def test_trimming_keeps_credits_and_sentences_that_only_begin_like_a_heading() -> None:
    story = "Популярное в Шклове кафе закрылось на ремонт, соседи огорчены и ждут лета.\nФото с сайта"
    assert trim(TITLE, f"{TITLE}\n{story}", RULES) == story
    feed_end = "Сообщение Ярмарка появились сначала на Газета и останется там до весны следующего года."
    assert (
        trim(TITLE, f"{FIRST}\nПоделиться\n{feed_end}\nСообщение о ярмарке.", RULES)
        == f"{FIRST}\nСообщение о ярмарке."
    )
    assert trim(TITLE, f"{FIRST}\nКомментарии\nИван: спасибо!", RULES) == FIRST
    assert trim(TITLE, f"{FIRST}\n{FIRST}\n{SECOND}", RULES) == f"{FIRST}\n{SECOND}"


def test_rules_with_a_wrong_key_are_refused_whole(tmp_path: Any) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('end_headings = ["x"]\nteasers = [1]\nextra = []\n', encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_page_rules(path)
    keys = [problem.where.rpartition(": ")[2] for problem in refused.value.problems]
    assert keys == ["extra", "teasers", "drop_lines", "keep_lines", "around"]


def test_a_menu_is_worth_less_than_a_story() -> None:
    menu = "\n".join(["Главная", "Спорт", "Культура", "Экономика"] * 20)
    assert quality_of(menu) == 0.0
    assert quality_of("") == 0.0
    assert quality_of(STORY) > 0.7


FRAGMENTS = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<div>" * 40, "<time datetime='", "<h1>", "<script type='application/ld+json'>",
         '{"@type":', "[" * 300, "\x00", "&#0;", "&#xD800;", "<table><tr><td>", STORY, "<!--", "<![CDATA[",
         "<meta charset='", "'>", "<link rel=canonical href='http://[", "]]>", "\ud7ff", "<svg><p>",
         "</html><html>", '{"@type": "Article"}']
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=300), FRAGMENTS.map(lambda parts: ("<html>" + "".join(parts)).encode())))
def test_any_bytes_end_in_a_text_or_a_reason(body: bytes) -> None:
    found = extract(body, content_type="text/html")
    assert (found.reason is None) == (bool(found.text) and found.lang in READ)
    assert not any(
        "\ud800" <= ch <= "\udfff" or ch == "\x00" for ch in found.title + found.text + found.author
    )


@given(st.binary(max_size=300), st.sampled_from(["", "text/html; charset=utf-8", "text/html; charset=zlib"]))
def test_decoding_never_raises(body: bytes, content_type: str) -> None:
    text = page_text(body, content_type)
    assert text is None or "\x00" not in text


def test_rules_may_be_empty() -> None:
    assert trim("", "Первая строка.\nВторая", PageRules()) == "Первая строка.\nВторая"


def test_the_line_that_says_whose_story_it_is_stays_and_short_codes_and_appeals_go() -> None:
    story = f"{STORY}\nИсточник: БЕЛТА"
    top, after = "<p>[gallery ids='1,2']</p>", "<p>⚡️ Подпишись на наш канал и узнавай новости первым!</p>"
    assert extract(page(top=top, story=story, after=after)).text == story


@pytest.mark.parametrize("title", ["Газета | {}", "{} — Газета"])
def test_the_sites_name_is_no_part_of_the_title_on_either_side(title: str) -> None:
    head = f"<html><head><title>{title.format(TITLE)}</title></head><body><div><a href='/'>Газета</a></div>"
    body = f"<div><b>{TITLE}</b><p>{FIRST}</p><p>{SECOND}</p></div></body></html>"
    found = extract(head + body, feed_title="")
    assert found.title == TITLE
