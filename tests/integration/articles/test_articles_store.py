"""An article is found by its number, or by an address as people copy it."""

import pytest

from monitor.articles.store import find_named
from monitor.core.db import Db
from tests.make import add_article, add_source


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("2", 2),
        ("http://daily.example/2", 2),
        ("HTTPS://www.daily.example:443/2?utm_source=mail#top", 2),
        ("https://daily.example/старая", 2),  # as its feed had it
        ("http://daily.example/1", 3),  # of two the one with a text
        ("7", None),
        ("²", None),
        ("http://daily.example/7", None),
        ("daily.example/2", None),
    ],
)
def test_an_article_is_found_as_people_name_it(db: Db, named: str, found: int | None) -> None:
    with db.begin() as tx:
        add_source(tx, "daily")
        add_article(tx, "daily", 1, state="dead")
        add_article(tx, "daily", 2, listed_url="http://daily.example/%D1%81%D1%82%D0%B0%D1%80%D0%B0%D1%8F")
        add_article(tx, "daily", 3, listed_url="http://www.daily.example/1")
        assert find_named(tx, named) == found
