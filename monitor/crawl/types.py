"""Sources, feeds and the endings of a fetch, as data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from monitor.articles.selectors import NO_SELECTORS, PageSelectors
from monitor.core.ids import ArticleId, PageUrl, PlaceId, RawUrl, SourceId
from monitor.core.ledger import Ending, Reason

SOURCE_KINDS = (
    "national_agency", "national_daily", "regional_daily", "city_paper", "district_paper", "regional_tv",
    "official_regional", "official_national", "foreign_regional", "integration_media",
)  # fmt: skip
ARCHIVE = "archive:"  # stands for all archives of pages where a poll names its feed
FEED_KINDS = ("rss", "json", "sitemap", "html_list", "telegram")  # rss: RSS, RDF and Atom by content


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """One address to poll. `rules`: selectors of html_list (item, link, title, date), `site` of telegram."""

    url: str
    kind: str
    evidence: str = ""  # how sure the address is: seen-in-public-copy, conventional-path, unknown
    rules: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """One outlet as in config/sources/*.toml."""

    id: SourceId
    name: str
    name_en: str
    kind: str
    country: str
    region: PlaceId  # home region's place id, or country-by for national ones
    district: PlaceId | None
    languages: tuple[str, ...]
    site: str
    feeds: tuple[FeedSpec, ...]
    zone: str  # IANA time zone of dates without one
    show: str  # full | title | count_only
    enabled: bool
    why_not: str  # reason when not enabled
    notes: str
    page: PageSelectors = NO_SELECTORS  # how its pages are read, where they need it


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, sitemap or list page."""

    url: PageUrl
    title: str
    published_at: datetime | None  # aware UTC
    published_from: str  # feed | feed_no_zone | sitemap | list | post | ""
    guid: str = ""
    summary: str = ""  # plain text
    content: str = ""  # plain text of a full-text feed, else empty
    updated_at: datetime | None = None  # the feed's word on when it was changed last


class Rejected(NamedTuple):
    """An item that was dropped: why, and what it was, for the ledger and for the eyes of an operator."""

    reason: Reason
    what: str
    guid: str = ""
    title: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed reader made of one body. `warnings` are snake_case codes with a detail."""

    kind: str  # rss | atom | rdf | json | sitemap | news_sitemap | sitemap_index | html_list | telegram
    entries: tuple[Entry, ...]
    warnings: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    reason: Reason | None = None  # None when it could be read: NOT_A_FEED, FEED_BROKEN, FEED_EMPTY
    detail: str = ""
    parts: tuple[str, ...] = ()  # of a sitemap index: the sitemaps to be asked too
    ask_after_s: float = 0.0  # how long the feed itself wishes not to be asked again (ttl, sy:updatePeriod)


class FetchKind(StrEnum):
    """What is asked for: decides on the cap of bytes and on robots.txt (obeyed for pages and lists)."""

    FEED = "feed"  # made for machines: robots.txt of many sites shuts feeds off by accident of a template
    LIST = "list"
    PAGE = "page"
    ROBOTS = "robots"


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One GET to make. `etag` and `last_modified` are sent back exactly as the server gave them."""

    url: RawUrl
    kind: FetchKind
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body that arrived whole."""

    url: RawUrl
    final_url: RawUrl
    status: int
    headers: dict[str, str]  # lower-case names
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class NotModified:
    """304 to our conditional request."""

    url: RawUrl
    at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """No body, with the reason."""

    url: RawUrl
    reason: Reason
    at: datetime
    detail: str = ""
    status: int | None = None  # None: the page itself was not asked for or did not answer
    retry_after_s: float | None = None
    was_asked: bool = True  # False: put off, by what the host did before or wishes; it is no attempt


Outcome = Fetched | NotModified | Failed
FetchMany = Callable[[Sequence[FetchRequest]], list[Outcome]]  # answers in the order of the requests


@dataclass(frozen=True, slots=True)
class FeedState:
    """What we remember of one feed between polls."""

    source_id: SourceId
    feed_url: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    next_check_at: datetime | None = None
    failures: int = 0  # in a row
    first_check_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    rhythm_s: float | None = None  # usual gap between its items when it was last read; None: no dates
    floor_s: float = 0.0  # how long the server wishes not to be asked again
    asked_whole_at: datetime | None = None  # last body that came without a condition
    not_modified_at: datetime | None = None  # last 304
    distrusted_at: datetime | None = None  # its ETag and Last-Modified are not used since
    distrusted_until: datetime | None = None
    distrust_why: str = ""


@dataclass(frozen=True, slots=True)
class Distrust:
    """A feed that said "not modified" of a changed list: it is asked without a condition for a while."""

    feed: str
    since: datetime
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll of one feed as history; only polls that change something need be kept, and the last."""

    feed: str
    at: datetime
    is_good: bool
    overflow: bool
    previous_at: datetime | None  # of the poll before an overflow, whether given or not
    reason: str = ""  # ledger reason, or "blocked"
    in_use: bool = True  # False: its address has left the configuration


@dataclass(frozen=True, slots=True)
class ChangedEntry:
    """An entry whose page we have read and that was changed since; the page is due again at `fetch_at`."""

    article: ArticleId
    entry: Entry
    fetch_at: datetime
    listed_title: str  # as its feeds had it, the entry's first, one a line


@dataclass(frozen=True, slots=True)
class PollIntent:
    """Everything one poll writes: one value for good, unchanged and failed polls alike."""

    state: FeedState
    ending: Ending
    reason: Reason
    detail: str
    at: datetime
    status: int | None
    n_entries: int
    new: tuple[Entry, ...]
    overflow: bool
    warnings: tuple[str, ...]
    rejected: tuple[Rejected, ...] = ()
    changed: tuple[ChangedEntry, ...] = ()
