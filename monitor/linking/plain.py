"""Names that need no thought: one meaning, and nothing beside them that could change it. Pure.

Most names are such. What a spelling can mean is worked out once (`Plan`), and the words beside it are looked
up in a table of what each word does to its neighbour; whatever is not surely plain is left to the rules of
beside.py and homonyms.py, so the answers are theirs.
"""

from collections.abc import Callable

from monitor.linking.adjectives import CORNER_ENDS
from monitor.linking.cues import Cues
from monitor.linking.effects import (
    ALONG,
    BEARER,
    BEFORE_ADJECTIVE,
    BEFORE_NAME,
    CONTEST,
    CROSSING,
    DECLINED,
    FIRST,
    GAME,
    INTO,
    JOINT,
    LED,
    LISTED,
    LITTLE,
    OF,
    ON,
    OVER,
    PAIRED,
    PAST,
    PLACED,
    POST,
    QUOTING,
    REST,
    SAID,
    SPEAK,
    STREET,
    THING,
    UNIT,
    VERB,
    WORK,
    Effects,
)  # fmt: skip
from monitor.linking.flat import GAP, begins_sentence, is_small_before, word_after, word_before
from monitor.linking.hits import CLOSING, OPENING, has_score, sentence_around
from monitor.linking.lanes import (
    ABBREVIATION,
    ADJECTIVE,
    BARE,
    BODY,
    COMMON,
    COMPANY,
    COMPOUND,
    CYRILLIC,
    DEMONYM,
    LATIN,
    PEOPLE,
    PERSON,
    PROPER,
    QUOTED,
    WHOLE,
    Plan,
)  # fmt: skip
from monitor.linking.nouns import IN_LIST, STOPS

_OPEN_BEFORE = frozenset(" \n(")
_OPEN_BEFORE_ADJECTIVE = frozenset(" \n(-")
_OPEN_BEFORE_PROPER = _OPEN_BEFORE_ADJECTIVE | OPENING
_CLOSED_AFTER = frozenset(" ,;:)\n!?—'’")
_CLOSED_BEHIND_PEOPLE = _CLOSED_AFTER | {"", "."}
_HYPHENS = frozenset("-‑–")
_OPENS = frozenset("«„")
_BEGINS = frozenset(".!?…:;")  # a sentence, with a space behind
_REACH, _QUOTED_REACH = 6, 80  # words of a row, characters of a quoted name
OUT = "out"  # the rules would take the name for none
_NO_NOUN = "none"
_BEARS = BEFORE_NAME | BEFORE_ADJECTIVE | QUOTING
_MAY_CHANGE = BEFORE_NAME | ON | OVER | POST | OF  # what makes something else of a name behind it


_Look = Callable[[Plan, str, bytes, int, int], str | None]  # as Beside.is_plain


