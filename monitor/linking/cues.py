"""The words around names that tell what they mean, as read from config/languages/context.toml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.core.errors import UNREADABLE, InputError, Problem
from monitor.core.wordlists import read_words


class Stems:
    """Words told by how they begin; entries of three letters or fewer, and those with $, are whole words."""

    def __init__(self, entries: Iterable[str]) -> None:
        listed = list(entries)
        whole = [entry for entry in listed if len(entry) <= 3 or entry.endswith("$")]
        self._words = frozenset(entry.removesuffix("$") for entry in whole)
        self._starts = tuple(entry for entry in listed if entry not in whole)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """All entries, whole words too."""
        return (*self._starts, *self._words)

    def __contains__(self, word: str) -> bool:
        return word in self._words or word.startswith(self._starts)


@dataclass(frozen=True, slots=True)
class Cues:
    """Folded as in register.folding."""

    units: Mapping[str, Stems]  # region | district | city -> nouns that say so
    street_before: Stems
    street_after: Stems
    street_named: frozenset[str]  # whole words, singular: на улице Фрунзе, but not на улицах Минска
    thing_after: Stems
    thing_before: Stems
    named_after: Stems  # Hotel, Street: behind a name in Latin letters
    language_into: frozenset[str]  # what stands before a language that has no noun
    language_rest: frozenset[str]  # what may follow such a language
    language_before: frozenset[str]  # kurs języka białoruskiego
    adverb_before: frozenset[str]  # по-русски, па-беларуску
    water_before: Stems
    water_over: frozenset[str]  # мост через Вятку: a preposition and what stands before it
    water_crossing: Stems
    capitals: frozenset[str]
    sport_before: frozenset[str]
    sport_words: Stems
    company_before: Stems
    place_before: frozenset[str]
    place_heads: frozenset[str]  # мэр Владимира: before a name that is not in the nominative
    bodies: Mapping[str, Stems]  # country -> bodies and units that only it has
    namesake: Stems
    person_before: Stems
    surname: tuple[str, ...]  # endings
    person_quoted: frozenset[str]  # по словам Полоцкого
    surname_base: tuple[str, ...]  # endings of adjectives in the nominative
    first: tuple[str, ...]  # beginnings
    first_names: frozenset[str]
    weak_adjectives: tuple[str, ...]  # beginnings
    weak_demonyms: tuple[str, ...]
    alone: frozenset[str]  # abbreviations as written
    adjective_endings: tuple[str, ...]
    joints: frozenset[str]


def load_cues(config: Path) -> Cues:
    """The shipped cues. Errors: InputError naming the file and the missing key."""
    path = config / "languages" / "context.toml"
    try:
        return _cues(read_words(config, "languages/context.toml"))
    except UNREADABLE as error:
        raise InputError([Problem(str(path), f"cannot be read: {error}")]) from error


def _cues(raw: Mapping[str, Any]) -> Cues:
    return Cues(
        units={kind: Stems(stems) for kind, stems in raw["units"].items()},
        street_before=Stems(raw["street"]["before"]),
        street_named=frozenset(raw["street"]["named"]),
        street_after=Stems(raw["street"]["after"]),
        thing_after=Stems(raw["things"]["after"]),
        thing_before=Stems(raw["things"]["before"]),
        named_after=Stems(raw["things"]["named"]),
        language_into=frozenset(raw["things"]["into"]),
        language_rest=frozenset(raw["things"]["rest"]),
        language_before=frozenset(raw["things"]["language_before"]),
        adverb_before=frozenset(raw["things"]["adverb_before"]),
        water_before=Stems(raw["water"]["before"]),
        water_over=frozenset(raw["water"]["over"]),
        water_crossing=Stems(raw["water"]["crossing"]),
        capitals=frozenset(raw["place"]["capitals"]),
        sport_before=frozenset(raw["sport"]["before"]),
        sport_words=Stems(raw["sport"]["words"]),
        company_before=Stems(raw["company"]["before"]),
        place_before=frozenset(raw["place"]["before"]),
        place_heads=frozenset(raw["place"]["heads"]),
        bodies={country: Stems(stems) for country, stems in raw["bodies"].items()},
        namesake=Stems(raw["person"]["namesake"]),
        person_before=Stems(raw["person"]["before"]),
        surname=tuple(raw["person"]["surname"]),
        person_quoted=frozenset(raw["person"]["quoted"]),
        surname_base=tuple(raw["person"]["base"]),
        first=tuple(raw["person"]["first"]),
        first_names=frozenset(raw["person"]["names"]),
        weak_adjectives=tuple(raw["weak"]["adjectives"]),
        weak_demonyms=tuple(raw["weak"]["demonyms"]),
        alone=frozenset(raw["abbreviations"]["alone"]),
        adjective_endings=tuple(raw["list"]["endings"]),
        joints=frozenset(raw["list"]["joints"]),
    )
