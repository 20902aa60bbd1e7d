"""Pages as sites print them, and as they should not."""

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.articles.boilerplate import PageRules, load_page_rules, trim
from monitor.articles.decoding import page_text
from monitor.articles.extract import extract_page, quality_of
from monitor.articles.language import READ, build_detector
from monitor.articles.pagemeta import Moment, date_in_url, parse_moment, refine
from monitor.articles.types import Extracted
from monitor.core.errors import InputError
from monitor.core.ids import PageUrl
from monitor.core.ledger import Reason
from monitor.core.months import load_months
from monitor.core.shipped import config_dir

MINSK = ZoneInfo("Europe/Minsk")
NOW = datetime(2026, 10, 6, 6, 0, tzinfo=UTC)
RULES = load_page_rules(config_dir() / "boilerplate.toml")
MONTHS = load_months(config_dir() / "languages")
DETECT = build_detector()
TITLE = "Псковичи и могилевчане открыли общую ярмарку"
FIRST = "Ярмарка ремёсел с участием мастеров Псковской области открылась на площади Ленина в Могилёве."
SECOND = "Гости привезли кружево и керамику, хозяева показали соломку. «Ждём соседей весной», — сказал мэр."
THIRD = "Соглашение о побратимстве стороны подписали ещё весной. Следующая встреча намечена на декабрь."
LD = "<script type='application/ld+json'>{}</script>"
STORY = f"{FIRST}\n{SECOND}\n{THIRD}"


def extract(page: str | bytes, **given_: Any) -> Extracted:
    call = partial(
        extract_page,
        url=PageUrl("http://paper.example/news/yarmarka"),
        content_type="text/html; charset=utf-8",
        source_zone="Europe/Minsk",
        feed_title=TITLE,
        feed_summary="",
        feed_text="",
        feed_published=None,
        now=NOW,
        detect=DETECT,
        rules=RULES,
        months=MONTHS,
    )
    return call(page.encode() if isinstance(page, str) else page, **given_)


def page(head: str = "", top: str = "", story: str = STORY, after: str = "") -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in story.split("\n"))
    return (
        f"<!DOCTYPE html><html><head><title>{TITLE} — Газета</title>{head}</head><body>"
        "<div class='menu'><a href='/'>Главная</a> <a href='/sport'>Спорт</a></div>"
        "<div class='sidebar'><time datetime='2026-10-06T08:00:00+03:00'>сегодня</time> Хоккей</div>"
        f"<div class='content'><h1>{TITLE}</h1>{top}<div class='text'>{paragraphs}</div>{after}</div>"
        "<div class='footer'>© Газета, 2026. Все права защищены.</div></body></html>"
    )


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


@pytest.mark.parametrize(
    ("head", "top", "url", "at", "how"),
    [
        (
            "<meta property='article:published_time' content='2026-10-05T09:20:00+00:00'>", "", "/n/1",
            datetime(2026, 10, 5, 9, 20, tzinfo=UTC), "meta",
        ),
        (
            LD.format('{"@graph": [{"@type": ["NewsArticle"], "datePublished": "2026-10-05T12:20:00"}]}'),
            "", "/n/1", datetime(2026, 10, 5, 9, 20, tzinfo=UTC), "json_ld",
        ),
        (
            "", "<time datetime='2026-10-05 12:20'>5 октября</time>", "/n/1",
            datetime(2026, 10, 5, 9, 20, tzinfo=UTC), "time_tag",
        ),
        ("", "", "/2026/10/05/slug", datetime(2026, 10, 4, 21, 0, tzinfo=UTC), "url"),
        ("", "", "/05102026/slug", datetime(2026, 10, 4, 21, 0, tzinfo=UTC), "url"),
        ("", "<p>9 ліпеня 2025, 10:14</p>", "/n/1", datetime(2025, 7, 9, 7, 14, tzinfo=UTC), "visible"),
        ("", "<div class='sidebar'>09.07.2025 - 10:14</div>", "/n/1", None, ""),
        ("", "<p>09.07.2025 - 10:14</p><p>10.07.2025</p>", "/n/1", None, ""),
        ("<meta property='article:published_time' content='2031-01-01'>", "", "/n/1", None, ""),
        ("<meta name='date' content='вчера'>", "", "/n/1", None, ""),
    ],
    ids=["meta", "json_ld", "time_tag", "url", "url day first", "visible", "visible aside", "two visible",
         "future", "no date"],
)  # fmt: skip
def test_the_date_is_the_storys_and_says_how_it_is_known(
    head: str, top: str, url: str, at: datetime | None, how: str
) -> None:
    found = extract(page(head, top), url=PageUrl("http://paper.example" + url))
    assert (found.published_at, found.published_from) == (at, how)


def test_a_visible_date_does_not_stand_against_the_feeds() -> None:
    told = extract(page(top="<p>09.07.2025 - 10:14</p>"), feed_published=datetime(2026, 10, 5, tzinfo=UTC))
    assert (told.published_at, told.published_from) == (None, "")


def test_two_dates_beside_the_headline_are_not_guessed_between() -> None:
    top = "<time datetime='2026-10-05'>a</time><time datetime='2026-09-01'>b</time>"
    assert extract(page(top=top)).published_from == ""


