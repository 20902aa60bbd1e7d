"""Finds the parties of the gazetteer in a text: one automaton over all forms, then homonyms.py decides."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import ahocorasick_rs

from monitor.core.ids import PlaceId
from monitor.linking.cues import Cues
from monitor.linking.hits import Hit
from monitor.linking.homonyms import Atlas, settle
from monitor.linking.types import Mention
from monitor.register.folding import Words, fold, words
from monitor.register.names import Case, NameForm
from monitor.register.types import Place

LEAD = 300  # characters of the text that count as its lead
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_CYRILLIC = re.compile(r"[а-яіўїєґ]", re.IGNORECASE)


class _Reading(NamedTuple):
    """A form with the word (0 = its first) whose capital the text must show; -1 for none."""

    form: NameForm
    capital: int


class Finder:
    """Built once (about 1.5 s, 150 MB for the whole gazetteer); safe to share between threads."""

    def __init__(self, places: Mapping[PlaceId, Place], forms: Iterable[NameForm], cues: Cues) -> None:
        self._atlas = Atlas(places)
        self._cues = cues
        self._readings: list[list[_Reading]] = []
        self._index: dict[str, int] = {}
        for form in forms:
            pattern = _pattern(form.text)
            if not pattern:
                continue
            index = self._index.setdefault(pattern, len(self._readings))
            if index == len(self._readings):
                self._readings.append([])
            self._readings[index].append(_Reading(form, _capital_word(form)))
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(self._index), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )

    def find(
        self, title: str, text: str, *, lang: str = "", outlet_region: PlaceId | None = None
    ) -> tuple[Mention, ...]:
        """Every party named in title and text, in reading order; never raises.

        `lang` helps only where letters do not tell the language. `outlet_region` is where the outlet is at
        home; it settles names that the text leaves open.
        """
        hits = [*self._hits("title", title, lang), *self._hits("text", text, lang)]
        return settle(hits, atlas=self._atlas, cues=self._cues, outlet_region=outlet_region)

    def _hits(self, field: str, value: str, lang: str) -> list[Hit]:
        found = words(value)
        if not found.line:
            return []
        language = language_of(found.line, lang)
        hits: list[Hit] = []
        for index, start, end in self._automaton.find_matches_as_indexes(found.line):
            first, last = found.word_at(start), found.word_at(end - 1)
            hit = self._hit(field, found, self._readings[index], first, last, language)
            if hit is None and last > first:
                hits += self._parts(field, found, first, last, language)
            elif hit is not None:
                hits.append(_narrowed(hit, found, start, end))
        return hits

    def _parts(self, field: str, found: Words, first: int, last: int, language: str) -> list[Hit]:
        """Single words of a longer match that the text's capitals rule out."""
        hits = []
        for word in range(first, last + 1):
            index = self._index.get(f" {found.folded(word)} ")
            if index is not None:
                hit = self._hit(field, found, self._readings[index], word, word, language)
                if hit is not None:
                    hits.append(hit)
        return hits

    def _hit(
        self, field: str, found: Words, readings: list[_Reading], first: int, last: int, language: str
    ) -> Hit | None:
        fitting = [r.form for r in readings if _capitals_fit(found, r, first, last)]
        own = [form for form in fitting if form.lang == language]
        if not own:
            own = [form for form in fitting if not _is_other_cyrillic(form, language)]
        if not own:
            return None
        return Hit(field, found, first, last, found.starts[first], found.ends[last], tuple(own))


def name_features(mentions: Iterable[Mention], places: Mapping[PlaceId, Place]) -> tuple[float, ...]:
    """Six counts for the gate: Belarusian party mentions, foreign ones, distinct Belarusian, distinct foreign,
    both sides in title or lead (0 or 1), a union mentioned (0 or 1)."""
    by: list[PlaceId] = []
    foreign: list[PlaceId] = []
    early: set[bool] = set()
    union = 0.0
    for mention in mentions:
        place = places[mention.place]
        if place.kind == "union":
            union = 1.0
            continue
        home = place.country == "BY"
        (by if home else foreign).append(mention.place)
        if mention.field == "title" or mention.start < LEAD:
            early.add(home)
    return (
        float(len(by)), float(len(foreign)), float(len(set(by))), float(len(set(foreign))),
        float(len(early) == 2), union,
    )  # fmt: skip


def language_of(folded: str, lang: str) -> str:
    """The language of a folded text by its letters, or `lang` where letters do not tell."""
    if _CYRILLIC.search(folded) is None:
        return lang
    with_i, with_y, with_russian_i = folded.count("і"), folded.count("ы"), folded.count("и")
    if with_i > with_russian_i * 2:
        return "be"
    if with_i and with_i * 4 > with_russian_i and with_y * 8 < with_i + with_russian_i:
        return "uk"
    return "ru" if with_russian_i or lang not in {"be", "uk"} else lang


def _pattern(text: str) -> str:
    folded = fold(text)
    # no spaces are written between Chinese words
    return folded.replace(" ", "") if _IDEOGRAPH.search(folded) else folded


def _narrowed(hit: Hit, found: Words, start: int, end: int) -> Hit:
    """The span of a match inside a run of Chinese characters; any other match is whole words already."""
    begin = found.at[hit.first] + 1
    if start < begin:
        return hit
    at = found.starts[hit.first] + start - begin
    return hit.moved(at, min(at + end - start, found.ends[hit.last]))


def _capital_word(form: NameForm) -> int:
    if form.case is Case.ANY:
        return -1
    shown = words(form.text)
    for index in range(len(shown)):
        if any(letter.isupper() for letter in shown.original(index)):
            return index
    return -1


def _capitals_fit(found: Words, reading: _Reading, first: int, last: int) -> bool:
    if reading.capital < 0:
        return True
    if reading.form.case is Case.EXACT:
        shown = "".join(found.original(word) for word in range(first, last + 1))
        wanted = [letter.isupper() for letter in reading.form.text if letter.isalnum()]
        return [letter.isupper() for letter in shown if letter.isalnum()] == wanted
    word = min(first + reading.capital, last)
    return found.original(word)[:1].isupper()


def _is_other_cyrillic(form: NameForm, language: str) -> bool:
    """True for a form of another Cyrillic language that is no proper name of at least five letters."""
    if language not in {"ru", "be", "uk"} or not _CYRILLIC.search(form.text):
        return False
    return form.how not in {"name", "abbreviation"} or len(form.text) < 5 or bool(form.guards)
