"""The process that reads feeds for `monitor.crawl.feedpool`: `python -m monitor.crawl.feedworker`."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from monitor.core import serving
from monitor.core.dates import Months
from monitor.crawl.feeds import FEED_TYPES
from monitor.crawl.types import FeedSpec, Fetched, ParsedFeed


@dataclass(frozen=True, slots=True)
class _Head:
    """A body's address and headers, and how it is to be read."""

    kind: str
    base_url: str
    content_type: str
    zone: str
    now: datetime
    rules: dict[str, str] = field(default_factory=dict)


_MONTHS: TypeAdapter[Months] = TypeAdapter(Months)
_HEAD = TypeAdapter(_Head)
_PARSED = TypeAdapter(ParsedFeed)


def months_payload(months: Months) -> bytes:
    """What a worker is given first."""
    return _MONTHS.dump_json(dict(months))


def feed_head(spec: FeedSpec, fetched: Fetched, zone: ZoneInfo) -> bytes:
    """All that its reader must know of a body but the body."""
    kind = fetched.headers.get("content-type", "")
    return _HEAD.dump_json(_Head(spec.kind, fetched.final_url, kind, zone.key, fetched.at, spec.rules))


def parsed_from(answer: bytes) -> ParsedFeed:
    """What an answer holds. Errors: ValueError when it is none."""
    return _PARSED.validate_json(answer)


def answering(payload: bytes) -> serving.Answer:
    """Reads one body as `monitor.crawl.feeds` does."""
    months = _MONTHS.validate_json(payload)

    def answer(head: bytes, body: bytes) -> bytes:
        given = _HEAD.validate_json(head)
        parsed = FEED_TYPES[given.kind](
            body,
            base_url=given.base_url,
            content_type=given.content_type,
            zone=ZoneInfo(given.zone),
            now=given.now,
            rules=given.rules,
            months=months,
        )
        return _PARSED.dump_json(parsed)

    return answer


if __name__ == "__main__":
    serving.serve(answering)
