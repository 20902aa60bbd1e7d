"""Counts, exposure and the state of each family, as data."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from monitor.core.ids import AgreementId, FamilyId, PlaceId, SourceId, TopicId, Week
from monitor.gaps.said import (
    NO_AUDIT,
    AgencyFigure,
    Angle,
    AuditNote,
    NextDate,
    OutletFigure,
    Rest,
    TopicTable,
    YearFigure,
)


class State(StrEnum):
    """What can be said of a family; the first that fits (docs/method.md)."""

    NOT_DUE = "not_due"
    UNMEASURED = "unmeasured"
    UNCOVERED = "uncovered"
    THIN = "thin"
    COVERED = "covered"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class FamilyCounts:
    """Everything counted for one family in one window; the only source of numbers in report and table."""

    family: FamilyId
    articles: int
    originals: int  # one a story: copies and translations count once, on the day of the first publication
    outlets: tuple[SourceId, ...]  # that carried it, copies too
    by_side: dict[str, int]  # originals in the "by" and the "partner" press
    by_stage: dict[str, int]
    by_depth: dict[str, int]
    article_ids: tuple[int, ...]  # all counted, newest first
    origin_ids: tuple[int, ...]  # the originals among them
    last_on: date | None
    translation_ids: tuple[int, ...] = ()  # the first of each text that tells an original in another language


@dataclass(frozen=True, slots=True)
class SourceWatch:
    """How well one source was watched in the window."""

    source: SourceId
    observed_share: float  # of the window, 0..1
    coop_originals: int  # cooperation originals seen from it in the window
    silent_since: date | None
    trouble: str  # ledger reason of the last failed poll or "blocked", "" when well
    trouble_since: date | None = None
    odd: str = ""  # answers and writes, but: "volume_down", "no_text" or "doubles"; "" when well
    odd_since: date | None = None


@dataclass(frozen=True, slots=True)
class Posterior:
    """What exists in the press we watch, seen or not: N originals in the window."""

    mean: float
    lo: int  # 95 % interval
    hi: int
    pmf: tuple[float, ...]  # P(N=0), P(N=1), ... until .999
    p_none: float
    p_below_norm: float


@dataclass(frozen=True, slots=True)
class Reasons:
    """A zero split into its possible causes; each a count of items or weeks from the ledger."""

    sources_in_scope: int
    sources_observed: int
    sources_dead: tuple[SourceId, ...]
    sources_silent: tuple[SourceId, ...]
    outlets_without_address: int  # listed for the region but not watched
    weeks: float  # that the family was due in the window; those observed are the row's exposure
    below_gate_pairs: int  # both parties named, article judged not cooperation
    undecided: int  # waiting for a person
    sibling_links: int  # linked to a related agreement only
    unread_pages: int  # listed by a source in scope, page or text not had
    unread_reasons: dict[str, int] = field(default_factory=dict)  # ledger reason -> pages; "" none yet
    sources_overflowed: tuple[SourceId, ...] = ()  # items may have scrolled off unseen
    sources_late: tuple[SourceId, ...] = ()  # known only since the window began


@dataclass(frozen=True, slots=True)
class GapRow:
    """One family in one window: counts, certainty, state and why."""

    family: FamilyId
    members: tuple[AgreementId, ...]
    due_members: tuple[AgreementId, ...]
    window_weeks: int
    level: str  # national | region | city | district
    kind: str  # government | company | university | other
    norm: int
    counts: FamilyCounts
    exposure: float  # weeks, weighted
    recall: float
    posterior: Posterior
    state: State
    flags: tuple[str, ...]
    why_state: str  # code of the rule that decided
    reasons: Reasons
    importance: dict[str, float] = field(default_factory=dict)  # named parts that add up to the order score
    score: float = 0.0
    dates: tuple[NextDate, ...] = ()  # of the year ahead
    facts: str = ""  # fingerprint of what would be news to who has seen the row
    rests: tuple[Rest, ...] = ()
    angle: Angle | None = None  # of a gap


@dataclass(frozen=True, slots=True)
class GapTable:
    """All rows of one week with the versions they stand on."""

    week: Week
    window_weeks: int
    from_on: date
    to_on: date  # last day counted
    register_version: str
    tag_version: str
    link_version: str
    rows: tuple[GapRow, ...]
    watch: tuple[SourceWatch, ...]
    topic_articles: dict[TopicId, int]  # published cooperation originals by topic
    regions: dict[FamilyId, tuple[PlaceId, ...]]  # interest regions
    audit: AuditNote = NO_AUDIT
    topics: TopicTable | None = None  # None in tables made before they were counted
    outlets: tuple[OutletFigure, ...] = ()
    agencies: tuple[AgencyFigure, ...] = ()
    years: tuple[YearFigure, ...] = ()  # this window
    years_before: tuple[YearFigure, ...] = ()  # as the table of a year ago told them
