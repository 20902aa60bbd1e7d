"""Which texts say the same under two gazetteers, so that families which merely lie around a changed place
keep their links in them. Pure.

A family all of whose rows, parties and places around these are as they were can be told otherwise only by a
text that names, or may name, a place that speaks otherwise now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.core.ids import FamilyId, PlaceId
from monitor.linking.naming import SEATED, Naming
from monitor.linking.reach import Reach, WordsFor
from monitor.linking.types import Mention
from monitor.linking.unchanged import told_alike, unchanged_families
from monitor.register.types import Place, Register


@dataclass(frozen=True, slots=True)
class Alike:
    """What two registers that differ in nothing but places have in common.

    `around`: families that a changed place lies in or beside, and that are themselves as they were;
    `otherwise`: places that speak otherwise now, or are new or gone; `changed`: the reach of all other
    families that did change, before and after.
    """

    around: frozenset[FamilyId]
    otherwise: frozenset[PlaceId]
    changed: tuple[Reach, Reach]
    after: Register

    def keeps(
        self,
        before: Iterable[Mention],
        now: Iterable[Mention],
        region: PlaceId | None,
        text: Sequence[str],
    ) -> bool:
        """Whether a text says of the families around what it said: by what was and is now found in it."""
        mentions = tuple(now)
        if tuple(before) != mentions:
            return False
        named = {place for one in mentions for place in (one.place, *one.ambiguous)}
        if region is not None:
            named.update((region, *self.after.ancestors(region)))
        return self.otherwise.isdisjoint(named) and not any(
            reach.touches_text(mentions, region, text) for reach in self.changed
        )


def alike(before: Register, after: Register, words: tuple[WordsFor, WordsFor]) -> Alike | None:
    """What two registers have in common; None where that is everything, or where rows or bodies differ.

    Words of titles, and of the names of bodies, weigh what they weigh among all of them: one row that differs
    changes the weights of every family. `words`: those that describe bodies, before and after.
    """
    if before.places == after.places or not told_alike(before, after) or _bodies(before) != _bodies(after):
        return None
    changed = set(after.families) - unchanged_families(before, after)
    own = {
        family for family in changed
        if any(
            before.places.get(at) != after.places[at]
            for place in after.families[family].places for at in (place, *after.ancestors(place))
        )
    }  # fmt: skip
    reaches = (Reach(before, own, words[0]), Reach(after, own, words[1]))
    return Alike(frozenset(changed - own), _otherwise(before, after), reaches, after)


def _bodies(register: Register) -> dict[PlaceId, Place]:
    return {place.id: place for place in register.places.values() if place.kind in SEATED}


def _otherwise(before: Register, after: Register) -> frozenset[PlaceId]:
    speaks = [_speaking(register) for register in (before, after)]
    every = {*before.places, *after.places}
    return frozenset(place for place in every if speaks[0].get(place) != speaks[1].get(place))


def _speaking(register: Register) -> dict[PlaceId, tuple[object, ...]]:
    """Of each place what it is, what it implies and what kinds of places it lies in."""
    naming = Naming(register)
    return {
        place.id: (
            place,
            naming.implied(place.id),
            [register.places[above].kind for above in register.ancestors(place.id)],
        )
        for place in register.places.values()
    }
