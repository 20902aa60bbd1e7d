"""What one poll of a feed means: every ending becomes one PollIntent. Pure: no IO, no clock, no database."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from monitor.core.ids import PageUrl
from monitor.core.ledger import Ending, Reason
from monitor.core.urls import redact
from monitor.crawl.types import (
    Entry,
    Failed,
    FeedSpec,
    FeedState,
    Fetched,
    NotModified,
    Outcome,
    ParsedFeed,
    PollIntent,
)

OVERFLOW_LEAST = 3  # of two new items both may well be new
_READER_EDITION = (
    "1"  # raise it when a reader finds more in the same bytes: bodies seen before are read again
)
_FIRST_BACKOFF = timedelta(minutes=30)
_IDLE_SHARE = 0.25  # a feed silent for a day is asked every six hours
# Nothing that an hour would mend
_LASTING = frozenset({Reason.BAD_URL, Reason.PRIVATE_ADDRESS, Reason.ROBOTS, Reason.NOT_A_FEED})


@dataclass(frozen=True, slots=True)
class PollPolicy:
    """How often feeds are asked."""

    min_interval: timedelta
    max_interval: timedelta
    max_backoff: timedelta


def body_fingerprint(body: bytes, spec: FeedSpec) -> str:
    """SHA-256 (hex) of a body and of what decides how it is read: equal ones need not be read again."""
    how = f"{_READER_EDITION}\n{spec.kind}\n{sorted(spec.rules.items())}\n"
    return hashlib.sha256(how.encode() + body).hexdigest()


def is_unchanged(outcome: Outcome, state: FeedState, spec: FeedSpec) -> bool:
    """True when a whole body came that is the one of the last good poll."""
    return isinstance(outcome, Fetched) and state.body_hash == body_fingerprint(outcome.body, spec)


def decide(
    outcome: Outcome,
    parsed: ParsedFeed | None,
    known: Collection[PageUrl],
    state: FeedState,
    spec: FeedSpec,
    policy: PollPolicy,
) -> PollIntent:
    """The one value that a poll writes.

    `parsed` is None unless a changed body came; `known` holds those of its pages that we have already.
    """
    if isinstance(outcome, Failed):
        return _failed(state, outcome.reason, outcome.detail, outcome, policy)
    if isinstance(outcome, NotModified) or parsed is None:
        return _unchanged(outcome, state, policy)
    if parsed.reason is not None:
        return _unreadable(outcome, parsed, parsed.reason, state, policy)
    return _read(outcome, parsed, known, state, spec, policy)


def _read(
    outcome: Fetched,
    parsed: ParsedFeed,
    known: Collection[PageUrl],
    state: FeedState,
    spec: FeedSpec,
    policy: PollPolicy,
) -> PollIntent:
    now = outcome.at
    new = tuple(entry for entry in parsed.entries if entry.url not in known)
    # every entry new: older ones may have scrolled off unseen; at a first poll there is nothing to miss
    overflow = state.last_ok_at is not None and len(new) == len(parsed.entries) and len(new) >= OVERFLOW_LEAST
    last_new_at = now if new else state.last_new_at
    interval = policy.min_interval if overflow else _rhythm(parsed.entries, last_new_at, now, policy)
    # an index may stay the same while its parts change: nothing of it is remembered
    marks = {} if parsed.kind == "sitemap_index" else outcome.headers
    moved = (f"moved: {redact(outcome.final_url)}",) if outcome.final_url != outcome.url else ()
    good = replace(
        _asked(state, now),
        etag=marks.get("etag"),
        last_modified=marks.get("last-modified"),
        body_hash=None if parsed.kind == "sitemap_index" else body_fingerprint(outcome.body, spec),
        next_check_at=now + interval,
        failures=0,
        last_ok_at=now,
        last_new_at=last_new_at,
    )
    return PollIntent(
        state=good,
        ending=Ending.DONE,
        reason=Reason.OVERFLOW if overflow else Reason.OK,
        detail=f"all {len(new)} entries are new" if overflow else "",
        at=now,
        status=outcome.status,
        n_entries=len(parsed.entries),
        new=new,
        overflow=overflow,
        warnings=(*moved, *parsed.warnings),
        rejected=parsed.rejected,
    )


def _unchanged(outcome: NotModified | Fetched, state: FeedState, policy: PollPolicy) -> PollIntent:
    now = outcome.at
    fresh = replace(
        _asked(state, now),
        next_check_at=now + _rhythm((), state.last_new_at, now, policy),
        failures=0,
        last_ok_at=now,
    )
    status = outcome.status if isinstance(outcome, Fetched) else 304
    return _nothing_new(fresh, Ending.DONE, Reason.NOT_MODIFIED, "", now, status)


def _unreadable(
    outcome: Fetched, parsed: ParsedFeed, reason: Reason, state: FeedState, policy: PollPolicy
) -> PollIntent:
    """A body without entries: what is remembered of earlier bodies goes, so that the next one is read."""
    forgetful = replace(state, etag=None, last_modified=None, body_hash=None)
    if reason is Reason.FEED_EMPTY:  # may be a quiet feed: asked as often as a silent one
        policy = replace(policy, max_backoff=min(policy.max_backoff, policy.max_interval))
    intent = _failed(forgetful, reason, parsed.detail, outcome, policy)
    return replace(intent, warnings=parsed.warnings, rejected=parsed.rejected)


def _failed(
    state: FeedState, reason: Reason, detail: str, outcome: Failed | Fetched, policy: PollPolicy
) -> PollIntent:
    now, failures = outcome.at, state.failures + 1
    step = policy.max_interval if reason in _LASTING else max(policy.min_interval, _FIRST_BACKOFF)
    wait = min(step * 2.0 ** min(failures - 1, 20), policy.max_backoff)
    asked_for = outcome.retry_after_s if isinstance(outcome, Failed) else None
    if asked_for is not None:
        wait = max(wait, min(timedelta(seconds=asked_for), policy.max_backoff))
    waiting = replace(_asked(state, now), next_check_at=now + wait, failures=failures)
    return _nothing_new(waiting, Ending.FAILED, reason, detail, now, outcome.status)


def _nothing_new(
    state: FeedState, ending: Ending, reason: Reason, detail: str, at: datetime, status: int | None
) -> PollIntent:
    return PollIntent(
        state=state, ending=ending, reason=reason, detail=detail, at=at, status=status,
        n_entries=0, new=(), overflow=False, warnings=(),
    )  # fmt: skip


def _asked(state: FeedState, now: datetime) -> FeedState:
    return replace(state, first_check_at=state.first_check_at or now)


def _rhythm(
    entries: Collection[Entry], last_new_at: datetime | None, now: datetime, policy: PollPolicy
) -> timedelta:
    """The usual gap between the feed's items, or a share of its silence where that is longer."""
    dates = sorted((entry.published_at for entry in entries if entry.published_at), reverse=True)[:20]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(dates)]
    silence = (now - (last_new_at or now)).total_seconds() * _IDLE_SHARE
    usual = timedelta(seconds=max(silence, median(gaps) if gaps else 0.0))
    return min(max(usual, policy.min_interval), policy.max_interval)
