"""The facts of one row of a report: a family with its numbers and names, an article that counts for it."""

from dataclasses import dataclass
from datetime import date

from monitor.core.ids import AgreementId, ArticleId, FamilyId, PlaceId, SourceId, TopicId


@dataclass(frozen=True, slots=True)
class Proof:
    """One counted article as it may be shown. Not named: title, url and outlet are empty, it still counts."""

    article: ArticleId
    is_named: bool
    title: str
    url: str
    outlet: str
    published_on: date | None
    is_original: bool
    families: tuple[FamilyId, ...]
    is_translation: bool = False  # of an original that is counted


@dataclass(frozen=True, slots=True)
class Member:
    """One agreement of a family. Dates are YYYY, YYYY-MM or YYYY-MM-DD, empty where the source gives none."""

    id: AgreementId
    title: str
    title_lang: str  # the register has Russian and English titles only
    kind: str
    status: str
    signed: str
    valid_until: str
    not_due: str  # reason of monitor.register.due, empty when due
    count: int | None  # aggregates: how many documents the source speaks of


@dataclass(frozen=True, slots=True)
class Tally:
    """So many originals of one kind."""

    code: str
    n: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What was found of one family, and what was near."""

    articles: int
    originals: int
    outlets: tuple[str, ...]  # that carried it and may be named
    n_outlets: int
    origins: tuple[ArticleId, ...]  # newest first
    copies: tuple[ArticleId, ...]  # of originals and of translations
    last_on: date | None
    below_gate_pairs: int
    undecided: int
    sibling_links: int
    unread_pages: int
    translations: tuple[ArticleId, ...] = ()  # one a text that tells an original in another language
    # originals by what they tell of and by where they name the sides, the commonest first; empty: not told
    stages: tuple[Tally, ...] = ()
    depths: tuple[Tally, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """Pages that could not be read, by the ledger's reason; empty: they were not asked for yet."""

    reason: str
    pages: int


@dataclass(frozen=True, slots=True)
class Unseen:
    """What may have kept stories of a row from us: unread pages, and so many sources; none is named."""

    unread: tuple[Unread, ...]
    dead: int
    silent: int
    overflowed: int
    late: int  # read only since some time into the window


@dataclass(frozen=True, slots=True)
class Certainty:
    """The posterior of what exists, in the report's words: P(N < norm), P(N = 0), mean and 95 % interval."""

    p_gap: float
    p_none: float
    mean: float
    lo: int
    hi: int
    recall: float


@dataclass(frozen=True, slots=True)
class Watched:
    """How one family was watched. `*weeks` are weeks."""

    norm: int  # originals expected in `weeks`
    weeks: float  # of the window, as long as we have watched
    exposure_weeks: float  # weeks of full attention that our watching amounts to
    sources_in_scope: int
    sources_observed: int
    outlets_without_address: int
    silent_outlets: tuple[str, ...]  # of the region, well watched, nothing found; may be named
    n_silent_outlets: int
    silent_sources: tuple[SourceId, ...] = ()  # those named in `silent_outlets`, to name them otherwise


@dataclass(frozen=True, slots=True)
class Weight:
    """Points that give a gap its place in the list, each times its probability; they add up to the order."""

    level: float  # whose agreement it is
    target: float  # a promised figure falls due
    date: float  # a round anniversary or the end of the term is near
    waiting: float  # not shown lately
    is_waiting: bool  # never shown, or so long ago that `waiting` has all its points

    @property
    def total(self) -> float:
        """The points that the list is ordered by."""
        return self.level + self.target + self.date + self.waiting


@dataclass(frozen=True, slots=True)
class Row:
    """One family: the numbers of its gap row and the names that go with them."""

    family: FamilyId
    members: tuple[Member, ...]  # the one that speaks for the family first
    own_side: tuple[str, ...]
    other_side: tuple[str, ...]  # foreign parties with their country, unions
    topics: tuple[TopicId, ...]  # main first
    topic_titles: tuple[str, ...]
    source: str  # where the register has it from: code of the catalogue's [source]
    related: tuple[ArticleId, ...]  # newest originals on other families of these parties
    is_resting: bool  # shown often enough or answered: not put before the region's editors now
    ask: str  # the Belarusian party or body that would know
    ask_kind: str  # body, or the kind of place whose body it is: code of the catalogue's [ask]
    is_national: bool  # in the national block, not of the region itself
    is_new: bool  # a gap now and not in the previous table
    is_closed: bool  # covered now, a gap in the previous table, with an original found since
    state: str
    why_state: str
    flags: tuple[str, ...]
    level: str
    kind: str
    counted: Counted
    certainty: Certainty
    watched: Watched
    weight: Weight | None  # None: no gap and cannot be one
    unseen: Unseen | None = None  # None: not kept by the program that made the report
    own_places: tuple[PlaceId, ...] = ()  # of `own_side`, so that another language can name them
    other_places: tuple[PlaceId, ...] = ()
    ask_place: PlaceId | None = None
    lead_topic: TopicId | None = None  # of a gap: what a story could begin with, a topic not written about
