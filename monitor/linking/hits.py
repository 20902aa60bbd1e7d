"""One stretch of text that looks like a name, with the words around it."""

from monitor.register.folding import Words, words, words_around
from monitor.register.names import NameForm

_OPENING = "«\"“„'‘"
_CLOSING = "»\"”“'’"
_FULL_STOP = (".", "!", "?", "\n")
_SENTENCE_END = frozenset(".!?…:;\n•")
_AROUND = 120  # characters on each side in which the words beside a name are looked for


class Hit:
    """A stretch of a field from `start` to `end`, and the forms that are written like it.

    The words around it are read when they are asked for. `is_whole`: its words are known to be no part of
    another name, a street or a person, so that only its place is left to decide.
    """

    __slots__ = (
        "_after", "_before", "_first", "_last", "_words",
        "end", "field", "forms", "is_whole", "source", "start",
    )  # fmt: skip

    def __init__(
        self,
        field: str,
        source: str,
        start: int,
        end: int,
        forms: tuple[NameForm, ...],
        *,
        known: tuple[Words, int, int] | None = None,
        is_whole: bool = False,
    ) -> None:
        """`known`: the words of the field, and which of them the hit begins and ends with."""
        self.field, self.source, self.start, self.end = field, source, start, end
        self.forms, self.is_whole = forms, is_whole
        self._words: Words | None
        self._words, self._first, self._last = known or (None, 0, 0)
        self._before: str | None = None  # the gaps are asked for by every rule: read once
        self._after: str | None = None

    @property
    def words(self) -> Words:
        """The words around the hit."""
        return self._words if self._words is not None else self._read()

    @property
    def first(self) -> int:
        """Which of the words the hit begins with."""
        if self._words is None:
            self._read()
        return self._first

    @property
    def last(self) -> int:
        """Which of the words the hit ends with."""
        if self._words is None:
            self._read()
        return self._last

    def _read(self) -> Words:
        around = words_around(self.source, self.start, self.end, _AROUND)
        self._words, self._first, self._last = around
        return around[0]

    @property
    def text(self) -> str:
        """The words as they stand in the field."""
        return self.source[self.start : self.end]

    @property
    def is_single(self) -> bool:
        """True for a hit of one word."""
        return self.first == self.last

    def before(self, n: int = 1) -> str:
        """The folded word n words before, empty at the beginning of the field."""
        index = self.first - n
        return self.words.folded[index] if index >= 0 else ""

    def after(self, n: int = 1) -> str:
        """The folded word n words after, empty at the end of the field."""
        index = self.last + n
        return self.words.folded[index] if index < len(self.words) else ""

    def starts(self) -> list[int]:
        """Where each word of the hit begins."""
        return [self.words.begin(index) for index in range(self.first, self.last + 1)]

    @property
    def next_at(self) -> int:
        """Where the next word begins, -1 at the end of the field."""
        return self.words.begin(self.last + 1) if self.last + 1 < len(self.words) else -1

    @property
    def previous_at(self) -> int:
        """Where the word before begins, -1 at the beginning of the field."""
        return self.words.begin(self.first - 1) if self.first else -1

    def written(self, offset: int) -> str:
        """The word `offset` (-1 before, 1 after) away as it is written."""
        index = self.first + offset if offset < 0 else self.last + offset
        return self.words.original(index) if 0 <= index < len(self.words) else ""

    def sentence(self) -> tuple[str, ...]:
        """The folded words of the sentence that the hit stands in."""
        begin = 1 + max(self.source.rfind(stop, 0, self.start) for stop in _FULL_STOP)
        ends = [at for stop in _FULL_STOP if (at := self.source.find(stop, self.end)) >= 0]
        return words(self.source[begin : min(ends, default=len(self.source))]).folded

    @property
    def gap_before(self) -> str:
        """What stands between the hit and the word before."""
        if self._before is None:
            self._before = self.words.gap(self.first)
        return self._before

    @property
    def gap_after(self) -> str:
        """What stands between the hit and the word after."""
        if self._after is None:
            has_next = self.last + 1 < len(self.words)
            self._after = self.words.gap(self.last + 1) if has_next else self.source[self.end :]
        return self._after

    @property
    def is_quoted(self) -> bool:
        """True if the hit fills a pair of quotation marks."""
        return self.opens_quote and self.gap_after[:1] in tuple(_CLOSING)

    @property
    def opens_quote(self) -> bool:
        """True if a quotation mark opens right before the hit."""
        return self.gap_before[-1:] in tuple(_OPENING)

    @property
    def begins_sentence(self) -> bool:
        """True if a capital letter here says nothing."""
        return self.first == 0 or not _SENTENCE_END.isdisjoint(self.gap_before) or self.opens_quote

    @property
    def is_shouted(self) -> bool:
        """True if the hit and the words around it are in capitals: a headline."""
        near = [self.text, self.written(-1), self.written(1)]
        return all(word.isupper() for word in near if word) and any(len(w) > 3 for w in near[1:])
