"""The facts of one report: everything the formats may use and nothing else.

Names stand in the report's language, texts are clean single lines, and what may not be shown is not in here.
Sentences are made from these facts by `letter` with the words of `locale/<lang>.toml`.
"""

from dataclasses import dataclass
from datetime import date

from monitor.core.ids import ArticleId, FamilyId, PlaceId, SourceId, TopicId, Week
from monitor.reports.row_types import Proof, Row

SCHEMA = 5  # of the facts; stored facts of another schema are refused, not guessed at


@dataclass(frozen=True, slots=True)
class ArticleFact:
    """What a report needs of one stored article, before anything is withheld. `url` as stored."""

    id: ArticleId
    source_id: SourceId
    url: str
    title: str
    published_on: date | None


@dataclass(frozen=True, slots=True)
class TopicShare:
    """One topic: due families that list it against cooperation originals that carry it."""

    topic: TopicId
    title: str
    families: int
    originals: int
    register_share: float
    coverage_share: float
    coverage_lo: float  # 95 % interval: of the corrected share, else of the counted one
    coverage_hi: float


@dataclass(frozen=True, slots=True)
class TopicPicture:
    """Both sides of the comparison, over all regions and all sources watched."""

    shares: tuple[TopicShare, ...]  # all topics, by falling register share
    n_families: int  # due families
    n_originals: int  # cooperation originals
    is_enough: bool  # enough originals to compare at all


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """One source that we should see and do not, or not wholly."""

    source: SourceId
    name: str  # empty where the outlet may not be named
    trouble: str  # ledger reason, "silent" or "never_seen"
    since: date | None
    observed_share: float


@dataclass(frozen=True, slots=True)
class WatchedSource:
    """One source of the region's scope, for the sheet."""

    source: SourceId
    name: str  # empty where the outlet may not be named
    kind: str
    is_enabled: bool
    observed_share: float
    coop_originals: int
    silent_since: date | None
    trouble: str
    asked: int | None  # due agreements of its own region; None: not of this region, or not watched enough
    touched: int | None  # of these: that it carried at least once, reprints too


@dataclass(frozen=True, slots=True)
class AgencyShare:
    """What was found on the region's agreements, and how much of it comes from national agencies."""

    originals: int
    by_agency: int
    articles: int
    of_agency: int  # an agency's own, or a reprint of it


@dataclass(frozen=True, slots=True)
class PartnerCell:
    """One region and one partner country: families that are due, and what was found of them."""

    region: PlaceId
    region_name: str
    country: PlaceId
    country_name: str
    due: int
    with_original: int


@dataclass(frozen=True, slots=True)
class WeekCount:
    """Originals of one week on the region's agreements. Not watched: nothing can be said of it."""

    week: Week
    begins_on: date
    originals: int
    families: int  # agreements that they report on
    is_watched: bool


@dataclass(frozen=True, slots=True)
class Dated:
    """One entry of the calendar. `kind`: code of the catalogue's [calendar]."""

    on: date
    until: date | None  # last day where it lasts longer
    kind: str
    name: str  # of the holiday or the agreement, in the report's language
    country: str  # of a partner's holiday, else empty
    family: FamilyId | None  # None for holidays
    day: str  # as exactly as the register knows it: YYYY, YYYY-MM or YYYY-MM-DD
    years: int  # of an anniversary, else 0


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many found up to a day, and the 95 % interval of the share that exists, seen or not."""

    n: int
    of: int
    lo: float
    hi: float
    to_on: date


@dataclass(frozen=True, slots=True)
class Yearly:
    """The share of watched due agreements with at least one original: now, and in the year before."""

    now: Share | None  # None: none was watched closely enough
    before: Share | None  # None: no table of a year ago is kept


@dataclass(frozen=True, slots=True)
class Amended:
    """One agreement of which the mail before this correction said something else."""

    family: FamilyId
    title: str
    title_lang: str
    state_before: str  # empty: it did not stand in that mail
    state: str  # empty: it stands in this one no more
    originals_before: int
    originals: int


@dataclass(frozen=True, slots=True)
class Correction:
    """What this report corrects of the one that was sent."""

    of: str  # id of that report
    why: str  # the operator's words, one line, may be empty
    amended: tuple[Amended, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Families of the region by state, and what is measured of them."""

    families: int
    due: int
    uncovered: int
    thin: int
    covered: int
    undecided: int
    unmeasured: int
    not_due: int
    watched: int  # due, findable, watched enough and long enough: the base of the yearly figure
    with_original: int  # of the watched, at least one original found
    measured: int  # due without the unmeasured
    new_gaps: int
    closed_gaps: int


