"""The weights of sources: learnt from all scopes together, as unsure as they are, repeatable."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.gaps.weights import Pool, rate_draws

TRUE = {"agency": 20.0, "national": 2.0} | {f"paper{n}": 0.5 + n % 3 for n in range(12)}
GROUPS = {name: not name.startswith("paper") for name in TRUE}


def press(seed: int, per_scope: float) -> list[Pool]:
    """Twelve scopes of agency, national and two papers, one of which is dark in every third scope."""
    rng = np.random.default_rng(seed)
    pools = []
    for n in range(12):
        names = ("agency", "national", f"paper{n}", f"paper{(n + 1) % 12}")
        observed = np.array([50.0, 100.0, 100.0, 0.0 if n % 3 == 0 else 80.0])
        rates = np.array([TRUE[name] for name in names])
        found = rng.poisson(per_scope * rates * observed / (rates @ observed)).astype(float)
        pools.append(Pool(names, found, observed))
    return pools


def shares(pools: list[Pool], seed: int = 1) -> list[np.ndarray]:
    drawn = rate_draws(pools, GROUPS, n_draws=256, seed=seed)
    return [rates / rates.sum(axis=1, keepdims=True) for rates in drawn]


def true_share(pool: Pool, place: int) -> float:
    rates = [TRUE[name] for name in pool.sources]
    return rates[place] / sum(rates)


def test_a_scope_with_few_finds_learns_from_the_others() -> None:
    pools = press(1, 60.0)
    pools.append(Pool(("agency", "national", "paper0", "paper1"), np.zeros(4), np.full(4, 10.0)))
    of_agency = shares(pools)[-1][:, 0]
    assert of_agency.mean() == pytest.approx(true_share(pools[-1], 0), abs=0.06)


def test_intervals_of_shares_hold_the_true_ones() -> None:
    inside = []
    for seed in range(12):
        pools = press(seed, 40.0)
        for pool, drawn in zip(pools, shares(pools), strict=True):
            low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
            inside += [low[n] <= true_share(pool, n) <= high[n] for n in range(len(pool.sources))]
    assert 0.91 <= np.mean(inside) <= 0.99


def test_more_finds_leave_less_doubt() -> None:
    few, many = (np.mean([drawn[:, 0].std() for drawn in shares(press(3, n))]) for n in (8.0, 400.0))
    assert many < few / 3


def test_a_source_that_was_never_observed_is_drawn_like_its_kind() -> None:
    rng = np.random.default_rng(0)
    names = ("wide", *(f"small{n}" for n in range(9)), "dark")
    found = np.r_[400.0, rng.poisson(20, 9), 0.0]
    observed = np.r_[np.full(10, 52.0), 0.0]
    groups = {name: name == "wide" for name in names}
    drawn = rate_draws([Pool(names, found, observed)], groups, n_draws=256, seed=1)[0]
    small, dark = drawn[:, 1:10].mean(axis=1), drawn[:, 10]
    assert np.median(dark / small) == pytest.approx(1.0, abs=0.35)
    assert dark.mean() < drawn[:, 0].mean() / 5
    assert (dark / small).std() > 2 * (drawn[:, 1] / small).std()


def test_what_is_special_to_a_scope_is_learnt_where_much_was_found() -> None:
    names = ("a", "b")
    usual = [Pool(names, np.array([50.0, 50.0]), np.array([50.0, 50.0])) for _ in range(6)]
    odd = Pool(names, np.array([20.0, 180.0]), np.array([50.0, 50.0]))
    drawn = rate_draws([*usual, odd], {"a": 0, "b": 0}, n_draws=256, seed=1)
    share = [rates[:, 1].mean() / rates.sum(axis=1).mean() for rates in drawn]
    assert share[-1] > 0.8
    assert share[0] == pytest.approx(0.5, abs=0.06)


def test_the_same_seed_gives_the_same_draws_and_another_seed_others() -> None:
    pools = press(2, 30.0)
    again = rate_draws(pools, GROUPS, n_draws=256, seed=1)
    assert all(
        (a == b).all() for a, b in zip(again, rate_draws(pools, GROUPS, n_draws=256, seed=1), strict=True)
    )
    other = rate_draws(pools, GROUPS, n_draws=256, seed=2)
    assert not (again[0] == other[0]).any()


def test_where_nothing_was_found_at_all_no_source_is_more_than_another() -> None:
    nothing = Pool(("seen", "dark"), np.zeros(2), np.array([52.0, 0.0]))
    drawn = rate_draws([nothing], {"seen": 0, "dark": 0}, n_draws=256, seed=1)[0]
    assert (drawn[:, 0] / drawn.sum(axis=1)).mean() == pytest.approx(0.5, abs=0.05)


def test_no_source_at_all_gives_no_rates() -> None:
    nothing = Pool((), np.zeros(0), np.zeros(0))
    assert [drawn.shape for drawn in rate_draws([nothing, nothing], {}, n_draws=8, seed=1)] == [
        (8, 0),
        (8, 0),
    ]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 5), st.integers(0, 100_000), st.floats(0, 10_000)), max_size=6),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_was_counted_the_rates_are_finite_and_positive(
    scopes: list[list[tuple[int, int, float]]],
) -> None:
    pools = []
    for scope in scopes:
        rows = {f"s{place}": (float(found), observed) for place, found, observed in scope}
        found = np.array([f if o > 0 else 0.0 for f, o in rows.values()])
        pools.append(Pool(tuple(rows), found, np.array([o for _, o in rows.values()])))
    groups = {f"s{n}": n < 2 for n in range(6)}
    drawn = rate_draws(pools, groups, n_draws=8, seed=1)
    assert [rates.shape for rates in drawn] == [(8, len(pool.sources)) for pool in pools]
    assert all(np.isfinite(rates).all() and (rates > 0).all() for rates in drawn)
