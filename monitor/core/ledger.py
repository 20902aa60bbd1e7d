"""The ledger: every ending of every item at every stage, with its reason from a closed list. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    """Where an item was when it ended."""

    POLL = "poll"  # item = feed URL; for a rejected entry with its mark behind a "#"
    FETCH = "fetch"  # item = page URL as listed
    EXTRACT = "extract"  # item = article id, as in the stages below
    TAG = "tag"
    LINK = "link"


class Ending(StrEnum):
    """How an item left a stage."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class Reason(StrEnum):
    """Why. Closed: a new reason needs a line here and in docs/method.md."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    # outside world
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    RATE_LIMITED = "rate_limited"
    ROBOTS = "robots"
    PRIVATE_ADDRESS = "private_address"
    BAD_URL = "bad_url"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    TOO_LARGE = "too_large"
    ARCHIVE_HOLE = "archive_hole"  # a day of which an archive holds nothing at all
    BAD_ENCODING = "bad_encoding"
    SOURCE_OFF = "source_off"  # its outlet was switched off before the page was had
    # feeds
    NOT_A_FEED = "not_a_feed"
    FEED_BROKEN = "feed_broken"
    FEED_EMPTY = "feed_empty"
    OVERFLOW = "overflow"
    ENTRY_WITHOUT_LINK = "entry_without_link"
    # pages and texts
    NOT_HTML = "not_html"
    NO_TEXT = "no_text"
    NO_DATE = "no_date"  # published unknown: first seen is used
    LANGUAGE_NOT_READ = "language_not_read"
    DUPLICATE_URL = "duplicate_url"
    # judgement
    BELOW_GATE = "below_gate"
    GATE_UNDECIDED = "gate_undecided"
    TOPIC_UNDECIDED = "topic_undecided"
    NO_PARTY_PAIR = "no_party_pair"
    NO_AGREEMENT = "no_agreement"
    SIBLING_ONLY = "sibling_only"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One ending. `item` is the feed URL, page URL or article id as text; unique with stage and version."""

    stage: Stage
    item: str
    ending: Ending
    reason: Reason
    at: datetime
    source_id: str | None = None
    detail: str = ""  # for the operator, at most 300 characters
    version: str = ""  # of the model, register or code that decided
