"""Companies and bodies that a text describes rather than names: their seat is named, and words of their name
or of their kind stand in it ("Минсельхоз республики", "депутаты из Калуги"). Pure."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from monitor.core.ids import PlaceId
from monitor.linking.naming import SEATED, Finding
from monitor.linking.reading import Reading
from monitor.linking.wording import LinkWords, Rarity, place_stems, stems, token_line
from monitor.register.types import Place, Register

_SEAT = 0.1  # strength of a body by the place it sits in
_TEXT_WORDS = 0.3  # how much the words of its name add when all of them stand in the text
_SENTENCE_WORDS = 0.45  # how much more when all stand in one sentence
_FEW_WORDS = 0.2  # share of a name below which sentences are not looked at
_KIND_NEAR, _KIND_FAR = 0.6, 0.35  # a word of its kind in a sentence with its seat, or elsewhere in the text
_LANGUAGES = ("ru", "be", "en")


_Sort = tuple[int | None, PlaceId | None]  # kind of body and the place that it sits in


class _Name(NamedTuple):
    """One name of a body without the names of the places it lies in, by its number."""

    place: PlaceId
    stems: frozenset[str]
    total: float


class Bodies:
    """The bodies that are parties; built once from a register."""

    def __init__(self, register: Register, words: LinkWords) -> None:
        parties = {place for family in register.families.values() for place in family.places}
        bodies = [register.places[p] for p in sorted(parties) if register.places[p].kind in SEATED]
        known = [p for p in register.places.values() if p.kind in SEATED]
        self._known = frozenset(place.id for place in known)
        self._rarity = Rarity(stems(token_line(place.name("ru"))) for place in known)
        self._names: list[_Name] = []
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        self._seats: dict[PlaceId, list[PlaceId]] = defaultdict(list)
        self._around = {place.id: register.ancestors(place.id) for place in bodies}
        self._seats_of = {place.id: _seats_of(place, register) for place in bodies}
        for place in bodies:
            self._add(place, register)
        self._stems = frozenset(self._by_stem)
        self._kinds = words.bodies
        kinds = {place.id: _kind_of(place, words) for place in known}
        self._kind_of = {place.id: kinds[place.id] for place in bodies}
        self._parent = {place.id: place.parent for place in bodies}
        self._of_sort: dict[_Sort, list[PlaceId]] = defaultdict(list)
        for place in bodies:
            self._of_sort[self._kind_of[place.id], place.parent].append(place.id)
        self._parents = frozenset(parent for parent in self._parent.values() if parent is not None)
        self._alike = Counter((kinds[place.id], place.parent) for place in known)

    def _add(self, place: Place, register: Register) -> None:
        around = [place_stems(above, register) for above in self._around[place.id]]
        for above in self._around[place.id]:
            self._seats[above].append(place.id)
        for name in (name for language in _LANGUAGES for name in place.names.get(language, ())):
            own = stems(token_line(name)).difference(*around)
            if own:
                for stem in own:
                    self._by_stem[stem].append(len(self._names))
                self._names.append(_Name(place.id, own, self._rarity.total(own)))

    def words_for(self, body: PlaceId) -> frozenset[str]:
        """The stems of which a text must hold one to describe a body that is a party."""
        own = (name.stems for name in self._names if name.place == body)
        kind = self._kind_of.get(body)
        of_kind = frozenset[str]() if kind is None else list(self._kinds.values())[kind]
        return of_kind.union(*own)

    def look(self, finding: Finding, reading: Reading) -> None:
        """Note the bodies whose seat is named, the more surely the more of their words are there."""
        if self._seats.keys().isdisjoint(finding.strength):
            return
        sentences = self._free_words(reading)
        where = self._where(sentences)
        described = self._described(where)
        by_kind = self._by_kind(reading, sentences)
        bodies = described.keys() | {body for sort in by_kind for body in self._of_sort.get(sort, ())}
        for body in sorted(bodies.difference([mention.place for mention in reading.given.mentions])):
            seat = next((above for above in self._seats_of[body] if above in finding.strength), None)
            if seat is None:
                continue  # words alone say nothing, nor does its seat alone
            share, name = described.get(body, (0.0, None))
            strength = _SEAT + _TEXT_WORDS * share
            if name is not None and share >= _FEW_WORDS:
                strength += _SENTENCE_WORDS * self._best_sentence(name, where) / name.total
            strength = max(strength, by_kind.get((self._kind_of[body], self._parent[body]), 0.0))
            mentions = finding.mentions[seat]
            finding.note(body, strength, mentions[0] if mentions else None)

    def _where(self, sentences: Sequence[frozenset[str]]) -> dict[str, list[int]]:
        """In which sentences each word of a body's name stands."""
        found: dict[str, list[int]] = {}
        for number, words in enumerate(sentences):
            for stem in words & self._stems:
                found.setdefault(stem, []).append(number)
        return found

    def _best_sentence(self, name: _Name, where: Mapping[str, Sequence[int]]) -> float:
        there: dict[int, list[float]] = {}
        for stem in name.stems:
            for number in where.get(stem, ()):
                there.setdefault(number, []).append(self._rarity.of(stem))
        return max(map(math.fsum, there.values()), default=0.0)

    def _free_words(self, reading: Reading) -> list[frozenset[str]]:
        """The words of each sentence but those of bodies that are named: they describe no other body."""
        taken: dict[int, set[str]] = defaultdict(set)
        for mention, sentence in zip(reading.given.mentions, reading.sentence_of, strict=True):
            if mention.place in self._known:
                taken[sentence] |= stems(token_line(mention.text))
        return [
            words - taken[number] if number in taken else words
            for number, words in enumerate(reading.sentences)
        ]

    def _by_kind(self, reading: Reading, sentences: Sequence[frozenset[str]]) -> dict[_Sort, float]:
        """How surely a word for a kind of body means one at a place; the less, the more of them sit there."""
        here: dict[PlaceId, set[int]] = defaultdict(set)
        for sentence, around in zip(reading.sentence_of, reading.around, strict=True):
            for place in around & self._parents:
                here[place].add(sentence)
        found: dict[_Sort, float] = {}
        if not here:
            return found
        whole = frozenset[str]().union(*sentences)
        for kind, words in enumerate(self._kinds.values()):
            if words.isdisjoint(whole):
                continue
            said = [number for number, sentence in enumerate(sentences) if not words.isdisjoint(sentence)]
            for place, named in here.items():
                strength = _KIND_FAR if named.isdisjoint(said) else _KIND_NEAR
                found[kind, place] = strength / max(1, self._alike[kind, place])
        return found

    def _described(self, words: Iterable[str]) -> dict[PlaceId, tuple[float, _Name]]:
        """For each body with a word in the text the share of its best name, and that name."""
        found: dict[int, list[float]] = defaultdict(list)
        for stem in words:
            weight = self._rarity.of(stem)
            for number in self._by_stem[stem]:
                found[number].append(weight)
        best: dict[PlaceId, tuple[float, _Name]] = {}
        for number in sorted(found):
            name = self._names[number]
            share = math.fsum(found[number]) / name.total
            known = best.get(name.place)
            if known is None or share > known[0]:
                best[name.place] = (share, name)
        return best


def _kind_of(place: Place, words: LinkWords) -> int | None:
    """The number of the kind of body that a name tells, None for the others."""
    own: Mapping[str, frozenset[str]] = words.body_names
    name = stems(token_line(place.name("ru")))
    return next((k for k, stem in enumerate(own.values()) if stem & name), None)


def _seats_of(body: Place, register: Register) -> tuple[PlaceId, ...]:
    """The places of which one must be named where a body is described: all it lies in, but nothing wider than
    the place that its name tells, as the rest of such a name is that of its kind (облисполком)."""
    name, around = stems(token_line(body.name("ru"))), tuple(register.ancestors(body.id))
    for number, above in enumerate(around[:-1], start=1):
        wider = frozenset[str]().union(*(place_stems(one, register) for one in around[number:]))
        if name & place_stems(above, register) - wider:
            return around[:number]
    return around
