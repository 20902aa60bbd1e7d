"""Which families two registers hold alike, so that their links need not be made again. Pure."""

from collections.abc import Iterable

from monitor.core.ids import FamilyId, PlaceId
from monitor.register.types import Agreement, Family, Register


def unchanged_families(before: Register, after: Register) -> frozenset[FamilyId]:
    """Families with the same members that say the same of what links look at, in places named the same.

    A place counts with all that lies in it and that it lies in: these can stand for it in a text. Notes,
    interest, history and the like do not count: no link depends on them.
    """
    moved = _touched(before, after)
    return frozenset(
        family.id
        for family in after.families.values()
        if family.id in before.families
        and _told(family, after) == _told(before.families[family.id], before)
        and moved.isdisjoint(family.places)
    )


def _touched(before: Register, after: Register) -> set[PlaceId]:
    """Places that differ, what they lie in, and what lies in them."""
    differing = {
        place
        for place in {*before.places, *after.places}
        if before.places.get(place) != after.places.get(place)
    }
    found = set(differing)
    for register in (before, after):
        for place in register.places:
            above = register.ancestors(place)
            if place in differing:
                found.update(above)
            elif not differing.isdisjoint(above):
                found.add(place)
    return found


def _told(family: Family, register: Register) -> tuple[object, ...]:
    members: Iterable[Agreement] = (register.agreements[member] for member in family.members)
    return tuple(
        (
            m.id, m.title, m.title_ru, m.kind, m.signed, m.valid_until, m.parties, m.topics, m.targets,
            m.count, m.event, m.part_of,
        )
        for m in members
    )  # fmt: skip
