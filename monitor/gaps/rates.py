"""How many originals a week a family's press writes: pooled rates with shrinkage, spread and bursts.

Pure. log rate = intercept + level + kind + partner country + age + log theta, theta ~ Gamma(k, k); additive
and shrunk. Counts are overdispersed by a constant factor D (reports come in bursts).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, gammaln, ndtri

from monitor.gaps.detection import Floats, spread_uniform

# Grid for theta: a family writes between 1/1000 and 1000 times what families like it write.
THETA_EDGES: Floats = np.geomspace(1e-3, 1e3, 73)
LOG_THETA_STEP = float(np.log(THETA_EDGES[1] / THETA_EDGES[0]))
THETA: Floats = np.sqrt(THETA_EDGES[1:] * THETA_EDGES[:-1])
K_GRID: Floats = np.array([0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.75, 1.0, 1.4, 2.0, 3.0, 5.0, 10.0])
K_PRIOR = (np.log(0.8), 1.0)  # of log k: press attention is uneven, how uneven the data say

# Before anything is found: four originals a year, give or take a factor of 4.5. Data outweigh it quickly.
INTERCEPT_PRIOR = (np.log(4 / 52), 1.5)
EFFECT_SD = {"level": 0.7, "kind": 0.7, "partner_country": 0.5, "age": 0.3}  # of log rate
DISPERSION_PRIOR = 1.8  # found dispersion before there is data: an event makes one to three reports
DISPERSION_WEIGHT = 20.0  # originals' worth of that prior
DISPERSION_RANGE = (1.05, 12.0)
# Weight of what was found before the window: 1, the press has not changed; 0, the past says nothing of today.
CARRY_GRID: Floats = np.array([0.0, 0.15, 0.3, 0.5, 0.75, 1.0])
BLOCK_WEEKS = 4  # long enough to hold the reports of one event, short enough for several in a year
_MAX_STEP = 2.0  # of the log rate in one Newton step


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of one family while it was due. Units: weeks."""

    family: str
    originals: int
    exposure: float  # mean of the worlds'
    weeks: float
    stratum: str
    features: Mapping[str, str]  # level, kind, partner_country, age: whichever are known
    exposures: Floats | None = None  # in each world, (s,); None: the weights of the sources are known
    before: "Evidence | None" = None  # the same family in the weeks before the window

    @property
    def seen(self) -> Floats:
        """Exposure in each world. Shapes: (s, 1) or (1, 1)."""
        return np.array([[self.exposure]]) if self.exposures is None else self.exposures[:, None]


@dataclass(frozen=True, slots=True)
class Rates:
    """Prior of each family's rate for each draw, before its own count is used.

    Shapes: mean (n, s) originals a week at theta = 1; spread (s,) index into K_GRID; carry (s,) weight of
    what was found before the window; theta_weights (len(K_GRID), len(THETA)), rows sum to 1.
    """

    mean: Floats
    spread: NDArray[np.intp]
    carry: Floats
    theta_weights: Floats
    dispersion: float
    k: float  # posterior mean


def found_and_exposure(evidence: Sequence[Evidence]) -> tuple[Floats, Floats]:
    """Originals and exposure in weeks of each family, in the window and before it. Shapes: (n, 2) each."""
    parts = [part for e in evidence for part in (e, e.before)]
    found = np.array([p.originals if p else 0 for p in parts], dtype=float)
    exposure = np.array([p.exposure if p else 0.0 for p in parts], dtype=float)
    return found.reshape(-1, 2), exposure.reshape(-1, 2)


def dispersion(blocks: Sequence[tuple[Floats, Floats]], recall: float) -> float:
    """D, variance over mean of what exists, from found originals and exposure in 4-week blocks of families.

    Within a family of constant rate E (y_b - Y e_b / E)^2 = D_found Y (e_b / E)(1 - e_b / E), so the sums of
    both sides over all families give D_found; it is un-thinned as D = 1 + (D_found - 1) / recall.
    """
    seen, expected = DISPERSION_WEIGHT * DISPERSION_PRIOR, DISPERSION_WEIGHT
    for found, exposure in blocks:
        total, weight = found.sum(), exposure.sum()
        if total <= 0 or weight <= 0:
            continue
        share = exposure / weight
        seen += float(((found - total * share) ** 2).sum())
        expected += float(total * (share * (1 - share)).sum())
    low, high = DISPERSION_RANGE
    return float(np.clip(1 + (seen / expected - 1) / recall, low, high))


@dataclass(frozen=True, slots=True)
class _Counts:
    """Found counts of families; columns: the window, before it. Shapes: (n, 2), `worlds` (n, 2, s)."""

    found: Floats
    seen: Floats  # exposure times recall
    false_links: Floats
    worlds: Floats  # `seen` in each world

    def together(self, carry: float) -> tuple[Floats, Floats, Floats]:
        """Found, seen and false links, the past at its weight. Shapes: (n,)."""
        weight = np.array([1.0, carry])
        return self.found @ weight, self.seen @ weight, self.false_links @ weight


