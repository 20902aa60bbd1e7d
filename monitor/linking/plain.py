"""Names that need no thought: one meaning, and nothing beside them that could change it. Pure.

Most names are such. What a spelling can mean is worked out once (`Plan`), and the words beside it are looked
up in a table of what each word does to its neighbour; whatever is not surely plain is left to the rules of
beside.py and homonyms.py, so the answers are theirs.
"""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.ids import PlaceId
from monitor.linking.adjectives import STOPS
from monitor.linking.cues import Cues, Stems
from monitor.linking.flat import GAP
from monitor.register.names import NameForm

# what a word makes of the name behind it
_BEFORE_NAME, _BEFORE_ADJECTIVE, _POST, _PLACED, _ON = 1, 2, 128, 256, 512
_THING, _JOINT, _LISTED, _UNIT = 4, 8, 16, 32  # what a word is to an adjective before it
_REST = 64
_OPEN_BEFORE = frozenset(" \n(")
_OPEN_BEFORE_ADJECTIVE = frozenset(" \n(-")
_CLOSED_AFTER = frozenset(" ,;:)\n!?—'’")
_OPENS = frozenset("«„")
_QUOTES = frozenset("«„“\"'")
_REACH = 6
_KEPT = 200_000  # words: more than a language has in the news of a year
# How a spelling is looked at: not at all, by the rules, or by what matters to names that are written so
NOTHING, SLOW, WHOLE, COMPANY, ABBREVIATION, CYRILLIC, LATIN, COMMON, DEMONYM, ADJECTIVE, PROPER, COMPOUND = (
    range(12)
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """One place with what else the name could be."""

    place: PlaceId
    how: str
    others: tuple[PlaceId, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a spelling, written so in a text of one language, can mean."""

    forms: tuple[NameForm, ...]
    lane: int
    is_nest: bool  # several words that are a body, or no name at all: the names in it count too
    is_single: bool
    meanings: Mapping[str, Meaning]  # by the kind of place that the noun behind tells; none for homonyms
    is_person: bool = False
    is_named: bool = False  # a name that no person has
    is_single_name: bool = False
    is_people: bool = False  # a first name as well
    is_abroad: bool = False


class Beside:
    """What the words beside a name do to it, by word; learnt as they come."""

    def __init__(self, cues: Cues, letters: str) -> None:
        """`letters`: by their byte."""
        self._cues = cues
        self._effects = _effects(cues)
        codes = {letter: code for code, letter in enumerate(letters)}
        self._games = tuple(
            b" " + bytes(codes.get(letter, 0) for letter in stem) for stem in cues.sport_words.beginnings
        )
        self._letters = letters
        self._known: dict[bytes, int] = {}
        self._units: dict[bytes, str] = {}
        self._last: tuple[bytes, bool] = (b"", False)  # whether the text looked at last speaks of a game

    def is_plain(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        """The kind of place that the noun behind tells, empty for none; None where the rules must decide.

        `flat`: byte n + 1 is character n of `text`.
        """
        lane = plan.lane
        if lane < CYRILLIC:
            return self._of_body(lane, text, flat, start, end)
        if start and text[start - 1] not in (_OPEN_BEFORE if lane < ADJECTIVE else _OPEN_BEFORE_ADJECTIVE):
            return None
        before = self._before(text, flat, start)
        if lane < ADJECTIVE:
            is_word = lane == COMMON and not self._is_placed(before, text, flat, start)
            is_word |= bool(before & _ON) and text[end - 1] in self._cues.water_locative
            is_free = not (before & _BEFORE_NAME or is_word) and self._is_closed(text, flat, end, lane)
            return "" if is_free else None
        if before & _BEFORE_ADJECTIVE or (
            lane == PROPER and not self._is_of_body(before, text, flat, start, end)
        ):
            return None
        return self._of_adjective(lane, text, flat, end, is_joined=bool(before & _JOINT))

    def _of_adjective(self, lane: int, text: str, flat: bytes, end: int, *, is_joined: bool) -> str | None:
        if lane == COMPOUND:
            return self._unit(text, flat, end) if text[end : end + 1] == "-" else None
        unit = self._unit(text, flat, end) if text[end : end + 1] == " " else None
        if unit is None or (lane == PROPER and is_joined):  # of a street, unless a noun tells
            return self._unit_of_row(text, flat, end)
        return unit

    def _of_body(self, lane: int, text: str, flat: bytes, start: int, end: int) -> str | None:
        """The same for names of several words, bodies and abbreviations."""
        if lane == WHOLE:
            return None if text[start - 1 : start] in _QUOTES and "-" in text[start:end] else ""
        if lane == SLOW or self._is_game(flat):
            return None
        if lane == COMPANY:
            return ""
        return (
            "" if text[end : end + 1] == " " and text[end + 1 : end + 2].islower() else None
        )  # not a headline

    def _is_placed(self, before: int, text: str, flat: bytes, start: int) -> bool:
        """True for a name that is a word too after a preposition: в Мостах."""
        is_single_gap = text[start - 1 : start] == " " and flat[start - 1] != GAP
        return bool(before & _PLACED) and is_single_gap and not text[start + 1 : start + 2].isupper()

    def _is_of_body(self, before: int, text: str, flat: bytes, start: int, end: int) -> bool:
        """True for an adjective with a capital that neither a person nor a street can have."""
        if before & (_BEFORE_NAME | _POST) or text[end + 1 : end + 2].isupper():
            return False
        if start < 2 or text[start - 1] != " " or flat[start - 1] == GAP:
            return True  # begins a sentence or stands after a comma
        return text[flat.rfind(b" ", 0, start)].islower()

    def is_unit_after(self, flat: bytes, end: int) -> bool:
        """True if the word behind is a noun like "region" or "district"."""
        return bool(self._after(flat, end) & _UNIT)

    def _is_closed(self, text: str, flat: bytes, end: int, lane: int) -> bool:
        """True if nothing behind a name changes it."""
        if end == len(text):
            return True
        if text[end] == ".":
            return flat[end + 2] == GAP  # not brest.by
        if text[end] not in _CLOSED_AFTER:
            return False
        if lane in {CYRILLIC, COMMON}:
            return True
        does = self._after(flat, end + (text[end] == ","))
        return not does & (_THING | _JOINT) and not (text[end] == "," and does & _LISTED)

    def _is_game(self, flat: bytes) -> bool:
        """True if a word of the text speaks of a game: then a company may be a club."""
        last = self._last
        if last[0] is not flat:
            last = self._last = (flat, any(stem in flat for stem in self._games))
        return last[1]  # not of self: another thread may have looked at another text meanwhile

    def _before(self, text: str, flat: bytes, start: int) -> int:
        stop = start
        if stop > 1 and flat[stop - 1] == GAP:
            if text[stop - 2] != ".":
                return 0
            stop -= 1
            if (
                stop
                and flat[stop - 1] != GAP
                and flat[stop - 2 : stop - 1] == b" "
                and text[stop - 2].isupper()
            ):
                return _BEFORE_NAME
        return self._of(flat[flat.rfind(b" ", 0, stop) + 1 : stop])

    def _after(self, flat: bytes, end: int) -> int:
        begin = end + 2
        return self._of(flat[begin : flat.find(b" ", begin)])

    def _of(self, word: bytes) -> int:
        known = self._known.get(word)
        if known is None:
            known = self._learn(word)
        return known

    def _unit(self, text: str, flat: bytes, end: int) -> str | None:
        """As adjectives.unit_after, for rows of adjectives with nothing between them but spaces."""
        for step in range(_REACH):
            begin = end + 2
            stop = flat.find(b" ", begin)
            word = flat[begin:stop]
            does = self._of(word)
            if not word:
                sign = text[end + 1 : end + 2]
                return "" if sign in _OPENS or (step and sign in STOPS) else None
            if does & _JOINT or (step == 0 and does & (_THING | _REST)):
                return None
            if does & _UNIT:
                return self._units[word]
            if not does & _LISTED:
                return ""
            end = stop - 1
            if text[end : end + 1] != " ":
                return "" if text[end : end + 1] in STOPS else None
        return ""

    def _unit_of_row(self, text: str, flat: bytes, end: int) -> str | None:
        """The kind of place whose noun ends a row of adjectives with commas or "and", None for none."""
        for step in range(_REACH):
            begin = end + (2 if text[end : end + 1] == " " else 3)
            if begin == end + 3 and text[end : end + 2] != ", ":
                return None
            stop = flat.find(b" ", begin)
            word = flat[begin:stop]
            does = self._of(word) if word else _THING
            is_joint_after_comma = step == 0 and does & _JOINT and text[end] == ","
            if does & _THING or is_joint_after_comma or (step == 0 and does & _REST and not does & _JOINT):
                return None
            if does & _UNIT:
                return self._units[word]
            if not does & (_LISTED | _JOINT):
                return None
            end = stop - 1
        return None

    def _learn(self, word: bytes) -> int:
        read = codecs.charmap_decode(word, "strict", self._letters)[0]
        does = 0
        for effect, lists in self._effects:
            if any(read in listed for listed in lists):
                does |= effect
        if read.startswith(self._cues.first):
            does |= _BEFORE_NAME
        if read.endswith(self._cues.adjective_endings):
            does |= _LISTED
        unit = next((kind for kind, stems in self._cues.units.items() if read in stems), "")
        if unit:
            does |= _UNIT
            self._units[word] = unit
        if len(self._known) < _KEPT:
            self._known[word] = does
        return does


def _effects(cues: Cues) -> tuple[tuple[int, tuple[Stems | frozenset[str], ...]], ...]:
    """What words of which lists do to their neighbours."""
    streets = (cues.street_before, cues.street_named)
    things = (cues.thing_before, cues.namesake, cues.sport_before, cues.titles, cues.works, cues.nicknames)
    places = (cues.embankment, cues.water_before, cues.water_over, cues.villages, cues.articles)
    languages = (cues.language_before, cues.lessons, cues.speak)
    along = (cues.street_along, cues.street_corner, cues.street_after)
    return (
        (_BEFORE_NAME, (*streets, *things, *places, cues.first_names)),
        (_BEFORE_ADJECTIVE, (*languages, cues.adverb_before, cues.history, cues.dishes)),
        (_THING, (cues.street_after, cues.thing_after, cues.named_after, cues.states)),
        (_JOINT, (cues.joints,)),
        (_REST, (cues.language_rest,)),
        (_POST, (cues.person_before, cues.person_quoted, cues.person_called, cues.works, *along)),
        (_PLACED, (cues.place_before,)),
        (_ON, (cues.water_on,)),
    )
