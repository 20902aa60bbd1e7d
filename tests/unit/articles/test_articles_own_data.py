"""What a page says of itself in JSON-LD is taken, what it says of other stories is not."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.story_pages import (
    LD,
    STORY,
    TITLE,
    extract,
    page,
)


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


def test_a_date_of_the_template_does_not_stand_against_a_better_place() -> None:
    head = "<meta name='date' content='2014-03-01'>" + LD.format(json.dumps(OWN_LD))
    assert extract(page(head)).published_from == "json_ld"
