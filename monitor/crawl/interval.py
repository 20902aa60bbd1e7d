"""When a feed is asked again: by its rhythm, its server's wish and what went wrong. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import inf
from statistics import median

from monitor.core.ledger import Reason
from monitor.crawl.types import Entry, FeedState, ParsedFeed

_FIRST_BACKOFF = timedelta(minutes=30)
_IDLE_SHARE = 0.25  # a feed silent for a day is asked every six hours
# A server may wish a longer pause than the rhythm asks for, but a template's "weekly" must not lose items
MOST_WISHED = timedelta(hours=6)
MOST_WISHED_IN_NEED = timedelta(hours=1)  # while items scroll off before we come
_NEWEST = 20  # entries whose dates make the rhythm
# Nothing that an hour would mend
_LASTING = frozenset({Reason.BAD_URL, Reason.PRIVATE_ADDRESS, Reason.ROBOTS, Reason.NOT_A_FEED})
_MAX_AGE = re.compile(r"(?:\A|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.I)
_NOT_KEPT = re.compile(r"(?:\A|[\s,])no-(?:cache|store)\b", re.I)


@dataclass(frozen=True, slots=True)
class PollPolicy:
    """How often feeds are asked."""

    min_interval: timedelta
    max_interval: timedelta
    max_backoff: timedelta


def rhythm_s(entries: Collection[Entry]) -> float | None:
    """The usual gap between a list's items in seconds; None where there are not two dates."""
    dates = sorted((entry.published_at for entry in entries if entry.published_at), reverse=True)[:_NEWEST]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(dates)]
    return median(gaps) if gaps else None


def wished_s(headers: Mapping[str, str], parsed: ParsedFeed) -> float:
    """How long the server wishes not to be asked again: Cache-Control's max-age, RSS ttl, sy:updatePeriod.

    Granted up to `MOST_WISHED`, and no longer than it takes until half of the list has scrolled off.
    """
    control = headers.get("cache-control", "")
    found = None if _NOT_KEPT.search(control) else _MAX_AGE.search(control)
    age = headers.get("age", "").strip()
    left = float(found[1]) - (float(age[:10]) if age.isascii() and age.isdigit() else 0.0) if found else 0.0
    rhythm = rhythm_s(parsed.entries)
    half = inf if rhythm is None else rhythm * len(parsed.entries) / 2
    return min(max(left, parsed.ask_after_s, 0.0), half, MOST_WISHED.total_seconds())


def usual_interval(state: FeedState, now: datetime, policy: PollPolicy) -> timedelta:
    """The usual gap between the feed's items, a share of its silence or the server's wish: the longest.

    One that never had anything new, since another list always has it first, is silent since its first poll.
    """
    silence = (now - (state.last_new_at or state.first_check_at or now)).total_seconds() * _IDLE_SHARE
    usual = timedelta(seconds=max(silence, state.rhythm_s or 0.0, state.floor_s))
    return min(max(usual, policy.min_interval), policy.max_interval)


def interval_in_need(state: FeedState, policy: PollPolicy) -> timedelta:
    """After an overflow: as soon as may be; the server's wish counts up to an hour."""
    wished = min(timedelta(seconds=state.floor_s), MOST_WISHED_IN_NEED)
    return min(max(policy.min_interval, wished), policy.max_interval)


def backoff(
    reason: Reason, failures: int, asked_for_s: float | None, policy: PollPolicy, *, is_quiet: bool = False
) -> timedelta:
    """The pause after so many failures in a row, doubling up to the policy's longest; never for ever.

    `is_quiet`: an empty list may be a quiet feed, which is asked as often as a silent one.
    """
    longest = min(policy.max_backoff, policy.max_interval) if is_quiet else policy.max_backoff
    step = policy.max_interval if reason in _LASTING else max(policy.min_interval, _FIRST_BACKOFF)
    wait = min(step * 2.0 ** min(failures - 1, 20), longest)
    if asked_for_s is not None:
        wait = max(wait, min(timedelta(seconds=asked_for_s), longest))
    return wait
