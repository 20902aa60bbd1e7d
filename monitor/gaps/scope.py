"""Which sources could have reported on a family: its home press, the national press, the partner's press.

Pure. The claim of every row is "in the sources that we watch", so what is listed but not watched is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.ids import FamilyId, PlaceId, SourceId
from monitor.crawl.types import Source
from monitor.linking.candidates import findability
from monitor.register.types import Agreement, Family, Register, Side


@dataclass(frozen=True, slots=True)
class Scope:
    """The sources of one family."""

    watched: tuple[SourceId, ...]  # enabled, in the order of the source list
    not_watched: int  # listed for the same places but not enabled


def scopes(register: Register, sources: Sequence[Source]) -> dict[FamilyId, Scope]:
    """The scope of every family."""
    return {family.id: _scope(family, register, sources) for family in register.families.values()}


def regions_of(family: Family, register: Register) -> tuple[PlaceId, ...]:
    """Interest regions of all members, in register order."""
    members = (register.agreements[m] for m in family.members)
    return tuple(dict.fromkeys(region for member in members for region in member.interest))


def side_of(source: Source) -> str:
    """ "by" for the Belarusian press, "partner" for any other."""
    return "by" if source.country == "BY" else "partner"


def is_findable(family: Family, register: Register, generic: frozenset[str] = frozenset()) -> bool:
    """False for rows of a union or of one side with nothing that a text could name: what linking could never
    find must not be called silence. `generic`: as in `findability`."""
    return findability(family, register, generic) > 0


def siblings(register: Register) -> dict[FamilyId, frozenset[FamilyId]]:
    """Families that a text may name instead: a party on each side in common, or part of one another."""
    related: dict[FamilyId, set[FamilyId]] = {family: set() for family in register.families}
    by_pair: dict[tuple[PlaceId, PlaceId], set[FamilyId]] = {}
    for family in register.families.values():
        for member in family.members:
            agreement = register.agreements[member]
            for pair in _pairs(agreement):
                by_pair.setdefault(pair, set()).add(family.id)
            whole = None if agreement.part_of is None else register.family_of.get(agreement.part_of)
            if whole is not None:
                related[family.id].add(whole)
                related[whole].add(family.id)
    for group in by_pair.values():
        for one in group:
            related[one] |= group
    return {family: frozenset(others - {family}) for family, others in related.items()}


def _pairs(agreement: Agreement) -> list[tuple[PlaceId, PlaceId]]:
    own = [p.place for p in agreement.parties if p.side is Side.BY]
    other = [p.place for p in agreement.parties if p.side is not Side.BY]
    return [(a, b) for a in own for b in other]


def _scope(family: Family, register: Register, sources: Sequence[Source]) -> Scope:
    places = set(regions_of(family, register))
    partners: set[PlaceId] = set()
    unions = False
    for member in family.members:
        for party in register.agreements[member].parties:
            unions = unions or party.side is Side.UNION
            if party.side is Side.PARTNER:
                partners.add(party.place)
    for place in tuple(places | partners):
        places |= {place, *register.ancestors(place)}
    fitting = [s for s in sources if s.region in places or (unions and s.kind == "integration_media")]
    watched = tuple(s.id for s in fitting if s.enabled)
    return Scope(watched, len(fitting) - len(watched))


def partner_country(family: Family, register: Register) -> str:
    """ISO code of the partner side's country; "union", "several", or "" where there is none."""
    countries: dict[str, None] = {}
    for member in family.members:
        for party in register.agreements[member].parties:
            if party.side is Side.UNION:
                countries["union"] = None
            elif party.side is Side.PARTNER:
                countries[register.places[party.place].country or ""] = None
    found = [c for c in countries if c]
    return found[0] if len(found) == 1 else ("several" if found else "")


def link_class(family: Family, register: Register) -> str:
    """How a text can point to a family: "both" sides by a name of their own, one side only by its country or
    union ("implied"), or without a pair ("vague")."""
    wide = ("country", "union")
    named: dict[bool, bool] = {}
    for member in family.members:
        for party in register.agreements[member].parties:
            own = party.side is Side.BY
            named[own] = named.get(own, False) or register.places[party.place].kind not in wide
    if len(named) < 2:
        return "vague"
    return "both" if all(named.values()) else ("implied" if any(named.values()) else "vague")
