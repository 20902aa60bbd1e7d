"""What exists though we may not have seen it: the posterior of N = T + M + U, and what it lets us say.

Pure. T were found rightly, M were missed on pages that we watched, U appeared where we did not look.
Formulas, assumptions and a worked example: docs/method.md.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from monitor.gaps.detection import (
    Audit,
    Detection,
    Floats,
    detect,
    generator,
    own_recalls,
)
from monitor.gaps.false_links import expected_false, false_draws, false_weights, likelihood
from monitor.gaps.rates import (
    LOG_THETA_STEP,
    THETA,
    THETA_EDGES,
    Evidence,
    Rates,
    dispersion,
    fit_rates,
    found_and_exposure,
)
from monitor.gaps.recalls import FamilyRecall, recalls_of
from monitor.gaps.types import Posterior

Ints = NDArray[np.int64]

N_WORLDS = 128  # draws of recall, effects and k, shared by all families
N_PER_WORLD = 32  # draws of a family's rate and counts in each
NOTHING = 120.0  # a log weight that far below another is lost in rounding (40 would do), whatever the prior
MOST_TERMS = 16  # norms up to which the chance of fewer is summed, not drawn
PMF_UNTIL = 0.999


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the model says of one family in one window."""

    posterior: Posterior
    recall: float
    p_gap_if_zero: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """Draws of one family, given what was found of it. Shapes: both (s * j,), ordered by world."""

    rate: Floats  # originals a week that exist
    recall: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """Everything shared by all families of one computation."""

    evidence: Mapping[str, Evidence]
    order: Mapping[str, int]  # family -> row of rates.mean
    detection: Mapping[str, Detection]
    recalls: Mapping[str, FamilyRecall]
    rates: Rates
    false_links: Mapping[str, Floats]  # expected in the window of the fit, and before it, by world: (2, s)
    seed: int


def fit(
    evidence: Sequence[Evidence],
    blocks: Sequence[tuple[Floats, Floats]],
    audits: Mapping[str, Audit],
    *,
    seed: int,
    pooled: Collection[str] | None = None,
) -> Model:
    """Detection, bursts and pooled rates from all families together.

    Families outside `pooled` (not due, not findable) are estimated but teach the others nothing. `blocks` as
    in rates.dispersion.
    """
    detection = detect(audits, (e.stratum for e in evidence), n_draws=N_WORLDS, seed=seed)
    recall = np.array([detection[e.stratum].recall for e in evidence]).reshape(len(evidence), N_WORLDS)
    teaches = np.array([pooled is None or e.family in pooled for e in evidence], dtype=float)
    wrong = np.array([1 - detection[e.stratum].precision_mean for e in evidence])
    false_links = expected_false(*found_and_exposure(evidence), wrong=wrong, teaches=teaches)
    burst = dispersion(blocks, float(recall.mean()) if len(recall) else 0.8)
    with threadpool_limits(limits=1):  # two threads wait for each other a second long where cores are busy
        rates = fit_rates(
            evidence, recall=recall, false_links=false_links, teaches=teaches, burst=burst, seed=seed
        )
    by_world = {
        e.family: np.outer(f, (1 - detection[e.stratum].precision) / share)
        for e, f, share in zip(evidence, false_links, wrong, strict=True)
    }
    strata = {name: own_recalls(drawn, burst) for name, drawn in detection.items()}
    return Model(
        evidence={e.family: e for e in evidence},
        order={e.family: n for n, e in enumerate(evidence)},
        detection=detection,
        recalls=recalls_of(evidence, rates=rates, strata=strata, false_links=by_world, seed=seed),
        rates=rates,
        false_links=by_world,
        seed=seed,
    )


def estimate(
    model: Model, family: str, norm: int, *, drawn: Drawn | None = None, existing: Ints | None = None
) -> Estimate:
    """The posterior of a family in the window the model was fitted on; `norm` is for that window.

    `existing`: what `exists` gives of that window, where it is at hand.
    """
    own = model.evidence[family]
    draws = exists(model, family, own, drawn=drawn) if existing is None else existing
    if own.originals == 0:  # this silence itself, with what was written before
        if_zero = float((draws < norm).mean())
    elif norm <= MOST_TERMS:  # had we never found anything, would that convince us?
        if_zero = _gap_if_silent(model, family, norm)
    else:
        if_zero = float((exists(model, family, own, as_if=0) < norm).mean())
    return Estimate(
        posterior=summarise(draws, norm),
        recall=model.detection[own.stratum].recall_mean,
        p_gap_if_zero=if_zero,
    )


def estimate_part(
    model: Model, family: str, part: Evidence, p_below_norm: float, *, drawn: Drawn | None = None
) -> Posterior:
    """The posterior in a shorter window, the rate still learnt from the whole; P(gap) stays the whole's."""
    found = summarise(exists(model, family, part, drawn=drawn), 1)
    return Posterior(found.mean, found.lo, found.hi, found.pmf, found.p_none, p_below_norm)


