"""How much each source writes, with its uncertainty: one set of draws for all families that share sources.

Pure. An original of scope g stands in source s with probability a(s) d(g, s) o(g, s) over the sum of the
scope: a is the source's rate, d what is special to the scope, o observed weeks. Gibbs; docs/method.md.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from monitor.gaps.detection import Floats, generator

Ints = NDArray[np.int64]

# Spread of rates inside a group, the shape of a gamma; from "one writes all" to "all write alike".
SHAPES: Floats = np.geomspace(0.3, 20.0, 16)
SHAPE_PRIOR = (np.log(2.0), 1.0)  # of its log: papers of a kind differ by some 70 %, the data outweigh it
# What is special to a scope, as originals' worth of the source's common rate; the last is "nothing".
CLOSENESS: Floats = np.geomspace(1.0, 1024.0, 11)
GROUP_WEIGHT = 2.0  # sources' worth of the common mean in the mean of a group
BURN_IN, THIN = 120, 4
CLOSENESS_EVERY = 8  # steps: it moves slowly and costs most


@dataclass(frozen=True, slots=True)
class Pool:
    """What was found in the sources of one scope. Shapes: found, observed (sources,). Units: weeks."""

    sources: tuple[str, ...]
    found: Floats
    observed: Floats


@dataclass(frozen=True, slots=True)
class _Flat:
    """All pools as one list of (scope, source) pairs."""

    scope: Ints
    source: Ints
    found: Floats
    observed: Floats
    group: Ints  # of each source
    n_scopes: int

    def by_scope(self, values: Floats) -> Floats:
        return np.asarray(np.bincount(self.scope, values, self.n_scopes), dtype=float)

    def by_source(self, values: Floats) -> Floats:
        return np.asarray(np.bincount(self.source, values, len(self.group)), dtype=float)


@dataclass(slots=True)
class _Chain:
    """Where the sampler stands."""

    rate: Floats  # of each source
    special: Floats  # of each pair
    pace: Floats  # originals per unit of rate and observed week, of each scope
    mean: Floats  # of each group
    shape: float
    closeness: float


def rate_draws(
    pools: Sequence[Pool], groups: Mapping[str, Hashable], *, n_draws: int, seed: int
) -> list[Floats]:
    """Draws of the rates of the sources of each pool, up to a factor that the whole draw has in common.

    `groups`: sources of a kind; one that was never observed is drawn like its kind.
    Shapes: (n_draws, sources).
    """
    if not any(pool.sources for pool in pools):
        return [np.zeros((n_draws, 0)) for _ in pools]
    flat = _flat(pools, groups)
    rng = generator(seed, "weights of sources")
    chain = _start(flat)
    kept = np.empty((n_draws, len(flat.scope)))
    for step in range(BURN_IN + THIN * n_draws):
        _move(chain, flat, rng, sees_closeness=step % CLOSENESS_EVERY == 0)
        if step >= BURN_IN and (step - BURN_IN) % THIN == THIN - 1:
            kept[(step - BURN_IN) // THIN] = chain.rate[flat.source] * chain.special
    ends = np.cumsum([len(pool.sources) for pool in pools])[:-1]
    return np.split(kept, ends, axis=1)


def _flat(pools: Sequence[Pool], groups: Mapping[str, Hashable]) -> _Flat:
    names = sorted({source for pool in pools for source in pool.sources})
    place = {name: n for n, name in enumerate(names)}
    kinds = {kind: n for n, kind in enumerate(dict.fromkeys(groups[name] for name in names))}
    return _Flat(
        scope=np.repeat(np.arange(len(pools)), [len(pool.sources) for pool in pools]),
        source=np.array([place[source] for pool in pools for source in pool.sources]),
        found=np.concatenate([pool.found for pool in pools]),
        observed=np.concatenate([pool.observed for pool in pools]),
        group=np.array([kinds[groups[name]] for name in names]),
        n_scopes=len(pools),
    )


def _start(flat: _Flat) -> _Chain:
    """Near the best fit, so that the sampler need not walk there."""
    n = len(flat.group)
    rate, pace = np.ones(n), np.ones(flat.n_scopes)
    found = flat.by_source(flat.found)
    for _ in range(30):
        pace = (flat.by_scope(flat.found) + 0.5) / (flat.by_scope(rate[flat.source] * flat.observed) + 1e-9)
        rate = (found + 1) / (flat.by_source(pace[flat.scope] * flat.observed) + 1)
        rate /= rate.mean()
    groups = int(flat.group.max()) + 1
    return _Chain(rate, np.ones(len(flat.scope)), pace, np.ones(groups), 2.0, float(CLOSENESS[-1]))


def _move(chain: _Chain, flat: _Flat, rng: np.random.Generator, *, sees_closeness: bool) -> None:
    """One step: each part drawn given all others."""
    known = chain.rate[flat.source] * chain.special * flat.observed
    # a flat prior of its log: how much a scope has in all says nothing of how it is shared
    chain.pace = rng.standard_gamma(flat.by_scope(flat.found)) / (flat.by_scope(known) + 1e-9)
    if flat.n_scopes > 1:  # of a single scope nothing can be said to be special
        expected = chain.pace[flat.scope] * chain.rate[flat.source] * flat.observed
        if sees_closeness:
            chain.closeness = _closeness(flat, expected, rng)
        drawn = rng.standard_gamma(chain.closeness + flat.found)
        chain.special = drawn / (chain.closeness + expected)
    worth = flat.by_source(chain.pace[flat.scope] * chain.special * flat.observed)
    drawn = rng.standard_gamma(chain.shape + flat.by_source(flat.found))
    chain.rate = np.maximum(drawn / (chain.shape / chain.mean[flat.group] + worth), 1e-12)
    _move_groups(chain, flat, rng)
    scale = float(chain.rate.mean())  # only ratios are known
    chain.rate, chain.mean, chain.pace = chain.rate / scale, chain.mean / scale, chain.pace * scale


def _move_groups(chain: _Chain, flat: _Flat, rng: np.random.Generator) -> None:
    """Mean of each group and the common spread inside groups."""
    sizes = np.bincount(flat.group)
    sums = np.bincount(flat.group, chain.rate)
    precise = rng.standard_gamma(GROUP_WEIGHT + 1 + chain.shape * sizes)
    chain.mean = (GROUP_WEIGHT + chain.shape * sums) / precise
    relative = chain.rate / chain.mean[flat.group]
    told = float((np.log(relative) - relative).sum())
    log_p = SHAPES * told + len(relative) * (SHAPES * np.log(SHAPES) - gammaln(SHAPES))
    log_p -= 0.5 * ((np.log(SHAPES) - SHAPE_PRIOR[0]) / SHAPE_PRIOR[1]) ** 2
    chain.shape = float(SHAPES[_pick(log_p, rng)])


def _closeness(flat: _Flat, expected: Floats, rng: np.random.Generator) -> float:
    """How close the scopes' own rates lie to the common ones, those rates summed out."""
    seen = expected > 0
    x, c = np.maximum(expected[seen][:, None], 1e-100), flat.found[seen][:, None]
    log_p = gammaln(CLOSENESS + c) - gammaln(CLOSENESS) + CLOSENESS * np.log(CLOSENESS / (CLOSENESS + x))
    log_p += c * np.log(x / (CLOSENESS + x))
    return float(CLOSENESS[_pick(log_p.sum(axis=0), rng)])


def _pick(log_p: Floats, rng: np.random.Generator) -> int:
    cumulated = np.cumsum(np.exp(log_p - log_p.max()))
    return int(np.searchsorted(cumulated, rng.random() * cumulated[-1]))
