"""A trained model: several parts, each trained without one fold, and one trained on everything.

An item that a part has learnt from is judged by the part that has not seen it, so nobody is shown a memory.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.calibrate import Sigmoid, TopicCurves, apply_topics
from classifiers.embed import Embedder, lead
from classifiers.features import Item, Surface, damped, name_flags, names_of, ngram_counts, stem_counts
from classifiers.kept import Kept, Known, pack, passage_keys, unpack_ngrams, unpack_stems
from classifiers.models import MODELS, cheap
from classifiers.models.rows import Recipe, Rows, Weights
from classifiers.thresholds import Thresholds

_NEARLY_ALL = 0.9
UNSEEN = -1  # the fold of an item that no part has learnt from


class Scores(NamedTuple):
    """Shapes: gate (n,), topics (n, k) in [0, 1], columns in the order of `labels`;
    vectors (n, d) float16, NaN rows where no vector was made, d = 0 for a model without vectors;
    kept: n rows by which another model can judge the items without their texts."""

    gate: NDArray[np.float32]
    topics: NDArray[np.float32]
    vectors: NDArray[np.float16]
    kept: tuple[Kept, ...]


class KeptScores(NamedTuple):
    """As `Scores`; `waiting` marks items that need a vector or stems which are not kept: they have the cheap
    gate's probability and no topics. Shapes: gate, waiting (n,), topics (n, k)."""

    gate: NDArray[np.float32]
    topics: NDArray[np.float32]
    waiting: NDArray[np.bool_]


