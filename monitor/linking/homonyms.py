"""Decides which party a name means in its text, or that it means none. Pure.

Order: readings that the words beside a name rule out go first; names of one reading are firm and speak for
their neighbours; the rest is settled by them, by the outlet's region and by rank.
"""

from collections.abc import Mapping, Sequence
from itertools import compress, pairwise
from typing import NamedTuple

from monitor.core.ids import PlaceId
from monitor.linking.adjectives import is_set_phrase, unit_left_out
from monitor.linking.atlas import Atlas
from monitor.linking.beside import is_of_land, is_placed, ruled_out
from monitor.linking.cues import Cues
from monitor.linking.firm import Firm, is_apart
from monitor.linking.hits import Hit, Sense
from monitor.linking.kinds import is_base_form, is_geographic, is_in_city, kind_of
from monitor.linking.lanes import Meaning
from monitor.linking.namesakes import acts_as_town
from monitor.linking.nouns import noun_after, touches, unit_after
from monitor.linking.persons import is_surname, is_surname_again
from monitor.linking.rows import Neighbours, is_across, is_in_row
from monitor.linking.types import Mention
from monitor.register.names import Guard, NameForm

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
_UNIT_LETTERS = 16  # " районах города ", between a district's adjective and its city
_OF_CAPITAL = 4.0  # "of the capital" beside a district of it
_OURS = 3.0  # "our Brest" is the one at home
_OF_BODY = 1.5  # a body of its country in the sentence: more than another place of it somewhere


class _Case(NamedTuple):
    hit: Hit
    sense: Sense
    is_open: bool  # the rest of the article decides


def settle(
    found: Sequence[Mention | Hit],
    near: Mapping[str, Neighbours],
    *,
    atlas: Atlas,
    cues: Cues,
    outlet_region: PlaceId | None,
) -> tuple[Mention, ...]:
    """The mentions of one article, in order: those that are sure already, and those of the hits that turn out
    to be. `near`: what stands beside the hits of each field."""
    cases = [one if isinstance(one, Mention) else _case(one, near, atlas, cues) for one in found]
    _drop_surnames(found, cases, cues)
    firm = _firm(cases, atlas)
    home = outlet_region if outlet_region in atlas.places else None
    settled = [_decide(case, firm, atlas, cues, home) if isinstance(case, _Case) else case for case in cases]
    return _without_own_city([mention for mention in settled if mention is not None], atlas)


def _without_own_city(mentions: list[Mention], atlas: Atlas) -> tuple[Mention, ...]:
    """Without a city that is a part of its district's name: в Советском и Новобелицком районах Гомеля."""
    is_kept = [
        one.field != before.field
        or one.start - before.end > _UNIT_LETTERS
        or atlas.places[before.place].kind != "city_district"
        or before.how != "adjective"
        or atlas.places[before.place].parent != one.place
        for before, one in pairwise(mentions)
    ]
    return tuple(compress(mentions, (True, *is_kept)))


def _firm(cases: Sequence[Mention | _Case | None], atlas: Atlas) -> Firm:
    """What the sure ones of the cases say for the open ones; nothing where nobody asks."""
    firm = Firm(atlas)
    open_cases = [case for case in cases if isinstance(case, _Case) and case.is_open]
    for case in cases if open_cases else ():
        if isinstance(case, Mention):
            if " " not in case.text or not _is_told_apart(case, case.place, open_cases, atlas):
                firm.note(case.place, case.field, case.start, case.end, case.how)
        elif case is not None and not case.is_open:
            hit, place = case.hit, _first(case.sense, atlas)
            if " " not in hit.text or not _is_told_apart(hit, place, open_cases, atlas):
                firm.note(place, hit.field, hit.start, hit.end, case.sense.forms[0].how)
    for case in open_cases:
        firm.keep_apart(case.hit, case.sense.places)
    return firm


def _is_told_apart(one: Mention | Hit, place: PlaceId, cases: Sequence[_Case], atlas: Atlas) -> bool:
    """True for французский Брест in a text that speaks of a Brest as well: that one is another."""
    if atlas.is_home(place):
        return False
    return any(is_apart(one.text, case.hit.last_word) for case in cases if case.hit.field == one.field)


