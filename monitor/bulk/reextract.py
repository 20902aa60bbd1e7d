"""Stage: pages of archives read once more by today's extractor and rules, for the articles that they gave.

A file was read before, by `backfill`; each article knows the record that gave its text. The records are read
in the file's order by all processes, or on a cluster; what they give is kept beside the articles, a batch a
transaction together with the offset that was reached. A run that was killed goes on there; the result depends
neither on that nor on how many processes read. Nothing counts before `monitor.wiring.rereading.promote`.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from monitor.articles.learnt import leave_out_learnt
from monitor.articles.rawpage import RawPage, ReadLater, awaited
from monitor.articles.types import Extracted, no_text
from monitor.bulk.history import archives_of, page_reading
from monitor.bulk.placed import HERE, Cluster
from monitor.bulk.warc import Damaged, Held, read_at, read_records, sha256_of
from monitor.core.clock import Clock
from monitor.core.db import Db, Tx
from monitor.core.errors import OutsideError, UsageError
from monitor.core.ids import SourceId
from monitor.core.progress import Progress, silent
from monitor.core.urls import normalise
from monitor.core.workers import Unread
from monitor.crawl import reread_store
from monitor.crawl.archived import Archive, find_archive, namesake, record_provenance
from monitor.crawl.decide_page import ListedPage
from monitor.crawl.page_store import get_listed
from monitor.crawl.reread import news_of
from monitor.crawl.reread_store import Reading, Reread, ToRead
from monitor.crawl.types import Source
from monitor.wiring import App, rereading
from monitor.wiring.rereading import ReaderKey, Reviewed

BATCH = 64  # records a transaction
_AHEAD = 2  # batches whose pages are read while one is recorded


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads pages. `key`: gives its fingerprint for some sources; `max_bytes`: of a page."""

    read: ReadLater
    sources: Mapping[SourceId, Source]
    key: ReaderKey
    max_bytes: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """A record of an article, and its text to come."""

    wanted: ToRead
    record: Held | Damaged
    raw: RawPage | None = None
    text: Future[Extracted | Unread] | None = None


def reextract(
    app: App, paths: Sequence[Path], *, cluster: Cluster = HERE, progress: Progress = silent
) -> Reviewed:
    """Read files again that were read into the database, and tell what that would change.

    Errors: UsageError for a file that was never read or holds something else than the one of its name;
    OutsideError (cluster, unreadable file), StorageError, WorkerBroken.
    """
    sources = rereading.sources_now(app)
    key, max_bytes = rereading.reader_key(app, sources), app.settings.crawl.max_page_bytes
    files = archives_of(paths)
    with page_reading(app, cluster) as read:
        read_again(files, db=app.ready_db, reader=Reader(read, sources, key, max_bytes), clock=app.clock,
                   progress=progress)  # fmt: skip
    return rereading.look(app)


def read_again(
    files: Sequence[Path], *, db: Db, reader: Reader, clock: Clock, progress: Progress = silent
) -> None:
    """Read the pages of each file's articles, keeping what they give beside them.

    All files are looked up before the first is read. Errors: as `reextract`.
    """
    for path, archive in _known(db, files):
        _trace(db, path, archive, reader.max_bytes)
        with db.begin() as tx:
            key = reader.key(reread_store.sources_of(tx, archive.id))
            reread = reread_store.begin(tx, archive.id, archive.name, key)
            total = reread_store.count_pages(tx, archive.id, reread.done_offset)
        if reread.ended_at is not None:
            continue
        done = 0
        for batch in _batches(db, reader, path, reread):
            reread = _recorded(db, reader, reread, batch)
            done += len(batch)
            progress(archive.name, done, total)
        with db.begin() as tx:
            reread_store.advance(tx, reread, reread.done_offset, ended_at=clock())


def _known(db: Db, files: Sequence[Path]) -> list[tuple[Path, Archive]]:
    found = []
    for path in files:
        try:
            digest = sha256_of(path)
        except OSError as error:
            raise OutsideError(f"{path}: cannot be read: {error.strerror}") from error
        with db.reading() as tx:
            archive, other = find_archive(tx, digest), namesake(tx, path.name)
        if archive is None and other is not None:
            raise UsageError(
                f"{path}: holds something else than the file of this name that was read on {other:%Y-%m-%d}; "
                f"`monitor backfill warc` takes it for a new one"
            )
        if archive is None:
            raise UsageError(f"{path}: was never read; `monitor backfill warc` reads it")
        found.append((path, archive))
    return found


