"""Inflected forms of names from tables of endings, and from a dictionary where there is one.

The tables are config/languages/<xx>_inflection.toml; reading them is nametable.py's work.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_MORE_CASES = {"gen2": 1, "acc2": 3, "loc2": 5}
_OPEN_CLASSES = frozenset({"NOUN", "ADJF", "ADJS", "VERB", "INFN", "PRTF", "ADVB", "NPRO", "PREP", "CONJ"})
_PROPER = frozenset({"Geox", "Name", "Surn", "Patr", "Orgn", "Abbr", "Trad", "Init", "UNKN"})
_OFTEN = 0.1  # share of a dictionary word's readings: Ровно is common, Сочи (from сочить) is not
_VOWELS = "аеёиоуыэюяіўьъй"  # and signs after which an ending is another
_UNDECLINED = ""  # gender of a head that stays as it is: in Гродно Азот the second word declines
_SHORTEST_STEM = 5  # letters: донцы, горцы are more than the people of a place
_SHORTEST_TOWN = 3  # the same where its name makes the people: Ryga, rygiečiai
_LONGEST_ENDING = 5  # letters of an adjective's ending, and of what makes it one of a place: -ский
_GENDERS = {"masc": "m", "femn": "f", "neut": "n"}
_SPACE_OR_TEXT = re.compile(r"\s+|\S+")
Cases = tuple[tuple[str, ...], ...]  # six, in the order of CASES, each with its variants


class Paradigm(NamedTuple):
    """The six cases of a word. `gender` is m, f, n or p (plural)."""

    gender: str
    cases: Cases


class NounRow(NamedTuple):
    """A noun ending: a word in `ends` declines by putting each of `cases` in its place."""

    ends: str
    gender: str
    cases: Cases


class AdjectiveClass(NamedTuple):
    """An adjective type: endings of each gender, used where the letter before the ending is in `after`."""

    after: str
    endings: Mapping[str, Cases]
    link: str  # vowel that joins the stem to another adjective: белорусско-российский


class Analyzer(Protocol):
    """What is used of a morphological dictionary (pymorphy3)."""

    def parse(self, word: str) -> Sequence[Any]:
        """All readings of a word form."""
        ...


@dataclass(frozen=True, slots=True)
class Tables:
    """The endings of one language."""

    nouns: tuple[NounRow, ...] = ()
    adjectives: tuple[AdjectiveClass, ...] = ()
    inhabitants: tuple[tuple[str, tuple[str, ...]], ...] = ()  # plural ending -> all endings
    acronym: tuple[str, ...] = ()  # endings of a spoken abbreviation: МАЗ, МАЗа
    joints: frozenset[str] = frozenset()  # words after which a hyphened name stays as it is: на
    pairs: frozenset[str] = frozenset()  # words between two declined halves: и
    common: frozenset[str] = frozenset()  # words that are names only with support from the context
    proper: frozenset[str] = frozenset()  # words that the dictionary takes for others: Приморье
    people: frozenset[str] = frozenset()  # first names
    surnames: frozenset[str] = frozenset()  # that the dictionary has for something else: Борисов
    adjective_follows: bool = False  # obwód brzeski
    head_last: bool = False  # Gardino sritis
    home_tails: tuple[str, ...] = ()  # "Республики Беларусь" behind a body's name, which falls away at home
    namesake: tuple[str, ...] = ()  # имени
    people_of: tuple[str, str] = ("", "")  # ending of an adjective -> of its place's people: -ский, -цы
    people_of_town: tuple[
        tuple[str, str], ...
    ] = ()  # endings of a town and of its people: Vilnius: vilniečiai
    of_places: tuple[str, ...] = ()  # endings of adjectives that are made of places: not западный
    company_tails: tuple[str, ...] = ()  # HS Timber Group
    phrases: tuple[tuple[str, tuple[str, ...]], ...] = ()  # freie Wirtschaftszone -> all it is called
    adjective_of: tuple[tuple[str, str], ...] = ()  # endings of a town and of its adjective
    otherwise: tuple[tuple[str, str], ...] = ()  # государственный университет -> госуниверситет


@dataclass
class Inflector:
    """Declines names of one language; asks `analyzer` first for words that it knows."""

    tables: Tables
    analyzer: Analyzer | None = None
    _cache: dict[str, tuple[Paradigm, ...]] = field(default_factory=dict)

    @classmethod
    def plain(cls) -> "Inflector":
        """For a language without tables: every name stays as it is written."""
        return cls(Tables())

    def phrase(self, text: str) -> tuple[str, ...]:
        """All case forms of a name, the nominative first; the head and what agrees with it decline."""
        for given, others in self.tables.phrases:
            if given in text:
                return (text, *(text.replace(given, other) for other in others))
        parts = _SPACE_OR_TEXT.findall(text)
        tokens = parts[::2]
        if self.tables.head_last and len(tokens) > 1 and tokens[1] not in self.tables.joints:
            return self._of_last("".join(parts[:-1]), tokens[-1])
        lead = 0
        while lead < len(tokens) - 1 and self._agreeing(tokens[lead]):
            lead += 1
        forms = [text]
        tail = "".join(parts[2 * lead + 1 :])
        for head in self.noun(tokens[lead]):
            for case in range(6):
                starts = [""]
                for index, token in enumerate(tokens[:lead]):
                    options = self._agree(token, head.gender, case) or (token,)
                    starts = [s + o + parts[2 * index + 1] for s in starts for o in options]
                declines = len(set(head.cases)) > 1
                tails = self._tails(tokens, lead, head.gender if declines else _UNDECLINED, case, tail)
                forms += [s + word + t for s in starts for word in head.cases[case] for t in tails]
        return tuple(dict.fromkeys(forms))

    def _of_last(self, before: str, head: str) -> tuple[str, ...]:
        cases = (word for paradigm in self.noun(head) for case in paradigm.cases for word in case)
        return tuple(dict.fromkeys(before + word for word in (head, *cases)))

    def _tails(self, tokens: list[str], lead: int, gender: str, case: int, tail: str) -> list[str]:
        if self.tables.adjective_follows and len(tokens) == lead + 2:
            return [f" {word}" for word in self._agree(tokens[-1], gender, case)] or [tail]
        if len(tokens) == lead + 2 and gender == _UNDECLINED:
            return [f" {word}" for paradigm in self.noun(tokens[-1]) for word in paradigm.cases[case]] or [
                tail
            ]
        if len(tokens) == lead + 3 and tokens[lead + 1] in self.tables.pairs:
            last = tokens[lead + 2]
            halves = [word for paradigm in self.noun(last) for word in paradigm.cases[case]]
            return [f" {tokens[lead + 1]} {half}" for half in halves] or [tail]
        return [tail]

    def noun(self, word: str) -> tuple[Paradigm, ...]:
        """Every plausible declension of a word in the nominative; empty for what does not decline."""
        if word not in self._cache:
            self._cache[word] = self._hyphened(word) if "-" in word.strip("-") else self._simple(word)
        return self._cache[word]

    def _hyphened(self, word: str) -> tuple[Paradigm, ...]:
        first, *rest = word.split("-")
        if set(rest) & self.tables.joints:
            tail = "-" + "-".join(rest)
            return tuple(Paradigm(p.gender, _append(p.cases, tail)) for p in self._simple(first))
        head, _, last = word.rpartition("-")
        found = [Paradigm(p.gender, _prepend(head + "-", p.cases)) for p in self._simple(last)]
        if self.adjective_gender(last):  # Каменск-Уральский: both halves decline
            for p in self._simple(head):
                options = [self._agree(last, p.gender, case) for case in range(6)]
                cases = tuple(
                    tuple(f"{a}-{b}" for a in p.cases[case] for b in options[case]) for case in range(6)
                )
                found.append(Paradigm(p.gender, cases))
        return tuple(found)

    def _simple(self, word: str) -> tuple[Paradigm, ...]:
        known = self._dictionary(word)
        if known and not self._is_stiff(word, known):
            return known
        kinds = (_adjective_paradigms(kind, word) for kind in self.tables.adjectives)
        found = next((paradigms for paradigms in kinds if paradigms), [])
        return tuple(Paradigm(gender, cases) for gender, cases in found) + self._by_table(word)

    def _is_stiff(self, word: str, known: tuple[Paradigm, ...]) -> bool:
        """True for a name that the dictionary does not decline although it ends in a consonant: Несвиж."""
        is_fixed = all({form for case in p.cases for form in case} == {word} for p in known)
        return is_fixed and len(word) >= _SHORTEST_STEM and word[1:].islower() and word[-1] not in _VOWELS

    def _by_table(self, word: str) -> tuple[Paradigm, ...]:
        rows = [row for row in self.tables.nouns if word.endswith(row.ends)]
        longest = max((len(row.ends) for row in rows), default=0)
        return tuple(
            Paradigm(row.gender, _prepend(word[: len(word) - len(row.ends)], row.cases))
            for row in rows
            if len(row.ends) == longest
        )

    def _dictionary(self, word: str) -> tuple[Paradigm, ...]:
        if self.analyzer is None:
            return ()
        readings = [
            reading
            for reading in self.analyzer.parse(word)
            if reading.is_known and "nomn" in reading.tag and reading.tag.POS in {"NOUN", "ADJF"}
        ]
        for wanted in ("Geox", "Orgn", ""):
            chosen = [
                r
                for r in readings
                if wanted in str(r.tag) and (wanted or not {"Name", "Surn", "Patr"} & set(r.tag.grammemes))
            ]
            if chosen:
                return tuple(dict.fromkeys(_from_dictionary(word, reading) for reading in chosen))
        return ()

    def adjective_gender(self, word: str) -> str:
        """The gender of an adjective in the nominative by its ending, empty if it is none."""
        for kind in self.tables.adjectives:
            for gender, _ in _adjective_paradigms(kind, word):
                return gender
        return ""

    def _agreeing(self, word: str) -> bool:
        if self.analyzer is not None:
            known = [r for r in self.analyzer.parse(word) if r.is_known and "nomn" in r.tag]
            if any(r.tag.POS in {"ADJF", "PRTF"} for r in known):
                return True
            if any("Surn" not in r.tag for r in known):  # Шкловский is known as a surname only
                return False
        return bool(self.adjective_gender(word))

    def _agree(self, word: str, gender: str, case: int) -> tuple[str, ...]:
        for kind in self.tables.adjectives:
            for found, cases in _adjective_paradigms(kind, word):
                if found == gender:
                    return cases[case]
        for paradigm in self._dictionary(word):
            if paradigm.gender == gender:
                return paradigm.cases[case]
        return ()

    def adjective(self, word: str, genders: Collection[str] = ("m", "f", "n", "p")) -> tuple[str, ...]:
        """All forms of an adjective given in the masculine nominative, or those of some genders."""
        for kind in self.tables.adjectives:
            for ending in kind.endings["m"][0]:
                stem = word[: len(word) - len(ending)]
                if word.endswith(ending) and stem and (not kind.after or stem[-1].lower() in kind.after):
                    chosen = (cases for gender, cases in kind.endings.items() if gender in genders)
                    found = (stem + e for cases in chosen for case in cases for e in case)
                    return tuple(dict.fromkeys(found))
        return (word,)

    def adjective_in(self, name: str) -> str:
        """The adjective in a name of two words, masculine and without a capital, else empty."""
        first, _, second = name.partition(" ")
        word = second if self.tables.adjective_follows else first
        if not second or " " in second or (word[:1].islower() and not self.tables.adjective_follows):
            return ""
        if not self._is_of_place(word.lower()):
            return ""  # Западная Ява is no place that the west wind comes from
        return next((base for kind in self.tables.adjectives if (base := _base(kind, word.lower()))), "")

    def _is_of_place(self, word: str) -> bool:
        ends = self.tables.of_places
        return not ends or any(end in word[-_LONGEST_ENDING:] for end in ends)

    def adjective_of(self, town: str) -> str:
        """The adjective by the ending of a town's name (Луцьк: луцький), empty where no rule tells."""
        made = (town.removesuffix(a) + b for a, b in self.tables.adjective_of if town.endswith(a))
        return "" if " " in town else next(made, "").lower()

    def compound(self, word: str) -> str:
        """The first half of a compound adjective (белорусско-), empty if the adjective has none."""
        for kind in self.tables.adjectives:
            for ending in kind.endings["m"][0]:
                stem = word[: len(word) - len(ending)]
                if word.endswith(ending) and stem and (not kind.after or stem[-1].lower() in kind.after):
                    return stem + kind.link if kind.link else ""
        return ""

    def inhabitants(self, word: str) -> tuple[str, ...]:
        """All forms, singular too, of the plural name of a place's people."""
        for ends, endings in self.tables.inhabitants:
            if word.endswith(ends):
                return tuple(dict.fromkeys((word, *(word[: len(word) - len(ends)] + e for e in endings))))
        return self.phrase(word)

    def people_of(self, adjective: str) -> str:
        """The people of a place by its adjective (акмолинский: акмолинцы), empty where no rule tells."""
        ends, plural = self.tables.people_of
        stem = adjective.removesuffix(ends)
        if not ends or stem == adjective or len(stem) < _SHORTEST_STEM or stem[-1].lower() in _VOWELS:
            return ""
        return "" if self.is_common(stem + plural) else stem + plural

    def people_of_town(self, town: str) -> str:
        """The people of a town by the ending of its name (Vilnius: vilniečiai), empty where no rule tells."""
        for ends, plural in self.tables.people_of_town:
            stem = town.removesuffix(ends).lower()
            if town.endswith(ends):
                is_word = " " in stem or len(stem) < _SHORTEST_TOWN or self.is_common(stem + plural)
                return "" if is_word else stem + plural
        return ""

    def acronym(self, word: str) -> tuple[str, ...]:
        """Forms of a spoken abbreviation; only the word itself if the last letter is a vowel."""
        if not self.tables.acronym or word[-1].lower() in _VOWELS:
            return (word,)
        return tuple(word + ending for ending in self.tables.acronym)

    def is_common(self, form: str) -> bool:
        """True if a form is often an ordinary word, so that only context makes it a name."""
        word = form.lower()
        if word in self.tables.common:
            return True
        if word in self.tables.proper:
            return False
        ordinary = self._weight(word, lambda r: r.tag.POS in _OPEN_CLASSES and not _PROPER & r.tag.grammemes)
        return ordinary >= _OFTEN

    def is_first_name(self, name: str) -> bool:
        """True if a name is somebody's first name at least as often as a place: Лида, Владимир."""
        word = name.lower()
        if word in self.tables.people:
            return True
        if word in self.tables.proper:
            return False
        return 0 < self._weight(word, lambda r: "Name" in r.tag) >= self._weight(word, _is_place)

    def is_surname(self, name: str) -> bool:
        """True if a name is a surname at least as often as a place: Пушкин."""
        word = name.lower()
        if word in self.tables.surnames:
            return True
        if word in self.tables.proper:
            return False
        return 0 < self._weight(word, lambda r: "Surn" in r.tag) >= self._weight(word, _is_place)

    def _weight(self, word: str, fits: Callable[[Any], bool]) -> float:
        if self.analyzer is None:
            return 0.0
        return float(sum(r.score for r in self.analyzer.parse(word) if r.is_known and fits(r)))


