"""Which sources can be polled from here, by one probe of each of their feeds. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from monitor.core.db import canonical_json
from monitor.core.ids import SourceId
from monitor.core.ledger import Reason
from monitor.crawl.health import BLOCKED_STATUSES
from monitor.crawl.probe import Probe
from monitor.crawl.types import Source

LEAST_WORKING_SHARE = 0.1  # below it the trouble is rather ours than that of so many newspapers

_OURS_OR_PASSING = frozenset(
    {Reason.CONNECT, Reason.TLS, Reason.TIMEOUT, Reason.HTTP_5XX, Reason.RATE_LIMITED, Reason.CRASHED}
)
_GONE = frozenset({Reason.DNS, Reason.HTTP_4XX, Reason.BAD_URL, Reason.PRIVATE_ADDRESS})
_MAY_BE_EMPTY = frozenset({"rss", "json", "sitemap"})  # a list of a page is never empty, its rule is wrong


class Sort(StrEnum):
    """What a check says of a source, the best first."""

    WORKS = "works"
    NEEDS_RULE = "needs_rule"  # the site answers, but there is no feed at this address
    UNREACHABLE = "unreachable"  # from here, now: kept, since it may be our side or pass
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one source was sorted. `reason` and `detail` are those of its best feed."""

    source_id: SourceId
    sort: Sort
    reason: Reason
    detail: str
    at: datetime
    feeds: tuple[Probe, ...]

    @property
    def why_not(self) -> str:
        """What a switched-off source says of itself; empty when it stays."""
        if self.sort not in (Sort.NEEDS_RULE, Sort.DEAD):
            return ""
        word = "dead" if self.sort is Sort.DEAD else "needs a rule or another address"
        return f"{word} at the check of {self.at:%Y-%m-%d}: {self.reason.value}"


def sort_feed(probe: Probe) -> Sort:
    """What one feed's answer means."""
    if probe.reason is Reason.OK or (probe.reason is Reason.FEED_EMPTY and probe.spec.kind in _MAY_BE_EMPTY):
        return Sort.WORKS
    if probe.reason in _OURS_OR_PASSING or probe.status in BLOCKED_STATUSES:
        return Sort.UNREACHABLE
    return Sort.DEAD if probe.reason in _GONE else Sort.NEEDS_RULE


def sort_source(source: Source, probes: Sequence[Probe], at: datetime) -> Verdict:
    """A source is as good as its best feed; without an address it needs a rule."""
    if not probes:
        return Verdict(source.id, Sort.NEEDS_RULE, Reason.NOT_A_FEED, "no feed address", at, ())
    order = list(Sort)
    best = min(probes, key=lambda probe: order.index(sort_feed(probe)))
    return Verdict(source.id, sort_feed(best), best.reason, best.detail, at, tuple(probes))


def is_our_outage(verdicts: Sequence[Verdict]) -> bool:
    """True when so few of the asked sources work that nothing may be concluded about any of them."""
    asked = [verdict for verdict in verdicts if verdict.feeds]
    n_working = sum(verdict.sort is Sort.WORKS for verdict in asked)
    return not n_working or n_working < LEAST_WORKING_SHARE * len(asked)


def decision_key(source: Source) -> str:
    """SHA-256 (hex) of what a person decided about polling a source: a change there ends an older verdict."""
    return stored_decision_key(asdict(source))


def stored_decision_key(doc: Mapping[str, Any]) -> str:
    """The same of a source as the database keeps it."""
    feeds = [{key: value for key, value in feed.items() if key != "evidence"} for feed in doc["feeds"]]
    return hashlib.sha256(canonical_json([doc["enabled"], doc["why_not"], feeds]).encode()).hexdigest()
