"""Every spelling under which a party of the gazetteer may stand in a text. Pure.

Which of several parties a spelling means in a given text is decided in monitor.linking.homonyms.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.ids import PlaceId
from monitor.register.inflection import Inflector
from monitor.register.types import Place

_BRACKETS = re.compile(r"\s*\([^)]*\)\s*")
_TOKEN = re.compile(r"\w+")
_LEGAL_FORM = re.compile(r"[\w-]+ «(.+)»")
_CYRILLIC = re.compile(r"[а-яіўїєґ]", re.IGNORECASE)
_INITIALS = re.compile(r"(?:\b[^\W\d_]{1,2}\.\s*)+")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
GEOGRAPHIC = frozenset({"country", "union", "region", "district", "city", "city_district", "zone"})
BODIES = frozenset({"organisation", "university", "hospital"})
HOME = "BY"  # the country whose regions are watched
_PEOPLED = frozenset({"region", "district", "city"})
_LONG = 12  # letters: a body's name of several words as long as this is no chance phrase


class Case(StrEnum):
    """What a text's capital letters must show for a form to count."""

    ANY = "any"
    CAPITAL = "capital"  # the first capital of the form stands in the text
    EXACT = "exact"  # all capitals as in the form: МИР, not Мир


class Guard(StrEnum):
    """Why a form alone proves nothing; joined to a string in NameForm.guards."""

    COMMON = "c"  # also an ordinary word
    PERSON = "p"  # also a first name or surname
    SURNAME = "n"  # also a surname
    QUOTED = "q"  # a name only in quotation marks or after a legal form
    COMPOUND = "h"  # first half of a compound adjective: a hyphen must follow
    SHORT = "s"  # abbreviation of two letters
    CITY = "d"  # city district without its city
    BARE = "b"  # a body without its country


@dataclass(frozen=True, slots=True)
class NameForm:
    """One spelling of one place."""

    place: PlaceId
    text: str  # with the capitals of the gazetteer
    how: str  # name | adjective | demonym | colloquial | abbreviation
    lang: str
    case: Case
    guards: str = ""


