"""From a gap row to the row of a report: numbers copied, names looked up, nothing computed anew. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from monitor.core.ids import AgreementId, ArticleId, FamilyId, PlaceId, SourceId, TopicId
from monitor.crawl.types import Source
from monitor.gaps.rank import WAITING_POINTS
from monitor.gaps.rest import is_resting
from monitor.gaps.types import GapRow, SourceWatch, State
from monitor.register.due import due_state
from monitor.register.types import Agreement, Place, Register, Side
from monitor.reports.catalogue import Catalogue
from monitor.reports.plain import one_line
from monitor.reports.row_types import Certainty, Counted, Member, Row, Tally, Unread, Unseen, Watched, Weight
from monitor.reports.withhold import Withholding

NATIONAL = PlaceId("country-by")
GAP_STATES = (State.UNCOVERED, State.THIN)
WELL_WATCHED_SHARE = 0.5  # of the window: an outlet seen less than that is not said to be silent
NAMES_LIMIT = 3  # outlets named in one line; the rest are counted, and the sheet has all
RELATED_LIMIT = 1  # articles named as where a story could begin
TITLE_LIMIT = 300  # the longest title of the shipped register has 150 characters

_Named = TypeVar("_Named")
_OWN, _OTHER = (Side.BY,), (Side.PARTNER, Side.UNION)
_ROUNDED = 1e-5  # parts of the order are kept with six digits

COMMITTEE = "Executive Committee"  # how the gazetteer's English names of such bodies end

# From the party that would know best to the one that would know least.
_ASK_ORDER = (
    "company", "university", "organisation", "hospital", "zone", "media", "district", "city_district", "city",
    "region", "country", "union",
)  # fmt: skip
_BODY_KINDS = frozenset(_ASK_ORDER[:6])


@dataclass(frozen=True, slots=True)
class Names:
    """Where names come from: the register in the report's language and what may be shown of outlets."""

    register: Register
    words: Catalogue
    withholding: Withholding
    region: PlaceId

    def place(self, place: Place) -> str:
        """A place's name; foreign ones with their country."""
        name = self.place_name(place)
        home = self.register.places.get(PlaceId(f"country-{(place.country or 'by').lower()}"))
        if home is None or home.id in ("country-by", place.id) or place.kind == "union":
            return name
        return self.words.say("country", name=name, country=self.place_name(home))

    def place_name(self, place: Place) -> str:
        """A place's name in the report's language, else in that of the titles, else in English."""
        lang = self.words.lang if place.names.get(self.words.lang) else self.words.titles_lang
        return one_line(place.name(lang), TITLE_LIMIT)

    def parties(self, places: Iterable[PlaceId]) -> tuple[str, ...]:
        """Names of the parties of one side, each once."""
        return tuple(dict.fromkeys(self.place(self.register.places[place]) for place in places))

    def outlets(self, sources: Iterable[SourceId]) -> tuple[str, ...]:
        """Names of the outlets that may be named."""
        return tuple(name for source in sources if (name := self.withholding.name(source)))

    def topic(self, topic: TopicId) -> str:
        """A topic's title in the report's language."""
        titles = self.register.topics[topic].titles
        return one_line(titles.get(self.words.lang) or titles["en"])

    def title(self, agreement: Agreement) -> tuple[str, str]:
        """The agreement's title and its language: the catalogue's choice of the two that the register has."""
        if self.words.titles_lang == "ru" and agreement.title_ru:
            return one_line(agreement.title_ru, TITLE_LIMIT), "ru"
        return one_line(agreement.title, TITLE_LIMIT), "en"


@dataclass(frozen=True, slots=True)
class Silence:
    """Outlets of the region that were watched well enough to be called silent, the busiest first."""

    outlets: tuple[Source, ...]

    @classmethod
    def of(cls, sources: Iterable[Source], watch: Mapping[SourceId, SourceWatch], home: PlaceId) -> "Silence":
        """The well watched outlets at home in a region (or country-by for national ones)."""
        watched = [s for s in sources if s.enabled and s.region == home and _is_well_watched(watch.get(s.id))]
        return cls(tuple(sorted(watched, key=lambda s: (-watch[s.id].coop_originals, s.id))))

    def on(self, gap: GapRow, names: Names) -> list[Source]:
        """Those that wrote nothing on a family; papers of the parties' own districts first."""
        near: set[PlaceId] = set()
        for party in {p.place for m in gap.members for p in names.register.agreements[m].parties}:
            near |= {party, *names.register.ancestors(party)}
        silent = [source for source in self.outlets if source.id not in gap.counts.outlets]
        return sorted(silent, key=lambda source: source.district not in near)