class Settled(NamedTuple):
    """What was settled on held-back predictions: curves and bounds of one part."""

    cheap: Sigmoid
    gate: Sigmoid
    topics: TopicCurves
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
        self.dimension = embedder.dimension if embedder else 0
        self._recipe: Recipe = MODELS[kind]
        self._parts = (*folds, final)  # UNSEEN indexes the last
        self._known = Known(fold_of_key)
        self._embedder = embedder

    def seen(self, items: Sequence[Item]) -> NDArray[np.bool_]:
        """Which items it was trained on: as a whole, as an excerpt or with a line added. Shapes: (n,)."""
        return np.asarray(self.folds(items) != UNSEEN, dtype=np.bool_)

    def folds(self, items: Sequence[Item]) -> NDArray[np.int64]:
        """The fold whose part has not learnt from the item, UNSEEN for a new one. Shapes: (n,)."""
        return self._known.folds([passage_keys(item) for item in items], UNSEEN)

    def thresholds_for(self, fold: int) -> Thresholds:
        """The bounds settled without looking at that fold; those of the manifest for UNSEEN."""
        return self._parts[fold].settled.thresholds

    def passes(self, items: Sequence[Item], *, as_new: bool = False) -> NDArray[np.bool_]:
        """Which items the cheap gate lets through to the vectors. Shapes: (n,).

        `as_new`: by the bound that new articles meet, though each score stays that of a part which has not
        learnt from the item; else by the bound that was settled without its fold.
        """
        folds = self.folds(items)
        seen = Surface(damped(ngram_counts(items)), name_flags(names_of(items)))
        lows = self._lows(np.full_like(folds, UNSEEN) if as_new else folds)
        return np.asarray(self._cheap(seen, folds) >= lows, dtype=np.bool_)

    def score(self, items: Sequence[Item], vectors: NDArray[np.float16] | None = None) -> Scores:
        """Probabilities for items. `vectors` (n, d), NaN rows where unknown, spare the embedding.

        An item far below the cheap gate gets no vector and topics 0, also when its vector is handed in.
        """
        n, d = len(items), self.dimension
        made = np.full((n, d), np.nan, np.float16)
        if vectors is not None and d:
            made[:] = vectors
        keys = [passage_keys(item) for item in items]
        folds = self._known.folds(keys, UNSEEN)
        counts = ngram_counts(items)
        seen = Surface(damped(counts), name_flags(names_of(items)))
        gate = self._cheap(seen, folds)
        go_on = np.flatnonzero(gate >= self._lows(folds))
        self._fill(made, items, go_on)
        words = stem_counts([items[i] for i in go_on.tolist()])
        rows = Rows(_take(seen, go_on), damped(words), made[go_on].astype(np.float32))
        topics = np.zeros((n, len(self.labels)))
        gate[go_on], topics[go_on] = self._judge(rows, folds[go_on])
        stems: list[bytes | None] = [None] * n
        for i, row in zip(go_on.tolist(), pack(words), strict=True):
            stems[i] = row
        kept = tuple(Kept(*row) for row in zip(pack(counts), stems, keys, strict=True))
        return Scores(gate.astype(np.float32), topics.astype(np.float32), made, kept)

    def score_kept(
        self, kept: Sequence[Kept], names: NDArray[np.float64], vectors: NDArray[np.float16]
    ) -> KeptScores:
        """Probabilities from what was kept of texts: the same as `score` gives, within rounding.

        Shapes: n kept rows, names (n, 6), vectors (n, d) with NaN rows where unknown, or (n, 0).
        """
        n = len(kept)
        folds = self._known.folds([one.keys for one in kept], UNSEEN)
        seen = Surface(unpack_ngrams([one.ngrams for one in kept]), name_flags(names))
        gate = self._cheap(seen, folds)
        has_stems = np.array([one.stems is not None for one in kept], dtype=np.bool_)
        has_all = has_stems & ~np.isnan(vectors).any(axis=1) if self._embedder else has_stems
        passed = gate >= self._lows(folds)
        go_on = np.flatnonzero(passed & has_all)
        topics = np.zeros((n, len(self.labels)), np.float32)
        # to leave out a few rows costs more than to judge them in vain
        chosen = np.arange(n) if len(go_on) > _NEARLY_ALL * n else go_on
        if len(go_on):
            stems = unpack_stems([kept[i].stems or b"" for i in chosen.tolist()])
            rows = Rows(_take(seen, chosen), stems, np.nan_to_num(vectors[chosen].astype(np.float32)))
            found_gate, found_topics = self._judge(rows, folds[chosen])
            among = np.isin(chosen, go_on)
            gate[go_on], topics[go_on] = found_gate[among], found_topics[among]
        return KeptScores(gate.astype(np.float32), topics, passed & ~has_all)

    def _cheap(self, seen: Surface, folds: NDArray[np.int64]) -> NDArray[np.float64]:
        """The cheap gate's probability, of each item by the part of its fold."""
        p = np.zeros(len(folds))
        for part, index in self._by_part(folds):
            p[index] = part.settled.cheap(cheap.gate(part.weights, _take(seen, index)))
        return p

    def _lows(self, folds: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.array([part.settled.low for part in self._parts])[folds]

    def _judge(self, rows: Rows, folds: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Gate and topics of items that passed the cheap gate. Shapes: (m,), (m, k)."""
        gate, topics = np.zeros(len(folds)), np.zeros((len(folds), len(self.labels)))
        for part, index in self._by_part(folds):
            own = rows if len(index) == len(folds) else rows.take(index)
            gate[index] = part.settled.gate(self._recipe.gate(part.weights, own))
            topics[index] = apply_topics(part.settled.topics, self._recipe.topics(part.weights, own))
        return gate, topics

    def _by_part(self, folds: NDArray[np.int64]) -> Iterator[tuple[Part, NDArray[np.int64]]]:
        for fold in np.unique(folds):
            yield self._parts[fold], np.flatnonzero(folds == fold)

    def _fill(self, vectors: NDArray[np.float16], items: Sequence[Item], wanted: NDArray[np.int64]) -> None:
        """Make the vectors that are wanted and missing."""
        if self._embedder is None:
            return
        missing = [i for i in wanted.tolist() if np.isnan(vectors[i]).any()]
        if missing:
            leads = [lead(items[i].title, items[i].text, self._embedder.chars) for i in missing]
            # rounded before use, so that a stored vector and a fresh one give the same answer
            vectors[missing] = self._embedder.embed(leads).astype(np.float16)


def _take(seen: Surface, index: NDArray[np.int64]) -> Surface:
    if len(index) == len(seen.names):
        return seen
    return Surface(seen.ngrams[index], seen.names[index])
