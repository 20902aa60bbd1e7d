"""Reads what sources gave and how they were asked: the facts that `monitor.crawl.health` judges.

The only place that counts them: the gap table, `doctor` and `sources list` all read here.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

import sqlalchemy as sa

from monitor.articles.tables import DATED, articles
from monitor.articles.types import ArticleState
from monitor.core.db import Tx, UtcDateTime
from monitor.core.ids import SourceId
from monitor.core.ledger import Ending, Reason, Stage
from monitor.core.ledger_store import ledger
from monitor.crawl.health import NO_PAGES, TEXT_WINDOW, Facts, TextShare, Trouble, trouble_code, troubles
from monitor.crawl.rhythm import HISTORY, Given, Published
from monitor.crawl.tables import ODD, checks, feeds, sources
from monitor.crawl.types import ARCHIVE, Distrust, Poll

# How far before a moment or a window polls and items are read: a silence or an outage may have begun there.
LOOK_BACK = HISTORY
_DONE, _SAME = Ending.DONE.value, Reason.NOT_MODIFIED.value  # looked up once: a year has thousands of polls
# of pages that came; what is in a language that nobody reads here has a text
_NO_LOSS = (Reason.OK.value, Reason.SOURCE_OFF.value)  # of a page that did not come: no fault of its site
_TEXTLESS = tuple(
    reason.value
    for reason in (
        Reason.NO_TEXT, Reason.NOT_HTML, Reason.BAD_ENCODING, Reason.CRASHED, Reason.TIMEOUT,
    )
)  # fmt: skip


def last_good_poll(tx: Tx) -> datetime | None:
    """When anything was last polled well; None before the first time."""
    last: datetime | None = tx.execute(sa.select(sa.func.max(feeds.c.last_ok_at))).scalar_one()
    return last


def first_good_poll(tx: Tx) -> datetime | None:
    """When this installation began to see anything."""
    query = sa.select(sa.func.min(checks.c.at)).where(checks.c.ending == Ending.DONE.value)
    first: datetime | None = tx.execute(query).scalar_one()
    return first


def source_troubles(tx: Tx, *, now: datetime, zone: tzinfo = UTC) -> tuple[Trouble, ...]:
    """What is wrong with the enabled sources at `now`, by source id, the worst of each first.

    `zone`: whose days are told.
    """
    enabled = set(tx.execute(sa.select(sources.c.id).where(sources.c.enabled)).scalars())
    until = now + timedelta(microseconds=1)  # what happens just now is seen
    found = read_facts(tx, since=now - LOOK_BACK, stop=until)
    return tuple(
        trouble
        for source in sorted(found.keys() & enabled)
        for trouble in troubles(found[SourceId(source)], now=now, zone=zone)
    )


def read_facts(
    tx: Tx,
    *,
    since: datetime,
    stop: datetime,
    published: Mapping[SourceId, Given] | None = None,
) -> dict[SourceId, Facts]:
    """What every source that was polled between `since` and `stop` gave, and how it answered.

    `published`: its `published_days`, where they are known.
    """
    published = published_days(tx, since, stop) if published is None else published
    texts, distrusted = _text_shares(tx, stop - TEXT_WINDOW, stop), _distrusted(tx, stop)
    return {
        source: Facts(
            source_id=source,
            polls=polls,
            published=published.get(source, []),
            texts=texts.get(source, NO_PAGES),
            distrusted=distrusted.get(source, ()),
        )
        for source, polls in changed_polls(tx, since, stop).items()
    }


def changed_polls(
    tx: Tx, since: datetime, stop: datetime, *, only: SourceId | None = None
) -> dict[SourceId, list[Poll]]:
    """Per source in time order: polls that ended otherwise than the one before, overflows, and the last."""
    found: dict[SourceId, list[Poll]] = {}
    before: dict[tuple[str, str], _Polled] = {}
    rows = [_Polled(*row) for row in tx.execute(_telling_polls(since, stop, only)).all()]
    ends = {row[:2]: row for row in rows}  # the last of each feed
    for row in rows:
        feed = row[:2]
        last, before[feed] = before.get(feed), row
        if row is ends[feed] or _is_change(row, last):
            found.setdefault(SourceId(row.source_id), []).append(_poll(row))
    return found


class _Polled(NamedTuple):
    """A poll that tells something; the columns of `_telling_polls`."""

    source_id: str
    feed_url: str
    at: datetime
    ending: str
    reason: str
    status: int | None
    overflow: bool
    has_left: bool
    previous_at: datetime | None  # of overflows


def _telling_polls(since: datetime, stop: datetime, only: SourceId | None = None) -> sa.Select[Any]:
    """Failures, overflows, what follows on them, and the first and last poll of each feed.

    All other polls are good ones after good ones, by far the most: they are not even looked at one by one.
    """
    inside: tuple[sa.ColumnElement[bool], ...] = (checks.c.at >= since, checks.c.at < stop)
    if only is not None:
        inside = (*inside, checks.c.source_id == only)
    key = (checks.c.source_id, checks.c.feed_url)
    odd = sa.select(*key, checks.c.at).where(*inside, ODD).cte("odd")
    own = sa.select(*key).distinct().where(checks.c.source_id == only)
    lists = (_polled_lists() if only is None else own).cte("lists")
    keys = sa.union(
        sa.select(odd),
        sa.select(odd.c.source_id, odd.c.feed_url, _next_at(odd, since, stop)),
        sa.select(lists, _end_at(sa.func.min, lists, since, stop)),
        sa.select(lists, _end_at(sa.func.max, lists, since, stop)),
    ).subquery()
    source, feed, at = keys.c
    same = (checks.c.source_id == source) & (checks.c.feed_url == feed) & (checks.c.at == at)
    of_feed = (feeds.c.source_id == checks.c.source_id) & (feeds.c.url == checks.c.feed_url)
    has_left = sa.or_(  # an archive is no feed: nobody asks it again
        sa.and_(feeds.c.id.is_not(None), feeds.c.next_check_at.is_(None)), checks.c.feed_url == ARCHIVE
    )
    return (
        sa.select(
            *key,
            checks.c.at,
            checks.c.ending,
            checks.c.reason,
            checks.c.status,
            checks.c.overflow,
            has_left.label("has_left"),
            sa.case((checks.c.overflow, _previous_at(checks, since, stop))).label("previous_at"),
        )
        .select_from(keys.join(checks, same).outerjoin(feeds, of_feed))
        .order_by(checks.c.at, checks.c.feed_url)
    )


def _polled_lists() -> sa.Select[Any]:
    """Source and address of everything that was ever polled, from one to the next by the index: for DISTINCT
    PostgreSQL reads all polls of all time."""
    one, after = checks.alias(), checks.alias()
    first = sa.select(after.c.id).order_by(after.c.source_id, after.c.feed_url, after.c.at).limit(1)
    steps = sa.select(first.scalar_subquery().label("id")).cte("steps", recursive=True)
    in_source = first.where(after.c.source_id == one.c.source_id, after.c.feed_url > one.c.feed_url)
    # two questions: as a comparison of pairs SQLite reads every poll
    behind = (in_source, first.where(after.c.source_id > one.c.source_id))
    following = sa.func.coalesce(*(query.correlate(one).scalar_subquery() for query in behind))
    steps = steps.union_all(sa.select(following).join_from(steps, one, one.c.id == steps.c.id))
    return sa.select(checks.c.source_id, checks.c.feed_url).join(steps, steps.c.id == checks.c.id)


def _next_at(one: sa.FromClause, since: datetime, stop: datetime) -> sa.ScalarSelect[Any]:
    """When the same feed was polled next, null for the last poll; an index's look-up a row."""
    other = checks.alias()
    later = sa.select(sa.func.min(other.c.at, type_=UtcDateTime())).where(other.c.at > one.c.at)
    return _of_same_feed(later, other, one, since, stop)


