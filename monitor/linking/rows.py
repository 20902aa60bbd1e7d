"""Names that stand in a row with other names, or with a dash between: one tells what the other is. Pure."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from monitor.linking.cues import Cues
from monitor.linking.hits import Hit
from monitor.linking.lanes import Plan
from monitor.linking.nouns import is_capitalised

_BETWEEN = frozenset({" — ", " – ", " - ", "—"})
_ROW, _ROW_REACH = 2, 4  # places that make a row, words of it that are looked at on each side


class Neighbours:
    """Words of one field, by where they begin, that other hits take up; gathered when they are asked for."""

    def __init__(self, text: str, stretches: Sequence[tuple[int, int, Plan]]) -> None:
        """`stretches`: of the field's names, with their start and end in its text."""
        self._text, self._stretches = text, stretches

    @cached_property
    def named(self) -> frozenset[int]:
        """Of a hit that is no personal name."""
        named: set[int] = set()
        for start, end, plan in self._stretches:
            if plan.is_named:
                named.add(start)
                if not plan.is_single:
                    written = self._text[start:end]
                    named.update(start + at for at in range(1, end - start) if _begins_word(written, at))
        return frozenset(named)

    @cached_property
    def single(self) -> frozenset[int]:
        """Of a name of one word: Иванова may be Иваново in the genitive."""
        return frozenset(start for start, _, plan in self._stretches if plan.is_single_name)

    @cached_property
    def people(self) -> frozenset[int]:
        """Of a hit that is also a first name: Лида."""
        return frozenset(start for start, _, plan in self._stretches if plan.is_people)

    @cached_property
    def abroad(self) -> frozenset[int]:
        """First word of a hit that names a foreign place."""
        return frozenset(start for start, _, plan in self._stretches if plan.is_abroad)


def _begins_word(written: str, at: int) -> bool:
    return written[at].isalnum() and not written[at - 1].isalnum()


def is_in_row(hit: Hit, near: Neighbours, cues: Cues, *, is_other_too: bool = False) -> bool:
    """True among at least two other places in a row: Лион, Бонн и Лодзь; one joined by "and" is enough for
    a word that is a first name or an ordinary word too (`is_other_too`): Лида и Слоним."""
    if not hit.is_single:
        return False
    n_places = sum(hit.at(other) in near.named for other in _row(hit, cues))
    return n_places >= _ROW or (n_places == 1 and is_other_too and _is_in_pair(hit, near, cues))


def is_across(hit: Hit, near: Neighbours) -> bool:
    """True for a word with a dash between it and a place: поезд Львов — Днепр, Лида — Слуцк 2:1."""
    return any(
        hit.gap(n) in _BETWEEN and hit.at(n) in near.named and is_capitalised(hit.written(n)) for n in (-1, 1)
    )


def _is_in_pair(hit: Hit, near: Neighbours, cues: Cues) -> bool:
    """True with "and" between the hit and one place alone."""
    if hit.after() in cues.joints and hit.gap_after == " " and hit.after(2):
        return hit.at(2) in near.named
    if hit.before() in cues.joints and hit.gap_before == " " and hit.before(2):
        return hit.at(-2) in near.named
    return False


def is_among_people(hit: Hit, near: Neighbours, cues: Cues) -> bool:
    """True in a row with a first name that is no place: Вера, Лида и Владимир."""
    return any(
        hit.at(other) not in near.named | near.people
        and (hit.word(other).startswith(cues.first) or hit.word(other) in cues.first_names)
        for other in _row(hit, cues)
    )


def _row(hit: Hit, cues: Cues) -> list[int]:
    """Which words with a capital stand in a row with a hit, with commas or "and" between them."""
    return [*_side_of_row(hit, cues, -1), *_side_of_row(hit, cues, 1)]


def _side_of_row(hit: Hit, cues: Cues, step: int) -> Iterator[int]:
    other = 0
    for _ in range(_ROW_REACH):
        other += step
        joined = hit.gap(other) == ", "
        if hit.word(other) in cues.joints and hit.word(other + step):
            joined, other = True, other + step
        if not (joined and is_capitalised(hit.written(other))):
            break
        yield other
