"""The complaint in one figure: the share of due agreements with at least one original report. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from monitor.core.ids import FamilyId, PlaceId
from monitor.gaps.said import YearFigure
from monitor.gaps.types import GapRow, State

# Left out: what is not due, and what nobody could have found. What silence would not tell stays in: articles
# are many there, and without those rows the press would look worse than it is.
NOT_WATCHED = ("not_findable", "too_young", "low_exposure")


def is_watched(row: GapRow) -> bool:
    """Whether a row counts in the yearly figure."""
    return row.state is not State.NOT_DUE and row.why_state not in NOT_WATCHED


def year_figures(
    rows: Sequence[GapRow],
    regions: Mapping[FamilyId, Sequence[PlaceId]],
    any_exists: Mapping[FamilyId, NDArray[np.bool_]],
    *,
    from_on: date,
    to_on: date,
) -> tuple[YearFigure, ...]:
    """One figure a region, by id. `any_exists`: draws, in worlds that all families share, so that
    a recall which is unknown for all makes the interval as wide as it is."""
    own: dict[PlaceId, list[GapRow]] = {}
    for row in rows:
        if is_watched(row):
            for place in regions[row.family]:
                own.setdefault(place, []).append(row)
    figures = []
    for place in sorted(own):
        drawn = np.mean([any_exists[row.family] for row in own[place]], axis=0)
        found = sum(row.counts.originals > 0 for row in own[place])
        lo, hi = (float(bound) for bound in np.quantile(drawn, (0.025, 0.975)))
        figures.append(
            YearFigure(
                region=place,
                from_on=from_on,
                to_on=to_on,
                families=len(own[place]),
                with_original=found,
                found_share=round(found / len(own[place]), 6),
                share=round(float(drawn.mean()), 6),
                lo=round(lo, 6),
                hi=round(hi, 6),
            )
        )
    return tuple(figures)
