"""Stage: ask feeds once, outside the rhythm of polls, and say what they give. Nothing is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

import structlog

from monitor.core.dates import Months
from monitor.core.ids import RawUrl
from monitor.core.ledger import Reason
from monitor.core.progress import Progress, silent
from monitor.core.urls import redact
from monitor.crawl.feeds.detect import feed_kind
from monitor.crawl.reading import fetch_kind, read_body, read_feed
from monitor.crawl.types import (
    Entry,
    Failed,
    FeedSpec,
    Fetched,
    FetchMany,
    FetchRequest,
    Outcome,
    ParsedFeed,
    Rejected,
)

log = structlog.get_logger(__name__)

BATCH = 64  # feeds whose bodies are held in memory at once
_POSTS = "https://t.me/s/"


class Asked(NamedTuple):
    """A feed to ask. An empty `spec.kind` is found by content; `zone`: of dates without one."""

    spec: FeedSpec
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Probe:
    """What one feed gave. `reason` is OK, or why there is no entry."""

    spec: FeedSpec  # its kind is the one found, empty when nothing came
    kind: str  # as ParsedFeed.kind; empty when it is no feed
    entries: tuple[Entry, ...]
    warnings: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    reason: Reason
    detail: str
    status: int | None

    @property
    def is_feed(self) -> bool:
        """True also for a feed that is empty just now."""
        return self.reason in (Reason.OK, Reason.FEED_EMPTY)

    @property
    def newest_at(self) -> datetime | None:
        """The date of the newest entry."""
        return max((e.published_at for e in self.entries if e.published_at), default=None)


def asked_by_address(url: str, zone: ZoneInfo) -> Asked:
    """An address of which nothing else is known."""
    return Asked(FeedSpec(url, "telegram" if url.startswith(_POSTS) else ""), zone)


def probe_feeds(
    asked: Sequence[Asked], *, fetch_many: FetchMany, months: Months, progress: Progress = silent
) -> Iterator[Probe]:
    """One answer a feed, in order. Never raises for what the outside does."""
    for start in range(0, len(asked), BATCH):
        batch = asked[start : start + BATCH]
        outcomes = fetch_many([FetchRequest(RawUrl(a.spec.url), fetch_kind(a.spec.kind)) for a in batch])
        for n, (one, outcome) in enumerate(zip(batch, outcomes, strict=True), start + 1):
            yield _probe(one, outcome, fetch_many, months)
            progress("check", n, len(asked))


def probe_surely(
    asked: Sequence[Asked], *, fetch_many: FetchMany, months: Months, progress: Progress = silent
) -> list[Probe]:
    """As `probe_feeds`; a name that nobody knows is asked a second time after all others, then believed."""
    probes = list(probe_feeds(asked, fetch_many=fetch_many, months=months, progress=progress))
    places = [n for n, found in enumerate(probes) if found.reason is Reason.DNS]
    again = probe_feeds([asked[n] for n in places], fetch_many=fetch_many, months=months)
    for n, found in zip(places, again, strict=True):
        probes[n] = found
    return probes


def _probe(asked: Asked, outcome: Outcome, fetch_many: FetchMany, months: Months) -> Probe:
    if isinstance(outcome, Failed):
        return _failed(asked.spec, outcome)
    if not isinstance(outcome, Fetched):
        raise TypeError(f"{type(outcome).__name__} to an unconditional request")
    spec = _with_kind(asked.spec, outcome)
    try:
        here = partial(read_body, zone=asked.zone, months=months)
        read = read_feed(spec, outcome, read=here, fetch_many=fetch_many)
    except Exception as error:  # a bug costs one feed, not the round; it is shown
        log.exception("probe_crashed", feed=redact(spec.url))
        detail = f"{type(error).__name__}: {error}"
        return _failed(spec, Failed(outcome.url, Reason.CRASHED, outcome.at, detail[:300], outcome.status))
    return _failed(spec, read) if isinstance(read, Failed) else _read(spec, outcome, read)


def _with_kind(spec: FeedSpec, outcome: Fetched) -> FeedSpec:
    if spec.kind:
        return spec
    found = feed_kind(outcome.body, outcome.headers.get("content-type", ""))
    return FeedSpec(spec.url, found, spec.evidence, spec.rules)


def _failed(spec: FeedSpec, outcome: Failed) -> Probe:
    return Probe(spec, "", (), (), (), outcome.reason, outcome.detail, outcome.status)


def _read(spec: FeedSpec, outcome: Fetched, parsed: ParsedFeed) -> Probe:
    moved = (f"moved: {redact(outcome.final_url)}",) if outcome.final_url != outcome.url else ()
    reason = parsed.reason or Reason.OK
    return Probe(
        spec=spec,
        kind=parsed.kind if reason in (Reason.OK, Reason.FEED_EMPTY) else "",
        entries=parsed.entries,
        warnings=(*moved, *parsed.warnings),
        rejected=parsed.rejected,
        reason=reason,
        detail=parsed.detail,
        status=outcome.status,
    )
