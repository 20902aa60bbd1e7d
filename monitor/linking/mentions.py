"""Finds the parties of the gazetteer in a text: one automaton over all forms, then homonyms.py decides."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

import ahocorasick_rs

from monitor.core.ids import PlaceId
from monitor.linking.cues import Cues
from monitor.linking.hits import Hit
from monitor.linking.homonyms import Atlas, settle
from monitor.linking.types import Mention
from monitor.register.folding import Words, words
from monitor.register.names import BODIES, GEOGRAPHIC, Case, NameForm
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
        self._atlas = Atlas(places, cues.capitals)
        self._cues = cues
        self._readings: list[list[_Reading]] = []
        self._index: dict[str, int] = {}
        for form in forms:
            shown = words(form.text)
            # no spaces are written between Chinese words
            pattern = shown.line.replace(" ", "") if _IDEOGRAPH.search(shown.line) else shown.line
            if not pattern:
                continue
            index = self._index.setdefault(pattern, len(self._readings))
            if index == len(self._readings):
                self._readings.append([])
            self._readings[index].append(_Reading(form, _capital_word(form, shown)))
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
        body = words(text)
        spoken = language_of(body.line, lang)  # a headline may hold too few letters to tell
        headline = words(title)
        hits = self._hits(_Reader("title", headline, language_of(headline.line, spoken)))
        hits += self._hits(_Reader("text", body, spoken))
        return settle(hits, atlas=self._atlas, cues=self._cues, outlet_region=outlet_region)

    def _hits(self, reader: "_Reader") -> list[Hit]:
        found = reader.words
        if not found.line:
            return []
        hits: list[Hit] = []
        for index, start, end in self._automaton.find_matches_as_indexes(found.line):
            first, last = found.word_at(start), found.word_at(end - 1)
            hit = reader.read(self._readings[index], first, last)
            if hit is None:
                hits += self._inside(reader, first, last) if last > first else []
                continue
            hits.append(_narrowed(hit, start, end))
            if last > first and self._is_body(hit):
                hits += self._inside(reader, first, last, body=hit)
        return hits

    def _is_body(self, hit: Hit) -> bool:
        return all(self._atlas.places[form.place].kind not in GEOGRAPHIC for form in hit.forms)

    def _inside(self, reader: "_Reader", first: int, last: int, *, body: Hit | None = None) -> list[Hit]:
        """Shorter names inside a match: all if the text's capitals rule the match out (no `body`), else those
        that the body's own name holds (правительство Новосибирской области names the region too)."""
        hits: list[Hit] = []
        word = first
        while word <= last:
            hit = self._longest(reader, word, last, whole=(first, last))
            if hit is not None and body is not None:
                hit = self._as_name(hit, body)
            if hit is not None:
                hits.append(hit)
            word = hit.last + 1 if hit is not None else word + 1
        return hits

    def _as_name(self, hit: Hit, body: Hit) -> Hit | None:
        """Names, and adjectives with their noun (Могилёвский облсовет), but not Белорусский университет."""
        own = {form.place for form in body.forms}
        if not any(self._atlas.places[place].kind in BODIES for place in own):
            # Торговый дом БМЗ names the works, but Belarus Motors does not name the country
            own |= {form.place for form in hit.forms if self._atlas.places[form.place].kind in GEOGRAPHIC}
        has_noun = any(hit.after() in unit for unit in self._cues.units.values())
        whole = {"name", "abbreviation", "adjective"} if has_noun else {"name", "abbreviation"}
        forms = tuple(form for form in hit.forms if form.how in whole and form.place not in own)
        return replace(hit, forms=forms) if forms else None

    def _longest(self, reader: "_Reader", first: int, last: int, *, whole: tuple[int, int]) -> Hit | None:
        for end in range(last, first - 1, -1):
            index = None if (first, end) == whole else self._index.get(reader.words.span(first, end))
            hit = None if index is None else reader.read(self._readings[index], first, end)
            if hit is not None:
                return hit
        return None


class _Reader(NamedTuple):
    """One field with its language."""

    field: str
    words: Words
    lang: str

    def read(self, readings: list[_Reading], first: int, last: int) -> Hit | None:
        """A hit on words `first` to `last` with the readings that capitals and language allow."""
        fitting = [r.form for r in readings if _capitals_fit(self.words, r, first, last)]
        own = [form for form in fitting if form.lang == self.lang]
        if not own:
            own = [form for form in fitting if not _is_other_cyrillic(form, self.lang)]
        if not own:
            return None
        start, end = self.words.begin(first), self.words.end(last)
        return Hit(self.field, self.words, first, last, start, end, tuple(own))


def name_features(mentions: Iterable[Mention], places: Mapping[PlaceId, Place]) -> tuple[float, ...]:
    """Six counts for the gate: Belarusian party mentions, foreign ones, distinct Belarusian ones, distinct
    foreign ones, both sides in title or lead (0 or 1), a union mentioned (0 or 1)."""
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


def _narrowed(hit: Hit, start: int, end: int) -> Hit:
    """The span of a match inside a run of Chinese characters; any other match is whole words already."""
    line = hit.words.line
    if line[start] == " ":
        return hit
    begin = hit.words.begin(hit.first) + start - line.rindex(" ", 0, start) - 1
    return hit.moved(begin, min(begin + end - start, hit.words.end(hit.last)))


def _capital_word(form: NameForm, shown: Words) -> int:
    if form.case is Case.ANY:
        return -1
    for index in range(len(shown)):
        if any(letter.isupper() for letter in shown.original(index)):
            return index
    return -1


def _capitals_fit(found: Words, reading: _Reading, first: int, last: int) -> bool:
    if reading.capital < 0:
        return True
    if reading.form.case is Case.EXACT:
        shown = [
            letter for word in range(first, last + 1) for letter in found.original(word) if letter.isalnum()
        ]
        wanted = [letter for letter in reading.form.text if letter.isalnum()]
        return len(shown) == len(wanted) and all(
            a.isupper() == b.isupper() or a.isdigit() for a, b in zip(shown, wanted, strict=True)
        )
    word = min(first + reading.capital, last)
    return found.original(word)[:1].isupper()


def _is_other_cyrillic(form: NameForm, language: str) -> bool:
    """True for a form of another Cyrillic language that is no proper name of at least five letters."""
    if language not in {"ru", "be", "uk"} or not _CYRILLIC.search(form.text):
        return False
    return form.how not in {"name", "abbreviation"} or len(form.text) < 5 or bool(form.guards)
