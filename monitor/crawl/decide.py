"""What one poll of a feed means: every ending becomes one PollIntent. Pure: no IO, no clock, no database."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from monitor.core.ids import PageUrl, RawUrl
from monitor.core.ledger import Ending, Reason
from monitor.core.urls import redact
from monitor.crawl.interval import (
    PollPolicy,
    backoff,
    interval_in_need,
    rhythm_s,
    usual_interval,
    wished_s,
)
from monitor.crawl.revise import KnownPage, changed_since
from monitor.crawl.trust import forgive, judge_trust
from monitor.crawl.types import (
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
    known: Mapping[PageUrl, KnownPage],
    state: FeedState,
    spec: FeedSpec,
    policy: PollPolicy,
    *,
    whole: bool,
) -> PollIntent:
    """The one value that a poll writes.

    `parsed` is None unless a changed body came; `known` holds those of its pages that we have already;
    `whole`: the feed was asked without a condition.
    """
    if isinstance(outcome, Failed):
        return _failed(state, outcome.reason, outcome.detail, outcome, policy)
    if isinstance(outcome, NotModified) or parsed is None:
        return _unchanged(outcome, state, policy, whole=whole)
    if parsed.reason is not None:
        return _unreadable(outcome, parsed, parsed.reason, state, policy)
    return _read(outcome, parsed, known, state, spec, policy, whole=whole)


def decide_crashed(state: FeedState, at: datetime, detail: str, policy: PollPolicy) -> PollIntent:
    """A fault of ours: an ending like any other, so that it is shown and tried again later."""
    return _failed(state, Reason.CRASHED, detail, Failed(RawUrl(state.feed_url), Reason.CRASHED, at), policy)


def bridged(intent: PollIntent, feed_url: str) -> PollIntent:
    """An overflow whose hole another list of the source has closed: nothing was lost, the pace stays up."""
    detail = f"{intent.detail}; what lies between them stands in {redact(feed_url)}"
    warnings = (*intent.warnings, f"overflow_closed: {redact(feed_url)}"[:200])
    return replace(intent, overflow=False, reason=Reason.OK, detail=detail, warnings=warnings)


def _read(
    outcome: Fetched,
    parsed: ParsedFeed,
    known: Mapping[PageUrl, KnownPage],
    state: FeedState,
    spec: FeedSpec,
    policy: PollPolicy,
    *,
    whole: bool,
) -> PollIntent:
    now = outcome.at
    new = tuple(entry for entry in parsed.entries if entry.url not in known)
    # every entry new: older ones may have scrolled off unseen; at a first poll there is nothing to miss
    overflow = state.last_ok_at is not None and len(new) == len(parsed.entries) and len(new) >= OVERFLOW_LEAST
    moved = (f"moved: {redact(outcome.final_url)}",) if outcome.final_url != outcome.url else ()
    trusted = judge_trust(_asked(state, now), outcome, new, whole=whole)
    good = replace(
        _remembered(trusted, outcome, parsed, spec),
        failures=0,
        last_ok_at=now,
        last_new_at=now if new else state.last_new_at,
    )
    interval = interval_in_need(good, policy) if overflow else usual_interval(good, now, policy)
    return PollIntent(
        state=replace(good, next_check_at=now + interval),
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
        changed=changed_since(parsed.entries, known, state.source_id, spec.kind, now),
    )


def _remembered(state: FeedState, outcome: Fetched, parsed: ParsedFeed, spec: FeedSpec) -> FeedState:
    """The state with what the next poll needs to know of this body."""
    known = replace(state, rhythm_s=rhythm_s(parsed.entries), floor_s=wished_s(outcome.headers, parsed))
    if parsed.kind == "sitemap_index":  # it may stay the same while its parts change
        return replace(known, etag=None, last_modified=None, body_hash=None)
    return replace(
        known,
        etag=outcome.headers.get("etag"),
        last_modified=outcome.headers.get("last-modified"),
        body_hash=body_fingerprint(outcome.body, spec),
    )


def _unchanged(
    outcome: NotModified | Fetched, state: FeedState, policy: PollPolicy, *, whole: bool
) -> PollIntent:
    now = outcome.at
    fresh = replace(_asked(state, now), failures=0, last_ok_at=now)
    if isinstance(outcome, Fetched):
        fresh, status = judge_trust(fresh, outcome, (), whole=whole), outcome.status
    else:
        fresh, status = replace(forgive(fresh, now), not_modified_at=now), 304
    fresh = replace(fresh, next_check_at=now + usual_interval(fresh, now, policy))
    return _nothing_new(fresh, Ending.DONE, Reason.NOT_MODIFIED, "", now, status)


def _unreadable(
    outcome: Fetched, parsed: ParsedFeed, reason: Reason, state: FeedState, policy: PollPolicy
) -> PollIntent:
    """A body without entries: what is remembered of earlier bodies goes, so that the next one is read."""
    forgetful = replace(state, etag=None, last_modified=None, body_hash=None)
    intent = _failed(forgetful, reason, parsed.detail, outcome, policy)
    return replace(intent, warnings=parsed.warnings, rejected=parsed.rejected)


def _failed(
    state: FeedState, reason: Reason, detail: str, outcome: Failed | Fetched, policy: PollPolicy
) -> PollIntent:
    now, failures = outcome.at, state.failures + 1
    asked_for_s = outcome.retry_after_s if isinstance(outcome, Failed) else None
    wait = backoff(reason, failures, asked_for_s, policy, is_quiet=reason is Reason.FEED_EMPTY)
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