def forms(place: Place, grammar: Mapping[str, Inflector]) -> list[NameForm]:
    """All forms of a place in all languages; `grammar` declines those languages that it holds."""
    marks = _marks(place, grammar)
    is_given = _is_given(place, grammar)
    found: dict[tuple[str, str, str], NameForm] = {}
    for lang in dict.fromkeys((*place.names, *place.adjectives, *place.demonyms, *place.colloquial)):
        speller = _Speller(place, lang, grammar.get(lang) or Inflector.plain(), marks, is_given)
        for form in speller.every_form():
            found.setdefault((form.lang, form.text, form.how), form)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Speller:
    """Writes the forms of one place in one language."""

    place: Place
    lang: str
    inflector: Inflector
    marks: str  # guards that the place's standard name carries in a language with a dictionary
    is_given: bool  # some language lists the name among first names: Sofia, so Софія too

    def every_form(self) -> Iterator[NameForm]:
        place, lang = self.place, self.lang
        for name in place.names.get(lang, ()):
            yield from self._names(name)
        for name in place.colloquial.get(lang, ()):
            for text in self.inflector.phrase(name):
                yield NameForm(place.id, text, "colloquial", lang, Case.CAPITAL)
        for name in place.demonyms.get(lang, ()) or self._people():
            yield from self._demonyms(name, self.inflector.inhabitants(name))
        for name in self._people() if place.country == HOME else ():  # жлобинцы beside жлобинчане
            plural = [text for text in self.inflector.inhabitants(name) if text.startswith(name[:-1])]
            yield from self._demonyms(name, plural)  # Быховец is a surname
        for name in place.adjectives.get(lang, ()) or self._derived():
            yield from self._adjectives(name)

    def _demonyms(self, name: str, declined: Iterable[str]) -> Iterator[NameForm]:
        case = Case.CAPITAL if name[:1].isupper() else Case.ANY
        for text in declined:
            yield NameForm(self.place.id, text, "demonym", self.lang, case)

    def _derived(self) -> tuple[str, ...]:
        """Adjectives of a place for which the gazetteer has none, where a name of it holds or makes one:
        Рівненська область, Луцьк."""
        names = self.place.names.get(self.lang, ())
        if self.place.kind == "city":
            found = [self.inflector.adjective_of(name) for name in names]
        elif self.place.kind in _PEOPLED and self.place.country:  # but nobody says близький of Близький Схід
            found = [self.inflector.adjective_in(name) for name in names]
        else:
            found = []
        return tuple(dict.fromkeys(word for word in found if word and not self._is_word(word)))

    def _is_word(self, adjective: str) -> bool:
        """True for балтійський of Балтійськ: listed as an ordinary word."""
        return adjective in self.inflector.tables.common

    def _people(self) -> tuple[str, ...]:
        """The inhabitants of a place for which the gazetteer has none, where its adjective or name tells."""
        if self.place.kind not in _PEOPLED:
            return ()
        found = list(map(self.inflector.people_of, self.place.adjectives.get(self.lang, ())))
        if self.place.kind == "city":
            found += map(self.inflector.people_of_town, self.place.names.get(self.lang, ()))
        return tuple(dict.fromkeys(word for word in found if word))

    def _adjectives(self, name: str) -> Iterator[NameForm]:
        case = Case.CAPITAL if name[:1].isupper() else Case.ANY
        for text in self.inflector.adjective(name):
            yield NameForm(self.place.id, text, "adjective", self.lang, case)
        compound = self.inflector.compound(name)
        if compound:
            yield NameForm(self.place.id, compound, "adjective", self.lang, case, Guard.COMPOUND.value)

    def _names(self, name: str) -> Iterator[NameForm]:
        bare = _BRACKETS.sub(" ", name).strip()
        if not bare or self._is_repeated(bare):
            return
        guard = Guard.QUOTED.value if bare != name and self.place.kind not in GEOGRAPHIC else ""
        yield from self._forms_of(bare, guard)
        if self.place.kind == "company":
            yield from (
                form for other in _without_tail(bare, self.inflector) for form in self._forms_of(other, guard)
            )
            for other in (other for other, _ in _written_otherwise(bare, self.inflector)):
                yield from self._forms_of(other, guard)
            yield from self._of_make(bare, guard)
        if self.place.kind in BODIES:
            for variant, home_only in _shorter(bare, self.inflector):
                yield from self._forms_of(variant, Guard.BARE.value if home_only else guard)
        if self.place.kind == "city_district":
            yield from self._of_row(bare.split())

    def _of_make(self, name: str, guard: str) -> Iterator[NameForm]:
        """A company of two words of which only the last declines: представительство «Савушкин продукта»."""
        words = name.split()
        if len(words) == 2 and _CYRILLIC.search(words[1]) and not self.inflector.adjective_gender(words[0]):
            guard += self._guards(name, words)
            for paradigm in self.inflector.noun(words[1]):
                for text in dict.fromkeys(f"{words[0]} {form}" for case in paradigm.cases for form in case):
                    yield NameForm(self.place.id, text, "name", self.lang, Case.CAPITAL, guard)

    def _of_row(self, words: list[str]) -> Iterator[NameForm]:
        """A city district in a row, where only the last one has its noun: Московский и Заводской районы."""
        if len(words) == 2 and self.inflector.adjective_gender(words[0]) == "m":
            for text in self.inflector.adjective(words[0], genders=("m", "p")):
                yield NameForm(self.place.id, text, "adjective", self.lang, Case.CAPITAL, Guard.CITY.value)

    def _is_repeated(self, name: str) -> bool:
        """True for "ОАО «Амкодор»" beside "Амкодор": the shorter name is found in the longer one."""
        match = _LEGAL_FORM.fullmatch(name)
        others = {other.casefold() for other in self.place.names[self.lang]}
        return match is not None and match.group(1).casefold() in others

    def _forms_of(self, name: str, guard: str) -> Iterator[NameForm]:
        if _is_abbreviation(name):
            yield from self._abbreviations(name, guard)
            return
        if _IDEOGRAPH.search(name):
            yield NameForm(self.place.id, name, "name", self.lang, Case.ANY)
            return
        tokens = _TOKEN.findall(name)
        case = _case_of(self.place, name, tokens)
        guard += self._guards(name, tokens)
        for text in self.inflector.phrase(name):
            common = Guard.COMMON if len(tokens) == 1 and self.inflector.is_common(text) else ""
            guards = "".join(dict.fromkeys(guard + (common if self.place.kind in GEOGRAPHIC else "")))
            yield NameForm(self.place.id, text, "name", self.lang, case, guards)

    def _abbreviations(self, name: str, guard: str) -> Iterator[NameForm]:
        loose = len(name) >= 5 and not self.inflector.is_common(name)  # БЕЛАЗ in a headline is БелАЗ
        case = Case.CAPITAL if loose else Case.EXACT
        if len(name) > 2 and not self.inflector.is_common(name):
            guard = guard.replace(Guard.QUOTED, "")  # MAZ (Minsk): its capitals tell it
        guards = guard + (Guard.SHORT if len(name) <= 2 else "")
        for text in self.inflector.acronym(name):
            common = Guard.COMMON if self.inflector.is_common(text) else ""
            yield NameForm(self.place.id, text, "abbreviation", self.lang, case, guards + common)

    def _guards(self, name: str, tokens: list[str]) -> str:
        """What holds for all cases of a name."""
        place = self.place
        if len(tokens) > 2:
            return ""
        if place.kind == "city_district":
            return Guard.CITY if len(tokens) == 2 and self.inflector.adjective_gender(tokens[0]) else ""
        if len(tokens) == 2:  # 8 Марта, but not стеклозавод «Неман»
            return Guard.QUOTED if place.ambiguous and place.kind == "company" and "«" not in name else ""
        if place.kind not in GEOGRAPHIC:
            common = Guard.COMMON in self.marks or self.inflector.is_common(name)
            return Guard.QUOTED if common or place.ambiguous else ""
        own = _people(self.inflector, name)
        if self.inflector.analyzer is not None:
            return own
        marks = own + (self.marks if _CYRILLIC.search(name) else "")
        return marks + (Guard.PERSON if self.is_given and Guard.PERSON not in marks else "")


