"""The search's page: finds what may be shown, marks what was looked for, and hostile questions stay text."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from itertools import product

import pytest
import sqlalchemy as sa

from monitor.articles.tables import taggings, tags
from monitor.core.accounts import Role
from monitor.core.db import Tx
from monitor.wiring.searching import index
from tests.make import add_article, add_user
from tests.make_reports import HOSTILE
from tests.web_world import NOW, World

PASSWORD = "correct horse battery"


def with_stories(tx: Tx) -> None:
    add_user(tx, name="desk", role=Role.READER, password=PASSWORD, at=NOW)
    for number, source in ((90001, "daily"), (90002, "gorki"), (90003, "exile")):
        add_article(tx, source, number, title="Ярмарка ремёсел", lang="ru",
                    text=f"Ткачихи показали рушники. Гончары из Бобруйска привезли кувшины номер {number}.",
                    published_at=NOW - timedelta(days=number - 90000))  # fmt: skip
    add_article(tx, "daily", 90004, title=HOSTILE, text=f"{HOSTILE} кувшинов много", published_at=NOW)
    judged = {"version_id": 1, "gate_p": 0.9, "label": True, "names": []}
    tx.execute(sa.insert(taggings).values(article_id=90001, **judged))
    tx.execute(sa.insert(tags).values(article_id=90001, version_id=1, topic="culture", p=0.9, published=True))


@pytest.fixture
def desk(made: Callable[..., World]) -> World:
    place = made(change=with_stories)
    index(place.app)
    form = {"name": "desk", "password": PASSWORD}
    place.client.post("/sign-in", data=form, follow_redirects=False)
    return place


def found(place: World, query: str) -> list[int]:
    answer = place.client.get(f"/search?{query}")
    assert answer.status_code == 200
    return [int(number) for number in re.findall(r'<h3><a href="/article/(\d+)', answer.text)]


def test_words_are_found_in_other_forms_and_marked(desk: World) -> None:
    page = desk.client.get("/search?lang=ru&q=гончар+кувшин").text
    assert [int(n) for n in re.findall(r'<h3><a href="/article/(\d+)', page)] == [90001, 90002]
    assert '<mark title="то, что вы искали">Гончары</mark> из Бобруйска' in page
    assert ">кувшины</mark>" in page
    assert "Ткачихи" not in page  # another sentence


def test_an_outlet_that_may_not_be_named_is_not_looked_into(desk: World) -> None:
    assert found(desk, "q=кувшин") == [90004, 90001, 90002]
    assert found(desk, "q=кувшин&outlet=exile") == []
    page = desk.client.get("/search?q=кувшин&outlet=exile&lang=en")
    assert "may be shown" in page.text
    assert "exile" not in desk.client.get("/search?q=кувшин").text
    assert 90003 not in found(desk, "from=2025-11-21&to=2025-11-21")  # without words too
    assert found(desk, "from=2025-11-21&to=2025-11-21&written=ru&q=-снег") == []


FILTERS = [
    ("q=кувшин&outlet=gorki", [90002]),
    ("q=кувшин&topic=culture", [90001]),
    ("q=кувшин&cooperation=yes", [90001]),
    ("q=кувшин&cooperation=other", [90004, 90002]),
    ("q=кувшин&written=be", []),
    ("q=кувшин&from=2025-11-22&to=2025-11-22", [90002]),
    ("q=кувшин&from=yesterday", []),
    ("q=кувшин&agreement=AGR-9999", []),
    ("q=кувшин&from=0001-01-01&to=9999-12-31", [90004, 90001, 90002]),
    ("outlet=gorki&from=2025-11-22&to=2025-11-22", [90002, 302]),
    ("q=кувшин&outlet=nonsense", []),
    ("q=кувшин&topic=nonsense&written=xx&cooperation=maybe&before=x", [90004, 90001, 90002]),
    ("", []),
    ("q=-кувшин", []),
]


def test_filters_narrow_what_is_found(desk: World) -> None:
    assert [(query, found(desk, query)) for query, _ in FILTERS] == FILTERS


def test_days_the_wrong_way_round_are_told(desk: World) -> None:
    said = {
        "ru": "Первый день позже последнего",
        "be": "Першы дзень пазнейшы",
        "en": "The first day is later",
    }
    for lang, told in said.items():
        wrong = desk.client.get(f"/search?q=кувшин&from=2025-11-23&to=2025-11-20&lang={lang}").text
        right = desk.client.get(f"/search?q=кувшин&from=2025-11-20&to=2025-11-20&lang={lang}").text
        assert (told in wrong, told in right) == (True, False)


def test_an_agreement_finds_the_articles_that_count_for_it(desk: World) -> None:
    held = {
        proof.article for proof in desk.report.articles if desk.covered in proof.families and proof.is_named
    }
    assert set(found(desk, f"agreement={desk.covered}")) == held
    assert set(found(desk, f"agreement={desk.covered.lower()}&q=гости")) == held


def test_pages_follow_one_another_and_keep_the_question(desk: World) -> None:
    with desk.app.ready_db.begin() as tx:
        for number in range(91000, 91045):
            add_article(
                tx, "daily", number, title=f"Ярмарка {number}", text="Короб и лапоть.", published_at=NOW
            )
    index(desk.app)
    url, seen = "/search?q=лапти&lang=en", list[str]()
    while url:
        page = desk.client.get(url).text
        seen += re.findall(r'<h3><a href="/article/(\d+)', page)
        after = re.search(r'<a href="([^"]+)" rel="next"', page)
        url = unescape(after[1]) if after else ""
    assert seen == [str(number) for number in range(91044, 90999, -1)]


def test_a_search_that_has_not_read_the_articles_says_so(made: Callable[..., World]) -> None:
    place = made(change=with_stories)
    place.client.post("/sign-in", data={"name": "desk", "password": PASSWORD}, follow_redirects=False)

    def told(query: str) -> list[str]:
        pages = (place.client.get(f"/search?lang={lang}&q={query}").text for lang in ("ru", "be", "en"))
        return [note for text in pages for note in re.findall(r'<p role="status">(.*?)</p>', text)]

    job = "<code>monitor job run articles.index</code>."
    assert told("кувшин") == [
        f"Поиск ещё не прочитал ни одной статьи, поэтому ничего не находит. Это делает задача {job}",
        f"Пошук яшчэ не прачытаў ніводнага артыкула, таму нічога не знаходзіць. Гэта робіць задача {job}",
        f"The search has read no article yet, so it finds nothing. The job for it is {job}",
    ]
    index(place.app)
    assert told("пингвин")[2] == "Nothing was found."
    with place.app.ready_db.begin() as tx:
        add_article(tx, "daily", 95000, title="Пингвины", text="Пингвины прилетели.", published_at=NOW)
    behind = f"The search has not read the newest articles yet. The job for it is {job}"
    assert told("пингвин")[2] == f"Nothing was found. {behind}"
    assert told("кувшин")[2] == behind


def test_hostile_titles_texts_and_questions_stay_text(desk: World) -> None:
    questions = (
        HOSTILE,
        '"><script>alert(1)</script>',
        "javascript:alert(1)",
        "'; DROP TABLE users",
        "кувшин",
    )
    for lang, query in product(("ru", "be", "en"), questions):
        page = desk.client.get(
            "/search", params={"q": query, "lang": lang, "from": query, "agreement": query}
        )
        assert page.status_code == 200
        assert "<script" not in page.text
        assert "<img src=x" not in page.text
        assert "\u202e" not in page.text
        assert not re.search(r'(?:href|src|action)="(?![/#])', page.text)
    page = desk.client.get("/search", params={"q": "кувшин", "lang": lang}).text
    assert "&lt;script&gt;" in page