class Beside:
    """What the words beside a name do to it, by word; learnt as they come.

    Everywhere byte n + 1 of `flat` is character n of `text`.
    """

    def __init__(self, cues: Cues, letters: str) -> None:
        """`letters`: by their byte."""
        self._cues = cues
        self._known = Effects(cues, letters)
        by_lane: dict[int, _Look] = {
            BARE: _always, BODY: _always, WHOLE: self._of_several,
            COMPANY: self._of_company, QUOTED: self._of_quoted,
            ABBREVIATION: self._of_abbreviation, CYRILLIC: self._of_name, LATIN: self._of_name,
            COMMON: self._of_name, PERSON: self._of_person,
            DEMONYM: self._of_demonym, PEOPLE: self._of_people,
            ADJECTIVE: self._of_adjective, PROPER: self._of_proper, COMPOUND: self._of_compound,
        }  # fmt: skip
        self._looks = tuple(by_lane.get(lane, _never) for lane in range(COMPOUND + 1))

    def is_plain(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        """The kind of place that the noun behind tells, empty for none, OUT for no name at all; None where
        the rules must decide."""
        if plan.is_paired and (
            self._after(flat, end) & PAIRED or (plan.is_led and self._known[word_before(flat, start)] & LED)
        ):
            return None  # русская печь, kiełbasa krakowska
        return self._looks[plan.lane](plan, text, flat, start, end)

    def is_unit_after(self, flat: bytes, end: int) -> bool:
        """True if the word behind is a noun like "region" or "district"."""
        return bool(self._after(flat, end) & UNIT)

    # --- bodies and companies ---

    def _of_company(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        is_joined = text[start - 1 : start] in _HYPHENS  # «Торпедо-БелАЗ»
        return None if plan.is_single and (is_joined or self._is_game(text, flat, start, end)) else ""

    def _of_quoted(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        """A name that counts in quotation marks, but not of a hotel."""
        before = self._known[word_before(flat, start)]
        if text[start - 1 : start] not in OPENING or before & (BEFORE_NAME | QUOTING):
            return None
        return self._of_company(plan, text, flat, start, end)

    def _of_abbreviation(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        """One that is a word too: not in a headline in capitals."""
        is_small_behind = text[end : end + 1] == " " and text[end + 1 : end + 2].islower()
        if not (is_small_behind or is_small_before(text, flat, start)):
            return None
        return self._of_company(plan, text, flat, start, end)

    def _is_game(self, text: str, flat: bytes, start: int, end: int) -> bool:
        """True if the sentence speaks of a game: then a company may be a club."""
        begin, stop = sentence_around(text, start, end)
        known = self._known
        is_told = any(known[word] & GAME for word in flat[begin + 1 : stop + 1].split())
        return is_told or has_score(text, begin, stop)

    # --- names of places ---

    def _of_name(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        if start and text[start - 1] not in _OPEN_BEFORE:
            return self._of_opened(plan, text, flat, start, end)
        before = self._before(text, flat, start)
        if before & _MAY_CHANGE and self._is_other(before, plan, text, flat, start, end):
            return None
        if plan.is_like_person and self._is_person_here(plan, before, text, flat, start, end):
            return None
        if plan.lane == COMMON and not self._is_no_word(before, text, flat, start, end):
            return None
        return "" if self._is_closed(plan.lane, text, flat, end) else None

    def _of_several(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        """A place's name of several words, or its abbreviation: not «Минск-Мир», хор «Белая Русь»."""
        if self._known[word_before(flat, start)] & CONTEST:
            return None  # чемпионат Республики Беларусь
        is_bare = not plan.is_union and " " in text[start:end]
        return OUT if ("-" in text[start:end] or is_bare) and _is_quoted(text, start, end) else ""

    def _of_person(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        """A first name too, but behind a preposition and in no row: в Лиде."""
        if start < 2 or text[start - 1] != " " or flat[start - 1] == GAP or text[start + 1].isupper():
            return None
        before, begin = self._before(text, flat, start), flat.rfind(b" ", 0, start)
        is_placed = before & PLACED and not before & (POST | WORK | JOINT)
        if not is_placed or not (text[begin].islower() or begins_sentence(text, begin)):
            return None
        is_in_row = text[end : end + 1] == "," or self._known[word_after(flat, end)] & JOINT
        if is_in_row or text[end + 1 : end + 2].isupper():
            return None
        return self._of_name(plan, text, flat, start, end)

    def _of_opened(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        """A name behind a quotation mark that no other follows: «Минск глазами гостей», but not of a club."""
        if text[start - 1] not in OPENING or text[end : end + 1] in CLOSING or plan.lane == COMMON:
            return _of_quoted_place(plan, text, start, end)
        if text[end + 1 : end + 2].isupper():
            return None  # «Салават Юлаев»
        is_free = not self._known[word_before(flat, start)] & BEFORE_NAME
        return "" if is_free and self._is_closed(plan.lane, text, flat, end) else None

    def _is_other(self, before: int, plan: Plan, text: str, flat: bytes, start: int, end: int) -> bool:
        """True if the word before may make a name of a street, a person or a river of it."""
        if before & BEFORE_NAME or (before & POST and plan.is_like_surname):
            return True
        if before & POST and plan.lane == LATIN and text[end + 1 : end + 2].isupper():
            return True  # Coach Paris Hill
        begin = flat.rfind(b" ", 0, start)
        if before & OF and self._known[word_before(flat, begin)] & CONTEST:
            return True  # Grand Duchy of Lithuania
        if not plan.is_city:  # only towns are rivers too
            return False
        if before & ON and text[end - 1] in self._cues.water_locative:
            return True
        return bool(before & OVER and self._known[word_before(flat, begin)] & CROSSING)

    def _is_person_here(self, plan: Plan, before: int, text: str, flat: bytes, start: int, end: int) -> bool:
        """True if a town like a surname may be one: Брагин пояснил; Иванов, Ковель; на Кирова."""
        if plan.is_of_street and before & (ON | ALONG | JOINT):
            return True
        is_listed = before & JOINT or text[start - 2 : start] in IN_LIST
        return plan.is_like_surname and bool(is_listed or self._after(flat, end) & SAID)

    def _is_no_word(self, before: int, text: str, flat: bytes, start: int, end: int) -> bool:
        """True for a name that is a word too after a preposition or within a sentence: в Мостах."""
        is_single_gap = text[start - 1 : start] == " " and flat[start - 1] != GAP
        if not is_single_gap or text[start + 1 : start + 2].isupper():
            return False
        if before & JOINT and text[end - 1] in CORNER_ENDS:  # на углу Минской и Лесной
            return False
        is_within = text[flat.rfind(b" ", 0, start)].islower() and not self._is_of_thing(text, flat, end)
        return bool(before & PLACED) or is_within

    def _is_closed(self, lane: int, text: str, flat: bytes, end: int) -> bool:
        """True if nothing behind a name changes it."""
        if end == len(text):
            return True
        if text[end] == ".":
            return flat[end + 2] == GAP  # not brest.by
        if lane == CYRILLIC:
            return text[end] in _CLOSED_AFTER or (text[end] == "»" and not self._ends_thing(text, flat, end))
        return text[end] in _CLOSED_AFTER and (lane != LATIN or not self._is_of_thing(text, flat, end))

    def _ends_thing(self, text: str, flat: bytes, end: int) -> bool:
        """True for кафе «Старый Минск»."""
        begin = max(text.rfind(sign, max(0, end - _QUOTED_REACH), end) for sign in OPENING)
        return begin >= 0 and bool(self._known[word_before(flat, begin)] & (BEFORE_NAME | QUOTING))

    def _is_of_thing(self, text: str, flat: bytes, end: int) -> bool:
        """True if a name, or the row that it stands in, may belong to a noun like "street"."""
        if text[end : end + 1] == ",":
            return self._noun(text, flat, end) is None
        does = self._after(flat, end)
        if not does & JOINT:
            return bool(does & THING)
        third = flat.find(GAP, flat.find(GAP, end + 2) + 1)
        return bool(self._after(flat, third - 1) & THING) or self._noun(text, flat, end) is None

    # --- people and adjectives ---

    def _of_demonym(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        """Inhabitants that are written small, or begin a sentence: what stands before them says nothing."""
        if start and text[start - 1] not in _OPEN_BEFORE:
            return _of_quoted_place(plan, text, start, end)
        if not plan.is_place and (
            self._before(text, flat, start) & BEFORE_NAME or self._after(flat, end) & JOINT
        ):
            return None  # of a company, which may be a club
        is_free = text[end : end + 1] in _CLOSED_BEHIND_PEOPLE
        return "" if is_free and not self._is_of_thing(text, flat, end) else None

    def _of_people(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        """Inhabitants with a capital letter that only the beginning of a sentence explains."""
        if start > 1 and text[start - 1] == " " and text[start - 2] not in _BEGINS:
            return OUT if flat[start - 1] != GAP and plan.is_place else None  # художник Иван Швед
        return self._of_demonym(plan, text, flat, start, end)

    def _of_adjective(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        if start and text[start - 1] not in _OPEN_BEFORE_ADJECTIVE:
            return _of_quoted_place(plan, text, start, end)
        after = self._after(flat, end)
        if text[end : end + 1] == " " and after & (BEARER | SPEAK):
            return OUT if plan.is_place and after & BEARER else None  # русского языка; немецкий изучают
        before = self._known[word_before(flat, start)]  # whatever stands between
        if plan.is_taught and before & (JOINT | LISTED):
            return None  # курсы английского и немецкого
        if before & BEFORE_ADJECTIVE or (before & INTO and self._stands_alone(text, flat, end)):
            return None
        return self._by_noun(text, flat, end)

    def _stands_alone(self, text: str, flat: bytes, end: int) -> bool:
        """True where the word behind an adjective is surely none of its nouns."""
        agreeing = self._cues.agrees.get(text[end - 3 : end])
        if agreeing is None or text[end : end + 1] != " ":
            return False
        stop = flat.find(GAP, end + 2)
        return text[stop - 2] not in agreeing or bool(self._known[flat[end + 2 : stop]] & (VERB | LITTLE))

    def _of_proper(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        """An adjective with a capital that neither a person nor a street can have."""
        if start and text[start - 1] not in _OPEN_BEFORE_PROPER:
            return None
        before = self._before(text, flat, start) if text[start - 1 : start] not in OPENING else 0
        if not before and self._known[word_before(flat, start)] & _BEARS:
            return None  # ансамбль «Полоцкие напевы»
        after, behind = self._after(flat, end), text[end + 1 : end + 2]
        is_told = before & (BEFORE_NAME | BEFORE_ADJECTIVE | WORK | ALONG) or after & (PAST | SAID | SPEAK)
        is_post = before & POST and plan.is_nominative
        if is_told or is_post or (behind.isupper() and after & FIRST) or behind.isdigit():
            return None  # Псковский Иван; в Гомельской 15, with a noun before; Полоцкий признался
        noun = self._by_noun(text, flat, end)
        is_alone = (after & LITTLE and not after & JOINT) or (after & VERB and before & PLACED)
        if not noun and (is_alone or (before & DECLINED and plan.is_oblique)):
            return None  # с Брестской на Минскую; тренера Слонимского уволили
        if start < 2 or text[start - 1] != " " or flat[start - 1] == GAP:  # begins a sentence, or in a row
            is_in_row = not noun and text[start - 2 : start] == ", " and self._is_listed(flat, start)
            return None if is_in_row else noun  # на ул. Полоцкой, Витебской и Рижской
        begin = flat.rfind(b" ", 0, start)
        if before & JOINT:
            is_usual = bool(noun) or self._is_plain_pair(text, flat, begin)
        else:
            is_usual = text[begin].islower() or text[begin].isdigit() or begins_sentence(text, begin)
        return noun if is_usual else None

    def _is_listed(self, flat: bytes, start: int) -> bool:
        return bool(self._known[word_before(flat, start)] & LISTED)

    def _is_plain_pair(self, text: str, flat: bytes, joint: int) -> bool:
        """True if the word before "and" is neither a street nor a person: облсовет и Калининградская дума."""
        begin = flat.rfind(b" ", 0, joint)
        if begin < 0 or text[joint - 1] != " " or not text[begin].islower():
            return False
        return not self._known[flat[begin + 1 : joint]] & (WORK | STREET | JOINT | ALONG)

    def _of_compound(self, plan: Plan, text: str, flat: bytes, start: int, end: int) -> str | None:
        if text[end : end + 1] != "-" or flat[end + 2] == GAP:
            return None
        noun = self._noun(text, flat, end)
        return "" if noun == _NO_NOUN else noun

    def _by_noun(self, text: str, flat: bytes, end: int) -> str | None:
        """The kind of place that the noun of an adjective tells, empty for none; None where a noun is needed
        and there is none, or it may be a thing."""
        sign = text[end : end + 1]
        if sign == " " and flat[end + 2] == GAP:
            return "" if text[end + 1 : end + 2] in _OPENS else None
        if sign not in {" ", ","}:
            return None
        noun = self._noun(text, flat, end)
        if noun != _NO_NOUN:
            return noun
        return None if sign == "," or self._after(flat, end) & (JOINT | REST) else ""

    def _noun(self, text: str, flat: bytes, end: int) -> str | None:
        """As adjectives.unit_after, but _NO_NOUN where no noun follows, and None where a thing may."""
        known, n_bytes = self._known, len(flat)
        for step in range(_REACH):
            begin = end + 2
            while begin < n_bytes and flat[begin] == GAP:
                begin += 1
            gap = text[end : begin - 1]
            if begin >= n_bytes or not STOPS.isdisjoint(gap):
                return _NO_NOUN
            stop = flat.find(GAP, begin)
            does = known[flat[begin:stop]]
            if does & (THING | UNIT):
                return None if does & THING else known.units[flat[begin:stop]]
            if not does & (LISTED | JOINT):
                return _NO_NOUN if does & REST or "," in gap else ""
            if step == 0 and does & JOINT and not gap.isspace():
                return _NO_NOUN
            end = stop - 1
        return _NO_NOUN

    # --- words ---

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
                return BEFORE_NAME
        return self._known[flat[flat.rfind(b" ", 0, stop) + 1 : stop]]

    def _after(self, flat: bytes, end: int) -> int:
        begin = end + 2
        return self._known[flat[begin : flat.find(b" ", begin)]]


def _always(*_: object) -> str | None:
    """A body's name of several words, or one without its country: a country right behind comes later."""
    return ""


def _never(*_: object) -> str | None:
    """A name for the rules."""
    return None


def _of_quoted_place(plan: Plan, text: str, start: int, end: int) -> str | None:
    """A name of one word behind a sign: none of a place in quotation marks."""
    return OUT if plan.is_place and _is_quoted(text, start, end) else None


def _is_quoted(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] in OPENING and text[end : end + 1] in CLOSING
