"""What each part of the gap model is for: without it, which figure falls below its bar.

Run it as `python -m benchmarks.gaps_ablation`; about a minute a part.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.gaps import Blindfold, measure
from monitor.demo.simulate import Press
from monitor.demo.worlds import BASE, WORLDS, Plan
from monitor.gaps import facts, model
from monitor.gaps.detection import Audit
from monitor.gaps.weights import Pool
from monitor.gaps.world import World

N_FAMILIES = 150


@dataclass(frozen=True, slots=True)
class Removal:
    """One part taken away in a world where it matters, and the figure that should show it."""

    world: Plan
    figure: str
    bar: float  # at least; of the reliability error: at most
    blind: Blindfold | None = None
    without: Callable[[], AbstractContextManager[Any]] = nullcontext
    years: int = 1


def main() -> None:
    """Print a row for each part: the figure, its bar, and its value with and without the part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("parts", nargs="*", default=list(REMOVALS), help="all without it")
    options = parser.parse_args()
    for name in options.parts:
        print(name, json.dumps(row_of(REMOVALS[name], options.seed)), flush=True)


def row_of(removal: Removal, seed: int) -> dict[str, Any]:
    """One row of the table."""
    plan = replace(removal.world, n_families=N_FAMILIES)
    whole = measure(plan, seed, removal.years)[removal.figure]
    with removal.without():
        less = measure(plan, seed, removal.years, removal.blind)[removal.figure]
    return {
        "figure": removal.figure,
        "bar": removal.bar,
        "with": whole,
        "without": less,
        "misses_without": _holds(removal, whole) and not _holds(removal, less),
    }


def _holds(removal: Removal, value: float) -> bool:
    return bool(value <= removal.bar if removal.figure == "reliability" else value >= removal.bar)


def _all_seen(_press: Press, world: World) -> World:
    """Every source was observed all the time."""
    return replace(world, observed=dict.fromkeys(world.observed, 1.0))


def _articles(press: Press, world: World) -> World:
    """Reprints count like originals."""
    found = dict.fromkeys(world.found, 0)
    rows = press.rows
    for n in np.flatnonzero((rows.linked_to >= 0) & (rows.week <= world.last_week)):
        key = (press.agreements[rows.linked_to[n]].id, int(rows.week[n]), press.sources[rows.source[n]])
        found[key] += int(rows.articles[n])
    return replace(world, found=found)


def _nothing_missed(_press: Press, world: World) -> World:
    """An audit in which everything that exists had been linked."""
    return replace(world, audits={n: replace(a, linkable=9000, linked=9000) for n, a in world.audits.items()})


def _nothing_false(_press: Press, world: World) -> World:
    """An audit in which every link was right."""
    return replace(world, audits={n: _all_right(a) for n, a in world.audits.items()})


def _all_right(audit: Audit) -> Audit:
    return replace(audit, links_checked=9000, links_right=9000)


def _first_member(_press: Press, world: World) -> World:
    """A family is judged by what was linked to its first member."""
    firsts = {a.family: a.id for a in reversed(world.agreements)}
    family = {a.id: a.family for a in world.agreements}
    found = {key: n for key, n in world.found.items() if firsts[family[key[0]]] == key[0]}
    return replace(world, found=found)


@contextmanager
def _equal_weights() -> Iterator[None]:
    def alike(pools: Sequence[Pool], *_given: Any, n_draws: int, **_choices: Any) -> list[Any]:
        return [np.ones((n_draws, len(pool.sources))) for pool in pools]

    with patch.object(facts, "rate_draws", alike):
        yield


@contextmanager
def _no_bursts() -> Iterator[None]:
    with patch.object(model, "dispersion", lambda _blocks, _recall: 1.05):
        yield


@contextmanager
def _no_pooling() -> Iterator[None]:
    def alone(*given: Any, **choices: Any) -> model.Model:
        return model.fit(*given, **{**choices, "pooled": ()})

    with patch.object(facts, "fit", alone):
        yield


REMOVALS = {
    "exposure": Removal(replace(BASE, dead=0.3, outage=0.05), "pit_least_seen", 0.90, _all_seen),
    "exposure_weights": Removal(WORLDS["agency_out"], "pit_worst_fifth", 0.90, None, _equal_weights, years=4),
    "originals": Removal(WORLDS["agency"], "pit", 0.92, _articles),
    "recall": Removal(BASE, "pit", 0.93, _nothing_missed),
    "false_links": Removal(WORLDS["false_15"], "pit", 0.92, _nothing_false),
    "pooling": Removal(BASE, "reliability", 0.04, None, _no_pooling),
    "bursts": Removal(WORLDS["clusters_4"], "pit_worst_fifth", 0.90, None, _no_bursts),
    "families": Removal(replace(BASE, two_members=0.5), "pit", 0.93, _first_member),
}


if __name__ == "__main__":
    main()
