"""Stories that were changed after we had read them: asked again politely, older texts kept, judged anew."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles.store import due_for_tagging
from monitor.articles.tables import articles, revisions, taggings, tags
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.ids import ArticleId, PageUrl, RawUrl, SourceId
from monitor.core.ledger import Reason
from monitor.core.ledger_store import ledger
from monitor.core.runs import ensure_version
from monitor.core.text import content_hash
from monitor.crawl.revise import PAUSES, KnownPage, changed_since
from monitor.crawl.types import ChangedEntry, Entry, Failed
from monitor.linking.tables import linkings, links
from tests.crawl_world import NOW, World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = PageUrl("http://gorki.example/1")
GORKI = SourceId("gorki")
PAGE = KnownPage(ArticleId(7), GORKI, True, NOW - DAY, "Старый заголовок", NOW - 2 * HOUR)
ENTRY = Entry(URL, "Старый заголовок", NOW - DAY, "feed", updated_at=NOW - 2 * HOUR)


def due(entry: Entry, page: KnownPage, kind: str = "rss") -> tuple[ChangedEntry, ...]:
    return changed_since([entry], {URL: page}, GORKI, kind, NOW)


@pytest.mark.parametrize(
    ("changes", "is_due"),
    [
        ({}, False),
        ({"title": "Новый заголовок"}, True),
        ({"title": "  старый   заголовок "}, False),
        ({"title": ""}, False),
        ({"updated_at": NOW}, True),
        ({"updated_at": NOW - 2 * HOUR + timedelta(seconds=30)}, False),
        ({"updated_at": NOW - 3 * HOUR}, False),
        ({"updated_at": None}, False),
    ],
)
def test_another_title_or_a_later_change_makes_a_page_due(changes: dict[str, Any], is_due: bool) -> None:
    entry = replace(ENTRY, **changes)
    wanted = (ChangedEntry(ArticleId(7), entry, NOW + PAUSES[0]),) if is_due else ()
    assert due(entry, PAGE) == wanted


@pytest.mark.parametrize(
    "changes",
    [
        {"is_read": False},
        {"source_id": SourceId("shklov")},
        {"first_seen_at": NOW - 15 * DAY},
        {"n_revisions": 3},
        {"listed_title": "", "listed_update_at": None},
    ],
)
def test_pages_unread_of_others_old_or_asked_enough_are_left_alone(changes: dict[str, Any]) -> None:
    assert due(replace(ENTRY, title="Новый", updated_at=NOW), replace(PAGE, **changes)) == ()


def test_each_time_the_pause_is_longer_and_cut_headlines_of_lists_count_for_nothing() -> None:
    entry = replace(ENTRY, title="Новый")
    waits = [due(entry, replace(PAGE, n_revisions=n))[0].fetch_at - NOW for n in range(3)]
    assert waits == [HOUR, 6 * HOUR, DAY]
    assert [due(entry, PAGE, kind) for kind in ("html_list", "sitemap", "telegram")] == [(), (), ()]


class Newsroom(World):
    """The world's paper of Gorki with one story that its editor goes on mending."""

    def list_story(self, title: str, at: datetime) -> None:
        """The feed as of `at`, and a poll of it."""
        self.clock.set(at)
        dated = "<pubDate>Sun, 15 Nov 2026 10:00:00 +0300</pubDate>"
        item = f"<item><title>{title}</title><link>{URL}</link>{dated}</item>"
        feed = f'<rss version="2.0"><channel><title>t</title><link>x</link>{item}</channel></rss>'
        self.fetch.answers["http://gorki.example/feed"] = feed.encode()
        self.poll(source_id="gorki", everything=True)

    def read(self, text: bytes | Failed, at: datetime) -> Counts:
        """What is due of pages at `at`, while the page is `text`."""
        self.clock.set(at)
        self.fetch.answers[URL] = text
        return self.pages(source_id="gorki")

    def story(self) -> dict[str, Any]:
        with self.db.begin() as tx:
            return dict(tx.execute(sa.select(articles)).mappings().one())

    def older(self) -> list[tuple[Any, ...]]:
        columns = (revisions.c.number, revisions.c.text, revisions.c.content_hash, revisions.c.replaced_at)
        return self.rows(sa.select(*columns).order_by(revisions.c.number))

    def told(self) -> list[tuple[Any, ...]]:
        columns = (ledger.c.stage, ledger.c.version, ledger.c.ending, ledger.c.reason, ledger.c.detail)
        return self.rows(sa.select(*columns).where(ledger.c.version != "").order_by(ledger.c.id))


@pytest.fixture
def newsroom(db: Db) -> Newsroom:
    made = Newsroom(db)
    made.list_story("Делегация едет", NOW)
    made.read("Делегация едет в Псков.".encode(), NOW)
    return made


