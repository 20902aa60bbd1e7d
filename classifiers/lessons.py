"""Topic definitions as training examples: what a topic is called and what it speaks of, phrase by phrase.

They carry topics with few labelled items, and words of languages in which hardly any item is labelled.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_PHRASE_END = re.compile(r"[,;.:()]")
_SHORTEST = 5  # letters; below that a phrase is a stray word


class Lessons(NamedTuple):
    """Short texts that each stand for one topic. Shapes: column (m,): number of the label."""

    texts: tuple[str, ...]
    column: NDArray[np.int64]


def lessons_of(definitions: Mapping[str, Sequence[str]], labels: Sequence[str]) -> Lessons:
    """Each text of a topic (title or definition, any language) as a whole, and its phrases.

    A topic without definitions has no lessons; definitions of other topics than `labels` are left out.
    """
    texts: list[str] = []
    columns: list[int] = []
    for column, label in enumerate(labels):
        own: dict[str, None] = {}  # in order, each once
        for text in definitions.get(label, ()):
            phrases = (phrase.strip() for phrase in _PHRASE_END.split(text))
            own |= dict.fromkeys([text.strip(), *(p for p in phrases if len(p) >= _SHORTEST)])
        own.pop("", None)
        texts.extend(own)
        columns.extend([column] * len(own))
    return Lessons(tuple(texts), np.array(columns, dtype=np.int64))
