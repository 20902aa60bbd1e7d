"""Stage: ask the feeds that are due and note what they list; look beside a feed that overflowed.

One process polls at a time (no leases yet). Each feed is one transaction, recorded in the order in which the
feeds were claimed and never in the order of their answers: a run that was killed leaves the rest due, and the
next one gives the same ids in the same order. While a batch is recorded the next one is fetched in a thread
and read in worker processes.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import structlog

from monitor.core.clock import Clock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.errors import MonitorError
from monitor.core.ids import PageUrl, RawUrl, SourceId
from monitor.core.ledger import Ending, Reason
from monitor.core.progress import Progress, silent
from monitor.core.urls import redact
from monitor.core.workers import Unread
from monitor.crawl.decide import bridged, decide, decide_crashed, is_unchanged
from monitor.crawl.interval import PollPolicy
from monitor.crawl.overflow import closes, lists_beside
from monitor.crawl.reading import fetch_kind, read_feed
from monitor.crawl.revise import KnownPage
from monitor.crawl.store import due_feeds, get_sources, known_pages, record_poll
from monitor.crawl.trust import asks_whole
from monitor.crawl.types import (
    Entry,
    Failed,
    FeedSpec,
    FeedState,
    Fetched,
    FetchMany,
    FetchRequest,
    Outcome,
    ParsedFeed,
    PollIntent,
    Source,
)

log = structlog.get_logger(__name__)

BATCH = 32  # feeds fetched at once; the bodies of two batches are held in memory

ReadBodyLater = Callable[[FeedSpec, Fetched, ZoneInfo], Future[ParsedFeed | Unread]]


@dataclass(frozen=True, slots=True)
class _Tools:
    db: Db
    fetch_many: FetchMany
    clock: Clock
    policy: PollPolicy
    read: ReadBodyLater
    sources: Mapping[SourceId, Source]


@dataclass(frozen=True, slots=True)
class _Due:
    state: FeedState
    spec: FeedSpec
    zone: ZoneInfo
    whole: bool  # asked without a condition

    @property
    def key(self) -> tuple[str, str]:
        return self.state.source_id, self.state.feed_url


@dataclass(frozen=True, slots=True)
class _Answer:
    """How a feed's server answered, and the entries to come where the body is another than last time's."""

    outcome: Outcome
    parsed: Future[ParsedFeed | Unread] | None


@dataclass(frozen=True, slots=True)
class _Listing:
    """What one feed showed, and which of it we had before."""

    entries: tuple[Entry, ...]
    known: Mapping[PageUrl, KnownPage]


_Answers = dict[tuple[str, str], _Answer]


@dataclass(slots=True)
class _Round:
    """One run: the answers at hand that wait for their turn, those under way, the feeds that had theirs."""

    tools: _Tools
    counts: Counts = field(default_factory=Counts)
    waiting: _Answers = field(default_factory=dict)
    ahead: Future[_Answers] | None = None  # those of the next batch
    asked_ahead: frozenset[tuple[str, str]] = frozenset()
    done: set[tuple[str, str]] = field(default_factory=set)

    def take_ahead(self) -> None:
        """Put the next batch's answers to those at hand, when they have come."""
        if self.ahead is not None:
            answers, self.ahead, self.asked_ahead = self.ahead.result(), None, frozenset()
            self.waiting |= answers


def poll_due(
    *,
    db: Db,
    fetch_many: FetchMany,
    clock: Clock,
    policy: PollPolicy,
    read: ReadBodyLater,
    limit: int | None = None,
    source_id: str | None = None,
    everything: bool = False,
    progress: Progress = silent,
) -> Counts:
    """Ask the feeds that are due; counts of checked, unchanged, failed, overflow, crashed, new and changed.

    `source_id`: only this source's; `everything`: due or not. Errors: StorageError; WorkerBroken where no
    process can be started that reads lists.
    """
    with db.begin() as tx:
        states = due_feeds(tx, now=clock(), limit=limit, source_id=source_id, everything=everything)
        tools = _Tools(db, fetch_many, clock, policy, read, get_sources(tx))
    due = [_due(tools, state) for state in states]
    round_ = _Round(tools)
    fetching = ThreadPoolExecutor(1, thread_name_prefix="feeds")
    try:
        _ask_ahead(round_, fetching, due[:BATCH])
        for start in range(0, len(due), BATCH):
            round_.take_ahead()
            _ask_ahead(round_, fetching, due[start + BATCH : start + 2 * BATCH])
            for n, one in enumerate(due[start : start + BATCH], start + 1):
                if one.key in round_.waiting:  # else it was looked at beside an overflow
                    _poll_one(round_, one, round_.waiting.pop(one.key))
                progress("poll", n, len(due))
    finally:
        # after an interruption nobody waits for a host's pause: closing the fetcher ends what is under way
        fetching.shutdown(wait=False, cancel_futures=True)
    return round_.counts


def _ask_ahead(round_: _Round, fetching: ThreadPoolExecutor, due: Sequence[_Due]) -> None:
    batch = [one for one in due if one.key not in round_.done]
    round_.asked_ahead = frozenset(one.key for one in batch)
    round_.ahead = fetching.submit(_fetched, round_.tools, batch)


