"""What speaks for a candidate family, as numbers in the order of `FEATURES`. Pure."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.core.ids import AgreementId, FamilyId, PlaceId
from monitor.linking.candidates import Candidate, Handles, own_words
from monitor.linking.latent import Latent
from monitor.linking.likeness import Likeness
from monitor.linking.naming import Named
from monitor.linking.reading import Reading
from monitor.linking.subjects import Spoken, Subjects
from monitor.linking.wording import LinkWords, Rarity, stems, token_line
from monitor.register.types import Agreement, Register

FEATURES = (
    "home",  # how well the Belarusian side is named, 0 to 1
    "partner",
    "rare_party",  # the best named party, divided by the number of families it is in
    "rare_pair",  # the weaker side, divided by the number of families with the same pair
    "has_bodies",  # a company, university or authority is a party
    "one_country",  # one side is only countries or unions
    "countries_only",
    "is_union",
    "generic",  # some member's title asks for nothing but its parties
    "wording_share",  # of the words of the best member's title in the text
    "wording_mass",  # how rare those words are
    "wording_lead",  # the same, less that of the best rival that shares a party
    "both_early",  # both sides in title or lead
    "partner_share",  # of all foreign mentions those of this partner
    "home_share",
    "topics",  # how well the best member's topics fit
    "own_kind",  # the text has a word for a member's kind of document
    "year_or_target",  # the text has a member's year of signing or target
    "shadowed",  # by how much a pair inside this one is named better
    "members",  # logarithm of their number: of many titles one matches by chance
    "subject",  # how much the text speaks of what the best member is about, in words of the press
    "subject_usual",  # the same of words that tell less
    "subject_near",  # of the words of "subject" those beside the partner's name
    "subject_lead",  # both together, less that of the best rival of the same partner
    "latent",  # the nearest that two neighbouring sentences come to the subject of a member
    "latent_lead",  # the same, less the nearest that any other candidate comes to these sentences
    "likeness",  # of the article and the stories of the most alike member, by their vectors
    "likeness_lead",  # the same, less the second largest of all candidates
    "main_topic",  # how well the best main topic of a member fits
    "any_topic",  # how sure the classifier is of the surest topic of a member
)
# How much a party of a kind tells: a body more than its region, a country little
_WEIGHT = {"country": 0.3, "union": 0.6, "region": 0.8, "district": 1.0, "city": 1.0, "city_district": 1.0}
_BODY_WEIGHT = 1.5
_WIDE = ("country", "union")
_STRONG = 0.7  # a party named at least so well counts as named
_MASS_SCALE = 10.0  # sum of rarities of about two telling words
_USUAL_HALF = 0.5  # there are twice as many usual words as core words
_LEAST_TARGET = 100  # smaller figures stand in any text
_CYRILLIC = ("ru", "be", "uk")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the title of one agreement says beside its parties, and its figures."""

    stems: frozenset[str]
    total: float
    stems_en: frozenset[str]
    total_en: float
    numbers: frozenset[float]  # year of signing and targets

    def words(self, lang: str) -> frozenset[str]:
        """Stems to look for in a text of a language."""
        return self.stems if lang in _CYRILLIC else self.stems | self.stems_en


class _Tally(NamedTuple):
    """Mentions of each side, alike ones together: the place with all it lies in, and how many."""

    home: list[tuple[frozenset[PlaceId], int]]
    abroad: list[tuple[frozenset[PlaceId], int]]
    n_home: int
    n_abroad: int


@dataclass(frozen=True, slots=True)
class _Profile:
    """What is the same of a family in every article."""

    home: tuple[float, ...]  # weights of the parties of each side, adding up to 1
    partner: tuple[float, ...]
    fixed: tuple[float, float, float, float, float]  # has_bodies .. generic
    members: float
    ids: tuple[AgreementId, ...]
    wordings: tuple[Wording, ...]  # of the members that have words of their own
    kinds: frozenset[str]
    numbers: frozenset[float]
    around_partner: frozenset[PlaceId]  # the foreign parties and all they lie in
    n_families: tuple[int, ...]  # of each party, home side first: how many families it is in


