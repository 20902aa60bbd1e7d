"""Decides which party a name means in its text, or that it means none. Pure.

Order: readings that the words beside a name rule out go first; names of one reading are firm and speak for
their neighbours; the rest is settled by them, by the outlet's region and by rank.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.core.ids import PlaceId
from monitor.linking.adjectives import unit_after
from monitor.linking.beside import Neighbours, is_placed, ruled_out
from monitor.linking.cues import Cues
from monitor.linking.hits import Hit
from monitor.linking.types import Mention
from monitor.register.names import GEOGRAPHIC, Guard, NameForm
from monitor.register.types import Place

HOME = "BY"
_NAME_RANK = {"union": 0, "country": 1, "region": 2, "city": 3, "district": 4, "city_district": 5, "zone": 6}
_PEOPLE_RANK = {
    "union": 0,
    "country": 1,
    "city": 2,
    "region": 3,
    "district": 4,
    "city_district": 5,
    "zone": 6,
}
# Support is what the best of the other names says (Atlas.relation), doubled next to the hit. A name that may
# be a word needs more than a place of its country beside it.
_NEEDED = 2.4
_NEEDED_OF_CITY = 3.0
_NEEDED_OF_BODY = 0.5  # its country, or an outlet at home in it
_OF_BODY = 1.5  # a body of its country in the sentence: more than another place of it somewhere
_CLOSE, _NEAR = 25, 100  # characters
_Firm = dict[PlaceId, dict[str, list[int]]]  # place -> field -> where it surely stands


class Atlas:
    """Parents and countries of all places, ready for many questions."""

    def __init__(self, places: Mapping[PlaceId, Place], capitals: frozenset[str] = frozenset()) -> None:
        """`capitals`: those that stand under a region of their own."""
        self.places = places
        self.capitals = capitals
        self._chains: dict[PlaceId, tuple[PlaceId, ...]] = {}
        self._relations: dict[tuple[PlaceId, PlaceId], float] = {}

    def chain(self, place: PlaceId) -> tuple[PlaceId, ...]:
        """The place and its parents from near to far."""
        if place not in self._chains:
            found = [place]
            parent = self.places[place].parent
            while parent is not None and parent in self.places and parent not in found:
                found.append(parent)
                parent = self.places[parent].parent
            self._chains[place] = tuple(found)
        return self._chains[place]

    def relation(self, one: PlaceId, other: PlaceId) -> float:
        """What naming `other` says for `one`: 3 itself, a parent or a child, 2 a neighbour in its region,
        1.5 its country, 1 another place of its country, 0 nothing."""
        key = (one, other)
        if key not in self._relations:
            self._relations[key] = self._relation(one, other)
        return self._relations[key]

    def _relation(self, one: PlaceId, other: PlaceId) -> float:
        mine, theirs = self.chain(one), self.chain(other)
        if one in theirs or other in mine:
            return 3 if one == other or self.places[other].kind != "country" else 1.5
        shared = [place for place in mine if place in theirs]
        if any(self.places[place].kind not in {"country", "union"} for place in shared):
            return 2
        country = self.places[one].country
        return 1 if shared or (country is not None and country == self.places[other].country) else 0

    def is_capital(self, place: PlaceId) -> bool:
        """True for a city that stands directly under its country, or is known to be its capital."""
        if place in self.capitals:
            return True
        parent = self.places[place].parent
        return (
            self.places[place].kind == "city"
            and parent in self.places
            and self.places[PlaceId(str(parent))].kind == "country"
        )


@dataclass(frozen=True, slots=True)
class _Case:
    """A hit with the forms still possible; `unit` is the kind of place that its noun names."""

    hit: Hit
    forms: tuple[NameForm, ...]
    places: tuple[PlaceId, ...]
    unit: str
    doubtful: bool  # needs support even if there is one reading


def settle(
    hits: Sequence[Hit], *, atlas: Atlas, cues: Cues, outlet_region: PlaceId | None
) -> tuple[Mention, ...]:
    """The mentions among the hits of one article, in the order of the hits."""
    cases = list(_cases(hits, atlas, cues))
    firm: _Firm = {}
    for case in cases:
        if not case.doubtful and _one_family(case, atlas):
            place = firm.setdefault(_first(case, atlas), {})
            place.setdefault(case.hit.field, []).append(case.hit.start)
    home = outlet_region if outlet_region in atlas.places else None
    found = [_decide(case, firm, atlas, cues, home) for case in cases]
    return tuple(mention for mention in found if mention is not None)


def _cases(hits: Sequence[Hit], atlas: Atlas, cues: Cues) -> Iterable[_Case]:
    near = {field: _neighbours(hits, field, atlas) for field in {hit.field for hit in hits}}
    for hit in hits:
        around = near[hit.field]
        forms = tuple(
            form
            for form in hit.forms
            if not ruled_out(
                hit, form, cues, around, geographic=_is_geographic(form, atlas), is_base=_is_base(form, atlas)
            )
        )
        forms = _people_first(hit, forms, atlas, cues)
        if not forms:
            continue
        unit = _unit(hit, forms, cues)
        forms, unit = _of_unit(forms, unit, atlas)
        places = tuple(dict.fromkeys(form.place for form in forms))
        yield _Case(hit, forms, places, unit, _is_doubtful(hit, forms, unit, cues, atlas))


def _neighbours(hits: Sequence[Hit], field: str, atlas: Atlas) -> Neighbours:
    named: set[int] = set()
    single: set[int] = set()
    people: set[int] = set()
    abroad: set[int] = set()
    for hit in hits:
        if hit.field != field:
            continue
        guards = {guard for form in hit.forms for guard in form.guards}
        if Guard.PERSON not in guards:
            named.update(range(hit.first, hit.last + 1))
        elif Guard.SURNAME not in guards:
            people.add(hit.first)
        if hit.is_single and hit.forms[0].how == "name":
            single.add(hit.first)
        if _is_abroad(hit, atlas):
            abroad.add(hit.first)
    return Neighbours(frozenset(named), frozenset(single), frozenset(people), frozenset(abroad))


def _people_first(hit: Hit, forms: tuple[NameForm, ...], atlas: Atlas, cues: Cues) -> tuple[NameForm, ...]:
    """Without the cases of a name that look like its people, where no preposition stands before: Смоляне."""
    if not any(form.how == "demonym" for form in forms) or is_placed(hit, cues):
        return forms
    return tuple(form for form in forms if form.how != "name" or _is_base(form, atlas))


def _is_geographic(form: NameForm, atlas: Atlas) -> bool:
    return atlas.places[form.place].kind in GEOGRAPHIC - {"zone"}


def _is_base(form: NameForm, atlas: Atlas) -> bool:
    return form.text in atlas.places[form.place].names.get(form.lang, ())


def _is_abroad(hit: Hit, atlas: Atlas) -> bool:
    first = atlas.places[hit.forms[0].place]
    return first.kind in GEOGRAPHIC and first.country not in {None, HOME}


def _unit(hit: Hit, forms: tuple[NameForm, ...], cues: Cues) -> str:
    """The kind of place that a noun names; Минском may be the city, and then "и областью" is another."""
    hows = {form.how for form in forms}
    if "adjective" not in hows or (len(hows) > 1 and hit.after() in cues.joints):
        return ""
    return unit_after(hit, cues)


def _of_unit(forms: tuple[NameForm, ...], unit: str, atlas: Atlas) -> tuple[tuple[NameForm, ...], str]:
    """The forms whose places are of the kind that the noun names first; the others stay as other readings."""
    fitting = [form for form in forms if atlas.places[form.place].kind == unit]
    if not fitting:
        return forms, ""
    return (*fitting, *(form for form in forms if form not in fitting)), unit


def _is_doubtful(hit: Hit, forms: tuple[NameForm, ...], unit: str, cues: Cues, atlas: Atlas) -> bool:
    guards = frozenset("".join(form.guards for form in forms))
    how = forms[0].how
    if how in {"adjective", "demonym"}:
        weak = cues.weak_adjectives if how == "adjective" else cues.weak_demonyms
        return not unit and hit.words.folded[hit.first].startswith(weak)
    if not guards:
        return False
    if guards & {Guard.CITY, Guard.BARE} or (Guard.QUOTED in guards and not hit.opens_quote):
        return True
    if Guard.SHORT in guards:
        return hit.words.folded[hit.first].upper() not in cues.alone  # PФ with a Latin letter too
    if how == "abbreviation":
        return Guard.COMMON in guards and hit.is_shouted  # МАЗ: its capitals tell it from мазь
    at_home = atlas.places[forms[0].place].country == HOME
    is_base = any(_is_base(form, atlas) for form in forms)
    return _may_be_word_or_person(hit, guards, cues, at_home=at_home, is_base=is_base)


def _may_be_word_or_person(
    hit: Hit, guards: frozenset[str], cues: Cues, *, at_home: bool, is_base: bool
) -> bool:
    if Guard.SURNAME in guards:
        return not at_home  # Брагин: its readers know the town better than the surname
    if is_placed(hit, cues) or (not is_base and hit.before() in cues.place_heads):
        return False
    return Guard.PERSON in guards or (Guard.COMMON in guards and (hit.begins_sentence or hit.is_shouted))


def _one_family(case: _Case, atlas: Atlas) -> bool:
    if case.unit:
        rivals = [place for place in case.places if atlas.places[place].kind == case.unit]
    else:
        rivals = list(case.places)
    return len({atlas.places[place].country for place in rivals}) == 1


def _first(case: _Case, atlas: Atlas) -> PlaceId:
    return min(case.places, key=lambda place: _rank(place, case, atlas))


def _rank(place: PlaceId, case: _Case, atlas: Atlas) -> tuple[int, int]:
    kind = atlas.places[place].kind
    if case.unit and kind == case.unit:
        return (-2, 0)
    if case.forms[0].how == "adjective" and atlas.is_capital(place):
        return (-1, 0)  # минский, московский without a noun: the city
    order = _PEOPLE_RANK if case.forms[0].how == "demonym" else _NAME_RANK
    return (order.get(kind, 9), case.places.index(place))


def _decide(case: _Case, firm: _Firm, atlas: Atlas, cues: Cues, home: PlaceId | None) -> Mention | None:
    if _one_family(case, atlas) and not case.doubtful:
        best = _first(case, atlas)  # the noun or the rank decides: neighbours speak for a family as a whole
    else:
        bodies = _countries_of_bodies(case.hit, cues) if len(case.places) > 1 else frozenset()
        scores = {
            place: _support(place, case, firm, atlas) + _OF_BODY * (atlas.places[place].country in bodies)
            for place in case.places
        }
        best = max(
            case.places,
            key=lambda p: (_score(p, scores[p], case, atlas, home), *(-r for r in _rank(p, case, atlas))),
        )
        at_home = atlas.relation(best, home) if home is not None else 0.0
        if case.doubtful and scores[best] + at_home < _needed(case):
            return None
    hit = case.hit
    how = next(form.how for form in case.forms if form.place == best)
    others = tuple(place for place in case.places if place != best)
    return Mention(best, hit.field, hit.start, hit.end, hit.text, how, others)


def _countries_of_bodies(hit: Hit, cues: Cues) -> frozenset[str]:
    """Countries whose own kinds of body the sentence names: акимат, райисполком."""
    said = hit.sentence()
    return frozenset(country for country, stems in cues.bodies.items() if any(word in stems for word in said))


def _needed(case: _Case) -> float:
    guards = "".join(form.guards for form in case.forms)
    if Guard.CITY in guards or Guard.SHORT in guards or case.forms[0].how == "adjective":
        return _NEEDED_OF_CITY
    return _NEEDED_OF_BODY if Guard.BARE in guards else _NEEDED


def _score(place: PlaceId, support: float, case: _Case, atlas: Atlas, home: PlaceId | None) -> float:
    """Support, the outlet's home, the noun, and a little for places at home."""
    prior = 0.5 if atlas.places[place].country == HOME else 0.0
    unit = 4.0 if case.unit and atlas.places[place].kind == case.unit else 0.0
    return support + _home_support(place, atlas, home) + prior + unit


def _home_support(place: PlaceId, atlas: Atlas, home: PlaceId | None) -> float:
    if home is None:
        return 0.0
    return atlas.relation(place, home) * 2 / 3


def _support(place: PlaceId, case: _Case, firm: _Firm, atlas: Atlas) -> float:
    best, n_related = 0.0, 0
    for other, fields in firm.items():
        relation = atlas.relation(place, other)
        if relation:
            n_related += sum(len(starts) for starts in fields.values())
            best = max(best, relation * max(_closeness(case.hit, *seen) for seen in fields.items()))
    return best + 0.1 * min(n_related, 5)


def _closeness(hit: Hit, field: str, starts: list[int]) -> float:
    """How near a hit the nearest of the places in `starts` (rising) is."""
    if field != hit.field:
        return 1.25 if field == "title" else 1.0
    index = bisect_left(starts, hit.start)
    distance = min(abs(start - hit.start) for start in starts[max(0, index - 1) : index + 1])
    return 2.0 if distance <= _CLOSE else 1.25 if distance <= _NEAR else 1.0
