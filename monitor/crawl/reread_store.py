"""Reads and writes what pages of archives give when they are read once more, in the caller's transaction.

It stands beside the articles until it counts or is dropped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from monitor.articles.tables import READY, articles
from monitor.articles.types import Extracted
from monitor.core.db import Tx, upsert_many
from monitor.core.errors import UsageError
from monitor.core.ids import ArticleId, PageUrl, SourceId
from monitor.core.ledger import Stage
from monitor.core.ledger_store import ledger
from monitor.crawl.archived import Archive
from monitor.crawl.tables import archived_pages, archives, rereadings, rereads

_EXTRACTED = TypeAdapter(Extracted)
_ENDED = sa.select(rereads.c.archive_id).where(rereads.c.ended_at.is_not(None))


@dataclass(frozen=True, slots=True)
class Reread:
    """One archive that is being read once more, and how far that has come."""

    archive_id: int
    name: str
    reader: str  # fingerprint of what reads pages
    done_offset: int = -1
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ToRead:
    """An article whose text is still the one that its record gave."""

    article: ArticleId
    offset: int
    source_id: SourceId
    url: PageUrl
    content_hash: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What an article's page gave the second time; `found` None: the same."""

    article: ArticleId
    archive_id: int
    content_hash: str  # of the text that it was compared with
    found: Extracted | None


def begin(tx: Tx, archive_id: int, name: str, reader: str) -> Reread:
    """The reading of an archive, carried on where the same reader began it, else from its start."""
    known = next((one for one in rereads_of(tx) if one.archive_id == archive_id), None)
    if known is not None and known.reader == reader:
        return known
    _forget(tx, rereadings.c.archive_id == archive_id, rereads.c.archive_id == archive_id)
    values = {"archive_id": archive_id, "reader": reader, "done_offset": -1}
    tx.execute(sa.insert(rereads).values(**values))
    return Reread(archive_id, name, reader)


def rereads_of(tx: Tx) -> list[Reread]:
    """All archives that are being read once more, by number."""
    query = (
        sa.select(rereads, archives.c.name)
        .join(archives, archives.c.id == rereads.c.archive_id)
        .order_by(rereads.c.archive_id)
    )
    return [
        Reread(row.archive_id, row.name, row.reader, row.done_offset, row.ended_at)
        for row in tx.execute(query)
    ]


def pages_after(tx: Tx, archive_id: int, offset: int, limit: int) -> list[ToRead]:
    """Articles whose text came from this archive and stands as it came, in the archive's order."""
    query = (
        sa.select(
            articles.c.id, archived_pages.c.record_offset, articles.c.source_id, articles.c.listed_url,
            articles.c.content_hash,
        )
        .where(*_stands(archive_id, offset))
        .order_by(archived_pages.c.record_offset)
        .limit(limit)
    )  # fmt: skip
    return [
        ToRead(ArticleId(row[0]), row[1], SourceId(row[2]), PageUrl(row[3]), row[4])
        for row in tx.execute(query)
    ]


def sources_of(tx: Tx, archive_id: int) -> list[SourceId]:
    """The sources of all articles that an archive gave, by name."""
    query = (
        sa.select(articles.c.source_id)
        .join(archived_pages, archived_pages.c.article_id == articles.c.id)
        .where(archived_pages.c.archive_id == archive_id)
    )
    return [SourceId(name) for name in tx.execute(query.distinct().order_by(articles.c.source_id)).scalars()]


def count_pages(tx: Tx, archive_id: int, offset: int) -> int:
    """How many `pages_after` gives without a limit."""
    query = sa.select(sa.func.count()).select_from(articles, archived_pages)
    return int(tx.execute(query.where(*_stands(archive_id, offset))).scalar_one())


def _stands(archive_id: int, offset: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        archived_pages.c.archive_id == archive_id,
        archived_pages.c.record_offset > offset,
        articles.c.id == archived_pages.c.article_id,
        articles.c.content_hash == archived_pages.c.content_hash,
        READY,
        articles.c.text != "",  # let go after years; the archive does not bring it back
    )