def draw(model: Model, family: str, *, as_if: Literal[0] | None = None) -> Drawn:
    """Seeded draws of a family's rate and recall; `as_if` replaces all its found counts."""
    known = model.recalls[family]
    recall = known.given_found if as_if is None else known.given_nothing
    cell_rng = generator(model.seed, f"rate {family}")
    cell = _cells(_rate_weights(model, family, as_if, recall), N_PER_WORLD, cell_rng)
    within = cell_rng.random(cell.shape)  # log-uniform inside the cell, so that the grid does not show
    theta = THETA_EDGES.take(cell) * np.exp(within * LOG_THETA_STEP)
    mean = model.rates.mean[model.order[family]]
    return Drawn((mean[:, None] * theta).ravel(), np.repeat(recall, N_PER_WORLD))


def exists(
    model: Model,
    family: str,
    window: Evidence,
    *,
    as_if: Literal[0] | None = None,
    drawn: Drawn | None = None,
) -> Ints:
    """Seeded draws of N in `window`, at least as long as nothing: T + M + U.

    `as_if` replaces the family's found counts; `drawn`: its rates, where they are at hand. Shapes: (s * j,),
    ordered by world, so that sums over families keep what they share.
    """
    own = model.evidence[family]
    known = draw(model, family, as_if=as_if) if drawn is None else drawn
    rng = generator(model.seed, f"exists {family}")
    y = window.originals if as_if is None else as_if
    watched = window.exposure / own.exposure if own.exposure > 0 else 0.0
    exposure = np.repeat(np.broadcast_to(window.seen[:, 0], N_WORLDS), len(known.rate) // N_WORLDS)
    burst = model.rates.dispersion
    options = false_weights(y, model.false_links[family][0] * watched)
    false = false_draws(known.rate, known.recall, y, options, exposure=exposure, burst=burst, rng=rng)
    true = y - false
    return true + unseen(
        known.rate, known.recall, true, exposure=exposure, weeks=window.weeks, burst=burst, rng=rng
    )


def unseen(
    rate: Floats,
    r: Floats,
    true: Ints,
    *,
    exposure: Floats,
    weeks: float,
    burst: float,
    rng: np.random.Generator,
) -> Ints:
    """Draws of M, missed where we looked, plus U, where we did not, for each draw of rate and recall.

    Shapes: all (s * j,). Units: weeks.
    """
    bursts = burst - 1
    looked = rng.standard_gamma(rate * exposure / bursts + true + 1e-12) / (1 / bursts + r)
    away = rng.standard_gamma(rate * np.maximum(weeks - exposure, 0.0) / bursts + 1e-12) * bursts
    drawn: Ints = rng.poisson((1 - r) * looked + away)  # of both: a sum of Poisson numbers is one
    return drawn


def summarise(draws: Ints, norm: int) -> Posterior:
    """Mean, 95 % interval, probabilities and the pmf until PMF_UNTIL."""
    counts = np.bincount(draws)
    shares = counts / counts.sum()
    cumulated = np.cumsum(shares)
    last = int(np.searchsorted(cumulated, PMF_UNTIL - 1e-12))
    return Posterior(
        mean=float(draws.mean()),
        lo=int(np.searchsorted(cumulated, 0.025 - 1e-12)),
        hi=int(np.searchsorted(cumulated, 0.975 - 1e-12)),
        pmf=tuple(shares[: last + 1].tolist()),
        p_none=float(shares[0]),
        p_below_norm=float(shares[:norm].sum()),
    )


def _parts(
    model: Model, family: str, as_if: Literal[0] | None
) -> list[tuple[int, Floats, Floats, Floats | None]]:
    """Found, exposure, false links and weight of what tells of a family's rate: the window, what was before.

    Shapes: exposure (s, 1) or (1, 1); false links (s,); weight (s, 1), None: one.
    """
    own = model.evidence[family]
    now, past = model.false_links[family]
    parts: list[tuple[int, Floats, Floats, Floats | None]] = []
    for part, false_links, weight in (
        (own, now, None),
        (own.before, past, model.rates.carry[:, None]),
    ):
        if part is not None and part.exposure > 0:
            found = part.originals if as_if is None else as_if
            parts.append((found, part.seen, false_links, weight))
    return parts


def _rate_weights(model: Model, family: str, as_if: Literal[0] | None, recall: Floats) -> Floats:
    """Weights of the first values of THETA given the found counts, however many of them are false.

    Shapes: (s, cells); rows have a sum, but not the same. Cells that are left out weigh nothing beside it.
    """
    mean = model.rates.mean[model.order[family]][:, None]
    bursts = model.rates.dispersion - 1
    thinned = (1 + recall * bursts)[:, None]
    parts = [
        (found, mean * exposure / bursts, false_links, weight)
        for found, exposure, false_links, weight in _parts(model, family, as_if)
    ]
    told_by = -np.log(thinned)
    n = max(
        (_n_cells(found, float((size * told_by).max())) for found, size, _, _ in parts), default=len(THETA)
    )
    prior = model.rates.theta_weights.take(model.rates.spread, axis=0)[:, :n]
    weights = prior
    for found, size, false_links, weight in parts:
        told = likelihood(found, size * THETA[:n], thinned, false_links)
        weights = weights * (told if weight is None else told**weight)
    sums = weights.sum(axis=1, keepdims=True)
    return weights if sums.min() > 0 else np.where(sums > 0, weights, prior)


def _n_cells(found: int, slope: float) -> int:
    """How many values of THETA can matter where log P(found) falls by at least -`slope` a unit of theta.

    Of x = -slope theta, log P changes by at most found log(x / found) - (x - found) from x = found on.
    """
    x = np.maximum(THETA * -slope, max(found, 1e-300))
    fallen = x - found - (found * np.log(x / found) if found else 0.0)
    return max(int(np.searchsorted(fallen, NOTHING)), 1)


def _gap_if_silent(model: Model, family: str, norm: int) -> float:
    """P(N < norm) if nothing had ever been found, summed over the grid of rates.

    Then N = M + U, negative binomials with q = (1 - r) b / (1 + b) and b / (1 + b), b = D - 1. Of their sum
    n p(n) = size (c_1 p(n - 1) + ... + c_n p(0)), c_i the i-th powers of both q times the weeks seen and
    not, so that P(N < norm) is p(0) times a polynomial in size.
    """
    recall = model.recalls[family].given_nothing
    own, bursts = model.evidence[family], model.rates.dispersion - 1
    rate = model.rates.mean[model.order[family]] / bursts
    log_thinned = np.log1p(recall * bursts)
    fallen = [  # log P(nothing found) a unit of theta, of each part
        (-rate * exposure[:, 0] * log_thinned, weight) for _, exposure, _, weight in _parts(model, family, 0)
    ]
    n = max((_n_cells(0, float(told.max())) for told, _ in fallen), default=len(THETA))
    told = sum((told if weight is None else told * weight[:, 0] for told, weight in fallen), np.zeros(1))
    theta, prior = THETA[:n], model.rates.theta_weights.take(model.rates.spread, axis=0)[:, :n]
    weights = np.multiply.outer(np.broadcast_to(told, N_WORLDS), theta)
    weights = prior * np.exp(weights, out=weights)
    log_none, terms = _fewer(own, recall, bursts, norm)
    chance = np.multiply.outer(rate * log_none, theta)
    chance = np.exp(chance, out=chance)
    powers = np.arange(norm)
    chance *= (terms * rate ** powers[:, None]).T @ theta ** powers[:, None]
    chance *= weights
    sums = weights.sum(axis=1)
    return float((chance.sum(axis=1) / sums).mean())


def _fewer(own: Evidence, recall: Floats, bursts: float, norm: int) -> tuple[Floats, Floats]:
    """log p(0) a unit of size, and P(N < norm) / p(0) by the power of size. Shapes: (s,); (norm, s)."""
    seen = np.broadcast_to(own.seen[:, 0], N_WORLDS)
    q = np.stack([(1 - recall) * bursts / (1 + bursts), np.full(N_WORLDS, bursts / (1 + bursts))])
    weeks = np.stack([seen, np.maximum(own.weeks - seen, 0.0)])
    powers = [(weeks * q**n).sum(axis=0) for n in range(1, norm)]
    terms = np.zeros((norm, norm, N_WORLDS))  # of p(n) / p(0), by the power of size
    terms[0, 0] = 1.0
    for n in range(1, norm):
        terms[n, 1:] = sum(c * terms[n - i, :-1] for i, c in enumerate(powers[:n], 1)) / n
    return (weeks * np.log1p(-q)).sum(axis=0), terms.sum(axis=0)


def _cells(weights: Floats, n: int, rng: np.random.Generator) -> Ints:
    """Draws of cells by their weights, one in each n-th of the distribution of a row, in an order of its own.

    Shapes: (s, cells); (s, n).
    """
    cumulated = np.cumsum(weights, axis=1)
    cumulated *= n / cumulated[:, -1:]
    within = rng.random((len(weights), n))  # of the n-th; the number of the cells below it is the cell
    nth = np.minimum(cumulated.astype(np.intp), n - 1)
    rows = np.arange(len(weights))[:, None]
    below = nth + (within.take(nth + rows * n) <= cumulated - nth)
    passed = np.bincount((below + rows * (n + 1)).ravel(), minlength=len(weights) * (n + 1))
    cell = np.cumsum(passed.reshape(len(weights), n + 1)[:, :n], axis=1)
    # shuffled: the j-th draws of two families may share nothing but their world
    return rng.permuted(np.minimum(cell, weights.shape[1] - 1), axis=1)
