"""Adjectives of places that are languages: на белорусском, uczą się polskiego, auf Russisch. Pure."""

from monitor.linking.cues import Cues
from monitor.linking.hits import Hit
from monitor.linking.nouns import has_no_noun, is_verb, noun_after, row_begins_with, stands_alone

_INSTRUMENTAL = ("ською", "цькою")
_HYPHENS = frozenset("-‑–")
_DATIVE = ("ому", "аму", "скай", "цкай")
_DASHES = frozenset({" — ", " – ", " - "})


def is_german_language(hit: Hit, cues: Cues) -> bool:
    """True for auf Russisch, Russisch-Kurs; not for Belarussisch-Deutsche Gesellschaft."""
    if not hit.last_word.endswith(cues.german_endings):
        return False
    return not (hit.gap_after in _HYPHENS and hit.after().startswith(cues.german_beginnings))


def _is_taught_behind(hit: Hit, cues: Cues) -> bool:
    """True for Немецкий изучают с пятого класса, but not for Belarusian studies."""
    word = hit.after()
    if hit.gap_after != " " or word not in cues.speak or not hit.written(1).islower():
        return False
    is_case = hit.last_word.endswith(cues.language_endings + cues.teach_endings)
    return is_case and (word in cues.teach or not word.isascii())


def is_spoken(hit: Hit, cues: Cues) -> bool:
    """True for a language behind a verb: учат турецкий, учить русскому."""
    if hit.last_word.endswith(cues.teach_endings) and hit.gap_before == " ":
        taught = hit.before(2) if hit.before() in cues.reflexive else hit.before()
        if taught in cues.teach or taught in cues.speak:
            return has_no_noun(hit, cues)
    if _is_taught_behind(hit, cues):
        return True
    is_base = hit.last_word.endswith(cues.language_endings)
    if not (is_base and hit.gap_before == " " and has_no_noun(hit, cues)):
        return False
    return hit.before() in cues.speak or row_begins_with(hit, cues.speak, cues)


def _has_preposition_after(hit: Hit, cues: Cues) -> bool:
    """True for с белорусского на китайский."""
    is_little = hit.after() in cues.little and hit.after() not in cues.joints
    return hit.gap_after == " " and is_little and hit.last_word[-3:] in cues.agrees


def _is_ukrainian(hit: Hit, cues: Cues) -> bool:
    """True for переклали польською: the case alone tells it, where no noun stands behind."""
    return hit.last_word.endswith(_INSTRUMENTAL) and has_no_noun(hit, cues)


def _is_second(hit: Hit, cues: Cues) -> bool:
    """True for курсы английского и немецкого: a language in a row behind a word for lessons."""
    if hit.gap_before != ", " and hit.before() not in cues.joints:
        return False
    if not hit.last_word.endswith(cues.lesson_endings):
        return False
    if not (row_begins_with(hit, cues.lessons, cues) or row_begins_with(hit, cues.teach, cues)):
        return False
    word, agreeing = hit.after(), cues.agrees.get(hit.last_word[-3:], "")
    is_noun = hit.gap_after == " " and word and word[-1] in agreeing and not is_verb(word, cues)
    return not is_noun or word in cues.little


def is_language(hit: Hit, cues: Cues) -> bool:
    """True for a language: переведено на белорусский и польский, уроки русского, she speaks Belarusian."""
    is_taught = hit.last_word.endswith(cues.lesson_endings)
    if (is_taught and hit.before() in cues.lessons) or _is_ukrainian(hit, cues) or _is_second(hit, cues):
        return True
    if hit.gap_after in _DASHES or hit.last_word.endswith(cues.no_language):
        return False  # с псковской стороны — бригада, с витебской — машины; рядом с итальянскими и индийскими
    if not (stands_alone(hit, cues) or _has_preposition_after(hit, cues)):
        if hit.gap_after.isspace() and not (hit.after() in cues.joints or hit.after() in cues.language_rest):
            return False
        if "«" in hit.gap_after or "„" in hit.gap_after or noun_after(hit, cues):
            return False
    is_dative = hit.last_word.endswith(_DATIVE) and row_begins_with(hit, cues.language_dative, cues)
    return is_dative or row_begins_with(hit, cues.language_into, cues)
