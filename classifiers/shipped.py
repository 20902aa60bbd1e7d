"""The corpus that ships with the program, and its vectors, made once so that training takes seconds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from classifiers.embed import Embedder, lead, load_vectors

CORPUS = Path(__file__).parent / "corpus" / "corpus.jsonl"
VECTORS = Path(__file__).parent / "corpus" / "vectors.npz"


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