@dataclass(frozen=True, slots=True)
class Sections:
    """Families of each section of the mail in reading order; long ones are cut, the sheet has all."""

    gaps: tuple[FamilyId, ...]
    thin: tuple[FamilyId, ...]
    national: tuple[FamilyId, ...]
    closed: tuple[FamilyId, ...]
    pending: tuple[FamilyId, ...]  # "what became of it?"
    covered: tuple[FamilyId, ...]
    undecided: tuple[FamilyId, ...]
    unmeasured: tuple[FamilyId, ...]


@dataclass(frozen=True, slots=True)
class Audited:
    """What people have checked so far, and how much of it still counts."""

    last_week: Week
    weeks: int
    texts: int
    part_held: float  # of the answers' weight, 0..1
    links_checked: int  # in answers of full weight
    links_right: int
    rest_texts: int  # checked texts that nothing had spoken for
    rest_missed: int  # of these on an agreement all the same
    rest_upper: float  # at most this share of such texts, with 95 % certainty


@dataclass(frozen=True, slots=True)
class Method:
    """What the numbers stand on. `notes` are codes of the catalogue's [method_note]."""

    register_version: str
    tag_version: str
    link_version: str
    window_weeks: int
    watched_weeks: float
    sources_watched: int  # enabled sources of the scope that were observed at all
    sources_in_scope: int
    sources_not_enabled: int  # listed for the region but not watched
    recall: float | None  # mean over measured rows, None where there are none
    lost_stories: int | None  # named by people, lost by us, in all regions: a floor; None: not counted then
    notes: tuple[str, ...]
    audited: Audited | None = None  # None: nobody has checked anything, or it was not told then


@dataclass(frozen=True, slots=True)
class Report:
    """One region, one week, one language."""

    schema: int
    id: str  # 2026-W47-by-mogilev-region-ru
    week: Week
    region: PlaceId
    region_name: str
    lang: str
    from_on: date
    to_on: date  # last day counted
    is_demo: bool
    has_previous: bool
    totals: Totals
    rows: tuple[Row, ...]
    sections: Sections
    articles: tuple[Proof, ...]
    topics_wanted: tuple[TopicId, ...]  # the reader's choice, rows of others are left out; empty: all
    topics: TopicPicture
    partners: tuple[PartnerCell, ...]  # of all regions, busiest countries first
    trend: tuple[WeekCount, ...]  # twelve weeks, oldest first
    calendar: tuple[Dated, ...]  # 60 days ahead
    yearly: Yearly
    correction: Correction | None
    blind_spots: tuple[BlindSpot, ...]
    watch: tuple[WatchedSource, ...]
    agency: AgencyShare | None  # None: nothing was found, or the table is older than the count
    method: Method

    def row(self, family: FamilyId) -> Row:
        """The row of a family. Raises KeyError when it is not in the report."""
        for row in self.rows:
            if row.family == family:
                return row
        raise KeyError(family)

    def proof(self, article: ArticleId) -> Proof:
        """An article by id. Raises KeyError when it is not in the report."""
        for proof in self.articles:
            if proof.article == article:
                return proof
        raise KeyError(article)
