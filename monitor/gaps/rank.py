"""What to show first and what to say beside a state: importance, flags, reasons of a zero. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from monitor.core.ids import FamilyId, SourceId
from monitor.gaps.occasions import AHEAD, NEAR, OVERDUE, ROUND
from monitor.gaps.readings import Counted, Reading
from monitor.gaps.scope import Scope
from monitor.gaps.types import FamilyCounts, Reasons, State
from monitor.register.history import promises
from monitor.register.types import Agreement, PartialDate

# Points of the order. A regional desk can act on its own agreements, less on those of the state.
LEVEL_POINTS = {"region": 3.0, "city": 2.5, "district": 2.5, "national": 2.0}
TARGET_POINTS = 1.0  # a promised figure falls due
DATE_POINTS = 1.0  # a round anniversary or the end of the term: an occasion to write
WAITING_POINTS = 1.0  # never shown, or not for WAITING
WAITING = timedelta(weeks=8)

STALE_AFTER = timedelta(weeks=13)
SIDE_OBSERVED = 0.5  # of the window: below it a side's silence proves nothing
LEAST_FOR_PATTERN = 2  # originals: one report has no pattern
LONG_WINDOW_WEEKS = 26.0
SIGNING = timedelta(weeks=13)  # after it what is written is no longer about the signing itself
LATE = timedelta(weeks=1)  # a source first read so long after the window began is told as known late


@dataclass(frozen=True, slots=True)
class Ailing:
    """Sources that kept something from us in a window: looked for once, asked for each family."""

    dead: frozenset[SourceId]
    silent: frozenset[SourceId]
    late: frozenset[SourceId]


def importance(
    *,
    level: str,
    members: Sequence[Agreement],
    state: State,
    p_gap: float,
    today: date,
    shown_on: date | None,
) -> dict[str, float]:
    """Named parts of the order score, each times the probability of a gap; they add up to the score.

    Empty for rows that are no gap and cannot be one (not due, unmeasured).
    """
    if state in (State.NOT_DUE, State.UNMEASURED):
        return {}
    points = {
        "level": LEVEL_POINTS[level],
        "target": TARGET_POINTS if any(_target_due(m, today) for m in members) else 0.0,
        "date": DATE_POINTS if any(_date_ahead(m, today) for m in members) else 0.0,
        "waiting": WAITING_POINTS * _waiting(shown_on, today),
    }
    return {name: round(value * p_gap, 6) for name, value in points.items()}


def _waiting(shown_on: date | None, today: date) -> float:
    if shown_on is None:
        return 1.0
    return min(1.0, max(0.0, (today - shown_on) / WAITING))


def _target_due(agreement: Agreement, today: date) -> bool:
    return any(today - OVERDUE <= by.last_day() <= today + AHEAD for by, _ in promises(agreement))


def _date_ahead(agreement: Agreement, today: date) -> bool:
    ahead = today + NEAR
    ends = agreement.valid_until
    if ends is not None and today <= ends.last_day() <= ahead:
        return True
    signed = agreement.signed
    if signed is None or signed.month is None:
        return False
    # an anniversary is known to the month at least; round ones only, the others are no occasion
    years = [y for y in (today.year, ahead.year) if y > signed.year and (y - signed.year) % ROUND == 0]
    months = [PartialDate(year, signed.month) for year in years]
    return any(m.first_day() <= ahead and m.last_day() >= today for m in months)


def flags(
    counts: FamilyCounts,
    origin_sources: Sequence[SourceId],
    original_days: Sequence[date],
    *,
    kinds: Mapping[SourceId, str],
    observed_by_side: Mapping[str, float],
    weeks: float,
    to_on: date,
    signed_on: date | None = None,
) -> tuple[str, ...]:
    """Codes beside the state: copied_only, one_sided, faded, stale, single_source.

    `observed_by_side`: part of the window in which each side's sources of the scope were watched;
    `signed_on`: first due day. One signed within the window has faded if only its signing was written about.
    """
    found = []
    agencies = all(kinds.get(source) == "national_agency" for source in origin_sources)
    if counts.articles > counts.originals and agencies:
        found.append("copied_only")
    pattern = counts.originals >= LEAST_FOR_PATTERN
    silent = [side for side in observed_by_side if counts.by_side.get(side, 0) == 0]
    if pattern and any(observed_by_side[side] >= SIDE_OBSERVED for side in silent):
        found.append("one_sided")
    since = to_on - timedelta(weeks=weeks)
    is_young = signed_on is not None and signed_on > since
    if is_young and signed_on is not None:
        weeks, since = (to_on - signed_on) / timedelta(weeks=1), signed_on + SIGNING
    else:
        since += timedelta(weeks=weeks / 2)
    if weeks >= LONG_WINDOW_WEEKS and original_days:
        if (pattern or is_young) and max(original_days) <= since:
            found.append("faded")
        if max(original_days) < to_on - STALE_AFTER:
            found.append("stale")
    if pattern and len(set(origin_sources)) == 1:
        found.append("single_source")
    return tuple(found)


def ailing(sources: Iterable[SourceId], reading: Reading) -> Ailing:
    """Which of the sources were dead, silent, or known late."""
    watched, late = reading.watched, reading.window.start + LATE
    known = {source: watched[source] for source in sources if source in watched}
    well = {source for source, one in known.items() if one.known_from and not one.trouble}
    return Ailing(
        dead=frozenset(sources) - well,
        silent=frozenset(source for source, one in known.items() if one.silent_since),
        late=frozenset(source for source, one in known.items() if one.known_from and one.known_from > late),
    )


def scope_reasons(
    scope: Scope, reading: Reading, *, observed: Mapping[SourceId, float], ail: Ailing
) -> Reasons:
    """What the families of a scope have in common of `reasons`.

    `observed`: weeks of each source; `ail`: of all sources.
    """
    pages = [reading.pages[source] for source in scope.watched if source in reading.pages]
    unread: dict[str, int] = {}
    for of_source in pages:
        for reason, n in of_source.reasons.items():
            unread[reason] = unread.get(reason, 0) + n
    return Reasons(
        sources_in_scope=len(scope.watched),
        sources_observed=sum(observed[source] > 0 for source in scope.watched),
        sources_dead=tuple(s for s in scope.watched if s in ail.dead),
        sources_silent=tuple(s for s in scope.watched if s in ail.silent),
        outlets_without_address=scope.not_watched,
        weeks=0.0,
        below_gate_pairs=0,
        undecided=0,
        sibling_links=0,
        unread_pages=sum(of_source.unread for of_source in pages),
        unread_reasons={reason: unread[reason] for reason in sorted(unread)},
        sources_overflowed=tuple(s for s in scope.watched if s in reading.overflowed),
        sources_late=tuple(s for s in scope.watched if s in ail.late),
    )


def reasons(
    family: FamilyId, of_scope: Reasons, counted: Counted, *, related: frozenset[FamilyId], weeks: float
) -> Reasons:
    """A zero split into its possible causes. `of_scope`: what `scope_reasons` says."""
    own = counted.clusters.get(family, frozenset())
    elsewhere = frozenset[int]().union(*(counted.clusters.get(sibling, ()) for sibling in related))
    return replace(
        of_scope,
        weeks=round(weeks, 6),
        below_gate_pairs=counted.below_gate.get(family, 0),
        undecided=counted.undecided.get(family, 0),
        sibling_links=len(elsewhere - own),
    )
