"""Words of a text in one folded spelling, with their places in the original.

Used on both sides of name matching: on every form of the table of names and on every text.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# One word: letters and digits; an apostrophe belongs to it only between Cyrillic letters (Валож'ін).
_WORD = re.compile(r"[^\W_]+(?:(?<=[а-яіїєґ])'(?=[а-яіїєґ])[^\W_]+)*")
# Spellings that press texts use side by side. All pairs are one character long: offsets stay.
SAME = (
    ("ё", "е"), ("ў", "у"), ("ґ", "г"),
    ("’", "'"), ("ʼ", "'"), ("‘", "'"), ("`", "'"), ("´", "'"), ("′", "'"),
)  # fmt: skip
# Characters after which the offsets of a lower-cased text can no longer be trusted.
_AWKWARD = re.compile(r"[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeffİ]")
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_MIXED = re.compile(r"[а-яіїєґ][a-zα-ω]|[a-zα-ω][а-яіїєґ]")
_FOREIGN = re.compile(r"[a-zα-ω]")
_CYRILLIC = re.compile(r"[а-яіїєґ]")
_TO_CYRILLIC = str.maketrans("aceopxyikmthbαοερχυικμτηβν30", "асеорхуікмтнваоерхуікмтнвнзо")
_TO_LATIN = str.maketrans("асеорхуікмтнв", "aceopxyikmthb")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one field.

    `line` is every word with a space on each side (" a  b "), so that a form written the same way is
    found whole words at a time, also beside another.
    """

    source: str
    line: str
    folded: tuple[str, ...]
    matches: tuple[re.Match[str], ...]  # in the flattened text
    offsets: Sequence[int] | None  # from the flattened text to `source`; None where they are the same
    shift: int = 0  # where the flattened text begins in `source`, if it is a part of it

    def word_at(self, position: int) -> int:
        """Index of the word that covers `position` of `line`."""
        return self.line.count("  ", 0, position + 1)

    def begin(self, index: int) -> int:
        """Where a word begins in `source`."""
        start = self.matches[index].start()
        return start + self.shift if self.offsets is None else self.offsets[start]

    def end(self, index: int) -> int:
        """Where a word ends in `source`, with the accents that belong to it."""
        end = self.matches[index].end()
        if self.offsets is None:
            return end + self.shift
        return _with_marks(self.source, self.offsets[end - 1] + 1)

    def span(self, first: int, last: int) -> str:
        """The folded spelling of several words, as in `line`."""
        return _line(self.folded[first : last + 1])

    def original(self, index: int) -> str:
        """The word as it stands in the text."""
        return self.source[self.begin(index) : self.end(index)]

    def gap(self, index: int) -> str:
        """What stands between a word and the one before it; everything before the first word."""
        return self.source[self.end(index - 1) if index else 0 : self.begin(index)]

    def __len__(self) -> int:
        return len(self.folded)


def words(text: str) -> Words:
    """The folded words of a text; never raises."""
    flat, offsets = _flatten(text)
    for old, new in SAME:
        if old in flat:
            flat = flat.replace(old, new)
    matches = tuple(_WORD.finditer(flat))
    found = [match.group() for match in matches]
    if _MIXED.search(flat) is not None:
        found = [_one_script(word) for word in found]
    return Words(text, _line(found), tuple(found), matches, offsets)


def _line(found: Sequence[str]) -> str:
    return " " + "  ".join(found) + " " if found else ""


def _flatten(text: str) -> tuple[str, list[int] | None]:
    """Lower case, and the offset in `text` of each character where they differ from 0, 1, 2, ..."""
    low = text.lower()
    if len(low) == len(text) and _AWKWARD.search(low) is None:
        return low, None
    out: list[str] = []
    offsets: list[int] = []
    for index, char in enumerate(text):
        if char in _INVISIBLE:
            continue
        if out and unicodedata.combining(char):
            joined = unicodedata.normalize("NFC", out[-1] + char)
            out[-1] = joined if len(joined) == 1 else out[-1]
            continue
        out.append(char.lower()[:1])
        offsets.append(index)
    return "".join(out), offsets


def _with_marks(text: str, end: int) -> int:
    """`end` moved past the combining marks that belong to the last letter."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _one_script(word: str) -> str:
    """A word of two alphabets in one of them, if look-alikes explain the mixture."""
    if not (_CYRILLIC.search(word) and _FOREIGN.search(word)):
        return word
    cyrillic = word.translate(_TO_CYRILLIC)
    if not _FOREIGN.search(cyrillic):
        return cyrillic
    latin = word.translate(_TO_LATIN)
    return word if _CYRILLIC.search(latin) else latin
