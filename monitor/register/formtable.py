"""All forms of the gazetteer as columns, by folded spelling; a form is made when it is asked for. Pure.

To make them all, and to fold each of their texts, took most of what a start cost.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, Self

from monitor.core.ids import PlaceId
from monitor.register.folding import words
from monitor.register.names import Case, NameForm


class Sort(NamedTuple):
    """What many forms share: all of a form but its text."""

    place: PlaceId
    how: str
    lang: str
    case: Case
    guards: str


@dataclass(frozen=True, slots=True)
class FormTable:
    """Forms with the same folded spelling stand together; iterating gives all forms in this order."""

    spellings: tuple[str, ...]  # folded words with a space between them; in the order of their first forms
    ends: "array[int]"  # where the forms of each spelling end
    texts: tuple[str, ...]  # of each form
    sorts: tuple[Sort, ...]
    sort_of: "array[int]"  # of each form

    @classmethod
    def of(cls, forms: Iterable[NameForm]) -> Self:
        """The table of these forms, without those that no word is left of."""
        by_spelling: dict[str, list[NameForm]] = {}
        for form in forms:
            by_spelling.setdefault(" ".join(words(form.text).folded), []).append(form)
        by_spelling.pop("", None)
        ordered = [form for same in by_spelling.values() for form in same]
        number: dict[Sort, int] = {}
        sort_of = [number.setdefault(_sort(form), len(number)) for form in ordered]
        return cls(
            tuple(by_spelling),
            array("i", accumulate(map(len, by_spelling.values()))),
            tuple(form.text for form in ordered),
            tuple(number),
            array("i", sort_of),
        )

    @classmethod
    def read(cls, doc: Any) -> Self:
        """The table whose columns these are.

        Errors: ValueError, KeyError, TypeError or OverflowError for anything else.
        """
        table = cls(
            tuple(doc["spellings"]),
            array("i", doc["ends"]),
            tuple(doc["texts"]),
            tuple(
                Sort(PlaceId(place), how, lang, Case(case), guards)
                for place, how, lang, case, guards in doc["sorts"]
            ),
            array("i", doc["sort_of"]),
        )
        if not table._is_whole():
            raise ValueError("the columns of the table of forms do not fit together")
        return table

    def doc(self) -> dict[str, Any]:
        """The columns for JSON."""
        return {
            "spellings": self.spellings,
            "ends": self.ends.tolist(),
            "texts": self.texts,
            "sorts": self.sorts,
            "sort_of": self.sort_of.tolist(),
        }

    def texts_of(self, spelling: int) -> tuple[str, ...]:
        """How the forms of a spelling are written."""
        return self.texts[self._begin(spelling) : self.ends[spelling]]

    def forms_of(self, spelling: int) -> list[NameForm]:
        """The forms of a spelling, made now."""
        return [self._form(n) for n in range(self._begin(spelling), self.ends[spelling])]

    def __iter__(self) -> Iterator[NameForm]:
        return map(self._form, range(len(self)))

    def __len__(self) -> int:
        return len(self.texts)

    def _begin(self, spelling: int) -> int:
        return self.ends[spelling - 1] if spelling else 0

    def _form(self, n: int) -> NameForm:
        place, how, lang, case, guards = self.sorts[self.sort_of[n]]
        return NameForm(place, self.texts[n], how, lang, case, guards)

    def _is_whole(self) -> bool:
        """True if every spelling has forms and every form a text and a sort."""
        return (
            {*map(type, self.spellings), *map(type, self.texts)} <= {str}
            and all(isinstance(part, str) for sort in self.sorts for part in sort)
            and all(begin < end for begin, end in pairwise([0, *self.ends]))
            and len(self.spellings) == len(self.ends)
            and [0, *self.ends][-1] == len(self.texts) == len(self.sort_of)
            and all(0 <= n < len(self.sorts) for n in {*self.sort_of})
        )


def _sort(form: NameForm) -> Sort:
    return Sort(form.place, form.how, form.lang, form.case, form.guards)
