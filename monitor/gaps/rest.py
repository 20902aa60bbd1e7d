"""When a row that was shown or answered is left in peace, and what ends that. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.core.ids import AgreementId, PlaceId, Week
from monitor.gaps.said import NextDate, Rest
from monitor.gaps.types import FamilyCounts

SHOWINGS = 3  # so often a row is shown before it rests
RESTS = timedelta(weeks=8)


@dataclass(frozen=True, slots=True)
class Showing:
    """One week in which a mail that was really sent showed a family to a region."""

    week: Week
    region: PlaceId
    facts: str
    shown_on: date


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer of a reader. `facts`: of the row that was answered to, empty where unknown."""

    region: PlaceId  # empty: of all
    kind: str
    facts: str
    rests_until: date


def facts_of(
    counts: FamilyCounts, due_members: Sequence[AgreementId], near: Iterable[NextDate], flags: Sequence[str]
) -> str:
    """A fingerprint of what would be news to somebody who has seen the row.

    New originals, other due agreements, a date that has come near; no probability that drifted, and no
    reprint: copies and what is said of them are left out.
    """
    told = (
        counts.origin_ids,
        tuple(due_members),
        tuple((d.first_on.isoformat(), d.what, d.agreement or "", d.detail) for d in near),
        tuple(flag for flag in flags if flag != "copied_only"),
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def rests(
    showings: Sequence[Showing], answers: Sequence[Answered], facts: str, today: date
) -> tuple[Rest, ...]:
    """The rests of a row that last beyond today, by region; of several in a region the longest."""
    found: dict[PlaceId, Rest] = {}
    told = [
        Rest(answer.region, answer.rests_until, answer.kind)
        for answer in answers
        if answer.facts in ("", facts)
    ]
    regions = sorted({showing.region for showing in showings})
    told += [
        Rest(r, until, "shown") for r in regions if (until := _shown_out(showings, r, facts)) is not None
    ]
    for rest in told:
        before = found.get(rest.region)
        if rest.until > today and (before is None or rest.until > before.until):
            found[rest.region] = rest
    return tuple(found[region] for region in sorted(found))


def is_resting(held: Iterable[Rest], region: PlaceId) -> bool:
    """Whether a row is not to be put before the editors of a region now."""
    return any(rest.region in ("", region) for rest in held)


def _shown_out(showings: Sequence[Showing], region: PlaceId, facts: str) -> date | None:
    """Until when the row rests after having been shown often enough with these facts."""
    until: date | None = None
    n = 0
    for showing in sorted(showings, key=lambda s: s.shown_on):
        if showing.region != region:
            continue
        if showing.facts != facts:
            n, until = 0, None
            continue
        n += 1
        if n == SHOWINGS:
            n, until = 0, showing.shown_on + RESTS
    return until
