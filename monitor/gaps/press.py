"""What was seen of the press: observed weeks, weights of sources, exposure of each family. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from monitor.core.ids import FamilyId, SourceId
from monitor.crawl.types import Source
from monitor.gaps.audits import lang_class
from monitor.gaps.calendar import Calendar
from monitor.gaps.exposure import (
    WEEK,
    Floats,
    exposure_weeks,
    exposure_worlds,
    observed_weeks,
    rate_worlds,
    shares,
    source_rates,
    week_edges,
)
from monitor.gaps.model import N_WORLDS
from monitor.gaps.occasions import week_factors
from monitor.gaps.profile import Profile
from monitor.gaps.rates import BLOCK_WEEKS, Evidence
from monitor.gaps.readings import Reading, empty_counts
from monitor.gaps.scope import Scope, link_class, scopes, side_of
from monitor.gaps.types import FamilyCounts
from monitor.register.types import Register

WEIGHTS_SEED = 2026


@dataclass(frozen=True, slots=True)
class Press:
    """The enabled sources: what they are and how much each writes."""

    kinds: dict[SourceId, str]
    sides: dict[SourceId, str]
    rates: dict[SourceId, float]  # cooperation originals a week
    rate_worlds: dict[SourceId, Floats]  # what they may be instead, (worlds,)
    scopes: dict[FamilyId, Scope]
    strata: dict[FamilyId, str]  # "link class/language", as in the audit


@dataclass(frozen=True, slots=True)
class Seen:
    """A reading with what was observed in it. Units: weeks; arrays have one entry a week of the window."""

    reading: Reading
    by_source: dict[SourceId, Floats]
    exposure: dict[FamilyId, Floats]  # while the family was due; a week with a forum counts as several
    rate_weeks: dict[FamilyId, float]  # the length of the window counted in the same way
    due_weeks: dict[FamilyId, float]  # ... and as it is
    strata: Mapping[FamilyId, str]
    doubt: Mapping[FamilyId, Floats]  # factor of the exposure in each world; mean 1, (worlds,)

    def observed(self, source: SourceId) -> float:
        """Observed weeks of one source."""
        return float(self.by_source[source].sum())

    def counts(self, family: FamilyId) -> FamilyCounts:
        """Counts of one family, zeros where nothing was found."""
        return self.reading.counted.families.get(family) or empty_counts(family)

    def shown_exposure(self, family: FamilyId) -> float:
        """Exposure as the same part of the weeks as they are."""
        weeks = self.rate_weeks[family]
        return float(self.exposure[family].sum()) * self.due_weeks[family] / weeks if weeks > 0 else 0.0

    def evidence(self, family: FamilyId, features: Mapping[str, str]) -> Evidence:
        """What the model needs of one family."""
        exposure = float(self.exposure[family].sum())
        return Evidence(
            family=family,
            originals=self.counts(family).originals,
            exposure=exposure,
            exposures=exposure * self.doubt[family],
            weeks=self.rate_weeks[family],
            stratum=self.strata[family],
            features=features,
        )


def press_of(register: Register, sources: Sequence[Source], whole: Reading) -> Press:
    """The press as a reading of up to 52 weeks shows it."""
    enabled = [source for source in sources if source.enabled]
    kinds = {source.id: source.kind for source in enabled}
    edges = week_edges(whole.window.start, whole.end)
    observed = {
        source: float(observed_weeks(whole.watched[source], edges).sum())
        for source in kinds
        if source in whole.watched
    }
    rates = source_rates(whole.counted.coop_by_source, observed, kinds)
    found = scopes(register, sources)
    langs = {s.id: lang_class(s.languages[0] if s.languages else "") for s in enabled}
    return Press(
        kinds=kinds,
        sides={source.id: side_of(source) for source in enabled},
        rates=rates,
        rate_worlds=rate_worlds(
            whole.counted.coop_by_source, observed, kinds, n_draws=N_WORLDS, seed=WEIGHTS_SEED
        ),
        scopes=found,
        strata={
            family: f"{link_class(register.families[family], register)}/{_language(scope, rates, langs)}"
            for family, scope in found.items()
        },
    )


def _language(scope: Scope, rates: Mapping[SourceId, float], langs: Mapping[SourceId, str]) -> str:
    """The language in which most of a scope's reports are written; Russian where there is no source."""
    weights: dict[str, float] = {"ru": 0.0}
    for source in scope.watched:
        weights[langs[source]] = weights.get(langs[source], 0.0) + rates[source]
    return max(weights, key=lambda lang: (weights[lang], lang))


def seen_of(profiles: Mapping[FamilyId, Profile], calendar: Calendar, press: Press, reading: Reading) -> Seen:
    """What was observed in the window of a reading."""
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
    rate_weeks: dict[FamilyId, float] = {}
    cached: dict[tuple[SourceId, ...], Floats] = {}
    doubts: dict[tuple[SourceId, ...], Floats] = {}
    for family, found in press.scopes.items():
        if found.watched not in cached:
            weights = shares(press.rates, found.watched)
            cached[found.watched] = exposure_weeks(weights, by_source, n_weeks)
            doubts[found.watched] = _doubt(press, found.watched, by_source)
        due = _due_part(profiles[family].due_from, reading, n_weeks)
        factors = week_factors(profiles[family], calendar, reading.window, n_weeks)
        exposure[family] = cached[found.watched] * due * factors
        rate_weeks[family] = float((lengths * due * factors).sum())
        due_weeks[family] = float((lengths * due).sum())
    doubt = {family: doubts[found.watched] for family, found in press.scopes.items()}
    return Seen(reading, by_source, exposure, rate_weeks, due_weeks, press.strata, doubt)


def _doubt(press: Press, scope: tuple[SourceId, ...], by_source: Mapping[SourceId, Floats]) -> Floats:
    """How much more or less of a scope each world's weights say was seen. Shapes: (worlds,), mean 1."""
    worlds = exposure_worlds(press.rate_worlds, scope, {s: float(by_source[s].sum()) for s in scope})
    usual = float(worlds.mean()) if len(worlds) else 0.0
    return worlds / usual if usual > 0 else np.ones(N_WORLDS)


def _due_part(due_from: date | None, reading: Reading, n_weeks: int) -> Floats:
    """Which part of each week of the window lies after the first due day. Shapes: (n_weeks,), 0..1."""
    if due_from is None or due_from <= reading.window.from_on:
        return np.ones(n_weeks)
    days = (due_from - reading.window.from_on).days
    return np.asarray(np.clip(np.arange(1, n_weeks + 1) - days / 7, 0.0, 1.0))


def blocks_of(seen: Seen, family: FamilyId) -> tuple[Floats, Floats]:
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