def fit_rates(
    evidence: Sequence[Evidence],
    *,
    recall: Floats,
    false_links: Floats,
    teaches: Floats,
    burst: float,
    seed: int,
) -> Rates:
    """Pooled rates of all families, with the uncertainty of the effects, of k and of the carry in the draws.

    Shapes: recall (n, s): of each family's stratum in each world; false_links (n, 2): expected in the window
    and before it; teaches (n,): 1 for a family whose counts enter the pool, else 0.
    """
    counts = _counts(evidence, recall, false_links, teaches)
    design, prior = _design(evidence)
    thinned = 1 + recall.mean(axis=1) * (burst - 1)
    effects, log_k, carry = prior[0].copy(), float(K_PRIOR[0]), 1.0
    weights = theta_weights()
    for _ in range(3):  # mean, spread and carry hardly depend on each other: three rounds settle them
        y, seen, false = counts.together(carry)
        effects, information = _scored(
            design, y, effects, seen=seen, false_links=false, prior=prior, burst=burst, k=math.exp(log_k)
        )
        m = np.exp(design @ effects)
        k_weights = _k_posterior(y, m * seen, false, thinned=thinned, weights=weights)
        log_k = float(k_weights @ np.log(K_GRID))
        carry_weights = _carry_posterior(counts, m, thinned=thinned, theta=k_weights @ weights)
        carry = float(carry_weights @ CARRY_GRID)
    drawn = _effect_draws(effects, information, recall.shape[1], seed) + _moved(
        counts, design, effects, information, prior=prior, carry=carry, burst=burst, k=math.exp(log_k)
    )
    return Rates(
        mean=np.exp(np.clip(design @ drawn, -12, 5)),
        spread=_drawn_index(k_weights, recall.shape[1], seed, "k"),
        carry=CARRY_GRID[_drawn_index(carry_weights, recall.shape[1], seed, "carry")],
        theta_weights=weights,
        dispersion=burst,
        k=float(k_weights @ K_GRID),
    )


def _counts(evidence: Sequence[Evidence], recall: Floats, false_links: Floats, teaches: Floats) -> _Counts:
    found, exposure = found_and_exposure(evidence)
    worlds = np.zeros((*exposure.shape, recall.shape[1]))
    for row, item in enumerate(evidence):
        for column, part in enumerate((item, item.before)):
            if part is not None:
                worlds[row, column] = part.seen[:, 0]
    taught = teaches[:, None]
    return _Counts(
        found=found * taught,
        seen=exposure * recall.mean(axis=1)[:, None] * taught,
        false_links=false_links * taught,
        worlds=worlds * recall[:, None, :] * taught[:, :, None],
    )


def _design(evidence: Sequence[Evidence]) -> tuple[Floats, tuple[Floats, Floats]]:
    """Which effects each family has, and mean and precision of their prior. Shapes: (n, p); (p,) each."""
    columns = sorted({(f, v) for e in evidence for f, v in e.features.items()})
    index = {column: n + 1 for n, column in enumerate(columns)}
    design = np.zeros((len(evidence), len(columns) + 1))
    design[:, 0] = 1
    for row, item in enumerate(evidence):
        for feature in item.features.items():
            design[row, index[feature]] = 1
    mean = np.zeros(len(columns) + 1)
    mean[0] = INTERCEPT_PRIOR[0]
    sds = [INTERCEPT_PRIOR[1], *(EFFECT_SD[feature] for feature, _ in columns)]
    return design, (mean, 1 / np.square(np.array(sds)))


def _scored(
    design: Floats,
    y: Floats,
    effects: Floats,
    *,
    seen: Floats,
    false_links: Floats,
    prior: tuple[Floats, Floats],
    burst: float,
    k: float,
) -> tuple[Floats, Floats]:
    """Fisher scoring of the quasi-likelihood with variance m D' + m^2 / k and Gaussian shrinkage."""
    prior_mean, prior_precision = prior
    thinned = 1 + (burst - 1) * 0.8  # D' at a usual recall; only weights depend on it
    information = np.diag(prior_precision)
    for _ in range(50):
        m = np.exp(np.clip(design @ effects, -12, 5)) * seen
        variance = m * thinned + m**2 / k + false_links + 1e-9
        slope = design.T @ (m * (y - m - false_links) / variance) - prior_precision * (effects - prior_mean)
        information = (design * (m**2 / variance)[:, None]).T @ design + np.diag(prior_precision)
        step = np.linalg.solve(information, slope)
        step *= min(1.0, _MAX_STEP / (np.abs(step).max() + 1e-12))
        effects = effects + step
        if np.abs(step).max() < 1e-6:
            break
    return effects, information


