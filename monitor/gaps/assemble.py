"""Turns readings of the database into gap rows. Pure: counts and polls in, rows out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.core.ids import FamilyId, PlaceId, SourceId
from monitor.crawl.types import Source
from monitor.gaps import rank
from monitor.gaps.calendar import Calendar
from monitor.gaps.detection import Audit
from monitor.gaps.exposure import shares
from monitor.gaps.model import Model, draw, estimate, estimate_part, exists, fit
from monitor.gaps.occasions import is_near, next_dates
from monitor.gaps.outlets import agency_figures, outlet_figures
from monitor.gaps.press import Press, Seen, blocks_of, press_of, seen_of
from monitor.gaps.profile import Profile
from monitor.gaps.readings import Reading, Window
from monitor.gaps.rest import Answered, Showing, facts_of, rests
from monitor.gaps.said import AgencyFigure, Angle, NextDate, OutletFigure, YearFigure
from monitor.gaps.scope import Scope, regions_of, siblings
from monitor.gaps.states import is_dark, norm_for, settle
from monitor.gaps.story import angle_of
from monitor.gaps.types import GapRow, Posterior, Reasons, SourceWatch, State
from monitor.gaps.years import year_figures
from monitor.register.types import Register


@dataclass(frozen=True, slots=True)
class Setting:
    """What does not depend on the counts: register, sources and choices."""

    register: Register
    sources: Sequence[Source]
    profiles: Mapping[FamilyId, Profile]
    audits: Mapping[str, Audit]
    before: Mapping[FamilyId, State]  # of the table before, for hysteresis
    showings: Mapping[FamilyId, Sequence[Showing]]  # in mails that were sent
    answers: Mapping[FamilyId, Sequence[Answered]]  # of readers, that still hold
    calendar: Calendar
    seed: int


@dataclass(frozen=True, slots=True)
class Assembled:
    """Rows of all families by id, how each enabled source was watched, and what else is told of the press."""

    rows: tuple[GapRow, ...]
    watch: tuple[SourceWatch, ...]
    regions: Mapping[FamilyId, tuple[PlaceId, ...]]
    outlets: tuple[OutletFigure, ...]
    agencies: tuple[AgencyFigure, ...]
    years: tuple[YearFigure, ...]  # of the window that decides, whatever window is shown


def assemble(setting: Setting, whole: Reading, part: Reading | None, *, window_weeks: int) -> Assembled:
    """Everything that is told of a week.

    `whole` covers up to 52 weeks and decides the states; where `part` is given, the rows show that window.
    """
    press = press_of(setting.register, setting.sources, whole)
    seen = seen_of(setting.profiles, setting.calendar, press, whole)
    shown = seen if part is None else seen_of(setting.profiles, setting.calendar, press, part)
    model = _fit(setting, seen)
    regions = {f.id: regions_of(f, setting.register) for f in setting.register.families.values()}
    rows = _Rows(setting, press, model, seen, shown, regions)
    made = tuple(rows.row(family, window_weeks) for family in sorted(setting.register.families))
    observed = {source: shown.observed(source) for source in press.kinds}
    return Assembled(
        rows=made,
        watch=_watch(press, shown),
        regions=regions,
        outlets=outlet_figures(setting.sources, shown.reading, observed, setting.profiles, regions),
        agencies=agency_figures(press.kinds, shown.reading.counted, regions),
        years=_years(made, rows, seen.reading.window) if part is None else (),
    )


def _fit(setting: Setting, seen: Seen) -> Model:
    known = setting.profiles
    pooled = [family for family, p in known.items() if p.due and p.is_findable]
    return fit(
        [seen.evidence(family, p.features) for family, p in known.items()],
        [blocks_of(seen, family) for family in pooled],
        setting.audits,
        seed=setting.seed,
        pooled=pooled,
    )


def _years(made: Sequence[GapRow], rows: "_Rows", window: Window) -> tuple[YearFigure, ...]:
    return year_figures(made, rows.regions, rows.any_exists, from_on=window.from_on, to_on=window.to_on)


class _Rows:
    """Makes the rows of one table; holds what they share."""

    def __init__(
        self,
        setting: Setting,
        press: Press,
        model: Model,
        seen: Seen,
        shown: Seen,
        regions: Mapping[FamilyId, Sequence[PlaceId]],
    ) -> None:
        self.setting, self.press, self.model = setting, press, model
        self.seen, self.shown, self.regions = seen, shown, regions
        self.related = siblings(setting.register)
        self.today = seen.reading.window.to_on
        self.observed = {source: shown.observed(source) for source in press.kinds}
        self.any_exists: dict[FamilyId, NDArray[np.bool_]] = {}  # draws, in worlds that families share
        self.ail = rank.ailing(press.kinds, shown.reading)
        self.sides_of: dict[tuple[SourceId, ...], Mapping[str, float]] = {}  # families share their scopes
        self.reasons_of: dict[Scope, Reasons] = {}

    def row(self, family: FamilyId, window_weeks: int) -> GapRow:
        """The row of one family."""
        profile, counts = self.setting.profiles[family], self.shown.counts(family)
        state, why, norm, posterior, recall = self._state(family)
        dates = next_dates(profile, self.setting.calendar, self.today)
        flags = self._flags(family)
        due_members = tuple(m.id for m in profile.due)
        facts = facts_of(
            self.seen.counts(family), due_members, [d for d in dates if is_near(d, self.today)], flags
        )
        showings = self.setting.showings.get(family, ())
        parts = rank.importance(
            level=profile.level,
            members=profile.due,
            state=state,
            p_gap=posterior.p_below_norm,
            today=self.today,
            shown_on=max((s.shown_on for s in showings), default=None),
        )
        return GapRow(
            family=family,
            members=tuple(m.id for m in profile.members),
            due_members=due_members,
            window_weeks=window_weeks,
            level=profile.level,
            kind=profile.kind,
            norm=norm,
            counts=counts,
            exposure=round(self.shown.shown_exposure(family), 6),
            recall=round(recall, 6),
            posterior=posterior,
            state=state,
            flags=flags,
            why_state=why,
            reasons=self._reasons(family),
            importance=parts,
            score=round(sum(parts.values()), 6),
            dates=dates,
            facts=facts,
            rests=rests(showings, self.setting.answers.get(family, ()), facts, self.today),
            angle=self._angle(family, state, dates),
        )

    def _state(self, family: FamilyId) -> tuple[State, str, int, Posterior, float]:
        """State, its code, the norm for the weeks watched, the posterior of the shown window, mean recall."""
        profile, seen, shown = self.setting.profiles[family], self.seen, self.shown
        own, weeks = seen.evidence(family, profile.features), seen.due_weeks[family]
        norm = norm_for(profile.norm, weeks)
        drawn = draw(self.model, family)
        existing = exists(self.model, family, own, drawn=drawn)
        told = estimate(self.model, family, norm, drawn=drawn, existing=existing)
        state, why = settle(
            due=bool(profile.due),
            findable=profile.is_findable,
            weeks=weeks,
            exposure=seen.shown_exposure(family),
            originals=own.originals,
            told=told,
            before=self.setting.before.get(family),
        )
        if shown is seen:
            self.any_exists[family] = existing > 0
            return state, why, norm, told.posterior, told.recall
        part = shown.evidence(family, profile.features)
        posterior = estimate_part(self.model, family, part, told.posterior.p_below_norm, drawn=drawn)
        blind = is_dark(part.exposure, told.recall, part.weeks)
        if blind and state is not State.NOT_DUE:
            state, why = State.UNMEASURED, "low_exposure"
        return state, why, norm, posterior, told.recall

    def _flags(self, family: FamilyId) -> tuple[str, ...]:
        reading = self.shown.reading
        return rank.flags(
            self.shown.counts(family),
            reading.counted.origin_sources.get(family, ()),
            reading.counted.original_days.get(family, ()),
            kinds=self.press.kinds,
            observed_by_side=self._sides(self.press.scopes[family].watched),
            weeks=reading.weeks,
            to_on=reading.window.to_on,
            signed_on=self.setting.profiles[family].due_from,
        )

    def _sides(self, scope: tuple[SourceId, ...]) -> Mapping[str, float]:
        """Which part of the window each side's sources of a scope were watched in."""
        if scope not in self.sides_of:
            weeks, found = self.shown.reading.weeks, {}
            for side in ("by", "partner"):
                weights = shares(self.press.rates, [s for s in scope if self.press.sides[s] == side])
                seen = sum(weight * self.observed[source] for source, weight in weights.items())
                found[side] = seen / weeks if weeks > 0 else 0.0
            self.sides_of[scope] = found
        return self.sides_of[scope]

    def _reasons(self, family: FamilyId) -> Reasons:
        scope, reading = self.press.scopes[family], self.shown.reading
        if scope not in self.reasons_of:
            self.reasons_of[scope] = rank.scope_reasons(scope, reading, observed=self.observed, ail=self.ail)
        return rank.reasons(
            family,
            self.reasons_of[scope],
            reading.counted,
            related=self.related[family],
            weeks=self.shown.due_weeks[family],
        )

    def _angle(self, family: FamilyId, state: State, dates: tuple[NextDate, ...]) -> Angle | None:
        profile, counted = self.setting.profiles[family], self.seen.reading.counted
        return angle_of(state, profile, sorted(self.related[family]), counted, dates, self.today)


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
