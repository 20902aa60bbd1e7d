"""When two texts are one story printed twice: words folded for comparison, a sketch for the look-up, and the
verdict. Pure; `grouping` makes stories of the verdicts, `clusters` keeps both in the database."""

import hashlib
import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from monitor.core.text import squeeze

MEETING = 2  # shared keys that make a candidate at least; one is a phrase of the trade

_SKETCH, _SKETCH_MOST = 40, 120  # keys an article
_RUNS_A_KEY = 6  # in long texts, so that a short copy still shares keys with one
# Of the keys that a text and one that holds all of it would share. A copy shares three in ten at least, so of
# forty keys hardly ever fewer than five; a credit line that a tenth of all articles end in shares one or two.
_SHARED_KEYS = 0.12
_CHARACTERS_A_WORD = 7.0
_RUN = 4  # words; runs of three meet by chance in news on one subject, runs of five miss edited reprints
_SLOTS = 60  # fit a database's signed integer
_STEM = 5  # letters: an editor who turns "подписали" into "подписала" leaves the run whole
_MIN_RUNS = 12  # below, only equal sets of runs count
_NARRATIVE = 0.25  # of a text; with less outside quotations, they are the text
_MIN_COVERED = 16  # words: two short notes may share a formula of ten
# All of these were set on tests/quality/copies_dev.jsonl; docs/decisions/050-copies.md has the figures.
_SHARE = 0.4
_SHARE_MARKED = 0.3  # when the text names whom it copies
_SHARE_SAME_OUTLET = 0.8  # a paper repeats its own frames daily; its own story it repeats whole
_CONFLICT = 1 / 3  # of the facts in repeated sentences
_MIN_CONFLICTS = 2  # a copy may correct one number
_FRAME_SENTENCE = 0.3  # covered at least that much, a sentence is the other's sentence
_STRANGE = 0.75  # of all names and numbers
_MIN_STRANGE = 3  # names and numbers
_WHOLE = 0.75  # a text that repeats so much of itself is a copy whatever the rest says
_NEW_LEAD = 0.15  # of the first quarter's words
_OLD_TAIL = 0.8  # of the last quarter's words
_ENDS = frozenset(".!?…\n")  # of sentences
# words, ends of sentences, and what opens speech or a title: a capital letter after it proves no name
_TOKEN = re.compile(r"[^\W_]+|[.!?…\n]|[—–«„“\"]")
_QUOTATION = re.compile(r"«[^»]{25,}»|„[^“”]{25,}[“”]|“[^”]{25,}”|\"[^\"]{25,}\"")  # speech, titles of papers
_CYRILLIC = re.compile(r"[а-яіїєґў]")
_LOOK_ALIKE = re.compile(r"[a-zα-ω]")
_TO_CYRILLIC = str.maketrans("aceopxyikmthbαοερχυικμτηβν", "асеорхуікмтнваоерхуікмтнвн")
# ў and у change with the letter before them, so a new neighbour changes the word; ь differs between spellings
_SAME = str.maketrans({"ё": "е", "ў": "у", "ґ": "г", "ь": None, "ъ": None})


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as comparison sees it. All tuples have one entry a word, `runs` one for each run of four."""

    words: tuple[str, ...]  # folded and shortened
    is_quoted: tuple[bool, ...]  # inside quotation marks of more than a name's length
    is_fact: tuple[bool, ...]  # a number, or a capital letter that no sentence begins with
    sentences: tuple[int, ...]
    runs: tuple[str, ...]  # runs[i] begins at word i


@dataclass(frozen=True, slots=True)
class Covered:
    """What one text repeats of another."""

    words: int  # repeated, outside quotations
    share: float  # of the words outside quotations
    lead: float  # share of the first quarter
    tail: float  # share of the last quarter
    facts: int  # names and numbers
    strange: int  # those that the other text does not hold anywhere
    frame_facts: int  # names and numbers in sentences that the other text has too
    conflicts: int  # those of them that the other does not hold: its sentence says another number or name
    part: int  # bits, one for each 60th of the text that is repeated


def fold(text: str) -> str:
    """Lower case, ё as е, curly apostrophes straight, one space between words."""
    return squeeze(text).casefold().replace("ё", "е").replace("’", "'")


def read(title: str, text: str) -> Reading:
    """The text for comparison, of a short text (below twelve runs) the title too."""
    reading = _read(text)
    return reading if len(reading.runs) >= _MIN_RUNS else _read(f"{title}\n{text}")


def _read(text: str) -> Reading:
    quoted_until = -1
    ends = {match.start(): match.end() for match in _QUOTATION.finditer(text)}
    words: list[str] = []
    is_quoted: list[bool] = []
    is_fact: list[bool] = []
    sentences: list[int] = []
    sentence, begins, opened = 0, True, False
    for match in _TOKEN.finditer(text):
        raw = match.group()
        start = match.start()
        if start in ends:
            quoted_until = ends[start]
        if not raw[0].isalnum():
            begins, opened = begins or raw[0] in _ENDS, raw[0] not in _ENDS
            continue
        sentence += begins
        words.append(_word(raw))
        is_quoted.append(start < quoted_until)
        is_fact.append(raw[0].isdigit() or (raw[0].isupper() and not begins and not opened))
        sentences.append(sentence)
        begins = opened = False
    runs = tuple(map(" ".join, zip(*(words[i:] for i in range(_RUN)), strict=False)))
    return Reading(tuple(words), tuple(is_quoted), tuple(is_fact), tuple(sentences), runs)


@lru_cache(maxsize=50_000)  # the same words come again and again; some 10 MB
def _word(raw: str) -> str:
    if raw.isdigit():
        return raw
    word = raw.casefold()
    if (_CYRILLIC.search(word) or word == "i") and _LOOK_ALIKE.search(word):
        word = word.translate(_TO_CYRILLIC)
    return (word.translate(_SAME) or word)[:_STEM]


def sketch(reading: Reading) -> tuple[int, ...]:
    """The smallest hashes of the text's runs, rising: a bottom-k MinHash. The same on every machine.

    Two texts that share runs share those whose hash is small; signed, to fit a database's 64-bit integer.
    """
    pieces = frozenset(reading.runs or reading.words)
    hashes = (
        int.from_bytes(hashlib.blake2b(piece.encode(), digest_size=8).digest(), "big", signed=True)
        for piece in pieces
    )
    return tuple(heapq.nsmallest(_n_keys(len(pieces)), hashes))


def _n_keys(n_runs: int) -> int:
    return min(n_runs, _SKETCH_MOST, max(_SKETCH, n_runs // _RUNS_A_KEY))


def closeness(shared_keys: int, n_runs: int, characters: int) -> float:
    """Shared keys of those that the look-up would show if one text held the other, 0 where that is too few.

    `n_runs`: of the one text; `characters`: length of the other.
    """
    others = max(1, round(characters / _CHARACTERS_A_WORD))
    n_runs = max(1, n_runs)
    rate = min(_n_keys(n_runs) / n_runs, _n_keys(others) / others)
    close = shared_keys / max(1.0, rate * min(n_runs, others))
    return close if shared_keys >= min(MEETING, n_runs) and close >= _SHARED_KEYS else 0.0


def has_mark(text: str, marks: Iterable[str]) -> bool:
    """True when the text credits another outlet in one of the known phrases (`reprint_marks`)."""
    folded = fold(text)
    return any(mark in folded for mark in _folded(tuple(marks)))


@lru_cache(maxsize=4)  # there is one list of marks, asked for with every article
def _folded(marks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fold(mark) for mark in marks)


def covered(one: Reading, other: Reading) -> Covered:
    """What `one` repeats of `other`, in any order."""
    is_covered = _is_covered(one, frozenset(other.runs))
    narrative = [c for c, quoted in zip(is_covered, one.is_quoted, strict=True) if not quoted]
    if len(narrative) < _NARRATIVE * len(is_covered):  # nearly all is a quotation: then that is the text
        narrative = is_covered
    known = frozenset(other.words)
    facts = {word for word, fact in zip(one.words, one.is_fact, strict=True) if fact}
    framed = _framed_facts(one, is_covered)
    quarter = max(1, len(is_covered) // 4)
    return Covered(
        words=sum(narrative),
        share=_share(narrative),
        lead=_share(is_covered[:quarter]),
        tail=_share(is_covered[-quarter:]),
        facts=len(facts),
        strange=len(facts - known),
        frame_facts=len(framed),
        conflicts=len(framed - known),
        part=_part(is_covered),
    )


def _is_covered(one: Reading, runs: frozenset[str]) -> list[bool]:
    is_covered = [False] * len(one.words)
    for start, run in enumerate(one.runs):
        if run in runs:
            is_covered[start : start + _RUN] = [True] * _RUN
    return is_covered


def _framed_facts(one: Reading, is_covered: Sequence[bool]) -> set[str]:
    ends = [i for i, (a, b) in enumerate(pairwise(one.sentences), 1) if a != b]
    framed: set[str] = set()
    for start, end in pairwise([0, *ends, len(one.words)]):
        if sum(is_covered[start:end]) >= _FRAME_SENTENCE * (end - start):
            framed.update(one.words[i] for i in range(start, end) if one.is_fact[i])
    return framed


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _part(is_covered: Sequence[bool]) -> int:
    n = len(is_covered)
    return sum(1 << slot for slot in {i * _SLOTS // n for i in range(n) if is_covered[i]})


def compare(
    one: Reading, other: Reading, *, marked: bool = False, same_outlet: bool = False
) -> tuple[Covered, Covered] | None:
    """What each repeats of the other when one text is the other; None when they are two stories.

    A copy may be cut, turned round, have a new lead or other words.
    `marked`: one names a source; `same_outlet`: both are of one source.
    """
    found = covered(one, other), covered(other, one)
    if min(len(one.runs), len(other.runs)) < _MIN_RUNS:
        is_same = bool(one.words) and set(one.runs or one.words) == set(other.runs or other.words)
        return found if is_same else None
    return found if _are_copies(*found, marked=marked, same_outlet=same_outlet) else None


def _are_copies(one: Covered, other: Covered, *, marked: bool, same_outlet: bool) -> bool:
    most = max(one, other, key=lambda c: c.share)
    bar = _SHARE_MARKED if marked else _SHARE
    if same_outlet:
        bar = _SHARE_SAME_OUTLET
    if most.share < bar or most.words < _MIN_COVERED:
        return False
    if _conflicts(one) and _conflicts(other):
        return False  # the same form filled in twice: weather, rates, harvest, notices
    if most.share >= _WHOLE:
        return True
    return not (_is_strange(one) and _is_strange(other)) and not (_is_sequel(one) and _is_sequel(other))


def _conflicts(text: Covered) -> bool:
    return text.conflicts >= max(_MIN_CONFLICTS, _CONFLICT * text.frame_facts)


def _is_strange(text: Covered) -> bool:
    return text.strange >= max(_MIN_STRANGE, _STRANGE * text.facts)


def _is_sequel(text: Covered) -> bool:
    """Other news over the same background: nothing shared at the front, everything at the end."""
    return text.lead < _NEW_LEAD and text.tail >= _OLD_TAIL
