"""The gate that every model has: n-grams and names only, a millisecond an item."""

import numpy as np
from numpy.typing import NDArray

from classifiers.features import Surface
from classifiers.models.rows import Block, Truth, Weights, fit_gate, log_odds, side_by_side


def fit(surface: Surface, truth: Truth, *, seed: int) -> Weights:
    """Weights under `cheap_*`."""
    return fit_gate(side_by_side(*_features(surface)), truth, seed=seed, prefix="cheap")


def gate(weights: Weights, surface: Surface) -> NDArray[np.float64]:
    """Log-odds of cooperation. Shapes: (n,)."""
    return log_odds(weights, _features(surface), prefix="cheap")[:, 0]


def _features(surface: Surface) -> list[Block]:
    return [surface.ngrams, surface.names]
