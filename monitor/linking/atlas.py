"""Where places lie, and what naming one of them says for another. Pure."""

from collections.abc import Mapping

from monitor.core.ids import PlaceId
from monitor.register.names import HOME
from monitor.register.types import Place

OF_COUNTRY = 1.5  # what naming its country says for a place


class Atlas:
    """Parents and countries of all places, ready for many questions."""

    def __init__(self, places: Mapping[PlaceId, Place], capitals: frozenset[str] = frozenset()) -> None:
        """`capitals`: those that stand under a region of their own."""
        self.places = places
        self.capitals = capitals
        self._chains: dict[PlaceId, tuple[PlaceId, ...]] = {}
        self._relations: dict[tuple[PlaceId, PlaceId], float] = {}

    def chain(self, place: PlaceId) -> tuple[PlaceId, ...]:
        """The place and its parents from near to far."""
        if place not in self._chains:
            found = [place]
            parent = self.places[place].parent
            while parent is not None and parent in self.places and parent not in found:
                found.append(parent)
                parent = self.places[parent].parent
            self._chains[place] = tuple(found)
        return self._chains[place]

    def relation(self, one: PlaceId, other: PlaceId) -> float:
        """What naming `other` says for `one`: 3 itself, a parent or a child, 2 a neighbour in its region,
        1.5 its country, 1 another place of its country, 0 nothing."""
        key = (one, other)
        if key not in self._relations:
            self._relations[key] = self._relation(one, other)
        return self._relations[key]

    def _relation(self, one: PlaceId, other: PlaceId) -> float:
        mine, theirs = self.chain(one), self.chain(other)
        if one in theirs or other in mine:
            return 3 if one == other or self.places[other].kind != "country" else OF_COUNTRY
        shared = [place for place in mine if place in theirs]
        if any(self.places[place].kind not in {"country", "union"} for place in shared):
            return 2
        country = self.places[one].country
        return 1 if shared or (country is not None and country == self.places[other].country) else 0

    def is_home(self, place: PlaceId) -> bool:
        """True for a place in Belarus."""
        return self.places[place].country == HOME

    def is_in_capital(self, place: PlaceId) -> bool:
        """True for a district of the capital at home."""
        parent = self.places[place].parent
        return self.is_home(place) and parent in self.places and self.is_capital(PlaceId(str(parent)))

    def is_capital(self, place: PlaceId) -> bool:
        """True for a city that stands directly under its country, or is known to be its capital."""
        if place in self.capitals:
            return True
        parent = self.places[place].parent
        return (
            self.places[place].kind == "city"
            and parent in self.places
            and self.places[PlaceId(str(parent))].kind == "country"
        )
