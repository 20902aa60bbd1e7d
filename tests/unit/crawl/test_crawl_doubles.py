"""A page's word for its address: believed of one page under two addresses, not of a template."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.ids import ArticleId, RawUrl
from monitor.core.ledger import Reason
from monitor.crawl.doubles import Taker, is_double, is_something_else
from monitor.crawl.types import Failed, Fetched, FetchRequest, Outcome
from monitor.gaps.watching import read_pages
from tests.crawl_world import NOW, World, rss
from tests.unit.crawl.test_crawl_decide import TEXT

STORY = (
    "Горки и Смоленск подписали договор о сотрудничестве. Делегации встретились в исполкоме во вторник. "
    "Стороны договорились обменяться опытом работы школ и провести летом общий праздник."
)
OTHER = (
    "В районе убрали последние гектары кукурузы. Хозяйства отчитались о намолоте выше прошлогоднего. "
    "Лучшие комбайнёры получили премии и благодарности председателя."
)
TAKER = Taker(ArticleId(3), "Договор подписан", STORY)


@pytest.mark.parametrize(
    ("headline", "text", "is_same"),
    [
        ("", STORY, True),
        ("Экономика: договор", STORY.replace("во вторник", "в среду"), True),
        ("Договор  ПОДПИСАН", "", True),  # a gallery of the same story
        ("Договор подписан", OTHER, True),  # written anew between two looks
        ("Урожай убран", OTHER, False),
        ("", OTHER, False),
        ("", "", False),
    ],
)
def test_a_double_has_the_takers_text_or_its_headline(headline: str, text: str, is_same: bool) -> None:
    assert is_double(headline, replace(TEXT, text=text), TAKER) is is_same


def test_a_wall_of_consent_has_no_word_of_the_headline() -> None:
    wall = replace(TEXT, title="Мы ценим вашу приватность", text="Этот сайт хранит cookie. Согласны ли вы?")
    assert is_something_else("Горки и Смоленск подписали договор", wall)
    assert not is_something_else("Горки и Смоленск подписали договор", replace(TEXT, text=STORY))
    assert not is_something_else("Подробнее", wall)  # too short to say anything
    assert not is_something_else("Горки и Смоленск подписали договор", replace(wall, title="В Горках"))


@pytest.fixture
def world(db: Db) -> World:
    world = World(db)
    del world.fetch.answers["http://shklov.example/feed"]
    return world


def texts(world: World) -> list[tuple[object, ...]]:
    query = sa.select(articles.c.listed_url, articles.c.url, articles.c.state, articles.c.text)
    return [
        tuple(str(field).removeprefix("http://gorki.example/") for field in row)
        for row in world.rows(query.order_by(articles.c.id))
    ]


def listed(world: World, *paths: str) -> None:
    world.fetch.answers["http://gorki.example/feed"] = rss(
        *(f"http://gorki.example/{path}" for path in paths)
    )
    world.poll(source_id="gorki", everything=True)


def test_an_address_that_gave_no_text_is_handed_over_to_the_page_that_names_it(world: World) -> None:
    slug = RawUrl("http://gorki.example/slug")
    world.fetch.answers[slug] = Failed(slug, Reason.HTTP_4XX, NOW, "status 410", 410)
    listed(world, "slug")
    assert world.pages() == Counts(dead=1)
    world.clock.set(NOW + timedelta(hours=25))
    world.fetch.answers["http://gorki.example/?p=77"] = b"the whole story|http://gorki.example/slug"
    listed(world, "?p=77", "slug")
    assert world.pages() == Counts(ready=1)
    assert texts(world) == [("slug", "?p=77", "dead", ""), ("?p=77", "slug", "ready", "the whole story")]
    assert world.reasons("extract") == [("1", "skipped", "duplicate_url"), ("2", "done", "ok")]
    world.clock.set(NOW + timedelta(hours=50))
    listed(world, "slug", "?p=77")
    assert world.pages() == Counts()


def test_a_page_still_to_come_is_the_double_of_the_one_that_came_first(world: World) -> None:
    world.fetch.answers["http://gorki.example/?p=77"] = b"the whole story|http://gorki.example/slug"
    world.fetch.answers["http://gorki.example/slug"] = b"the whole story|http://gorki.example/slug"
    listed(world, "?p=77", "slug")
    assert world.pages() == Counts(ready=1, dead=1)
    assert texts(world) == [("?p=77", "slug", "ready", "the whole story"), ("slug", "?p=77", "dead", "")]


def test_stories_whose_template_names_their_section_stay_stories(world: World) -> None:
    for n, text in enumerate((STORY, OTHER, STORY.replace("во вторник", "в среду"))):
        world.fetch.answers[f"http://gorki.example/{n}"] = f"{text}|http://gorki.example/news/".encode()
    listed(world, "0", "1", "2")
    assert world.pages() == Counts(ready=2, dead=1)
    assert [row[:3] for row in texts(world)] == [
        ("0", "news/", "ready"),
        ("1", "1", "ready"),
        ("2", "2", "dead"),
    ]


@pytest.mark.parametrize("wall", ["", "Сайт хранит файлы на вашем устройстве. Примите условия."])
def test_a_wall_that_every_address_leads_to_is_no_story(world: World, wall: str) -> None:
    def answer(request: FetchRequest) -> Outcome:
        final = RawUrl("http://gorki.example/consent")
        return Fetched(request.url, final, 200, {"content-type": "text/html"}, wall.encode(), NOW)

    paths = [f"{n}" for n in range(3)]
    world.fetch.answers |= {f"http://gorki.example/{path}": answer for path in paths}
    feed = rss(*(f"http://gorki.example/{path}" for path in paths)).decode()
    headline = "Горки и Смоленск подписали договор"
    world.fetch.answers["http://gorki.example/feed"] = feed.replace("Новость", headline).encode()
    world.poll()
    assert world.pages() == Counts(dead=3)
    assert {row[1:] for row in world.reasons("extract")} == {("failed", "no_text")}
    with world.db.begin() as tx:
        pages = read_pages(tx, NOW - timedelta(days=3), NOW + timedelta(days=1), 1)
    assert [(p.listed, p.unread, p.reasons) for p in pages.values()] == [(3, 3, {"no_text": 3})]