def _previous_at(one: sa.FromClause, since: datetime, stop: datetime) -> sa.ScalarSelect[Any]:
    other = checks.alias()
    earlier = sa.select(sa.func.max(other.c.at, type_=UtcDateTime())).where(other.c.at < one.c.at)
    return _of_same_feed(earlier, other, one, since, stop)


def _end_at(
    end: Callable[..., sa.Function[Any]], one: sa.FromClause, since: datetime, stop: datetime
) -> sa.ScalarSelect[Any]:
    """When a feed was polled first or last."""
    other = checks.alias()
    return _of_same_feed(sa.select(end(other.c.at, type_=UtcDateTime())), other, one, since, stop)


def _of_same_feed(
    query: sa.Select[Any], other: sa.FromClause, one: sa.FromClause, since: datetime, stop: datetime
) -> sa.ScalarSelect[Any]:
    same = (other.c.source_id == one.c.source_id, other.c.feed_url == one.c.feed_url)
    return query.where(*same, other.c.at >= since, other.c.at < stop).scalar_subquery()


def _is_change(row: _Polled, last: _Polled | None) -> bool:
    """`last`: the poll told before it, which is the one right before or a good one: what follows on others is
    told."""
    if last is None or row.overflow:
        return True
    return row.ending != last.ending or (row.ending != _DONE and row.reason != last.reason)


def _poll(row: _Polled) -> Poll:
    return Poll(
        feed=row.feed_url,
        at=row.at,
        is_good=row.ending == _DONE or row.reason == _SAME,
        overflow=row.overflow,
        previous_at=row.previous_at,
        reason=trouble_code(row.reason, row.status),
        in_use=not row.has_left,
    )


def read_source(tx: Tx, source: SourceId, *, since: datetime, stop: datetime) -> Facts | None:
    """What one source gave and how it answered, without its texts; None when it was never polled then."""
    polls = changed_polls(tx, since, stop, only=source).get(source)
    if polls is None:
        return None
    return Facts(source, polls, published_days(tx, since, stop, only=source).get(source, []))


