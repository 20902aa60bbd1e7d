"""What the words right beside a name say about it: a street, a person, a dish, a district. Pure."""

from dataclasses import dataclass

from monitor.linking.cues import Cues
from monitor.linking.hits import Hit
from monitor.register.names import Guard, NameForm

_CYRILLIC = frozenset({"ru", "be", "uk"})  # Latin press puts no quotation marks around companies
_STOPS = frozenset(".;:!?\n()«»")
_WEB = frozenset("./@_")
_HYPHENS = frozenset("-‑–")
_DASHES = frozenset("-‑–—")
_REACH = 6  # words in which an adjective's noun may stand: "Витебская, Могилёвская и Псковская области"


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Words of one field, by index, that other hits take up."""

    named: frozenset[int]  # of a hit that is no personal name
    single: frozenset[int]  # of a name of one word: Иванова may be Иваново in the genitive
    people: frozenset[int]  # of a hit that is also a first name: Лида
    abroad: frozenset[int]  # first word of a hit that names a foreign place


def ruled_out(
    hit: Hit, form: NameForm, cues: Cues, near: Neighbours, *, geographic: bool, is_base: bool
) -> bool:
    """True if the words beside a hit show that it is not the place of `form`.

    `geographic` tells places from bodies and companies; `is_base`: the form is a name in the nominative.
    """
    if Guard.COMPOUND in form.guards:
        return not (hit.gap_after in _HYPHENS and bool(hit.after()))
    if not geographic:
        return _is_other_body(hit, form, cues, near)
    if not hit.is_single or form.how == "abbreviation":
        return False
    if form.how == "adjective":
        return _adjective_is_no_party(hit, cues)
    if form.how == "demonym":
        return _is_nobody(hit, cues)
    return (is_base and _is_called_so(hit, cues)) or _name_is_no_place(hit, form, cues, near)


def unit_after(hit: Hit, cues: Cues) -> str:
    """What the noun after an adjective makes of it: region, district, city, or empty."""
    index = hit.last + 1
    for step in range(_REACH):
        if index >= len(hit.words) or not _STOPS.isdisjoint(hit.words.gap(index)):
            return ""
        word = hit.words.folded[index]
        for kind, stems in cues.units.items():
            if word in stems:
                return kind
        listed = word in cues.joints or word.endswith(cues.adjective_endings)
        if not listed or (step == 0 and word in cues.joints and not hit.gap_after.isspace()):
            return ""
        index += 1
    return ""


def is_placed(hit: Hit, cues: Cues) -> bool:
    """True if a preposition or "город" before the hit makes it a place."""
    return hit.before() in cues.place_before and _STOPS.isdisjoint(hit.gap_before.replace(".", "", 1))


def _is_other_body(hit: Hit, form: NameForm, cues: Cues, near: Neighbours) -> bool:
    if Guard.BARE in form.guards:  # Министерство образования Зимбабве
        return hit.gap_after == " " and hit.last + 1 in near.abroad
    if Guard.QUOTED in form.guards and form.lang in _CYRILLIC:
        return not (hit.opens_quote or hit.before() in cues.company_before)
    return False


def _is_nobody(hit: Hit, cues: Cues) -> bool:
    if hit.is_quoted or _is_model(hit) or _is_adverb(hit, cues) or _is_of_thing(hit, cues):
        return True  # трактор «Беларус», па-беларуску
    return hit.text[:1].isupper() and not hit.begins_sentence  # художник Иван Швед


def _is_model(hit: Hit) -> bool:
    """True for a make with its number: Беларус-1221, «Минск-16»."""
    return hit.gap_after in _HYPHENS and hit.after().isdigit()


def _is_adverb(hit: Hit, cues: Cues) -> bool:
    """True for a way to speak or do: по-русски, па-беларуску."""
    return hit.gap_before in _HYPHENS and hit.before() in cues.adverb_before


def _is_of_thing(hit: Hit, cues: Cues) -> bool:
    """True before what only bears the name: Московский проспект, беларуская мова."""
    return hit.gap_after.isspace() and (hit.after() in cues.street_after or hit.after() in cues.thing_after)


def _is_called_so(hit: Hit, cues: Cues) -> bool:
    """True for a hotel or shop of that name: гостиница Минск, but в гостиницах Минска."""
    is_route = not _DASHES.isdisjoint(hit.gap_after)  # поезд Брест — Гродно
    return hit.gap_before == " " and hit.before() in cues.thing_before and not is_route


def _adjective_is_no_party(hit: Hit, cues: Cues) -> bool:
    if hit.is_quoted or _is_adverb(hit, cues):
        return True
    if hit.before() in cues.street_before and _touches(hit.gap_before):
        return True
    if _is_of_thing(hit, cues):
        return True
    if not hit.text[:1].isupper():
        return False
    last = hit.gap_after == " " and _is_capitalised(hit.written(1)) and hit.after().startswith(cues.first)
    return last or _follows_first_name(hit, cues)  # Орловский Иван, Иван Псковский


def _name_is_no_place(hit: Hit, form: NameForm, cues: Cues, near: Neighbours) -> bool:
    if hit.is_quoted or _is_model(hit) or _is_in_address(hit) or _is_part_of_name(hit, form, cues, near):
        return True
    if hit.gap_before == " " and (_is_water(hit, cues) or hit.before() in cues.namesake):
        return True
    if _follows_first_name(hit, cues) or (hit.gap_before == " " and hit.first - 1 in near.people):
        return True
    streets = cues.street_before if form.guards else cues.street_named
    if hit.before() in streets and _touches(hit.gap_before):
        return True
    return Guard.PERSON in form.guards and _is_person(hit, cues, near)


def _is_water(hit: Hit, cues: Cues) -> bool:
    crossed = hit.before() in cues.water_over and hit.before(2) in cues.water_crossing
    return crossed or hit.before() in cues.water_before


def _is_in_address(hit: Hit) -> bool:
    """True inside a host name or e-mail address: brest.by, minsk.gov.by."""
    if not hit.text.isascii():
        return False
    joined_after = hit.gap_after in _WEB and bool(hit.after())
    return joined_after or (hit.gap_before in _WEB and bool(hit.before()))


def _is_part_of_name(hit: Hit, form: NameForm, cues: Cues, near: Neighbours) -> bool:
    """True for a club (Динамо-Минск), a person's initial before it, a word of a quoted name («Минск-Мир»)."""
    if hit.before() in cues.sport_before and hit.gap_before in {" ", "-", "–", " «"}:
        return True
    previous = hit.written(-1)
    if len(previous) == 1 and previous.isupper() and hit.gap_before.strip() == ".":
        return True
    if Guard.COMMON in form.guards and _is_word_of_name(hit):
        return True
    capital_follows = hit.written(1)[:1].isupper() and hit.last + 1 not in near.named
    return hit.opens_quote and hit.gap_after == "-" and capital_follows


