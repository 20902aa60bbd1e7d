"""What the heat map and the trend show, as data and in words, for those who do not see them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.ids import PlaceId
from monitor.reports.catalogue import catalogue
from monitor.reports.page import Line
from monitor.reports.types import PartnerCell, Report, WeekCount

COUNTRIES = 7  # columns that stay readable on a phone; the sheet has all
ROWS = 8


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Rows and columns with the cells that are not empty."""

    regions: tuple[tuple[PlaceId, str], ...]
    countries: tuple[tuple[PlaceId, str], ...]
    cells: dict[tuple[PlaceId, PlaceId], PartnerCell]

    @property
    def is_enough(self) -> bool:
        """Whether there is something to compare: two regions and two countries."""
        return len(self.regions) > 1 and len(self.countries) > 1


def heat_map(cells: Sequence[PartnerCell]) -> HeatMap:
    """The busiest countries and regions."""
    countries = tuple(dict.fromkeys((cell.country, cell.country_name) for cell in cells))[:COUNTRIES]
    shown = [cell for cell in cells if (cell.country, cell.country_name) in countries]
    weight: dict[tuple[PlaceId, str], int] = {}
    for cell in shown:
        key = cell.region, cell.region_name
        weight[key] = weight.get(key, 0) + cell.due
    regions = tuple(sorted(weight, key=lambda key: (-weight[key], key)))[:ROWS]
    return HeatMap(regions, countries, {(cell.region, cell.country): cell for cell in shown})


def partners_alt(report: Report) -> str:
    """What the heat map shows and where the reader's region is most silent."""
    words = catalogue(report.lang)
    own = [cell for cell in report.partners if cell.region == report.region]
    silent = [cell for cell in own if cell.with_original < cell.due]
    worst = max(silent, key=lambda c: (c.due - c.with_original, c.country), default=None)
    told = words.say("chart.partners_none")
    if worst is not None:
        told = words.say(
            "chart.partners_worst",
            country=worst.country_name,
            n=words.number(worst.with_original),
            of=words.number(worst.due),
        )
    return words.say("chart.partners_alt", worst=told)


def partners_rows(report: Report) -> tuple[Line, ...]:
    """The reader's own row of the map, country by country."""
    words = catalogue(report.lang)
    return tuple(
        Line(
            cell.country_name,
            words.say("chart.partners_row", n=words.number(cell.with_original), of=words.number(cell.due)),
        )
        for cell in report.partners
        if cell.region == report.region
    )


def watched_weeks(report: Report) -> tuple[WeekCount, ...]:
    """The weeks of the trend of which something can be said."""
    return tuple(week for week in report.trend if week.is_watched)


def has_trend(weeks: Sequence[WeekCount]) -> bool:
    """Whether the trend shows something: two weeks watched at least, and one report."""
    watched = [week for week in weeks if week.is_watched]
    return len(watched) > 1 and any(week.originals for week in watched)


def trend_words(report: Report) -> str:
    """Mean, most and fewest; that not all weeks were watched."""
    words, weeks = catalogue(report.lang), watched_weeks(report)
    most = max(weeks, key=lambda week: week.originals)
    least = min(weeks, key=lambda week: week.originals)
    told = words.say(
        "chart.trend_words",
        mean=words.number(sum(week.originals for week in weeks) / len(weeks), 1),
        most=words.number(most.originals),
        least=words.number(least.originals),
        most_on=words.day_in(most.begins_on, report.to_on.year),
        least_on=words.day_in(least.begins_on, report.to_on.year),
    )
    if len(weeks) == len(report.trend):
        return told
    return f"{told} {words.say('chart.trend_unwatched', n=words.number(len(weeks)))}"


def trend_alt(report: Report) -> str:
    """What the trend shows."""
    return catalogue(report.lang).say("chart.trend_alt", words=trend_words(report))
