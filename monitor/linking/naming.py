"""How well a text names each place: by itself, or by what lies in it or is called like it. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from monitor.core.ids import PlaceId
from monitor.linking.types import Mention
from monitor.register.types import Place, Register

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
SEATED = frozenset({"company", "organisation", "university", "hospital", "media", "zone"})


class Named(NamedTuple):
    """How a text names one party; `mentions` are indices into the article's mentions, best first."""

    place: PlaceId
    strength: float  # 0 (not at all) to 1 (its own name)
    mentions: tuple[int, ...]


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


class Naming:
    """What mentions name and imply; built once from a register."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._implied_by: dict[PlaceId, tuple[tuple[PlaceId, float], ...]] = {}
        self._seats = _seat_towns(register) | _districts_of_towns(register)

    def find(self, mentions: Sequence[Mention], outlet_region: PlaceId | None) -> Finding:
        """Every place that the mentions or the outlet's home name or imply."""
        finding = Finding()
        for index, mention in enumerate(mentions):
            own = _ADJECTIVE if mention.how in ("adjective", "demonym") else NAMED
            finding.note(mention.place, own, index)
            country = self._register.places[mention.place].country
            for other in mention.ambiguous:
                # a namesake abroad was ruled out; the region of the same name may be meant as well
                if self._register.places[other].country == country:
                    finding.note(other, _OTHER_READING, index)
            for place, strength in self.implied(mention.place):
                finding.note(place, strength, index)
        if outlet_region is not None:
            for place in (outlet_region, *self._register.ancestors(outlet_region)):
                finding.note(place, _OUTLET, None)
        return finding

    def implied(self, place: PlaceId) -> tuple[tuple[PlaceId, float], ...]:
        """What naming a place says of others: each with the strength of the hint."""
        known = self._implied_by.get(place)
        if known is None:
            known = self._implied_by[place] = tuple(self._new_implied(place))
        return known

    def _new_implied(self, place: PlaceId) -> list[tuple[PlaceId, float]]:
        at = self._register.places[place]
        found = [
            (above, _strength(at, self._register.places[above], direct=above == at.parent))
            for above in self._register.ancestors(place)
        ]
        other = self._seats.get(place)
        return [*found, (other, _SEAT_TOWN)] if other is not None else found


def _strength(at: Place, above: Place, *, direct: bool) -> float:
    if above.kind in ("country", "union"):
        return _COUNTRY
    if at.kind == "organisation":
        return _BODY if direct else _REGION
    if at.kind in SEATED:
        return _BY_COMPANY
    return _SEAT_TOWN if above.kind == "district" else _REGION


def _districts_of_towns(register: Register) -> dict[PlaceId, PlaceId]:
    """The district of a town that lies beside it in the region and is called alike: Зерноград, Зерноградский
    район. Only where the register has agreements of the district and none of the town."""
    parties = {place for family in register.families.values() for place in family.places}
    districts = {
        (district.parent, adjective): district.id
        for district in map(register.places.__getitem__, sorted(parties))
        if district.kind == "district"
        for adjective in district.adjectives.get("ru", ())
    }
    found: dict[PlaceId, PlaceId] = {}
    for place in register.places.values():
        for adjective in place.adjectives.get("ru", ()):
            district = districts.get((place.parent, adjective))
            if district is not None and place.kind == "city" and place.id not in parties:
                found[place.id] = district
    return found


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
