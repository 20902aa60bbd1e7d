"""Where a story that somebody says we missed was lost: the last stage that it reached, and why. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from monitor.articles.types import ArticleState
from monitor.core.ids import FamilyId, PageUrl, SourceId
from monitor.core.ledger import Reason
from monitor.crawl.types import Source


class LostAt(StrEnum):
    """The stage that lost a story, in the order of its way."""

    PRINT = "print"  # it appeared in print only
    OUTLET = "outlet"  # none of our sources has that host
    OFF = "off"  # the source is listed but not read
    LIST = "list"  # no list that we read had it
    FETCH = "fetch"
    EXTRACT = "extract"
    TAG = "tag"
    LINK = "link"
    ELSEWHERE = "elsewhere"  # it counts, for other agreements than the one asked about
    WAITING = "waiting"  # on its way; the reason is the stage that is due
    NOWHERE = "nowhere"  # it counts; reason "copy": as a reprint


# What a stage of the list can be charged with beside the reasons of the ledger
NEVER_POLLED, NEVER_LISTED, COPY, IS_OFF = "never_polled", "never_listed", "copy", "off"

# Not lost by us, or not lost at all: they say nothing of what we miss
NO_LOSS = frozenset({LostAt.NOWHERE, LostAt.WAITING, LostAt.ELSEWHERE})


@dataclass(frozen=True, slots=True)
class Polled:
    """What the polls of one source say. `since`: the first; `reason`: of the last, "ok" when it was well."""

    since: datetime | None
    reason: str
    has_overflowed: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of one article. `label` None: a person must decide."""

    id: int
    source_id: SourceId
    title: str
    published_at: datetime | None
    state: ArticleState
    is_origin: bool
    page_reason: str  # of the last ending of fetching or reading, "" before the first
    page_stage: str  # fetch | extract | ""
    is_judged: bool
    label: bool | None
    is_linked: bool  # linking has come to it
    link_reason: str
    families: tuple[FamilyId, ...]  # that it counts for


@dataclass(frozen=True, slots=True)
class Lost:
    """The answer: where, why, and what was found on the way."""

    stage: LostAt
    reason: str
    source_id: SourceId | None = None
    article_id: int | None = None
    families: tuple[FamilyId, ...] = ()
    since: datetime | None = None  # of stage list: since when the source is read

    @property
    def is_loss(self) -> bool:
        """Whether it belongs to the floor of what we miss."""
        return self.stage not in NO_LOSS


def source_of(url: PageUrl, sources: Iterable[Source]) -> Source | None:
    """The source whose site or feed has the host of an address; one that is read before one that is not."""
    host = _host(url)
    found = [source for source in sources if any(_is_within(host, own) for own in _hosts(source))]
    return min(found, key=lambda source: (not source.enabled, source.id), default=None)


def not_listed(source: Source | None, polled: Polled | None) -> Lost:
    """Where an address was lost of which nothing is stored."""
    if source is None:
        return Lost(LostAt.OUTLET, "")
    if not source.enabled:
        return Lost(LostAt.OFF, IS_OFF, source.id)
    if polled is None or polled.since is None:
        return Lost(LostAt.LIST, NEVER_POLLED, source.id)
    reason = NEVER_LISTED
    if polled.reason not in (Reason.OK, Reason.NOT_MODIFIED):
        reason = polled.reason
    elif polled.has_overflowed:
        reason = Reason.OVERFLOW.value
    return Lost(LostAt.LIST, reason, source.id, since=polled.since)


def of_stored(article: Stored, wanted: FamilyId | None) -> Lost:
    """Where a stored article was lost on its way to a family, or to any when none is asked about."""
    stage, reason = _stage(article, wanted)
    return Lost(stage, reason, article.source_id, article.id, article.families)


def _stage(article: Stored, wanted: FamilyId | None) -> tuple[LostAt, str]:
    if article.state is not ArticleState.READY:
        return _unread(article)
    if not article.is_judged:
        return LostAt.WAITING, "tag"
    if not article.label:
        undecided = article.label is None
        return LostAt.TAG, (Reason.GATE_UNDECIDED if undecided else Reason.BELOW_GATE).value
    if not article.is_linked and not article.families:
        return LostAt.WAITING, "link"
    return _linked(article, wanted)


def _linked(article: Stored, wanted: FamilyId | None) -> tuple[LostAt, str]:
    if not article.families:
        return LostAt.LINK, article.link_reason or Reason.NO_AGREEMENT.value
    if wanted and wanted not in article.families:
        return LostAt.ELSEWHERE, ""
    return LostAt.NOWHERE, "" if article.is_origin else COPY


def _unread(article: Stored) -> tuple[LostAt, str]:
    if article.page_stage == "extract":
        return LostAt.EXTRACT, article.page_reason
    if article.page_reason:
        return LostAt.FETCH, article.page_reason
    return LostAt.WAITING, "fetch"


def _hosts(source: Source) -> set[str]:
    return {host for url in (source.site, *(feed.url for feed in source.feeds)) if (host := _host(url))}


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _is_within(host: str, own: str) -> bool:
    return host == own or host.endswith(f".{own}")
