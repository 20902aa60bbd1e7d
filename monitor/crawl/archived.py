"""Reads and writes what archives of web pages gave: how far each file was read, its pages, what it observed.

An archive stands beside the feeds: its pages are articles like others, and the days on which it held a source
are polls of a feed named ARCHIVE, so that exposure, health and reports count the past as they count today.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import sqlalchemy as sa

from monitor.articles.tables import articles, stands_at
from monitor.articles.types import ArticleState
from monitor.core.clock import day_start
from monitor.core.db import Tx, upsert
from monitor.core.ids import ArticleId, PageUrl, SourceId
from monitor.core.ledger import Ending, LedgerEntry, Reason, Stage
from monitor.core.ledger_store import record
from monitor.core.urls import twins
from monitor.crawl.decide_page import ListedPage
from monitor.crawl.page_store import get_listed
from monitor.crawl.tables import archived_pages, archives, checks
from monitor.crawl.types import ARCHIVE

_DAY = timedelta(days=1)
_ASKED = "asked"  # among the counts: what was wanted of the file, since another wish reads it again
PUBLISHED_FROM = "archive"  # an article whose page has no date: when the archive took it


@dataclass(frozen=True, slots=True)
class Asked:
    """What was wanted of a file: pages of which sites, taken from `since` on and before `until`."""

    sites: frozenset[str]
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, site: str, at: datetime) -> bool:
        """True for a page that was wanted."""
        return site in self.sites and self.is_in_time(at)

    def is_in_time(self, at: datetime) -> bool:
        """True from `since` on and before `until`."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)

    def covers(self, other: "Asked") -> bool:
        """True when nothing was wanted by the other one that was not wanted by this one."""
        begins = self.since is None or (other.since is not None and self.since <= other.since)
        ends = self.until is None or (other.until is not None and other.until <= self.until)
        return begins and ends and other.sites <= self.sites


@dataclass(frozen=True, slots=True)
class Archive:
    """One file of an archive and how far it was read. `days`: records of any site, by day of UTC."""

    id: int
    name: str
    done_offset: int = -1  # of the last record that was dealt with
    ended_at: datetime | None = None  # when it was last read to its end
    read: tuple[Asked, ...] = ()  # what was wanted when it was read to its end
    under_way: Asked | None = None  # what is wanted while it is being read
    counts: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)


class Look(NamedTuple):
    """What archives hold of a source on one day: its pages until `at`, or only refusals and of what kind."""

    at: datetime
    n_pages: int
    reason: Reason = Reason.OK
    status: int | None = None


def open_archive(tx: Tx, *, name: str, size: int, sha256: str, at: datetime) -> Archive:
    """The file with these bytes, whatever it is called now; new where it was never read."""
    known = find_archive(tx, sha256)
    if known is not None:
        return known
    values = {"name": name, "size": size, "sha256": sha256, "begun_at": at, "done_offset": -1}
    insert = sa.insert(archives).values(**values, counts={}, days={}).returning(archives.c.id)
    return Archive(tx.execute(insert).scalar_one(), name)


def find_archive(tx: Tx, sha256: str) -> Archive | None:
    """The file with these bytes, None where it was never read."""
    row = tx.execute(sa.select(archives).where(archives.c.sha256 == sha256)).one_or_none()
    return None if row is None else _archive(row)


def namesake(tx: Tx, name: str) -> datetime | None:
    """When a file of this name was first read, whatever it held."""
    query = sa.select(archives.c.begun_at).where(archives.c.name == name).order_by(archives.c.begun_at)
    return tx.execute(query.limit(1)).scalar_one_or_none()


def _archive(row: sa.Row[Any]) -> Archive:
    counts = dict(row.counts)
    asked = counts.pop(_ASKED, {"read": [], "under_way": None})
    return Archive(
        id=row.id,
        name=row.name,
        done_offset=row.done_offset,
        ended_at=row.ended_at,
        read=tuple(map(_as_asked, asked["read"])),
        under_way=_as_asked(asked["under_way"]) if asked["under_way"] else None,
        counts=counts,
        days=row.days,
    )


def _as_asked(kept: Mapping[str, str]) -> Asked:
    since, until = (datetime.fromisoformat(kept[key]) if kept[key] else None for key in ("since", "until"))
    return Asked(frozenset(kept["sites"].split()), since, until)


def _as_kept(asked: Asked) -> dict[str, str]:
    since, until = (at.isoformat() if at else "" for at in (asked.since, asked.until))
    return {"sites": " ".join(sorted(asked.sites)), "since": since, "until": until}


def record_provenance(tx: Tx, archive: Archive, article: ArticleId, offset: int, content_hash: str) -> None:
    """Which record gave an article its text."""
    values = {
        "article_id": article,
        "archive_id": archive.id,
        "record_offset": offset,
        "content_hash": content_hash,
    }
    upsert(tx, archived_pages, values, key=("article_id",))


