"""The posterior of what exists against closed forms and brute force."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import nbinom

from monitor.gaps import model as gaps_model
from monitor.gaps.detection import Audit, detect, own_recalls
from monitor.gaps.model import (
    N_WORLDS,
    draw,
    estimate,
    exists,
    fit,
    summarise,
    unseen,
)
from monitor.gaps.rates import Evidence, dispersion
from monitor.gaps.recalls import recalls_of
from monitor.gaps.types import Posterior
from tests.make_gaps import model


def family(originals: int, exposure: float, weeks: float = 52.0, name: str = "F") -> Evidence:
    return Evidence(name, originals, exposure, weeks, "s", {"level": "region"})


def brute_force(
    evidence: Evidence, *, rate: float, k: float, recall: float, burst: float, false_links: float = 0.0
) -> np.ndarray:
    """N of simulated presses in which exactly the given number was found, straight from the story told."""
    rng = np.random.default_rng(0)
    n = 400_000
    theta = rng.gamma(k, 1 / k, n)
    own = rng.beta(*_beta(recall, 0.12), n)
    watched = rng.poisson(rng.gamma(rate * theta * evidence.exposure / (burst - 1), burst - 1))
    away = evidence.weeks - evidence.exposure
    unwatched = rng.poisson(rng.gamma(rate * theta * away / (burst - 1), burst - 1)) if away else 0
    found = rng.binomial(watched, own) + rng.poisson(false_links, n)
    total = watched + unwatched
    return total[found == evidence.originals]


def _beta(mean: float, sd: float) -> tuple[float, float]:
    size = mean * (1 - mean) / sd**2 - 1
    return mean * size, (1 - mean) * size


def distance(draws: np.ndarray, expected: np.ndarray) -> float:
    """Total variation distance of two samples of counts."""
    top = int(max(draws.max(), expected.max())) + 1
    a = np.bincount(draws, minlength=top) / len(draws)
    b = np.bincount(expected, minlength=top) / len(expected)
    return float(abs(a - b).sum() / 2)


def test_everything_seen_and_found_leaves_nothing_unseen() -> None:
    n = 1000
    true = np.full(n, 3)
    drawn = unseen(
        np.full(n, 0.1),
        np.ones(n),
        true,
        exposure=np.full(n, 52.0),
        weeks=52.0,
        burst=2.0,
        rng=np.random.default_rng(1),
    )
    assert drawn.tolist() == [0] * n


def test_nothing_seen_gives_the_prior_predictive() -> None:
    dark = family(0, 0.0)
    known = {"rate": 0.06, "k": 1.0, "recall": 0.8, "burst": 2.0}
    draws = exists(model(dark, **known), "F", dark)
    assert distance(draws, brute_force(dark, **known)) < 0.04
    assert draws.mean() == pytest.approx(52 * 0.06, rel=0.06)


@pytest.mark.parametrize(
    ("originals", "exposure", "burst"), [(0, 40.0, 2.0), (1, 25.0, 2.0), (3, 40.0, 4.0), (6, 52.0, 1.3)]
)
def test_the_posterior_agrees_with_simulated_presses(originals: int, exposure: float, burst: float) -> None:
    seen = family(originals, exposure)
    known = {"rate": 0.06, "k": 1.0, "recall": 0.8, "burst": burst}
    draws = exists(model(seen, **known), "F", seen)
    expected = brute_force(seen, **known)
    assert draws.min() >= originals
    assert distance(draws, expected) < 0.04
    assert draws.mean() == pytest.approx(expected.mean(), abs=0.12)


def test_false_links_lower_what_exists() -> None:
    seen = family(2, 40.0)
    known = {"rate": 0.03, "k": 1.0, "recall": 0.8, "burst": 2.0, "false_links": 0.8}
    draws = exists(model(seen, **known), "F", seen)
    assert draws.min() == 0
    assert distance(draws, brute_force(seen, **known)) < 0.08


@pytest.mark.parametrize(
    ("originals", "exposure", "burst", "norm", "earlier"),
    [(3, 40.0, 2.0, 4, 0), (6, 30.0, 4.0, 2, 0), (1, 52.0, 1.3, 1, 5), (2, 10.0, 6.0, 16, 2)],
)
def test_what_a_silence_would_tell_is_summed_as_draws_would_tell_it(
    originals: int, exposure: float, burst: float, norm: int, earlier: int
) -> None:
    seen = family(originals, exposure)
    seen = replace(seen, before=family(earlier, 45.0)) if earlier else seen
    known = model(seen, rate=0.06, k=1.0, recall=0.8, burst=burst)
    silent = [exists(replace(known, seed=seed), "F", seen, as_if=0) < norm for seed in range(10)]
    assert estimate(known, "F", norm).p_gap_if_zero == pytest.approx(np.mean(silent), abs=0.006)


@pytest.mark.parametrize("rate", [0.001, 0.06, 4.0])
@pytest.mark.parametrize(
    ("originals", "earlier", "k"), [(0, 0, 10.0), (0, 9, 0.1), (4, 0, 1.0), (600, 80, 5.0)]
)
def test_rates_that_are_left_out_would_change_no_draw(
    monkeypatch: pytest.MonkeyPatch, originals: int, earlier: int, k: float, rate: float
) -> None:
    seen = replace(family(originals, 40.0), before=family(earlier, 45.0))
    known = model(seen, rate=rate, k=k, recall=0.8, burst=2.0, false_links=0.1 * originals)
    cut = draw(known, "F").rate
    monkeypatch.setattr(gaps_model, "NOTHING", np.inf)
    assert np.array_equal(cut, draw(known, "F").rate)


def test_a_norm_too_large_for_a_sum_is_drawn() -> None:
    seen = family(2, 40.0)
    known = model(seen, rate=0.06, k=1.0, recall=0.8, burst=2.0)
    assert estimate(known, "F", 17).p_gap_if_zero == (exists(known, "F", seen, as_if=0) < 17).mean()


def test_a_shorter_window_learns_its_rate_from_the_longer_one() -> None:
    part = family(0, 10.0, 13.0)
    quiet = model(family(0, 40.0), rate=0.06, k=1.0, recall=0.8, burst=2.0)
    lively = model(family(8, 40.0), rate=0.06, k=1.0, recall=0.8, burst=2.0)
    assert exists(quiet, "F", part).mean() < 0.4 < exists(lively, "F", part).mean()


@pytest.mark.parametrize(("originals", "earlier"), [(0, 6), (3, 0), (2, 3)])
def test_what_was_found_before_the_window_tells_of_the_rate(originals: int, earlier: int) -> None:
    known = {"rate": 0.06, "k": 1.0, "recall": 0.8, "burst": 2.0}
    seen = replace(family(originals, 30.0), before=family(earlier, 45.0, 52.0))
    draws = exists(model(seen, **known), "F", seen)
    rng = np.random.default_rng(0)
    theta = rng.gamma(1.0, 1.0, 700_000)
    own = rng.beta(*_beta(0.8, 0.12), len(theta))
    exposures = (45.0, 30.0, 22.0)  # before; in the window, seen and not
    before, watched, away = (rng.poisson(rng.gamma(0.06 * theta * weeks)) for weeks in exposures)
    agrees = (rng.binomial(before, own) == earlier) & ((found := rng.binomial(watched, own)) == originals)
    assert found[agrees].max() == originals
    expected = (watched + away)[agrees]
    assert distance(draws, expected) < 0.06
    assert draws.mean() == pytest.approx(expected.mean(), abs=0.15)


def test_the_past_at_no_weight_is_as_if_it_had_not_been() -> None:
    alone, known = family(2, 30.0), {"rate": 0.06, "k": 1.0, "recall": 0.8, "burst": 2.0}
    before = replace(alone, before=family(20, 45.0))
    told, forgotten = model(before, **known), model(before, **known, carry=0.0)
    assert exists(forgotten, "F", alone).tolist() == exists(model(alone, **known), "F", alone).tolist()
    assert exists(told, "F", alone).mean() > exists(forgotten, "F", alone).mean() + 1


def test_doubt_about_the_weights_of_sources_widens_what_may_exist() -> None:
    rows = [family(4, 30.0, name=f"F{n}") for n in range(40)]
    worlds = np.linspace(10.0, 50.0, N_WORLDS)
    doubtful = [replace(row, exposures=worlds) for row in rows]
    audit = {"s": Audit(4000, 3200, 4000, 3900)}
    totals = []
    for evidence in (rows, doubtful):
        known = fit(evidence, [], audit, seed=1)
        totals.append(np.sum([exists(known, row.family, row) for row in evidence], axis=0))
    sure, unsure = totals
    assert unsure.std() > 2 * sure.std()
    # where less was seen, more is written of all families
    by_world = unsure.reshape(N_WORLDS, -1).mean(axis=1)
    assert by_world[:64].mean() > 2 * by_world[-64:].mean()


def test_the_past_weighs_as_much_as_it_foretells() -> None:
    rng = np.random.default_rng(4)
    theta, other = rng.gamma(0.8, 1 / 0.8, (2, 300))
    weights = {}
    for name, past in (("same", theta), ("another", other)):
        rows = [
            replace(
                family(rng.poisson(4 * now), 52.0, name=f"F{n}"), before=family(rng.poisson(4 * then), 52.0)
            )
            for n, (now, then) in enumerate(zip(theta, past, strict=True))
        ]
        weights[name] = fit(rows, [], {"s": Audit(900, 850, 900, 890)}, seed=1).rates.carry.mean()
    assert weights["same"] > 0.7
    assert weights["another"] < 0.2


def test_very_many_originals_are_judged_in_no_time_and_hold_the_false_ones_expected() -> None:
    loud = family(90_000, 52.0)
    draws = exists(model(loud, rate=2000.0, k=1.0, recall=0.8, burst=2.0, false_links=9000.0), "F", loud)
    assert draws.mean() == pytest.approx((90_000 - 9000) / 0.8, rel=0.15)


def test_the_same_seed_gives_the_same_numbers_whatever_stands_around() -> None:
    rows = [family(n % 4, 30.0 + n, name=f"F{n}") for n in range(12)]
    whole = fit(rows, [], {}, seed=7)
    assert estimate(whole, "F3", 4) == estimate(fit(rows, [], {}, seed=7), "F3", 4)
    assert exists(whole, "F3", rows[3]).tolist() != exists(fit(rows, [], {}, seed=8), "F3", rows[3]).tolist()


def test_families_that_teach_nothing_do_not_move_the_others() -> None:
    rows = [family(1, 40.0, name=f"F{n}") for n in range(6)]
    loud = [*rows, family(60, 40.0, name="not due")]
    pooled = [row.family for row in rows]
    alone = fit(rows, [], {"s": Audit(100, 80, 0, 0)}, seed=1, pooled=pooled)
    beside = fit(loud, [], {"s": Audit(100, 80, 0, 0)}, seed=1, pooled=pooled)
    assert beside.rates.mean[0].tolist() == pytest.approx(alone.rates.mean[0].tolist())


def test_the_summary_of_draws_is_exact() -> None:
    draws = np.array([0] * 500 + [1] * 300 + [2] * 150 + [3] * 49 + [9])
    assert summarise(draws, 2) == Posterior(
        mean=pytest.approx(0.756), lo=0, hi=3, pmf=(0.5, 0.3, 0.15, 0.049), p_none=0.5, p_below_norm=0.8
    )


def test_bursts_are_read_from_blocks_and_unthinned() -> None:
    exposure = np.full(13, 4.0)
    steady = [(np.ones(13), exposure)] * 40
    bursty = [(np.r_[13.0, np.zeros(12)], exposure)] * 40
    assert dispersion([], 0.8) == pytest.approx(2.0)  # prior alone: 1 + (1.8 - 1) / .8
    assert dispersion(steady, 0.8) == 1.05
    assert dispersion(bursty, 0.8) == 12.0


def test_what_a_silence_says_of_the_rate_is_the_chance_of_finding_nothing() -> None:
    recalls = own_recalls(detect({}, ["a"], n_draws=8, seed=1)["a"], 3.0)
    exist = 2.5  # originals in the time watched
    nothing = nbinom.logpmf(0, exist / (3.0 - 1), 1 / (1 + recalls.options * (3.0 - 1)))
    assert -exist * recalls.silent == pytest.approx(nothing)


def test_recall_without_an_audit_is_the_assumed_one_and_says_so() -> None:
    found = detect({}, ["a", "b"], n_draws=256, seed=1)
    assert found["a"].assumed
    assert found["a"].recall_mean == pytest.approx(0.8, abs=0.005)
    # one unknown for all strata: errors must not average out over a region
    assert found["a"].recall.tolist() == found["b"].recall.tolist()


def test_a_stratum_leans_on_the_others_until_it_has_its_own_audit() -> None:
    audits = {"a": Audit(200, 100, 100, 95)}
    found = detect(audits, ["a", "b"], n_draws=256, seed=1)
    assert found["a"].recall_mean == pytest.approx(0.5, abs=0.02)
    assert 0.5 < found["b"].recall_mean < 0.7  # between the only other stratum and what is assumed of any
    assert found["b"].recall.std() > 4 * found["a"].recall.std()
    assert not found["b"].assumed


def test_five_answers_that_contradict_the_other_stratum_are_believed_more_than_it() -> None:
    found = detect({"a": Audit(5, 2, 5, 5), "b": Audit(80, 76, 80, 76)}, ["a", "b"], n_draws=256, seed=1)
    assert 0.4 < found["a"].recall_mean < 0.7
    assert 0.05 < (found["a"].recall < 0.4).mean() < 0.25
    assert found["b"].recall_mean == pytest.approx(0.94, abs=0.01)


def test_strata_that_agree_lean_on_each_other() -> None:
    # sixty right links of sixty do not make every link right where five strata have three wrong ones each
    alike = {name: Audit(60, 48, 60, 57) for name in "bcdef"}
    found = detect({"a": Audit(60, 48, 60, 60), **alike}, ["a", "b"], n_draws=256, seed=1)
    assert found["a"].precision_mean < 0.98
    assert found["b"].precision_mean == pytest.approx(0.95, abs=0.01)


def test_a_family_watched_for_a_fifth_of_the_time_has_a_fifth_of_the_stray_false_links() -> None:
    whole, part = family(0, 50.0, name="whole"), family(0, 10.0, weeks=10.0, name="part")
    others = [family(6, 50.0, name=f"F{n}") for n in range(8)]
    known = fit([whole, part, *others], [], {"s": Audit(50, 40, 200, 180)}, seed=1)
    assert known.false_links["part"][0] == pytest.approx(known.false_links["whole"][0] / 5)
    assert known.false_links["whole"][0].mean() > 0.1


def test_a_family_has_the_same_recall_alone_as_among_others() -> None:
    rows = [family(n % 4, 30.0 + n, name=f"F{n}") for n in range(11)]
    rows = [replace(row, before=family(n, 45.0)) if n % 3 else row for n, row in enumerate(rows)]
    known = fit(rows, [], {"s": Audit(50, 40, 200, 180)}, seed=1)
    strata = {"s": own_recalls(known.detection["s"], known.rates.dispersion)}
    for n, row in enumerate(rows):
        rates = replace(known.rates, mean=known.rates.mean[[n]])
        alone = recalls_of([row], rates=rates, strata=strata, false_links=known.false_links, seed=1)
        together = known.recalls[row.family]
        assert np.array_equal(alone[row.family].given_found, together.given_found)
        assert np.array_equal(alone[row.family].given_nothing, together.given_nothing)
    found = known.recalls["F3"]
    assert found.given_found.mean() > found.given_nothing.mean()  # finds speak for a high recall
