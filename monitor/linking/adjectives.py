"""What the words beside an adjective of a place say about it: a street, a dish, a sort, a capital. Pure."""

from monitor.linking.cues import Cues
from monitor.linking.hits import Hit
from monitor.linking.languages import is_german_language, is_language, is_spoken
from monitor.linking.namesakes import bears_adjective, is_of_contest
from monitor.linking.nouns import (
    REACH,
    STOPS,
    has_no_noun,
    is_capitalised,
    is_past,
    is_verb,
    noun_after,
    row_begins_with,
    stands_alone,
    touches,
    unit_after,
    unit_of,
)
from monitor.linking.persons import is_surname

_HYPHENS = frozenset("-‑–")
_FAR = 24  # words back to the noun that an adjective leaves out: Несвижский район — 27,4, Гродненский — 26,9
_NEAR = 40  # words back to a noun that its text counts in: среди областей лидируют Гродненская и Минская
_OPENING = frozenset('«„“"')
_DASHES = frozenset({" — ", " – ", " - "})
_SHORT = 2  # letters of a preposition
CORNER_ENDS = frozenset("йяїj")  # of a street that is an adjective: Лесной, Садовая
_ENDS = frozenset(".!?…")
_SEPARATES = frozenset(",;—–\n")
_IN_ROW = frozenset({" ", ", "})
_BEFORE_NUMBER = frozenset("—–-:|(")
_MASCULINE, _FEMININE = ("ский", "цкий", "скі", "цкі", "ський", "цький"), ("ская", "цкая", "ська", "цька")
_WITHIN = frozenset({"в", "во", "у"})
_LOCATIVE = ("ском", "цком", "скім", "цкім")
_POLISH = ("ski", "cki", "skiego", "ckiego", "skim", "ckim", "skiemu", "ckiemu")
_PLURAL = ("ов", "оу", "ів", "ах", "ы", "и", "ам", "ами", "амі", "ей")


def unit_left_out(hit: Hit, cues: Cues) -> str:
    """What the noun of an earlier item of a list makes of an adjective that has none: По Витебской области —
    снег, по Гомельской — дождь."""
    if not hit.text[:1].isupper():
        return ""
    if not _leaves_noun_out(hit):
        return _unit_of_twin(hit, cues)
    return _unit_by_gender(hit) if _is_of_table(hit) else _unit_of_list(hit, cues)


def _unit_of_list(hit: Hit, cues: Cues) -> str:
    """The noun of the item before: По Витебской области — снег, по Гомельской — дождь."""
    ending = hit.last_word[-2:]
    for n in range(1, _FAR + 1):
        word, gap = hit.before(n), hit.gap(-n)
        if not word or word in cues.street_after or (gap[:1] in _ENDS and gap[1:2].isspace()):
            return ""
        unit = unit_of(word, cues)
        if unit and word.endswith(_PLURAL) and _unit_by_gender(hit) == unit:
            return unit  # в Щучинском и Берестовицком районах, на подходе Кореличский
        if unit and hit.before(n + 1).endswith(ending) and hit.written(-n - 1)[:1].isupper():
            return unit if _is_item_like(hit, hit.before(n + 2), cues) else ""
    return ""


def _unit_of_twin(hit: Hit, cues: Cues) -> str:
    """The same before a word that is no noun of it: У Пастаўскім раёне скончылі, у Мёрскім засталося яшчэ."""
    at = 2 if hit.before() in cues.next_to else 1
    is_within = hit.gap_after == " " and hit.written(1)[:1].islower() and hit.gap_before == " "
    if not is_within or hit.before(at) not in _WITHIN or not hit.last_word.endswith(_LOCATIVE):
        return ""
    if at == 1 and not (stands_alone(hit, cues) or is_verb(hit.after(), cues)):
        return ""
    for n in range(at + 1, _NEAR + 1):
        unit = unit_of(hit.before(n), cues)
        if unit == "district" and hit.before(n + 1).endswith(_LOCATIVE) and hit.before(n + 2) in _WITHIN:
            return unit
    return ""


def _is_of_table(hit: Hit) -> bool:
    """True for a line of a table or list with its number: Несвижский — 24,1."""
    is_item = hit.begins_sentence or hit.gap_before.endswith((", ", "; "))
    return is_item and hit.gap_after.strip() in _BEFORE_NUMBER and hit.after()[:1].isdigit()


def _unit_by_gender(hit: Hit) -> str:
    """The kind of place that an adjective in the nominative belongs to: районы are masculine, области not."""
    word = hit.last_word
    return "district" if word.endswith(_MASCULINE) else "region" if word.endswith(_FEMININE) else ""


def _is_item_like(hit: Hit, before: str, cues: Cues) -> bool:
    """True for an item of a list that begins as the one did in which `before` stands."""
    if not _SEPARATES.isdisjoint(hit.gap_before) or before == hit.before():
        return True
    return before in cues.joints and not _SEPARATES.isdisjoint(hit.gap(-2))


