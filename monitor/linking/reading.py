"""One article as linking sees it: its words by sentence, its numbers, where its mentions stand. Pure."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.core.ids import PlaceId
from monitor.linking.types import LEAD, LinkInput
from monitor.linking.wording import LinkWords, Marks, numbers, stems_of_lines, token_line, token_lines
from monitor.register.types import Register

# signs, quotation marks and a space, or lines; its first sign is told first, so that the search is fast
_SENTENCE_END = re.compile(r"[.!?…\n](?:(?<=\n)\n*|(?<!\n)[.!?…]*[»\"”)]*\s+)")


@dataclass(frozen=True, slots=True)
class Reading:
    """Made once for all candidates of an article. Mentions are counted as in `given`."""

    given: LinkInput
    sentences: tuple[frozenset[str], ...]  # stems of the title and of each sentence
    sentence_of: tuple[int, ...]  # of each mention: which of the sentences it stands in
    stems: frozenset[str]
    numbers: frozenset[float]
    title: Marks
    opening: Marks  # of the first sentence of the text
    body: Marks  # of all of the text
    topics: Mapping[str, float]  # probabilities by topic, the largest scaled to 1
    kinds: frozenset[str]  # kinds of agreement that the document words can mean
    is_early: tuple[bool, ...]  # of each mention: in title or lead
    around: tuple[frozenset[PlaceId], ...]  # of each mention: the place and all it lies in
    is_home: tuple[bool, ...]  # of each mention: in Belarus


class Reader:
    """Makes readings; built once from a register and the word lists."""

    def __init__(self, register: Register, words: LinkWords) -> None:
        self._register = register
        self._words = words
        self._around: dict[PlaceId, frozenset[PlaceId]] = {}

    def around(self, place: PlaceId) -> frozenset[PlaceId]:
        """A place and all it lies in."""
        known = self._around.get(place)
        if known is None:
            known = self._around[place] = frozenset((place, *self._register.ancestors(place)))
        return known

    def read(self, given: LinkInput) -> Reading:
        """The words, numbers and places of an article."""
        said, ends = _sentences(given.text)
        lines = token_lines(said)
        title = token_line(given.title)
        sentences = stems_of_lines((title, *lines))
        in_title, opening, in_text = map(self._words.marks, (title, lines[0], "".join(lines)))
        return Reading(
            given=given,
            sentences=sentences,
            sentence_of=_sentence_of(given, ends),
            stems=frozenset[str]().union(*sentences),
            numbers=numbers(f"{given.title}\n{given.text}"),
            title=in_title,
            opening=opening,
            body=in_text,
            topics=_scaled(given.topics),
            kinds=self._kinds(in_title.documents) | self._kinds(in_text.documents),
            is_early=tuple(m.field == "title" or m.start < LEAD for m in given.mentions),
            around=tuple(self.around(m.place) for m in given.mentions),
            is_home=tuple(self._register.places[m.place].country == "BY" for m in given.mentions),
        )

    def _kinds(self, documents: Mapping[str, int]) -> frozenset[str]:
        return frozenset[str]().union(*(self._words.kinds[name] for name in documents))


def _sentences(text: str) -> tuple[list[str], list[int]]:
    """The sentences of a text, and where each but the last ends with what follows it."""
    said, ends, last = [], [], 0
    for match in _SENTENCE_END.finditer(text):
        said.append(text[last : match.start()])
        last = match.end()
        ends.append(last)
    return [*said, text[last:]], ends


def _sentence_of(given: LinkInput, ends: Sequence[int]) -> tuple[int, ...]:
    """The title is sentence 0, the first of the text is 1."""
    return tuple(0 if m.field == "title" else 1 + bisect_right(ends, m.start) for m in given.mentions)


def _scaled(topics: Mapping[str, float]) -> Mapping[str, float]:
    """Topics relative to the surest: which of them it is tells more than how sure the classifier is, which
    differs between languages."""
    most = max(topics.values(), default=0.0)
    return {topic: p / most for topic, p in topics.items()} if most > 0 else {}
