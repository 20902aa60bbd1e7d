"""What a report says of time: the last twelve weeks, and this year against the one before. Pure."""

from collections.abc import Mapping, Sequence

from monitor.core.clock import week_of, week_start, weeks_back
from monitor.core.ids import ArticleId, FamilyId, PlaceId, Week
from monitor.gaps.said import YearFigure
from monitor.gaps.types import GapRow, GapTable
from monitor.reports.types import ArticleFact, Share, WeekCount, Yearly

TREND_WEEKS = 12


def trend(
    table: GapTable, own: Sequence[GapRow], articles: Mapping[ArticleId, ArticleFact]
) -> tuple[WeekCount, ...]:
    """Originals on the region's families week by week, each counted once; `own`: all rows of the region."""
    found: dict[Week, set[int]] = {}
    families: dict[Week, set[FamilyId]] = {}
    for row in own:
        for article in row.counts.origin_ids:
            day = articles[ArticleId(article)].published_on
            if day is not None:
                found.setdefault(week_of(day), set()).add(article)
                families.setdefault(week_of(day), set()).add(row.family)
    weeks = [weeks_back(table.week, n) for n in reversed(range(TREND_WEEKS))]
    return tuple(
        WeekCount(
            week=week,
            begins_on=week_start(week),
            originals=len(found.get(week, ())),
            families=len(families.get(week, ())),
            is_watched=week_start(week) >= table.from_on,
        )
        for week in weeks
    )


def yearly(table: GapTable, region: PlaceId) -> Yearly:
    """The region's share of watched due families with an original, now and as a year ago's table told it."""
    return Yearly(now=_share(table.years, region), before=_share(table.years_before, region))


def _share(figures: Sequence[YearFigure], region: PlaceId) -> Share | None:
    for figure in figures:
        if figure.region == region and figure.families:
            return Share(figure.with_original, figure.families, figure.lo, figure.hi, figure.to_on)
    return None
