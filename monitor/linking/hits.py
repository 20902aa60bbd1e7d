"""One stretch of text that looks like a name, with the words around it."""

import codecs
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from monitor.core.ids import PlaceId
from monitor.linking.flat import GAP
from monitor.register.folding import Words, words
from monitor.register.names import NameForm

OPENING = frozenset("«\"“„'‘")
CLOSING = frozenset("»\"”“'’")
_FULL_STOP = (".", "!", "?", "\n")
_SENTENCE_END = frozenset(".!?…:;\n•")
_SCORE = re.compile(r"(?<!\d)\d:\d(?!\d)")


class Sense(NamedTuple):
    """The forms still possible; `unit` is the kind of place that the noun beside them names."""

    forms: tuple[NameForm, ...]
    places: tuple[PlaceId, ...]
    unit: str
    doubtful: bool  # needs support even if there is one reading


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence begins and ends that a stretch stands in."""
    begin, stop = -1, len(text)
    for sign in _FULL_STOP:  # each is looked for only as far as the nearest one so far
        begin = max(begin, text.rfind(sign, begin + 1, start))
        nearer = text.find(sign, end, stop)
        stop = stop if nearer < 0 else nearer
    return begin + 1, stop


def has_score(text: str, start: int, end: int) -> bool:
    """True if a part of a text holds the score of a game, as 2:1, and not the time of a day."""
    return _SCORE.search(text, start, end) is not None


class Hit:
    """A stretch of a flat field from `start` to `end`, and the forms that are written like it.

    The words around it are read one by one when they are asked for: most rules look at one on each side.
    They are counted from the hit, -1 the word before, 1 the word after. `sense`: given where the words beside
    it are known to change nothing, and only the rest of the article can tell which place it is.
    """

    __slots__ = (
        "_folded", "_gap_after", "_gap_before", "_letters", "_spans_after", "_spans_before",
        "end", "field", "flat", "forms", "sense", "source", "start",
    )  # fmt: skip

    def __init__(
        self,
        field: str,
        source: str,
        start: int,
        end: int,
        forms: tuple[NameForm, ...],
        *,
        flat: bytes,
        letters: str,
        sense: Sense | None = None,
    ) -> None:
        """`flat`: byte n + 1 is character n of `source`; `letters`: by their byte."""
        self.field, self.source, self.start, self.end = field, source, start, end
        self.forms, self.sense = forms, sense
        self.flat, self._letters = flat, letters
        self._spans_before: list[tuple[int, int]] = []  # of words, from near to far
        self._spans_after: list[tuple[int, int]] = []
        self._folded: dict[int, str] = {}
        self._gap_before: str | None = None  # asked for by every rule: read once
        self._gap_after: str | None = None

    def elsewhere(self, start: int, end: int) -> "Hit":
        """Another stretch of the same field."""
        return Hit(self.field, self.source, start, end, (), flat=self.flat, letters=self._letters)

    # --- which words stand where: the only part that differs in a text that cannot be flat ---

    @property
    def is_single(self) -> bool:
        """True for a hit of one word."""
        return self.flat.find(GAP, self.start + 1, self.end + 1) < 0

    @property
    def first_word(self) -> str:
        """The folded word that the hit begins with."""
        gap = self.flat.find(GAP, self.start + 1, self.end + 1)
        return self._fold(self.start, self.end if gap < 0 else gap - 1)

    @property
    def last_word(self) -> str:
        """The folded word that the hit ends with."""
        word = self._folded.get(0)  # asked for by many rules: read once
        if word is None:
            gap = self.flat.rfind(GAP, self.start + 1, self.end + 1)
            word = self._folded[0] = self._fold(self.start if gap < 0 else gap, self.end)
        return word

    def span(self, offset: int) -> tuple[int, int] | None:
        """Where a word around the hit begins and ends, None outside the field."""
        if offset < 0:
            spans, read, at = self._spans_before, self._read_before, self.start
        else:
            spans, read, at = self._spans_after, self._read_after, self.end
        n_words = abs(offset)
        while len(spans) < n_words:
            found = read(spans[-1][offset > 0] if spans else at)
            if found is None:
                return None
            spans.append(found)
        return spans[n_words - 1]

    def _read_before(self, at: int) -> tuple[int, int] | None:
        flat, stop = self.flat, at + 1
        while stop and flat[stop - 1] == GAP:
            stop -= 1
        return (flat.rfind(GAP, 0, stop), stop - 1) if stop else None

    def _read_after(self, at: int) -> tuple[int, int] | None:
        flat, begin = self.flat, at + 1
        n_bytes = len(flat)
        while begin < n_bytes and flat[begin] == GAP:
            begin += 1
        return (begin - 1, flat.find(GAP, begin) - 1) if begin < n_bytes else None

    def _read(self, offset: int) -> str:
        span = self.span(offset)
        return "" if span is None else self._fold(*span)

    def _fold(self, start: int, end: int) -> str:
        """The folded letters of a part of the field, with a space for each sign between words."""
        return codecs.charmap_decode(self.flat[start + 1 : end + 1], "strict", self._letters)[0]

    @property
    def _edges(self) -> tuple[int, int]:
        """Where the first word of the hit begins and its last one ends."""
        return self.start, self.end

    # --- what is asked of a hit ---

    @property
    def text(self) -> str:
        """The words as they stand in the field."""
        return self.source[self.start : self.end]

    def word(self, offset: int) -> str:
        """The folded word so many words away, empty outside the field."""
        word = self._folded.get(offset)
        if word is None:
            word = self._folded[offset] = self._read(offset)
        return word

    def before(self, n: int = 1) -> str:
        """The folded word n words before, empty at the beginning of the field."""
        return self.word(-n)

    def after(self, n: int = 1) -> str:
        """The folded word n words after, empty at the end of the field."""
        return self.word(n)

    def at(self, offset: int) -> int:
        """Where a word around the hit begins, -1 outside the field."""
        span = self.span(offset)
        return -1 if span is None else span[0]

    def written(self, offset: int) -> str:
        """The word so many words away as it is written, empty outside the field."""
        span = self.span(offset)
        return "" if span is None else self.source[span[0] : span[1]]

    def gap(self, offset: int) -> str:
        """What stands between a word and the next one towards the hit; at an end of the field all that is
        left of it."""
        span, inner = self.span(offset), self._inner_edge(offset)
        if offset < 0:
            return self.source[0 if span is None else span[1] : inner]
        return self.source[self.end :] if span is None else self.source[inner : span[0]]

    def _inner_edge(self, offset: int) -> int:
        """Where the word begins or ends that is next towards the hit."""
        if abs(offset) == 1:
            return self._edges[offset > 0]
        return (self.span(offset + 1) or (0, 0))[0] if offset < 0 else (self.span(offset - 1) or (0, 0))[1]

    @property
    def gap_before(self) -> str:
        """What stands between the hit and the word before."""
        if self._gap_before is None:
            self._gap_before = self.gap(-1)
        return self._gap_before

    @property
    def gap_after(self) -> str:
        """What stands between the hit and the word after."""
        if self._gap_after is None:
            self._gap_after = self.gap(1)
        return self._gap_after

    def sentence(self) -> Sequence[str]:
        """The folded words of the sentence that the hit stands in."""
        return self._fold(*sentence_around(self.source, self.start, self.end)).split()

    @property
    def is_quoted(self) -> bool:
        """True if the hit fills a pair of quotation marks."""
        return self.opens_quote and self.gap_after[:1] in CLOSING

    @property
    def opens_quote(self) -> bool:
        """True if a quotation mark opens right before the hit."""
        return self.gap_before[-1:] in OPENING

    @property
    def begins_sentence(self) -> bool:
        """True if a capital letter here says nothing."""
        return self.span(-1) is None or not _SENTENCE_END.isdisjoint(self.gap_before) or self.opens_quote

    @property
    def is_shouted(self) -> bool:
        """True if the hit and the words around it are in capitals: a headline."""
        near = [self.text, self.written(-1), self.written(1)]
        return all(word.isupper() for word in near if word) and any(len(w) > 3 for w in near[1:])


class WordsHit(Hit):
    """A hit in a text that cannot be flat, whose words were all read before."""

    __slots__ = ("_first", "_last", "_words")

    def __init__(
        self,
        field: str,
        known: Words,
        start: int,
        end: int,
        forms: tuple[NameForm, ...],
        *,
        sense: Sense | None = None,
    ) -> None:
        super().__init__(field, known.source, start, end, forms, flat=b"", letters="", sense=sense)
        self._words = known
        indexes = range(len(known))
        self._first = max(bisect_right(indexes, start, key=known.begin) - 1, 0)
        self._last = bisect_left(indexes, end, key=known.begin) - 1

    def elsewhere(self, start: int, end: int) -> Hit:
        """Another stretch of the same field."""
        return WordsHit(self.field, self._words, start, end, ())

    @property
    def is_single(self) -> bool:
        """True for a hit of one word."""
        return self._first == self._last

    @property
    def first_word(self) -> str:
        """The folded word that the hit begins with."""
        return self._words.folded[self._first]

    @property
    def last_word(self) -> str:
        """The folded word that the hit ends with."""
        return self._words.folded[self._last]

    def span(self, offset: int) -> tuple[int, int] | None:
        """Where a word around the hit begins and ends, None outside the field."""
        index = self._index(offset)
        return (self._words.begin(index), self._words.end(index)) if 0 <= index < len(self._words) else None

    def _index(self, offset: int) -> int:
        return offset + (self._first if offset < 0 else self._last)

    def _read(self, offset: int) -> str:
        index = self._index(offset)
        return self._words.folded[index] if 0 <= index < len(self._words) else ""

    def sentence(self) -> Sequence[str]:
        """The folded words of the sentence that the hit stands in."""
        begin, end = sentence_around(self.source, self.start, self.end)
        return words(self.source[begin:end]).folded

    @property
    def _edges(self) -> tuple[int, int]:
        """Where the first word of the hit begins and its last one ends."""
        return self._words.begin(self._first), self._words.end(self._last)
