"""Words beside the names: document words, stages, and the words of a text folded so that Russian and
Belarusian spellings of one word meet. Pure but for `load_link_words`."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import ahocorasick_rs

from monitor.core.errors import UNREADABLE, InputError, Problem
from monitor.core.ids import PlaceId
from monitor.core.wordlists import read_words
from monitor.register.types import Agreement, Register

STAGES = ("announcement", "signing", "implementation", "result", "anniversary", "problem", "none")

_STEM = 5  # letters: "дагавор" and "договора" meet, "сотрудничество" and "супрацоўніцтва" stay apart
_SHORTEST = 3
_TOKEN = re.compile(r"[^\W_]+")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]+")
# Russian and Belarusian to one spelling: be writes unstressed vowels and soft consonants as they sound
_PAIRS = (("дз", "д"), ("щ", "шч"), ("нн", "н"), ("лл", "л"), ("сс", "с"))
_LETTERS = (
    ("ё", "а"), ("э", "а"), ("е", "а"), ("я", "а"), ("о", "а"), ("є", "а"), ("ы", "и"), ("і", "и"),
    ("ї", "и"), ("й", "и"), ("ю", "у"), ("ў", "в"), ("ц", "т"), ("ґ", "г"), ("ь", ""), ("ъ", ""),
    ("'", ""), ("’", ""), ("ʼ", ""),
)  # fmt: skip
_SPELLED = (*_PAIRS, *_LETTERS)  # one after the other: an eighth of what a table of letters takes
# begins with a digit for sure: the search passes over what is none four times as fast
_NUMBER = re.compile(r"\d(?:\d{0,2}(?:[ \u00a0\u202f]\d{3})+|\d*(?:[.,]\d+)?)")


@dataclass(frozen=True, slots=True)
class Marks:
    """Which listed words a text holds: counts by group of documents and by stage."""

    documents: Mapping[str, int]
    stages: Mapping[str, int]


class LinkWords:
    """config/linking.toml, compiled.

    `kinds`: the kinds of agreement that a group of documents can mean; `generic`: stems that tell nothing;
    `body_names`, `bodies`: stems of the names of a kind of body, and of words that texts have for it.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.generic = _stems_of(raw["generic"]["words"])
        self.kinds = {name: frozenset(group["kinds"]) for name, group in raw["documents"].items()}
        self.body_names = {name: _stems_of(group["names"]) for name, group in raw["bodies"].items()}
        self.bodies = {name: _stems_of(group["words"]) for name, group in raw["bodies"].items()}
        self.stages = tuple(str(stage["name"]) for stage in raw["stages"])
        for stage in self.stages:
            if stage not in STAGES:
                raise ValueError(f"stage {stage!r} is not one of {', '.join(STAGES)}")
        groups: dict[str, set[tuple[bool, str]]] = {}
        lists = [(True, name, group["words"]) for name, group in raw["documents"].items()]
        lists += [(False, stage["name"], stage["words"]) for stage in raw["stages"]]
        for is_document, name, words in lists:
            for word in words:
                groups.setdefault(_pattern(word), set()).add((is_document, name))
        self._groups = list(groups.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(groups))

    def marks(self, text: str) -> Marks:
        """The listed words of a text that `token_line` made."""
        documents: Counter[str] = Counter()
        stages: Counter[str] = Counter()
        for index, _, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for is_document, name in self._groups[index]:
                (documents if is_document else stages)[name] += 1
        return Marks(documents, stages)


def load_link_words(config: Path) -> LinkWords:
    """The word lists of a config folder. Errors: InputError naming the file and what is wrong."""
    path = config / "linking.toml"
    try:
        return LinkWords(read_words(config, "linking.toml"))
    except UNREADABLE as error:
        raise InputError([Problem(str(path), f"cannot be read: {error}")]) from error


def _pattern(word: str) -> str:
    inside = word.startswith("*")
    line = token_line(word.removeprefix("*"))
    if not line.strip():
        raise ValueError(f"{word!r} holds no letter")
    return line.strip() if inside else line.rstrip()


def token_line(text: str) -> str:
    """The words of a text in lower case and in the common spelling, one space before and after each."""
    return f" {' '.join(_TOKEN.findall(spelled(text)))} "


def token_lines(texts: Sequence[str]) -> list[str]:
    """`token_line` of each text; for less, as they are spelled together."""
    every = spelled("\n".join(texts)).split("\n")
    if len(every) != len(texts):  # one of them has lines itself
        every = [spelled(text) for text in texts]
    return [f" {' '.join(_TOKEN.findall(one))} " for one in every]


def spelled(text: str) -> str:
    """A text in lower case and in the common spelling; its words are those of its `token_line`."""
    plain = text.casefold()
    for old, new in _SPELLED:
        plain = plain.replace(old, new)
    return plain


def stems(line: str) -> frozenset[str]:
    """The first letters of every word of a `token_line`; Chinese words as pairs of signs."""
    found = {token[:_STEM] for token in line.split() if len(token) >= _SHORTEST}
    if _IDEOGRAPH.search(line) is not None:
        for run in _IDEOGRAPHS.findall(line):
            found.update(run[i : i + 2] for i in range(len(run) - 1))
    return frozenset(found)


def stems_of_lines(lines: Sequence[str]) -> tuple[frozenset[str], ...]:
    """`stems` of each line."""
    if _IDEOGRAPH.search("".join(lines)) is not None:
        return tuple(map(stems, lines))
    return tuple(
        frozenset([token[:_STEM] for token in line.split() if len(token) >= _SHORTEST]) for line in lines
    )


def _stems_of(words: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*(stems(token_line(word)) for word in words))


def party_stems(agreement: Agreement, register: Register) -> frozenset[str]:
    """`place_stems` of all parties of an agreement: words that name them and say nothing of its matter."""
    return frozenset[str]().union(*(place_stems(party.place, register) for party in agreement.parties))


def place_stems(place: PlaceId, register: Register) -> frozenset[str]:
    """Stems of every name and adjective of a place and, for geographic ones, of the places around it."""
    found: set[str] = set()
    for at in (place, *register.ancestors(place)):
        known = register.places[at]
        for table in (known.names, known.adjectives):
            for names in table.values():
                found.update(*map(_stems_of_name, names))
    return frozenset(found)


@lru_cache(maxsize=1 << 16)  # a country's names are asked for with every body and party that lies in it
def _stems_of_name(name: str) -> frozenset[str]:
    return stems(token_line(name))


def numbers(text: str) -> frozenset[float]:
    """The numbers of a text that have at least two digits; thousands may be set apart by spaces."""
    found = set()
    for match in _NUMBER.findall(text):
        plain = re.sub(r"\s", "", match).replace(",", ".")
        if len(plain) > 1:
            found.add(float(plain))
    return frozenset(found)


class Rarity:
    """How much a stem tells: its inverse document frequency over a list of short texts."""

    def __init__(self, texts: Iterable[frozenset[str]]) -> None:
        counts: Counter[str] = Counter()
        n = 0
        for text in texts:
            counts.update(text)
            n += 1
        self._weights = {stem: math.log((n + 1) / (count + 0.5)) for stem, count in counts.items()}
        self._unseen = math.log((n + 1) / 0.5)

    def of(self, stem: str) -> float:
        """Near 0 for a stem in every text, about 6 for one in a single text of 400."""
        return self._weights.get(stem, self._unseen)

    def total(self, found: Iterable[str]) -> float:
        """Sum over stems, whatever their order: two names that fit as well must not be told apart by it."""
        return math.fsum(map(self.of, found))
