"""Stage: fetch the pages that are due, take their text, and settle what article each one is.

One process at a time, each page one transaction, in the order in which the pages were claimed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from monitor.articles.selectors import PageSelectors
from monitor.articles.types import Extracted
from monitor.core.clock import Clock
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.errors import StorageError
from monitor.core.ids import PageUrl, RawUrl
from monitor.core.ledger import Reason
from monitor.core.progress import Progress, silent
from monitor.core.urls import redact
from monitor.crawl.decide_page import (
    ListedPage,
    PageIntent,
    decide_failed,
    decide_fetched,
    decide_gone,
    page_address,
)
from monitor.crawl.posts import as_page, is_post
from monitor.crawl.store import due_page_ids, find_taker, get_listed, record_page
from monitor.crawl.types import Failed, Fetched, FetchKind, FetchMany, FetchRequest, Outcome

log = structlog.get_logger(__name__)

BATCH = 32  # pages held in memory at once


class ExtractPage(Protocol):
    """Text and facts of one page, as `monitor.articles.extract.extract_page`; never raises."""

    def __call__(
        self,
        body: bytes,
        *,
        url: PageUrl,
        content_type: str,
        source_zone: str,
        feed_title: str,
        feed_summary: str,
        feed_text: str,
        feed_published: datetime | None,
        now: datetime,
        selectors: PageSelectors,
    ) -> Extracted:
        """What the page gave."""
        ...


class AssignCluster(Protocol):
    """Puts a ready article among its near-duplicates, as `monitor.articles.clusters.assign_cluster`."""

    def __call__(self, tx: Tx, *, article_id: int, title: str, text: str, published_at: datetime) -> object:
        """In the transaction that made the article ready."""
        ...


@dataclass(frozen=True, slots=True)
class _Tools:
    db: Db
    extract: ExtractPage
    assign_cluster: AssignCluster
    clock: Clock


def fetch_pages(
    *,
    db: Db,
    fetch_many: FetchMany,
    extract: ExtractPage,
    assign_cluster: AssignCluster,
    clock: Clock,
    limit: int | None = None,
    source_id: str | None = None,
    progress: Progress = silent,
) -> Counts:
    """Fetch the listed pages that are due; counts of ready, dead, later and crashed."""
    counts = Counts()
    tools = _Tools(db, extract, assign_cluster, clock)
    with db.begin() as tx:
        due = due_page_ids(tx, now=clock(), limit=limit, source_id=source_id)
    for start in range(0, len(due), BATCH):
        with db.begin() as tx:
            pages = get_listed(tx, due[start : start + BATCH])
        outcomes = _outcomes(pages, fetch_many, clock)
        for n, (page, outcome) in enumerate(zip(pages, outcomes, strict=True), start + 1):
            _settle(tools, page, outcome, counts)
            progress("pages", n, len(due))
    return counts


def _outcomes(pages: list[ListedPage], fetch_many: FetchMany, clock: Clock) -> list[Outcome]:
    asked = [page for page in pages if not is_post(page)]
    answers = iter(fetch_many([FetchRequest(RawUrl(page.url), FetchKind.PAGE) for page in asked]))
    return [as_page(page, clock()) if is_post(page) else next(answers) for page in pages]


def _settle(tools: _Tools, page: ListedPage, outcome: Outcome, counts: Counts) -> None:
    try:
        _record(tools, _decision(page, outcome, tools.extract), counts)
    except StorageError:
        raise  # the database itself: nothing that follows could be recorded
    except Exception as error:  # a bug costs one page, not the round; it is counted and shown
        log.exception("page_crashed", url=redact(page.url))
        counts.add("crashed")
        detail = f"{type(error).__name__}: {error}"
        crash = Failed(RawUrl(page.url), Reason.CRASHED, tools.clock(), detail)
        _record(tools, lambda _tx: decide_failed(page, crash), Counts())


def _decision(page: ListedPage, outcome: Outcome, extract: ExtractPage) -> Callable[[Tx], PageIntent]:
    """What to write, as a function of the database; the slow part is done before the transaction opens."""
    if isinstance(outcome, Failed):
        return lambda _tx: decide_failed(page, outcome)
    if not isinstance(outcome, Fetched):
        raise TypeError(f"{type(outcome).__name__} to an unconditional request")
    address = page_address(page, outcome, None)
    if address is None:
        return lambda _tx: decide_gone(page, outcome)
    extracted = extract(
        outcome.body,
        url=address,
        content_type=outcome.headers.get("content-type", ""),
        source_zone=page.zone,
        feed_title=page.title,
        feed_summary=page.summary,
        feed_text=page.feed_text,
        feed_published=page.published_at,
        now=outcome.at,
        selectors=page.selectors,
    )
    own = page_address(page, outcome, extracted.canonical_url) or address
    return lambda tx: decide_fetched(page, outcome, extracted, own, find_taker(tx, own, but=page.id))


def _record(tools: _Tools, decision: Callable[[Tx], PageIntent], counts: Counts) -> None:
    with tools.db.begin() as tx:
        intent = decision(tx)
        record_page(tx, intent)
        if intent.is_ready:
            article = intent.article
            tools.assign_cluster(
                tx,
                article_id=intent.page.id,
                title=str(article["title"]),
                text=str(article["text"]),
                published_at=_moment(article["published_at"]),
            )
    if intent.is_ready:
        counts.add("ready")
    else:
        counts.add("dead" if intent.article.get("state") else "later")


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("a ready article has a date")
    return value
