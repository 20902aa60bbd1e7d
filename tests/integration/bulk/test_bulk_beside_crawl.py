"""Lots of archived pages that are settled while a crawl settles its own: neither is ended for the other."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from threading import Event, current_thread, main_thread
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles.tables import articles, taggings
from monitor.bulk import backfill
from monitor.core.counts import Counts
from monitor.core.runs import add_version
from monitor.crawl import pages, reread_store
from monitor.wiring import keeping, rereading
from tests.archive_world import PAGES, QUOTING, Newsroom, archive, paragraphs, url
from tests.crawl_world import NOW, World, rss
from tests.make_copies import WHOLE

pytestmark = pytest.mark.parametrize("db", ["postgresql"], indirect=True)  # on SQLite a writer is alone
COMES_S, HELD_S = 30, 0.5  # who is not kept waiting is done within the second
TURN, LOT = (pages, "is_overtaken"), (rereading, "hold_copies")
LIVE = "http://gorki.example/live"


def beside(
    monkeypatch: pytest.MonkeyPatch, at: tuple[Any, str], act: Callable[[], Counts], until: tuple[Any, str]
) -> Callable[[], Counts]:
    """Somebody else who acts after the first call of `at`, which goes on when he calls `until` and is kept
    waiting there, or is done with it; gives what came of it."""
    begun, arrived = list[Future[Counts]](), Event()
    do, come = (getattr(*where) for where in (at, until))

    def then_other(*given: Any, **named: Any) -> Any:
        answer = do(*given, **named)
        if not begun:
            begun.append(ThreadPoolExecutor(1).submit(act))
            begun[0].add_done_callback(lambda _: arrived.set())
            arrived.wait(COMES_S)
            wait(begun, HELD_S)
        return answer

    def arriving(*given: Any, **named: Any) -> Any:
        if current_thread() is not main_thread():
            arrived.set()
        return come(*given, **named)

    monkeypatch.setattr(*until, arriving)
    monkeypatch.setattr(*at, then_other)
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
    crawl = beside(monkeypatch, (reread_store, "take"), crawl_of(newsroom, LIVE, "Вести. " + WHOLE), TURN)
    assert rereading.promote(newsroom.app) == Counts(same=3, revised=4)
    assert crawl() == Counts(ready=1)
    stories = newsroom.stories()
    assert stories[LIVE] == (url(QUOTING + 1), True)
    assert stories[url(QUOTING + 1)] == (url(QUOTING + 1), False)


def test_a_text_is_let_go_while_its_second_reading_is_made_to_count(
    newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.fill(archive(tmp_path, "one", {n: paragraphs(n) for n in PAGES}))
    newsroom.change_rules()
    newsroom.again(tmp_path / "one.warc.gz")
    with newsroom.app.db.begin() as tx:
        version = add_version(tx, "tag", "m-1", {}, at=NOW)
        below = {"version_id": version.id, "gate_p": 0.1, "label": False, "names": []}
        tx.execute(sa.insert(taggings).values(article_id=newsroom.article(1), **below))
    settings = newsroom.app.settings
    keeping_a_day = settings.keeping.model_copy(update={"texts_days": 1})
    newsroom.app.settings = settings.model_copy(update={"keeping": keeping_a_day})
    promote = partial(rereading.promote, newsroom.app)
    promoted = beside(monkeypatch, (keeping, "forget_found"), promote, LOT)
    assert keeping.prune(newsroom.app)["texts"] == 1
    assert promoted() == Counts(same=3, revised=3)


def test_a_page_that_an_archive_has_too_is_crawled_meanwhile(
    newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = archive(tmp_path, "one", {n: paragraphs(n) for n in (0, 2)})
    crawl = beside(monkeypatch, (backfill, "record_settled"), crawl_of(newsroom, url(2), WHOLE), TURN)
    newsroom.fill(file)
    assert crawl() == Counts(overtaken=1)
    texts = dict(newsroom.rows(sa.select(articles.c.listed_url, articles.c.text)))
    assert texts[url(2)] != WHOLE
