"""How a round of pages is cut so that no host holds it up: batches with few pages of a host each, hosts that
hang left alone, and an end after a while. No IO; the clock is given.

Pages and feeds take turns, and the pages of a host are asked one by one: a thousand pages of one host, or
forty of one that never answers, would keep every feed from being polled for an hour.
"""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from monitor.core.clock import Clock
from monitor.core.ids import ArticleId, PageUrl, RawUrl
from monitor.core.ledger import Reason
from monitor.crawl.posts import is_post_address
from monitor.crawl.types import Failed, Outcome

BUDGET = timedelta(minutes=10)  # as often as the quickest feed is polled
BATCH = 32  # pages fetched at once
HANGS = 3  # answers in a row that did not come in time: what follows is not asked
_PUT_OFF_S = 3600.0  # as after the first failure of a page


def batches(due: Iterable[tuple[ArticleId, PageUrl]]) -> list[list[ArticleId]]:
    """The pages in batches, in their order as far as a batch has room for their host: for `HANGS` pages, so
    that one that hangs is found out within a batch. Posts of channels are not fetched: they have room."""
    found: list[list[ArticleId]] = []
    begins = 0  # no batch before it has room
    places: dict[str, tuple[int, int]] = {}  # of a host: its last batch, and its pages in there
    for article, url in due:
        host = "" if is_post_address(url) else host_of(url)
        at, n = places.get(host, (begins, 0))
        if (host and n >= HANGS) or at < begins:
            at, n = max(at + 1, begins), 0
        while at < len(found) and len(found[at]) >= BATCH:
            at, n = at + 1, 0
        if at == len(found):
            found.append([])
        found[at].append(article)
        if host:
            places[host] = (at, n + 1)
        while begins < len(found) and len(found[begins]) >= BATCH:
            begins += 1
    return found


def host_of(url: str) -> str:
    """The host of an address, as manners count."""
    return urlsplit(url).hostname or ""


class Patience:
    """What one round has left: its time, and which hosts are still worth a request."""

    def __init__(self, clock: Clock, budget: timedelta | None) -> None:
        self._clock = clock
        self._ends_at = None if budget is None else clock() + budget
        self._hangs: dict[str, int] = {}

    @property
    def is_over(self) -> bool:
        """True when the round has lasted long enough: what is left stays due."""
        return self._ends_at is not None and self._clock() >= self._ends_at

    def put_off(self, url: PageUrl) -> Failed | None:
        """The answer in place of a request to a host that hangs; None where it may be asked."""
        host = host_of(url)
        if self._hangs.get(host, 0) < HANGS:
            return None
        detail = f"not asked: {host} gave no answer in time {HANGS} times in a row"
        return Failed(
            RawUrl(url), Reason.TIMEOUT, self._clock(), detail, retry_after_s=_PUT_OFF_S, was_asked=False
        )

    def note(self, url: PageUrl, outcome: Outcome) -> None:
        """Take an answer into account, in the order of the requests."""
        hangs = isinstance(outcome, Failed) and outcome.reason is Reason.TIMEOUT
        self._hangs[host_of(url)] = self._hangs.get(host_of(url), 0) + 1 if hangs else 0
