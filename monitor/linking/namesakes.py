"""What is named after a place, as the words beside its name tell: contests, duchies, cafés, clubs. Pure."""

from monitor.linking.cues import Cues
from monitor.linking.hits import CLOSING, OPENING, Hit
from monitor.linking.nouns import IN_LIST, REACH, STOPS, is_capitalised

_DASHES = frozenset("-‑–—")
_QUOTES_CLOSE = CLOSING - {"'", "’"}
_NAME_REACH = 4  # words of a quoted name
_SHEET_REACH = 16  # words of a list of those who scored
OF_WORDS = frozenset({"of", "von"})


def is_of_contest(hit: Hit, cues: Cues) -> bool:
    """True for Кубок Беларуси, mistrzostwa Europy, Grand Duchy of Lithuania."""
    if hit.gap_before != " ":
        return False
    if hit.before() in OF_WORDS:
        return hit.before(2) in cues.contests or hit.before(2) in cues.history
    return hit.before() in cues.contests


def is_of_cup(hit: Hit, cues: Cues) -> bool:
    """True for Кубок Минской области; its championship is one of the region."""
    return hit.gap_before == " " and hit.before() in cues.cups


def is_first_of_streets(hit: Hit, cues: Cues) -> bool:
    """True for Minsko ir Vilniaus gatvių: the first of two streets."""
    is_pair = hit.gap_after == " " and hit.after() in cues.joints and is_capitalised(hit.written(2))
    return is_pair and hit.gap(3) == " " and hit.after(3) in cues.street_after


def begins_quoted_name(hit: Hit) -> bool:
    """True for «Салават Юлаев»: a place's name begins what stands in quotation marks."""
    if not hit.opens_quote or hit.gap_after != " " or not is_capitalised(hit.written(1)):
        return False
    for n in (1, 2):
        span = hit.span(n)
        if span is None or hit.gap(n) != " ":
            return False
        if hit.source[span[1] : span[1] + 1] in _QUOTES_CLOSE:
            return True
    return False


def bears_quoted(word: str, cues: Cues) -> bool:
    return word in cues.thing_before or word in cues.quoted_before


def bears_adjective(hit: Hit, cues: Cues) -> bool:
    """True for ансамбль «Полоцкие напевы», томат «Московский деликатес»; a paper of that name speaks of its
    place."""
    if not hit.opens_quote or hit.gap_after != " ":
        return False
    head = hit.before()
    return bears_quoted(head, cues) or head in cues.wares or head in cues.dishes or head in cues.kinds


def is_called_so(hit: Hit, cues: Cues) -> bool:
    """True for a hotel or shop of that name: гостиница Минск, but в гостиницах Минска."""
    if hit.gap_before != " " or hit.before() not in cues.thing_before:
        return False
    if hit.last_word.endswith(cues.stiff) and hit.before().endswith(cues.stiff_after):
        return False  # рестораны Гродно, с оркестром Молодечно
    return _DASHES.isdisjoint(hit.gap_after)  # поезд Брест — Гродно


def is_on_table(hit: Hit, cues: Cues) -> bool:
    """True for zwei Paar Wiener: sausages and pastry in a sentence that speaks of a table."""
    if hit.last_word not in cues.pastry or (hit.gap_after == " " and is_capitalised(hit.written(1))):
        return False
    return any(word in cues.table for word in hit.sentence())


def quote_before(hit: Hit) -> int:
    """How many words before a hit a quotation mark opens, 0 where none does near by."""
    for n in range(1, _NAME_REACH + 1):
        if hit.gap(-n)[-1:] in OPENING:
            return n
        if hit.gap(-n) != " ":
            return 0
    return 0


def ends_name_of_thing(hit: Hit, cues: Cues) -> bool:
    """True for кафе «Старый Минск»: the last word of what a shop or choir is called."""
    if hit.gap_after[:1] not in _QUOTES_CLOSE or hit.opens_quote:
        return False
    head = hit.before(quote_before(hit)) if quote_before(hit) else ""
    return bears_quoted(head, cues) and head not in cues.company_before


def is_ware(hit: Hit, cues: Cues, *, is_base: bool) -> bool:
    """True for холодильник «Атлант», «Полесье» с жаткой: goods that are called after a maker or like one."""
    if not hit.opens_quote:
        return False
    if is_base and hit.is_quoted and hit.before() in cues.wares:
        # телевизоры «Горизонт» едут в Казань: from their maker, unless somebody buys or wins them here
        return hit.before() not in cues.company_goods or any(word in cues.offers for word in hit.sentence())
    stems = cues.wares_beside.get(hit.last_word)
    if stems is None:
        return False
    if hit.gap_after in _DASHES and is_capitalised(hit.written(1)):
        return True  # СПК «Полесье-Агро»
    return any(hit.word(n) in stems for n in range(-_NAME_REACH, _NAME_REACH + 1) if n)


def is_on_sheet(hit: Hit, cues: Cues) -> bool:
    """True for Голы: Лисакович, Ковель, Дашук: a town among the surnames of a game."""
    if hit.gap_before not in IN_LIST and (hit.gap_before != " " or hit.before() not in cues.joints):
        return False
    for n in range(1, _SHEET_REACH + 1):
        word = hit.before(n)
        if word in cues.sheets:
            return not _DASHES & set(hit.gap_after)
        is_listed = hit.written(-n)[:1].isupper() or word.isdigit() or word in cues.joints
        if not (word and is_listed):
            return False
    return False


def is_of_street(hit: Hit, cues: Cues) -> bool:
    """True for на Кирова, по Советской и Кирова: a genitive where a place would stand in another case."""
    if not hit.last_word.endswith(cues.street_persons) or hit.gap_before != " ":
        return False
    if hit.before() in cues.street_along:
        return True
    if hit.before() not in cues.joints or not is_capitalised(hit.written(-2)):
        return False
    for n in range(2, REACH + 1):
        if not STOPS.isdisjoint(hit.gap(-n)) or not hit.before(n):
            return False
        if not is_capitalised(hit.written(-n)) and hit.before(n) not in cues.joints:
            return hit.before(n) in cues.street_along or hit.before(n) in cues.street_corner
    return False


def acts_as_town(hit: Hit, cues: Cues) -> bool:
    """True for Мосты отметили день города: a word that begins a sentence and does what only a town does."""
    return hit.gap_after == " " and hit.after() in cues.town_acts and hit.last_word not in cues.town_words
