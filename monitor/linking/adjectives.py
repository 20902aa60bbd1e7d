"""What the words right beside an adjective of a place say about it: a street, a surname, a language. Pure."""

from monitor.linking.cues import Cues
from monitor.linking.hits import Hit

STOPS = frozenset(".;:!?\n()«»—–")
_HYPHENS = frozenset("-‑–")
_IN_ROW = frozenset({" ", ", "})
_FEMININE, _OF_FEMININE = frozenset("аяa"), frozenset("аяьa")  # endings, and those of nouns that agree
_OF_GENITIVE = frozenset("аяую")
_VOWELS = frozenset("аеиоуыэюяіїєaeiouyąęó")
_FAR = 24  # words back to the noun that an adjective leaves out: Несвижский район — 27,4, Гродненский — 26,9
_NEAR = 40  # words back to a noun that its text counts in: среди областей лидируют Гродненская и Минская
_OPENING = frozenset('«„“"')
_DASHES = frozenset({" — ", " – ", " - "})
CORNER_ENDS = frozenset("йяїj")  # of a street that is an adjective: Лесной, Садовая
_ENDS = frozenset(".!?…")
_SEPARATES = frozenset(",;—–\n")
_REACH = 6  # words in which an adjective's noun may stand: "Витебская, Могилёвская и Псковская области"


def unit_after(hit: Hit, cues: Cues) -> str:
    """What the noun after an adjective makes of it: region, district, city, or empty."""
    return _unit_of(_noun_after(hit, cues), cues)


def _unit_of(word: str, cues: Cues) -> str:
    return next((kind for kind, stems in cues.units.items() if word in stems), "") if word else ""


def unit_left_out(hit: Hit, cues: Cues) -> str:
    """What the noun of an earlier item of a list makes of an adjective that has none: По Витебской области —
    снег, по Гомельской — дождь."""
    if not hit.text[:1].isupper() or not _leaves_noun_out(hit):
        return ""
    ending = hit.last_word[-2:]
    for n in range(1, _FAR + 1):
        word, gap = hit.before(n), hit.gap(-n)
        if not word or word in cues.street_after or (gap[:1] in _ENDS and gap[1:2].isspace()):
            return ""
        unit = _unit_of(word, cues)
        if unit and hit.before(n + 1).endswith(ending) and hit.written(-n - 1)[:1].isupper():
            return unit if _is_item_like(hit, hit.before(n + 2), cues) else ""
    return ""


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
    return not gap or gap[0] in ",.;\n" or gap.startswith(tuple(_DASHES))


def is_no_party(hit: Hit, cues: Cues, *, is_plain: bool, has_name: bool) -> bool:
    """True if the words beside an adjective show that it names no party.

    `is_plain`: the adjective is written without a capital where it stands alone (минский); `has_name`: the
    same letters are a case of the name too (Минском).
    """
    if hit.is_quoted or is_adverb(hit, cues) or is_of_thing(hit, cues):
        return True
    if unit_left_out(hit, cues):
        return False
    if _is_on_street(hit, cues) or _is_of_other(hit, cues):
        return True
    if not hit.text[:1].isupper():
        return _is_language(hit, cues)
    if is_surname(hit, cues) or (is_plain and _is_proper(hit, cues, has_name=has_name)):
        return True
    # in Cyrillic languages are written small
    return _is_german_language(hit, cues) or (hit.text.isascii() and _is_language(hit, cues))


def _is_of_other(hit: Hit, cues: Cues) -> bool:
    """True for what the word before makes of an adjective: history, a dish, a breed, a language."""
    if hit.before() in cues.history and hit.gap_before == " ":
        return True
    return _is_dish(hit, cues) or _is_kind(hit, cues) or _is_of_painters(hit, cues) or _is_spoken(hit, cues)


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
    word = _noun_after(hit, cues)
    if word in cues.street_after:  # Московская и Минская улицы, but московские и минские улицы
        return hit.text[:1].isupper() and any(is_capitalised(hit.written(n)) for n in (1, 2))
    return bool(word) and word in cues.thing_after


def _is_dish(hit: Hit, cues: Cues) -> bool:
    """True for борщ полтавский, where no noun follows."""
    return hit.gap_before == " " and hit.before() in cues.dishes and _has_no_noun(hit, cues)


def _is_kind(hit: Hit, cues: Cues) -> bool:
    """True for пород брянская и орловская: a nominative behind the word for breeds or sorts."""
    return hit.first_word.endswith(cues.surname_base) and _row_begins_with(hit, cues.kinds, cues)


def _is_of_painters(hit: Hit, cues: Cues) -> bool:
    """True for иконы новгородской школы."""
    return hit.before() in cues.art and hit.gap_after == " " and hit.after() in cues.art_school


