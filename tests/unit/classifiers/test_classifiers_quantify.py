"""Shares that are corrected for the classifier's errors, on data whose truth is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from classifiers.quantify import Prevalence, Rates, adjusted_count, prevalence, prevalences, rates_of


def draw_said(
    generator: np.random.Generator, true: NDArray[np.bool_], hit: float, wrong: float
) -> NDArray[np.bool_]:
    """What a classifier with these rates says."""
    return np.asarray(generator.random(len(true)) < np.where(true, hit, wrong), dtype=np.bool_)


def test_an_adjusted_count_undoes_known_rates() -> None:
    assert adjusted_count(0.1 * 0.7 + 0.9 * 0.05, 0.7, 0.05) == pytest.approx(0.1)
    assert adjusted_count(0.02, 0.7, 0.05) == 0.0
    assert adjusted_count(0.9, 0.7, 0.05) == 1.0
    assert adjusted_count(0.3, 0.3, 0.25) is None


def test_rates_are_counted_by_hand() -> None:
    said = np.array([1, 1, 0, 1, 0], np.bool_)
    true = np.array([1, 1, 1, 0, 0], np.bool_)
    assert rates_of(said, true) == Rates(hits=2, n_true=3, wrong=1, n_false=2)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.4])
def test_a_rare_topic_stays_rare_where_a_raw_count_makes_it_common(share: float) -> None:
    generator = np.random.default_rng(4)
    known = generator.random(5000) < 0.2
    rates = rates_of(draw_said(generator, known, 0.7, 0.04), known)
    true = generator.random(20_000) < share
    said = draw_said(generator, true, 0.7, 0.04)
    (found,) = prevalences(said[:, None], [rates])
    assert found.share is not None
    assert found.share == pytest.approx(share, abs=0.015)
    assert found.counted is not None
    assert abs(found.counted - share) > abs(found.share - share)


def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    generator = np.random.default_rng(9)
    held = 0
    for trial in range(200):
        known = generator.random(475) < 0.15
        rates = rates_of(draw_said(generator, known, 0.7, 0.05), known)
        true = generator.random(300) < 0.1
        found = prevalence(int(draw_said(generator, true, 0.7, 0.05).sum()), 300, rates, seed=trial)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.1 <= found.high
    assert 184 <= held <= 200


def test_where_the_classifier_cannot_tell_nothing_is_said() -> None:
    nothing = Prevalence(10, 0.3, None, None, None)
    assert prevalence(3, 10, Rates(3, 10, 25, 100)) == nothing
    assert prevalence(3, 10, Rates(0, 0, 2, 100)) == nothing
    assert prevalence(0, 0, Rates(7, 10, 2, 100)) == Prevalence(0, None, None, None, None)
