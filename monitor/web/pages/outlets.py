"""Outlets: what each wrote of its own region's agreements, what it never wrote of, how it was watched."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from monitor.core.ids import FamilyId, PlaceId, SourceId
from monitor.crawl.types import Source
from monitor.gaps.said import OutletFigure
from monitor.gaps.store import Press
from monitor.gaps.types import SourceWatch
from monitor.reports.around import since_of, trouble_of
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.phrases import Phrases
from monitor.reports.types import Report
from monitor.reports.withhold import Withholding
from monitor.web.asked import Asked, RefusedError, Shown
from monitor.web.desk import Desk
from monitor.web.drawings import Bars, bars
from monitor.web.pages.account import Option
from monitor.web.regions import asked_region, region_options
from monitor.web.texts import (
    alphabetical,
    family_title,
    place_name,
    week_days,
    week_line,
    withholding_of,
)
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring.presswatch import WeekSeen, seen_by_week
from monitor.wiring.reporting import regions


@dataclass(frozen=True, slots=True)
class OutletLine:
    """One outlet in the list."""

    url: str
    name: str
    kind: str
    covers: str
    never: str  # empty where its silence says nothing
    stories: str
    watched: str
    health: str
    note: str  # where its silence says nothing


@dataclass(frozen=True, slots=True)
class OutletsPage:
    """Everything the list may use."""

    when: str
    explain: str
    regions: tuple[Option, ...]
    lines: tuple[OutletLine, ...]
    unnamed: str  # how many are not shown


@dataclass(frozen=True, slots=True)
class FamilyLink:
    """One agreement of an outlet's region."""

    url: str
    title: str
    title_lang: str