def _is_place(reading: Any) -> bool:
    return "Geox" in reading.tag


def _adjective_paradigms(kind: AdjectiveClass, word: str) -> list[tuple[str, Cases]]:
    found = []
    for gender, cases in kind.endings.items():
        for ending in cases[0]:
            stem = word[: len(word) - len(ending)]
            is_long = len(stem) > 2 or (stem and len(ending) > 2)
            if word.endswith(ending) and is_long and (not kind.after or stem[-1].lower() in kind.after):
                found.append((gender, _prepend(stem, cases)))
    return found


def _base(kind: AdjectiveClass, word: str) -> str:
    """The masculine nominative of an adjective in any gender, empty if it is none of this class."""
    for cases in kind.endings.values():
        for ending in cases[0]:
            stem = word.removesuffix(ending)
            if ending and stem != word and len(stem) > 2 and (not kind.after or stem[-1] in kind.after):
                return stem + kind.endings["m"][0][0]
    return ""


def _from_dictionary(word: str, reading: Any) -> Paradigm:
    number = reading.tag.number
    gender = "p" if number == "plur" else _GENDERS.get(reading.tag.gender, "m")
    cases: list[list[str]] = [[] for _ in CASES]
    for form in reading.lexeme:
        tag = form.tag
        if "Supr" in tag or "Cmp2" in tag:
            continue
        if number != tag.number or (number == "sing" and reading.tag.gender != tag.gender):
            continue
        index = CASES.index(tag.case) if tag.case in CASES else _MORE_CASES.get(tag.case)
        if index is not None and tag.POS == reading.tag.POS:
            cases[index].append(_with_case_of(word, form.word))
    return Paradigm(gender, tuple(tuple(dict.fromkeys(case)) for case in cases))


def _with_case_of(model: str, form: str) -> str:
    shared = 0
    for a, b in zip(model.lower(), form, strict=False):
        if a.replace("ё", "е") != b.replace("ё", "е"):
            break
        shared += 1
    return model[:shared] + form[shared:]


def _prepend(stem: str, cases: Cases) -> Cases:
    return tuple(tuple(stem + ending for ending in case) for case in cases)


def _append(cases: Cases, tail: str) -> Cases:
    return tuple(tuple(form + tail for form in case) for case in cases)
