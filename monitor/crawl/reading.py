"""From the answer of a feed's server to entries: the reader of its kind, and the parts of a sitemap index."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from monitor.core.dates import Months
from monitor.core.ids import PageUrl, RawUrl
from monitor.core.ledger import Reason
from monitor.core.urls import redact
from monitor.crawl.feeds import FEED_TYPES
from monitor.crawl.feeds.shape import MAX_ENTRIES
from monitor.crawl.types import (
    Entry,
    Failed,
    FeedSpec,
    Fetched,
    FetchKind,
    FetchMany,
    FetchRequest,
    ParsedFeed,
)

ReadBody = Callable[
    [FeedSpec, Fetched], ParsedFeed | Failed
]  # Failed: it could not be read in time, or at all


def fetch_kind(feed_kind: str) -> FetchKind:
    """What is asked for: pages made for people obey robots.txt, also as lists of articles."""
    return FetchKind.LIST if feed_kind in ("html_list", "telegram") else FetchKind.FEED


def read_feed(
    spec: FeedSpec, outcome: Fetched, *, read: ReadBody, fetch_many: FetchMany
) -> ParsedFeed | Failed:
    """The entries of a body; of a sitemap index those of its parts, which are fetched here, one level deep.

    Failed: as `read`, or every part of an index failed; why is the first one's. Errors: as `fetch_many`.
    """
    parsed = read(spec, outcome)
    if isinstance(parsed, Failed) or not parsed.parts:
        return parsed
    answers: list[ParsedFeed] = []
    failures: list[Failed] = []
    for part in parsed.parts:  # one by one: each may be as large as a feed may be
        part_outcome = fetch_many([FetchRequest(RawUrl(part), FetchKind.FEED)])[0]
        answer = read(spec, part_outcome) if isinstance(part_outcome, Fetched) else part_outcome
        if isinstance(answer, ParsedFeed):
            answers.append(answer)
        elif isinstance(answer, Failed):
            failures.append(answer)
    if not answers and failures:
        first = failures[0]
        return replace(first, url=outcome.url, detail=f"part {redact(first.url)}: {first.detail}"[:300])
    return _merged(parsed, answers, failures)


def read_body(spec: FeedSpec, outcome: Fetched, *, zone: ZoneInfo, months: Months) -> ParsedFeed:
    """The entries of one body, read here and now by the reader of its kind. Never raises."""
    return FEED_TYPES[spec.kind](
        outcome.body,
        base_url=outcome.final_url,
        content_type=outcome.headers.get("content-type", ""),
        zone=zone,
        now=outcome.at,
        rules=spec.rules,
        months=months,
    )


def _merged(index: ParsedFeed, answers: Sequence[ParsedFeed], failures: Sequence[Failed]) -> ParsedFeed:
    """One feed of an index and its parts; a part that could not be had is a warning."""
    entries: dict[PageUrl, Entry] = {}
    for answer in answers:
        for entry in answer.entries:
            entries.setdefault(entry.url, entry)
    lost = [f"part_failed: {failure.reason.value} {redact(failure.url)}"[:200] for failure in failures]
    lost += [f"part_unread: {a.reason or a.kind} {a.detail}"[:200] for a in answers if a.reason or a.parts]
    n_cut = max(0, len(entries) - MAX_ENTRIES)
    return replace(
        index,
        entries=tuple(entries.values())[:MAX_ENTRIES],
        warnings=(*index.warnings, *lost, *([f"entries_cut: {n_cut}"] if n_cut else [])),
        rejected=tuple(rejected for answer in answers for rejected in answer.rejected),
        reason=None if entries else Reason.FEED_EMPTY,
        detail="" if entries else "no part of the index has an entry",
        parts=(),
    )
