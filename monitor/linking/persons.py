"""Surnames that look like the adjective of a place, told by posts, first names and works. Pure."""

from monitor.linking.cues import Cues
from monitor.linking.hits import Hit
from monitor.linking.namesakes import is_on_sheet
from monitor.linking.nouns import REACH, is_capitalised, is_past, is_verb, noun_after, unit_after

_IN_ROW = frozenset({" ", ", "})
_FEMININE, _OF_FEMININE = frozenset("аяa"), frozenset("аяьa")  # endings, and those of nouns that agree
_WOMAN = ("ая", "ка")  # endings of an adjective, and of a verb in the past
_OF_WOMAN = ("ла", "лась", "лася")
_IN = frozenset({"в", "у", "w"})
_POST_REACH = 4  # words: подполковник в отставке Кричев
_OF_GENITIVE = frozenset("аяую")
_VOWELS = frozenset("аеиоуыэюяіїєaeiouyąęó")


def follows_first_name(hit: Hit, cues: Cues) -> bool:
    """True for Андрей Борисов, Jack London; a first name of a place's own (Лида) comes later."""
    if hit.gap_before != " " or not is_capitalised(hit.written(-1)):
        return False
    return hit.before().startswith(cues.first) or hit.before() in cues.first_names


def follows_initial(hit: Hit) -> bool:
    """True for С. П. Минский."""
    previous = hit.written(-1)
    return len(previous) == 1 and previous.isupper() and hit.gap_before.strip() == "."


def post_before(hit: Hit, cues: Cues) -> str:
    """The word that a post would be: подполковник запаса Брагин."""
    for n in range(1, _POST_REACH + 1):
        if hit.gap(-n) != " ":
            return ""
        is_between = hit.before(n) in cues.post_rest or (n > 1 and hit.before(n) in _IN)
        if not is_between:
            return hit.before(n)
    return ""


def is_like_person(hit: Hit, cues: Cues) -> bool:
    """True for тренер Быхов, Брагин пояснил: a town that ends like a surname, in the nominative, behind a
    post or beside a verb of saying."""
    if not hit.last_word.endswith(cues.surname_like):
        return False
    if hit.gap_after == " " and hit.after() in cues.said:
        return True
    if hit.gap_before != " ":
        return False
    if hit.before() in cues.said or hit.before() in cues.told:
        return True
    post = post_before(hit, cues)
    return post in cues.person_called or post in cues.person_before


def _is_of_post(hit: Hit, cues: Cues) -> bool:
    """True for тренера Слонимского уволили, but not for тренера Слонимского клуба."""
    if not hit.last_word.endswith(cues.post_cases):
        return False
    if hit.before() not in cues.posts or unit_after(hit, cues):
        return False
    if not noun_after(hit, cues):
        return True
    agreeing = cues.post_agrees.get(hit.last_word[-2:], "")
    return hit.gap_after == " " and (hit.after()[-1] not in agreeing or is_verb(hit.after(), cues))


def _acts(hit: Hit, cues: Cues) -> bool:
    """True for Хмельницький підписав: an adjective in the nominative right before a verb of one person."""
    verb = hit.after()
    if hit.gap_after != " " or not hit.written(1).islower():
        return False
    if verb in cues.said:
        return True
    is_of_woman = verb.endswith(_OF_WOMAN)
    return is_past(verb, cues) and is_of_woman == hit.last_word.endswith(_WOMAN)


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
    is_base = hit.first_word.endswith(cues.surname_base)
    if is_base and hit.begins_sentence and not hit.opens_quote and _acts(hit, cues):
        return True
    if is_base and is_on_sheet(hit, cues) and not noun_after(hit, cues):
        return True
    return hit.gap_before == " " and _is_told_before(hit, cues, is_base=is_base)


def _is_told_before(hit: Hit, cues: Cues, *, is_base: bool) -> bool:
    """True for по словам Полоцкого, семья Минских, тренер Могилевский, тренера Слонимского."""
    if hit.before() in cues.person_quoted:
        return not noun_after(hit, cues)
    if hit.before() in cues.family and hit.last_word.endswith(cues.family_endings):
        return not unit_after(hit, cues)
    if hit.before() in cues.titles:
        return not unit_after(hit, cues)  # pani Grodzieńska, пан Мінскі
    if not is_base:
        return _is_of_post(hit, cues)
    post = post_before(hit, cues)
    is_post = post in cues.person_before or post in cues.person_called
    return is_post and not unit_after(hit, cues)


def _is_author(hit: Hit, cues: Cues) -> bool:
    """True for романсы Чайковского и Варшавского: in a genitive without a noun that agrees."""
    is_genitive = hit.last_word.endswith(cues.lesson_endings)
    if not is_genitive or not is_of_author(hit, cues):
        return False
    noun = noun_after(hit, cues)
    return not noun or (hit.gap_before == " " and noun[-1] not in _OF_GENITIVE)


def is_of_author(hit: Hit, cues: Cues) -> bool:
    """True behind the word for a work, or in a row of names behind it: романсы Чайковского, Глинки."""
    for n in range(1, REACH + 1):
        word, gap = hit.before(n), hit.gap(-n)
        if gap not in _IN_ROW and not (len(word) == 1 and gap == ". "):
            return False
        if word in cues.works:
            return True
        if word not in cues.joints and not hit.written(-n)[:1].isupper():
            return False
    return False