class Features:
    """Rows for candidates; built once from a register and the word lists."""

    def __init__(self, register: Register, words: LinkWords, likeness: Likeness) -> None:
        self._likeness = likeness
        self._subjects = Subjects(register, words)
        self._latent = Latent(register)
        monitored = [a for a in register.agreements.values() if a.monitored]
        self._register = register
        self._rarity = Rarity(stems(token_line(a.title_ru)) for a in monitored)
        self._rarity_en = Rarity(stems(token_line(a.title)) for a in monitored)
        self.wording: Mapping[AgreementId, Wording] = {
            a.id: self._wording(a, words.generic) for a in monitored
        }
        owners: dict[PlaceId, set[FamilyId]] = defaultdict(set)
        for family in register.families.values():
            for place in family.places:
                owners[place].add(family.id)
        self._families = {place: frozenset(ids) for place, ids in owners.items()}
        self._around = {place: frozenset((place, *register.ancestors(place))) for place in owners}
        self._profiles: dict[FamilyId, _Profile] = {}

    def rows(self, candidates: Sequence[Candidate], reading: Reading) -> NDArray[np.float64]:
        """One row a candidate. Shapes: (n candidates, len(FEATURES))."""
        if not candidates:
            return np.zeros((0, len(FEATURES)))
        profiles = [self._profile(c.handles) for c in candidates]
        told = [self._told(profile, reading) for profile in profiles]
        sides = [
            (_side(c.home, profile.home), _side(c.partner, profile.partner))
            for c, profile in zip(candidates, profiles, strict=True)
        ]
        pairs = [home * partner for home, partner in sides]
        alike = self._likeness.of(reading.given.vectors, [profile.ids for profile in profiles])
        lead = alike - _second(alike)
        better = sorted(range(len(pairs)), key=lambda j: -pairs[j])
        worded = [j for j, (_, mass) in enumerate(told) if mass]
        heard = self._subjects.hear(reading.sentences, cyrillic=reading.given.lang in _CYRILLIC)
        spoken = [
            self._subjects.spoken(profile.ids, heard, _sentences_beside(c.partner, reading))
            for c, profile in zip(candidates, profiles, strict=True)
        ]
        subjects = [j for j, one in enumerate(spoken) if one.mass]
        families = [c.handles.family.places for c in candidates]
        # a list of what one side signed with several partners speaks of each in its turn
        partners = [c.handles.partner_set for c in candidates]
        near = self._near(profiles, reading)
        tally = _tally(reading)
        rows = []
        for i, (candidate, profile) in enumerate(zip(candidates, profiles, strict=True)):
            share, mass = told[i]
            rival = max((told[j][1] for j in _rivals(i, worded, families)), default=0.0) if mass else 0.0
            rows.append([
                *sides[i], *self._rare(candidate, profile), *profile.fixed,
                share, math.tanh(mass / _MASS_SCALE), math.tanh((mass - rival) / _MASS_SCALE),
                *_standing(candidate, reading, tally), *_document(candidate, profile, reading),
                _shadow(candidate, pairs[i], pairs, profiles, better), profile.members,
                *_subject(spoken, i, _rivals(i, subjects, partners)),
                *near[i], alike[i], lead[i], *_main_topics(candidate, reading),
            ])  # fmt: skip
        return np.array(rows, dtype=np.float64)

    def _wording(self, agreement: Agreement, generic: frozenset[str]) -> Wording:
        own = own_words(agreement, self._register) - generic
        own_en = own_words(agreement, self._register, "en") - generic
        told = {t.value for t in agreement.targets if isinstance(t.value, (int, float))}
        told = {value for value in told if value >= _LEAST_TARGET}
        if agreement.signed is not None:
            told.add(agreement.signed.year)
        return Wording(
            stems=own,
            total=max(1.0, self._rarity.total(own)),
            stems_en=own_en,
            total_en=max(1.0, self._rarity_en.total(own_en)),
            numbers=frozenset(map(float, told)),
        )

    def _profile(self, handles: Handles) -> _Profile:
        known = self._profiles.get(handles.family.id)
        if known is None:
            known = self._profiles[handles.family.id] = self._new_profile(handles)
        return known

    def _new_profile(self, handles: Handles) -> _Profile:
        kinds = [[self._register.places[p].kind for p in side] for side in (handles.home, handles.partner)]
        home, partner = (tuple(_WEIGHT.get(kind, _BODY_WEIGHT) for kind in side) for side in kinds)
        wide = [all(kind in _WIDE for kind in side) for side in kinds]
        wordings = [self.wording[m.id] for m in handles.members]
        return _Profile(
            home=tuple(w / sum(home) for w in home),
            partner=tuple(w / sum(partner) for w in partner),
            fixed=(
                float(_BODY_WEIGHT in home + partner),
                float(any(wide)),
                float(all(wide)),
                float(handles.is_union),
                float(not all(wording.stems for wording in wordings)),
            ),
            members=math.log(len(handles.members)),
            ids=tuple(m.id for m in handles.members),
            wordings=tuple(wording for wording in wordings if wording.stems),
            kinds=frozenset(m.kind for m in handles.members),
            numbers=frozenset[float]().union(*(wording.numbers for wording in wordings)),
            around_partner=frozenset[PlaceId]().union(*(self._around[p] for p in handles.partner)),
            n_families=tuple(len(self._families[p]) for p in (*handles.home, *handles.partner)),
        )

    def _told(self, profile: _Profile, reading: Reading) -> tuple[float, float]:
        """Share and rarity of the words of the member whose title stands most in the text."""
        best = (0.0, 0.0)
        for wording in profile.wordings:
            share, mass = self.overlap(wording, reading)
            if mass > best[1]:
                best = (share, mass)
        return best

    def words(self, member: AgreementId, lang: str) -> frozenset[str]:
        """Stems that tell a member from others of its family: of its title, and of what it is about."""
        return self.wording[member].words(lang) | self._subjects.words(member)

    def _near(self, profiles: Sequence[_Profile], reading: Reading) -> NDArray[np.float64]:
        """The features of latent semantic analysis, which knows Russian and Belarusian. Shapes: (n, 2)."""
        if reading.given.lang not in _CYRILLIC:
            return np.zeros((len(profiles), 2))
        cosines = self._latent.near(reading.sentences, [profile.ids for profile in profiles])
        rows = np.arange(len(cosines))
        at = cosines.argmax(axis=1)
        there = cosines[:, at]  # of each candidate, where each other comes nearest
        own = there[rows, rows]
        there[rows, rows] = -np.inf
        rival = there.max(axis=0) if len(rows) > 1 else np.zeros(1)
        return np.stack([own, own - rival], axis=1).astype(np.float64)

    def overlap(self, wording: Wording, reading: Reading) -> tuple[float, float]:
        """How much of an agreement's own wording stands in the text: as a share and as a sum of rarities."""
        mass = self._rarity.total(wording.stems & reading.stems)
        if reading.given.lang not in _CYRILLIC:
            mass_en = self._rarity_en.total(wording.stems_en & reading.stems)
            if mass_en > mass:
                return mass_en / wording.total_en, mass_en
        return mass / wording.total, mass

    def _rare(self, candidate: Candidate, profile: _Profile) -> tuple[float, float]:
        parties = (*candidate.home, *candidate.partner)
        party = max(n.strength / owners for n, owners in zip(parties, profile.n_families, strict=True))
        home, partner = (_strongest(side).place for side in (candidate.home, candidate.partner))
        return party, candidate.weaker_side / len(self._families[home] & self._families[partner])