@dataclass(frozen=True, slots=True)
class Before:
    """The previous table's rows by family; `rows` is None when there is no previous table."""

    rows: Mapping[FamilyId, GapRow] | None

    def is_new(self, gap: GapRow) -> bool:
        """A gap that the previous table did not have."""
        if self.rows is None or gap.state not in GAP_STATES:
            return False
        before = self.rows.get(gap.family)
        return before is None or before.state not in GAP_STATES

    def is_closed(self, gap: GapRow) -> bool:
        """A gap then, covered now. It needs an original found since, not a probability that drifted."""
        before = (self.rows or {}).get(gap.family)
        if before is None or before.state not in GAP_STATES or gap.state is not State.COVERED:
            return False
        return bool(set(gap.counts.origin_ids) - set(before.counts.origin_ids))


def report_row(
    gap: GapRow, names: Names, silence: Silence, before: Before, *, today: date, is_national: bool
) -> Row:
    """The row of one family."""
    agreements = _speaking_first(gap, names.register)
    topics = tuple(dict.fromkeys(t for a in agreements for t in a.topics))
    ask, ask_kind = _ask(agreements[0], names)
    own, other = (_parties(agreements[0], names, sides) for sides in (_OWN, _OTHER))
    return Row(
        family=gap.family,
        members=tuple(_member(a, names, gap.due_members, today) for a in agreements),
        own_side=names.parties(own),
        other_side=names.parties(other),
        topics=topics,
        topic_titles=tuple(names.topic(topic) for topic in topics),
        source=agreements[0].seed,
        related=related(gap),
        is_resting=is_resting(gap.rests, names.region),
        ask=names.place_name(names.register.places[ask]),
        ask_kind=ask_kind,
        is_national=is_national,
        is_new=before.is_new(gap),
        is_closed=before.is_closed(gap),
        state=gap.state.value,
        why_state=gap.why_state,
        flags=gap.flags,
        level=gap.level,
        kind=gap.kind,
        counted=_counted(gap, names),
        certainty=Certainty(
            p_gap=gap.posterior.p_below_norm,
            p_none=gap.posterior.p_none,
            mean=gap.posterior.mean,
            lo=gap.posterior.lo,
            hi=gap.posterior.hi,
            recall=gap.recall,
        ),
        watched=_watched(gap, names, silence),
        weight=_weight(gap),
        unseen=_unseen(gap),
        own_places=own,
        other_places=other,
        ask_place=ask,
        lead_topic=gap.angle.topic if gap.angle else None,
    )


def first_named(outlets: Sequence[_Named]) -> Sequence[_Named]:
    """Those that a line has room for; "and 1 other outlet" is no shorter than the name of that one."""
    return outlets if len(outlets) <= NAMES_LIMIT + 1 else outlets[:NAMES_LIMIT]


def related(gap: GapRow) -> tuple[ArticleId, ...]:
    """Articles on other agreements of the same parties that a story could begin from."""
    return tuple(ArticleId(a) for a in gap.angle.related[:RELATED_LIMIT]) if gap.angle else ()


def _counted(gap: GapRow, names: Names) -> Counted:
    origins, translations = set(gap.counts.origin_ids), set(gap.counts.translation_ids)
    return Counted(
        articles=gap.counts.articles,
        originals=gap.counts.originals,
        outlets=tuple(name for s in gap.counts.outlets if (name := names.withholding.name(s))),
        n_outlets=len(gap.counts.outlets),
        origins=tuple(ArticleId(a) for a in gap.counts.article_ids if a in origins),
        copies=tuple(ArticleId(a) for a in gap.counts.article_ids if a not in origins | translations),
        last_on=gap.counts.last_on,
        below_gate_pairs=gap.reasons.below_gate_pairs,
        undecided=gap.reasons.undecided,
        sibling_links=gap.reasons.sibling_links,
        unread_pages=gap.reasons.unread_pages,
        translations=tuple(ArticleId(a) for a in gap.counts.article_ids if a in translations),
        stages=_tallies(gap.counts.by_stage),
        depths=_tallies(gap.counts.by_depth),
    )


