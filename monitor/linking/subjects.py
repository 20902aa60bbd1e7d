"""How much a text speaks of what an agreement is about: the words of config/register/subjects.jsonl. Pure."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.core.ids import AgreementId, FamilyId
from monitor.linking.candidates import own_words
from monitor.linking.wording import LinkWords, place_stems, stems, token_line
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
    words: frozenset[str]
    phrases: tuple[frozenset[str], ...]  # all stems of one have to be there

    def among(self, stems: frozenset[str]) -> frozenset[str]:
        """The stems of the terms that stand in a text."""
        told = [phrase for phrase in self.phrases if phrase <= stems]
        return (self.words & stems).union(*told) if told else self.words & stems


@dataclass(frozen=True, slots=True)
class _Told:
    core: _Terms
    english: _Terms
    usual: _Terms


def _inflected(short: str) -> tuple[str, ...]:
    """The stems of other cases of a word that is shorter than a stem: лифта, лифты, лифту and the like."""
    return tuple(short + vowel for vowel in _VOWELS)


class Subjects:
    """The subjects of all monitored agreements; built once from a register and the word lists."""

    def __init__(self, register: Register, words: LinkWords) -> None:
        self._of: dict[AgreementId, _Told] = {}
        families: dict[str, set[FamilyId]] = defaultdict(set)
        for family in register.families.values():
            for member in family.members:
                told = self._of[member] = _told(register.agreements[member], register, words)
                for terms in (told.core, told.english, told.usual):
                    for stem in terms.words.union(*terms.phrases):
                        families[stem].add(family.id)
        n = max(1, len(register.families))
        self._rarity: Mapping[str, float] = {stem: math.log(n / len(ids)) for stem, ids in families.items()}
        self._short = {case: stem for stem in families if len(stem) == _SHORT for case in _inflected(stem)}

    def widened(self, found: frozenset[str]) -> frozenset[str]:
        """The stems of a text with those of short words that stand in it in another case."""
        return found.union([self._short[case] for case in found & self._short.keys()])

    def spoken(
        self, members: Sequence[AgreementId], text: frozenset[str], near: frozenset[str], *, cyrillic: bool
    ) -> Spoken:
        """How much a text speaks of the member of a family that it speaks of most.

        `text`, `near`: stems of all of it, `widened`, and of the sentences that name the partner and those
        beside them.
        """
        best = Spoken(0.0, 0.0, 0.0)
        for told in map(self._of.__getitem__, members):
            core = told.core.among(text)
            if not cyrillic:
                core |= told.english.among(text)
            found = Spoken(self._sum(core), self._sum(told.usual.among(text)), 0.0)
            if found.mass > best.mass:
                best = found._replace(near=self._sum(core & near))
        return best

    def _sum(self, found: Iterable[str]) -> float:
        return math.fsum([self._rarity[stem] for stem in found])


def _told(agreement: Agreement, register: Register, words: LinkWords) -> _Told:
    """The terms of an agreement, by its title where nothing was written of it; without its parties' names."""
    none = frozenset[str]().union(*(place_stems(party.place, register) for party in agreement.parties))
    none |= words.generic
    subject = register.subjects.get(agreement.id)
    if subject is None:
        plain, english = (own_words(agreement, register, lang) - none for lang in ("ru", "en"))
        return _Told(_Terms(plain, ()), _Terms(english, ()), _Terms(frozenset(), ()))
    return _Told(*(_terms(said, none) for said in (subject.core, subject.english, subject.usual)))


def _terms(said: Iterable[str], none: frozenset[str]) -> _Terms:
    found = {stems(token_line(words)) - none for words in said}
    return _Terms(
        words=frozenset[str]().union(*(term for term in found if len(term) == 1)),
        phrases=tuple(sorted((term for term in found if len(term) > 1), key=sorted)),
    )
