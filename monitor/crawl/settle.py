"""Settles one page that was read, fetched or archived: what article it is, written with its copies."""

from datetime import datetime
from typing import Protocol

from monitor.articles.learnt import drop_learnt
from monitor.articles.types import Extracted, no_text
from monitor.core.db import Tx
from monitor.core.ids import PageUrl
from monitor.core.ledger import Reason
from monitor.crawl.decide_page import ListedPage, PageIntent, decide_fetched, has_moved, page_address
from monitor.crawl.doubles import is_double, is_something_else
from monitor.crawl.page_store import record_page
from monitor.crawl.stamps import leave_out_templates
from monitor.crawl.takers import find_taker
from monitor.crawl.types import Fetched

_NOT_THE_STORY = "no word of the headline is on the page where its address leads"


class AssignCluster(Protocol):
    """Puts a ready article among its near-duplicates, as `monitor.articles.clusters.assign_cluster`."""

    def __call__(self, tx: Tx, *, article_id: int, title: str, text: str, published_at: datetime) -> object:
        """In the transaction that made the article ready."""
        ...


def decide_read(tx: Tx, page: ListedPage, outcome: Fetched, read: Extracted, own: PageUrl) -> PageIntent:
    """What a page means whose text was read; `own`: the address it names as its own.

    That address is believed where nobody with a text has it, else only of a page that is the taker's: a
    template's address is one for many stories, which keep their own.
    """
    taker = find_taker(tx, own, but=page.id)
    is_taken = taker is not None and is_double(page.title, read, taker)
    if read.reason is None and (is_taken or has_moved(page, outcome)) and is_something_else(page.title, read):
        return decide_fetched(page, outcome, no_text(Reason.NO_TEXT, note=_NOT_THE_STORY), None, None)
    if taker is not None and is_taken:
        return decide_fetched(page, outcome, read, own, taker.id)
    # a page that is here already must not teach a second time
    read = drop_learnt(tx, read, source_id=page.source_id, at=outcome.at)
    read = leave_out_templates(tx, read, page, visited_at=outcome.at)
    return decide_fetched(
        page, outcome, read, own if taker is None else _where_it_was(tx, page, outcome), None
    )


def _where_it_was(tx: Tx, page: ListedPage, outcome: Fetched) -> PageUrl | None:
    """Where a page was found, None where another story was found there too."""
    address = page_address(page, outcome, None)
    is_free = address is not None and find_taker(tx, address, but=page.id) is None
    return address if is_free else None


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