def _sentences_beside(side: Sequence[Named], reading: Reading) -> set[int]:
    """The sentences that name a side, the one before and the one after."""
    named = {reading.sentence_of[i] for party in side for i in party.mentions}
    return {n for at in named for n in (at - 1, at, at + 1) if 0 <= n < len(reading.sentences)}


def _subject(spoken: Sequence[Spoken], own: int, rivals: Sequence[int]) -> tuple[float, ...]:
    one = spoken[own]
    rival = max((spoken[j].mass for j in rivals), default=0.0)
    told = (one.core, _USUAL_HALF * one.usual, one.near, one.mass - rival)
    return tuple(math.tanh(mass / _MASS_SCALE) for mass in told)


def topic_fit(member: Agreement, topics: Mapping[str, float]) -> float:
    """Mean over the agreement's topics, of which it has one at least, the main one counted twice."""
    main = topics.get(member.topics[0], 0.0)
    return (main + sum(topics.get(t, 0.0) for t in member.topics)) / (len(member.topics) + 1)


def _side(side: Sequence[Named], weights: Sequence[float]) -> float:
    return sum(weight * party.strength for weight, party in zip(weights, side, strict=True))


def _strongest(side: Sequence[Named]) -> Named:
    return max(side, key=lambda party: party.strength)


