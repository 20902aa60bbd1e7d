"""A trained model: several parts, each trained without one fold, and one trained on everything.

An item that a part has learnt from is judged by the part that has not seen it, so nobody is shown a memory.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.calibrate import Sigmoid, apply_sigmoids
from classifiers.embed import Embedder, lead
from classifiers.features import Item, Surface, stems, surface
from classifiers.labelled import content_key, paragraph_keys
from classifiers.models import MODELS, cheap
from classifiers.models.rows import Recipe, Rows, Weights
from classifiers.thresholds import Thresholds

UNSEEN = -1  # the fold of an item that no part has learnt from


class Scores(NamedTuple):
    """Shapes: gate (n,), topics (n, k) in [0, 1], columns in the order of `labels`;
    vectors (n, d) float16, NaN rows where no vector was made, d = 0 for a model without vectors."""

    gate: NDArray[np.float32]
    topics: NDArray[np.float32]
    vectors: NDArray[np.float16]


class Settled(NamedTuple):
    """What was settled on held-back predictions: curves and bounds of one part."""

    cheap: Sigmoid
    gate: Sigmoid
    topics: tuple[Sigmoid, ...]
    low: float  # cheap-gate probability below which an item is not embedded
    thresholds: Thresholds


class Part(NamedTuple):
    """One set of weights with its curves and bounds."""

    weights: Weights
    settled: Settled


class Model:
    """A trained model. It holds no state that scoring changes, the embedder's loaded engine apart."""

    def __init__(
        self,
        *,
        kind: str,
        labels: tuple[str, ...],
        version: str,
        folds: Sequence[Part],
        final: Part,
        fold_of_key: dict[str, int],
        embedder: Embedder | None,
    ) -> None:
        self.kind = kind
        self.labels = labels
        self.version = version
        self.thresholds = final.settled.thresholds
        self.embedder = embedder.name if embedder else ""
        self._recipe: Recipe = MODELS[kind]
        self._parts = (*folds, final)  # UNSEEN indexes the last
        self._fold_of_key = fold_of_key
        self._embedder = embedder

    def seen(self, items: Sequence[Item]) -> NDArray[np.bool_]:
        """Which items it was trained on: as a whole, as an excerpt or with a line added. Shapes: (n,)."""
        return np.asarray(self.folds(items) != UNSEEN, dtype=np.bool_)

    def folds(self, items: Sequence[Item]) -> NDArray[np.int64]:
        """The fold whose part has not learnt from the item, UNSEEN for a new one. Shapes: (n,)."""
        return np.array([self._fold(item) for item in items], dtype=np.int64)

    def thresholds_for(self, fold: int) -> Thresholds:
        """The bounds settled without looking at that fold; those of the manifest for UNSEEN."""
        return self._parts[fold].settled.thresholds

    def score(self, items: Sequence[Item], vectors: NDArray[np.float16] | None = None) -> Scores:
        """Probabilities for items. `vectors` (n, d), NaN rows where unknown, spare the embedding.

        An item far below the cheap gate gets no vector and topics 0, also when its vector is handed in.
        """
        n, d = len(items), self._embedder.dimension if self._embedder else 0
        gate, topics = np.zeros(n, np.float32), np.zeros((n, len(self.labels)), np.float32)
        made = np.full((n, d), np.nan, np.float16)
        if vectors is not None and d:
            made[:] = vectors
        folds = self.folds(items)
        for fold in np.unique(folds):
            index = np.flatnonzero(folds == fold)
            part = self._parts[fold]
            chosen = [items[i] for i in index.tolist()]
            scores = self._score_part(part, chosen, made[index])
            gate[index], topics[index], made[index] = scores
        return Scores(gate, topics, made)

    def _fold(self, item: Item) -> int:
        whole = self._fold_of_key.get(content_key(item.title, item.text))
        if whole is not None:
            return whole
        hits = Counter(
            fold for key in paragraph_keys(item.text) if (fold := self._fold_of_key.get(key)) is not None
        )
        return min(hits, key=lambda fold: (-hits[fold], fold)) if hits else UNSEEN

    def _score_part(self, part: Part, items: Sequence[Item], vectors: NDArray[np.float16]) -> Scores:
        seen_surface = surface(items)
        gate = part.settled.cheap(cheap.gate(part.weights, seen_surface))
        topics = np.zeros((len(items), len(self.labels)))
        go_on = np.flatnonzero(gate >= part.settled.low)
        vectors = self._with_vectors(items, vectors, go_on)
        if len(go_on):
            rows = Rows(
                Surface(seen_surface.ngrams[go_on], seen_surface.names[go_on]),
                stems([items[i] for i in go_on.tolist()]),
                vectors[go_on].astype(np.float32),
            )
            gate[go_on] = part.settled.gate(self._recipe.gate(part.weights, rows))
            topics[go_on] = apply_sigmoids(part.settled.topics, self._recipe.topics(part.weights, rows))
        return Scores(gate.astype(np.float32), topics.astype(np.float32), vectors)

    def _with_vectors(
        self, items: Sequence[Item], vectors: NDArray[np.float16], wanted: NDArray[np.int64]
    ) -> NDArray[np.float16]:
        if self._embedder is None:
            return vectors
        missing = [i for i in wanted.tolist() if np.isnan(vectors[i]).any()]
        filled = vectors.copy()
        if missing:
            leads = [lead(items[i].title, items[i].text, self._embedder.chars) for i in missing]
            # rounded before use, so that a stored vector and a fresh one give the same answer
            filled[missing] = self._embedder.embed(leads).astype(np.float16)
        return filled
