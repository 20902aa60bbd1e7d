"""Pages that nobody waits for any more, and those that are tried again: of outlets that were switched off and
on, and what an operator asks for. What it means for a page stands in `decide_page`."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from monitor.articles.store import hold_copies
from monitor.articles.tables import articles
from monitor.articles.types import ArticleState
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.ids import ArticleId
from monitor.core.ledger import Reason, Stage
from monitor.core.ledger_store import ledger
from monitor.crawl.decide_page import ListedPage, PageIntent, decide_again, decide_off
from monitor.crawl.page_store import get_listed
from monitor.crawl.settle import AssignCluster, record_settled
from monitor.crawl.tables import sources

# Why a page may have been given up that can be tried again: not because its story is an article already
GIVEN_UP = (
    Reason.CRASHED, Reason.TIMEOUT, Reason.DNS, Reason.CONNECT, Reason.TLS, Reason.HTTP_4XX, Reason.HTTP_5XX,
    Reason.RATE_LIMITED, Reason.ROBOTS, Reason.TOO_MANY_REDIRECTS, Reason.TOO_LARGE, Reason.BAD_ENCODING,
    Reason.PRIVATE_ADDRESS, Reason.BAD_URL, Reason.NOT_HTML, Reason.NO_TEXT, Reason.LANGUAGE_NOT_READ,
)  # fmt: skip
_COMES_BACK = timedelta(weeks=13)  # the longest window of news; what is older the outlet shows no more either
_BATCH = 500  # pages of one transaction; SQLite allows a limited number of parameters

# Asked every five minutes: both go by an index to the few rows there are.
_WAITING = (
    sa.select(articles.c.id)
    .join(sources, sources.c.id == articles.c.source_id)
    .where(articles.c.next_fetch_at >= datetime.min.replace(tzinfo=UTC))
    .where(articles.c.state == ArticleState.LISTED.value, sources.c.enabled.is_(False))
)
_LEFT = (
    sa.select(articles.c.id)
    .join(ledger, ledger.c.item == articles.c.listed_url)
    .join(sources, sources.c.id == ledger.c.source_id)
    .where(
        ledger.c.stage == Stage.FETCH.value,
        ledger.c.reason == Reason.SOURCE_OFF.value,
        ledger.c.version == "",
        sources.c.enabled,
        articles.c.state == ArticleState.DEAD.value,
    )
)


def last_endings() -> tuple[sa.FromClause, sa.ColumnElement[str | None], sa.ColumnElement[datetime | None]]:
    """Articles with the last ending of each one's page: the joined tables, its reason and its moment.

    Both are null before the first. Of fetching and reading it is the later one: a page that could not be read
    and then did not come any more ended by not coming.
    """
    # tables, not subqueries: SQLite would make those whole instead of looking up each page in the index
    fetched, read = ledger.alias("fetched"), ledger.alias("read")
    is_fetch = (fetched.c.stage == Stage.FETCH.value) & (fetched.c.item == articles.c.listed_url)
    is_read = (read.c.stage == Stage.EXTRACT.value) & (read.c.item == sa.cast(articles.c.id, sa.Text))
    joined = articles.outerjoin(fetched, is_fetch & (fetched.c.version == "")).outerjoin(
        read, is_read & (read.c.version == "")
    )
    is_later = read.c.at.is_not(None) & sa.or_(fetched.c.at.is_(None), read.c.at >= fetched.c.at)
    reason = sa.case((is_later, read.c.reason), else_=fetched.c.reason)
    return joined, reason, sa.case((is_later, read.c.at), else_=fetched.c.at)


def settle_switched(*, db: Db, assign_cluster: AssignCluster, at: datetime) -> Counts:
    """End the pages that wait for an outlet which was switched off; have those of one that is on again within
    thirteen weeks wait once more. Counts: off, back. Errors: StorageError."""
    counts = Counts()
    outlets = _outlets(db, (Reason.SOURCE_OFF,))
    if n_off := _decide_each(db, _WAITING, lambda page: decide_off(page, at), assign_cluster):
        counts.add("off", n_off)
    if outlets:
        back = _LEFT.where(ledger.c.source_id.in_(outlets), ledger.c.at >= at - _COMES_BACK)
        if n_back := _decide_each(db, back, lambda page: decide_again(page, at), assign_cluster):
            counts.add("back", n_back)
    return counts


def try_again(
    *,
    db: Db,
    assign_cluster: AssignCluster,
    at: datetime,
    reasons: Collection[Reason],
    since: datetime | None = None,
    source_id: str | None = None,
) -> int:
    """Have pages wait once more that were given up for these reasons, with all their tries; how many.

    Of outlets that are read. `since`: those that ended then or later. Errors: StorageError.
    """
    outlets = _outlets(db, reasons, source_id)
    if not outlets:  # an index tells: no page is looked at
        return 0
    joined, reason, ended_at = last_endings()
    wanted = (
        sa.select(articles.c.id)
        .select_from(joined)
        .where(articles.c.source_id.in_(outlets), articles.c.state == ArticleState.DEAD.value)
        .where(reason.in_([one.value for one in reasons]))
    )
    if since is not None:
        wanted = wanted.where(ended_at >= since)
    return _decide_each(db, wanted, lambda page: decide_again(page, at), assign_cluster)


def _outlets(db: Db, reasons: Collection[Reason], only: str | None = None) -> list[str]:
    """Outlets that are read and of which the ledger has pages with these reasons, by its index."""
    stages, names = (Stage.FETCH.value, Stage.EXTRACT.value), [one.value for one in reasons]
    of_outlet = (ledger.c.source_id == sources.c.id, ledger.c.stage.in_(stages), ledger.c.reason.in_(names))
    query = sa.select(sources.c.id).where(sources.c.enabled, sa.exists().where(*of_outlet))
    with db.reading() as tx:
        return list(tx.execute(query if only is None else query.where(sources.c.id == only)).scalars())


def _decide_each(
    db: Db,
    wanted: sa.Select[int],
    decide: Callable[[ListedPage], PageIntent],
    assign_cluster: AssignCluster,
) -> int:
    """Write what is decided for each page that the query finds, batch by batch; how many."""
    with db.reading() as tx:
        found = sorted(tx.execute(wanted).scalars())
    n = 0
    for start in range(0, len(found), _BATCH):
        with db.begin() as tx:
            hold_copies(tx)  # no crawl makes one of them an article meanwhile
            still = wanted.where(articles.c.id.in_(found[start : start + _BATCH])).order_by(articles.c.id)
            pages = get_listed(tx, [ArticleId(number) for number in tx.execute(still).scalars()])
            for page in pages:
                record_settled(tx, decide(page), assign_cluster)
            n += len(pages)
    return n
