"""The one table that turns spellings of a region into place ids.

The same region is written "Mogilev" in the source list, "Mogilev Region" in the register and
"Могилёвская область" on the command line. Everything that takes a region from a person or a file asks here.
"""

from collections.abc import Iterator, Mapping

from monitor.core.ids import PlaceId
from monitor.core.text import squeeze
from monitor.register.types import Place

MAPPED = frozenset({"country", "region", "district", "city", "city_district"})

# Short names that mean the region, not its capital, wherever an outlet or an agreement gives its region.
# Minsk is the exception: the city is a unit of its own beside Minsk Region.
_SHORT = {
    "by-brest-region": ("Brest", "Брест", "Брэст"),
    "by-gomel-region": ("Gomel", "Гомель"),
    "by-grodno-region": ("Grodno", "Гродно", "Гродна", "Гродня"),
    "by-mogilev-region": ("Mogilev", "Могилёв", "Магілёў"),
    "by-vitebsk-region": ("Vitebsk", "Витебск", "Віцебск"),
    "by-city-minsk": ("Minsk", "Minsk City", "Минск", "город Минск", "Мінск", "горад Мінск"),
    "country-by": ("Belarus", "national", "Беларусь"),
}


class RegionNames:
    """Every spelling of every geographic place, built once for many questions."""

    def __init__(self, places: Mapping[PlaceId, Place]) -> None:
        self._ids = frozenset(p.id for p in places.values() if p.kind in MAPPED)
        self._names: dict[str, set[PlaceId]] = {}
        for place in places.values():
            if place.kind in MAPPED:
                for name in _spellings(place):
                    self._names.setdefault(fold_region(name), set()).add(place.id)
        self._adjectives: dict[str, set[PlaceId]] = {}
        for name, ids in self._names.items():
            adjective, _, rest = name.partition(" ")
            if rest in _GENERIC:
                self._adjectives.setdefault(adjective, set()).update(ids)

    def find(self, text: str) -> PlaceId | None:
        """The place that `text` names; None when it names none or more than one."""
        short = _by_short_name(text, self._ids)
        if short is not None:
            return short
        folded = fold_region(text)
        found = self._names.get(folded) or self._adjectives.get(folded, set())
        return next(iter(found)) if len(found) == 1 else None


# "Могилёвская" is how people ask for Могилёвская область, where no place is called so by itself
_GENERIC = frozenset({"область", "вобласць"})


def fold_region(text: str) -> str:
    """The spelling that comparison uses: one space, lower case, е for ё, the straight apostrophe."""
    return squeeze(text).casefold().replace("ё", "е").replace("’", "'").replace("ʼ", "'")


_FOLDED_SHORT = {fold_region(name): PlaceId(place) for place, names in _SHORT.items() for name in names}


def _by_short_name(text: str, known: frozenset[PlaceId]) -> PlaceId | None:
    place = _FOLDED_SHORT.get(fold_region(text), PlaceId(text.strip()))
    return place if place in known else None


def _spellings(place: Place) -> Iterator[str]:
    yield place.name_en
    for lang in ("en", "ru", "be"):
        yield from place.names.get(lang, ())
        yield from place.colloquial.get(lang, ())
