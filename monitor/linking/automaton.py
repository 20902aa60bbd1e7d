"""All spellings of all names in one automaton over flat texts, and what each spelling can mean. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import ahocorasick_rs

from monitor.linking.flat import GAP, Alphabet
from monitor.register.folding import Words, words
from monitor.register.formtable import FormTable
from monitor.register.names import Case, NameForm

_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_CYRILLIC = re.compile(r"[а-яіїўєґ]", re.IGNORECASE)


class Reading(NamedTuple):
    """A form with the word (0 = its first) whose capital the text must show; -1 for none."""

    form: NameForm
    capital: int


class Spellings:
    """Built once from all forms; safe to share between threads."""

    def __init__(self, table: FormTable) -> None:
        self._table = table
        self.alphabet = Alphabet(table.spellings)
        self.index: dict[bytes, int] = {}  # of a spelling with a gap before it
        exotic: dict[str, int] = {}
        natural: dict[str, int] = {}
        for index, line in enumerate(table.spellings):
            flat = self.alphabet.spell(line)
            if flat is None:
                exotic |= dict.fromkeys(_patterns(line), index)
            else:
                self.index[flat] = index
            natural |= {text: index for text in table.texts_of(index) if len(text) != len(line)}
        for text, index in natural.items():  # with its own gaps: ОАО «Амкодор»
            flat = self.alphabet.read(text)
            if flat is not None:
                self.index.setdefault(b" " + flat.strip(), index)
        self._index_of = list(self.index.values())
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            list(self.index), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )
        self._exotic_of = list(exotic.values())
        self._exotic = ahocorasick_rs.AhoCorasick(
            list(exotic), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )

    def readings(self, index: int) -> list[Reading]:
        """What a spelling can be, made now: of most spellings nobody ever asks."""
        forms = self._table.forms_of(index)
        return [Reading(form, _capital_word(form, words(form.text))) for form in forms]

    def index_of(self, folded: Sequence[str]) -> int | None:
        """Which spelling these words are, None for no name."""
        return self.index.get(self.alphabet.write(" ".join(folded))[:-1])

    def find(self, flat: bytes) -> list[tuple[int, int, int]]:
        """The longest spellings in a flat text, whole words at a time, in order.

        Each as spelling (-1 where a name goes on in a longer word), start and end in the text. Plain tuples:
        a named one takes as long to make as the automaton to find it.
        """
        found = []
        index_of = self._index_of
        for pattern, start, end in self._automaton.find_matches_as_indexes(flat):
            if flat[end] == GAP:
                found.append((index_of[pattern], start, end - 1))
            elif flat.find(GAP, start + 1, end) >= 0:  # its last word goes on: the others may be names
                found.append((-1, start, flat.index(GAP, end) - 1))
        return found

    def find_words(self, given: Words) -> list[tuple[int, int, int, int, int]]:
        """The same in a text that cannot be flat: spelling, first and last word, start and end there."""
        line = " ".join(given.folded)
        found = []
        for index, start, end in self.find(self.alphabet.write(line)):
            first, last = line.count(" ", 0, start), line.count(" ", 0, end)
            found.append((index, first, last, given.begin(first), given.end(last)))
        for pattern, start, end in self._exotic.find_matches_as_indexes(given.line):
            first, last = given.word_at(start), given.word_at(end - 1)
            found.append((self._exotic_of[pattern], first, last, *_narrowed(given, first, last, start, end)))
        return list(_longest(sorted(found, key=lambda one: (one[3], -one[4]))))


def _longest(found: list[tuple[int, int, int, int, int]]) -> Iterator[tuple[int, int, int, int, int]]:
    free = 0
    for one in found:
        if one[3] >= free:
            yield one
            free = one[4]


def _patterns(line: str) -> tuple[str, ...]:
    """As in `Words.line`; Chinese words have no spaces around them, but signs may stand between them."""
    if not _IDEOGRAPH.search(line):
        return (words(line).line,)
    return line.replace(" ", ""), line.replace(" ", "  ")


def _narrowed(given: Words, first: int, last: int, start: int, end: int) -> tuple[int, int]:
    """The span of a match inside a run of Chinese characters; any other match is whole words already."""
    line = given.line
    if line[start] == " ":
        return given.begin(first), given.end(last)
    begin = given.begin(first) + start - line.rindex(" ", 0, start) - 1
    inside = end - line.rindex(" ", 0, end) - 1  # of the last word
    return begin, min(given.begin(last) + inside, given.end(last))


def _capital_word(form: NameForm, shown: Words) -> int:
    if form.case is Case.ANY:
        return -1
    for index in range(len(shown)):
        if any(letter.isupper() for letter in shown.original(index)):
            return index
    return -1


def forms_written(readings: Iterable[Reading], written: str, lang: str) -> tuple[NameForm, ...]:
    """The forms that capitals and language allow for a name as it is written."""
    parts = words(written)
    own = [r.form for r in readings if _capitals_fit(written, parts, r)]
    fitting = [form for form in own if form.lang == lang]
    return tuple(fitting or [form for form in own if not _is_other_cyrillic(form, lang)])


def _capitals_fit(written: str, parts: Words, reading: Reading) -> bool:
    if reading.capital < 0:
        return True
    if reading.form.case is Case.EXACT:
        shown = [letter for letter in written if letter.isalnum()]
        wanted = [letter for letter in reading.form.text if letter.isalnum()]
        return len(shown) == len(wanted) and all(
            a.isupper() == b.isupper() or a.isdigit() for a, b in zip(shown, wanted, strict=True)
        )
    return parts.original(min(reading.capital, len(parts) - 1))[:1].isupper()


def _is_other_cyrillic(form: NameForm, language: str) -> bool:
    """True for a form of another Cyrillic language that is no proper name of at least five letters."""
    if language not in {"ru", "be", "uk"} or not _CYRILLIC.search(form.text):
        return False
    return form.how not in {"name", "abbreviation"} or len(form.text) < 5 or bool(form.guards)
