"""Lots of archived pages that are settled while a crawl settles its own: neither is ended for the other."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.bulk import backfill
from monitor.core.counts import Counts
from monitor.crawl import reread_store
from monitor.wiring import rereading
from tests.archive_world import PAGES, QUOTING, Newsroom, archive, paragraphs, url
from tests.crawl_world import World, rss
from tests.make_copies import WHOLE

pytestmark = pytest.mark.parametrize("db", ["postgresql"], indirect=True)  # on SQLite a writer is alone
HELD_S = 0.5  # who is not kept waiting is done within it
LIVE = "http://gorki.example/live"


def beside(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, act: Callable[[], Counts]
) -> Callable[[], Counts]:
    """Somebody else who begins to act after the first call of a function; gives what came of it."""
    begun, do = list[Future[Counts]](), getattr(module, name)

    def then_other(*given: Any, **named: Any) -> Any:
        answer = do(*given, **named)
        if not begun:
            begun.append(ThreadPoolExecutor(1).submit(act))
            wait(begun, HELD_S)
        return answer

    monkeypatch.setattr(module, name, then_other)
    return lambda: begun[0].result()


def crawl_of(newsroom: Newsroom, page: str, text: str) -> Callable[[], Counts]:
    """A crawl that has listed one page and is about to read it."""
    world = World(newsroom.app.db)
    feed = rss(page).replace(b"15 Nov", b"28 Oct")  # before the archive's pages: the original of its copies
    world.fetch.answers |= {
        "http://gorki.example/feed": feed, "http://shklov.example/feed": rss(), page: text.encode(),
    }  # fmt: skip
    world.poll()
    return lambda: world.pages(cluster=newsroom.app.assign_cluster)


def test_a_copy_of_an_article_that_is_read_again_is_crawled_meanwhile(
    newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = archive(tmp_path, "one", {n: paragraphs(n) for n in PAGES})
    newsroom.fill(file)
    newsroom.change_rules()
    newsroom.again(file)
    crawl = beside(monkeypatch, reread_store, "take", crawl_of(newsroom, LIVE, "Вести. " + WHOLE))
    assert rereading.promote(newsroom.app) == Counts(same=3, revised=4)
    assert crawl() == Counts(ready=1)
    stories = newsroom.stories()
    assert stories[LIVE] == (url(QUOTING + 1), True)
    assert stories[url(QUOTING + 1)] == (url(QUOTING + 1), False)


def test_a_page_that_an_archive_has_too_is_crawled_meanwhile(
    newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = archive(tmp_path, "one", {n: paragraphs(n) for n in (0, 2)})
    crawl = beside(monkeypatch, backfill, "record_settled", crawl_of(newsroom, url(2), WHOLE))
    newsroom.fill(file)
    assert crawl() == Counts(overtaken=1)
    texts = dict(newsroom.rows(sa.select(articles.c.listed_url, articles.c.text)))
    assert texts[url(2)] != WHOLE
