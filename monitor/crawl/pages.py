"""Stage: fetch the pages that are due, take their text, and settle what article each one is.

One process at a time, each page one transaction, in the order in which the pages were claimed. While a batch
is recorded the next ones are fetched in a thread and read in worker processes.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from monitor.articles.rawpage import RawPage, ReadLater
from monitor.articles.types import Extracted
from monitor.core.clock import Clock
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.errors import MonitorError
from monitor.core.ids import ArticleId, PageUrl, RawUrl
from monitor.core.ledger import Reason
from monitor.core.progress import Progress, silent
from monitor.core.urls import redact
from monitor.core.workers import Unread
from monitor.crawl.again import settle_switched
from monitor.crawl.decide_page import (
    ListedPage,
    PageIntent,
    as_revision,
    by_feed_text,
    decide_failed,
    decide_gone,
    decide_unread,
    page_address,
    takes_feed_text,
)
from monitor.crawl.page_store import due_pages, is_overtaken, still_due
from monitor.crawl.posts import as_page, is_post
from monitor.crawl.rounds import BUDGET, Patience, batches
from monitor.crawl.settle import AssignCluster, decide_read, record_settled
from monitor.crawl.types import Failed, Fetched, FetchKind, FetchMany, FetchRequest, Outcome

log = structlog.get_logger(__name__)

_AHEAD = 2  # batches held in memory beside the one that is recorded


@dataclass(frozen=True, slots=True)
class _Tools:
    db: Db
    fetch_many: FetchMany
    read: ReadLater
    assign_cluster: AssignCluster
    clock: Clock
    patience: Patience


@dataclass(frozen=True, slots=True)
class _Answer:
    """How one page was answered, and its text to come where there is a page to be read."""

    page: ListedPage
    outcome: Outcome
    address: PageUrl | None = None  # None: gone, or never came
    text: Future[Extracted | Unread] | None = None


def fetch_pages(
    *,
    db: Db,
    fetch_many: FetchMany,
    read: ReadLater,
    assign_cluster: AssignCluster,
    clock: Clock,
    limit: int | None = None,
    source_id: str | None = None,
    budget: timedelta | None = BUDGET,
    progress: Progress = silent,
) -> Counts:
    """Fetch the listed pages that are due; counts of ready, dead, later and crashed (by a fault of ours).

    A page that was changed after it had been read counts as revised, or unrevised where its text is the same;
    one that another process had meanwhile as overtaken. Pages of outlets that were switched off count as off,
    those that wait once more since their outlet is on again as back.
    What is not asked for within `budget` stays due; None: all of it is asked for.

    Errors: StorageError; WorkerBroken where no process can be started that reads pages.
    """
    counts = settle_switched(db=db, assign_cluster=assign_cluster, at=clock())
    tools = _Tools(db, fetch_many, read, assign_cluster, clock, Patience(clock, budget))
    with db.begin() as tx:
        due = due_pages(tx, now=clock(), limit=limit, source_id=source_id)
    n_settled = 0
    for n, answer in enumerate(_answers(tools, batches(due)), 1):
        _settle(tools, answer, counts)
        progress("pages", n, len(due))
        n_settled = n
    if n_settled < len(due) and tools.patience.is_over:
        log.info("pages_left", left=len(due) - n_settled, of=len(due))
    return counts


def _answers(tools: _Tools, due: Sequence[Sequence[ArticleId]]) -> Iterator[_Answer]:
    """Answers batch by batch, in their order, until patience is over; the database is read here, in the
    caller's thread."""
    fetching = ThreadPoolExecutor(1, thread_name_prefix="pages")
    try:
        under_way: deque[Future[list[_Answer]]] = deque()
        for batch in due:
            if tools.patience.is_over:
                break
            with tools.db.begin() as tx:
                pages = still_due(tx, batch, at=tools.clock())
            under_way.append(fetching.submit(_fetched, tools, pages))
            if len(under_way) > _AHEAD:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()
    finally:
        # after an interruption nobody waits for a host's pause: closing the fetcher ends what is under way
        fetching.shutdown(wait=False, cancel_futures=True)


