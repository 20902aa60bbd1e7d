"""The names of an article that are sure, and what they say for names that may mean several places. Pure."""

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Mapping, Sequence

from monitor.core.ids import PlaceId
from monitor.linking.atlas import OF_COUNTRY, Atlas
from monitor.linking.hits import Hit

_CLOSE, _NEAR = 25, 100  # characters
_BESIDE, _AROUND = 2.0, 1.25  # what a name so near counts, and one in the title
# how much another sentence on a place abroad counts for a name that a place at home has too: one sentence
# on the French Brest does not take the whole article of a Belarusian paper there
_FAR = 0.25
_ALIKE = 4  # letters by which two cases of one name are known
_SENTENCE_END = re.compile(r"[.!?…]\s|\n")
_ADJECTIVES = frozenset({"adjective", "demonym"})


class Firm:
    """Where the sure names of one article stand; noted in reading order."""

    __slots__ = ("_adjectives", "_at", "_atlas", "_own", "_starts")

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._starts: dict[PlaceId, dict[str, list[int]]] = {}  # place -> field -> rising
        self._at: dict[tuple[str, int], PlaceId] = {}  # by field and where they begin
        self._adjectives: dict[tuple[str, int], tuple[PlaceId, int]] = {}  # by field and where they end
        self._own: dict[tuple[str, int], PlaceId] = {}  # what speaks for the hit that begins there alone

    def note(self, place: PlaceId, field: str, start: int, end: int, how: str) -> None:
        """Take a sure name."""
        self._starts.setdefault(place, {}).setdefault(field, []).append(start)
        self._at[field, start] = place
        if how in _ADJECTIVES:
            self._adjectives[field, end] = (place, start)

    def keep_apart(self, hit: Hit, places: Iterable[PlaceId]) -> None:
        """An adjective of a country or region abroad right before a name that has a place at home too speaks
        for that name alone: с бретонским Брестом. `places`: those that the hit may mean."""
        found = self._adjectives.get((hit.field, hit.start - 1))
        if found is None or self._atlas.is_home(found[0]) or not self._may_be_home(places):
            return
        place, start = found
        self._starts[place][hit.field].remove(start)
        self._own[hit.field, hit.start] = place

    def behind(self, hit: Hit, towns: Container[str]) -> PlaceId | None:
        """The place of the sure name that stands right behind a hit, or behind a word like "city" there."""
        return self._at.get((hit.field, hit.at(2 if hit.after() in towns else 1)))

    def supports(self, hit: Hit, places: Sequence[PlaceId], *, is_word: bool) -> dict[PlaceId, float]:
        """What the best of the sure names says for each place that a hit may mean: 0 to 6.5.

        `is_word`: the hit may be an ordinary word, and its country or the same word near by say nothing.
        """
        own = self._own.get((hit.field, hit.start))
        may_be_home = self._may_be_home(places)
        weights: dict[PlaceId, tuple[float, int]] = {}  # the same for every place: worked out once
        found = {}
        for place in places:
            best, n_related = (0.0 if own is None else self._atlas.relation(place, own) * _BESIDE), 0
            for other, fields in self._starts.items():
                relation = self._atlas.relation(place, other)
                if not relation or (is_word and _says_nothing(place, relation, other, hit, fields)):
                    continue
                if other not in weights:
                    far = _FAR if may_be_home and not self._atlas.is_home(other) else 1.0
                    weights[other] = _weight(hit, fields, far)
                closeness, n_named = weights[other]
                n_related += n_named
                best = max(best, relation * closeness)
            found[place] = best + 0.1 * min(n_related, 5)
        return found

    def _may_be_home(self, places: Iterable[PlaceId]) -> bool:
        return any(map(self._atlas.is_home, places))


def _says_nothing(
    place: PlaceId, relation: float, other: PlaceId, hit: Hit, fields: Mapping[str, list[int]]
) -> bool:
    """True for what does not make a place of an ordinary word: its country, or the word itself."""
    return relation == OF_COUNTRY or (other == place and _in_one_sentence(hit, fields))


def _weight(hit: Hit, fields: Mapping[str, list[int]], far: float) -> tuple[float, int]:
    """How near a hit a sure place is named, and how often anywhere."""
    return max(_closeness(hit, *seen, far) for seen in fields.items()), sum(map(len, fields.values()))


def _in_one_sentence(hit: Hit, fields: Mapping[str, list[int]]) -> bool:
    """True where no other sentence names the place: Бяроза пад акном — з Бярозы."""
    between = (hit.source[min(hit.end, at) : max(hit.start, at)] for at in fields.get(hit.field, ()))
    return fields.keys() == {hit.field} and not any(_SENTENCE_END.search(text) for text in between)


def _closeness(hit: Hit, field: str, starts: list[int], far: float) -> float:
    """How near a hit the nearest of the places in `starts` (rising) is."""
    if not starts:
        return 0.0
    if field != hit.field:
        return _AROUND if field == "title" else far
    index = bisect_left(starts, hit.start)
    distance = min(abs(start - hit.start) for start in starts[max(0, index - 1) : index + 1])
    return _BESIDE if distance <= _CLOSE else _AROUND if distance <= _NEAR else far


def is_apart(name: str, word: str) -> bool:
    """True for a name that ends in another case of a word: французский Брест, в Бресте."""
    return name.rsplit(" ", 1)[-1][:_ALIKE].lower() == word[:_ALIKE]
