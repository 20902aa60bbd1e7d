"""Which families a text could be about: those whose two sides it names, or implies by a place near by."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.core.ids import PlaceId
from monitor.linking.types import Mention
from monitor.linking.wording import Rarity, stems, token_line
from monitor.register.types import Agreement, Family, Place, Register, Side

# How surely a mention names a party: 1 is its own name, less is a hint. Set by hand.
NAMED = 1.0
_ADJECTIVE = 0.9  # "могилёвский": the place, or something in it
_OTHER_READING = 0.5  # context chose the region, the party is its capital
_BODY = 0.8  # a region by its executive committee or council
_SEAT_TOWN = 0.7  # a district by its own town, and the other way round
_COUNTRY = 0.6  # a country by anything in it
_REGION = 0.45  # a region by a town or district in it
_BY_COMPANY = 0.35  # a place by a company, university or paper that sits there
_OUTLET = 0.35  # a place by being home to the outlet
_SEAT = 0.1  # a company by the place it sits in, before its words are looked at
_TEXT_WORDS = 0.3  # how much the words of its name add when all of them stand in the text
_SENTENCE_WORDS = 0.45  # how much more when all stand in one sentence
_FEW_WORDS = 0.2  # share of a name below which sentences are not looked at
_WEAKEST_SIDE = 0.1  # below this a side is neither named nor implied
_UNION = frozenset({"union"})
_SEATED = frozenset({"company", "organisation", "university", "hospital", "media", "zone"})


class Named(NamedTuple):
    """How a text names one party; `mentions` are indices into the article's mentions, best first."""

    place: PlaceId
    strength: float  # 0 (not at all) to 1 (its own name)
    mentions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Handles:
    """The parties of a family, by side, as candidates and features need them."""

    family: Family
    home: tuple[
        PlaceId, ...
    ]  # Belarusian side; of a union's row the Belarusian or, failing that, all parties
    partner: tuple[PlaceId, ...]  # foreign side; a union's row: its union and bodies
    members: tuple[Agreement, ...]
    is_union: bool
    by_words: bool  # nothing but common names: the document itself has to be named
    home_set: frozenset[PlaceId]
    partner_set: frozenset[PlaceId]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A family that a text may be about, and how its two sides are named."""

    handles: Handles
    home: tuple[Named, ...]
    partner: tuple[Named, ...]

    @property
    def weaker_side(self) -> float:
        """Strength of the side that is named less well."""
        return min(max(n.strength for n in self.home), max(n.strength for n in self.partner))


def handles_of(family: Family, register: Register) -> Handles:
    """The sides of a family. A union's row has no partner pair: its union and bodies are the partner side."""
    members = tuple(register.agreements[member] for member in family.members)
    sides: dict[Side, list[PlaceId]] = defaultdict(list)
    for party in members[0].parties:
        if party.place not in sides[party.side]:
            sides[party.side].append(party.place)
    home, partner, union = (tuple(sides[side]) for side in (Side.BY, Side.PARTNER, Side.UNION))
    is_union = not (home and partner)
    home, partner = home or (*partner, *union), (*partner, *union) or home
    return Handles(
        family=family,
        home=home,
        partner=partner,
        members=members,
        is_union=is_union,
        by_words=is_union and not sides[Side.BY],
        home_set=frozenset(home),
        partner_set=frozenset(partner),
    )


def findability(family: Family, register: Register) -> float:
    """How well a report on the family can be found: 1 both sides have own names, 0 no handle at all.

    Rows whose parties are only countries or unions need words of the document too: .7 where a member's title
    has such words, else .3.
    """
    handles = handles_of(family, register)
    places = [register.places[p] for p in (*handles.home, *handles.partner)]
    if not all(any(register.places[p].names.values()) for p in family.places):
        return 0.0
    titled = any(own_words(member, register) for member in handles.members)
    if handles.by_words:
        return 0.7 if titled else 0.0
    if all(place.kind in ("country", "union") for place in places):
        return 0.7 if titled else 0.3
    return 1.0


