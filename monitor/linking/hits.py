"""One stretch of text that looks like a name, with the words around it."""

from dataclasses import dataclass, replace

from monitor.register.folding import Words
from monitor.register.names import NameForm

_OPENING = "«\"“„'‘"
_CLOSING = "»\"”“'’"
_FULL_STOP = frozenset(".!?\n")
_SENTENCE_END = frozenset(".!?…:;\n•")


@dataclass(frozen=True, slots=True)
class Hit:
    """Words `first` to `last` of a field, and the forms that are written like them."""

    field: str
    words: Words
    first: int
    last: int
    start: int
    end: int
    forms: tuple[NameForm, ...]

    @property
    def text(self) -> str:
        """The words as they stand in the field."""
        return self.words.source[self.start : self.end]

    @property
    def is_single(self) -> bool:
        """True for a hit of one word."""
        return self.first == self.last

    def moved(self, start: int, end: int) -> "Hit":
        """The same hit with another span."""
        return replace(self, start=start, end=end)

    def before(self, n: int = 1) -> str:
        """The folded word n words before, empty at the beginning of the field."""
        index = self.first - n
        return self.words.folded[index] if index >= 0 else ""

    def after(self, n: int = 1) -> str:
        """The folded word n words after, empty at the end of the field."""
        index = self.last + n
        return self.words.folded[index] if index < len(self.words) else ""

    def written(self, offset: int) -> str:
        """The word `offset` (-1 before, 1 after) away as it is written."""
        index = self.first + offset if offset < 0 else self.last + offset
        return self.words.original(index) if 0 <= index < len(self.words) else ""

    def sentence(self) -> tuple[str, ...]:
        """The folded words of the sentence that the hit stands in."""
        begin, end = self.first, self.last + 1
        while begin > 0 and _FULL_STOP.isdisjoint(self.words.gap(begin)):
            begin -= 1
        while end < len(self.words) and _FULL_STOP.isdisjoint(self.words.gap(end)):
            end += 1
        return self.words.folded[begin:end]

    @property
    def gap_before(self) -> str:
        """What stands between the hit and the word before."""
        return self.words.gap(self.first)

    @property
    def gap_after(self) -> str:
        """What stands between the hit and the word after."""
        if self.last + 1 < len(self.words):
            return self.words.gap(self.last + 1)
        return self.words.source[self.end :]

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
