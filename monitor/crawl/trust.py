"""Whether a feed's ETag and Last-Modified may be believed. Pure.

A server that answers "not modified" of a changed list hides news for as long as it is believed. So each feed
is asked without a condition once in a while, and one that is caught is so for a month.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.crawl.interval import PollPolicy
from monitor.crawl.types import Entry, FeedState, Fetched

WHOLE_EVERY = timedelta(days=1)
WHOLE_POLLS = 4  # a feed that is asked rarely is asked whole every fourth time at most
FORGIVEN_AFTER = timedelta(days=30)
_CLEARLY_BEFORE = timedelta(hours=1)  # dates of items are not exact
_SUSPICION = "once more: "


def is_distrusted(state: FeedState, now: datetime) -> bool:
    """True while the feed's validators are not used."""
    return state.distrusted_until is not None and now < state.distrusted_until


def asks_whole(state: FeedState, now: datetime, policy: PollPolicy) -> bool:
    """True when the next poll goes without a condition, so that a lying server is found out."""
    if state.etag is None and state.last_modified is None:
        return True
    if is_distrusted(state, now) or state.asked_whole_at is None:
        return True
    usual = max(timedelta(seconds=state.rhythm_s or 0.0), policy.min_interval)
    every = max(WHOLE_EVERY, WHOLE_POLLS * min(usual, policy.max_interval))
    return now - state.asked_whole_at >= every


def judge_trust(state: FeedState, outcome: Fetched, new: Sequence[Entry], *, whole: bool) -> FeedState:
    """The state with what a body that came says of earlier answers. `new`: its items that we had not."""
    now = outcome.at
    state = forgive(state, now)
    if not whole:  # the server told us of a change by itself
        return _unsuspected(state) if new else state
    state = replace(state, asked_whole_at=now)
    why = _same_mark(state, outcome) if new else ""
    if why:
        return _distrusted(state, now, f"{_items(new)} under the same {why}")
    hidden = _hidden(state, new)
    if not hidden:
        return _unsuspected(state) if new else state
    why = f"answered 'not modified' while {_items(hidden)} stood in the list"
    # once may be an issue that was put online with yesterday's dates just before we asked
    if state.distrust_why.startswith(_SUSPICION):
        return _distrusted(state, now, why)
    return replace(state, distrust_why=_SUSPICION + why)


def forgive(state: FeedState, now: datetime) -> FeedState:
    """The state without a mistrust whose time is over."""
    if state.distrusted_until is None or is_distrusted(state, now):
        return state
    return replace(state, distrusted_at=None, distrusted_until=None, distrust_why="")


def _same_mark(state: FeedState, outcome: Fetched) -> str:
    """The validator that a changed list has kept. A server that is given both goes by the ETag."""
    etag, modified = outcome.headers.get("etag"), outcome.headers.get("last-modified")
    if etag or state.etag:
        return "ETag" if etag == state.etag else ""
    return "Last-Modified" if modified and modified == state.last_modified else ""


def _hidden(state: FeedState, new: Sequence[Entry]) -> list[Entry]:
    """New items that are clearly older than the server's last "not modified"; one alone proves nothing."""
    if state.not_modified_at is None:
        return []
    before = state.not_modified_at - _CLEARLY_BEFORE
    hidden = [entry for entry in new if entry.published_at and entry.published_at < before]
    return hidden if len(hidden) > 1 else []


def _distrusted(state: FeedState, now: datetime, why: str) -> FeedState:
    since = state.distrusted_at or now
    return replace(state, distrusted_at=since, distrusted_until=now + FORGIVEN_AFTER, distrust_why=why)


def _unsuspected(state: FeedState) -> FeedState:
    return replace(state, distrust_why="") if state.distrust_why.startswith(_SUSPICION) else state


def _items(entries: Sequence[Entry]) -> str:
    return f"{len(entries)} new item{'' if len(entries) == 1 else 's'}"
