"""The items that ship with the program, and their vectors, made once so that training takes seconds.

The figures of the project are taken on CORPUS alone; ADDED items are learnt from beside it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from classifiers.embed import Embedder, lead, load_vectors, save_vectors
from classifiers.labelled import CorpusError, LabelledItem, load_corpus

_FOLDER = Path(__file__).parent / "corpus"
CORPUS = _FOLDER / "corpus.jsonl"
PAIRED = _FOLDER / "paired.jsonl"  # stories written twice, in ru and be
PAIRED_APART = _FOLDER / "paired_b.jsonl"  # more of them, that no model learns from
ADDED = (*(_FOLDER / f"more_{part}.jsonl" for part in "abcde"), PAIRED)
VECTORS = _FOLDER / "vectors.npz"


class Told(Protocol):
    """Anything with a headline and a body."""

    @property
    def title(self) -> str:
        """Headline."""
        ...

    @property
    def text(self) -> str:
        """Body, plain."""
        ...


def load_added() -> list[LabelledItem]:
    """All added items, file after file. Errors: CorpusError, also when two files use one id."""
    items: list[LabelledItem] = []
    known: set[str] = set()
    for path in ADDED:
        fresh = load_corpus(path)
        if again := known & {item.id for item in fresh}:
            raise CorpusError(str(path), [(0, f"ids of another file: {', '.join(sorted(again))}")])
        known |= {item.id for item in fresh}
        items += fresh
    return items


def leads_of(items: Sequence[Told], chars: int) -> list[str]:
    """What an embedder of so many characters is given of each item."""
    return [lead(item.title, item.text, chars) for item in items]


def shipped_vectors(items: Sequence[Told], embedder_name: str) -> NDArray[np.float16] | None:
    """Shipped vectors of items, NaN rows for others; None if another embedder made them. Shapes: (n, d)."""
    kept = load_vectors(VECTORS)
    return kept.find(leads_of(items, kept.chars)) if kept.name == embedder_name else None


def vectors_of(texts: Sequence[str], embedder: Embedder, *, recompute: bool = False) -> NDArray[np.float16]:
    """Vectors of texts: shipped ones where this very embedder made them, the rest embedded now.

    Shapes: n texts -> (n, d). `recompute` embeds all.
    """
    kept = load_vectors(VECTORS)
    if recompute or kept.name != embedder.name:
        found = np.full((len(texts), embedder.dimension), np.nan, dtype=np.float16)
    else:
        found = kept.find(texts)
    missing = np.flatnonzero(np.isnan(found).any(axis=1)).tolist()
    if missing:
        found[missing] = embedder.embed([texts[i] for i in missing]).astype(np.float16)
    return found


def ship_vectors(lessons: Sequence[str], embedder: Embedder) -> tuple[int, int]:
    """Write the vectors of all shipped items and of these lessons, embedding what is missing.

    Gives how many are kept now and how many of them are new. Vectors of other texts are dropped.
    Errors: OSError, CorpusError.
    """
    items = [*load_corpus(CORPUS), *load_added()]
    texts = list(dict.fromkeys([*leads_of(items, embedder.chars), *lessons]))
    kept = load_vectors(VECTORS)
    n_new = len(texts)
    if kept.name == embedder.name:
        n_new = int(np.isnan(kept.find(texts)).any(axis=1).sum())
    save_vectors(VECTORS, embedder, texts, vectors_of(texts, embedder))
    return len(texts), n_new
