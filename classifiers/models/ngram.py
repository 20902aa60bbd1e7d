"""The model `ngram`: letters and words only. Works without any embedder; weaker where languages differ."""

import numpy as np
from numpy.typing import NDArray

from classifiers.features import rarity, weighted
from classifiers.models import cheap
from classifiers.models.rows import Block, Rows, Taught, Truth, Weights, fit_topics, log_odds, side_by_side


class Ngram:
    """Gate: the cheap one. Topics: stems weighted by rarity, and n-grams."""

    name = "ngram"
    uses_vectors = False

    def fit(self, rows: Rows, truth: Truth, taught: Taught, *, seed: int) -> Weights:
        """Weights of the gate and of all topics."""
        weights = cheap.fit(rows.surface, truth, seed=seed)
        weights["rarity"] = rarity(rows.stems[np.flatnonzero(truth.cooperation)])
        lessons = side_by_side(*_features(weights, taught.rows))
        return weights | fit_topics(side_by_side(*_features(weights, rows)), truth, lessons, taught.column)

    def gate(self, weights: Weights, rows: Rows) -> NDArray[np.float64]:
        """Log-odds of cooperation. Shapes: (n,)."""
        return cheap.gate(weights, rows.surface)

    def topics(self, weights: Weights, rows: Rows) -> NDArray[np.float64]:
        """Log-odds of each topic, given that it is cooperation. Shapes: (n, k)."""
        return log_odds(weights, _features(weights, rows), prefix="topics")


def _features(weights: Weights, rows: Rows) -> list[Block]:
    return [weighted(rows.stems, weights["rarity"]), rows.surface.ngrams]
