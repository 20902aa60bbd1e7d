"""Which families two registers hold alike, so that their links need not be made again; what is known of an
article put together with what is made. Pure."""

from collections.abc import Collection, Iterable

from monitor.core.ids import FamilyId, PlaceId
from monitor.core.ledger import Reason
from monitor.linking.types import Known, LinkResult
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


def told_alike(before: Register, after: Register) -> bool:
    """Whether two registers have the same families, and rows that say the same of what links look at."""
    return list(before.families) == list(after.families) and all(
        _told(family, after) == _told(before.families[family.id], before)
        for family in after.families.values()
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
            m.count, m.event, m.part_of, register.subjects.get(m.id),
        )
        for m in members
    )  # fmt: skip


def merged(result: LinkResult, known: Known, unchanged: Collection[FamilyId]) -> LinkResult:
    """The known links to unchanged families and the new ones to all others, most probable first.

    Where neither speaks of any other family all that is known stands.
    """
    gated = [one.reason is Reason.BELOW_GATE for one in (result, known.result)]
    if stands(known, unchanged) and speaks_only_of(unchanged, result) and gated[0] == gated[1]:
        return known.result
    kept = [link for link in known.result.links if link.family in unchanged]
    made = [link for link in result.links if link.family not in unchanged]
    links = tuple(sorted((*kept, *made), key=lambda link: -link.p))
    return LinkResult(links, result.related, None if links else result.reason or Reason.NO_AGREEMENT)


def stands(known: Known, unchanged: Collection[FamilyId]) -> bool:
    """Whether all that is known of an article stands, unless another family comes to it."""
    return known.is_complete and speaks_only_of(unchanged, known.result)


def speaks_only_of(families: Collection[FamilyId], result: LinkResult) -> bool:
    """True where an article is linked or related to no other family."""
    spoken_of = (*(link.family for link in result.links), *result.related)
    return all(family in families for family in spoken_of)
