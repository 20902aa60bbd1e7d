"""All reports that were made, for the newsroom: as their mails show them, and as files."""

from dataclasses import dataclass
from urllib.parse import quote

from monitor.core.ids import Week
from monitor.reports.archive import Made, list_made
from monitor.reports.formats import FORMATS
from monitor.web.asked import Asked, Raw, RefusedError, Shown
from monitor.web.desk import Desk
from monitor.web.kept import kept_report, whole_page
from monitor.web.pages.account import Option
from monitor.web.regions import asked_region, region_options
from monitor.web.texts import place_name, week_days
from monitor.web.words import page_words
from monitor.wiring import App

_SHOWN = 200
FILES = ("text", "xlsx", "csv", "json")  # the page itself is one of its own


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report."""

    week: str
    region: str
    lang: str
    sent: str
    note: str
    url: str
    files: tuple[tuple[str, str], ...]  # address, name of the format


@dataclass(frozen=True, slots=True)
class ReportsPage:
    """Everything the list may use."""

    regions: tuple[Option, ...]
    lines: tuple[ReportLine, ...]
    older: str  # that there are older ones, empty where there are none


def reports_page(app: App, asked: Asked, _desk: Desk) -> Shown:
    """The reports of the region that the address names, of all without one."""
    region = asked_region(app, asked) if asked.query.get("region") else None
    words = page_words(asked.lang)
    with app.ready_db.reading() as tx:
        made = list_made(tx, limit=_SHOWN + 1, region=region or "")
    everywhere = Option("", words.say("outlets.all"), region is None)
    page = ReportsPage(
        regions=(everywhere, *region_options(app, region, asked.lang)),
        lines=tuple(_line(app, one, asked.lang) for one in made[:_SHOWN]),
        older=words.count("n.latest_reports", _SHOWN) if len(made) > _SHOWN else "",
    )
    return Shown("reports", page)


def kept_page(app: App, asked: Asked, _desk: Desk) -> Raw:
    """One report: as its mail shows it, or as a file of another format."""
    name = asked.query.get("form", "html")
    if name not in ("html", *FILES):
        raise RefusedError("not_found", 404)
    report = kept_report(app, asked.path["report"])
    if report is None:
        raise RefusedError("not_found", 404)
    if name != "html":
        form = FORMATS[name]
        return Raw(form.render(report), form.MEDIA_TYPE, file_name=f"{report.id}{form.SUFFIX}")
    return Raw(whole_page(report, is_linked=False), "text/html; charset=utf-8", True)


def _line(app: App, one: Made, lang: str) -> ReportLine:
    words, url = page_words(lang), f"/report/{quote(one.id)}"
    return ReportLine(
        week=week_days(Week(one.week), words),
        region=place_name(app, one.region, lang),
        lang=words.say(f"language.{one.lang}"),
        sent=words.number(one.sent),
        note="" if one.is_whole else one.id,
        url=url,
        files=tuple((f"{url}?form={form}", FORMATS[form].SUFFIX.removeprefix(".").upper()) for form in FILES),
    )
