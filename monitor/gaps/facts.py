"""The model alone, on facts from CSV files, so that anybody can test it on worlds of their own.

Pure but for reading the folder. The formats of the files and of the answer: docs/method.md.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.gaps.detection import Floats
from monitor.gaps.model import N_WORLDS, Estimate, Model, draw, estimate, estimate_part, fit
from monitor.gaps.rates import BLOCK_WEEKS, Evidence
from monitor.gaps.states import is_dark, norm_for, settle
from monitor.gaps.types import Posterior, State
from monitor.gaps.weights import Pool, rate_draws
from monitor.gaps.world import FactAgreement, World, read_world

Scope = tuple[str, ...]  # source ids, sorted
Weeks = NDArray[np.int64]  # numbers of the weeks that are looked at, rising

LONG_WEEKS, SHORT_WEEKS = 52, 13
PAST_WEEKS = 104  # before the window; older news tells little of how much is written today
SEED = 2026
DIGITS = 6
P_DIGITS = 9  # a wide distribution has many small parts, whose rounding must not cost the sum .999


@dataclass(frozen=True, slots=True)
class FactFamily:
    """One family with what was found and seen of it. Shapes: arrays have one entry a week looked at."""

    id: str
    stratum: str
    norm: int
    features: dict[str, str]
    due: Floats  # 1 in weeks in which a member was due, else 0
    found: Floats  # originals in scope and while due
    watched: Floats  # observed part of each week, while due; (sources of the scope, weeks)
    shares: Floats  # of the sources of the scope in each world; (worlds, sources)

    @property
    def exposure(self) -> Floats:
        """Weeks, while due, by the mean shares."""
        return np.asarray(self.shares.mean(axis=0) @ self.watched)


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
    families, outside = _families(world, seed)
    long, past = slice(-LONG_WEEKS, None), slice(-LONG_WEEKS - PAST_WEEKS, -LONG_WEEKS)
    pooled = [f.id for f in families if f.due[-1]]
    model = fit(
        [replace(_evidence(f, long), before=_evidence(f, past)) for f in families],
        [_blocks(f, part) for f in families if f.due[-1] for part in (long, past)],
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
        drawn = draw(model, family.id)
        told = estimate(model, family.id, norm, drawn=drawn)
        state = _state(model, family, told)
        shown = estimate_part(model, family.id, part, told.posterior.p_below_norm, drawn=drawn)
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


def _families(world: World, seed: int) -> tuple[list[FactFamily], int]:
    """All families in file order, and how many found originals lay outside the scope of their family."""
    weeks = np.arange(max(0, world.last_week + 1 - LONG_WEEKS - PAST_WEEKS), world.last_week + 1)
    members: dict[str, list[FactAgreement]] = {}
    for agreement in world.agreements:
        members.setdefault(agreement.family, []).append(agreement)
    scopes = {
        name: tuple(sorted({source for member in group for source in member.scope}))
        for name, group in members.items()
    }
    due = {name: _due(group, weeks) for name, group in members.items()}
    found, outside = _found(world, scopes, weeks)
    watched = _watched(world, scopes, weeks)
    shares = _shares(scopes, found, watched, due, seed)
    return [
        _family(
            name,
            speaking=[m for m in group if _due([m], weeks)[-1]] or group,
            due=due[name],
            found=found[name].sum(axis=0),
            watched=watched[scopes[name]],
            shares=shares[scopes[name]],
        )
        for name, group in members.items()
    ], outside


def _found(world: World, scopes: Mapping[str, Scope], weeks: Weeks) -> tuple[dict[str, Floats], int]:
    """Originals of each family by source of its scope and week, and how many stood elsewhere."""
    family_of = {agreement.id: agreement.family for agreement in world.agreements}
    places = {scope: {source: n for n, source in enumerate(scope)} for scope in set(scopes.values())}
    found = {name: np.zeros((len(scope), len(weeks))) for name, scope in scopes.items()}
    outside = 0
    for (agreement_id, week, source), originals in world.found.items():
        name = family_of[agreement_id]
        place = places[scopes[name]].get(source)
        if place is None:
            outside += originals
        elif week >= weeks[0]:
            found[name][place, week - weeks[0]] += originals
    return found, outside


def _watched(world: World, scopes: Mapping[str, Scope], weeks: Weeks) -> dict[Scope, Floats]:
    """Observed part of each week of the sources of each scope. Shapes: (sources, weeks)."""
    observed: dict[str, Floats] = {}
    for (source, week), part in world.observed.items():
        if week >= weeks[0]:
            observed.setdefault(source, np.zeros(len(weeks)))[week - weeks[0]] = part
    dark = np.zeros(len(weeks))
    return {
        scope: np.array([observed.get(source, dark) for source in scope]).reshape(len(scope), len(weeks))
        for scope in set(scopes.values())
    }


def _shares(
    scopes: Mapping[str, Scope],
    found: Mapping[str, Floats],
    watched: Mapping[Scope, Floats],
    due: Mapping[str, Floats],
    seed: int,
) -> dict[Scope, Floats]:
    """Shares of the sources of each scope in each world, learnt from all families and weeks together.

    What was found where nothing was observed (facts that contradict each other) says nothing of a source.
    """
    pools: dict[Scope, Pool] = {}
    for name, scope in scopes.items():
        before = pools.get(scope, Pool(scope, np.zeros(len(scope)), np.zeros(len(scope))))
        pools[scope] = Pool(
            scope,
            before.found + np.where(watched[scope] > 0, found[name], 0.0) @ due[name],
            before.observed + watched[scope] @ due[name],
        )
    held = Counter(source for scope in scopes.values() for source in scope)
    # a source that half of the families share is another kind of source than one of a region
    groups = {source: 2 * n > len(scopes) for source, n in held.items()}
    drawn = rate_draws(list(pools.values()), groups, n_draws=N_WORLDS, seed=seed)
    return {
        scope: rates / np.maximum(rates.sum(axis=1, keepdims=True), 1e-300)
        for scope, rates in zip(pools, drawn, strict=True)
    }


def _due(members: Sequence[FactAgreement], weeks: Weeks) -> Floats:
    due = np.zeros(len(weeks))
    for member in members:
        first = weeks[0] if member.due_from is None else member.due_from
        last = weeks[-1] if member.due_to is None else member.due_to
        due[(weeks >= first) & (weeks <= last)] = 1.0
    return due


def _family(
    name: str,
    *,
    speaking: Sequence[FactAgreement],
    due: Floats,
    found: Floats,
    watched: Floats,
    shares: Floats,
) -> FactFamily:
    """`speaking`: members that are due now; where none is, all."""
    first = speaking[0]
    return FactFamily(
        id=name,
        stratum=first.stratum,
        norm=max(m.norm for m in speaking),
        features={"level": first.level, "kind": first.kind, "partner_country": first.partner_country},
        due=due,
        found=found * due,
        watched=watched * due,
        shares=shares,
    )


def _evidence(family: FactFamily, weeks: slice) -> Evidence:
    exposures = np.asarray(family.shares @ family.watched[:, weeks].sum(axis=1))
    return Evidence(
        family=family.id,
        originals=int(family.found[weeks].sum()),
        exposure=float(exposures.mean()),
        weeks=float(family.due[weeks].sum()),
        stratum=family.stratum,
        features=family.features,
        exposures=exposures,
    )


def _blocks(family: FactFamily, weeks: slice) -> tuple[Floats, Floats]:
    found, exposure = family.found[weeks], family.exposure[weeks]
    if len(found) == 0:
        return found, exposure
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
        "pmf": [round(p, P_DIGITS) for p in posterior.pmf],
        "p_none": round(posterior.p_none, P_DIGITS),
        "p_below_norm": None if p_below_norm is None else round(p_below_norm, P_DIGITS),
        "state": state.value,
    }


def _model_json(model: Model, world: World, outside: int) -> dict[str, Any]:
    return {
        "weeks": world.last_week + 1,
        "families": len(model.evidence),
        "dispersion": round(model.rates.dispersion, DIGITS),
        "k": round(model.rates.k, DIGITS),
        "carry": round(float(model.rates.carry.mean()), DIGITS),
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
