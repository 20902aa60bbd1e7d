"""Sources and outlets: what is read, how it answers, what it wrote."""

from fastapi import APIRouter, Depends

from monitor.core.api_tokens import Scope
from monitor.crawl.types import Source
from monitor.reports.around import since_of, trouble_of
from monitor.reports.catalogue import catalogue
from monitor.web.api.answers import FeedAnswer, OutletAnswer, OutletsAnswer, SourceAnswer, SourcesAnswer
from monitor.web.api.doors import Standing, needs, refuse_unknown
from monitor.web.api.paging import Asking, part_of
from monitor.web.api.tables import Lang, Region
from monitor.web.pages.sources import Look, look_at
from monitor.web.regions import known_region
from monitor.web.texts import withholding_of

router = APIRouter(dependencies=[Depends(needs(Scope.SOURCES)), Depends(refuse_unknown)], tags=["press"])


@router.get("/sources")
def sources(standing: Standing, asking: Asking, region: Region = "", lang: Lang = "ru") -> SourcesAnswer:
    """The sources of a region and the country's, of all regions without one, by id."""
    app = standing.app
    asked = known_region(app, region)
    report = standing.desk.latest(app, asked, lang)
    look = look_at(app, standing.desk.press(app, report.week), lang)
    here = (asked, "country-by") if region else ()
    held = [one for one in app.standing_sources() if not here or one.region in here]
    named = sorted((one for one in held if look.withholding.may_name(one.id)), key=lambda one: one.id)
    part, onward = part_of(named, lambda one: one.id, asking)
    items = tuple(_source(one, look) for one in part)
    return SourcesAnswer(len(named), len(held) - len(named), items, onward)


@router.get("/outlets")
def outlets(standing: Standing, asking: Asking, region: Region = "", lang: Lang = "ru") -> OutletsAnswer:
    """What each outlet wrote of its own region's agreements; of all regions without one, by id."""
    app = standing.app
    report = standing.desk.latest(app, known_region(app, region), lang)
    withholding, press = withholding_of(app, catalogue(lang)), standing.desk.press(app, report.week)
    held = [one for one in press.outlets if not region or one.region == region]
    named = sorted((one for one in held if withholding.may_name(one.source)), key=lambda one: one.source)
    part, onward = part_of(named, lambda one: one.source, asking)
    items = tuple(OutletAnswer(withholding.name(one.source), one) for one in part)
    return OutletsAnswer(report.week, len(named), len(held) - len(named), items, onward)


def _source(source: Source, look: Look) -> SourceAnswer:
    seen = look.watch.get(source.id)
    trouble = trouble_of(seen) if source.enabled else ""
    feeds = look.feeds.get(source.id, ()) if source.enabled else ()
    return SourceAnswer(
        id=source.id,
        name=look.withholding.name(source.id),
        kind=source.kind,
        region=source.region,
        state="ill" if look.is_ill(source) else "on" if source.enabled else "off",
        why_not="" if source.enabled else look.withholding.quote(source.why_not),
        trouble=trouble,
        since=since_of(seen) if seen and trouble else None,
        observed_share=seen.observed_share if seen else None,
        feeds=tuple(
            FeedAnswer(url, feed.last_at, feed.last_ok_at, feed.next_check_at, feed.failures, feed.reason)
            for feed in feeds
            if (url := look.withholding.link(feed.url))
        ),
    )
