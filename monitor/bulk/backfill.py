"""Stage: the past of the sources out of archives of pages (WARC): read, extracted, folded with what we have.

A file is read front to back; its pages are read in parallel and recorded in the file's order, a batch a
transaction together with the offset that was reached. A run that was killed goes on there; the result depends
neither on that nor on how many processes read.
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from monitor.articles.rawpage import RawPage, ReadLater, awaited
from monitor.articles.store import hold_copies
from monitor.articles.types import Extracted
from monitor.bulk.hosts import Hosts, Owner
from monitor.bulk.warc import Damaged, Held, Record, read_records, sha256_of
from monitor.core.clock import Clock
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.ids import PageUrl, RawUrl, SourceId
from monitor.core.ledger import Reason
from monitor.core.progress import Progress, silent
from monitor.core.urls import normalise
from monitor.core.workers import Unread
from monitor.crawl.archived import (
    Archive,
    Asked,
    Look,
    gave_text,
    list_page,
    open_archive,
    record_days,
    record_holes,
    record_lost,
    record_progress,
    record_provenance,
)
from monitor.crawl.decide_page import page_address
from monitor.crawl.settle import AssignCluster, decide_read, record_settled
from monitor.crawl.types import Fetched

BATCH = 256  # records a transaction
_AHEAD = 2  # batches whose pages are read while one is recorded


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of the archives. Pages taken from `since` on and before `until`."""

    hosts: Hosts
    since: datetime | None = None
    until: datetime | None = None
    max_bytes: int = 5_000_000  # of a page

    def asked(self) -> Asked:
        """The wish as it is kept with a file."""
        return Asked(self.hosts.keys(), self.since, self.until)