def _trace(db: Db, path: Path, archive: Archive, max_bytes: int) -> None:
    """Find the records of articles that were made before records were noted."""
    with db.reading() as tx:
        waiting = reread_store.untraced(tx, archive)
    if not waiting:
        return

    def is_wanted(url: str, at: datetime) -> bool:
        return (normalise(url), at) in waiting

    found = []
    for record in read_records(path, after=-1, wanted=is_wanted, cap=max_bytes):
        url = normalise(record.url) if isinstance(record, Held) else None
        if isinstance(record, Held) and url is not None and (url, record.at) in waiting:
            found.append((record.offset, *waiting.pop((url, record.at))))  # the first of a page gave its text
    with db.begin() as tx:
        for offset, article, digest in found:
            record_provenance(tx, archive, article, offset, digest)


def _batches(db: Db, reader: Reader, path: Path, reread: Reread) -> Iterator[list[_Asked]]:
    """Batches of the file's articles; the pages of the next ones are being read meanwhile."""
    under_way: deque[list[_Asked]] = deque()
    after = reread.done_offset
    with path.open("rb") as file:
        while wanted := _wanted(db, reread, after):
            after = wanted[-1].offset
            under_way.append([_asked(reader, file, one) for one in wanted])
            if len(under_way) > _AHEAD:
                yield under_way.popleft()
        yield from under_way


def _wanted(db: Db, reread: Reread, after: int) -> list[ToRead]:
    with db.reading() as tx:
        return reread_store.pages_after(tx, reread.archive_id, after, BATCH)


def _asked(reader: Reader, file: BinaryIO, wanted: ToRead) -> _Asked:
    record = read_at(file, wanted.offset, cap=reader.max_bytes)
    if isinstance(record, Damaged):
        return _Asked(wanted, record)
    source = reader.sources[wanted.source_id]
    raw = RawPage(
        record.body,
        url=normalise(record.url) or wanted.url,
        source_zone=source.zone,
        now=record.at,
        content_type=record.content_type,
        selectors=source.page,
    )
    return _Asked(wanted, replace(record, body=b""), raw, reader.read(raw))


def _recorded(db: Db, reader: Reader, reread: Reread, batch: Sequence[_Asked]) -> Reread:
    """The archive with the batch dealt with, in one transaction; what reads the pages is awaited before."""
    texts = [_text(reader, asked) for asked in batch]
    with db.begin() as tx:
        pages = get_listed(tx, [asked.wanted.article for asked in batch])
        readings = [
            _reading(tx, reread, asked, page, text)
            for asked, page, text in zip(batch, pages, texts, strict=True)
        ]
        reread_store.record_readings(tx, readings)
        return reread_store.advance(tx, reread, batch[-1].wanted.offset)


def _text(reader: Reader, asked: _Asked) -> Extracted:
    """What a page gave, or why it gave nothing."""
    if isinstance(asked.record, Damaged):
        return no_text(asked.record.reason, note=asked.record.detail)  # a smaller `crawl.max_page_bytes`, say
    if asked.text is None or asked.raw is None:
        raise LookupError("a page was not asked for")
    text = awaited(reader.read, asked.raw, asked.text)
    return no_text(text.reason, note=text.detail) if isinstance(text, Unread) else text


def _reading(tx: Tx, reread: Reread, asked: _Asked, page: ListedPage, text: Extracted) -> Reading:
    """What is kept of a page. One that was revised since it was asked for is told later by its other hash."""
    wanted, before, found = asked.wanted, page.before, None
    if before is not None and before.content_hash == wanted.content_hash:
        found = text
        if isinstance(asked.record, Held):
            read = leave_out_learnt(tx, text, source_id=page.source_id)
            found = news_of(before, read, asked.record.at)
    return Reading(wanted.article, reread.archive_id, wanted.content_hash, found)