def _is_german_language(hit: Hit, cues: Cues) -> bool:
    """True for auf Russisch, Russisch-Kurs; not for Belarussisch-Deutsche Gesellschaft."""
    if not hit.last_word.endswith(cues.german_endings):
        return False
    return not (hit.gap_after in _HYPHENS and hit.after().startswith(cues.german_beginnings))


def _is_spoken(hit: Hit, cues: Cues) -> bool:
    """True for a language behind a verb: учат турецкий, учить русскому."""
    if hit.last_word.endswith(cues.teach_endings) and hit.gap_before == " ":
        taught = hit.before(2) if hit.before() in cues.reflexive else hit.before()
        if taught in cues.teach or taught in cues.speak:
            return _has_no_noun(hit, cues)
    is_base = hit.last_word.endswith(cues.language_endings)
    if not (is_base and hit.gap_before == " " and _has_no_noun(hit, cues)):
        return False
    return hit.before() in cues.speak or (hit.gap_after != " " and _row_begins_with(hit, cues.speak, cues))


def _has_no_noun(hit: Hit, cues: Cues) -> bool:
    """True where nothing but a preposition, or another adjective without a noun, follows."""
    if hit.gap_after == " " and hit.after() not in cues.joints:
        return hit.after() in cues.little or _stands_alone(hit, cues)
    is_alone = not hit.after(2).endswith(cues.adjective_endings + cues.language_endings)
    return (is_alone and hit.gap_after == " ") or not _noun_after(hit, cues)


def _stands_alone(hit: Hit, cues: Cues) -> bool:
    """True where the word behind an adjective can be none of its nouns: на польский сделали."""
    agreeing = cues.agrees.get(hit.last_word[-3:])
    if agreeing is None or hit.gap_after != " " or cues.joints & {hit.before(), hit.after()}:
        return False  # a row has its noun in the plural
    word = hit.after()
    return hit.written(1).islower() and (word[-1] not in agreeing or is_verb(word, cues))


def _has_preposition_after(hit: Hit, cues: Cues) -> bool:
    """True for с белорусского на китайский."""
    is_little = hit.after() in cues.little and hit.after() not in cues.joints
    return hit.gap_after == " " and is_little and hit.last_word[-3:] in cues.agrees


def is_past(word: str, cues: Cues) -> bool:
    """True for a word that ends like a verb in the past, of one person."""
    return word.endswith(cues.past_endings) and word not in cues.nouns


def is_verb(word: str, cues: Cues) -> bool:
    """The same for any number."""
    return word.endswith(cues.verb_endings) and word not in cues.nouns


def follows_first_name(hit: Hit, cues: Cues) -> bool:
    """True for Андрей Борисов, Jack London; a first name of a place's own (Лида) comes later."""
    if hit.gap_before != " " or not is_capitalised(hit.written(-1)):
        return False
    return hit.before().startswith(cues.first) or hit.before() in cues.first_names


def follows_initial(hit: Hit) -> bool:
    """True for С. П. Минский."""
    previous = hit.written(-1)
    return len(previous) == 1 and previous.isupper() and hit.gap_before.strip() == "."


def is_capitalised(word: str) -> bool:
    """True for a word of several letters that begins with a capital."""
    return len(word) > 1 and word[0].isupper()


def touches(gap: str) -> bool:
    """True if nothing but a full stop of an abbreviation stands between: "ул. Минская"."""
    return gap.replace(".", "", 1).isspace()


def _is_on_street(hit: Hit, cues: Cues) -> bool:
    if not touches(hit.gap_before):
        return False
    if hit.before() in cues.language_before:
        return True
    if not hit.text[:1].isupper():
        return False  # на площади белорусского города
    if hit.before() in cues.street_before or hit.before() in cues.street_corner:
        return True
    if (hit.before() in cues.joints and hit.before(2) in cues.street_after) or is_at_corner(hit, cues):
        return not unit_after(hit, cues)
    is_alone = hit.before() in cues.street_along and not _has_noun_of_its_case(hit, cues)
    return is_alone or (hit.before() in cues.street_alone and _is_polish_street(hit, cues))


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
    for n in range(2, _REACH + 1):
        word = hit.before(n)
        if word in cues.street_corner:
            return True
        if not word or not (word.endswith(cues.adjective_endings) or word in cues.street_after):
            return False
    return False


def _has_noun_of_its_case(hit: Hit, cues: Cues) -> bool:
    """False for на Полоцкую: an adjective of a street, behind which no noun of its case stands."""
    ends = hit.last_word[-2:]
    agreeing = cues.street_agrees.get(ends)
    return agreeing is None or _noun_after(hit, cues)[-1:] in tuple(agreeing)


