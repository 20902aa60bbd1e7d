"""What speaks for a candidate family, as numbers in the order of `FEATURES`. Pure."""

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from monitor.core.ids import AgreementId, PlaceId
from monitor.linking.candidates import NAMED, Candidate, Named, own_words
from monitor.linking.types import LinkInput
from monitor.linking.wording import LinkWords, Marks, Rarity, numbers, stems, token_line
from monitor.register.types import Agreement, Register

LEAD = 300  # characters of the text that count as its lead, as for the gate
FEATURES = (
    "home_best", "home_mean", "partner_best", "partner_mean", "weaker_side", "bodies_named", "has_bodies",
    "countries_only", "one_country", "is_union", "partner_in_title", "home_in_title", "both_early",
    "same_sentence", "partner_share", "home_share", "wording_share", "wording_mass", "wording_lead",
    "topics", "document", "own_kind", "year_or_target", "too_early", "narrower_named", "rivals",
)  # fmt: skip
_STRONG = 0.7  # a side named at least so well counts as named
_MASS_SCALE = 10.0  # sum of rarities of about two telling words
_SENTENCE_END = re.compile(r"[.!?…]+[»\"”)]*\s+|\n+")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the title of one agreement says beside its parties."""

    stems: frozenset[str]
    total: float
    stems_en: frozenset[str]
    total_en: float
    numbers: frozenset[float]  # year of signing and targets of at least three digits

    def words(self, lang: str) -> frozenset[str]:
        """Stems to look for in a text of a language."""
        return self.stems if lang in ("ru", "be", "uk") else self.stems | self.stems_en


@dataclass(frozen=True, slots=True)
class Reading:
    """One article as features see it; made once for all its candidates."""

    given: LinkInput
    stems: frozenset[str]
    numbers: frozenset[float]
    title: Marks
    body: Marks
    sentence: tuple[int, ...]  # of each mention; the title is sentence -1
    is_early: tuple[bool, ...]  # of each mention: in title or lead
    around: tuple[frozenset[PlaceId], ...]  # of each mention: the place and all it lies in
    is_home: tuple[bool, ...]  # of each mention: in Belarus


class Features:
    """Rows for candidates; built once from a register and the word lists."""

    def __init__(self, register: Register, words: LinkWords) -> None:
        self.register = register
        self.words = words
        monitored = [a for a in register.agreements.values() if a.monitored]
        self.rarity = Rarity(stems(token_line(a.title_ru)) for a in monitored)
        self._rarity_en = Rarity(stems(token_line(a.title)) for a in monitored)
        self.wording: Mapping[AgreementId, Wording] = {a.id: self._wording(a) for a in monitored}
        self._around = {p: frozenset((p, *register.ancestors(p))) for p in register.places}

    def _wording(self, agreement: Agreement) -> Wording:
        own, own_en = own_words(agreement, self.register), own_words(agreement, self.register, "en")
        told = {t.value for t in agreement.targets if isinstance(t.value, (int, float)) and t.value >= 100}
        if agreement.signed is not None:
            told.add(agreement.signed.year)
        return Wording(
            own, self.rarity.total(own), own_en, self._rarity_en.total(own_en), frozenset(map(float, told))
        )

    def read(self, given: LinkInput) -> Reading:
        """The words, numbers and places of an article."""
        title, text = token_line(given.title), token_line(given.text)
        ends = [match.end() for match in _SENTENCE_END.finditer(given.text)]
        return Reading(
            given=given,
            stems=stems(title) | stems(text),
            numbers=numbers(given.title) | numbers(given.text),
            title=self.words.marks(title),
            body=self.words.marks(text),
            sentence=tuple(-1 if m.field == "title" else bisect_right(ends, m.start) for m in given.mentions),
            is_early=tuple(m.field == "title" or m.start < LEAD for m in given.mentions),
            around=tuple(self._around[m.place] for m in given.mentions),
            is_home=tuple(self.register.places[m.place].country == "BY" for m in given.mentions),
        )

    def rows(self, candidates: Sequence[Candidate], reading: Reading) -> NDArray[np.float64]:
        """One row a candidate. Shapes: (n candidates, len(FEATURES))."""
        if not candidates:
            return np.zeros((0, len(FEATURES)))
        masses = [self._best_wording(c, reading) for c in candidates]
        narrower = _inside(candidates, self._around)
        sides = sorted(c.weaker_side for c in candidates)
        rows = []
        for i, candidate in enumerate(candidates):
            others = max((mass for j, (_, mass) in enumerate(masses) if j != i), default=0.0)
            share, mass = masses[i]
            stronger = len(sides) - bisect_right(sides, candidate.weaker_side - 1e-9) - 1
            rows.append([
                *self._sides(candidate),
                *_places(candidate, reading),
                share, math.tanh(mass / _MASS_SCALE), math.tanh((mass - others) / _MASS_SCALE),
                *self._document(candidate, reading),
                float(not narrower.isdisjoint(n.place for n in candidate.partner)),
                math.log1p(stronger),
            ])  # fmt: skip
        return np.array(rows, dtype=np.float64)

    def share_and_mass(self, member: AgreementId, reading: Reading) -> tuple[float, float]:
        """How much of an agreement's own wording stands in the text: as a share, and as a sum of rarities."""
        wording = self.wording[member]
        mass = self.rarity.total(wording.stems & reading.stems)
        if reading.given.lang not in ("ru", "be", "uk"):
            mass_en = self._rarity_en.total(wording.stems_en & reading.stems)
            if mass_en > mass:
                return mass_en / max(wording.total_en, 1.0), mass_en
        return mass / max(wording.total, 1.0), mass

    def _best_wording(self, candidate: Candidate, reading: Reading) -> tuple[float, float]:
        return max(
            (self.share_and_mass(m.id, reading) for m in candidate.handles.members), key=lambda x: x[1]
        )

    def _sides(self, candidate: Candidate) -> list[float]:
        places = self.register.places
        home, partner = ([n.strength for n in side] for side in (candidate.home, candidate.partner))
        geographic = ("country", "region", "district", "city", "city_district", "union")
        parties = {n.place: n.strength for n in (*candidate.home, *candidate.partner)}
        bodies = [s for place, s in parties.items() if places[place].kind not in geographic]
        countries = [
            all(places[n.place].kind in ("country", "union") for n in side)
            for side in (candidate.home, candidate.partner)
        ]
        return [
            max(home), sum(home) / len(home), max(partner), sum(partner) / len(partner),
            candidate.weaker_side, sum(bodies) / len(bodies) if bodies else 0.0, float(bool(bodies)),
            float(all(countries)), float(any(countries)), float(candidate.handles.is_union),
        ]  # fmt: skip

    def _document(self, candidate: Candidate, reading: Reading) -> list[float]:
        members = candidate.handles.members
        topics = max((topic_fit(m, reading.given.topics) for m in members), default=0.0)
        kinds = self.kinds_named(reading)
        told = any(self.wording[m.id].numbers & reading.numbers for m in members)
        early = all(is_before_signing(m, reading.given.published_on) for m in members)
        return [
            topics,
            min(1.0, len(kinds) / 8),
            float(any(m.kind in kinds for m in members)),
            float(told),
            float(early),
        ]

    def kinds_named(self, reading: Reading) -> frozenset[str]:
        """Kinds of agreement that the document words of the text can mean."""
        named = reading.title.documents.keys() | reading.body.documents.keys()
        return frozenset[str]().union(*(self.words.kinds[name] for name in named))


