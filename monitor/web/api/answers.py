"""The shapes of answers that no room has already; the others are the facts that pages and reports stand on.

Dates and times are ISO 8601 in UTC, shares 0 to 1. What may not be shown is not in here but counted.
"""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.articles.search_store import Reach
from monitor.core.ids import AgreementId, ArticleId, FamilyId, PlaceId, SourceId, TopicId, Week
from monitor.gaps.said import OutletFigure
from monitor.linking.whole import Copy, FoundLink, Step, Tag
from monitor.reports.archive import Made
from monitor.reports.row_types import Proof, Row
from monitor.reports.types import (
    AgencyShare,
    BlindSpot,
    Dated,
    Method,
    PartnerCell,
    TopicPicture,
    Totals,
    WeekCount,
    Yearly,
)


@dataclass(frozen=True, slots=True)
class Table:
    """Which table of gaps an answer was read from. `is_old`: people corrected something since it was made."""

    week: Week
    region: PlaceId
    to_on: date  # last day counted
    is_demo: bool
    is_old: bool


@dataclass(frozen=True, slots=True)
class OverviewAnswer:
    """A region this week."""

    table: Table
    totals: Totals
    yearly: Yearly
    trend: tuple[WeekCount, ...]
    calendar: tuple[Dated, ...]
    blind_spots: tuple[BlindSpot, ...]  # outlets that may be named
    unnamed_blind_spots: int
    agency: AgencyShare | None
    method: Method


@dataclass(frozen=True, slots=True)
class GapsAnswer:
    """A part of the table as it was filtered and sorted."""

    table: Table
    total: int  # rows of all parts
    items: tuple[Row, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What somebody answered to a row: never who."""

    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class FamilyAnswer:
    """One family with its articles."""

    table: Table
    row: Row
    articles: tuple[Proof, ...]
    unnamed_articles: int
    answers: tuple[GivenAnswer, ...]


@dataclass(frozen=True, slots=True)
class PartyAnswer:
    """One party. `side`: by, partner or union."""

    place: PlaceId
    name: str
    side: str


@dataclass(frozen=True, slots=True)
class AgreementAnswer:
    """One row of the register. Days are as exact as the register has them, empty where it has none."""

    id: AgreementId
    family: FamilyId | None
    title: str
    title_ru: str
    kind: str
    status: str
    signed: str
    valid_until: str
    parties: tuple[PartyAnswer, ...]
    topics: tuple[TopicId, ...]
    is_monitored: bool


@dataclass(frozen=True, slots=True)
class AgreementsAnswer:
    """A part of the register, by id."""

    total: int
    items: tuple[AgreementAnswer, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class TopicsAnswer:
    """Topics of the register against topics of what is written."""

    table: Table
    topics: TopicPicture


@dataclass(frozen=True, slots=True)
class MatrixAnswer:
    """Regions against partner countries."""

    table: Table
    cells: tuple[PartnerCell, ...]


@dataclass(frozen=True, slots=True)
class ArticlesAnswer:
    """A part of the articles that a region's table counts, newest number first."""

    table: Table
    total: int
    unnamed: int  # counted and not told of
    items: tuple[Proof, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ArticleAnswer:
    """One article. `is_cooperation`: None where nobody has decided; `counts_from`: least p of a link."""

    id: ArticleId
    source: SourceId
    outlet: str
    url: str
    title: str
    lang: str
    published_at: datetime | None
    is_cooperation: bool | None
    paragraphs: tuple[str, ...]
    is_cut: bool
    topics: tuple[Tag, ...]
    links: tuple[FoundLink, ...]
    counts_from: float
    copies: tuple[Copy, ...]  # in outlets that may be named
    translations: tuple[Copy, ...]
    way: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """One article that a search found."""

    id: ArticleId
    source: SourceId
    outlet: str
    url: str
    title: str
    lang: str
    on: date


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """A part of what was found, the latest day first. A part may hold fewer than asked, and go on.

    `index`: what the search has read: whole, behind the newest articles, or empty, so that nothing is found.
    """

    items: tuple[FoundAnswer, ...]
    next: str | None
    index: Reach


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """How one feed answers."""

    url: str
    last_at: datetime | None
    last_ok_at: datetime | None
    next_check_at: datetime | None
    failures: int  # in a row
    reason: str


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """One source. `trouble`: empty when well; `observed_share`: of the window, None if not counted."""

    id: SourceId
    name: str
    kind: str
    region: PlaceId
    state: str  # on, ill, off
    why_not: str
    trouble: str
    since: date | None
    observed_share: float | None
    feeds: tuple[FeedAnswer, ...]


@dataclass(frozen=True, slots=True)
class SourcesAnswer:
    """A part of the sources, by id."""

    total: int
    unnamed: int
    items: tuple[SourceAnswer, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class OutletAnswer:
    """What one outlet wrote of its own region's agreements."""

    name: str
    figure: OutletFigure


@dataclass(frozen=True, slots=True)
class OutletsAnswer:
    """A part of the outlets, by id."""

    week: Week
    total: int
    unnamed: int
    items: tuple[OutletAnswer, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """One run of a job. `ending`: None while it lasts."""

    id: int
    job: str
    started_at: datetime
    ended_at: datetime | None
    ending: str | None
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class RunsAnswer:
    """A part of the runs, the latest first, and which judgements count now."""

    current: dict[str, str]  # stage: fingerprint
    items: tuple[RunAnswer, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReportsAnswer:
    """A part of the reports that were made, newest week first."""

    total: int
    items: tuple[Made, ...]
    next: str | None
