"""Settles one page that was read, fetched or archived: what article it is, written with its copies."""

from datetime import datetime
from typing import Protocol

from monitor.articles.learnt import drop_learnt
from monitor.articles.types import Extracted
from monitor.core.db import Tx
from monitor.core.ids import PageUrl
from monitor.crawl.decide_page import ListedPage, PageIntent, decide_fetched
from monitor.crawl.store import find_taker, record_page
from monitor.crawl.types import Fetched


class AssignCluster(Protocol):
    """Puts a ready article among its near-duplicates, as `monitor.articles.clusters.assign_cluster`."""

    def __call__(self, tx: Tx, *, article_id: int, title: str, text: str, published_at: datetime) -> object:
        """In the transaction that made the article ready."""
        ...


def decide_read(tx: Tx, page: ListedPage, outcome: Fetched, read: Extracted, own: PageUrl) -> PageIntent:
    """What a page means whose text was read; `own`: the address it names as its own."""
    taker = find_taker(tx, own, but=page.id)
    if taker is None:  # a page that is here already must not teach a second time
        read = drop_learnt(tx, read, source_id=page.source_id, at=outcome.at)
    return decide_fetched(page, outcome, read, own, taker)


def record_settled(tx: Tx, intent: PageIntent, assign_cluster: AssignCluster) -> None:
    """Write what became of a page; a text joins its copies in the same transaction."""
    record_page(tx, intent)
    if intent.is_ready:
        article = intent.article
        assign_cluster(
            tx,
            article_id=intent.page.id,
            title=str(article["title"]),
            text=str(article["text"]),
            published_at=_moment(article["published_at"]),
        )


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("a ready article has a date")
    return value