def _leaves_noun_out(hit: Hit) -> bool:
    """True where a number, a dash or the end of a part of the sentence stands behind an adjective."""
    gap = hit.gap_after
    if gap == " ":
        return hit.after().isdigit()
    is_number = gap.strip() in _BEFORE_NUMBER and hit.after()[:1].isdigit()
    return not gap or is_number or gap[0] in ",.;\n" or gap.startswith(tuple(_DASHES))


def is_no_party(hit: Hit, cues: Cues, *, is_plain: bool, has_name: bool) -> bool:
    """True if the words beside an adjective show that it names no party.

    `is_plain`: the adjective is written without a capital where it stands alone (минский); `has_name`: the
    same letters are a case of the name too (Минском).
    """
    if hit.is_quoted or is_adverb(hit, cues) or is_of_thing(hit, cues) or bears_adjective(hit, cues):
        return True
    if unit_left_out(hit, cues):
        return False
    if _is_on_street(hit, cues) or _is_among_streets(hit, cues) or _is_of_other(hit, cues, has_name=has_name):
        return True
    if not hit.text[:1].isupper():
        return is_language(hit, cues)
    if is_surname(hit, cues) or (is_plain and _is_proper(hit, cues, has_name=has_name)):
        return True
    # in Cyrillic languages are written small
    return is_german_language(hit, cues) or (hit.text.isascii() and is_language(hit, cues))


def _is_of_other(hit: Hit, cues: Cues, *, has_name: bool) -> bool:
    """True for what the word before makes of an adjective: history, a lake, a cup, a dish, a breed."""
    if hit.gap_before == " " and (hit.before() in cues.history or _is_lake(hit, cues)):
        return True
    if (has_name or hit.last_word.endswith(_POLISH)) and is_of_contest(hit, cues):
        return True  # Puchar Polski, Maraton Warszawski
    return _is_dish(hit, cues) or _is_kind(hit, cues) or _is_of_painters(hit, cues) or is_spoken(hit, cues)


def _is_lake(hit: Hit, cues: Cues) -> bool:
    """True for озеро Освейское, Zalew Wilejski."""
    return hit.text[:1].isupper() and hit.before() in cues.water_before and not unit_after(hit, cues)


def is_adverb(hit: Hit, cues: Cues) -> bool:
    """True for a way to speak or do: по-русски, па-беларуску."""
    return hit.gap_before in _HYPHENS and hit.before() in cues.adverb_before


def is_of_thing(hit: Hit, cues: Cues) -> bool:
    """True before what only bears the name: Московский проспект, русская и польская кухня."""
    after = hit.after()
    if hit.gap_after.isspace() and (after in cues.street_after or after in cues.thing_after):
        return True
    if hit.gap_after == " " and after in cues.goods:
        return not hit.last_word.endswith(cues.plural_endings)
    if after not in cues.joints and not hit.gap_after.startswith(","):
        return False
    word = noun_after(hit, cues)
    if word in cues.street_after:  # Московская и Минская улицы, but московские и минские улицы
        return hit.text[:1].isupper() and any(is_capitalised(hit.written(n)) for n in (1, 2))
    return bool(word) and word in cues.thing_after


def is_set_phrase(hit: Hit, cues: Cues) -> bool:
    """True for русская печь, Brussels sprouts, kiełbasa krakowska."""
    phrases = cues.phrases.of(hit.last_word)
    if not phrases or not hit.is_single:
        return False
    is_led = hit.gap_before == " " or hit.gap_before in _HYPHENS  # воинов-афганцев
    if is_led and any(hit.before() in phrase.before for phrase in phrases):
        return True
    word = hit.after()
    if hit.gap_after != " " or not any(word in phrase.after for phrase in phrases):
        return False
    # Dania z dziczyzny, not Dania z Norwegią
    return len(word) > _SHORT or hit.written(1).isupper() or hit.written(2)[:1].islower()


def _is_dish(hit: Hit, cues: Cues) -> bool:
    """True for борщ полтавский, where no noun follows."""
    return hit.gap_before == " " and hit.before() in cues.dishes and has_no_noun(hit, cues)


def _is_kind(hit: Hit, cues: Cues) -> bool:
    """True for пород брянская и орловская: a nominative behind the word for breeds or sorts; and for помесь
    сибирской и персидской."""
    if hit.first_word.endswith(cues.surname_base) and row_begins_with(hit, cues.kinds, cues):
        return True
    return row_begins_with(hit, cues.mixes, cues) and has_no_noun(hit, cues)


def _is_of_painters(hit: Hit, cues: Cues) -> bool:
    """True for иконы новгородской школы."""
    return hit.before() in cues.art and hit.gap_after == " " and hit.after() in cues.art_school


