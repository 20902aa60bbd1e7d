"""The gap model on simulated presses whose truth is known: is it right, and is it better than counting?

Every simulated year is judged at its four quarter ends. Bars and what they mean:
docs/decisions/040-gap-proof.md.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from monitor.demo.oracle import existing_draws
from monitor.demo.simulate import Press, is_due, simulate
from monitor.demo.worlds import WORLDS, Plan
from monitor.gaps.facts import Fitted, answer_of, fitted
from monitor.gaps.model import exists
from monitor.gaps.states import LEAST_SEEN, RAISE_AT, norm_for
from monitor.gaps.world import World

Floats = NDArray[np.float64]
Blindfold = Callable[[Press, World], World]
YEARS = 2
QUARTER, YEAR = 13, 52


@dataclass(frozen=True, slots=True)
class Told:
    """What one row of the answer said of one family, and what was true."""

    window: str
    exists: int
    articles: int
    norm: int
    rate: float
    seen: float  # exposure x recall, as a share of the window
    lo: int
    hi: int
    p_none: float
    p_below_norm: float
    pit: float  # randomised probability integral transform of what exists
    best: float  # P(gap) in the long window, P(none) in the short, of a judge who knows the parameters


def run(seed: int, years: int = YEARS) -> dict[str, Any]:
    """Figures of every world; `years` presses each, at four quarter ends."""
    return {name: measure(plan, seed, years) for name, plan in WORLDS.items()}


def measure(plan: Plan, seed: int, years: int, blind: Blindfold | None = None) -> dict[str, Any]:
    """Figures of one world; `blind` takes something from what the model is told.

    Units: shares; seconds of CPU of one table of all families.
    """
    rng = np.random.default_rng([seed, 43])
    rows: list[Told] = []
    totals: list[bool] = []
    began, n_tables = time.process_time(), 0
    for year in range(years):
        press = simulate(plan, seed * 1000 + year)
        for stop in _ends(plan):
            world = press.facts(stop) if blind is None else blind(press, press.facts(stop))
            known = fitted(world)
            rows += _told(press, stop, world, answer_of(known, world), rng)
            totals += _totals(press, stop, known)
            n_tables += 1
    spent = (time.process_time() - began) / n_tables
    return {**figures(rows), "region_totals": _mean(totals), "seconds_a_table": round(spent, 2)}


def figures(rows: list[Told]) -> dict[str, Any]:
    """Coverage, ranking and honesty of probabilities over all rows; nan where nothing can be compared."""
    long = [row for row in rows if row.window == "52w"]
    short = [row for row in rows if row.window == "13w"]
    is_gap = np.array([row.exists < row.norm for row in long])
    said = np.array([row.p_below_norm for row in long])
    seen = np.array([row.seen for row in long])
    counted = np.array([-float(row.articles) for row in long])
    against_norm = np.array([-row.articles / row.norm for row in long])
    raised = (said >= RAISE_AT) & (seen >= LEAST_SEEN)
    fifths = _by(rows, [row.rate for row in rows], 5)
    model, plain = auc(is_gap, said), auc(is_gap, counted)
    none = np.array([row.exists == 0 for row in short])
    return {
        "rows": len(rows),
        "pit": _mean(_inside(rows)),
        "pit_52w": _mean(_inside(long)),
        "pit_13w": _mean(_inside(short)),
        "pit_by_rate": fifths,
        "pit_worst_fifth": min(fifths),
        "pit_least_seen": _by(rows, [row.seen for row in rows], 4)[0],
        "plain": _mean([row.lo <= row.exists <= row.hi for row in rows]),
        "gaps_52w": _mean(is_gap),
        "auc_52w": round(model, 4),
        "auc_articles": round(plain, 4),
        "auc_articles_norm": round(auc(is_gap, against_norm), 4),
        "auc_gain": round(model - plain, 4),
        "auc_behind_best": round(auc(is_gap, np.array([row.best for row in long])) - model, 4),
        "auc_none_13w": round(auc(none, np.array([row.p_none for row in short])), 4),
        "auc_none_best": round(auc(none, np.array([row.best for row in short])), 4),
        "reliability": round(reliability(said, is_gap), 4),
        "raised": _mean(raised),
        "raised_true": _mean(is_gap[raised]),
    }


def auc(is_true: NDArray[np.bool_], score: Floats) -> float:
    """Chance that a true row scores above a false one, ties half; nan without both."""
    n = int(is_true.sum())
    if n in (0, len(is_true)):
        return float("nan")
    ranks = rankdata(score)
    return float((ranks[is_true].sum() - n * (n + 1) / 2) / (n * (len(is_true) - n)))


def reliability(said: Floats, is_true: NDArray[np.bool_]) -> float:
    """Mean distance of said and observed shares over tenths of the scale, weighted by their rows."""
    tenth = np.minimum((said * 10).astype(int), 9)
    parts = [(tenth == n) for n in range(10) if (tenth == n).any()]
    return float(sum(abs(said[p].mean() - is_true[p].mean()) * p.mean() for p in parts))


def _ends(plan: Plan) -> tuple[int, ...]:
    if plan.agency_out:  # it was out before the end only
        return (plan.n_weeks,)
    return tuple(range(plan.n_weeks - 3 * QUARTER, plan.n_weeks + 1, QUARTER))


def _told(
    press: Press, stop: int, world: World, answer: Mapping[str, Any], rng: np.random.Generator
) -> list[Told]:
    first = {"52w": stop - YEAR, "13w": stop - QUARTER}
    truth = {window: press.existing(week, stop) for window, week in first.items()}
    counted = {window: press.articles(week, stop) for window, week in first.items()}
    best = {window: existing_draws(press, world, week, stop) for window, week in first.items()}
    rates = press.rate_of()
    members = {a.family: a for a in press.agreements}  # those of a simulated family share norm and dates
    rows = []
    for row in answer["rows"]:
        name, window, agreement = row["id"], row["window"], members[row["id"]]
        n_weeks = sum(is_due(agreement, week) for week in range(first[window], stop))
        norm = norm_for(agreement.norm, n_weeks)
        if row["state"] == "not_due":
            continue
        rows.append(
            Told(
                window=window,
                exists=truth[window][name],
                articles=counted[window][name],
                norm=norm,
                rate=rates[name],
                seen=row["exposure"] * row["recall"] / n_weeks if n_weeks else 0.0,
                lo=row["lo"],
                hi=row["hi"],
                p_none=row["p_none"],
                p_below_norm=row["p_below_norm"] or 0.0,
                pit=_pit(row["pmf"], truth[window][name], rng),
                best=float((best[window][name] < (norm if window == "52w" else 1)).mean()),
            )
        )
    return rows


def _pit(pmf: list[float], n: int, rng: np.random.Generator) -> float:
    below = min(sum(pmf[:n]), 1.0)
    if n >= len(pmf):  # beyond what the answer lists: at most .001 of the probability
        return below + float(rng.random()) * (1 - below)
    return below + float(rng.random()) * pmf[n]


def _totals(press: Press, stop: int, known: Fitted) -> list[bool]:
    """Whether the 95 % interval of each region's total holds what exists there."""
    truth = press.existing(stop - YEAR, stop)
    region = {a.family: r for a, r in zip(press.agreements, press.regions, strict=True)}
    sums: dict[int, Any] = {}
    real: dict[int, int] = {}
    for family in known.families:
        if family.due[-1]:
            draws = exists(known.model, family.id, known.model.evidence[family.id])
            at = region[family.id]
            sums[at] = sums.get(at, 0) + draws
            real[at] = real.get(at, 0) + truth[family.id]
    inside = []
    for at, draws in sums.items():
        lo, hi = np.quantile(draws, [0.025, 0.975])
        inside.append(bool(lo <= real[at] <= hi))
    return inside


def _inside(rows: list[Told]) -> list[bool]:
    return [0.025 < row.pit < 0.975 for row in rows]


def _by(rows: list[Told], key: list[float], n: int) -> list[float]:
    """Coverage in each n-th of the rows, ordered by a key."""
    order = np.argsort(key, kind="stable")
    inside = np.array(_inside(rows))
    return [_mean(inside[part]) for part in np.array_split(order, n)]


def _mean(values: Any) -> float:
    return round(float(np.mean(values)), 4) if len(values) else float("nan")
