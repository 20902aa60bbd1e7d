"""How likely a report that exists is found, and a found link is right: Beta draws per stratum from the audit.

Pure. Strata are link classes by language; their recall is shrunk to the recall of all strata together.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, betaln

Floats = NDArray[np.float64]

# What is assumed before anybody audits: recall .80 (95 % interval .48-.98), precision .90 (.74-.99).
RECALL_PRIOR = (6.4, 1.6)
PRECISION_PRIOR = (18.0, 2.0)
# A stratum is drawn towards what all have in common with the weight of this many audited items, which the
# audits themselves tell: where strata differ much, few; where they agree, many. All as likely beforehand.
POOL_WEIGHTS = (2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
N_POOLED = 40  # values of what the strata have in common
MOST_POOLED = 24.0  # answers that narrow where these are looked for: strata of their own are wider
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
    """Draws for each stratum; one without an audit of its own is as far from the others as they are apart."""
    recalls = {name: (a.linked, a.linkable - a.linked) for name, a in audits.items()}
    precisions = {name: (a.links_right, a.links_checked - a.links_right) for name, a in audits.items()}
    recall = _pooled(RECALL_PRIOR, list(recalls.values()), n_draws, seed, "recall")
    precision = _pooled(PRECISION_PRIOR, list(precisions.values()), n_draws, seed, "precision")
    audited = any(sum(answers) for answers in recalls.values())
    found = {}
    for name in sorted(set(strata)):
        (linked, missed), (right, wrong) = recalls.get(name, (0, 0)), precisions.get(name, (0, 0))
        # unaudited recall is one unknown for all strata, so that errors do not average out over a region
        key = name if audited else ""
        uniform = [spread_uniform(n_draws, seed, f"{what} {key}") for what in ("recall", "precision")]
        found[name] = Detection(
            recall=betaincinv(recall[0] + linked, recall[1] + missed, uniform[0]),
            precision=betaincinv(precision[0] + right, precision[1] + wrong, uniform[1]),
            assumed=not audited,
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

    Stratified: 128 of them carry less noise than 1,000 independent ones.
    """
    rng = generator(seed, name)
    drawn: Floats = (rng.permutation(n) + rng.uniform(0.05, 0.95, n)) / n
    return drawn


def drawn_rows(weights: Floats, uniform: Floats) -> NDArray[np.uint8]:
    """The number of a row for each column, drawn by the weights of the rows, which are spent on it.

    Shapes: weights (rows, ...), at most 256 rows; uniform (...) in (0, 1).
    """
    for n in range(1, len(weights)):  # by rows: along this axis cumsum and sum take four times as long
        weights[n] += weights[n - 1]
    bar = uniform * weights[-1]
    chosen = np.zeros(bar.shape, dtype=np.uint8)
    for row in weights[:-1]:
        chosen += (row < bar).view(np.uint8)
    return chosen


def generator(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each named purpose, so that a row never depends on the rows around it."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def _pooled(
    prior: tuple[float, float], answers: Sequence[tuple[int, int]], n_draws: int, seed: int, what: str
) -> tuple[Floats, Floats]:
    """The Beta that strata are drawn from, in each world; without an audit the prior. Shapes: (s,) each.

    A stratum has yes ~ BetaBinomial(w p, w (1 - p)): p, what all have in common, and the weight w are drawn
    together by how likely they make all answers.
    """
    told = [(yes, no) for yes, no in answers if yes + no]
    if not told:
        return np.full(n_draws, prior[0]), np.full(n_draws, prior[1])
    n_yes, n_no = (sum(column) for column in zip(*told, strict=True))
    size = min(1.0, MOST_POOLED / (n_yes + n_no))
    a, b = prior[0] + size * n_yes, prior[1] + size * n_no
    middles = (np.arange(N_POOLED) + 0.5) / N_POOLED
    # looked for near the answers, and weighed as it was likely before them
    share = np.repeat(betaincinv(a, b, middles), len(POOL_WEIGHTS))
    own_yes = np.tile(POOL_WEIGHTS, N_POOLED) * share
    own_no = np.tile(POOL_WEIGHTS, N_POOLED) * (1 - share)
    log_p = (prior[0] - a) * np.log(share) + (prior[1] - b) * np.log1p(-share)
    for yes, no in told:
        log_p += betaln(own_yes + yes, own_no + no) - betaln(own_yes, own_no)
    cumulated = np.cumsum(np.exp(log_p - log_p.max()))
    uniform = spread_uniform(n_draws, seed, f"pooled {what}")
    chosen = np.searchsorted(cumulated, uniform * cumulated[-1])
    return own_yes[chosen], own_no[chosen]
