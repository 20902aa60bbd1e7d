"""The model alone, on facts from CSV files, so that anybody can test it on worlds of their own.

Pure but for reading the folder. The formats of the files and of the answer: docs/method.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from monitor.core.ids import SourceId
from monitor.gaps.exposure import Floats, scope_rates, shares
from monitor.gaps.model import Estimate, Model, estimate, estimate_part, fit, is_dark, norm_for, settle
from monitor.gaps.rates import BLOCK_WEEKS, Evidence
from monitor.gaps.types import Posterior, State
from monitor.gaps.world import FactAgreement, World, read_world

LONG_WEEKS, SHORT_WEEKS = 52, 13
SEED = 2026
DIGITS = 6


@dataclass(frozen=True, slots=True)
class FactFamily:
    """One family with what was found and seen of it. Shapes: arrays have one entry a week, from week 0."""

    id: str
    stratum: str
    norm: int
    features: dict[str, str]
    due: Floats  # 1 in weeks in which a member was due, else 0
    found: Floats  # originals in scope and while due
    exposure: Floats  # weeks, while due


@dataclass(frozen=True, slots=True)
class Fitted:
    """Families in file order and the model that was fitted on their last 52 weeks."""

    families: tuple[FactFamily, ...]
    model: Model
    outside: int  # found originals outside the scope of their family


def facts_json(folder: Path, *, seed: int = SEED) -> dict[str, Any]:
    """The answer of `monitor gaps --facts`: rows of families in file order, each for 13 and 52 weeks.

    Errors: InputError with every missing file and bad row.
    """
    return table_of(read_world(folder), seed=seed)


def table_of(world: World, *, seed: int = SEED) -> dict[str, Any]:
    """The same for a world that was read already."""
    return answer_of(fitted(world, seed=seed), world)


def fitted(world: World, *, seed: int = SEED) -> Fitted:
    """The model fitted on the last 52 weeks of a world, for those who ask it more than the answer tells."""
    families, outside = _families(world)
    long = slice(-LONG_WEEKS, None)
    pooled = [f.id for f in families if f.due[-1]]
    model = fit(
        [_evidence(f, long) for f in families],
        [_blocks(f, long) for f in families if f.due[-1]],
        world.audits,
        seed=seed,
        pooled=pooled,
    )
    return Fitted(tuple(families), model, outside)


def answer_of(known: Fitted, world: World) -> dict[str, Any]:
    """The answer of `monitor gaps --facts` from a fitted model."""
    model, rows = known.model, []
    for family in known.families:
        part = _evidence(family, slice(-SHORT_WEEKS, None))
        norm = norm_for(family.norm, model.evidence[family.id].weeks)
        told = estimate(model, family.id, norm)
        state = _state(model, family, told)
        shown = estimate_part(model, family.id, part, told.posterior.p_below_norm)
        dark = state is not State.NOT_DUE and is_dark(part.exposure, told.recall, part.weeks)
        rows += [
            _row(part, "13w", told, shown, State.UNMEASURED if dark else state, p_below_norm=None),
            _row(
                model.evidence[family.id],
                "52w",
                told,
                told.posterior,
                state,
                p_below_norm=told.posterior.p_below_norm,
            ),
        ]
    return {"rows": rows, "model": _model_json(model, world, known.outside)}


def _families(world: World) -> tuple[list[FactFamily], int]:
    """All families in file order, and how many found originals lay outside the scope of their family."""
    n_weeks = world.last_week + 1
    observed: dict[str, Floats] = {}
    for (source, week), part in world.observed.items():
        observed.setdefault(source, np.zeros(n_weeks))[week] = part
    members: dict[str, list[FactAgreement]] = {}
    for agreement in world.agreements:
        members.setdefault(agreement.family, []).append(agreement)
    family_of = {agreement.id: agreement.family for agreement in world.agreements}
    scopes = {
        name: tuple(dict.fromkeys(source for member in group for source in member.scope))
        for name, group in members.items()
    }
    due = {name: _due(group, n_weeks) for name, group in members.items()}
    by_source: dict[str, dict[str, Floats]] = {name: {} for name in members}
    outside = 0
    for (agreement_id, week, source), originals in world.found.items():
        name = family_of[agreement_id]
        if source in scopes[name]:
            by_source[name].setdefault(source, np.zeros(n_weeks))[week] += originals
        else:
            outside += originals
    weights = _weights(scopes, by_source, due, observed, n_weeks)
    families = [
        _family(
            name,
            group,
            due=due[name],
            by_source=by_source[name],
            weights=weights[scopes[name]],
            observed=observed,
        )
        for name, group in members.items()
    ]
    return families, outside


def _due(members: Sequence[FactAgreement], n_weeks: int) -> Floats:
    weeks = np.arange(n_weeks)
    due = np.zeros(n_weeks)
    for member in members:
        first = 0 if member.due_from is None else member.due_from
        last = n_weeks if member.due_to is None else member.due_to
        due[(weeks >= first) & (weeks <= last)] = 1.0
    return due


def _weights(
    scopes: Mapping[str, tuple[str, ...]],
    by_source: Mapping[str, Mapping[str, Floats]],
    due: Mapping[str, Floats],
    observed: Mapping[str, Floats],
    n_weeks: int,
) -> dict[tuple[str, ...], dict[SourceId, float]]:
    """Weight of each source of each scope: found per observed week, pooled over families of that scope."""
    pools: dict[tuple[str, ...], list[str]] = {}
    keys: dict[frozenset[str], tuple[str, ...]] = {}
    for name, scope in scopes.items():
        pools.setdefault(keys.setdefault(frozenset(scope), scope), []).append(name)
    weights: dict[tuple[str, ...], dict[SourceId, float]] = {}
    dark = np.zeros(n_weeks)
    for scope, names in pools.items():
        found = {
            SourceId(s): sum(float((by_source[n].get(s, dark) * due[n]).sum()) for n in names) for s in scope
        }
        weeks = {
            SourceId(s): sum(float((observed.get(s, dark) * due[n]).sum()) for n in names) for s in scope
        }
        shared = shares(scope_rates(found, weeks), [SourceId(s) for s in scope])
        for name in names:  # the same sources in another order are the same scope
            weights[scopes[name]] = shared
    return weights


def _family(
    name: str,
    members: Sequence[FactAgreement],
    *,
    due: Floats,
    by_source: Mapping[str, Floats],
    weights: Mapping[SourceId, float],
    observed: Mapping[str, Floats],
) -> FactFamily:
    exposure = np.zeros(len(due))
    for source, weight in weights.items():
        if source in observed:
            exposure += weight * observed[source]
    found = np.zeros(len(due))
    for originals in by_source.values():
        found += originals
    # what is due now speaks for the family; where nothing is, all members do
    last = len(due) - 1
    speaking = [m for m in members if _due([m], last + 1)[last]] or list(members)
    first = speaking[0]
    return FactFamily(
        id=name,
        stratum=first.stratum,
        norm=max(m.norm for m in speaking),
        features={"level": first.level, "kind": first.kind, "partner_country": first.partner_country},
        due=due,
        found=found * due,
        exposure=exposure * due,
    )


def _evidence(family: FactFamily, weeks: slice) -> Evidence:
    return Evidence(
        family=family.id,
        originals=int(family.found[weeks].sum()),
        exposure=float(family.exposure[weeks].sum()),
        weeks=float(family.due[weeks].sum()),
        stratum=family.stratum,
        features=family.features,
    )


def _blocks(family: FactFamily, weeks: slice) -> tuple[Floats, Floats]:
    found, exposure = family.found[weeks], family.exposure[weeks]
    starts = np.arange(0, len(found), BLOCK_WEEKS)
    return np.add.reduceat(found, starts), np.add.reduceat(exposure, starts)


def _state(model: Model, family: FactFamily, told: Estimate) -> State:
    own = model.evidence[family.id]
    state, _ = settle(
        due=bool(family.due[-1]),
        findable=True,
        weeks=own.weeks,
        exposure=own.exposure,
        originals=own.originals,
        told=told,
    )
    return state


def _row(
    seen: Evidence,
    window: str,
    told: Estimate,
    posterior: Posterior,
    state: State,
    *,
    p_below_norm: float | None,
) -> dict[str, Any]:
    return {
        "id": seen.family,
        "window": window,
        "y": seen.originals,
        "exposure": round(seen.exposure, DIGITS),
        "recall": round(told.recall, DIGITS),
        "mean": round(posterior.mean, DIGITS),
        "lo": posterior.lo,
        "hi": posterior.hi,
        "pmf": [round(p, DIGITS) for p in posterior.pmf],
        "p_none": round(posterior.p_none, DIGITS),
        "p_below_norm": None if p_below_norm is None else round(p_below_norm, DIGITS),
        "state": state.value,
    }


def _model_json(model: Model, world: World, outside: int) -> dict[str, Any]:
    return {
        "weeks": world.last_week + 1,
        "families": len(model.evidence),
        "dispersion": round(model.rates.dispersion, DIGITS),
        "k": round(model.rates.k, DIGITS),
        "strata": {
            name: {
                "recall": round(found.recall_mean, DIGITS),
                "precision": round(found.precision_mean, DIGITS),
                "assumed": found.assumed,
            }
            for name, found in model.detection.items()
        },
        "seed": model.seed,
        "found_outside_scope": outside,
        "ignored_columns": list(world.ignored),
    }