def own_words(member: Agreement, register: Register, language: str = "ru") -> frozenset[str]:
    """Stems of a member's title that do not belong to the names of its parties and of what they lie in."""
    title = member.title if language == "en" else member.title_ru
    own = stems(token_line(title))
    return own - frozenset().union(*(name_stems(party.place, register) for party in member.parties))


def name_stems(place: PlaceId, register: Register) -> frozenset[str]:
    """Stems of every name and adjective of a place and, for geographic ones, of the places around it."""
    found: set[str] = set()
    for at in (place, *register.ancestors(place)):
        known = register.places[at]
        for table in (known.names, known.adjectives):
            for names in table.values():
                found.update(*(stems(token_line(name)) for name in names))
    return frozenset(found)


class Finding:
    """What one text names: strength and mentions of each place that is named or implied."""

    __slots__ = ("mentions", "strength")

    def __init__(self) -> None:
        self.strength: dict[PlaceId, float] = {}
        self.mentions: dict[PlaceId, list[int]] = {}

    def note(self, place: PlaceId, strength: float, mention: int | None) -> None:
        """Take a hint: the strongest counts, its mentions are kept first."""
        known = self.strength.get(place, 0.0)
        if strength > known:
            self.strength[place] = strength
            self.mentions[place] = [] if mention is None else [mention]
        elif strength == known and mention is not None:
            self.mentions[place].append(mention)


class Candidates:
    """Finds candidates; built once from a register, then pure."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.handles = tuple(handles_of(family, register) for family in register.families.values())
        self._up = _Upward(register)
        self._of_partner: dict[PlaceId, list[int]] = defaultdict(list)
        for index, handles in enumerate(self.handles):
            for place in handles.partner:
                self._of_partner[place].append(index)
        self._seated = _Seated(register)

    def may_have_pair(self, mentions: Sequence[Mention], outlet_region: PlaceId | None) -> bool:
        """False where no family can be a candidate: nothing foreign is named, or nothing else."""
        foreign = {m.place for m in mentions if self.register.places[m.place].country != "BY"}
        if not foreign:
            return False
        home = any(self.register.places[m.place].country == "BY" for m in mentions)
        return home or outlet_region is not None or len(foreign) > 1 or self._has_union(foreign)

    def _has_union(self, places: Iterable[PlaceId]) -> bool:
        return any(
            self.register.places[a].kind == "union" for p in places for a in (p, *self.register.ancestors(p))
        )

    def find(
        self,
        mentions: Sequence[Mention],
        sentences: Sequence[frozenset[str]],
        outlet_region: PlaceId | None,
    ) -> list[Candidate]:
        """Families with both sides named or implied, in register order.

        `sentences`: the stems of title and sentences, for bodies that are described and not named.
        """
        finding = self.reach(mentions, outlet_region)
        self._seated.look(finding, sentences)
        rows = {index for place in finding.strength for index in self._of_partner.get(place, ())}
        found = []
        for index in sorted(rows):
            candidate = _candidate(self.handles[index], finding)
            if candidate is not None:
                found.append(candidate)
        return found

    def reach(self, mentions: Sequence[Mention], outlet_region: PlaceId | None) -> Finding:
        """Every place that the mentions name, and those that they imply upwards."""
        finding = Finding()
        for index, mention in enumerate(mentions):
            own = _ADJECTIVE if mention.how in ("adjective", "demonym") else NAMED
            finding.note(mention.place, own, index)
            country = self.register.places[mention.place].country
            for other in mention.ambiguous:
                # a namesake abroad was ruled out; the region of the same name may be meant as well
                if self.register.places[other].country == country:
                    finding.note(other, _OTHER_READING, index)
            for place, strength in self._up.of(mention.place):
                finding.note(place, strength, index)
        if outlet_region is not None:
            finding.note(outlet_region, _OUTLET, None)
            for place in self.register.ancestors(outlet_region):
                finding.note(place, _OUTLET, None)
        return finding


def _candidate(handles: Handles, finding: Finding) -> Candidate | None:
    home = _named(handles.home, finding)
    partner = _named(handles.partner, finding)
    candidate = Candidate(handles, home, partner)
    return candidate if candidate.weaker_side >= _WEAKEST_SIDE else None


def _named(places: Sequence[PlaceId], finding: Finding) -> tuple[Named, ...]:
    return tuple(
        Named(place, finding.strength.get(place, 0.0), tuple(finding.mentions.get(place, ())))
        for place in places
    )


class _Upward:
    """What a named place implies: the places around it, each with a strength; remembered by place."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._known: dict[PlaceId, tuple[tuple[PlaceId, float], ...]] = {}
        self._towns = _seat_towns(register)

    def of(self, place: PlaceId) -> tuple[tuple[PlaceId, float], ...]:
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = tuple(self._implied(place))
        return known

    def _implied(self, place: PlaceId) -> list[tuple[PlaceId, float]]:
        at = self._register.places[place]
        found = [
            (above, _strength(at, self._register.places[above], direct=above == at.parent))
            for above in self._register.ancestors(place)
        ]
        town = self._towns.get(place)
        return [*found, (town, _SEAT_TOWN)] if town is not None else found


