"""The nouns beside an adjective or name, and whether one belongs to it. Pure."""

from monitor.linking.cues import Cues
from monitor.linking.hits import Hit

STOPS = frozenset(".;:!?\n()«»—–")
IN_LIST = frozenset({", ", "; ", ": "})  # before one of several things that are listed
REACH = 6  # words in which an adjective's noun may stand: "Витебская, Могилёвская и Псковская области"


def unit_after(hit: Hit, cues: Cues) -> str:
    """What the noun after an adjective makes of it: region, district, city, or empty."""
    return unit_of(noun_after(hit, cues), cues)


def unit_of(word: str, cues: Cues) -> str:
    return next((kind for kind, stems in cues.units.items() if word in stems), "") if word else ""


def noun_after(hit: Hit, cues: Cues) -> str:
    """The first word after an adjective, or after those it stands in a row with, that is none; empty where
    the sentence or its part ends before."""
    for n in range(1, REACH + 1):
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


def has_no_noun(hit: Hit, cues: Cues) -> bool:
    """True where nothing but a preposition, or another adjective without a noun, follows."""
    if hit.gap_after == " " and hit.after() not in cues.joints:
        return hit.after() in cues.little or stands_alone(hit, cues)
    is_alone = not hit.after(2).endswith(cues.adjective_endings + cues.language_endings)
    return (is_alone and hit.gap_after == " ") or not noun_after(hit, cues)


def stands_alone(hit: Hit, cues: Cues) -> bool:
    """True where the word behind an adjective can be none of its nouns: на польский сделали."""
    agreeing = cues.agrees.get(hit.last_word[-3:])
    if agreeing is None or hit.gap_after != " " or cues.joints & {hit.before(), hit.after()}:
        return False  # a row has its noun in the plural
    word = hit.after()
    return hit.written(1).islower() and (word[-1] not in agreeing or is_verb(word, cues))


def is_past(word: str, cues: Cues) -> bool:
    """True for a word that ends like a verb in the past, of one person."""
    return word.endswith(cues.past_endings) and word not in cues.nouns


def is_verb(word: str, cues: Cues) -> bool:
    """The same for any number."""
    return word.endswith(cues.verb_endings) and word not in cues.nouns


def is_capitalised(word: str) -> bool:
    """True for a word of several letters that begins with a capital."""
    return len(word) > 1 and word[0].isupper()


def touches(gap: str) -> bool:
    """True if nothing but a full stop of an abbreviation stands between: "ул. Минская"."""
    return gap.replace(".", "", 1).isspace()


def row_begins_with(hit: Hit, wanted: frozenset[str], cues: Cues) -> bool:
    """True if one of `wanted` stands before an adjective or before those it stands in a row with."""
    for n in range(1, REACH + 1):
        word = hit.before(n)
        if not word or not STOPS.isdisjoint(hit.gap(-n)):
            return False
        if word in wanted:
            return True
        if word not in cues.joints and not (len(word) > 3 and word.endswith(cues.adjective_endings)):
            return False
    return False
