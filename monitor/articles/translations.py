"""When a text tells a story that stands elsewhere in another language: the same names and numbers in the same
order, or some of them and a vector that is alike. Pure; for Cyrillic letters, whose names sound alike."""

import hashlib
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

MEETING = 3  # shared keys that make a candidate; the eight translations share seven at least

_KEYS = 16  # an article: pairs of neighbouring facts, for the look-up
_LETTERS = 4  # of a name without its vowels: endings differ, Дубровко and Дуброўка do not
_MIN_FACTS = 6  # in common; a shorter note has too little to go by
# Of the text with more facts. Set on tests/quality/translations_dev.jsonl: eight translations have .81 at
# least, own stories of the same events in the other language .42 at most, other pairs of stories .22.
SAME_ORDER = 0.65
# A translation that is cut keeps fewer facts, and is told by its vector too: cut ones have .33 to .67 of the
# facts and .28 to .64 of likeness, own stories with a third of the facts .44 of likeness at most.
MAYBE_SAME = 0.4
ALIKE = 0.5
_ENDS = frozenset(".!?…\n")
_TOKEN = re.compile(r"[^\W_]+|[.!?…\n]")
_DOUBLED = re.compile(r"(.)\1+")
_CYRILLIC = re.compile(r"[а-яёіїєґў]")
# Vowels go, they change most (Сморгонь, Смаргонь); ц stands for ть and ў for в (Віцебск, Дуброўка)
_CONSONANTS = str.maketrans({**dict.fromkeys("аеёиоуыэюяіїєьъ"), "ц": "т", "ў": "в", "ґ": "г"})


def facts_in_order(text: str) -> tuple[str, ...]:
    """Numbers, and names by their first consonants, as they come; a sentence's first word proves no name."""
    facts: list[str] = []
    begins = True
    for raw in _TOKEN.findall(text):
        if raw in _ENDS:
            begins = True
            continue
        if raw[0].isdigit():
            facts.append(raw)
        elif raw[0].isupper() and not begins:
            facts.append(_name(raw))
        begins = False
    return tuple(fact for fact in facts if fact)


def _name(raw: str) -> str:
    """Empty for a word of other letters and for a single consonant."""
    word = raw.casefold()
    if not _CYRILLIC.match(word):
        return ""
    name = _DOUBLED.sub(r"\1", word.translate(_CONSONANTS))[:_LETTERS]
    return name if len(name) > 1 else ""


def fact_keys(facts: Sequence[str]) -> tuple[int, ...]:
    """Keys for the look-up beside those of `dedupe.sketch`, and unlike them: a translation shares several."""
    pairs = {f"{one}\0{other}" for one, other in pairwise(facts)}
    hashes = (hashlib.blake2b(pair.encode(), digest_size=8).digest() for pair in pairs)
    return tuple(sorted(int.from_bytes(digest, "big", signed=True) for digest in hashes)[:_KEYS])


def same_order(one: Sequence[str], other: Sequence[str]) -> float:
    """Facts that both tell in the same order, as a share of the longer list; 0 where there are too few."""
    row = [0] * (len(other) + 1)
    for fact in one:
        before = 0
        for j, theirs in enumerate(other, 1):
            above = row[j]
            row[j] = before + 1 if fact == theirs else max(above, row[j - 1])
            before = above
    common = row[-1]
    return common / max(len(one), len(other)) if common >= _MIN_FACTS else 0.0


def likeness(one: NDArray[Any], other: NDArray[Any], centre: NDArray[np.float64]) -> float:
    """Cosine of two vectors, less what all articles have in common. Shapes: (d,) each; in -1..1."""
    a, b = (_unit(_unit(vector) - centre) for vector in (one, other))
    return float(a @ b)


def _unit(vector: NDArray[Any]) -> NDArray[np.float64]:
    wide = vector.astype(np.float64)
    length = float(np.linalg.norm(wide))
    return wide / length if length else wide


def is_translation(share: float, alike: float | None = None) -> bool:
    """Whether so many facts in the same order make two texts in two languages one story.

    `alike`: their likeness, None where it is not known.
    """
    return share >= SAME_ORDER or (alike is not None and share >= MAYBE_SAME and alike >= ALIKE)