def _drop_surnames(found: Sequence[Mention | Hit], cases: list[Mention | _Case | None], cues: Cues) -> None:
    """Take out adjectives that are the surname of someone who was named so before: Экономист Гомельский ...
    Гомельский признал вину."""
    people: dict[tuple[str, str], tuple[int, Hit]] = {}
    for index, one in enumerate(found):
        if cases[index] is None and isinstance(one, Hit) and _is_person(one, cues):
            people.setdefault((one.field, one.text), (index, one))
    if not people:
        return
    for index, one in enumerate(found):
        first, person = people.get((one.field, one.text), (index, None))
        if person is None or first == index or cases[index] is None:
            continue
        if first < index and is_surname_again(person.elsewhere(one.start, one.end), cues):
            cases[index] = None


def _is_person(hit: Hit, cues: Cues) -> bool:
    return hit.forms[0].how == "adjective" and hit.text[:1].isupper() and is_surname(hit, cues)


def _is_other_too(forms: tuple[NameForm, ...]) -> bool:
    """True for Лида and Мосты, but not for the surname Гагарин."""
    guards = {guard for form in forms for guard in form.guards}
    return bool(guards & {Guard.PERSON, Guard.COMMON}) and Guard.SURNAME not in guards


def meaning(
    forms: tuple[NameForm, ...], unit: str, atlas: Atlas, *, is_doubtful: bool
) -> Meaning | Sense | None:
    """What forms mean beside a noun for a kind of place: one place, or what the rest of the text has to
    settle; None for a city district, where the rules decide.

    `is_doubtful`: without such a noun they count only where other names speak for them.
    """
    possible, fitting = _of_unit(forms, unit, atlas)
    sense = _sense(possible, fitting, doubtful=is_doubtful and not fitting)
    if any(map(is_in_city, possible)):
        return None
    is_open = sense.doubtful or not _one_family(sense, atlas)
    return sense if is_open else _meaning(sense, _first(sense, atlas))


def _meaning(sense: Sense, place: PlaceId) -> Meaning:
    how = next(form.how for form in sense.forms if form.place == place)
    return Meaning(place, how, tuple(other for other in sense.places if other != place))


def _sense(forms: tuple[NameForm, ...], unit: str, *, doubtful: bool = False) -> Sense:
    return Sense(forms, tuple(dict.fromkeys(form.place for form in forms)), unit, doubtful)


def _case(hit: Hit, near: Mapping[str, Neighbours], atlas: Atlas, cues: Cues) -> _Case | None:
    if hit.sense is not None:
        is_gone = Guard.BARE in hit.sense.forms[0].guards and is_of_land(hit, near[hit.field])
        return None if is_gone else _Case(hit, hit.sense, is_open=True)
    forms = _left(hit, near[hit.field], atlas, cues)
    if not forms:
        return None
    forms, unit = _of_unit(forms, _unit(hit, forms, cues), atlas)
    if not forms:
        return None
    doubtful = _is_doubtful(hit, forms, unit, cues, atlas) and not (
        is_geographic(forms[0], atlas)
        and forms[0].how == "name"
        and (
            is_in_row(hit, near[hit.field], cues, is_other_too=_is_other_too(forms))
            or is_across(hit, near[hit.field])
        )
    )
    sense = _sense(forms, unit, doubtful=doubtful)
    return _Case(hit, sense, doubtful or not _one_family(sense, atlas))


def _left(hit: Hit, near: Neighbours, atlas: Atlas, cues: Cues) -> tuple[NameForm, ...]:
    """The forms that the words beside a hit leave."""
    possible = hit.forms
    if is_set_phrase(hit, cues):
        possible = tuple(form for form in hit.forms if not kind_of(form, atlas))
    out: dict[tuple[object, ...], bool] = {}  # Полоцкий of city and district is looked at once
    forms = tuple(form for form in possible if not _is_out(hit, form, near, atlas, cues, out))
    return _people_first(hit, forms, atlas, cues)


def _is_out(
    hit: Hit,
    form: NameForm,
    near: Neighbours,
    atlas: Atlas,
    cues: Cues,
    known: dict[tuple[object, ...], bool],
) -> bool:
    kind, is_base = kind_of(form, atlas), is_base_form(form, atlas)
    key = (kind if form.how != "adjective" else bool(kind), form.how, form.lang, form.guards, is_base)
    if key not in known:
        known[key] = ruled_out(hit, form, cues, near, kind=kind, is_base=is_base)
    return known[key]


def _people_first(hit: Hit, forms: tuple[NameForm, ...], atlas: Atlas, cues: Cues) -> tuple[NameForm, ...]:
    """Without the cases of a name that look like its people, where no preposition stands before: Смоляне."""
    if not any(form.how == "demonym" for form in forms) or is_placed(hit, cues):
        return forms
    return tuple(form for form in forms if form.how != "name" or is_base_form(form, atlas))