def _tallies(counts: Mapping[str, int]) -> tuple[Tally, ...]:
    return tuple(Tally(code, n) for code, n in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _unseen(gap: GapRow) -> Unseen:
    """The reasons of the table: of sources how many, since some may not be named."""
    why = gap.reasons
    return Unseen(
        unread=tuple(Unread(reason, pages) for reason, pages in sorted(why.unread_reasons.items())),
        dead=len(why.sources_dead),
        silent=len(why.sources_silent),
        overflowed=len(why.sources_overflowed),
        late=len(why.sources_late),
    )


def _watched(gap: GapRow, names: Names, silence: Silence) -> Watched:
    silent = silence.on(gap, names)
    named = first_named([source.id for source in silent if names.withholding.may_name(source.id)])
    return Watched(
        norm=gap.norm,
        weeks=gap.reasons.weeks,
        exposure_weeks=gap.exposure,
        sources_in_scope=gap.reasons.sources_in_scope,
        sources_observed=gap.reasons.sources_observed,
        outlets_without_address=gap.reasons.outlets_without_address,
        silent_outlets=names.outlets(named),
        n_silent_outlets=len(silent),
        silent_sources=tuple(named),
    )


def _weight(gap: GapRow) -> Weight | None:
    """The named parts of the order as the table has them."""
    parts = gap.importance
    if not parts:
        return None
    all_of_it = WAITING_POINTS * gap.posterior.p_below_norm
    return Weight(
        level=parts["level"],
        target=parts["target"],
        date=parts["date"],
        waiting=parts["waiting"],
        is_waiting=parts["waiting"] > all_of_it - _ROUNDED,
    )


def _is_well_watched(watch: SourceWatch | None) -> bool:
    if watch is None:
        return False
    return watch.observed_share >= WELL_WATCHED_SHARE and watch.silent_since is None and not watch.trouble


def _speaking_first(gap: GapRow, register: Register) -> list[Agreement]:
    """The family's agreements, the first due one in front: it speaks for the family."""
    order = sorted(gap.members, key=lambda m: (m not in gap.due_members, gap.members.index(m)))
    return [register.agreements[member] for member in order]


def _member(agreement: Agreement, names: Names, due: Sequence[AgreementId], today: date) -> Member:
    title, title_lang = names.title(agreement)
    return Member(
        id=agreement.id,
        title=title,
        title_lang=title_lang,
        kind=agreement.kind,
        status=agreement.status.value,
        signed=str(agreement.signed or ""),
        valid_until=str(agreement.valid_until or ""),
        not_due="" if agreement.id in due else due_state(agreement, today)[1],
        count=agreement.count,
    )


def _parties(agreement: Agreement, names: Names, sides: tuple[Side, ...]) -> tuple[PlaceId, ...]:
    """The places of one side; one that another party of the side lies in is left out."""
    places = [p.place for p in agreement.parties if p.side in sides]
    held = {parent for place in places for parent in names.register.ancestors(place)}
    return tuple(place for place in places if place not in held) or tuple(places)


def _ask(agreement: Agreement, names: Names) -> tuple[PlaceId, str]:
    """Whom to ask, and of what kind: a body, a place's executive committee if known, else the place."""
    register = names.register
    own = [register.places[p.place] for p in agreement.parties if p.side is Side.BY]
    own = own or [register.places[p.place] for p in agreement.parties]

    def nearest(place: Place) -> tuple[bool, bool, int]:
        here = names.region in (place.id, *register.ancestors(place.id))
        return place.country != "BY", not here, _ASK_ORDER.index(place.kind)

    best = min(own, key=nearest)
    if best.kind in _BODY_KINDS:
        return best.id, "body"
    for place in register.places.values():
        if place.parent == best.id and place.name_en.endswith(COMMITTEE) and place.country == "BY":
            return place.id, "body"
    return best.id, best.kind