@dataclass(frozen=True, slots=True)
class OutletPage:
    """Everything the page of one outlet may use."""

    name: str
    when: str
    back_url: str
    facts: tuple[tuple[str, str], ...]  # label, text
    feeds: tuple[str, ...]
    weeks: Bars | None
    weeks_alt: str
    week_rows: tuple[tuple[str, str], ...]
    note: str
    covers: tuple[FamilyLink, ...]
    never: tuple[FamilyLink, ...]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What both pages are made of."""

    press: Press
    sources: Mapping[SourceId, Source]
    watch: Mapping[SourceId, SourceWatch]
    withholding: Withholding
    words: Catalogue
    pages: Catalogue


def outlets_page(app: App, asked: Asked, desk: Desk) -> Shown:
    """The outlets of the region that the address names, of all without one."""
    region = asked_region(app, asked) if asked.query.get("region") else None
    report = desk.latest(app, region or regions(app)[0], asked.lang)
    shelf = _shelf(app, report, desk)
    figures = [f for f in shelf.press.outlets if region is None or f.region == region]
    named = [f for f in figures if shelf.withholding.may_name(f.source)]
    everywhere = Option("", shelf.pages.say("outlets.all"), region is None)
    n_unnamed = len(figures) - len(named)
    page = OutletsPage(
        when=week_line(report, shelf.pages),
        explain=shelf.pages.say(
            "outlets.explain", weeks=Phrases(shelf.words).weeks_for(report.method.watched_weeks)
        ),
        regions=(everywhere, *region_options(app, region, asked.lang)),
        lines=tuple(sorted((_line(f, shelf) for f in named), key=lambda line: alphabetical(line.name))),
        unnamed=shelf.pages.count("n.outlets_unnamed", n_unnamed) if n_unnamed else "",
    )
    return Shown("outlets", page)


def outlet_page(app: App, asked: Asked, desk: Desk) -> Shown:
    """One outlet. One that may not be named is refused as one that does not exist."""
    report = desk.latest(app, regions(app)[0], asked.lang)
    source, shelf = SourceId(asked.path["outlet"]), _shelf(app, report, desk)
    figure = next((f for f in shelf.press.outlets if f.source == source), None)
    if figure is None or not shelf.withholding.may_name(source):
        raise RefusedError("not_found", 404)
    weeks = seen_by_week(app, source, report.week)
    drawn = bars([(week.share, _tick(week, n, shelf.words), "") for n, week in enumerate(weeks)])
    alt = shelf.pages.say("outlets.weeks_alt")
    page = OutletPage(
        name=shelf.withholding.name(source),
        when=week_line(report, shelf.pages),
        back_url=f"/outlets?{urlencode({'region': figure.region})}",
        facts=_facts(app, figure, shelf),
        feeds=tuple(
            link for feed in shelf.sources[source].feeds if (link := shelf.withholding.link(feed.url))
        ),
        weeks=drawn if any(week.share for week in weeks) else None,
        weeks_alt=alt,
        week_rows=tuple(
            (week_days(week.week, shelf.words), shelf.words.percent(week.share)) for week in weeks
        ),
        note="" if figure.is_telling else shelf.pages.say("outlets.not_telling"),
        covers=_families(app, figure.touched, figure.region, shelf.pages),
        never=_families(app, figure.untouched, figure.region, shelf.pages),
    )
    return Shown("outlet", page)


def _shelf(app: App, report: Report, desk: Desk) -> _Shelf:
    words, press = catalogue(report.lang), desk.press(app, report.week)
    return _Shelf(
        press=press,
        sources={source.id: source for source in app.sources},
        watch={seen.source: seen for seen in press.watch},
        withholding=withholding_of(app, words),
        words=words,
        pages=page_words(report.lang),
    )


def _line(figure: OutletFigure, shelf: _Shelf) -> OutletLine:
    words, pages = shelf.words, shelf.pages
    return OutletLine(
        url=f"/outlet/{quote(figure.source)}",
        name=shelf.withholding.name(figure.source),
        kind=words.coded("source_kind", shelf.sources[figure.source].kind),
        covers=_covers(figure, words, pages),
        never=words.number(len(figure.untouched)) if figure.is_telling else "",
        stories=words.number(figure.originals),
        watched=words.percent(_watched(figure)),
        health=_health(shelf.watch.get(figure.source), words, pages),
        note="" if figure.is_telling else pages.say("outlets.not_telling"),
    )


def _covers(figure: OutletFigure, words: Catalogue, pages: Catalogue) -> str:
    n = len(figure.touched)
    return pages.say("outlets.of", n=words.number(n), total=words.number(n + len(figure.untouched)))


def _watched(figure: OutletFigure) -> float:
    return figure.observed_weeks / figure.weeks if figure.weeks else 0.0


def _health(seen: SourceWatch | None, words: Catalogue, pages: Catalogue) -> str:
    trouble = trouble_of(seen)
    if not trouble:
        return pages.say("outlets.well")
    told, since = words.coded("trouble", trouble), since_of(seen) if seen else None
    return told if since is None else pages.say("outlets.since", what=told, day=words.day(since))


def _facts(app: App, figure: OutletFigure, shelf: _Shelf) -> tuple[tuple[str, str], ...]:
    words, pages, source = shelf.words, shelf.pages, shelf.sources[figure.source]
    told = {
        "kind": words.coded("source_kind", source.kind),
        "region": place_name(app, source.region, words.lang),
        "covers": _covers(figure, words, pages),
        "stories": words.number(figure.originals),
        "watched": words.percent(_watched(figure)),
        "health": _health(shelf.watch.get(figure.source), words, pages),
    }
    return tuple((pages.say(f"outlets.{key}"), text) for key, text in told.items())


def _tick(week: WeekSeen, n: int, words: Catalogue) -> str:
    return words.short_day(week.begins_on) if n % 3 == 0 else ""


def _families(
    app: App, families: tuple[FamilyId, ...], region: PlaceId, pages: Catalogue
) -> tuple[FamilyLink, ...]:
    found = []
    for family in families:
        title, lang = family_title(app, family, pages)
        found.append(FamilyLink(f"/family/{family}?{urlencode({'region': region})}", title, lang))
    return tuple(found)
