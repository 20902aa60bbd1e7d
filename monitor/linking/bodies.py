"""Companies and bodies that a text describes rather than names: their seat is named, and words of their name
stand in it ("Минсельхоз республики", "the trade chamber in Brest"). Pure."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from monitor.core.ids import PlaceId
from monitor.linking.naming import SEATED, Finding
from monitor.linking.wording import Rarity, place_stems, stems, token_line
from monitor.register.types import Place, Register

_SEAT = 0.1  # strength of a body by the place it sits in
_TEXT_WORDS = 0.3  # how much the words of its name add when all of them stand in the text
_SENTENCE_WORDS = 0.45  # how much more when all stand in one sentence
_FEW_WORDS = 0.2  # share of a name below which sentences are not looked at
_LANGUAGES = ("ru", "be", "en")


class _Name(NamedTuple):
    """One name of a body without the names of the places it lies in, by its number."""

    place: PlaceId
    stems: frozenset[str]
    total: float


class Bodies:
    """The bodies that are parties; built once from a register."""

    def __init__(self, register: Register) -> None:
        parties = {place for family in register.families.values() for place in family.places}
        bodies = [register.places[p] for p in sorted(parties) if register.places[p].kind in SEATED]
        known = [p for p in register.places.values() if p.kind in SEATED]
        self._rarity = Rarity(stems(token_line(place.name("ru"))) for place in known)
        self._names: list[_Name] = []
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        self._seats: dict[PlaceId, list[PlaceId]] = defaultdict(list)
        self._around = {place.id: register.ancestors(place.id) for place in bodies}
        for place in bodies:
            self._add(place, register)

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

    def look(self, finding: Finding, sentences: Sequence[frozenset[str]]) -> None:
        """Note the bodies whose seat is named, the more surely the more of their words are there."""
        bodies = {body for seat in finding.strength for body in self._seats.get(seat, ())}
        described = self._described(frozenset[str]().union(*sentences))
        for body in sorted(bodies - finding.strength.keys()):
            seat = next(above for above in self._around[body] if above in finding.strength)
            share, name = described.get(body, (0.0, None))
            strength = _SEAT + _TEXT_WORDS * share
            if name is not None and share >= _FEW_WORDS:
                best = max(self._rarity.total(name.stems & sentence) for sentence in sentences)
                strength += _SENTENCE_WORDS * best / name.total
            mentions = finding.mentions[seat]
            finding.note(body, strength, mentions[0] if mentions else None)

    def _described(self, words: frozenset[str]) -> dict[PlaceId, tuple[float, _Name]]:
        """For each body with a word in the text the share of its best name, and that name."""
        found: dict[int, float] = defaultdict(float)
        for stem in words & self._by_stem.keys():
            weight = self._rarity.of(stem)
            for number in self._by_stem[stem]:
                found[number] += weight
        best: dict[PlaceId, tuple[float, _Name]] = {}
        for number in sorted(found):
            name = self._names[number]
            share = found[number] / name.total
            if share > best.get(name.place, (0.0, name))[0]:
                best[name.place] = (share, name)
        return best
