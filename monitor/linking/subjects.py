"""How much a text speaks of what an agreement is about: the words of config/register/subjects.jsonl. Pure."""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.core.ids import AgreementId, FamilyId
from monitor.linking.candidates import own_words
from monitor.linking.wording import LinkWords, party_stems, stems, token_line
from monitor.register.types import Agreement, Register

_VOWELS = "аиу"  # all that endings begin with in the common spelling
_SHORT = 4  # letters of a word whose other cases have another stem
_USUAL = 0.3  # what a usual word counts beside a core word, where one member or family is set against another


class Spoken(NamedTuple):
    """Of the member whose subject is spoken of most: sums of rarities of the words that stand in the text."""

    core: float
    usual: float
    near: float  # core words in sentences beside those that name the partner

    @property
    def mass(self) -> float:
        """Core and usual words together."""
        return self.core + _USUAL * self.usual


@dataclass(frozen=True, slots=True)
class _Terms:
    """Words, and phrases of which all stems have to be in a text, by one of these."""

    words: frozenset[str]
    phrases: Mapping[str, tuple[frozenset[str], ...]]

    def among(self, text: frozenset[str]) -> frozenset[str]:
        """The stems of the terms that stand in a text."""
        found = self.words & text
        for stem in self.phrases.keys() & text:
            for phrase in self.phrases[stem]:
                if phrase <= text:
                    found |= phrase
        return found


class _Told(NamedTuple):
    core: _Terms
    english: _Terms
    usual: _Terms


class Heard(NamedTuple):
    """The stems of a text that subjects know, with those of short words that stand there in another case."""

    text: frozenset[str]
    sentences: tuple[frozenset[str], ...]
    cyrillic: bool


_NOTHING = Spoken(0.0, 0.0, 0.0)


class Subjects:
    """The subjects of all monitored agreements; built once from a register and the word lists."""

    def __init__(self, register: Register, words: LinkWords) -> None:
        self._of: dict[AgreementId, _Told] = {}
        families: dict[str, set[FamilyId]] = defaultdict(set)
        for family in register.families.values():
            for member in family.members:
                told = self._of[member] = _told(register.agreements[member], register, words)
                for terms in told:
                    for stem in terms.words.union(*itertools.chain(*terms.phrases.values())):
                        families[stem].add(family.id)
        n = max(1, len(register.families))
        self._rarity: Mapping[str, float] = {stem: math.log(n / len(ids)) for stem, ids in families.items()}
        short = [stem for stem in families if len(stem) == _SHORT]
        self._cases = {stem + vowel: stem for stem in short for vowel in _VOWELS}

    def hear(self, sentences: Sequence[frozenset[str]], *, cyrillic: bool) -> Heard:
        """The sentences of one text, as stems, made ready for all its candidates."""
        said = tuple(map(self._heard, sentences))
        return Heard(frozenset[str]().union(*said), said, cyrillic)

    def _heard(self, sentence: frozenset[str]) -> frozenset[str]:
        known = sentence & self._rarity.keys()
        cases = sentence & self._cases.keys()
        return known.union([self._cases[case] for case in cases]) if cases else known

    def spoken(self, members: Sequence[AgreementId], heard: Heard, beside: Iterable[int]) -> Spoken:
        """How much a text speaks of the member of a family that it speaks of most.

        `beside`: the sentences that name the partner and those next to them.
        """
        best, most = _NOTHING, frozenset[str]()
        for told in map(self._of.__getitem__, members):
            core, usual = told.core.among(heard.text), told.usual.among(heard.text)
            if not heard.cyrillic:
                core |= told.english.among(heard.text)
            if core or usual:
                found = Spoken(self._sum(core), self._sum(usual), 0.0)
                if found.mass > best.mass:
                    best, most = found, core
        if not most:
            return best
        near = most.intersection(itertools.chain(*(heard.sentences[n] for n in beside)))
        return best._replace(near=self._sum(near))

    def words(self, member: AgreementId) -> frozenset[str]:
        """The stems of the core words of an agreement that stand alone."""
        return self._of[member].core.words

    def _sum(self, stems: frozenset[str]) -> float:
        return math.fsum([self._rarity[stem] for stem in stems])


def _told(agreement: Agreement, register: Register, words: LinkWords) -> _Told:
    """The terms of an agreement, by its title where nothing was written of it; without its parties' names."""
    none = party_stems(agreement, register) | words.generic
    subject = register.subjects.get(agreement.id)
    if subject is None:
        plain, english = (own_words(agreement, register, lang) - none for lang in ("ru", "en"))
        return _Told(*(_Terms(stems, {}) for stems in (plain, english, frozenset[str]())))
    return _Told(*(_terms(said, none) for said in (subject.core, subject.english, subject.usual)))


def _terms(said: Iterable[str], none: frozenset[str]) -> _Terms:
    words: set[str] = set()
    phrases: dict[str, tuple[frozenset[str], ...]] = {}
    for term in sorted({stems(token_line(one)) - none for one in said}, key=sorted):
        if len(term) == 1:
            words |= term
        elif term:
            at = max(term, key=lambda stem: (len(stem), stem))
            phrases[at] = (*phrases.get(at, ()), term)
    return _Terms(frozenset(words), phrases)