def _fetched(tools: _Tools, pages: list[ListedPage]) -> list[_Answer]:
    """Answers to one batch, none when patience is over before it is begun; of one thread at a time."""
    if tools.patience.is_over:
        return []
    put_off = {page.id: answer for page in pages if (answer := tools.patience.put_off(page.url))}
    asked = [page for page in pages if not is_post(page) and page.id not in put_off]
    outcomes = tools.fetch_many([FetchRequest(RawUrl(page.url), FetchKind.PAGE) for page in asked])
    answers: dict[ArticleId, Outcome] = {**put_off}
    for page, outcome in zip(asked, outcomes, strict=True):
        tools.patience.note(page.url, outcome)
        answers[page.id] = outcome
    return [
        _to_be_read(tools, page, as_page(page, tools.clock()) if is_post(page) else answers[page.id])
        for page in pages
    ]


def _to_be_read(tools: _Tools, page: ListedPage, outcome: Outcome) -> _Answer:
    address = page_address(page, outcome, None) if isinstance(outcome, Fetched) else None
    if not isinstance(outcome, Fetched) or address is None:
        return _Answer(page, outcome)
    raw = RawPage(
        outcome.body,
        url=address,
        source_zone=page.zone,
        now=outcome.at,
        content_type=outcome.headers.get("content-type", ""),
        feed_title=page.title,
        feed_summary=page.summary,
        feed_text=page.feed_text,
        feed_published=page.published_at,
        selectors=page.selectors,
    )
    return _Answer(page, outcome, address, tools.read(raw))


def _settle(tools: _Tools, answer: _Answer, counts: Counts) -> None:
    page = answer.page
    try:
        _record(tools, page, _decision(tools, answer), counts)
    except MonitorError:
        raise  # the database itself or no process to read pages: nothing that follows could be done
    except Exception as error:  # a bug costs one page, not the round; it is counted and shown
        log.exception("page_crashed", url=redact(page.url))
        detail = f"{type(error).__name__}: {error}"
        crash = Failed(RawUrl(page.url), Reason.CRASHED, tools.clock(), detail)
        _record(tools, page, lambda _tx: decide_failed(page, crash), counts)


def _decision(tools: _Tools, answer: _Answer) -> Callable[[Tx], PageIntent]:
    """What to write, as a function of the database; the slow part is done before the transaction opens."""
    page, outcome, address = answer.page, answer.outcome, answer.address
    if isinstance(outcome, Failed):
        return _lost(tools, decide_failed(page, outcome), outcome)
    if not isinstance(outcome, Fetched):
        raise TypeError(f"{type(outcome).__name__} to an unconditional request")
    if address is None or answer.text is None:
        return lambda _tx: decide_gone(page, outcome)
    read = answer.text.result()
    if isinstance(read, Unread):
        log.error("page_unread", url=redact(page.url), reason=read.reason.value, detail=read.detail)
        return _lost(tools, decide_unread(page, outcome, read), outcome)
    own = page_address(page, outcome, read.canonical_url) or address
    return lambda tx: decide_read(tx, page, outcome, read, own)


def _lost(tools: _Tools, intent: PageIntent, outcome: Fetched | Failed) -> Callable[[Tx], PageIntent]:
    """A page that was not had: its feed's text where that stands in and is a whole story."""
    page = intent.page
    if takes_feed_text(intent, outcome):
        told = as_page(page, outcome.at)
        answer = _to_be_read(tools, replace(page, summary=""), told)  # a summary is no story
        read = None if answer.text is None else answer.text.result()
        if read is not None and not isinstance(read, Unread) and read.reason is None:
            return lambda tx: by_feed_text(intent, decide_read(tx, page, told, read, page.url))
    return lambda _tx: intent


def _record(tools: _Tools, page: ListedPage, decision: Callable[[Tx], PageIntent], counts: Counts) -> None:
    with tools.db.begin() as tx:
        if is_overtaken(tx, page):
            counts.add("overtaken")
            return
        intent = as_revision(decision(tx), tools.clock())
        record_settled(tx, intent, tools.assign_cluster)
    if any(entry.reason is Reason.CRASHED for entry in intent.ledger):
        counts.add("crashed")
    elif intent.is_put_off:
        counts.add("later")
    elif intent.page.before is not None:
        counts.add("revised" if intent.is_ready else "unrevised")
    elif intent.is_ready:
        counts.add("ready")
    else:
        counts.add("dead" if intent.article.get("state") else "later")