@dataclass(frozen=True, slots=True)
class _Tools:
    db: Db
    read: ReadLater
    assign_cluster: AssignCluster
    clock: Clock
    wish: Wish


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of a source, and its text to come. `why_not`: it is none that is read."""

    held: Held
    owner: Owner
    url: PageUrl
    text: Future[Extracted | Unread] | None = None
    why_not: tuple[Reason, str] | None = None

    def raw(self) -> RawPage:
        """What is given to the reader of pages, also a second time."""
        return RawPage(
            self.held.body,
            url=self.url,
            source_zone=self.owner.zone,
            now=self.held.at,
            content_type=self.held.content_type,
            selectors=self.owner.selectors,
        )


@dataclass(slots=True)
class _Batch:
    """Records of one stretch of a file: pages and losses in its order, all others as numbers."""

    end: int = -1  # offset of its last record
    items: list[_Page | Damaged] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    days: Counter[str] = field(default_factory=Counter)


def backfill(
    paths: Sequence[Path],
    *,
    db: Db,
    read: ReadLater,
    assign_cluster: AssignCluster,
    clock: Clock,
    wish: Wish,
    progress: Progress = silent,
) -> Counts:
    """Read each file; counts of files, records, pages, ready, known, lost, damaged, and of holes in the past.

    A file that was read to its end, whatever its name, is read again only for what was not asked for then: an
    outlet that came later, another time. Errors: OSError for a file that
    cannot be read; StorageError; WorkerBroken.
    """
    tools, counts = _Tools(db, read, assign_cluster, clock, wish), Counts()
    for n, path in enumerate(paths):
        _read_file(tools, path, counts)
        progress("archives", n + 1, len(paths))
    with db.begin() as tx:
        counts.add("days_missing", record_holes(tx))
    return counts


def _read_file(tools: _Tools, path: Path, counts: Counts) -> None:
    digest, now = sha256_of(path), tools.clock()
    with tools.db.begin() as tx:
        archive = open_archive(tx, name=path.name, size=path.stat().st_size, sha256=digest, at=now)
    counts.add("files")
    asked = tools.wish.asked()
    if any(before.covers(asked) for before in archive.read):
        counts.add("read_before")
        return
    if archive.under_way != asked:
        archive = _begun(archive, asked)
        if archive.read:
            counts.add("read_again")
    for batch in _batches(tools, path, archive):
        archive = _recorded(tools, archive, batch, counts)
    left = tuple(before for before in archive.read if not asked.covers(before))
    with tools.db.begin() as tx:
        ended = replace(archive, ended_at=tools.clock(), read=(*left, asked), under_way=None)
        record_progress(tx, ended)


def _begun(archive: Archive, asked: Asked) -> Archive:
    """The file from its beginning, with another wish than before."""
    archive = replace(archive, done_offset=-1, under_way=asked)
    if archive.ended_at is None:
        return replace(archive, counts={}, days={})
    # Read to its end by a version that did not note for what: of which sites is not known.
    return archive if archive.read else replace(archive, read=(Asked(frozenset()),))


def _batches(tools: _Tools, path: Path, archive: Archive) -> Iterator[_Batch]:
    """Batches of the file behind the last one; the pages of the next ones are being read meanwhile."""
    wish, asked = tools.wish, tools.wish.asked()

    def is_wanted(url: str, at: datetime) -> bool:
        owner = wish.hosts.owner(url) if asked.is_in_time(at) else None
        return owner is not None and not any(before.holds(owner.key, at) for before in archive.read)

    records = read_records(path, after=archive.done_offset, wanted=is_wanted, cap=wish.max_bytes)
    under_way: deque[_Batch] = deque()
    while some := list(islice(records, BATCH)):
        under_way.append(_asked(tools, some))
        if len(under_way) > _AHEAD:
            yield under_way.popleft()
    yield from under_way


def _asked(tools: _Tools, records: Sequence[Record]) -> _Batch:
    batch = _Batch(end=records[-1].offset)
    for record in records:
        batch.counts["records"] += 1
        if record.at is not None:
            batch.days[record.at.astimezone(UTC).date().isoformat()] += 1
        if isinstance(record, Damaged):
            batch.items.append(record)
        elif isinstance(record, Held):
            batch.items.append(_page(tools, record))
    return batch


def _page(tools: _Tools, held: Held) -> _Page:
    owner, url = tools.wish.hosts.owner(held.url), normalise(held.url)
    if owner is None:
        raise LookupError("a page that nobody wanted was read")
    if url is None:
        return _Page(held, owner, PageUrl(held.url), why_not=(Reason.BAD_URL, "no address of a page"))
    page = _Page(held, owner, url)
    if held.status != 200:
        return replace(page, why_not=(_refusal(held.status), f"status {held.status}"))
    if url == owner.front:
        return replace(page, why_not=(Reason.NOT_HTML, "the front page is no article"))
    return replace(page, text=tools.read(page.raw()))


def _recorded(tools: _Tools, archive: Archive, batch: _Batch, counts: Counts) -> Archive:
    """The archive with the batch dealt with, in one transaction; what reads the pages is awaited before."""
    texts = [
        awaited(tools.read, item.raw(), item.text) if isinstance(item, _Page) and item.text else None
        for item in batch.items
    ]
    told = Counter(batch.counts)
    with tools.db.begin() as tx:
        hold_copies(tx)  # before any row is held that a crawl, which has the turn, may wait for
        for item, text in zip(batch.items, texts, strict=True):
            told[_settle(tools, tx, archive, item, text)] += 1
        _record_days(tx, batch)
        archive = replace(
            archive,
            done_offset=batch.end,
            counts=Counter(archive.counts) + _told_once(archive, told),
            days=archive.days if archive.read else Counter(archive.days) + batch.days,
        )
        record_progress(tx, archive)
    counts.merge(Counts(**told))
    return archive


def _told_once(archive: Archive, told: Counter[str]) -> Counter[str]:
    """The numbers without the records, which a file that is read again had already."""
    return Counter({what: n for what, n in told.items() if what != "records" or not archive.read})


def _settle(
    tools: _Tools, tx: Tx, archive: Archive, item: _Page | Damaged, text: Extracted | Unread | None
) -> str:
    """What became of one record, in a word; written with its reason."""
    if isinstance(item, Damaged):
        owner = tools.wish.hosts.owner(item.url) if item.url else None
        _lose(tx, archive, item.offset, owner, item.reason, item.at or tools.clock(), item.detail)
        return "damaged"
    held, owner = item.held, item.owner
    if item.why_not is not None or text is None:
        reason, detail = item.why_not or (Reason.NO_TEXT, "")
        _lose(tx, archive, held.offset, owner, reason, held.at, f"{detail}: {item.url}")
        return "lost"
    if isinstance(text, Unread):
        _lose(tx, archive, held.offset, owner, text.reason, held.at, f"{text.detail}: {item.url}")
        return "lost"
    page = list_page(tx, source_id=owner.source_id, url=item.url, at=held.at)
    if isinstance(page, int):
        if not gave_text(tx, archive, page, held.offset):
            _lose(tx, archive, held.offset, owner, Reason.DUPLICATE_URL, held.at, f"article {page}")
        return "known"
    outcome = Fetched(
        RawUrl(held.url), RawUrl(held.url), held.status, {"content-type": held.content_type}, b"", held.at
    )
    own = page_address(page, outcome, text.canonical_url) or item.url
    intent = decide_read(tx, page, outcome, text, own)
    record_settled(tx, intent, tools.assign_cluster)
    if not intent.is_ready:
        return "lost"
    record_provenance(tx, archive, page.id, held.offset, str(intent.article["content_hash"]))
    return "ready"


def _lose(
    tx: Tx, archive: Archive, offset: int, owner: Owner | None, reason: Reason, at: datetime, detail: str
) -> None:
    source = owner.source_id if owner else None
    record_lost(tx, item=f"{archive.name}@{offset}", source_id=source, reason=reason, at=at, detail=detail)


def _record_days(tx: Tx, batch: _Batch) -> None:
    """The days of which the batch holds answers of a source: it was looked at until the last page of them."""
    seen: dict[SourceId, dict[date, Look]] = {}
    for item in batch.items:
        if isinstance(item, _Page):
            days = seen.setdefault(item.owner.source_id, {})
            day = item.held.at.astimezone(UTC).date()
            days[day] = _looked(days.get(day), item.held)
    for source, days in sorted(seen.items()):
        record_days(tx, source, days)


def _looked(before: Look | None, held: Held) -> Look:
    """The day with one more answer: pages count, of refusals alone the last one."""
    if held.status == 200:
        if before is None or not before.n_pages:
            return Look(held.at, 1)
        return Look(max(before.at, held.at), before.n_pages + 1)
    if before is not None and (before.n_pages or before.at >= held.at):
        return before
    return Look(held.at, 0, _refusal(held.status), held.status)


def _refusal(status: int) -> Reason:
    return Reason.HTTP_5XX if status >= 500 else Reason.HTTP_4XX
