"""Which texts can speak of some families at all, by the places that they name: no other text can gain a link
to them. Errs on one side: a text that is passed over has none of them as a candidate. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from monitor.core.ids import FamilyId, PlaceId
from monitor.linking.candidates import handles_of
from monitor.linking.naming import SEATED, Naming
from monitor.linking.types import Mention
from monitor.register.types import Register


class Reach:
    """The places that can stand for either side of each family; built once (milliseconds), safe to share.

    A family is a bit of an integer. A body may be described by words that stand beside any place around it,
    so whatever names a place that it lies in can stand for it.
    """

    def __init__(self, register: Register, families: Collection[FamilyId]) -> None:
        self.families = frozenset(families)
        self._home, self._partner = _by_place(register, sorted(self.families))
        self._register = register
        naming = Naming(register)
        # what naming a place says: of itself and of what it implies
        self._says = {
            place: _both(self._home, self._partner, (place, *(at for at, _ in naming.implied(place))))
            for place in register.places
        }

    def touches(
        self, places: Iterable[PlaceId], others: Iterable[PlaceId], outlet_region: PlaceId | None
    ) -> bool:
        """False where none of the families can be a candidate.

        `places`: those that a text names; `others`: other readings of the names.
        """
        home = partner = 0
        if outlet_region is not None:
            around = (outlet_region, *self._register.ancestors(outlet_region))
            home, partner = _both(self._home, self._partner, around)
        for place in places:
            says = self._says[place]
            home |= says[0]
            partner |= says[1]
        for place in others:
            home |= self._home.get(place, 0)
            partner |= self._partner.get(place, 0)
        return bool(home & partner)

    def touches_text(self, mentions: Iterable[Mention], outlet_region: PlaceId | None) -> bool:
        """As `touches`, of what was found in a text."""
        known = tuple(mentions)
        others = (place for mention in known for place in mention.ambiguous)
        return self.touches((mention.place for mention in known), others, outlet_region)


def reach_beyond(register: Register, unchanged: Collection[FamilyId]) -> Reach:
    """The reach of all families of a register but those that did not change."""
    return Reach(register, [family for family in register.families if family not in unchanged])


def _by_place(
    register: Register, families: Iterable[FamilyId]
) -> tuple[dict[PlaceId, int], dict[PlaceId, int]]:
    """Of each place the families of which it can be the home side, and those of which the partner side."""
    home: dict[PlaceId, int] = defaultdict(int)
    partner: dict[PlaceId, int] = defaultdict(int)
    for number, family in enumerate(families):
        handles = handles_of(register.families[family], register)
        for side, parties in ((home, handles.home), (partner, handles.partner)):
            for place in parties:
                side[place] |= 1 << number
                if register.places[place].kind in SEATED:
                    for above in register.ancestors(place):
                        side[above] |= 1 << number
    return dict(home), dict(partner)


def _both(home: dict[PlaceId, int], partner: dict[PlaceId, int], at: Iterable[PlaceId]) -> tuple[int, int]:
    ours = theirs = 0
    for place in at:
        ours |= home.get(place, 0)
        theirs |= partner.get(place, 0)
    return ours, theirs
