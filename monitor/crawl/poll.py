"""Stage: ask the feeds that are due and note what they list.

One process polls at a time (no leases yet). Each feed is one transaction, recorded in the order in which the
feeds were claimed and never in the order of their answers: a run that was killed leaves the rest due, and the
next one gives the same ids in the same order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog

from monitor.core.clock import Clock
from monitor.core.counts import Counts
from monitor.core.dates import Months
from monitor.core.db import Db
from monitor.core.errors import StorageError
from monitor.core.ids import RawUrl, SourceId
from monitor.core.ledger import Ending
from monitor.core.progress import Progress, silent
from monitor.core.urls import redact
from monitor.crawl.decide import PollPolicy, decide, is_unchanged
from monitor.crawl.reading import fetch_kind, read_feed
from monitor.crawl.store import due_feeds, get_sources, known_pages, postpone_feed, record_poll
from monitor.crawl.types import (
    Failed,
    FeedSpec,
    FeedState,
    Fetched,
    FetchMany,
    FetchRequest,
    Outcome,
    PollIntent,
    Source,
)

log = structlog.get_logger(__name__)

BATCH = 64  # feeds whose bodies are held in memory at once
_AFTER_CRASH = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class _Tools:
    db: Db
    fetch_many: FetchMany
    clock: Clock
    policy: PollPolicy
    months: Months


@dataclass(frozen=True, slots=True)
class _Due:
    state: FeedState
    spec: FeedSpec
    zone: ZoneInfo


def poll_due(
    *,
    db: Db,
    fetch_many: FetchMany,
    clock: Clock,
    policy: PollPolicy,
    months: Months,
    limit: int | None = None,
    source_id: str | None = None,
    everything: bool = False,
    progress: Progress = silent,
) -> Counts:
    """Ask the feeds that are due; counts of checked, unchanged, failed, overflow, crashed and new (pages).

    `source_id`: only this source's; `everything`: due or not.
    """
    counts = Counts()
    tools = _Tools(db, fetch_many, clock, policy, months)
    with db.begin() as tx:
        states = due_feeds(tx, now=clock(), limit=limit, source_id=source_id, everything=everything)
        due = _with_specs(states, get_sources(tx))
    for start in range(0, len(due), BATCH):
        batch = due[start : start + BATCH]
        outcomes = fetch_many([_request(one) for one in batch])
        for n, (one, outcome) in enumerate(zip(batch, outcomes, strict=True), start + 1):
            _poll_one(tools, one, outcome, counts)
            progress("poll", n, len(due))
    return counts


def _with_specs(states: Sequence[FeedState], sources: Mapping[SourceId, Source]) -> list[_Due]:
    due = []
    for state in states:
        source = sources[state.source_id]
        spec = next(feed for feed in source.feeds if feed.url == state.feed_url)
        due.append(_Due(state, spec, ZoneInfo(source.zone)))
    return due


def _request(due: _Due) -> FetchRequest:
    return FetchRequest(
        RawUrl(due.spec.url), fetch_kind(due.spec.kind), due.state.etag, due.state.last_modified
    )


def _poll_one(tools: _Tools, due: _Due, outcome: Outcome, counts: Counts) -> None:
    try:
        parsed = None
        if isinstance(outcome, Fetched) and not is_unchanged(outcome, due.state, due.spec):
            read = read_feed(
                due.spec, outcome, zone=due.zone, months=tools.months, fetch_many=tools.fetch_many
            )
            if isinstance(read, Failed):
                outcome = read
            else:
                parsed = read
        with tools.db.begin() as tx:
            known = known_pages(tx, [entry.url for entry in parsed.entries] if parsed else [])
            intent = decide(outcome, parsed, known, due.state, due.spec, tools.policy)
            n_added = record_poll(tx, intent)
        _count(counts, intent, n_added)
    except StorageError:
        raise  # the database itself: nothing that follows could be recorded
    except Exception as error:  # a bug costs one feed, not the round; it is counted and shown
        log.exception("poll_crashed", feed=redact(due.state.feed_url))
        counts.add("crashed")
        now = tools.clock()
        with tools.db.begin() as tx:
            postpone_feed(
                tx, due.state, until=now + _AFTER_CRASH, at=now, detail=f"{type(error).__name__}: {error}"
            )


def _count(counts: Counts, intent: PollIntent, n_added: int) -> None:
    counts.add("checked")
    counts.add("new", n_added)
    if intent.overflow:
        counts.add("overflow")
    if intent.ending is Ending.FAILED:
        counts.add("failed")
    elif intent.n_entries == 0:
        counts.add("unchanged")
