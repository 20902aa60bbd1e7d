"""An address is walked through database and ledger; what people say is kept once and counted as a floor."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from monitor.articles.tables import taggings
from monitor.core import ledger_store, runs
from monitor.core.db import Db, Tx
from monitor.core.errors import UsageError
from monitor.core.ids import ArticleId, FamilyId, PageUrl
from monitor.core.ledger import Ending, LedgerEntry, Reason, Stage
from monitor.crawl.decide_page import told_double
from monitor.crawl.tables import checks
from monitor.gaps.missed import Lost, LostAt
from monitor.gaps.missed_store import add_missed, checked_page, checked_print, floor, list_missed, walk
from monitor.linking.tables import linkings, links
from tests.make import NOW, add_article, add_source
from tests.make_reports import source

PAPER = source("daily", "Новь")
FAMILY = FamilyId("AGR-0030")


def lost(tx: Tx, url: str) -> Lost:
    return walk(tx, PageUrl(url), (PAPER,), min_p=0.5, wanted=FAMILY)


def step(tx: Tx, stage: Stage, item: str, reason: Reason, *, after: int = 0) -> None:
    at = NOW + timedelta(minutes=after)
    ledger_store.record(tx, LedgerEntry(stage, item, Ending.FAILED, reason, at, "daily"))


def test_a_page_is_followed_until_the_stage_that_lost_it(db: Db) -> None:
    url = "http://daily.example/1"
    with db.begin() as tx:
        assert lost(tx, url) == Lost(LostAt.LIST, "never_polled", PAPER.id)
        add_source(tx, "daily")
        plain = {
            "source_id": "daily",
            "feed_url": "f",
            "ending": "done",
            "n_entries": 1,
            "n_new": 0,
            "warnings": [],
        }
        tx.execute(sa.insert(checks).values(at=NOW, reason="ok", overflow=True, **plain))
        tx.execute(
            sa.insert(checks).values(at=NOW + timedelta(hours=1), reason="ok", overflow=False, **plain)
        )
        assert lost(tx, url) == Lost(LostAt.LIST, "overflow", PAPER.id, since=NOW)
        add_article(tx, "daily", 1, state="listed")
        assert lost(tx, "https://www.daily.example/1").reason == "fetch"
        step(tx, Stage.FETCH, url, Reason.TIMEOUT)
        assert lost(tx, url) == Lost(LostAt.FETCH, "timeout", PAPER.id, 1)
        step(tx, Stage.FETCH, url, Reason.OK, after=1)
        step(tx, Stage.EXTRACT, "1", Reason.NO_TEXT, after=1)
        assert lost(tx, url) == Lost(LostAt.EXTRACT, "no_text", PAPER.id, 1)


def test_of_an_address_that_two_articles_have_the_one_with_a_text_is_followed(db: Db) -> None:
    with db.begin() as tx:
        add_source(tx, "daily")
        add_article(tx, "daily", 1, state="dead")
        add_article(tx, "daily", 2, listed_url="http://www.daily.example/1")
        step(tx, Stage.FETCH, "http://daily.example/1", Reason.HTTP_4XX)
        assert lost(tx, "http://daily.example/1") == Lost(LostAt.WAITING, "tag", PAPER.id, 2)


def test_a_double_is_no_loss_where_its_story_is_none(db: Db) -> None:
    with db.begin() as tx:
        add_source(tx, "daily")
        for number, state in ((1, "dead"), (2, "ready"), (3, "dead")):
            add_article(tx, "daily", number, state=state)
        for number, of in ((1, 2), (3, 77)):
            entry = told_double(ArticleId(number), PAPER.id, of=ArticleId(of), at=NOW)
            ledger_store.record(tx, entry)
        assert lost(tx, "http://daily.example/1") == Lost(LostAt.WAITING, "tag", PAPER.id, 2)
        gone = lost(tx, "http://daily.example/3")  # no such article is left
        assert gone == Lost(LostAt.EXTRACT, "duplicate_url", PAPER.id, 3)


def test_a_read_page_is_followed_through_judgement_and_linking(db: Db) -> None:
    url = "http://daily.example/1"
    with db.begin() as tx:
        add_source(tx, "daily")
        add_article(tx, "daily", 1)
        for number, stage in ((1, "tag"), (2, "link")):
            row = {"id": number, "stage": stage, "fingerprint": stage, "created_at": NOW, "is_current": True}
            tx.execute(sa.insert(runs.versions).values(doc={}, **row))
        assert lost(tx, url).reason == "tag"
        judged = {"article_id": 1, "version_id": 1, "gate_p": 0.9, "label": False, "names": []}
        tx.execute(sa.insert(taggings).values(judged))
        assert lost(tx, url) == Lost(LostAt.TAG, "below_gate", PAPER.id, 1)
        tx.execute(sa.update(taggings).values(label=True))
        assert lost(tx, url).reason == "link"
        tx.execute(
            sa.insert(linkings).values(
                article_id=1, version_id=2, n_links=0, reason="no_agreement", mentions=[]
            )
        )
        assert lost(tx, url) == Lost(LostAt.LINK, "no_agreement", PAPER.id, 1)
        link = {
            "article_id": 1,
            "version_id": 2,
            "family_id": FAMILY,
            "depth": "title",
            "stage": "none",
            "evidence": [],
        }
        tx.execute(sa.insert(links).values(p=0.4, **link))
        assert lost(tx, url).stage is LostAt.LINK
        tx.execute(sa.update(links).values(p=0.6))
        assert lost(tx, url) == Lost(LostAt.NOWHERE, "", PAPER.id, 1, (FAMILY,))


def test_what_people_say_is_kept_once_and_counted_as_a_floor(db: Db) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    with db.begin() as tx:
        assert floor(tx) == {}
        waiting, gone = Lost(LostAt.WAITING, "tag"), Lost(LostAt.TAG, "below_gate", PAPER.id, 1)
        add_missed(tx, waiting, who="reader 1", at=at, url="http://daily.example/1", family=FAMILY)
        assert floor(tx) == {}
        add_missed(tx, gone, who="reader 2", at=at, url="http://daily.example/1", family=FAMILY)
        add_missed(tx, gone, who="reader 2", at=at, url="http://daily.example/1", family="AGR-0001")
        add_missed(tx, Lost(LostAt.PRINT, ""), who="operator", at=at, print_only="Новь, 3 ноября, с. 2")
        assert floor(tx) == {LostAt.TAG: 1, LostAt.PRINT: 1}
        said = list_missed(tx)
    assert [(one.who, one.family, one.stage, one.source_id) for one in said] == [
        ("operator", "", LostAt.PRINT, ""),
        ("reader 2", "AGR-0001", LostAt.TAG, "daily"),
        ("reader 1", FAMILY, LostAt.TAG, "daily"),
    ]


@pytest.mark.parametrize(
    "text",
    ["", "нет", "javascript:alert(1)", "data:text/html,x", "ftp://a.example/", "http://u:p@a.example/"],
)
def test_what_is_no_address_of_a_page_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        checked_page(text)


def test_print_details_are_one_line_of_bounded_length() -> None:
    assert checked_print(" Новь,\r\n 3 ноября ") == "Новь, 3 ноября"
    for text in (" \n", "x" * 201):
        with pytest.raises(UsageError, match="paper, date and page"):
            checked_print(text)
