"""Pages of archives that were read once more: what that changes, and having it count or dropping it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version

from monitor import __version__
from monitor.articles.corrections import corrected_among
from monitor.articles.store import hold_copies
from monitor.articles.worker import rules_payload
from monitor.core.audit_log import COMMAND_LINE, Action, log_action
from monitor.core.counts import Counts
from monitor.core.db import Tx, canonical_json
from monitor.core.errors import UsageError
from monitor.core.ids import ArticleId, SourceId
from monitor.core.progress import Progress, silent
from monitor.crawl import reread_store
from monitor.crawl.decide_page import ListedPage, decide_reread
from monitor.crawl.page_store import get_listed
from monitor.crawl.reread import Difference, Seen, difference
from monitor.crawl.reread_store import Reading, Reread
from monitor.crawl.settle import AssignCluster, record_settled
from monitor.crawl.store import get_sources
from monitor.crawl.types import Source
from monitor.wiring.app import App
from monitor.wiring.reading import reading_rules

ReaderKey = Callable[[Iterable[SourceId]], str]

LOT = 50  # articles a transaction
_CORRECTED = "a person has corrected it: the older text stays"
_OVERTAKEN = "it has another text since it was compared"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Archives that were read once more, as far as that has come, and what their pages would change."""

    archives: tuple[Reread, ...]
    difference: Difference


def sources_now(app: App) -> Mapping[SourceId, Source]:
    """Every source that an article may have: as configured now, else as it was when it last was."""
    with app.ready_db.reading() as tx:
        return {**get_sources(tx), **{source.id: source for source in app.sources}}


def reader_key(app: App, sources: Mapping[SourceId, Source]) -> ReaderKey:
    """Gives a fingerprint of what reads pages of some sources: program, extractor, rules, their selectors."""
    of_all = hashlib.sha256(f"{__version__} {version('trafilatura')} ".encode())
    of_all.update(rules_payload(reading_rules(app.home.config)))

    def key(names: Iterable[SourceId]) -> str:
        made = of_all.copy()
        of_sources = {name: [sources[name].zone, asdict(sources[name].page)] for name in names}
        made.update(canonical_json(of_sources).encode())
        return made.hexdigest()[:16]

    return key


def look(app: App) -> Reviewed:
    """What the readings that are kept would change. Reads only."""
    with app.ready_db.reading() as tx:
        return Reviewed(tuple(reread_store.rereads_of(tx)), difference(_seen(tx)))


def promote(app: App, *, corrected: bool = False, progress: Progress = silent) -> Counts:
    """Have the readings count: each other text goes the way of a revision, judged, linked and compared anew.

    Stopped in the middle it goes on with the rest. Articles of which a person has spoken keep their text
    unless `corrected`. Counts of revised, same, left, unread and overtaken. Errors: UsageError where nothing
    was read again, not to its end, or by other rules than today's.
    """
    _require_whole(app)
    assign = app.assign_cluster
    with app.ready_db.reading() as tx:
        total = reread_store.count_readings(tx)
    counts = Counts()
    while told := _settle_lot(app, assign, corrected=corrected):
        counts.merge(told)
        progress("articles", sum(counts.values()), total)
    with app.ready_db.begin() as tx:
        if n := reread_store.forget_settled(tx):  # none where another process has the rest count
            log_action(tx, COMMAND_LINE, Action.PROMOTE, f"archives read again: {n}", app.clock())
    return counts


def drop(app: App) -> int:
    """Forget the readings; of how many archives. Errors: UsageError where there are none."""
    with app.ready_db.begin() as tx:
        n = len(reread_store.rereads_of(tx))
        if not n:
            raise UsageError("no archive was read again: there is nothing to drop")
        reread_store.forget_all(tx)
        log_action(tx, COMMAND_LINE, Action.DROP, f"archives read again: {n}", app.clock())
    return n


def _require_whole(app: App) -> None:
    key = reader_key(app, sources_now(app))
    with app.ready_db.reading() as tx:
        standing = reread_store.rereads_of(tx)
        keys = {one.archive_id: key(reread_store.sources_of(tx, one.archive_id)) for one in standing}
    if not standing:
        raise UsageError("no archive was read again: name its file")
    for one in standing:
        if one.ended_at is None:
            raise UsageError(f"{one.name}: was not read to its end; name its file to go on, or --drop")
        if one.reader != keys[one.archive_id]:
            raise UsageError(
                f"{one.name}: was read by other rules than today's; name its file to read it, or --drop"
            )


def _settle_lot(app: App, assign: AssignCluster, *, corrected: bool) -> Counts:
    """The next articles in one transaction; nothing where none are left."""
    told, now = Counts(), app.clock()
    with app.ready_db.begin() as tx:
        hold_copies(tx)  # before any row is held that a crawl, which has the turn, may wait for
        readings = reread_store.take(tx, LOT)
        pages = {page.id: page for page in get_listed(tx, [one.article for one in readings])}
        spoken_of = set() if corrected else corrected_among(tx, pages)
        for one in readings:
            page = pages[one.article]
            outcome, left = _outcome(one, page, is_corrected=page.id in spoken_of)
            intent = decide_reread(page, one.found, now, left=left)
            record_settled(tx, intent, assign)
            if intent.is_ready:
                reread_store.keep_provenance(tx, page.id, str(intent.article["content_hash"]))
            told.add(outcome)
    return told


def _outcome(one: Reading, page: ListedPage, *, is_corrected: bool) -> tuple[str, str]:
    """What becomes of an article in a word, and why it is left alone, if it is."""
    if not _is_as_compared(page, one):
        return "overtaken", _OVERTAKEN
    if one.found is None:
        return "same", ""
    if one.found.reason is not None:
        return "unread", ""
    return ("left", _CORRECTED) if is_corrected else ("revised", "")


def _is_as_compared(page: ListedPage, one: Reading) -> bool:
    before = page.before
    return before is not None and before.content_hash == one.content_hash and before.text != ""


def _seen(tx: Tx) -> Iterator[Seen]:
    last = 0
    while some := reread_store.readings_after(tx, last, LOT):
        last = some[-1].article
        ids = [ArticleId(one.article) for one in some]
        spoken_of = corrected_among(tx, ids)
        for one, page in zip(some, get_listed(tx, ids), strict=True):
            before = page.before if _is_as_compared(page, one) else None
            yield Seen(page.id, page.url, before, one.found, page.id in spoken_of)