def _strength(at: Place, above: Place, *, direct: bool) -> float:
    if above.kind in ("country", "union"):
        return _COUNTRY
    if at.kind == "organisation":
        return _BODY if direct else _REGION
    if at.kind in _SEATED:
        return _BY_COMPANY
    return _SEAT_TOWN if above.kind == "district" else _REGION


def _seat_towns(register: Register) -> dict[PlaceId, PlaceId]:
    """The town that a district is called after."""
    towns: dict[PlaceId, PlaceId] = {}
    for place in register.places.values():
        parent = place.parent
        if place.kind == "city" and parent is not None and register.places[parent].kind == "district":
            mine, theirs = (set(p.adjectives.get("ru", ())) for p in (place, register.places[parent]))
            if mine & theirs:
                towns[parent] = place.id
    return towns


class _Seated:
    """Companies and bodies that are parties: implied by their seat, more so by words of their name."""

    def __init__(self, register: Register) -> None:
        parties = {place for family in register.families.values() for place in family.places}
        self._rarity = Rarity(
            stems(token_line(p.name("ru"))) for p in register.places.values() if p.kind in _SEATED
        )
        self._rows = [
            (place, register.ancestors(place), self._names(register.places[place], register))
            for place in sorted(parties)
            if register.places[place].kind in _SEATED
        ]

    def _names(self, place: Place, register: Register) -> list[tuple[frozenset[str], float]]:
        around = [name_stems(above, register) for above in register.ancestors(place.id)]
        found = []
        for language in ("ru", "be", "en"):
            for name in place.names.get(language, ()):
                own = stems(token_line(name)).difference(*around)
                if own:
                    found.append((own, self._rarity.total(own)))
        return found

    def look(self, finding: Finding, sentences: Sequence[frozenset[str]]) -> None:
        """Note the bodies whose seat is named."""
        words = frozenset[str]().union(*sentences)
        for place, around, names in self._rows:
            if place in finding.strength:
                continue
            seats = [above for above in around if above in finding.strength]
            if not seats:
                continue
            in_text, in_sentence = self._named_by_words(names, words, sentences)
            nearest = seats[0]
            mentions = finding.mentions[nearest]
            strength = _SEAT + _TEXT_WORDS * in_text + _SENTENCE_WORDS * in_sentence
            finding.note(place, strength, mentions[0] if mentions else None)

    def _named_by_words(
        self,
        names: Sequence[tuple[frozenset[str], float]],
        words: frozenset[str],
        sentences: Sequence[frozenset[str]],
    ) -> tuple[float, float]:
        """Which share of the best of its names stands in the text, and in one sentence of it."""
        in_text, own, total = max(
            ((self._rarity.total(own & words) / total, own, total) for own, total in names),
            key=lambda found: found[0],
            default=(0.0, frozenset[str](), 1.0),
        )
        if in_text < _FEW_WORDS:
            return in_text, 0.0
        return in_text, max(self._rarity.total(own & sentence) for sentence in sentences) / total