def _unit(hit: Hit, forms: tuple[NameForm, ...], cues: Cues) -> str:
    """The kind of place that a noun names; Минском may be the city, and then "и областью" is another, unless
    both words end alike: Октябрьский и Светлогорский районы."""
    hows = {form.how for form in forms}
    if "adjective" not in hows:
        return ""
    if len(hows) > 1 and hit.after() in cues.joints and hit.after(2)[-2:] != hit.last_word[-2:]:
        return ""
    return unit_after(hit, cues) or unit_left_out(hit, cues)


def _of_unit(forms: tuple[NameForm, ...], unit: str, atlas: Atlas) -> tuple[tuple[NameForm, ...], str]:
    """The forms whose places are of the kind that the noun names first; the others stay as other readings.

    The adjective of a city district means it only beside its noun.
    """
    possible = forms if unit == "district" else tuple(form for form in forms if not is_in_city(form))
    fitting = [form for form in possible if _is_of(form.place, unit, atlas)]
    if not fitting:
        return possible, ""
    return (*fitting, *(form for form in possible if form not in fitting)), unit


def _is_of(place: PlaceId, unit: str, atlas: Atlas) -> bool:
    """True for a place of the kind that a noun names: район is the district and the city district."""
    kind: str = atlas.places[place].kind
    return kind == unit or (unit == "district" and kind == "city_district")


def _is_doubtful(hit: Hit, forms: tuple[NameForm, ...], unit: str, cues: Cues, atlas: Atlas) -> bool:
    guards = frozenset("".join(form.guards for form in forms))
    how = forms[0].how
    if how == "demonym" and any(form.how == "adjective" for form in forms) and noun_after(hit, cues):
        how = "adjective"  # русские туристы
    if how in {"adjective", "demonym"}:
        needs_city = any(map(is_in_city, forms))
        weak = cues.weak_adjectives if how == "adjective" else cues.weak_demonyms
        is_sure = f"{hit.last_word} {hit.after()}" in cues.sure_pairs  # мирский замок
        return needs_city or (not unit and not is_sure and hit.first_word.startswith(weak))
    if not guards:  # Днепр, but в городе Днепр
        is_river = hit.is_single and hit.first_word in cues.water_names
        return is_river and hit.before() not in cues.towns
    if guards & {Guard.CITY, Guard.BARE} or (Guard.QUOTED in guards and not hit.opens_quote):
        return hit.before() not in cues.company_goods
    if Guard.SHORT in guards:
        return hit.first_word.upper() not in cues.alone  # PФ with a Latin letter too
    if how == "abbreviation":
        return Guard.COMMON in guards and hit.is_shouted  # МАЗ: its capitals tell it from мазь
    at_home = atlas.is_home(forms[0].place)
    is_base = any(is_base_form(form, atlas) for form in forms)
    return _may_be_word_or_person(hit, guards, cues, at_home=at_home, is_base=is_base)


def _may_be_word_or_person(
    hit: Hit, guards: frozenset[str], cues: Cues, *, at_home: bool, is_base: bool
) -> bool:
    if hit.last_word.endswith(cues.locatives.get(hit.forms[0].lang, ())):
        return False
    if Guard.SURNAME in guards:
        inside = cues.place_inside.get(hit.forms[0].lang, frozenset())
        # Брагин: its readers know the town better than the surname
        is_town = hit.before() in cues.towns and touches(hit.gap_before)  # города Гагарин
        return not (at_home or is_town or (hit.gap_before == " " and hit.before() in inside))
    if is_placed(hit, cues) or (not is_base and hit.before() in cues.place_heads):
        return False
    if Guard.PERSON in guards:
        return True
    is_first = hit.begins_sentence and not (is_base and acts_as_town(hit, cues))
    return Guard.COMMON in guards and (is_first or hit.is_shouted)


def _one_family(sense: Sense, atlas: Atlas) -> bool:
    if sense.unit:
        rivals = [place for place in sense.places if _is_of(place, sense.unit, atlas)]
    else:
        rivals = list(sense.places)
    return len({atlas.places[place].country for place in rivals}) == 1


def _first(sense: Sense, atlas: Atlas) -> PlaceId:
    return min(sense.places, key=lambda place: _rank(place, sense, atlas))