def published_days(
    tx: Tx, since: datetime, stop: datetime, *, only: SourceId | None = None
) -> dict[SourceId, list[Published]]:
    """Days with items per source, in time order. A day is one of UTC: only distances matter here."""
    every = sa.select(articles.c.source_id, DATED.label("at")).where(since <= DATED, stop > DATED)
    source, at = (every if only is None else _items_of(only, since, stop)).subquery().c
    dated = at if tx.dialect.name == "sqlite" else sa.func.timezone("UTC", at)
    query = (
        sa.select(
            source.label("source_id"),
            sa.func.min(at).label("first_at"),
            sa.func.max(at).label("last_at"),
            sa.func.count().label("items"),
        )
        .group_by(source, sa.func.date(dated))
        .order_by(source, sa.func.min(at))
    )
    found: dict[SourceId, list[Published]] = {}
    for source_id, first_at, last_at, items in tx.execute(query).all():
        found.setdefault(SourceId(source_id), []).append(Published(first_at, last_at, items))
    return found


def _items_of(source: SourceId, since: datetime, stop: datetime) -> sa.CompoundSelect[Any]:
    """Source and moment of one source's articles. Most say when they were published: their index says it too,
    so that no article is read."""
    published, seen = articles.c.published_at, articles.c.first_seen_at
    own = articles.c.source_id == source
    return sa.union_all(
        sa.select(articles.c.source_id, published.label("at")).where(
            own, since <= published, stop > published
        ),
        sa.select(articles.c.source_id, seen).where(own, published.is_(None), since <= seen, stop > seen),
    )


def _text_shares(tx: Tx, since: datetime, stop: datetime) -> dict[SourceId, TextShare]:
    """Of the pages that were read or tried to be fetched: all, and those without text; the same page twice
    is none of them and is counted beside."""
    read: dict[str, Counter[str]] = {}
    lost: dict[str, Counter[str]] = {}
    for found, query in ((read, _read_pages(since, stop)), (lost, _unfetched_pages(since, stop))):
        for source, reason, n in tx.execute(query):
            found.setdefault(source, Counter())[reason] += n
    return {
        SourceId(source): _text_share(read.get(source, Counter()), lost.get(source, Counter()))
        for source in sorted(read.keys() | lost.keys())
    }


def _text_share(read: Counter[str], lost: Counter[str]) -> TextShare:
    doubles = read.pop(Reason.DUPLICATE_URL.value, 0)
    without = lost + Counter({reason: read[reason] for reason in _TEXTLESS})
    why = max(sorted(without), key=without.__getitem__, default="")
    return TextShare(read.total() + lost.total(), without.total(), why, doubles)


def _read_pages(since: datetime, stop: datetime) -> sa.Select[Any]:
    """Pages that came, by what reading them gave. A page as first read: later readings carry a version."""
    inside = (ledger.c.version == "", ledger.c.at >= since, ledger.c.at < stop)
    return (
        sa.select(ledger.c.source_id, ledger.c.reason, sa.func.count())
        .where(ledger.c.stage == Stage.EXTRACT.value, *inside)
        .group_by(ledger.c.source_id, ledger.c.reason)
    )


def _unfetched_pages(since: datetime, stop: datetime) -> sa.Select[Any]:
    """Pages that never came, by why: given up, or failed last time and to be tried again."""
    inside = (ledger.c.version == "", ledger.c.at >= since, ledger.c.at < stop)
    read = ledger.alias("read")
    was_read = sa.exists().where(
        read.c.stage == Stage.EXTRACT.value,
        read.c.item == sa.cast(articles.c.id, sa.Text),
        read.c.version == "",
    )
    return (
        sa.select(ledger.c.source_id, ledger.c.reason, sa.func.count())
        .join(articles, articles.c.listed_url == ledger.c.item)  # lost records of archives have no article
        .where(ledger.c.stage == Stage.FETCH.value, ledger.c.reason.not_in(_NO_LOSS), *inside)
        .where(articles.c.state != ArticleState.READY.value, ~was_read)
        .group_by(ledger.c.source_id, ledger.c.reason)
    )


def _distrusted(tx: Tx, now: datetime) -> dict[SourceId, list[Distrust]]:
    query = (
        sa.select(feeds.c.source_id, feeds.c.url, feeds.c.distrusted_at, feeds.c.distrusted_until)
        .add_columns(feeds.c.distrust_why)
        .where(feeds.c.distrusted_until > now, feeds.c.next_check_at.is_not(None))
        .order_by(feeds.c.source_id, feeds.c.url)
    )
    found: dict[SourceId, list[Distrust]] = {}
    for source, url, since, until, why in tx.execute(query):
        found.setdefault(SourceId(source), []).append(Distrust(url, since, until, why))
    return found