def _without_tail(name: str, inflector: Inflector) -> Iterator[str]:
    """HS Timber of HS Timber Group; one word alone is too little."""
    for tail in inflector.tables.company_tails:
        shorter = name.removesuffix(f" {tail}")
        if shorter != name and " " in shorter:
            yield shorter


def _written_otherwise(name: str, inflector: Inflector) -> Iterator[tuple[str, bool]]:
    """Names with a phrase that is written otherwise: завод медпрепаратов."""
    for long, short in inflector.tables.otherwise:
        if long in name:
            other = name.replace(long, short)
            yield other, False
            yield from _shorter(other, inflector)


def _shorter(name: str, inflector: Inflector) -> Iterator[tuple[str, bool]]:
    """Other spellings of a body's name; True where only home tells whose body it is."""
    tables = inflector.tables
    yield from _written_otherwise(name, inflector)
    yield from _without_home(name, inflector)
    for word in tables.namesake:
        head, found, who = name.partition(f" {word} ")
        if found:
            who = _INITIALS.sub("", who)
            yield from ((f"{head} {other} {who}", False) for other in tables.namesake)
            if len(head.split()) > 1:  # not МГУ имени Ломоносова
                yield head, False


def _without_home(name: str, inflector: Inflector) -> Iterator[tuple[str, bool]]:
    tails = inflector.tables.home_tails
    tail = next((tail for tail in tails if name.endswith(f" {tail}")), "")
    if not tail:
        return
    base = name.removesuffix(tail).strip()
    for other in tails:
        yield f"{base} {other}", False
    if not inflector.is_common(base):
        yield base, True


def _is_abbreviation(name: str) -> bool:
    """One word with a capital after its first letter: МТЗ, БелАЗ, ГрГУ; not Нью-Йорк."""
    return bool(
        re.fullmatch(r"\w{2,}", name)
        and not _IDEOGRAPH.search(name)
        and any(letter.isupper() for letter in name[1:])
    )


def _case_of(place: Place, name: str, tokens: list[str]) -> Case:
    if len(tokens) > 1 and place.kind in BODIES and len(name) >= _LONG and not place.ambiguous:
        return Case.ANY  # министерство промышленности Республики Беларусь
    return Case.CAPITAL


def _marks(place: Place, grammar: Mapping[str, Inflector]) -> str:
    """What a language with a dictionary says of a place's standard name, for the languages without.

    Горизонт is an ordinary word, so Гарызонт is taken for one; Пушкин is a surname, so is Пушкін.
    """
    for lang, names in place.names.items():
        inflector = grammar.get(lang)
        if inflector is None or inflector.analyzer is None or not names:
            continue
        bare = _BRACKETS.sub("", names[0]).strip()
        if re.fullmatch(r"\w+", bare) and not _is_abbreviation(bare):
            return (Guard.COMMON if inflector.is_common(bare) else "") + _people(inflector, bare)
    return ""


def _is_given(place: Place, grammar: Mapping[str, Inflector]) -> bool:
    return place.kind in GEOGRAPHIC and any(
        lang in grammar and name.lower() in grammar[lang].tables.people
        for lang, names in place.names.items()
        for name in names
    )


def _people(inflector: Inflector, name: str) -> str:
    if inflector.is_surname(name):
        return Guard.PERSON + Guard.SURNAME
    return Guard.PERSON if inflector.is_first_name(name) else ""
