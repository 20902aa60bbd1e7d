"""Of a sitemap that is too long the newest pages are taken, also where it does not say when they changed."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.crawl.feeds import sitemap
from monitor.crawl.feeds.shape import MAX_ENTRIES
from monitor.crawl.types import ParsedFeed

SITE = "http://a.example"
N = MAX_ENTRIES + 500


def parsed(body: str) -> ParsedFeed:
    return sitemap.parse(
        body.encode(), base_url=f"{SITE}/s.xml", content_type="text/xml", zone=ZoneInfo("Europe/Minsk"),
        now=datetime(2026, 11, 16, 9, 0, tzinfo=UTC), rules={}, months={},
    )  # fmt: skip


def urlset(paths: Iterable[str], lastmod: str = "") -> str:
    mark = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    return f"<urlset>{''.join(f'<url><loc>{SITE}{path}</loc>{mark}</url>' for path in paths)}</urlset>"


def index(*names: str) -> str:
    parts = "".join(f"<sitemap><loc>{SITE}/{name}.xml</loc></sitemap>" for name in names)
    return f"<sitemapindex>{parts}</sitemapindex>"


def parts(*names: str) -> list[str]:
    return [url.rpartition("/")[2].removesuffix(".xml") for url in parsed(index(*names)).parts]


@pytest.mark.parametrize("lastmod", ["", "2026-11-16"], ids=["none", "all the same"])
@pytest.mark.parametrize(
    "paths",
    [
        [f"/{n}" for n in range(1, N + 1)],
        [f"/{n}" for n in range(N, 0, -1)],
        [f"/news/{n}-{'v-2019-godu' if n % 7 == 0 else 'yarmarka'}.html" for n in range(N, 0, -1)],
        [f"/2026/{n // 100 + 1:02}/{n % 100 // 4 + 1:02}/s{n}" for n in range(1, N + 1)],
    ],
    ids=["rising", "falling", "falling with years in words", "rising days"],
)
def test_without_times_the_end_at_which_the_numbers_are_highest_is_taken(
    paths: list[str], lastmod: str
) -> None:
    found = [entry.url.removeprefix(SITE) for entry in parsed(urlset(paths, lastmod)).entries]
    rising = paths[0] < paths[-1]
    assert found == (paths[::-1] if rising else paths)[:MAX_ENTRIES]


def test_without_numbers_the_last_named_are_the_newest() -> None:
    letters = [f"/{'a' * (n % 40 + 1)}-{'b' * (n // 40 + 1)}" for n in range(N)]
    found = parsed(urlset(letters))
    assert [entry.url.removeprefix(SITE) for entry in found.entries] == letters[::-1][:MAX_ENTRIES]
    assert found.warnings == ("entries_cut: 500",)


def test_of_an_index_without_times_the_parts_of_posts_are_read_and_no_tags() -> None:
    core = (
        "posts-post-1", "posts-post-2", "posts-page-1", "taxonomies-category-1", "taxonomies-post_tag-1",
        "taxonomies-post_tag-2", "taxonomies-post_tag-3", "users-1",
    )  # fmt: skip
    assert parts(*(f"wp-sitemap-{name}" for name in core)) == [
        "wp-sitemap-posts-post-2",
        "wp-sitemap-posts-post-1",
    ]


def test_of_many_parts_the_newest_are_read_whichever_way_they_are_listed() -> None:
    rising = [f"post-sitemap{n}" for n in range(1, 9)]
    assert parts(*rising) == rising[:2:-1]
    assert parts(*rising[::-1]) == rising[:2:-1]


def test_parts_with_stories_come_before_those_that_do_not_say_what_they_hold() -> None:
    assert parts("news-1", "a", "b", "c", "d", "e") == ["news-1", "e", "d", "c", "b"]


def test_pages_may_count_the_parts_of_a_list_of_news() -> None:
    assert parts("news-page-1", "news-page-2", "tags") == ["news-page-2", "news-page-1"]
    assert parts("sitemap-page-1", "sitemap-page-2") == ["sitemap-page-2", "sitemap-page-1"]


def test_what_holds_no_stories_is_read_where_nothing_is_called_so() -> None:
    assert parts("forum", "tags-1", "users-1") == ["forum", "users-1", "tags-1"]
