"""The day of a story: where a page says it, what outweighs what, and what is no date at all."""

from datetime import UTC, datetime

import pytest

from monitor.articles.pagemeta import Moment, date_in_url, parse_moment, refine
from monitor.core.ids import PageUrl
from tests.story_pages import (
    LD,
    MINSK,
    extract,
    page,
)


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
