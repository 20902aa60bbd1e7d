"""Regions against partner countries: how many due agreements, and how many have a story."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.ids import PlaceId
from monitor.register.types import Register
from monitor.reports.catalogue import catalogue
from monitor.reports.types import PartnerCell, Report
from monitor.web.asked import Asked, Shown
from monitor.web.desk import Desk
from monitor.web.regions import asked_region
from monitor.web.texts import alphabetical, week_line
from monitor.web.wish import DUE, Wish, chosen
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring.reporting import regions

_FITTING = 8  # partner countries beside the names of the regions
_SHADES = ((0.0, 0), (0.25, 1), (0.5, 2), (0.75, 3))  # up to this share without a story; beyond: the darkest


@dataclass(frozen=True, slots=True)
class Cell:
    """One region and country. `shade`: 0 (every agreement has a story) to 4 (hardly one)."""

    country: str
    url: str  # the rows of the table that it counts; empty where there are none
    told: str  # "2 / 5": with a story, due
    said: str  # in words
    shade: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One region."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """Everything the matrix may use."""

    when: str
    is_old: bool
    countries: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    is_wide: bool  # it will hardly fit even a desk's screen


def matrix_page(app: App, asked: Asked, desk: Desk) -> Shown:
    """The matrix of all regions and partner countries."""
    report, is_old = desk.report(app, asked_region(app, asked), asked.lang)
    return Shown("matrix", matrix(report, app.register, regions(app), is_old))


def matrix(report: Report, register: Register, own: tuple[PlaceId, ...], is_old: bool) -> MatrixPage:
    """The page of a report. `own`: the regions that have a table of their own."""
    pages = page_words(report.lang)
    countries = tuple(dict.fromkeys((cell.country, cell.country_name) for cell in report.partners))
    known = {(cell.region, cell.country): cell for cell in report.partners}
    urls = {(cell.region, cell.country): _url(cell, report, register, own) for cell in report.partners}
    named = {(alphabetical(cell.region_name), cell.region, cell.region_name) for cell in report.partners}
    names = {region: name for _, region, name in sorted(named)}
    return MatrixPage(
        when=week_line(report, pages),
        is_old=is_old,
        countries=tuple(name for _, name in countries),
        rows=tuple(
            MatrixRow(
                name,
                tuple(
                    _cell(known.get((region, country)), country_name, urls, report)
                    for country, country_name in countries
                ),
            )
            for region, name in names.items()
        ),
        is_wide=len(countries) > _FITTING,
    )


def _cell(
    cell: PartnerCell | None, country: str, urls: Mapping[tuple[PlaceId, PlaceId], str], report: Report
) -> Cell:
    if cell is None:
        return Cell(country, "", "", "", 0)
    words, pages = catalogue(report.lang), page_words(report.lang)
    silent = 1 - cell.with_original / cell.due
    return Cell(
        country=country,
        url=urls[cell.region, cell.country],
        told=f"{words.number(cell.with_original)} / {words.number(cell.due)}",
        said=pages.say(
            "matrix.cell",
            region=cell.region_name,
            country=cell.country_name,
            n=words.number(cell.with_original),
            of=pages.count("n.agreements", cell.due),
        ),
        shade=next((shade for least, shade in _SHADES if silent <= least), 4),
    )


def _url(cell: PartnerCell, report: Report, register: Register, own: tuple[PlaceId, ...]) -> str:
    """The same rows in the table, empty where no choice of it gives just these.

    Rows of the whole country are national in a region's table unless they are also its own.
    """
    code = cell.country.removeprefix("country-").upper()
    if cell.region in own:
        return f"/gaps?{Wish(cell.region, partner=code, state=DUE).query()}"
    wish = Wish(report.region, scope="national", partner=code, state=DUE)
    is_same = cell.region == "country-by" and len(chosen(report, register, wish)) == cell.due
    return f"/gaps?{wish.query()}" if is_same else ""