def _rank(place: PlaceId, sense: Sense, atlas: Atlas) -> tuple[int, int]:
    kind = atlas.places[place].kind
    if sense.unit and _is_of(place, sense.unit, atlas):
        return (-2, sense.places.index(place))
    if sense.forms[0].how == "adjective" and atlas.is_capital(place):
        return (-1, 0)  # минский, московский without a noun: the city
    order = _PEOPLE_RANK if sense.forms[0].how == "demonym" else _NAME_RANK
    return (order.get(kind, 9), sense.places.index(place))


def _decide(case: _Case, firm: Firm, atlas: Atlas, cues: Cues, home: PlaceId | None) -> Mention | None:
    places = _of_press(case, atlas, home)
    if not places:
        return None
    if not case.is_open:  # the noun or the rank decides: neighbours speak for a family as a whole
        best = _first(case.sense, atlas)
    else:
        bodies = _countries_of_bodies(case.hit, cues) if len(places) > 1 else frozenset()
        is_word = case.sense.doubtful and all(Guard.COMMON in form.guards for form in case.sense.forms)
        is_ours = case.hit.before() in cues.ours and not case.sense.doubtful  # наша Лида
        is_of_capital = _is_of_capital(case.hit, cues)
        scores = {
            place: support
            + _OF_BODY * (atlas.places[place].country in bodies)
            + _OURS * (is_ours and atlas.is_home(place))
            + _OF_CAPITAL * (is_of_capital and atlas.is_in_capital(place))
            for place, support in firm.supports(case.hit, places, is_word=is_word).items()
        }
        best = max(
            places,
            key=lambda p: (
                _score(p, scores[p], case, atlas, home),
                *(-r for r in _rank(p, case.sense, atlas)),
            ),
        )
        at_home = atlas.relation(best, home) if home is not None else 0.0
        if case.sense.doubtful and scores[best] + at_home < _needed(case.sense):
            return None
        if Guard.CITY in case.sense.forms[0].guards and _is_of_other_city(best, case.hit, firm, atlas, cues):
            return None
    hit, known = case.hit, _meaning(case.sense, best)
    return Mention(best, hit.field, hit.start, hit.end, hit.text, known.how, known.others)


def _of_press(case: _Case, atlas: Atlas, home: PlaceId | None) -> Sequence[PlaceId]:
    """What a name may mean in the press of `home`: РБ is Bashkortostan in Ufa, and nowhere else."""
    sense, forms = case.sense, case.hit.forms
    if Guard.SHORT not in forms[0].guards:
        return sense.places
    if not any(atlas.places[form.place].kind == "country" for form in forms):
        return sense.places
    regions = [place for place in sense.places if atlas.places[place].kind == "region"]
    own = [place for place in regions if home is not None and place in atlas.chain(home)]
    return own or [place for place in sense.places if place not in regions]


def _is_of_capital(hit: Hit, cues: Cues) -> bool:
    """True for во Фрунзенском районе столицы, столичного Фрунзенского района."""
    return hit.after() in cues.of_capital or hit.before() in cues.of_capital


def _is_of_other_city(district: PlaceId, hit: Hit, firm: Firm, atlas: Atlas, cues: Cues) -> bool:
    """True for Советского района города Брянска."""
    city = firm.behind(hit, cues.towns)
    return city is not None and atlas.places[city].kind == "city" and city not in atlas.chain(district)


def _countries_of_bodies(hit: Hit, cues: Cues) -> frozenset[str]:
    """Countries whose own kinds of body the sentence names: акимат, райисполком."""
    said = [word for word in hit.sentence() if word in cues.any_body]
    return frozenset(country for country, stems in cues.bodies.items() if any(word in stems for word in said))


def _needed(sense: Sense) -> float:
    guards = "".join(form.guards for form in sense.forms)
    if Guard.CITY in guards or Guard.SHORT in guards or sense.forms[0].how == "adjective":
        return _NEEDED_OF_CITY
    return _NEEDED_OF_BODY if Guard.BARE in guards else _NEEDED


def _score(place: PlaceId, support: float, case: _Case, atlas: Atlas, home: PlaceId | None) -> float:
    """Support, the outlet's home, the noun, and a little for places at home."""
    prior = 0.5 if atlas.is_home(place) else 0.0
    unit = 4.0 if case.sense.unit and _is_of(place, case.sense.unit, atlas) else 0.0
    return support + _home_support(place, atlas, home) + prior + unit


def _home_support(place: PlaceId, atlas: Atlas, home: PlaceId | None) -> float:
    if home is None:
        return 0.0
    return atlas.relation(place, home) * 2 / 3
