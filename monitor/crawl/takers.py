"""Which article has an address, and how one without a text gives it up; in the caller's transaction."""

from datetime import datetime

import sqlalchemy as sa

from monitor.articles.tables import articles, stands_at
from monitor.articles.types import ArticleState
from monitor.core.db import Tx
from monitor.core.ids import ArticleId, PageUrl, SourceId
from monitor.core.ledger_store import record
from monitor.core.urls import twins
from monitor.crawl.decide_page import told_double
from monitor.crawl.doubles import Taker
from monitor.crawl.revise import last_headline

_IS_READY = articles.c.state == ArticleState.READY.value
_SPELT: sa.BindParameter[tuple[PageUrl, ...]] = sa.bindparam("spelt", expanding=True)
_HAS_IT = stands_at(_SPELT)
# Built once: they are asked for each page.
_TAKER = (
    sa.select(articles.c.id, articles.c.listed_title, articles.c.title, articles.c.text)
    .where(_HAS_IT, articles.c.id != sa.bindparam("but"), _IS_READY)
    .order_by(articles.c.id)
    .limit(1)
)
_WITHOUT_TEXT = (
    sa.select(articles.c.id, articles.c.source_id, articles.c.state, articles.c.url, articles.c.listed_url)
    .where(_HAS_IT, articles.c.id != sa.bindparam("but"), ~_IS_READY)
    .order_by(articles.c.id)
)
_URL = sa.select(articles.c.url).where(articles.c.id == sa.bindparam("of_article"))
_MOVE = sa.update(articles).where(articles.c.id == sa.bindparam("of_article"))


def find_taker(tx: Tx, url: PageUrl, *, but: ArticleId) -> Taker | None:
    """The other article that has this address, as listed or as its own, and a text.

    One that has none takes nothing: its address may have failed or may be still to come.
    """
    row = tx.execute(_TAKER, {"spelt": twins(url), "but": but}).one_or_none()
    if row is None:
        return None
    return Taker(ArticleId(row.id), last_headline(row.listed_title) or row.title, row.text)


def hand_over(tx: Tx, url: PageUrl, *, to: ArticleId, at: datetime) -> None:
    """Take an address from the articles without a text that have it; a dead one that was listed under it is
    told to be a double of `to`, whose text is its own."""
    spelt = twins(url)
    for row in tx.execute(_WITHOUT_TEXT, {"spelt": spelt, "but": to}).all():
        if row.url == url:
            _exchange(tx, ArticleId(row.id), to)
        if row.listed_url in spelt and row.state == ArticleState.DEAD.value:
            record(tx, told_double(ArticleId(row.id), SourceId(row.source_id), of=to, at=at))


def _exchange(tx: Tx, one: ArticleId, other: ArticleId) -> None:
    """Each gets the other's address: they stay unique, and the feed's words for both stay known."""
    mine, theirs = (tx.execute(_URL, {"of_article": number}).scalar_one() for number in (one, other))
    for number, url in ((one, f"{mine}#{one}"), (other, mine), (one, theirs)):  # "#": no address has one
        tx.execute(_MOVE, {"of_article": number, "url": url})