def _is_on_street(hit: Hit, cues: Cues) -> bool:
    if not touches(hit.gap_before):
        return False
    if hit.before() in cues.language_before:
        return True
    if not hit.text[:1].isupper():
        return False  # на площади белорусского города
    if hit.before() in cues.street_before or hit.before() in cues.street_corner or _is_from_street(hit, cues):
        return True
    if (hit.before() in cues.joints and hit.before(2) in cues.street_after) or is_at_corner(hit, cues):
        return not unit_after(hit, cues)
    is_alone = hit.before() in cues.street_along and not _has_noun_of_its_case(hit, cues)
    return is_alone or (hit.before() in cues.street_alone and _is_polish_street(hit, cues))


def _is_among_streets(hit: Hit, cues: Cues) -> bool:
    """True for the second of a row: на ул. Полоцкой, Витебской и Рижской."""
    if hit.gap_before not in _IN_ROW or not hit.text[:1].isupper():
        return False
    has_other = False
    for n in range(1, REACH + 1):
        is_listed = is_capitalised(hit.written(-n)) and hit.before(n).endswith(cues.adjective_endings)
        if not is_listed and hit.before(n) not in cues.joints:
            is_street = has_other and hit.before(n) in cues.street_before and touches(hit.gap(-n))
            return is_street and not unit_after(hit, cues)
        if hit.gap(-n) not in _IN_ROW:
            return False
        has_other = has_other or is_listed
    return False


def _is_from_street(hit: Hit, cues: Cues) -> bool:
    """True for с Брестской на Минское шоссе; of regions another preposition is said."""
    if hit.before() not in cues.street_from or hit.after() not in cues.street_onto or hit.gap_after != " ":
        return False
    return not any(unit_of(hit.after(n), cues) for n in range(2, REACH))


def _is_polish_street(hit: Hit, cues: Cues) -> bool:
    """True for przy Lubelskiej 5: the noun of a Polish adjective stands before it."""
    is_within = hit.gap_before == " " and not hit.begins_sentence
    return (
        is_within and hit.last_word.endswith(cues.street_alone_endings) and not is_capitalised(hit.written(1))
    )


def is_at_corner(hit: Hit, cues: Cues) -> bool:
    """True for the second street of a corner: на углу Минского шоссе и Лесной."""
    if hit.before() not in cues.joints or hit.last_word[-1:] not in CORNER_ENDS:
        return False
    for n in range(2, REACH + 1):
        word = hit.before(n)
        if word in cues.street_corner:
            return True
        is_street = word.endswith(cues.adjective_endings + cues.street_persons) or word in cues.street_after
        if not word or not is_street:
            return False
    return False


def _has_noun_of_its_case(hit: Hit, cues: Cues) -> bool:
    """False for на Полоцкую: an adjective of a street, behind which no noun of its case stands."""
    ends = hit.last_word[-2:]
    agreeing = cues.street_agrees.get(ends)
    if hit.gap_after == " " and len(hit.after()) > 1 and hit.written(1).isupper():
        return True  # на Чарнобыльскай АЭС
    noun = noun_after(hit, cues)
    return agreeing is None or (noun[-1:] in tuple(agreeing) and not is_verb(noun, cues))


def _is_proper(hit: Hit, cues: Cues, *, has_name: bool) -> bool:
    """True for a capital that no name of a body explains: a street (на Витебской, 8), a surname (Алесь
    Мінскі), a name that looks like the adjective (под Смоленском)."""
    if hit.begins_sentence or hit.is_shouted:
        return False
    noun = noun_after(hit, cues)
    if not noun and has_name:
        return True
    if (not noun or is_past(noun, cues)) and _has_no_body(hit, cues):
        return True
    if hit.gap_before != " " or not is_capitalised(hit.written(-1)) or not hit.before(2):
        return False
    opens = not STOPS.isdisjoint(hit.gap(-2))
    listed = hit.before().endswith(cues.adjective_endings)
    return not (opens or listed or unit_after(hit, cues) or is_capitalised(hit.written(1)))


def _has_no_body(hit: Hit, cues: Cues) -> bool:
    """True for a street with its number and for a surname in the nominative: поднялись Полоцкий и Крупская;
    not for a place in a row of others: Зерноград, Кагальницкая."""
    if hit.gap_after == ", " and hit.after().isdigit():
        return True
    has_more = hit.gap_after == " " and not (hit.after() in cues.joints or is_past(hit.after(), cues))
    if has_more or not _OPENING.isdisjoint(hit.gap_after):
        return False  # Гомельский «Коминтерн»
    if not hit.last_word.endswith(cues.surname_base) or _is_listed_by_unit(hit, cues):
        return False
    is_in_row = hit.gap_before == ", " and is_capitalised(hit.written(-1))
    return not is_in_row or hit.before().endswith(cues.adjective_endings)


def _is_listed_by_unit(hit: Hit, cues: Cues) -> bool:
    """True behind the noun of a list: среди областей лидируют Гродненская и Минская."""
    for n in range(1, _NEAR + 1):
        if not hit.before(n):
            return False
        if unit_of(hit.before(n), cues):
            return True
    return False