def theta_weights() -> Floats:
    """Prior mass of each THETA cell for each k; what lies outside the grid goes to its ends."""
    below = gammainc(K_GRID[:, None], K_GRID[:, None] * THETA_EDGES[None, 1:-1])
    edges = np.hstack([np.zeros((len(K_GRID), 1)), below, np.ones((len(K_GRID), 1))])
    return np.diff(edges, axis=1)


def _k_posterior(y: Floats, m: Floats, false_links: Floats, *, thinned: Floats, weights: Floats) -> Floats:
    """Marginal likelihood of each k, theta summed out on the grid. Shapes: (len(K_GRID),), sums to 1."""
    log_p = _log_found(y, m[:, None] * THETA + false_links[:, None], thinned)
    top = log_p.max(axis=1, keepdims=True)
    marginal = (np.log(np.exp(log_p - top) @ weights.T + 1e-300) + top).sum(axis=0)
    marginal += -0.5 * ((np.log(K_GRID) - K_PRIOR[0]) / K_PRIOR[1]) ** 2
    scaled = np.exp(marginal - marginal.max())
    return np.asarray(scaled / scaled.sum())


def _carry_posterior(counts: _Counts, m: Floats, *, thinned: Floats, theta: Floats) -> Floats:
    """How well the past, at each weight, foretells what was found in the window. Shapes: (len(CARRY_GRID),).

    `m`: weekly rates at theta = 1; `theta`: prior of theta.
    """
    now, past = (
        _log_found(
            counts.found[:, n],
            m[:, None] * counts.seen[:, n, None] * THETA + counts.false_links[:, n, None],
            thinned,
        )
        for n in (0, 1)
    )
    log_p = np.zeros(len(CARRY_GRID))
    for n, weight in enumerate(CARRY_GRID):
        learnt = np.log(theta + 1e-300) + weight * past
        top = learnt.max(axis=1, keepdims=True)
        learnt = np.exp(learnt - top)
        told = (learnt * np.exp(now)).sum(axis=1) / learnt.sum(axis=1)
        log_p[n] = np.log(told + 1e-300).sum()
    scaled = np.exp(log_p - log_p.max())
    return np.asarray(scaled / scaled.sum())


def _log_found(found: Floats, mean: Floats, thinned: Floats) -> Floats:
    """log P(found) for each value of theta; false links are counted like bursts. Shapes: (n, len(THETA))."""
    size, counts = (mean + 1e-12) / (thinned[:, None] - 1), found[:, None]
    log_p = gammaln(size + counts) - gammaln(size) - gammaln(counts + 1)
    log_p += -size * np.log(thinned)[:, None] + counts * np.log(1 - 1 / thinned)[:, None]
    return np.asarray(log_p)


def _moved(
    counts: _Counts,
    design: Floats,
    effects: Floats,
    information: Floats,
    *,
    prior: tuple[Floats, Floats],
    carry: float,
    burst: float,
    k: float,
) -> Floats:
    """What each world's own exposure and recall change in the effects. Shapes: (p, s).

    Where less was seen than thought, more is written: Newton steps with the information of the mean world.
    """
    y, _, false = counts.together(carry)
    seen = counts.worlds[:, 0] + carry * counts.worlds[:, 1]
    thinned = 1 + (burst - 1) * 0.8
    prior_mean, precision = prior
    moved = np.zeros((len(effects), seen.shape[1]))
    for _ in range(4):
        at = effects[:, None] + moved
        m = np.exp(np.clip(design @ at, -12, 5)) * seen
        variance = m * thinned + m**2 / k + false[:, None] + 1e-9
        slope = design.T @ (m * (y[:, None] - m - false[:, None]) / variance)
        slope -= precision[:, None] * (at - prior_mean[:, None])
        moved += np.clip(np.linalg.solve(information, slope), -1.0, 1.0)
    return moved


def _drawn_index(weights: Floats, n_draws: int, seed: int, name: str) -> NDArray[np.intp]:
    drawn = np.searchsorted(np.cumsum(weights), spread_uniform(n_draws, seed, name))
    return np.minimum(drawn, len(weights) - 1)


def _effect_draws(effects: Floats, information: Floats, n_draws: int, seed: int) -> Floats:
    """Normal draws around the effects with the inverse information. Shapes: (p, s)."""
    root = np.linalg.cholesky(information)
    normal = np.stack([ndtri(spread_uniform(n_draws, seed, f"effect {n}")) for n in range(len(effects))])
    drawn: Floats = effects[:, None] + np.linalg.solve(root.T, normal)
    return drawn
