"""The gate that every model has: n-grams and names only, a millisecond an item."""

import numpy as np
from numpy.typing import NDArray

from classifiers.features import Surface
from classifiers.models.rows import Block, Truth, Weights, fit_gate, log_odds, side_by_side

# 10, 30, 100 over three foldings that ship nothing: at the bound that loses two of 475 reports on cooperation
# .710, .736 and .738 of a mix of 15 % cooperation and dry news are skipped
_C = 30.0


def fit(surface: Surface, truth: Truth, *, seed: int) -> Weights:
    """Weights under `cheap_*`."""
    return fit_gate(side_by_side(*_features(surface)), truth, seed=seed, prefix="cheap", c=_C)


def gate(weights: Weights, surface: Surface) -> NDArray[np.float64]:
    """Log-odds of cooperation. Shapes: (n,)."""
    return log_odds(weights, _features(surface), prefix="cheap")[:, 0]


def _features(surface: Surface) -> list[Block]:
    return [surface.ngrams, surface.names]
