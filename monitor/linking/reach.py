"""Which texts can speak of some families at all, by the places that they name: no other text can gain a link
to them. Errs on one side: a text that is passed over has none of them as a candidate. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from monitor.core.ids import FamilyId, PlaceId
from monitor.linking.candidates import handles_of
from monitor.linking.naming import SEATED, Naming
from monitor.linking.types import Mention
from monitor.linking.wording import spelled
from monitor.register.types import Register

WordsFor = Callable[[PlaceId], frozenset[str]]  # the stems of which one must be there to describe a body
_Bits = dict[PlaceId, int]


class Reach:
    """The places that can stand for either side of each family; built once (milliseconds), safe to share.

    A family is a bit of an integer. A body may be described by words that stand beside any place around it:
    whatever names a place that it lies in can stand for it where the text holds one of these words.
    """

    def __init__(self, register: Register, families: Collection[FamilyId], words_for: WordsFor) -> None:
        self.families = frozenset(families)
        handles = [handles_of(register.families[family], register) for family in sorted(self.families)]
        sides = ([one.home for one in handles], [one.partner for one in handles])
        self._named = tuple(_by_place(side) for side in sides)
        self._around = tuple(_by_place_around(side, register) for side in sides)
        self._words = tuple(
            [_words(side, register, words_for) for side in (one.home, one.partner)] for one in handles
        )
        self._register = register
        naming = Naming(register)
        self._implied = {
            place: (place, *(at for at, _ in naming.implied(place))) for place in register.places
        }

    def touches(
        self,
        places: Iterable[PlaceId],
        others: Iterable[PlaceId],
        outlet_region: PlaceId | None,
        text: Sequence[str],
    ) -> bool:
        """False where none of the families can be a candidate.

        `places`: those that a text names; `others`: other readings of the names; `text`: title and text.
        """
        said = set(others).union(*(self._implied[place] for place in places))
        if outlet_region is not None:
            said.update((outlet_region, *self._register.ancestors(outlet_region)))
        named = [_of(said, bits) for bits in self._named]
        if named[0] & named[1]:
            return True
        around = [own | _of(said, bits) for own, bits in zip(named, self._around, strict=True)]
        maybe = around[0] & around[1]
        return bool(maybe) and self._is_described(maybe, named, spelled("\n".join(text)))

    def touches_text(
        self, mentions: Iterable[Mention], outlet_region: PlaceId | None, text: Sequence[str]
    ) -> bool:
        """As `touches`, of what was found in a text."""
        known = tuple(mentions)
        others = (place for mention in known for place in mention.ambiguous)
        return self.touches((mention.place for mention in known), others, outlet_region, text)

    def _is_described(self, maybe: int, named: Sequence[int], text: str) -> bool:
        """Whether the sides of one of the families that are not named are described by a word."""
        for number, words in enumerate(self._words):
            bit = 1 << number
            if maybe & bit and all(
                own & bit or any(stem in text for stem in stems)
                for own, stems in zip(named, words, strict=True)
            ):
                return True
        return False


def reach_beyond(register: Register, words_for: WordsFor, unchanged: Collection[FamilyId]) -> Reach:
    """The reach of all families of a register but those that did not change."""
    return Reach(register, [family for family in register.families if family not in unchanged], words_for)


def _by_place(sides: Iterable[Sequence[PlaceId]]) -> _Bits:
    """Of each party the families of whose side it is."""
    found: _Bits = defaultdict(int)
    for number, parties in enumerate(sides):
        for place in parties:
            found[place] |= 1 << number
    return dict(found)


def _by_place_around(sides: Iterable[Sequence[PlaceId]], register: Register) -> _Bits:
    """Of each place the families of whose side a body lies in it."""
    found: _Bits = defaultdict(int)
    for number, parties in enumerate(sides):
        for place in parties:
            if register.places[place].kind in SEATED:
                for above in register.ancestors(place):
                    found[above] |= 1 << number
    return dict(found)


def _words(parties: Sequence[PlaceId], register: Register, words_for: WordsFor) -> frozenset[str]:
    bodies = (place for place in parties if register.places[place].kind in SEATED)
    return frozenset[str]().union(*map(words_for, bodies))


def _of(places: Iterable[PlaceId], bits: _Bits) -> int:
    found = 0
    for place in places:
        found |= bits.get(place, 0)
    return found
