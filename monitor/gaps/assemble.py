"""Turns readings of the database into gap rows. Pure: counts and polls in, rows out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np

from monitor.core.ids import FamilyId, SourceId
from monitor.crawl.types import Source
from monitor.gaps import rank
from monitor.gaps.detection import Audit
from monitor.gaps.exposure import (
    WEEK,
    Floats,
    exposure_weeks,
    observed_weeks,
    shares,
    source_rates,
    week_edges,
)
from monitor.gaps.model import Model, estimate, estimate_part, fit, is_dark, norm_for, settle
from monitor.gaps.profile import Profile
from monitor.gaps.rates import BLOCK_WEEKS, Evidence
from monitor.gaps.readings import Reading, empty_counts
from monitor.gaps.scope import Scope, scopes, siblings, side_of
from monitor.gaps.types import FamilyCounts, GapRow, Posterior, SourceWatch, State
from monitor.register.types import Register

# Until an audit tells link classes and languages apart, all families share one assumed recall.
STRATUM = "all"


@dataclass(frozen=True, slots=True)
class Setting:
    """What does not depend on the counts: register, sources and choices."""

    register: Register
    sources: Sequence[Source]
    profiles: Mapping[FamilyId, Profile]
    audits: Mapping[str, Audit]
    before: Mapping[FamilyId, State]  # of the table before, for hysteresis
    shown_on: Mapping[FamilyId, date]  # when a report last showed the family
    seed: int


@dataclass(frozen=True, slots=True)
class Press:
    """The enabled sources: what they are and how much each writes."""

    kinds: dict[SourceId, str]
    sides: dict[SourceId, str]
    rates: dict[SourceId, float]  # cooperation originals a week
    scopes: dict[FamilyId, Scope]


@dataclass(frozen=True, slots=True)
class Seen:
    """A reading with what was observed in it. Units: weeks; arrays have one entry a week of the window."""

    reading: Reading
    by_source: dict[SourceId, Floats]
    exposure: dict[FamilyId, Floats]  # while the family was due
    due_weeks: dict[FamilyId, float]

    def observed(self, source: SourceId) -> float:
        """Observed weeks of one source."""
        return float(self.by_source[source].sum())

    def counts(self, family: FamilyId) -> FamilyCounts:
        """Counts of one family, zeros where nothing was found."""
        return self.reading.counted.families.get(family) or empty_counts(family)

    def evidence(self, family: FamilyId, features: Mapping[str, str]) -> Evidence:
        """What the model needs of one family."""
        return Evidence(
            family=family,
            originals=self.counts(family).originals,
            exposure=float(self.exposure[family].sum()),
            weeks=self.due_weeks[family],
            stratum=STRATUM,
            features=features,
        )


def assemble(
    setting: Setting, whole: Reading, part: Reading | None, *, window_weeks: int
) -> tuple[tuple[GapRow, ...], tuple[SourceWatch, ...]]:
    """Rows of all families by id, and how each enabled source was watched.

    `whole` covers up to 52 weeks and decides the states; where `part` is given, the rows show that window.
    """
    press = _press(setting, whole)
    seen = _seen(setting, press, whole)
    shown = seen if part is None else _seen(setting, press, part)
    model = _fit(setting, seen)
    related = siblings(setting.register)
    rows = tuple(
        _row(setting, press, model, family, seen=seen, shown=shown, related=related[family])
        for family in sorted(setting.register.families)
    )
    return tuple(replace(row, window_weeks=window_weeks) for row in rows), _watch(press, shown)


def _press(setting: Setting, whole: Reading) -> Press:
    enabled = [source for source in setting.sources if source.enabled]
    kinds = {source.id: source.kind for source in enabled}
    edges = week_edges(whole.window.start, whole.end)
    observed = {
        source: float(observed_weeks(whole.watched[source], edges).sum())
        for source in kinds
        if source in whole.watched
    }
    return Press(
        kinds=kinds,
        sides={source.id: side_of(source) for source in enabled},
        rates=source_rates(whole.counted.coop_by_source, observed, kinds),
        scopes=scopes(setting.register, setting.sources),
    )


def _seen(setting: Setting, press: Press, reading: Reading) -> Seen:
    edges = week_edges(reading.window.start, reading.end)
    n_weeks = max(len(edges) - 1, 0)
    lengths = np.array([(b - a) / WEEK for a, b in pairwise(edges)])
    by_source = {
        source: observed_weeks(reading.watched[source], edges)
        if source in reading.watched
        else np.zeros(n_weeks)
        for source in press.kinds
    }
    exposure: dict[FamilyId, Floats] = {}
    due_weeks: dict[FamilyId, float] = {}
    cached: dict[tuple[SourceId, ...], Floats] = {}
    for family, found in press.scopes.items():
        if found.watched not in cached:
            weights = shares(press.rates, found.watched)
            cached[found.watched] = exposure_weeks(weights, by_source, n_weeks)
        due = _due_part(setting.profiles[family].due_from, reading, n_weeks)
        exposure[family] = cached[found.watched] * due
        due_weeks[family] = float((lengths * due).sum())
    return Seen(reading, by_source, exposure, due_weeks)


def _due_part(due_from: date | None, reading: Reading, n_weeks: int) -> Floats:
    """Which part of each week of the window lies after the first due day. Shapes: (n_weeks,), 0..1."""
    if due_from is None or due_from <= reading.window.from_on:
        return np.ones(n_weeks)
    days = (due_from - reading.window.from_on).days
    return np.asarray(np.clip(np.arange(1, n_weeks + 1) - days / 7, 0.0, 1.0))


def _fit(setting: Setting, seen: Seen) -> Model:
    known = setting.profiles
    pooled = [family for family, p in known.items() if p.due and p.is_findable]
    return fit(
        [seen.evidence(family, p.features) for family, p in known.items()],
        [_blocks(seen, family) for family in pooled],
        setting.audits,
        seed=setting.seed,
        pooled=pooled,
    )


def _blocks(seen: Seen, family: FamilyId) -> tuple[Floats, Floats]:
    """Originals found and exposure of a family by 4-week blocks."""
    window = seen.reading.window
    exposure = seen.exposure[family]
    if len(exposure) == 0:  # the first moment of the first week
        return exposure, exposure
    found = np.zeros(len(exposure))
    for day in seen.reading.counted.original_days.get(family, ()):
        found[min((day - window.from_on).days // 7, len(found) - 1)] += 1
    starts = np.arange(0, len(exposure), BLOCK_WEEKS)
    return np.add.reduceat(found, starts), np.add.reduceat(exposure, starts)


def _row(
    setting: Setting,
    press: Press,
    model: Model,
    family: FamilyId,
    *,
    seen: Seen,
    shown: Seen,
    related: frozenset[FamilyId],
) -> GapRow:
    """The row of one family; `window_weeks` is left to the caller."""
    profile = setting.profiles[family]
    state, why, norm, posterior, recall = _state(setting, model, family, seen=seen, shown=shown)
    counted = shown.reading.counted
    scope = press.scopes[family]
    exposure, weeks = float(shown.exposure[family].sum()), shown.due_weeks[family]
    parts = rank.importance(
        level=profile.level,
        members=profile.due,
        state=state,
        p_gap=posterior.p_below_norm,
        today=seen.reading.window.to_on,
        shown_on=setting.shown_on.get(family),
    )
    return GapRow(
        family=family,
        members=tuple(m.id for m in profile.members),
        due_members=tuple(m.id for m in profile.due),
        window_weeks=0,
        level=profile.level,
        kind=profile.kind,
        norm=norm,
        counts=shown.counts(family),
        exposure=round(exposure, 6),
        recall=round(recall, 6),
        posterior=posterior,
        state=state,
        flags=_flags(press, shown, family, scope),
        why_state=why,
        reasons=rank.reasons(
            family,
            scope,
            counted,
            related=related,
            observed={source: shown.observed(source) for source in scope.watched},
            watched=shown.reading.watched,
            pages=shown.reading.pages,
            exposure=exposure,
            weeks=weeks,
        ),
        importance=parts,
        score=round(sum(parts.values()), 6),
    )


def _state(
    setting: Setting, model: Model, family: FamilyId, *, seen: Seen, shown: Seen
) -> tuple[State, str, int, Posterior, float]:
    """State, its code, the norm for the weeks watched, the posterior of the shown window, mean recall."""
    profile = setting.profiles[family]
    own = seen.evidence(family, profile.features)
    norm = norm_for(profile.norm, own.weeks)
    told = estimate(model, family, norm)
    state, why = settle(
        due=bool(profile.due),
        findable=profile.is_findable,
        weeks=own.weeks,
        exposure=own.exposure,
        originals=own.originals,
        told=told,
        before=setting.before.get(family),
    )
    if shown is seen:
        return state, why, norm, told.posterior, told.recall
    part = shown.evidence(family, profile.features)
    posterior = estimate_part(model, family, part, told.posterior.p_below_norm)
    blind = is_dark(part.exposure, told.recall, part.weeks)
    if blind and state is not State.NOT_DUE:
        state, why = State.UNMEASURED, "low_exposure"
    return state, why, norm, posterior, told.recall


def _flags(press: Press, shown: Seen, family: FamilyId, scope: Scope) -> tuple[str, ...]:
    reading = shown.reading
    observed: dict[str, float] = {}
    for side in ("by", "partner"):
        of_side = [source for source in scope.watched if press.sides[source] == side]
        weights = shares(press.rates, of_side)
        weeks = sum(weight * shown.observed(source) for source, weight in weights.items())
        observed[side] = weeks / reading.weeks if reading.weeks > 0 else 0.0
    return rank.flags(
        shown.counts(family),
        reading.counted.origin_sources.get(family, ()),
        reading.counted.original_days.get(family, ()),
        kinds=press.kinds,
        observed_by_side=observed,
        weeks=reading.weeks,
        to_on=reading.window.to_on,
    )


def _watch(press: Press, shown: Seen) -> tuple[SourceWatch, ...]:
    reading = shown.reading
    found = []
    for source in press.kinds:
        watched = reading.watched.get(source)
        found.append(
            SourceWatch(
                source=source,
                observed_share=round(shown.observed(source) / reading.weeks, 6) if reading.weeks else 0.0,
                coop_originals=reading.counted.coop_by_source.get(source, 0),
                silent_since=watched.silent_since if watched else None,
                trouble=watched.trouble if watched else "",
                trouble_since=watched.trouble_since if watched else None,
                odd=watched.odd if watched else "",
                odd_since=watched.odd_since if watched else None,
            )
        )
    return tuple(found)
