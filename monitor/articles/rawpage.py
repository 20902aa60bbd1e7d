"""A page that is to be read, as a value that can be sent to another process, and what may come back."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from monitor.articles.boilerplate import PageRules
from monitor.articles.selectors import NO_SELECTORS, PageSelectors
from monitor.articles.types import Extracted
from monitor.core.dates import Months
from monitor.core.ids import PageUrl
from monitor.core.ledger import Reason
from monitor.core.workers import Unread


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page with what its feed said of it; all that `extract_page` takes of one page."""

    body: bytes
    url: PageUrl
    source_zone: str  # IANA
    now: datetime  # aware
    content_type: str = ""
    feed_title: str = ""
    feed_summary: str = ""
    feed_text: str = ""
    feed_published: datetime | None = None
    selectors: PageSelectors = NO_SELECTORS


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """What reading takes besides the page, the same for all pages of a run."""

    rules: PageRules
    months: Months


# The future holds an answer; a page's fault is one too and never raised.
ReadLater = Callable[[RawPage], Future[Extracted | Unread]]


def awaited(read: ReadLater, page: RawPage, answer: Future[Extracted | Unread]) -> Extracted | Unread:
    """What `read` answers to a page; a reader that died is asked once more, since it may have been killed."""
    found = answer.result()
    if isinstance(found, Unread) and found.reason is Reason.CRASHED:
        return read(page).result()
    return found