def is_surname_again(hit: Hit, cues: Cues) -> bool:
    """True where no noun that agrees stands behind an adjective that was a surname before."""
    if unit_after(hit, cues):
        return False
    noun = hit.after() if hit.gap_after == " " else ""
    is_feminine = hit.text[-1:] in _FEMININE
    agrees = noun[-1:] in _OF_FEMININE if is_feminine else noun[-1:] not in _VOWELS
    return not noun or is_past(noun, cues) or not agrees


def is_surname(hit: Hit, cues: Cues) -> bool:
    """True for Орловский Иван, Иван Псковский, тренер Могилевский, романсы Варшавского."""
    if follows_initial(hit) or follows_first_name(hit, cues) or _is_author(hit, cues):
        return True
    if hit.gap_after == " " and is_capitalised(hit.written(1)) and hit.after().startswith(cues.first):
        return True
    if hit.gap_before != " ":
        return False
    if hit.before() in cues.person_quoted:
        return not _noun_after(hit, cues)
    if hit.before() in cues.family and hit.last_word.endswith(cues.family_endings):
        return not unit_after(hit, cues)
    is_base = hit.first_word.endswith(cues.surname_base)
    is_post = hit.before() in cues.person_before or hit.before() in cues.person_called
    return is_base and is_post and not unit_after(hit, cues)


def _is_author(hit: Hit, cues: Cues) -> bool:
    """True for романсы Чайковского и Варшавского: in a genitive without a noun that agrees."""
    is_genitive = hit.last_word.endswith(cues.lesson_endings)
    if not is_genitive or not is_of_author(hit, cues):
        return False
    noun = _noun_after(hit, cues)
    return not noun or (hit.gap_before == " " and noun[-1] not in _OF_GENITIVE)


def is_of_author(hit: Hit, cues: Cues) -> bool:
    """True behind the word for a work, or in a row of names behind it: романсы Чайковского, Глинки."""
    for n in range(1, _REACH + 1):
        word, gap = hit.before(n), hit.gap(-n)
        if gap not in _IN_ROW and not (len(word) == 1 and gap == ". "):
            return False
        if word in cues.works:
            return True
        if word not in cues.joints and not hit.written(-n)[:1].isupper():
            return False
    return False


def _is_proper(hit: Hit, cues: Cues, *, has_name: bool) -> bool:
    """True for a capital that no name of a body explains: a street (на Витебской, 8), a surname (Алесь
    Мінскі), a name that looks like the adjective (под Смоленском)."""
    if hit.begins_sentence or hit.is_shouted:
        return False
    noun = _noun_after(hit, cues)
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
        if _unit_of(hit.before(n), cues):
            return True
    return False


def _is_language(hit: Hit, cues: Cues) -> bool:
    """True for a language: переведено на белорусский и польский, уроки русского, she speaks Belarusian."""
    is_taught = hit.last_word.endswith(cues.lesson_endings)
    if is_taught and hit.before() in cues.lessons:
        return True
    if hit.gap_after in _DASHES:
        return False  # с псковской стороны — бригада, с витебской — машины
    if not (_stands_alone(hit, cues) or _has_preposition_after(hit, cues)):
        if hit.gap_after.isspace() and not (hit.after() in cues.joints or hit.after() in cues.language_rest):
            return False
        if "«" in hit.gap_after or "„" in hit.gap_after or _noun_after(hit, cues):
            return False
    return _row_begins_with(hit, cues.language_into, cues)


def _row_begins_with(hit: Hit, wanted: frozenset[str], cues: Cues) -> bool:
    """True if one of `wanted` stands before an adjective or before those it stands in a row with."""
    for n in range(1, _REACH + 1):
        word = hit.before(n)
        if not word or not STOPS.isdisjoint(hit.gap(-n)):
            return False
        if word in wanted:
            return True
        if word not in cues.joints and not (len(word) > 3 and word.endswith(cues.adjective_endings)):
            return False
    return False


def _noun_after(hit: Hit, cues: Cues) -> str:
    """The first word after an adjective, or after those it stands in a row with, that is none; empty where
    the sentence or its part ends before."""
    for n in range(1, _REACH + 1):
        word = hit.after(n)
        if not word or not STOPS.isdisjoint(hit.gap(n)):
            return ""
        if any(word in stems for stems in cues.units.values()):
            return word
        listed = word in cues.joints or word.endswith(cues.adjective_endings)
        if not listed:
            return "" if "," in hit.gap(n) or word in cues.language_rest else word
        if n == 1 and word in cues.joints and not hit.gap_after.isspace():
            return ""
    return ""
