"""The recall that each family has of its own in each world, given what was found of it. Pure.

Drawn for many families at once: of one alone the matrices are so small that calling numpy costs most.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.gaps.detection import Floats, OwnRecalls, drawn_rows, spread_uniform
from monitor.gaps.rates import K_GRID, Evidence, Rates

_AT_ONCE = 8  # families: their numbers still lie near the processor


@dataclass(frozen=True, slots=True)
class FamilyRecall:
    """Draws of one family's recall. Shapes: (s,) each."""

    given_found: Floats
    given_nothing: Floats  # had nothing of it ever been found


def recalls_of(
    evidence: Sequence[Evidence],
    *,
    rates: Rates,
    strata: Mapping[str, OwnRecalls],
    false_links: Mapping[str, Floats],
    seed: int,
) -> dict[str, FamilyRecall]:
    """The recall of every family. `evidence` in the order of `rates.mean`; false_links (2, s) of each family.

    With theta summed out, y is nearly NB(k) for any recall (exactly so for y = 0): much found speaks for a
    high recall, little for a low one, in so far as the rate of families like it was known before.
    """
    rows: dict[str, list[int]] = {}
    for n, one in enumerate(evidence):
        rows.setdefault(one.stratum, []).append(n)
    found: dict[str, FamilyRecall] = {}
    for stratum, of_stratum in rows.items():
        for first in range(0, len(of_stratum), _AT_ONCE):
            some = of_stratum[first : first + _AT_ONCE]
            named = [evidence[n] for n in some]
            told = _Told.of(named, false_links, rates, rates.mean[some])
            own, k = strata[stratum], K_GRID[rates.spread]
            uniform = [spread_uniform(len(k), seed, f"family recall {one.family}") for one in named]
            given = [_picked(log_p, own.options, np.array(uniform)) for log_p in told.log_chances(own, k)]
            found.update({e.family: FamilyRecall(*both) for e, *both in zip(named, *given, strict=True)})
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    """What tells of the recall of some families, in the window and before it.

    Shapes: expected (2, families, s), originals of the rate's size; found (2, families); n_true
    (families, s).
    """

    expected: Floats
    found: Floats
    n_true: Floats

    @classmethod
    def of(
        cls, families: Sequence[Evidence], false_links: Mapping[str, Floats], rates: Rates, mean: Floats
    ) -> "_Told":
        expected, found = np.zeros((2, *mean.shape)), np.zeros((2, len(mean)))
        weights = (None, rates.carry)
        for row, family in enumerate(families):
            for column, part in enumerate((family, family.before)):
                if part is not None and part.exposure > 0:
                    weight = weights[column]
                    rate = mean[row] if weight is None else weight * mean[row]
                    expected[column, row] = rate * part.seen[:, 0]
                    found[column, row] = part.originals
        wrong = np.stack([false_links[family.family] for family in families], axis=1)
        true = np.maximum(found[:, :, None] - wrong, 0.0)
        return cls(expected, found, true[0] + true[1] * rates.carry)

    def log_chances(self, own: OwnRecalls, k: Floats) -> tuple[Floats, Floats]:
        """Log chance of each recall that a family may have, given what was found, and given nothing.

        Shapes: (recalls, families, s): numpy is fast along the last axis and slow where that is short.
        """
        when_found, when_silent, thinned = (
            column.T[:, None, :].copy() for column in (own.found, own.silent, own.thinned)
        )
        silent, told = np.zeros(1), np.zeros(1)
        for expected, found in zip(self.expected, self.found, strict=True):
            if expected.any():
                silent = silent + expected * when_silent
                told = told + expected * np.where(found[:, None] > 0, when_found, when_silent)
        n_true = self.n_true / thinned
        log_p = n_true * np.log(np.maximum(told, 1e-12)) - (k + n_true) * np.log(k + told)
        return log_p, np.broadcast_to(-k * np.log(k + silent), log_p.shape).copy()


def _picked(log_p: Floats, options: Floats, uniform: Floats) -> Floats:
    """One option a world, drawn by its chance.

    Shapes: log_p (recalls, families, s); options (s, recalls); uniform (families, s).
    """
    log_p -= log_p.max(axis=0)
    chosen = drawn_rows(np.exp(log_p, out=log_p), uniform)
    picked: Floats = options[np.arange(len(options)), chosen]
    return picked