def untraced(tx: Tx, archive: Archive) -> dict[tuple[PageUrl, datetime], tuple[ArticleId, str]]:
    """Articles that an archive may have made before records were noted: id and hash by address and moment.

    None where each page that this archive gave is known by its record. An archive dates what it makes by its
    own moments, in article and ledger alike; the live crawl sees an article before it reads it.
    """
    noted = sa.select(sa.func.count()).where(archived_pages.c.archive_id == archive.id)
    if tx.execute(noted).scalar_one() >= archive.counts.get("ready", 0):
        return {}
    days = sorted(archive.days)  # in UTC
    if not days:
        return {}
    start, last = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (days[0], days[-1]))
    query = (
        sa.select(articles.c.listed_url, ledger.c.at, articles.c.id, articles.c.content_hash)
        .join(
            ledger, sa.and_(ledger.c.item == articles.c.listed_url, ledger.c.at == articles.c.first_seen_at)
        )
        .where(
            ledger.c.stage == Stage.FETCH.value, ledger.c.version == "", READY, articles.c.n_revisions == 0
        )
        .where(ledger.c.at >= start, ledger.c.at < last + timedelta(days=1))
        .where(~sa.exists().where(archived_pages.c.article_id == articles.c.id))
    )
    return {(PageUrl(row[0]), row[1]): (ArticleId(row[2]), row[3]) for row in tx.execute(query)}


def record_readings(tx: Tx, readings: Iterable[Reading]) -> None:
    """Keep what pages gave beside their articles."""
    rows = [
        {
            "article_id": one.article,
            "archive_id": one.archive_id,
            "content_hash": one.content_hash,
            "found": None if one.found is None else _EXTRACTED.dump_python(one.found, mode="json"),
        }
        for one in readings
    ]
    upsert_many(tx, rereadings, rows, key=("article_id",))


def advance(tx: Tx, reread: Reread, offset: int, *, ended_at: datetime | None = None) -> Reread:
    """Note how far an archive was read, with what it gave. Errors: UsageError where another has gone on."""
    result = tx.execute(
        sa.update(rereads)
        .where(
            rereads.c.archive_id == reread.archive_id,
            rereads.c.reader == reread.reader,
            rereads.c.done_offset == reread.done_offset,
            rereads.c.ended_at.is_(None),
        )
        .values(done_offset=offset, ended_at=ended_at)
    )
    if result.rowcount != 1:
        raise UsageError(f"{reread.name}: another process reads it again, or has dropped it")
    return replace(reread, done_offset=offset, ended_at=ended_at)


def readings_after(tx: Tx, article: int, limit: int) -> list[Reading]:
    """What pages gave, by article."""
    query = sa.select(rereadings).where(rereadings.c.article_id > article)
    return [_reading(row) for row in tx.execute(query.order_by(rereadings.c.article_id).limit(limit))]


def take(tx: Tx, limit: int) -> list[Reading]:
    """The first of archives that were read to their end, gone from here with this transaction.

    Whoever else writes their articles waits for its end.
    """
    first = (
        sa.select(rereadings.c.article_id)
        .where(rereadings.c.archive_id.in_(_ENDED))
        .order_by(rereadings.c.article_id)
        .limit(limit)
    )
    taken = tx.execute(
        sa.delete(rereadings)
        .where(rereadings.c.article_id.in_(first.scalar_subquery()))
        .returning(rereadings)
    )
    found = sorted((_reading(row) for row in taken), key=lambda one: one.article)
    ids = [one.article for one in found]
    rows = sa.select(articles.c.id).where(articles.c.id.in_(ids)).order_by(articles.c.id)
    tx.execute(rows.with_for_update(key_share=True))  # judges, whom a revision waits for, may point at them
    return found


def count_readings(tx: Tx) -> int:
    """How many are kept."""
    return int(tx.execute(sa.select(sa.func.count()).select_from(rereadings)).scalar_one())


def keep_provenance(tx: Tx, article: ArticleId, content_hash: str) -> None:
    """The article's record has given it this text now."""
    tx.execute(
        sa.update(archived_pages)
        .where(archived_pages.c.article_id == article)
        .values(content_hash=content_hash)
    )


def forget_settled(tx: Tx) -> int:
    """Drop the archives that were read to their end and of which nothing is left to count; how many."""
    left = sa.exists().where(rereadings.c.archive_id == rereads.c.archive_id)
    return tx.execute(sa.delete(rereads).where(rereads.c.ended_at.is_not(None), ~left)).rowcount


def forget_all(tx: Tx) -> None:
    """Drop every archive's second reading."""
    _forget(tx, sa.true(), sa.true())


def forget_readings(tx: Tx, ids: Sequence[int]) -> None:
    """Drop what pages of articles gave whose texts are let go."""
    tx.execute(sa.delete(rereadings).where(rereadings.c.article_id.in_(ids)))


def _forget(tx: Tx, of_pages: sa.ColumnElement[bool], of_archives: sa.ColumnElement[bool]) -> None:
    tx.execute(sa.delete(rereadings).where(of_pages))
    tx.execute(sa.delete(rereads).where(of_archives))


def _reading(row: sa.Row[Any]) -> Reading:
    found = None if row.found is None else _EXTRACTED.validate_python(row.found)
    return Reading(ArticleId(row.article_id), row.archive_id, row.content_hash, found)