def _standing(candidate: Candidate, reading: Reading, tally: _Tally) -> tuple[float, float, float]:
    early = reading.is_early
    both_early = all(any([early[i] for i in _telling(side)]) for side in (candidate.home, candidate.partner))
    return (
        float(both_early),
        _share(candidate.handles.partner_set, tally.abroad, tally.n_abroad),
        _share(candidate.handles.home_set, tally.home, tally.n_home),
    )


def _telling(side: Sequence[Named]) -> Sequence[int]:
    """Mentions of the parties of a side that name them, else of the best implied one."""
    named = [i for party in side if party.strength >= _STRONG for i in party.mentions]
    return named or _strongest(side).mentions


def _tally(reading: Reading) -> _Tally:
    counts = Counter(zip(reading.around, reading.is_home, strict=True))
    home, abroad = (
        [(around, n) for (around, is_home), n in counts.items() if is_home == side] for side in (True, False)
    )
    return _Tally(home, abroad, sum(n for _, n in home), sum(n for _, n in abroad))


def _share(wanted: frozenset[PlaceId], named: Sequence[tuple[frozenset[PlaceId], int]], total: int) -> float:
    """Share of a side's parties, and of all that lies in them, among all mentions of that side."""
    own = sum([n for around, n in named if not wanted.isdisjoint(around)])
    return own / total if total else 0.0


def _document(candidate: Candidate, profile: _Profile, reading: Reading) -> tuple[float, float, float]:
    topics = reading.topics
    return (
        max(topic_fit(m, topics) for m in candidate.handles.members),
        float(not profile.kinds.isdisjoint(reading.kinds)),
        float(not profile.numbers.isdisjoint(reading.numbers)),
    )


def _main_topics(candidate: Candidate, reading: Reading) -> tuple[float, float]:
    relative, sure = reading.topics, reading.given.topics
    members = candidate.handles.members
    main = max(relative.get(m.topics[0], 0.0) for m in members)
    return main, max(sure.get(topic, 0.0) for m in members for topic in m.topics)


def _second(values: NDArray[np.float64]) -> float:
    """The second largest value, 0 where there is none."""
    return float(np.sort(values)[-2]) if len(values) > 1 else 0.0


def _shadow(
    candidate: Candidate,
    own: float,
    pairs: Sequence[float],
    profiles: Sequence[_Profile],
    better: Sequence[int],
) -> float:
    """By how much a candidate whose partner lies inside this one's, or is the same, is named better.

    `better`: all candidates, the best named pair first.
    """
    mine = candidate.handles.partner_set
    for j in better:
        if pairs[j] <= own:
            break
        if not mine.isdisjoint(profiles[j].around_partner):
            return pairs[j] - own
    return 0.0


def _rivals(own: int, others: Sequence[int], parties: Sequence[frozenset[PlaceId]]) -> list[int]:
    """Those of some candidates that share a party with this one: one of them may be meant instead."""
    mine = parties[own]
    return [j for j in others if j != own and not mine.isdisjoint(parties[j])]