def _is_word_of_name(hit: Hit) -> bool:
    """True for an ordinary word that ends a hyphened or quoted name, or is an abbreviation (МИР)."""
    ends_quote = hit.gap_after[:1] == "»" and hit.gap_before == " "
    return hit.gap_before == "-" or ends_quote or (hit.text.isupper() and not hit.is_shouted)


def _is_person(hit: Hit, cues: Cues, near: Neighbours) -> bool:
    before, after = hit.written(-1), hit.written(1)
    if hit.gap_before == " " and hit.before() in cues.person_before:
        return True
    if hit.gap_after == " " and _is_capitalised(after):
        surname = hit.after().endswith(cues.surname)
        if hit.last + 1 not in near.named or (surname and hit.last + 1 in near.single):
            return surname or not is_placed(hit, cues)
    if len(after) == 1 and after.isupper() and hit.gap_after == " ":
        return True
    return (
        hit.gap_before == " "
        and _is_capitalised(before)
        and hit.first - 1 not in near.named
        and hit.before() not in cues.place_before
        and hit.before().endswith(cues.surname)
    )


def _follows_first_name(hit: Hit, cues: Cues) -> bool:
    """True for Андрей Борисов; a first name of a place's own (Лида) comes later."""
    return hit.gap_before == " " and _is_capitalised(hit.written(-1)) and hit.before().startswith(cues.first)


def _is_capitalised(word: str) -> bool:
    return len(word) > 1 and word[0].isupper()


def _touches(gap: str) -> bool:
    """True if nothing but a full stop of an abbreviation stands between: "ул. Минская"."""
    return gap.replace(".", "", 1).isspace()
