"""How well anybody could tell gaps in a simulated press: the model, told more and more of the truth.

A bar that is missed by all rows of a world lies in the press; what lies between two rows is what that piece
of knowledge is worth. Run it as `python -m benchmarks.gaps_limits`.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks import gaps
from monitor.demo.simulate import Press, simulate
from monitor.demo.worlds import WORLDS, Plan
from monitor.gaps import facts, model
from monitor.gaps.rates import K_GRID, THETA
from monitor.gaps.weights import Pool

FIGURES = ("auc_52w", "auc_articles", "auc_none_13w")


def main() -> None:
    """Print a row for each world: AUC of the model, told the weights, the law of the rates, each rate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--years", type=int, default=2)
    parser.add_argument("worlds", nargs="*", default=list(WORLDS), help="all without it")
    options = parser.parse_args()
    for name in options.worlds:
        print(name, json.dumps(limits(WORLDS[name], options.seed, options.years)), flush=True)


def limits(plan: Plan, seed: int, years: int) -> dict[str, Any]:
    """Figures of one world by what the model was told; `best` is the judge of monitor/demo/oracle.py."""
    plain = gaps.measure(plan, seed, years)
    found: dict[str, Any] = {"model": {name: plain[name] for name in FIGURES}}
    for told in ("weights", "law", "rates"):
        with _told(told):
            known = gaps.measure(plan, seed, years)
        found[told] = {name: known[name] for name in FIGURES}
    best = {"auc_52w": plain["auc_52w"] + plain["auc_behind_best"], "auc_none_13w": plain["auc_none_best"]}
    return {**found, "best": {name: round(value, 4) for name, value in best.items()}}


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Inside, the model knows something of the press that `measure` has just made."""
    at: list[Press] = []

    def remember(plan: Plan, seed: int) -> Press:
        at[:] = [simulate(plan, seed)]
        return at[0]

    def weights(pools: Sequence[Pool], *_given: Any, n_draws: int, **_choices: Any) -> list[Any]:
        known = dict(zip(at[0].sources, at[0].weights, strict=True))
        return [np.tile([known[source] for source in pool.sources], (n_draws, 1)) for pool in pools]

    def law(*given: Any, **choices: Any) -> model.Model:
        made = _with_rates(model.fit(*given, **choices), at[0].usual_rate_of())
        if at[0].plan.spread == "gamma":
            made.rates.spread[:] = int(np.argmin(abs(K_GRID - at[0].plan.spread_by)))
        return made

    def rates(*given: Any, **choices: Any) -> model.Model:
        made = _with_rates(model.fit(*given, **choices), at[0].rate_of())
        made.rates.theta_weights[:] = 0.0
        made.rates.theta_weights[:, int(np.argmin(abs(np.log(THETA))))] = 1.0
        return made

    news: dict[str, tuple[str, Callable[..., Any]]] = {
        "weights": ("rate_draws", weights),
        "law": ("fit", law),
        "rates": ("fit", rates),
    }
    with patch.object(gaps, "simulate", remember), patch.object(facts, *news[what]):
        yield


def _with_rates(made: model.Model, known: Mapping[str, float]) -> model.Model:
    for family, row in made.order.items():
        made.rates.mean[row] = max(known[family], 1e-9)
    return made


if __name__ == "__main__":
    main()
