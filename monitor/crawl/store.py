"""Reads and writes sources, feeds and polls in the caller's transaction; for pages see `page_store`."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from monitor.articles.selectors import PageSelectors
from monitor.articles.tables import articles, stands_at
from monitor.articles.types import ArticleState
from monitor.core.db import Tx, upsert
from monitor.core.ids import ArticleId, PageUrl, PlaceId, SourceId
from monitor.core.ledger import Ending, LedgerEntry, Stage
from monitor.core.ledger_store import record
from monitor.core.urls import twins
from monitor.crawl.revise import KnownPage
from monitor.crawl.sorting import decision_key
from monitor.crawl.tables import checks, feeds, sources
from monitor.crawl.types import ChangedEntry, Entry, FeedSpec, FeedState, PollIntent, Rejected, Source
from monitor.crawl.verdicts import switched_off

LEFT_OUT = "no longer in config/sources"
_REJECTED_TOLD = 20  # dropped items of a poll: a feed may word a thousand anew each time
_CHUNK = 500  # SQLite allows a limited number of parameters
_STATE = (
    feeds.c.source_id, feeds.c.url, feeds.c.etag, feeds.c.last_modified, feeds.c.body_hash,
    feeds.c.next_check_at, feeds.c.failures, feeds.c.first_check_at, feeds.c.last_ok_at, feeds.c.last_new_at,
    feeds.c.rhythm_s, feeds.c.floor_s, feeds.c.asked_whole_at, feeds.c.not_modified_at,
    feeds.c.distrusted_at, feeds.c.distrusted_until, feeds.c.distrust_why,
)  # fmt: skip

_KNOWN = (
    articles.c.id, articles.c.url, articles.c.listed_url, articles.c.source_id, articles.c.state,
    articles.c.next_fetch_at, articles.c.first_seen_at, articles.c.listed_title, articles.c.listed_update_at,
    articles.c.n_revisions,
)  # fmt: skip

# Built once: making a statement with its values in it costs more than running it.
_UPDATE_FEED = sa.update(feeds).where(
    feeds.c.source_id == sa.bindparam("of_source"), feeds.c.url == sa.bindparam("of_feed")
)
_REMEMBERED = tuple(column.name for column in _STATE if column.name not in ("source_id", "url"))
_SPELT: sa.BindParameter[tuple[PageUrl, ...]] = sa.bindparam("spelt", expanding=True)
_KNOWN_PAGES = sa.select(*_KNOWN).where(stands_at(_SPELT))


def put_sources(tx: Tx, wanted: Sequence[Source], *, at: datetime) -> None:
    """Write sources as configured; those no longer configured are switched off, nothing is deleted.

    A new feed is due at once. A feed that left the configuration keeps its history and is not asked again.
    What an applied check switched off stays off until its rows in the configuration change.
    """
    off = switched_off(tx)
    for source in wanted:
        why, key = off.get(source.id, ("", ""))
        stays_off = bool(why) and source.enabled and key == decision_key(source)
        _put_source(tx, source, at, why_off=why if stays_off else "")
    names = [source.id for source in wanted]
    tx.execute(
        sa.update(sources)
        .where(sources.c.enabled, sources.c.id.not_in(names))
        .values(enabled=False, why_not=LEFT_OUT)
    )


def _put_source(tx: Tx, source: Source, at: datetime, *, why_off: str) -> None:
    values: dict[str, object] = {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "country": source.country,
        "region": source.region,
        "enabled": source.enabled and not why_off,
        "why_not": why_off or source.why_not,
        "doc": asdict(source),
    }
    known = tx.execute(sa.select(sources.c.id).where(sources.c.id == source.id)).one_or_none()
    if known is None:
        tx.execute(sa.insert(sources).values(**values, known_since=at))
    else:
        tx.execute(sa.update(sources).where(sources.c.id == source.id).values(**values))
    addresses = [feed.url for feed in source.feeds]
    have = set(tx.execute(sa.select(feeds.c.url).where(feeds.c.source_id == source.id)).scalars())
    for url in addresses:
        if url not in have:
            tx.execute(sa.insert(feeds).values(source_id=source.id, url=url, next_check_at=at, failures=0))
    back = sa.update(feeds).where(feeds.c.source_id == source.id)
    tx.execute(
        back.where(feeds.c.url.in_(addresses), feeds.c.next_check_at.is_(None)).values(next_check_at=at)
    )
    tx.execute(back.where(feeds.c.url.not_in(addresses)).values(next_check_at=None))


def get_sources(tx: Tx) -> dict[SourceId, Source]:
    """All sources by id, in the order of their ids, those switched off too."""
    query = sa.select(sources.c.doc, sources.c.enabled, sources.c.why_not).order_by(sources.c.id)
    found = [_source(row.doc, enabled=row.enabled, why_not=row.why_not) for row in tx.execute(query)]
    return {source.id: source for source in found}


def _source(doc: dict[str, Any], *, enabled: bool, why_not: str) -> Source:
    values = {
        **doc,
        "id": SourceId(doc["id"]),
        "region": PlaceId(doc["region"]),
        "languages": tuple(doc["languages"]),
        "feeds": tuple(FeedSpec(**feed) for feed in doc["feeds"]),
        "page": page_rules(doc),
        "enabled": enabled,
        "why_not": why_not,
    }
    return Source(**values)


def page_rules(doc: dict[str, Any]) -> PageSelectors:
    """How the pages of a source are read, by its stored row."""
    stored = doc.get("page", {})  # rows that were written before there were rules for pages
    return PageSelectors(**{**stored, "drop": tuple(stored.get("drop", ()))})


def due_feeds(
    tx: Tx, *, now: datetime, limit: int | None = None, source_id: str | None = None, everything: bool = False
) -> list[FeedState]:
    """Feeds of enabled sources whose time has come, the longest waiting first; `everything`: all of them.

    No lease is taken: one process polls at a time. A poll that was killed leaves its feed due.
    """
    query = (
        sa.select(*_STATE)
        .join(sources, sources.c.id == feeds.c.source_id)
        .where(sources.c.enabled, feeds.c.next_check_at.is_not(None))
        .order_by(feeds.c.next_check_at, feeds.c.source_id, feeds.c.id)
        .limit(limit)
    )
    if not everything:
        query = query.where(feeds.c.next_check_at <= now)
    if source_id is not None:
        query = query.where(feeds.c.source_id == source_id)
    return [_feed_state(row) for row in tx.execute(query).mappings()]


def _feed_state(row: sa.RowMapping) -> FeedState:
    values = {**row, "source_id": SourceId(row["source_id"]), "feed_url": row["url"]}
    del values["url"]
    return FeedState(**values)


def known_pages(tx: Tx, urls: Iterable[PageUrl]) -> dict[PageUrl, KnownPage]:
    """Those addresses that an article has, as listed or as its own, in one of their spellings."""
    meant = {twin: url for url in urls for twin in twins(url)}
    wanted = list(meant)
    found: dict[PageUrl, KnownPage] = {}
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        rows = tx.execute(_KNOWN_PAGES, {"spelt": some}).mappings().all()
        # who has a text has the last word, and of those the listed address
        rows = sorted(rows, key=lambda row: row["state"] == ArticleState.READY.value)
        for column in ("url", "listed_url"):
            found.update({meant[row[column]]: _known_page(row) for row in rows if row[column] in meant})
    return {url: found[url] for url in dict.fromkeys(meant.values()) if url in found}


def _known_page(row: sa.RowMapping) -> KnownPage:
    return KnownPage(
        article=ArticleId(row["id"]),
        source_id=SourceId(row["source_id"]),
        is_read=row["state"] == ArticleState.READY.value and row["next_fetch_at"] is None,
        first_seen_at=row["first_seen_at"],
        listed_title=row["listed_title"],
        listed_update_at=row["listed_update_at"],
        n_revisions=row["n_revisions"],
    )


def record_poll(tx: Tx, intent: PollIntent) -> int:
    """Write one poll: the check, the feed's state, its new pages and the ledger. How many pages were added.

    The only place where a poll is written, however it ended.
    """
    state = intent.state
    n_added = _add_listed(tx, state.source_id, intent.new, intent.at)
    for changed in intent.changed:
        _list_again(tx, changed)
    check = {
        "source_id": state.source_id,
        "feed_url": state.feed_url,
        "at": intent.at,
        "ending": intent.ending.value,
        "reason": intent.reason.value,
        "detail": intent.detail[:300],
        "status": intent.status,
        "n_entries": intent.n_entries,
        "n_new": len(intent.new),
        "overflow": intent.overflow,
        "warnings": list(intent.warnings),
    }
    upsert(tx, checks, check, key=("source_id", "feed_url", "at"))
    values = {name: getattr(state, name) for name in _REMEMBERED}
    result = tx.execute(_UPDATE_FEED, {**values, "of_source": state.source_id, "of_feed": state.feed_url})
    if result.rowcount != 1:
        raise LookupError(f"feed {state.feed_url} of {state.source_id} is not in the database")
    for entry in _poll_ledger(intent):
        record(tx, entry)
    return n_added


def _poll_ledger(intent: PollIntent) -> list[LedgerEntry]:
    state, told = intent.state, intent.detail
    if (n := len(intent.rejected)) > _REJECTED_TOLD:
        told = f"{n} items dropped, {_REJECTED_TOLD} of them told" + f"; {told}" * bool(told)
    polled = LedgerEntry(
        Stage.POLL, state.feed_url, intent.ending, intent.reason, intent.at, state.source_id, told
    )
    return [polled, *(_rejected(intent, one) for one in intent.rejected[:_REJECTED_TOLD])]


def _rejected(intent: PollIntent, rejected: Rejected) -> LedgerEntry:
    """The same broken item is one line, however often it comes."""
    state = intent.state
    mark = hashlib.sha256(rejected.what.encode()).hexdigest()[:12]
    item = f"{state.feed_url}#{mark}"
    return LedgerEntry(
        Stage.POLL, item, Ending.SKIPPED, rejected.reason, intent.at, state.source_id, rejected.what
    )


def _add_listed(tx: Tx, source_id: SourceId, entries: Sequence[Entry], at: datetime) -> int:
    """How many pages were added: none for an address that is taken, also by an article of another source."""
    if not entries:
        return 0
    rows = [_listed_values(source_id, entry, at) | {"turn": turn} for turn, entry in enumerate(entries)]
    return len(tx.execute(_add_statement(tx.dialect.name), rows).all())


@cache
def _add_statement(dialect: str) -> sa.Insert:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(articles).on_conflict_do_nothing().returning(articles.c.id)


def _listed_values(source_id: SourceId, entry: Entry, at: datetime) -> dict[str, object]:
    return {
        "source_id": source_id,
        "url": entry.url,
        "listed_url": entry.url,
        "guid": entry.guid,
        "state": ArticleState.LISTED.value,
        "title": entry.title,
        "summary": entry.summary,
        "feed_text": entry.content,
        "published_at": entry.published_at,
        "published_from": entry.published_from,
        "first_seen_at": at,
        "text": "",
        "author": "",
        "lang": "",
        "quality": 0.0,
        "is_origin": False,
        "fetch_attempts": 0,
        "next_fetch_at": at,
        "listed_title": entry.title,
        "listed_update_at": entry.updated_at,
    }


def _list_again(tx: Tx, changed: ChangedEntry) -> None:
    """An article whose page is due once more, with what its feed says now."""
    entry = changed.entry
    values: dict[str, object] = {
        "listed_title": changed.listed_title,
        "listed_update_at": entry.updated_at,
        "next_fetch_at": changed.fetch_at,
    }
    if entry.content:
        values["feed_text"] = entry.content
    tx.execute(sa.update(articles).where(articles.c.id == changed.article).values(**values))
