"""Every spelling under which a party of the gazetteer may stand in a text. Pure.

Which of several parties a spelling means in a given text is decided in monitor.linking.homonyms.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.ids import PlaceId
from monitor.register.inflection import Inflector
from monitor.register.types import Place

_BRACKETS = re.compile(r"\s*\([^)]*\)\s*")
_TOKEN = re.compile(r"\w+")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
GEOGRAPHIC = frozenset({"country", "union", "region", "district", "city", "city_district", "zone"})
_BODIES = frozenset({"organisation", "university", "hospital"})
_LONG = 12  # letters: a body's name of several words as long as this is no chance phrase


class Case(StrEnum):
    """What a text's capital letters must show for a form to count."""

    ANY = "any"
    CAPITAL = "capital"  # the first capital of the form stands in the text
    EXACT = "exact"  # all capitals as in the form: МИР, not Мир


class Guard(StrEnum):
    """Why a form alone proves nothing; joined to a string in NameForm.guards."""

    COMMON = "c"  # also an ordinary word
    PERSON = "p"  # also a personal name
    QUOTED = "q"  # a name only in quotation marks or after a legal form
    COMPOUND = "h"  # first half of a compound adjective: a hyphen must follow
    SHORT = "s"  # abbreviation of two letters
    CITY = "d"  # city district without its city


@dataclass(frozen=True, slots=True)
class NameForm:
    """One spelling of one place."""

    place: PlaceId
    text: str  # with the capitals of the gazetteer
    how: str  # name | adjective | demonym | colloquial | abbreviation
    lang: str
    case: Case
    guards: str = ""

    @property
    def case_sensitive(self) -> bool:
        """True if the text's capitals matter at all."""
        return self.case is not Case.ANY


def forms(place: Place, grammar: Mapping[str, Inflector]) -> list[NameForm]:
    """All forms of a place in all languages; `grammar` declines those languages that it holds."""
    found: dict[tuple[str, str, str], NameForm] = {}
    wordy = _is_ordinary_word(place, grammar)
    for form in _every_form(place, grammar, wordy=wordy):
        found.setdefault((form.lang, form.text, form.how), form)
    return list(found.values())


def _every_form(place: Place, grammar: Mapping[str, Inflector], *, wordy: bool) -> Iterator[NameForm]:
    for lang, names in place.names.items():
        inflector = grammar.get(lang) or Inflector.plain()
        for name in names:
            yield from _name_forms(place, name, lang, inflector, wordy=wordy)
    for lang, names in place.colloquial.items():
        inflector = grammar.get(lang) or Inflector.plain()
        for name in names:
            for text in inflector.phrase(name):
                yield NameForm(place.id, text, "colloquial", lang, Case.CAPITAL)
    for lang, names in place.demonyms.items():
        inflector = grammar.get(lang) or Inflector.plain()
        for name in names:
            for text in inflector.inhabitants(name):
                yield NameForm(place.id, text, "demonym", lang, Case.ANY)
    for lang, names in place.adjectives.items():
        yield from _adjective_forms(place, names, lang, grammar.get(lang) or Inflector.plain())


def _adjective_forms(
    place: Place, names: tuple[str, ...], lang: str, inflector: Inflector
) -> Iterator[NameForm]:
    for name in names:
        for text in inflector.adjective(name):
            yield NameForm(place.id, text, "adjective", lang, Case.ANY)
        compound = inflector.compound(name)
        if compound:
            yield NameForm(place.id, compound, "adjective", lang, Case.ANY, Guard.COMPOUND.value)


def _name_forms(
    place: Place, name: str, lang: str, inflector: Inflector, *, wordy: bool
) -> Iterator[NameForm]:
    bare = _BRACKETS.sub(" ", name).strip()
    if not bare:
        return
    tokens = _TOKEN.findall(bare)
    if _is_abbreviation(bare):
        yield from _abbreviation_forms(place, bare, lang, inflector)
        return
    if _IDEOGRAPH.search(bare):
        yield NameForm(place.id, bare, "name", lang, Case.ANY)
        return
    case = _case_of(place, bare, tokens)
    single = len(tokens) == 1
    for text in inflector.phrase(bare):
        guards = _guards(place, text, inflector, wordy=wordy) if single else ""
        if place.kind == "city_district" and len(tokens) == 2 and inflector.adjective_gender(tokens[0]):
            guards = Guard.CITY
        if bare != name and place.kind not in GEOGRAPHIC and Guard.QUOTED not in guards:
            guards += Guard.QUOTED
        yield NameForm(place.id, text, "name", lang, case, guards)


def _abbreviation_forms(place: Place, bare: str, lang: str, inflector: Inflector) -> Iterator[NameForm]:
    loose = len(bare) >= 5 and not inflector.is_common(bare)  # БЕЛАЗ in a headline is БелАЗ
    case = Case.CAPITAL if loose else Case.EXACT
    guards = Guard.SHORT if len(bare) <= 2 else ""
    for text in inflector.acronym(bare):
        common = Guard.COMMON if inflector.is_common(text) else ""
        yield NameForm(place.id, text, "abbreviation", lang, case, guards + common)


def _is_abbreviation(name: str) -> bool:
    """One word with a capital after its first letter: МТЗ, БелАЗ, ГрГУ; not Нью-Йорк."""
    return bool(
        re.fullmatch(r"\w{2,}", name)
        and not _IDEOGRAPH.search(name)
        and any(letter.isupper() for letter in name[1:])
    )


def _case_of(place: Place, name: str, tokens: list[str]) -> Case:
    if len(tokens) > 1 and place.kind in _BODIES and len(name) >= _LONG and not place.ambiguous:
        return Case.ANY  # министерство промышленности Республики Беларусь
    return Case.CAPITAL


def _guards(place: Place, text: str, inflector: Inflector, *, wordy: bool) -> str:
    common = wordy or inflector.is_common(text)
    if place.kind not in GEOGRAPHIC:
        return Guard.QUOTED if common or place.ambiguous else ""
    person = Guard.PERSON if inflector.is_personal(text) else ""
    return (Guard.COMMON if common else "") + person


def _is_ordinary_word(place: Place, grammar: Mapping[str, Inflector]) -> bool:
    """True if the standard name of a body or company is an ordinary word in a language with a dictionary.

    The other languages' names (Гарызонт) are then taken for ordinary words too.
    """
    if place.kind in GEOGRAPHIC:
        return False
    for lang, names in place.names.items():
        inflector = grammar.get(lang)
        if inflector is None or inflector.analyzer is None or not names:
            continue
        bare = _BRACKETS.sub("", names[0]).strip()
        if re.fullmatch(r"\w+", bare) and not _is_abbreviation(bare) and inflector.is_common(bare):
            return True
    return False