def test_a_changed_story_is_one_article_with_its_older_text_kept(newsroom: Newsroom) -> None:
    before = newsroom.story()
    newsroom.list_story("Делегация приехала", NOW + 2 * HOUR)
    assert newsroom.read("Делегация приехала в Псков.".encode(), NOW + 2 * HOUR) == Counts()  # not at once
    assert newsroom.read("Делегация приехала в Псков.".encode(), NOW + 3 * HOUR) == Counts(revised=1)
    after = newsroom.story()
    changed = {key for key in after if after[key] != before[key]}
    assert changed == {"title", "text", "content_hash", "listed_title", "n_revisions"}
    assert (after["title"], after["text"]) == ("Делегация приехала", "Делегация приехала в Псков.")
    old = "Делегация едет в Псков."
    assert newsroom.older() == [(1, old, content_hash("Делегация едет", old), NOW + 3 * HOUR)]
    assert newsroom.told() == [
        ("fetch", "revision 1", "done", "ok", ""),
        ("extract", "revision 1", "done", "ok", "23 characters became 27"),
    ]
    assert newsroom.clustered == [1, 1]  # it may have become, or ceased to be, a copy
    assert newsroom.read(b"never", NOW + 40 * DAY) == Counts()


def test_a_changed_text_is_judged_again_by_every_stage(newsroom: Newsroom) -> None:
    with newsroom.db.begin() as tx:
        version = ensure_version(tx, "tag", "t", {}, at=NOW).id
        link = ensure_version(tx, "link", "l", {}, at=NOW).id
        key = {"article_id": 1, "version_id": version}
        tx.execute(sa.insert(taggings).values(**key, gate_p=0.9, label=True, names=[]))
        tx.execute(sa.insert(tags).values(**key, topic="trade", p=0.9, published=True))
        key["version_id"] = link
        tx.execute(sa.insert(linkings).values(**key, n_links=1, mentions=[]))
        tx.execute(
            sa.insert(links).values(**key, family_id="F", p=0.9, depth="lead", stage="result", evidence=[])
        )
        assert due_for_tagging(tx, version, limit=9) == []
    newsroom.list_story("Другое", NOW + HOUR)
    newsroom.read("Другой текст.".encode(), NOW + 2 * HOUR)
    with newsroom.db.begin() as tx:
        assert [article.id for article in due_for_tagging(tx, version, limit=9)] == [1]
        for table in (taggings, tags, linkings, links):
            assert tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("Делегация едет в Псков.".encode(), ("extract", "done", "not_modified", "")),
        (b"", ("extract", "failed", "no_text", "")),
        (Failed(RawUrl(URL), Reason.HTTP_4XX, NOW, "404", 404), ("fetch", "failed", "http_4xx", "404")),
        (Failed(RawUrl(URL), Reason.TIMEOUT, NOW, "late"), ("fetch", "failed", "timeout", "late")),
    ],
    ids=["the same text", "no text any more", "taken down", "late"],
)
def test_an_answer_that_is_no_new_text_takes_nothing_away(
    newsroom: Newsroom, page: bytes | Failed, told: tuple[Any, ...]
) -> None:
    newsroom.list_story("Делегация едет", NOW)
    before = newsroom.story()
    newsroom.list_story("Делегация едет!", NOW + HOUR)
    with newsroom.db.begin() as tx:  # its title is that of the page, not of the feed
        tx.execute(sa.update(articles).values(listed_title="Делегация едет"))
    assert newsroom.read(page, NOW + 2 * HOUR) == Counts(unrevised=1)
    assert newsroom.story() == {**before, "n_revisions": 1}
    assert newsroom.older() == []
    assert newsroom.told()[-1] == (told[0], "revision 1", *told[1:])
    assert newsroom.read(page, NOW + 40 * DAY) == Counts()  # asked once


def test_a_story_that_never_rests_is_asked_three_times(newsroom: Newsroom) -> None:
    asked = []
    for n in range(60):
        newsroom.list_story(f"Заголовок {n}", NOW + n * HOUR)
        asked.append(newsroom.read(f"Текст {n}.".encode(), NOW + n * HOUR + 30 * MINUTE))
    assert [n for n, counts in enumerate(asked) if counts] == [1, 8, 33]
    assert [row[0] for row in newsroom.older()] == [1, 2, 3]
    assert newsroom.story()["n_revisions"] == 3


@pytest.mark.parametrize(
    "put_off",
    [
        Failed(RawUrl(URL), Reason.RATE_LIMITED, NOW + 2 * HOUR, "wants a pause", None, 45.0),
        Failed(RawUrl(URL), Reason.TIMEOUT, NOW + 2 * HOUR, "it hangs", None, 600.0, was_asked=False),
    ],
    ids=["a pause", "it hangs"],
)
def test_what_was_not_asked_for_is_asked_for_later_and_costs_no_revision(
    newsroom: Newsroom, put_off: Failed
) -> None:
    newsroom.list_story("Делегация не едет", NOW + HOUR)
    assert newsroom.read(put_off, NOW + 2 * HOUR) == Counts(later=1)
    story = newsroom.story()
    wanted = (0, NOW + 2 * HOUR + 10 * MINUTE, "ready")
    assert (story["n_revisions"], story["next_fetch_at"], story["state"]) == wanted
    assert newsroom.told()[-1][1:4] == ("revision 1", "failed", put_off.reason.value)
    new = "Делегация не едет в Псков."
    assert newsroom.read(new.encode(), NOW + 3 * HOUR) == Counts(revised=1)
    assert (newsroom.story()["text"], newsroom.story()["n_revisions"]) == (new, 1)
