"""Which agreements to put before a reviewer: those whose parties a text names, by its words alone. Pure.

Nothing that the program judged goes in, and the list always has the same length: an item of the audit must
not tell what was said of it.
"""

from collections.abc import Iterable, Mapping

from monitor.core.ids import AgreementId, PlaceId
from monitor.linking.wording import stems, token_line
from monitor.register.types import Agreement, Place, Register, Side


class Nearest:
    """Built once from a register (a tenth of a second), then pure."""

    def __init__(self, register: Register) -> None:
        parties = {
            family.id: [party for member in family.members for party in register.agreements[member].parties]
            for family in register.families.values()
        }
        places = {party.place for held in parties.values() for party in held}
        self._names = {place: _names(register.places[place]) for place in places}
        self._words = {
            agreement: stems(token_line(" ".join(_texts(register.agreements[agreement], register))))
            for agreement in register.family_of
        }
        self._sides = [
            (
                register.families[family].members[0],
                frozenset(p.place for p in held if p.side is Side.BY),
                frozenset(p.place for p in held if p.side is not Side.BY),
            )
            for family, held in parties.items()
        ]

    def of(self, title: str, text: str, limit: int) -> tuple[AgreementId, ...]:
        """`limit` agreements, one a family: both sides named first, then most parties named, then by id."""
        found = stems(token_line(f"{title} {text}"))
        named = {place for place, names in self._names.items() if any(name <= found for name in names)}
        ranked = sorted(self._sides, key=lambda one: (*_rank(one[1], one[2], named), one[0]))
        return tuple(agreement for agreement, _, _ in ranked[:limit])

    def search(self, wanted: str, limit: int) -> tuple[AgreementId, ...]:
        """Monitored agreements whose titles and parties have every word of `wanted`, in whatever form."""
        words = stems(token_line(wanted))
        if not words:
            return ()
        return tuple(sorted(one for one, held in self._words.items() if words <= held))[:limit]


def _texts(agreement: Agreement, register: Register) -> Iterable[str]:
    yield from (agreement.title, agreement.title_ru)
    for party in agreement.parties:
        place = register.places[party.place]
        yield from (party.name, *(name for names in place.names.values() for name in names))


def _rank(home: frozenset[PlaceId], abroad: frozenset[PlaceId], named: set[PlaceId]) -> tuple[float, float]:
    sides = bool(home & named) + bool(abroad & named)
    return -sides, -len((home | abroad) & named) / max(len(home | abroad), 1)


def _names(place: Place) -> tuple[frozenset[str], ...]:
    """Stems of each name, adjective and word for its people; a name of short words only cannot be told."""
    tables: Iterable[Mapping[str, tuple[str, ...]]] = (place.names, place.adjectives, place.demonyms)
    found = {stems(token_line(name)) for table in tables for names in table.values() for name in names}
    return tuple(found - {frozenset()})
