"""What a count says in spite of false links, against the sum written out with scipy's distributions."""

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from monitor.gaps.false_links import false_draws, false_weights, likelihood

SIZE = np.geomspace(0.01, 400.0, 40)[None, :] * np.array([[0.5], [1.0], [3.0]])
THINNED = np.array([[1.2], [1.8], [4.0]])


@pytest.mark.parametrize(
    ("found", "expected"),
    [(1, 0.0), (1, 0.3), (2, 0.4), (7, 0.9), (20, 3.0), (41, 0.0), (60, 9.0), (150, 12.0), (400, 100.0)],
)
def test_a_count_says_what_the_sum_over_its_false_links_says(found: int, expected: float) -> None:
    in_worlds = expected * np.array([0.4, 1.0, 1.7])
    false = false_weights(found, in_worlds).false[:, None, None]
    plain = nbinom.pmf(found - false, SIZE, 1 / THINNED) * poisson.pmf(false, in_worlds[:, None])
    told = likelihood(found, SIZE, THINNED, in_worlds)
    summed = plain.sum(axis=0)
    assert told == pytest.approx(summed / summed.max(axis=1, keepdims=True), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("found", "burst"), [(1, 2.0), (6, 1.5), (6, 4.0)])
def test_false_links_are_drawn_as_often_as_both_distributions_say(found: int, burst: float) -> None:
    r, exposure, expected, n = 0.8, 40.0, 1.5, 40_000
    for rate in (2 / 52, 9 / 52):
        drawn = false_draws(
            np.full(n, rate), np.full(n, r), found, false_weights(found, np.full(1, expected)),
            exposure=np.full(n, exposure), burst=burst, rng=np.random.default_rng(7),
        )  # fmt: skip
        false = np.arange(found + 1)
        true = nbinom.pmf(found - false, rate * exposure / (burst - 1), 1 / (1 + r * (burst - 1)))
        share = true * poisson.pmf(false, expected)
        assert np.bincount(drawn, minlength=found + 1) / n == pytest.approx(share / share.sum(), abs=0.01)
