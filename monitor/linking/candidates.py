"""Which families a text could be about: those whose two sides it names, or implies by a place near by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.core.ids import PlaceId
from monitor.linking.bodies import Bodies
from monitor.linking.naming import Finding, Named, Naming
from monitor.linking.reading import Reading
from monitor.linking.types import Mention
from monitor.linking.wording import LinkWords, party_stems, stems, token_line
from monitor.register.types import Agreement, Family, Place, Register, Side

_WIDE = ("country", "union")
# Below this a side is neither named nor implied: a body of which little more than the seat is named. At .1,
# with every such body, there were three times as many candidates and no more links
_WEAKEST_SIDE = 0.12


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
    namesakes: bool  # the two sides are called alike: Brest and Brest
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
        namesakes=not is_union and not _names(home, register).isdisjoint(_names(partner, register)),
        home_set=frozenset(home),
        partner_set=frozenset(partner),
    )


def _names(places: Sequence[PlaceId], register: Register) -> set[str]:
    return {name for place in places for name in register.places[place].names.get("ru", ())}


def findability(family: Family, register: Register, generic: frozenset[str] = frozenset()) -> float:
    """How well reports on the family can be found: 1 both sides have a name of their own, 0 no handle at all.

    Between: .7 where a side is only countries, unions or bodies that the source does not name, but a member's
    title has words of its own; .3 where it has none but the other side is named. `generic`: stems of titles
    that tell nothing (`LinkWords.generic`).
    """
    handles = handles_of(family, register)
    wide = [all(_is_wide(register.places[p]) for p in side) for side in (handles.home, handles.partner)]
    if not any(wide):
        return 1.0
    if any(own_words(member, register) - generic for member in handles.members):
        return 0.7
    nothing = handles.by_words or (handles.is_union and all(wide)) or _has_nameless_side(handles, register)
    return 0.0 if nothing else 0.3


def _is_wide(place: Place) -> bool:
    return place.kind in _WIDE or _is_nameless(place)


def _is_nameless(place: Place) -> bool:
    """True for an entry that stands for a party which the source does not name."""
    return place.notes.startswith("placeholder") or not any(place.names.values())


def _has_nameless_side(handles: Handles, register: Register) -> bool:
    return any(
        all(_is_nameless(register.places[p]) for p in side) for side in (handles.home, handles.partner)
    )


def own_words(member: Agreement, register: Register, language: str = "ru") -> frozenset[str]:
    """Stems of a member's title that do not belong to the names of its parties and of what they lie in."""
    title = member.title if language == "en" else member.title_ru
    return stems(token_line(title)) - party_stems(member, register)


class Candidates:
    """Finds candidates; built once from a register, then pure."""

    def __init__(self, register: Register, words: LinkWords) -> None:
        self.register = register
        self.handles = tuple(handles_of(family, register) for family in register.families.values())
        self._naming = Naming(register)
        self._bodies = Bodies(register, words)
        self.words_for = self._bodies.words_for
        self._of_partner: dict[PlaceId, list[int]] = defaultdict(list)
        for index, handles in enumerate(self.handles):
            for place in handles.partner:
                self._of_partner[place].append(index)

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

    def find(self, reading: Reading) -> list[Candidate]:
        """Families with both sides named or implied, in register order."""
        finding = self._naming.find(reading.given.mentions, reading.given.outlet_region)
        self._bodies.look(finding, reading)
        rows: set[int] = set()
        for place, strength in finding.strength.items():
            if strength >= _WEAKEST_SIDE and place in self._of_partner:
                rows.update(self._of_partner[place])
        found = []
        for index in sorted(rows):
            handles = self.handles[index]
            if _is_named(handles.home, finding.strength):
                home, partner = _named(handles.home, finding), _named(handles.partner, finding)
                found.append(Candidate(handles, home, partner))
        return found


def _is_named(places: Sequence[PlaceId], strength: Mapping[PlaceId, float]) -> bool:
    for place in places:  # noqa: SIM110 - asked of every family of a partner: as a generator it takes twice
        if strength.get(place, 0.0) >= _WEAKEST_SIDE:
            return True
    return False


def _named(places: Sequence[PlaceId], finding: Finding) -> tuple[Named, ...]:
    strength, mentions = finding.strength, finding.mentions
    return tuple([Named(place, strength.get(place, 0.0), tuple(mentions.get(place, ()))) for place in places])