def _fetched(tools: _Tools, batch: Sequence[_Due]) -> _Answers:
    outcomes = tools.fetch_many([_request(one) for one in batch])
    return {one.key: _answer(tools, one, outcome) for one, outcome in zip(batch, outcomes, strict=True)}


def _due(tools: _Tools, state: FeedState) -> _Due:
    source = tools.sources[state.source_id]
    spec = next(feed for feed in source.feeds if feed.url == state.feed_url)
    whole = asks_whole(state, tools.clock(), tools.policy)
    return _Due(state, spec, ZoneInfo(source.zone), whole)


def _request(due: _Due) -> FetchRequest:
    url, kind = RawUrl(due.spec.url), fetch_kind(due.spec.kind)
    if due.whole:
        return FetchRequest(url, kind)
    return FetchRequest(url, kind, due.state.etag, due.state.last_modified)


def _answer(tools: _Tools, due: _Due, outcome: Outcome) -> _Answer:
    if not isinstance(outcome, Fetched) or is_unchanged(outcome, due.state, due.spec):
        return _Answer(outcome, None)
    return _Answer(outcome, tools.read(due.spec, outcome, due.zone))


def _poll_one(
    round_: _Round, due: _Due, answer: _Answer, *, beside: PollIntent | None = None
) -> _Listing | None:
    """Read, decide and record one poll; what the feed showed, where it was read and did not overflow.

    `beside`: the overflow for which it is looked at; what that one has just listed is new here too.
    """
    tools = round_.tools
    just_listed = {entry.url for entry in beside.new} if beside else set()
    round_.done.add(due.key)
    try:
        outcome, parsed = _parsed(tools, due, answer)
        with tools.db.begin() as tx:
            listed = [entry.url for entry in parsed.entries] if parsed else []
            known = {u: page for u, page in known_pages(tx, listed).items() if u not in just_listed}
            intent = decide(outcome, parsed, known, due.state, due.spec, tools.policy, whole=due.whole)
            n_added = record_poll(tx, intent)
        if intent.overflow and beside is None:
            intent = _looked_beside(round_, due, intent)
        _count(round_.counts, intent, n_added)
        return _Listing(parsed.entries, known) if parsed and not intent.overflow else None
    except MonitorError:
        raise  # the database itself or no process to read lists: nothing that follows could be done
    except Exception as error:  # a bug costs one feed, not the round; it is counted and shown
        log.exception("poll_crashed", feed=redact(due.state.feed_url))
        detail = f"{type(error).__name__}: {error}"
        with tools.db.begin() as tx:
            record_poll(tx, decide_crashed(due.state, tools.clock(), detail, tools.policy))
        round_.counts.add("crashed")
        return None


def _parsed(tools: _Tools, due: _Due, answer: _Answer) -> tuple[Outcome, ParsedFeed | None]:
    """The entries of a changed body; what ends its reader, or an index whose parts all fail, is a failure."""
    outcome, under_way = answer.outcome, answer.parsed
    if under_way is None or not isinstance(outcome, Fetched):
        return outcome, None

    def read(spec: FeedSpec, fetched: Fetched) -> ParsedFeed | Failed:
        found = (under_way if fetched is outcome else tools.read(spec, fetched, due.zone)).result()
        if isinstance(found, Unread) and found.reason is Reason.CRASHED:
            raise RuntimeError(f"its reader crashed: {found.detail}")
        if isinstance(found, Unread):
            detail = f"reading it: {found.detail}"[:300]
            return Failed(fetched.url, found.reason, fetched.at, detail, fetched.status)
        return found

    parsed = read_feed(due.spec, outcome, read=read, fetch_many=tools.fetch_many)
    return (parsed, None) if isinstance(parsed, Failed) else (outcome, parsed)


def _looked_beside(round_: _Round, due: _Due, intent: PollIntent) -> PollIntent:
    """The overflow, or the ending without one that replaces it where another list closes the hole.

    The overflow is recorded before and the other feeds, due or not, are polled as such: a run that is killed
    meanwhile has lost nothing but the chance to close it.
    """
    tools = round_.tools
    with tools.db.begin() as tx:
        states = due_feeds(tx, now=tools.clock(), source_id=due.state.source_id, everything=True)
    others = [_due(tools, state) for state in states]
    by_url = {other.state.feed_url: other for other in others}
    for state in lists_beside([(other.spec.kind, other.state) for other in others], due.state):
        other = by_url[state.feed_url]
        if other.key in round_.done:
            continue  # had it shown these stories, they would be known
        if other.key in round_.asked_ahead:
            round_.take_ahead()
        answer = round_.waiting.pop(other.key, None) or _fetched(tools, [other])[other.key]
        listing = _poll_one(round_, other, answer, beside=intent)
        if listing and closes(listing.entries, listing.known, intent.new, due.state.last_ok_at):
            closed = bridged(intent, state.feed_url)
            with tools.db.begin() as tx:
                record_poll(tx, closed)
            return closed
    return intent


def _count(counts: Counts, intent: PollIntent, n_added: int) -> None:
    counts.add("checked")
    counts.add("new", n_added)
    counts.add("changed", len(intent.changed))
    if intent.overflow:
        counts.add("overflow")
    if intent.ending is Ending.FAILED:
        counts.add("failed")
    elif intent.n_entries == 0:
        counts.add("unchanged")