def gave_text(tx: Tx, archive: Archive, article: ArticleId, offset: int) -> bool:
    """True when this very record gave the article its text."""
    same = (archived_pages.c.archive_id == archive.id, archived_pages.c.record_offset == offset)
    query = sa.select(archived_pages.c.article_id).where(archived_pages.c.article_id == article, *same)
    return tx.execute(query).first() is not None


def record_progress(tx: Tx, archive: Archive) -> None:
    """Write how far a file was read, in the transaction that stores what was read of it."""
    asked = {
        "read": [_as_kept(one) for one in archive.read],
        "under_way": _as_kept(archive.under_way) if archive.under_way else None,
    }
    values = {
        "done_offset": archive.done_offset,
        "ended_at": archive.ended_at,
        "counts": {**archive.counts, _ASKED: asked},
        "days": dict(archive.days),
    }
    tx.execute(sa.update(archives).where(archives.c.id == archive.id).values(**values))


def list_page(tx: Tx, *, source_id: SourceId, url: PageUrl, at: datetime) -> ListedPage | ArticleId:
    """The article of an archived page, made where there is none; its id where it has its text already.

    One that a feed listed and that never gave a text is taken up. Nothing is fetched for a new one.
    """
    query = sa.select(articles.c.id, articles.c.state).where(stands_at(twins(url)))
    found = tx.execute(query.order_by(articles.c.id).limit(1)).one_or_none()
    if found is not None and found.state == ArticleState.READY.value:
        return ArticleId(found.id)
    if found is None:
        insert = sa.insert(articles).values(_new(source_id, url, at)).returning(articles.c.id)
        return get_listed(tx, [ArticleId(tx.execute(insert).scalar_one())])[0]
    return get_listed(tx, [ArticleId(found.id)])[0]


def _new(source_id: SourceId, url: PageUrl, at: datetime) -> dict[str, Any]:
    return {
        "source_id": source_id, "url": url, "listed_url": url, "state": ArticleState.LISTED.value,
        "title": "", "published_at": at, "published_from": PUBLISHED_FROM, "first_seen_at": at,
        "is_origin": False, "next_fetch_at": None, "listed_title": "",
    }  # fmt: skip


def record_lost(
    tx: Tx, *, item: str, source_id: SourceId | None, reason: Reason, at: datetime, detail: str
) -> None:
    """A record of an archive that gives no article, with why. `item`: file and offset."""
    is_skipped = reason in (Reason.DUPLICATE_URL, Reason.NOT_HTML)
    ending = Ending.SKIPPED if is_skipped else Ending.FAILED
    record(tx, LedgerEntry(Stage.FETCH, item, ending, reason, at, source_id, detail[:300]))


def record_days(tx: Tx, source_id: SourceId, days: Mapping[date, Look]) -> None:
    """The days of which archives hold answers of a source. One with a page is never a failure."""
    for day, look in days.items():
        start = day_start(day, UTC)
        of_day = (
            checks.c.source_id == source_id,
            checks.c.feed_url == ARCHIVE,
            checks.c.at >= start,
            checks.c.at < start + _DAY,
        )
        if look.reason is Reason.OK:
            tx.execute(sa.delete(checks).where(*of_day, checks.c.ending == Ending.FAILED.value))
        elif tx.execute(
            sa.select(checks.c.id).where(*of_day, checks.c.ending == Ending.DONE.value).limit(1)
        ).first():
            continue
        _put_check(tx, source_id, look)


def record_holes(tx: Tx, *, at_most: timedelta = _DAY) -> int:
    """Note for each archived source the days without a record of any site; how many there are.

    All files count together, so it is done after the last. Days at the edges are no holes: nobody knows when
    an archive should have begun.
    """
    held = sorted(
        {date.fromisoformat(day) for days in tx.execute(sa.select(archives.c.days)).scalars() for day in days}
    )
    holes = [before + _DAY for before, after in pairwise(held) if after - before > at_most]
    known = tx.execute(sa.select(checks.c.source_id).where(checks.c.feed_url == ARCHIVE).distinct())
    names = [SourceId(name) for name in known.scalars()]
    tx.execute(
        sa.delete(checks).where(checks.c.feed_url == ARCHIVE, checks.c.reason == Reason.ARCHIVE_HOLE.value)
    )
    for name in names:
        for day in holes:
            at = day_start(day, UTC)
            _put_check(tx, name, Look(at, 0, Reason.ARCHIVE_HOLE))
    return len(holes)


def _put_check(tx: Tx, source_id: SourceId, look: Look) -> None:
    is_good = look.reason is Reason.OK
    values = {
        "source_id": source_id, "feed_url": ARCHIVE, "at": look.at, "reason": look.reason.value,
        "ending": (Ending.DONE if is_good else Ending.FAILED).value, "detail": "", "status": look.status,
        "n_entries": look.n_pages, "n_new": 0, "overflow": False, "warnings": [],
    }  # fmt: skip
    upsert(tx, checks, values, key=("source_id", "feed_url", "at"))
