"""Corrected shares against quapy's adjusted classify and count, over the same answers. Slow: quapy takes
long to import.
"""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from classifiers.quantify import adjusted_count, prevalence, rates_of

pytestmark = pytest.mark.slow


class AnswersGiven(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Says what the only feature says: the answers of another classifier."""

    def __init__(self) -> None:
        self.classes_ = np.array([0, 1])

    def fit(self, features: NDArray[np.float64], truth: NDArray[np.int64]) -> None:
        raise AssertionError("it has nothing to learn")

    def predict(self, features: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.asarray(features[:, 0] >= 0.5, dtype=np.int64)


def by_quapy(
    known_said: NDArray[np.bool_], known_true: NDArray[np.bool_], said: NDArray[np.bool_]
) -> tuple[float, float]:
    """Counted and adjusted share of yes."""
    from quapy.method.aggregative import ACC, CC

    known, fresh = known_said[:, None].astype(np.float64), said[:, None].astype(np.float64)
    truth = known_true.astype(np.int64)
    shares = []
    for method in (
        CC(AnswersGiven(), fit_classifier=False),
        ACC(AnswersGiven(), fit_classifier=False, val_split=None, solver="exact-raise"),
    ):
        method.fit(known, truth)
        shares.append(float(method.predict(fresh)[1]))
    return shares[0], shares[1]


@pytest.mark.parametrize("share", [0.0, 0.02, 0.15, 0.6, 1.0])
@pytest.mark.parametrize(("hit", "wrong"), [(0.7, 0.05), (0.95, 0.2), (0.4, 0.01)])
def test_corrected_shares_are_those_of_quapy(share: float, hit: float, wrong: float) -> None:
    generator = np.random.default_rng(11)

    def answers(true: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.asarray(generator.random(len(true)) < np.where(true, hit, wrong), dtype=np.bool_)

    known = generator.random(800) < 0.2
    known_said = answers(known)
    said = answers(generator.random(500) < share)
    rates = rates_of(known_said, known)
    ours = prevalence(int(said.sum()), len(said), rates)
    counted, adjusted = by_quapy(known_said, known, said)
    exact = adjusted_count(float(said.mean()), rates.hits / rates.n_true, rates.wrong / rates.n_false)
    assert exact == pytest.approx(adjusted, abs=1e-9)
    assert (ours.counted, ours.share) == pytest.approx((counted, adjusted), abs=5e-5)  # ours are rounded
