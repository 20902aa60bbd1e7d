"""What a gap table says beside its rows and beside the state of a row, as data."""

from dataclasses import dataclass
from datetime import date

from monitor.core.ids import AgreementId, FamilyId, PlaceId, SourceId, TopicId, Week


@dataclass(frozen=True, slots=True)
class AuditFigure:
    """What the audit says of one link class and language, in answers of full weight."""

    stratum: str  # "both/ru"
    linkable: int
    linked: int
    links_checked: int
    links_right: int


@dataclass(frozen=True, slots=True)
class AuditNote:
    """What the certainty of a table stands on."""

    last_week: Week | None  # the last audited one
    weeks: int
    texts: int  # answered
    part_held: float  # of the answers' weight that still counts, 0..1
    assumed: bool  # nobody has audited, or so long ago that nothing is left of it
    figures: tuple[AuditFigure, ...]
    rest_texts: int  # audited texts that nothing speaks for
    rest_missed: int  # of these on an agreement all the same
    rest_upper: float  # at most this share of them are, with 95 % certainty


NO_AUDIT = AuditNote(None, 0, 0, 0.0, assumed=True, figures=(), rest_texts=0, rest_missed=0, rest_upper=1.0)


@dataclass(frozen=True, slots=True)
class NextDate:
    """Something coming up; a day known to the month or year only spans all of it."""

    first_on: date
    last_on: date
    what: str  # anniversary | term_end | target | event
    agreement: AgreementId | None  # None: an event of the calendar
    detail: str  # years, metric or event


@dataclass(frozen=True, slots=True)
class Rest:
    """Why a row is not put before the editors of a region again before a day."""

    region: PlaceId  # empty: of all regions
    until: date  # first day on which it may be shown
    why: str  # shown, or what was answered: working | not_news | remind | wrong | missed


@dataclass(frozen=True, slots=True)
class Angle:
    """Where a story on a family could begin."""

    topic: TopicId | None  # documented, and not written about where another is
    related: tuple[int, ...]  # originals on families with the same parties, the latest first


@dataclass(frozen=True, slots=True)
class TopicFigure:
    """One topic: due families that list it against cooperation originals that carry it."""

    topic: TopicId
    families: int
    register_share: float
    originals: int
    counted_share: float
    share: float | None  # corrected by the audit; None where the audit cannot tell
    lo: float | None  # 95 %, of the corrected share, else of the counted one
    hi: float | None


@dataclass(frozen=True, slots=True)
class TopicTable:
    """Both sides of the comparison, over all regions and all sources watched."""

    n_families: int  # due
    n_originals: int
    is_enough: bool  # enough originals to compare at all
    figures: tuple[TopicFigure, ...]  # by falling register share


@dataclass(frozen=True, slots=True)
class OutletFigure:
    """What an outlet wrote of the due families of its own region. Units: weeks."""

    source: SourceId
    region: PlaceId
    observed_weeks: float
    weeks: float
    originals: int  # cooperation originals of its own
    touched: tuple[FamilyId, ...]  # that it carried at least once, copies too
    untouched: tuple[FamilyId, ...]
    is_telling: bool  # observed well enough for its silence to say something


@dataclass(frozen=True, slots=True)
class AgencyFigure:
    """How much of what is reported on a region's families comes from national agencies."""

    region: PlaceId
    originals: int
    by_agency: int
    articles: int
    of_agency: int  # articles that are an agency's or a copy of one


@dataclass(frozen=True, slots=True)
class YearFigure:
    """The share of a region's due families with at least one original report in 52 weeks."""

    region: PlaceId
    from_on: date
    to_on: date
    families: int  # due, findable, watched enough and long enough
    with_original: int  # found
    found_share: float
    share: float  # what exists, seen or not
    lo: float  # 95 %
    hi: float
