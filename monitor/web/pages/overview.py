"""The newsroom's first page: this week in a region, what changed, the trend, where we are blind."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from monitor.core.ids import FamilyId, PlaceId
from monitor.gaps.said import YearFigure
from monitor.gaps.store import find_years
from monitor.register.types import Register
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.phrases import Phrases
from monitor.reports.pictures import has_trend, trend_words
from monitor.reports.row_types import Row
from monitor.reports.sections import yearly_section
from monitor.reports.stage import WINDOW_WEEKS
from monitor.reports.types import BlindSpot, Report
from monitor.web.asked import Asked, Shown
from monitor.web.desk import Desk
from monitor.web.drawings import Bars, bars
from monitor.web.pages.account import Option
from monitor.web.regions import asked_region, region_options
from monitor.web.texts import alphabetical, tally_of, week_days, when_line
from monitor.web.wish import STATES
from monitor.web.words import page_words
from monitor.wiring import App

_SHOWN = 5  # rows of a list; the table has all


@dataclass(frozen=True, slots=True)
class RowLink:
    """One agreement that leads to its own page."""

    url: str
    title: str
    title_lang: str
    note: str


@dataclass(frozen=True, slots=True)
class RegionYear:
    """The yearly figure of one region."""

    url: str
    name: str
    told: str  # so many of so many
    share: str
    interval: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """Everything the first page may use."""

    title: str
    when: str
    is_old: bool
    regions: tuple[Option, ...]
    yearly: tuple[str, ...]
    tally: tuple[tuple[str, str, str], ...]  # address, state, number
    changes: str  # why nothing can be said of changes, empty where something can
    n_new: str
    new: tuple[RowLink, ...]  # the first of them that do not stand among the gaps below
    new_below: str  # how many stand there, empty for none
    more_new: str  # how many are listed in neither place; so with the lists that follow
    n_closed: str
    closed: tuple[RowLink, ...]
    more_closed: str
    closed_url: str
    gaps: tuple[RowLink, ...]
    more_gaps: str
    gaps_url: str
    trend: Bars | None
    trend_words: str
    trend_rows: tuple[tuple[str, str], ...]  # week, what was found
    blind: tuple[str, ...]
    blind_url: str
    years_title: str
    years: tuple[RegionYear, ...]


def overview_page(app: App, asked: Asked, desk: Desk) -> Shown:
    """The first page of the region that the address names."""
    region = asked_region(app, asked)
    report, is_old = desk.report(app, region, asked.lang)
    with app.ready_db.reading() as tx:
        years = find_years(tx, report.week, WINDOW_WEEKS)
    return Shown(
        "overview", overview(report, years, app.register, region_options(app, region, asked.lang), is_old)
    )


def overview(
    report: Report,
    years: tuple[YearFigure, ...],
    register: Register,
    regions: tuple[Option, ...],
    is_old: bool,
) -> OverviewPage:
    """The page of a report and of the yearly figures of all regions."""
    words, pages = catalogue(report.lang), page_words(report.lang)
    own = [row for row in report.rows if not row.is_national]
    first = report.sections.gaps[:_SHOWN]
    new = tuple(row.family for row in own if row.is_new)
    more = tuple(family for family in new if family not in first)  # in a first week all gaps are new
    closed = tuple(row.family for row in own if row.is_closed)
    n_gaps, n_below = sum(row.state == "uncovered" for row in own), len(new) - len(more)
    watched = Phrases(words).weeks(report.method.watched_weeks)
    return OverviewPage(
        title=pages.say("overview.title", region=report.region_name),
        when=when_line(report, pages),
        is_old=is_old,
        regions=regions,
        yearly=tuple(line.text for line in yearly_section(report, watched).lines),
        tally=tuple(
            (
                _rows_url(report, state),
                *tally_of(own, state, words),
            )
            for state in STATES
        ),
        changes="" if report.has_previous else pages.say("overview.no_previous"),
        n_new=words.number(len(new)),
        new=_rows(report, more[:_SHOWN], words),
        new_below=pages.say("overview.below", heading=pages.say("overview.gaps"), n=words.number(n_below))
        if n_below
        else "",
        more_new=_more(len(more) - _SHOWN, pages),
        n_closed=words.number(len(closed)),
        closed=_rows(report, closed[:_SHOWN], words),
        more_closed=_more(len(closed) - _SHOWN, pages),
        closed_url=_rows_url(report, "covered"),
        gaps=_rows(report, first, words),
        more_gaps=_more(n_gaps - len(first), pages),
        gaps_url=_rows_url(report, "uncovered"),
        trend=_trend(report, words),
        trend_words=trend_words(report) if has_trend(report.trend) else "",
        trend_rows=tuple(
            (week_days(week.week, words), _week(week.originals, week.is_watched, words, pages))
            for week in report.trend
        ),
        blind=tuple(blind_line(spot, words) for spot in report.blind_spots),
        blind_url=f"/sources?{urlencode({'region': report.region, 'state': 'ill'})}",
        years_title=pages.say("overview.years", weeks=watched),
        years=tuple(
            _year(figure, register, report.region, words)
            for figure in _own_regions(years, register, report.lang)
        ),
    )


def _rows(report: Report, families: tuple[FamilyId, ...], words: Catalogue) -> tuple[RowLink, ...]:
    return tuple(row_link(report.row(family), report.region, words) for family in families)


def _rows_url(report: Report, state: str) -> str:
    """The rows of a state in the table of all."""
    return f"/gaps?{urlencode({'region': report.region, 'state': state})}"


def _more(left: int, pages: Catalogue) -> str:
    """How many agreements a list leaves out, empty where it has all."""
    return pages.count("n.more_agreements", left) if left > 0 else ""


def row_link(row: Row, region: PlaceId, words: Catalogue) -> RowLink:
    """A row with its parties, leading to its page."""
    member = row.members[0]
    url = f"/family/{row.family}?{urlencode({'region': region})}"
    return RowLink(url, member.title, member.title_lang, Phrases(words).sides(row))


def _trend(report: Report, words: Catalogue) -> Bars | None:
    if not has_trend(report.trend):
        return None
    return bars(
        [
            (
                float(week.originals) if week.is_watched else None,
                _tick(n, week.begins_on, words),
                words.number(week.originals) if week.is_watched else "",
            )
            for n, week in enumerate(report.trend)
        ]
    )


def _tick(n: int, day: date, words: Catalogue) -> str:
    """Every third week has its day below it: all twelve would run into one another on a phone."""
    return words.short_day(day) if n % 3 == 0 else ""


def _week(originals: int, is_watched: bool, words: Catalogue, pages: Catalogue) -> str:
    return words.count("n.materials", originals) if is_watched else pages.say("overview.unwatched")


def blind_line(spot: BlindSpot, words: Catalogue) -> str:
    """What is wrong with a source and since when; one that may not be named is not named."""
    name, trouble = spot.name or words.say("unnamed_outlet"), words.coded("trouble", spot.trouble)
    if spot.since is None:
        return words.say("blind.line", name=name, trouble=trouble)
    return words.say("blind.since", name=name, trouble=trouble, day=words.day(spot.since))


def _own_regions(years: tuple[YearFigure, ...], register: Register, lang: str) -> list[YearFigure]:
    own = (
        figure
        for figure in years
        if figure.region in register.places
        and register.places[figure.region].kind == "region"
        and figure.families
    )
    return sorted(own, key=lambda figure: alphabetical(register.places[figure.region].name(lang)))


def _year(figure: YearFigure, register: Register, shown: PlaceId, words: Catalogue) -> RegionYear:
    return RegionYear(
        url=f"/overview?{urlencode({'region': figure.region})}",
        name=register.places[figure.region].name(words.lang),
        told=f"{words.number(figure.with_original)} / {words.number(figure.families)}",
        share=words.percent(figure.found_share),
        interval=words.percents(figure.lo, figure.hi),
        is_shown=figure.region == shown,
    )
