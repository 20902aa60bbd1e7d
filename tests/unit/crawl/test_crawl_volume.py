"""A step in daily counts: found where there is one, and not made up from chance, weekends or bursts."""

from datetime import date, timedelta

import numpy as np
import pytest

from monitor.crawl.volume import LEAST_AFTER, WINDOW_DAYS, volume_change

MONDAY = date(2026, 1, 5)
WEEK = np.array([1.2, 1.2, 1.2, 1.2, 1.2, 0.6, 0.4])
OFFICE = np.array([1.35, 1.35, 1.35, 1.35, 1.35, 0.2, 0.05])
YEAR = 365


def draw(seed: int, means: np.ndarray, dispersion: float) -> list[int]:
    """Poisson counts, or negative binomial ones whose variance is `dispersion` times the mean."""
    random = np.random.default_rng(seed)
    if dispersion > 1:
        means = random.gamma(np.maximum(means, 1e-9) / (dispersion - 1), dispersion - 1)
    counts: list[int] = random.poisson(means).tolist()
    return counts


def steady(mean: float, n: int, week: np.ndarray = WEEK) -> np.ndarray:
    return mean * week[np.arange(n) % 7]


def delay(mean: float, factor: float, dispersion: float, seed: int) -> int:
    """Days after a step until it is called, 64 when it is not."""
    n_before = WINDOW_DAYS
    means = np.concatenate([steady(mean, n_before), mean * factor * WEEK[np.arange(63) % 7]])
    counts = draw(seed, means, dispersion)
    for n in range(1, 64):
        found = volume_change(counts[: n_before + n], MONDAY)
        if found and (found.after < found.before) == (factor < 1):
            return n
    return 64


def test_a_step_is_found_with_its_day_and_its_levels() -> None:
    counts = [10, 10, 10, 10, 10, 4, 2] * 8 + [4, 4, 4, 4, 4, 2, 1] * 4
    found = volume_change(counts, MONDAY)
    assert found is not None
    assert abs(found.since - (MONDAY + timedelta(days=56))) <= timedelta(days=1)
    assert (round(found.before), round(found.after)) == (8, 3)


@pytest.mark.parametrize("counts", [[], [5] * 25, [0] * 84, [0] * 60 + [1] * 24, [7] * 84])
def test_too_short_too_few_or_even_is_no_step(counts: list[int]) -> None:
    assert volume_change(counts, MONDAY) is None


def test_one_empty_day_is_no_step_and_five_are() -> None:
    assert volume_change([20] * 70 + [0], MONDAY) is None
    found = volume_change([20] * 70 + [0] * LEAST_AFTER, MONDAY)
    assert found is not None
    assert (found.since, found.after) == (MONDAY + timedelta(days=70), 0.0)


@pytest.mark.parametrize(
    ("mean", "dispersion", "factor", "median", "missed"),
    [
        (10, 1, 0.5, 10, 0),
        (40, 3, 0.5, 7, 0),
        (10, 3, 0.5, 28, 3),
        (3, 1, 0.0, 6, 0),
        (3, 3, 0.0, 12, 0),
        (10, 1, 2.0, 6, 0),
    ],
)  # fmt: skip
def test_a_real_change_is_called_in_time(
    mean: float, dispersion: float, factor: float, median: int, missed: int
) -> None:
    """Twenty series each; the bounds are the figures of docs/decisions/060 with some room."""
    found = [delay(mean, factor, dispersion, seed) for seed in range(20)]
    assert np.median(found) <= median
    assert sum(n == 64 for n in found) <= missed


@pytest.mark.parametrize("week", [WEEK, OFFICE], ids=["daily", "office hours"])
def test_a_steady_source_raises_hardly_an_alarm(week: np.ndarray) -> None:
    """Thirty source-years of six kinds, looked at every third day: at most one alarm in ten years."""
    alarms = 0
    for seed in range(5):
        for mean in (1.5, 3.0, 15.0):
            for dispersion in (1.0, 3.0):
                counts = draw(seed, steady(mean, WINDOW_DAYS + YEAR, week), dispersion)
                called = {
                    found.since.toordinal() // 21
                    for end in range(WINDOW_DAYS, len(counts), 3)
                    if (found := volume_change(counts[:end], MONDAY))
                }
                alarms += len(called)
    assert alarms <= 3
