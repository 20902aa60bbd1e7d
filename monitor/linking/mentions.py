"""Finds the parties of the gazetteer in a text: one automaton over all forms, then plain.py and homonyms.py
decide."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.core.ids import PlaceId
from monitor.linking.atlas import Atlas
from monitor.linking.automaton import Spellings, forms_written
from monitor.linking.cues import Cues
from monitor.linking.flat import by_letters
from monitor.linking.hits import Hit, WordsHit
from monitor.linking.homonyms import settle
from monitor.linking.lanes import NOTHING, Plan
from monitor.linking.plain import OUT, Beside
from monitor.linking.plan import Planner
from monitor.linking.rows import Neighbours
from monitor.linking.types import LEAD, Mention
from monitor.register.folding import Words, words
from monitor.register.formtable import FormTable
from monitor.register.names import BODIES, GEOGRAPHIC, NameForm
from monitor.register.types import Place

_CYRILLIC = re.compile(r"[а-яіїўєґ]", re.IGNORECASE)
_KEPT = 200_000  # spellings as written: more than the gazetteer has


class _Inner(NamedTuple):
    """A name inside another: `as_noun` where a noun like "region" follows it, else `plain`."""

    start: int
    end: int
    plain: Plan | None
    as_noun: Plan | None


@dataclass(slots=True)
class _Field:
    """One field while its names are read."""

    name: str
    text: str
    lang: str
    flat: bytes
    words: Words | None = None  # where the text cannot be flat
    found: list[Mention | Hit] = field(default_factory=list)
    stretches: list[tuple[int, int, Plan]] = field(default_factory=list)


class Finder:
    """Built once (about .8 s of CPU for the whole gazetteer); safe to share between threads."""

    def __init__(self, places: Mapping[PlaceId, Place], forms: FormTable, cues: Cues) -> None:
        self._atlas = Atlas(places, cues.capitals)
        self._cues = cues
        self._spellings = Spellings(forms)
        self._beside = Beside(cues, self._spellings.alphabet.letters)
        self._planner = Planner(self._atlas, cues)
        self._plans: dict[str, dict[str, Plan]] = {}
        self._inner: dict[str, dict[str, tuple[_Inner, ...]]] = {}

    def find(
        self, title: str, text: str, *, lang: str = "", outlet_region: PlaceId | None = None
    ) -> tuple[Mention, ...]:
        """Every party named in title and text, in reading order; never raises.

        `lang` helps only where letters do not tell the language. `outlet_region` is where the outlet is at
        home; it settles names that the text leaves open.
        """
        body = self._read("text", text, lang)
        headline = self._read("title", title, body.lang)  # a headline may hold too few letters to tell
        fields = [one for one in (headline, body) if one.text]
        for one in fields:
            self._scan(one)
        return self._settled(fields, outlet_region)

    def _settled(self, fields: list[_Field], outlet_region: PlaceId | None) -> tuple[Mention, ...]:
        found = [one for field_ in fields for one in field_.found]
        if all(type(one) is Mention for one in found):
            return tuple(found)  # type: ignore[arg-type]
        near = {one.name: Neighbours(one.text, one.stretches) for one in fields}
        return settle(found, near, atlas=self._atlas, cues=self._cues, outlet_region=outlet_region)

    def _read(self, name: str, text: str, lang: str) -> _Field:
        flat = self._spellings.alphabet.read(text)
        if flat is not None:
            return _Field(name, text, self._spellings.alphabet.language_of(flat, lang), flat)
        parts = words(text)
        return _Field(name, text, language_of(parts.line, lang), b"", parts)

    def _scan(self, one: _Field) -> None:
        if one.words is not None:
            for index, _, _, start, end in self._spellings.find_words(one.words):
                self._take(one, index, start, end)
            return
        plans = self._plans.setdefault(one.lang, {})
        text, flat, stretches = one.text, one.flat, one.stretches
        is_plain, last_end = self._beside.is_plain, -2
        for index, start, end in self._spellings.find(flat):
            plan = plans.get(text[start:end])
            if plan is not None and plan.lane == NOTHING:
                continue
            if plan is None or plan.is_nest:
                self._take(one, index, start, end)
                last_end = end if stretches and stretches[-1][2].is_person else -2
                continue
            stretches.append((start, end, plan))
            unit = is_plain(plan, text, flat, start, end) if last_end != start - 1 else None
            last_end = end if plan.is_person else -2
            self._keep(one, plan, start, end, unit)

    def _take(self, one: _Field, index: int, start: int, end: int) -> None:
        """A stretch of which nothing is known yet, or that holds other names."""
        written = one.text[start:end]
        plan = self._plan(written, index, one.lang)
        if plan.forms:
            self._add(one, plan, start, end)
        if not plan.is_nest:
            return
        for inner in self._inside(written, plan, one.lang):
            at, to = start + inner.start, start + inner.end
            within = inner.as_noun if self._is_unit_after(one, at, to) else inner.plain
            if within is not None:
                self._add(one, within, at, to)

    def _add(self, one: _Field, plan: Plan, start: int, end: int) -> None:
        is_after_person = bool(one.stretches) and one.stretches[-1][1] == start - 1
        one.stretches.append((start, end, plan))
        unit = None
        if one.words is None and not (is_after_person and one.stretches[-2][2].is_person):
            unit = self._beside.is_plain(plan, one.text, one.flat, start, end)
        self._keep(one, plan, start, end, unit)

    def _keep(self, one: _Field, plan: Plan, start: int, end: int, unit: str | None) -> None:
        """A mention where the words beside a name leave one meaning, else a hit to be settled; `unit` as
        `Beside.is_plain` gives it."""
        if unit == OUT:
            return
        known = plan.meanings.get(unit) if unit is not None else None
        if known is None:
            one.found.append(self._hit(one, start, end, plan, unit))
        else:
            written = one.text[start:end]
            one.found.append(Mention(known.place, one.name, start, end, written, known.how, known.others))

    def _hit(self, one: _Field, start: int, end: int, plan: Plan, unit: str | None) -> Hit:
        sense = plan.senses.get(unit) if unit is not None else None
        if one.words is not None:
            return WordsHit(one.name, one.words, start, end, plan.forms, sense=sense)
        letters = self._spellings.alphabet.letters
        return Hit(one.name, one.text, start, end, plan.forms, flat=one.flat, letters=letters, sense=sense)

    def _plan(self, written: str, index: int, lang: str) -> Plan:
        plans = self._plans.setdefault(lang, {})
        plan = plans.get(written)
        if plan is None:
            readings = self._spellings.readings(index) if index >= 0 else ()
            plan = self._planner.plan(forms_written(readings, written, lang), written)
            if len(plans) < _KEPT:
                plans[written] = plan
        return plan

    def _is_unit_after(self, one: _Field, start: int, end: int) -> bool:
        if one.words is None:
            return self._beside.is_unit_after(one.flat, end)
        after = WordsHit(one.name, one.words, start, end, ()).after()
        return any(after in unit for unit in self._cues.units.values())

    def _inside(self, written: str, plan: Plan, lang: str) -> tuple[_Inner, ...]:
        """Shorter names inside a stretch: all if it is no name itself, else those that the body's own name
        holds (правительство Новосибирской области names the region too)."""
        kept = self._inner.setdefault(lang, {})
        inner = kept.get(written)
        if inner is None:
            parts, made, word = words(written), [], 0
            while word < len(parts):
                forms, last = self._longest(parts, word, lang)
                if forms:
                    one = self._inner_of(parts, word, last, forms, plan)
                    is_name = one.plain is not None or one.as_noun is not None
                    made += [one] if is_name else []
                    word = last + 1 if is_name else word + 1
                else:
                    word += 1
            inner = tuple(made)
            if len(kept) < _KEPT:
                kept[written] = inner
        return inner

    def _inner_of(
        self, parts: Words, first: int, last: int, forms: tuple[NameForm, ...], plan: Plan
    ) -> _Inner:
        start, end = parts.begin(first), parts.end(last)
        if not plan.forms:
            own = self._planner.plan(forms, parts.source[start:end])
            return _Inner(start, end, own, own)
        made = [
            self._planner.plan(left, parts.source[start:end]) if left else None
            for left in (self._as_name(forms, plan, has_noun=has_noun) for has_noun in (False, True))
        ]
        return _Inner(start, end, *made)

    def _as_name(self, forms: tuple[NameForm, ...], body: Plan, *, has_noun: bool) -> tuple[NameForm, ...]:
        """Names, and adjectives with their noun (Могилёвский облсовет), but not Белорусский университет."""
        places = self._atlas.places
        own = {form.place for form in body.forms}
        if not any(places[place].kind in BODIES for place in own):
            # Торговый дом БМЗ names the works, but Belarus Motors does not name the country
            own |= {form.place for form in forms if places[form.place].kind in GEOGRAPHIC}
        whole = {"name", "abbreviation", "adjective"} if has_noun else {"name", "abbreviation"}
        return tuple(form for form in forms if form.how in whole and form.place not in own)

    def _longest(self, parts: Words, first: int, lang: str) -> tuple[tuple[NameForm, ...], int]:
        """The forms of the longest name from a word on, but not of all words, and its last word."""
        for last in range(len(parts) - 1, first - 1, -1):
            if (first, last) == (0, len(parts) - 1):
                continue
            index = self._spellings.index_of(parts.folded[first : last + 1])
            if index is not None:
                written = parts.source[parts.begin(first) : parts.end(last)]
                forms = forms_written(self._spellings.readings(index), written, lang)
                if forms:
                    return forms, last
        return (), first


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
    return by_letters(folded.count("і"), folded.count("ы"), folded.count("и"), lang)
