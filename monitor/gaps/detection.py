"""How likely a report that exists is found, and a found link is right: Beta draws per stratum from the audit.

Pure. Strata are link classes by language; their recall is shrunk to the recall of all strata together.
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

Floats = NDArray[np.float64]

# What is assumed before anybody audits: recall .80 (95 % interval .48-.98), precision .90 (.74-.99).
RECALL_PRIOR = (6.4, 1.6)
PRECISION_PRIOR = (18.0, 2.0)
# A stratum is drawn towards the pooled figure with the weight of this many audited items; unproven: with
# 8 a stratum's own audit outweighs the pool after two weeks of the 20 + 20 + 10 plan.
POOL_WEIGHT = 8.0
FAMILY_SPREAD = 0.12  # standard deviation of a family's own recall around its stratum's, to start with
N_OWN = 16  # values of a family's own recall in each draw of its stratum


@dataclass(frozen=True, slots=True)
class Audit:
    """Answers of the reviewers in one stratum, added up."""

    linkable: int  # existing reports that were checked
    linked: int  # of these, found by us
    links_checked: int
    links_right: int


@dataclass(frozen=True, slots=True)
class Detection:
    """Draws of one stratum; the same draw index means the same world in every family of the stratum.

    Shapes: recall and precision (s,), in (0, 1).
    """

    recall: Floats
    precision: Floats
    assumed: bool  # nobody audited any stratum: the prior alone speaks

    @property
    def recall_mean(self) -> float:
        """Mean recall of the stratum."""
        return float(self.recall.mean())

    @property
    def precision_mean(self) -> float:
        """Mean precision of the stratum."""
        return float(self.precision.mean())


@dataclass(frozen=True, slots=True)
class OwnRecalls:
    """What the own recall of a stratum's families may be, and what follows from it. Shapes: (s, N_OWN)."""

    options: Floats
    thinned: Floats  # D'
    found: Floats  # events of the rate's size a found original speaks for
    silent: Floats  # ... and a silence


def detect(
    audits: Mapping[str, Audit], strata: Iterable[str], *, n_draws: int, seed: int
) -> dict[str, Detection]:
    """Draws for each stratum; one without an audit of its own gets the pooled figure with a wide spread."""
    linked = sum(a.linked for a in audits.values())
    missed = sum(a.linkable - a.linked for a in audits.values())
    right = sum(a.links_right for a in audits.values())
    wrong = sum(a.links_checked - a.links_right for a in audits.values())
    recall = _share(RECALL_PRIOR, linked, missed)
    precision = _share(PRECISION_PRIOR, right, wrong)
    found = {}
    for name in sorted(set(strata)):
        own = audits.get(name, Audit(0, 0, 0, 0))
        a, b = _shrunk(recall, RECALL_PRIOR, linked + missed, own.linked, own.linkable - own.linked)
        c, d = _shrunk(
            precision, PRECISION_PRIOR, right + wrong, own.links_right, own.links_checked - own.links_right
        )
        # unaudited recall is one unknown for all strata, so that errors do not average out over a region
        key = name if linked + missed else ""
        found[name] = Detection(
            recall=betaincinv(a, b, spread_uniform(n_draws, seed, f"recall {key}")),
            precision=betaincinv(c, d, spread_uniform(n_draws, seed, f"precision {key}")),
            assumed=linked + missed == 0,
        )
    return found


def family_recalls(stratum: Detection) -> Floats:
    """What a family's own recall may be in each draw of its stratum: equally likely values in rising order.

    They are the middles of the equal parts of a Beta with the draw's mean and FAMILY_SPREAD.
    Shapes: (s, N_OWN).
    """
    mean = np.clip(stratum.recall, 0.02, 0.98)[:, None]
    # a Beta needs variance < mean (1 - mean); near the ends the spread shrinks with it
    variance = np.minimum(FAMILY_SPREAD**2, 0.4 * mean * (1 - mean))
    size = mean * (1 - mean) / variance - 1
    middles = (np.arange(N_OWN) + 0.5) / N_OWN
    drawn: Floats = np.clip(betaincinv(mean * size, (1 - mean) * size, middles), 0.01, 0.999)
    return drawn


def own_recalls(stratum: Detection, burst: float) -> OwnRecalls:
    """What a stratum's families may have as recalls of their own, for a dispersion of what exists."""
    options = family_recalls(stratum)
    thinned = 1 + options * (burst - 1)
    return OwnRecalls(options, thinned, options / thinned, np.log(thinned) / (burst - 1))


def spread_uniform(n: int, seed: int, name: str) -> Floats:
    """n uniform numbers, one in each n-th of (0, 1), in an order that depends on seed and name only.

    Stratified: 256 of them carry less noise than 2,000 independent ones.
    """
    rng = generator(seed, name)
    drawn: Floats = (rng.permutation(n) + rng.uniform(0.05, 0.95, n)) / n
    return drawn


def generator(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each named purpose, so that a row never depends on the rows around it."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def _share(prior: tuple[float, float], yes: int, no: int) -> float:
    return (prior[0] + yes) / (prior[0] + prior[1] + yes + no)


def _shrunk(
    pooled: float, prior: tuple[float, float], audited: int, yes: int, no: int
) -> tuple[float, float]:
    if audited == 0:
        return prior
    return POOL_WEIGHT * pooled + yes, POOL_WEIGHT * (1 - pooled) + no