def is_before_signing(member: Agreement, published_on: date | None) -> bool:
    """True where the article is older than the earliest day on which the agreement can have been signed."""
    if published_on is None or member.signed is None:
        return False
    return published_on < member.signed.first_day()


def topic_fit(member: Agreement, topics: Mapping[str, float]) -> float:
    """Mean probability of the agreement's topics, the main one counted twice; 0 without any."""
    if not member.topics:
        return 0.0
    weights = [2.0] + [1.0] * (len(member.topics) - 1)
    found = sum(w * topics.get(t, 0.0) for w, t in zip(weights, member.topics, strict=True))
    return found / sum(weights)


def _places(candidate: Candidate, reading: Reading) -> list[float]:
    mentions = reading.given.mentions
    partner, home = _best(candidate.partner), _best(candidate.home)
    return [
        float(any(mentions[i].field == "title" for i in partner)),
        float(any(mentions[i].field == "title" for i in home)),
        float(any(reading.is_early[i] for i in partner) and any(reading.is_early[i] for i in home)),
        float(not {reading.sentence[i] for i in partner}.isdisjoint(reading.sentence[i] for i in home)),
        _share(candidate.partner, reading, home=False),
        _share(candidate.home, reading, home=True),
    ]


def _best(side: Sequence[Named]) -> list[int]:
    """Mentions of the parties of a side that name them, else of the best implied one."""
    named = [i for party in side if party.strength >= _STRONG for i in party.mentions]
    return named or list(max(side, key=lambda party: party.strength).mentions)


def _share(side: Sequence[Named], reading: Reading, *, home: bool) -> float:
    """Share of a side's parties, and of all that lies in them, among all mentions of that side."""
    wanted = {party.place for party in side}
    total = own = 0
    for around, is_home in zip(reading.around, reading.is_home, strict=True):
        if is_home == home:
            total += 1
            own += not wanted.isdisjoint(around)
    return own / total if total else 0.0


def _inside(candidates: Sequence[Candidate], around: Mapping[PlaceId, frozenset[PlaceId]]) -> set[PlaceId]:
    """What lies around the foreign parties of candidates that are named outright: those say more."""
    found: set[PlaceId] = set()
    for candidate in candidates:
        for party in candidate.partner:
            if party.strength >= NAMED and candidate.weaker_side >= _STRONG:
                found |= around[party.place] - {party.place}
    return found