def test_a_day_without_a_time_takes_the_feeds_time_on_that_day_only() -> None:
    day = Moment(datetime(2026, 10, 4, 21, 0, tzinfo=UTC), has_time=False)
    same = datetime(2026, 10, 5, 20, 59, tzinfo=UTC)
    assert refine(day, same, MINSK) == same
    assert refine(day, datetime(2026, 10, 5, 21, 0, tzinfo=UTC), MINSK) == day.at
    assert refine(day, None, MINSK) == day.at


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        ("2026-10-05T12:20:00+0300", datetime(2026, 10, 5, 9, 20, tzinfo=UTC)),
        ("Mon, 05 Oct 2026 12:20:00 +0300", datetime(2026, 10, 5, 9, 20, tzinfo=UTC)),
        ("05.10.2026 12:20", datetime(2026, 10, 5, 9, 20, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("32.13.2026", None),
        ("", None),
    ],
)
def test_dates_are_read_in_the_sources_zone_and_nonsense_is_none(raw: str, at: datetime | None) -> None:
    moment = parse_moment(raw, MINSK)
    assert (moment.at if moment else None) == at


def test_a_path_with_an_impossible_day_has_no_date() -> None:
    assert date_in_url("http://paper.example/2026/02/30/slug", MINSK) is None


def test_json_ld_is_taken_where_the_markup_mixes_stories() -> None:
    article = {
        "@type": "NewsArticle",
        "headline": TITLE,
        "articleBody": STORY,
        "author": [{"name": "А. Ким"}],
    }
    head = LD.format(json.dumps(article))
    mixed = f"{STORY}\nВ Бресте прошёл форум, на который приехали гости из Польши и Литвы."
    found = extract(page(head, story=mixed))
    assert (found.text, found.author, found.title) == (STORY, "А. Ким", TITLE)


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


OWN_LD = {
    "@type": "NewsArticle",
    "headline": TITLE,
    "datePublished": "2026-10-05T12:20:00",
    "author": {"name": "А. Ким"},
}
TEASER_LD = {
    "@type": "NewsArticle",
    "headline": "Прошлогодний парад тракторов",
    "datePublished": "2019-01-01T10:00:00",
    "author": {"name": "Чужой"},
}


@pytest.mark.parametrize(
    "docs",
    [
        ({"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": TEASER_LD}]}, OWN_LD),
        ([TEASER_LD, OWN_LD],),
        (TEASER_LD, OWN_LD),
        ({**TEASER_LD, "url": "http://paper.example/news/parad"}, {**OWN_LD, "headline": "Ярмарка"}),
        (
            TEASER_LD,
            {
                **OWN_LD,
                "headline": "О",
                "mainEntityOfPage": {"@id": "https://www.paper.example/news/yarmarka/"},
            },
        ),
        ({"@type": "WebPage", "hasPart": [TEASER_LD], "mainEntity": OWN_LD},),
        ({**OWN_LD, "citation": TEASER_LD},),
    ],
    ids=["item list", "array", "two scripts", "another's address", "own address", "part", "cited"],
)
def test_the_json_ld_of_the_page_itself_is_taken_and_not_a_teasers(docs: tuple[Any, ...]) -> None:
    found = extract(page("".join(LD.format(json.dumps(doc)) for doc in docs)))
    assert (found.published_at, found.author) == (datetime(2026, 10, 5, 9, 20, tzinfo=UTC), "А. Ким")


@pytest.mark.parametrize(
    "doc",
    [
        {"@type": "ItemList", "itemListElement": [TEASER_LD]},
        [TEASER_LD, {**TEASER_LD, "headline": "Хоккейный матч"}],
        {**TEASER_LD, "url": "http://paper.example/news/parad"},
    ],
    ids=["item list", "two of others", "another's address"],
)
def test_a_page_that_describes_only_others_has_no_json_ld_of_its_own(doc: Any) -> None:
    found = extract(page(LD.format(json.dumps(doc))))
    assert (found.published_from, found.author, found.title) == ("", "", TITLE)


def test_a_json_ld_that_names_a_foreign_or_front_page_as_its_own_is_believed_if_alone() -> None:
    careless = {
        **OWN_LD,
        "headline": "",
        "mainEntityOfPage": "https://google.com/article",
        "url": "http://paper.example/",
    }
    assert extract(page(LD.format(json.dumps(careless)))).author == "А. Ким"


@pytest.mark.parametrize("name", ["date", "dcterms.created", "DC.date.issued"])
@pytest.mark.parametrize("day", ["2014-03-01", "2026-09-20T10:00:00+03:00"])
def test_a_date_of_the_template_does_not_stand_against_the_feeds(name: str, day: str) -> None:
    head = f"<meta name='{name}' content='{day}'>"
    told = extract(page(head), feed_published=datetime(2026, 10, 5, tzinfo=UTC))
    assert (told.published_at, told.published_from) == (None, "")
    assert extract(page(head)).published_from == "meta"


def test_a_weak_date_close_to_the_feeds_counts_and_completes_a_better_place() -> None:
    head = "<meta name='date' content='2026-10-04T08:00:00+00:00'>"
    at = datetime(2026, 10, 4, 8, 0, tzinfo=UTC)
    near = extract(page(head), feed_published=datetime(2026, 10, 5, tzinfo=UTC))
    assert (near.published_at, near.published_from) == (at, "meta")
    by_day = extract(page(head), url=PageUrl("http://paper.example/2026/10/04/slug"))
    assert (by_day.published_at, by_day.published_from) == (at, "meta")


def test_a_date_of_the_template_does_not_stand_against_a_better_place() -> None:
    head = "<meta name='date' content='2014-03-01'>" + LD.format(json.dumps(OWN_LD))
    assert extract(page(head)).published_from == "json_ld"
