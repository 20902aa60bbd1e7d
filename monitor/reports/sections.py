"""Sections of a mail that stand beside its agreements: calendar, charts, year, correction. Pure."""

from collections.abc import Sequence
from datetime import date

from monitor.reports.around import LEAST_ORIGINALS
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.method import chart_alt, chart_rows, chart_worst
from monitor.reports.page import Line, Section
from monitor.reports.pictures import has_trend, heat_map, partners_alt, partners_rows, trend_alt, trend_words
from monitor.reports.rows import first_named
from monitor.reports.types import Amended, Dated, Report, Share

CALENDAR_LIMIT = 10  # entries of the mail; the sheet has all


def calendar_section(report: Report) -> Section | None:
    """What lies ahead; None where nothing does."""
    if not report.calendar:
        return None
    words = catalogue(report.lang)
    lines = tuple(Line("", dated(entry, report)) for entry in shown_dates(report.calendar))
    left_out = len(report.calendar) - len(lines)
    more = words.count("calendar.more", left_out) if left_out > 0 else ""
    return Section("calendar", "lines", words.say("heading.calendar"), "", lines=lines, more=more)


def shown_dates(entries: Sequence[Dated]) -> tuple[Dated, ...]:
    """The entries that a mail has room for: those of agreements before holidays, then by date."""
    first = sorted(entries, key=lambda entry: (entry.family is None, entry.on))[:CALENDAR_LIMIT]
    return tuple(entry for entry in entries if entry in first)


def dated(entry: Dated, report: Report) -> str:
    """One entry of the calendar as a line."""
    words = catalogue(report.lang)
    year = report.to_on.year
    if len(entry.day) < len("YYYY-MM-DD"):
        day = words.partial_day(entry.day)
    elif entry.until is not None:
        day = _span(entry.on, entry.until, year, words)
    else:
        day = words.day_in(entry.on, year)
    kind = "holiday_at" if entry.kind == "holiday" and entry.country else entry.kind
    what = words.say(
        f"calendar.{kind}",
        name=entry.name,
        country=entry.country,
        years=words.count("n.years_of", entry.years),
        title=entry.name,
        ref=words.say("card.number", family=entry.family or ""),
    )
    return words.say("calendar.line", day=day, what=what)


def _span(first: date, last: date, year: int, words: Catalogue) -> str:
    """First and last day; what both share is said once, and a year that is `year` not at all."""
    to_day = words.day_in(last, year)
    if (first.year, first.month) == (last.year, last.month):
        return words.say("calendar.span_in_month", first=first.day, to_day=to_day)
    return words.say("calendar.span", from_day=words.day_in(first, last.year), to_day=to_day)


def topics_section(report: Report) -> Section:
    """Register against coverage, or that there is too little to compare."""
    words, picture = catalogue(report.lang), report.topics
    heading = words.say("heading.topics")
    if not picture.is_enough:
        n, least = (words.number(n) for n in (picture.n_originals, LEAST_ORIGINALS))
        few = words.say("intro.topics_few", n=n, least=least)
        return Section("topics", "lines", heading, "", lines=(Line("", few),))
    return Section(
        "topics",
        "chart",
        heading,
        words.say("intro.topics"),
        lines=(Line("", chart_worst(report)),),
        picture="topics",
        alt=chart_alt(report),
        table=chart_rows(report),
    )


def partners_section(report: Report) -> Section | None:
    """Regions against partner countries; None where there is nothing to compare."""
    if not heat_map(report.partners).is_enough:
        return None
    return Section(
        "partners",
        "chart",
        catalogue(report.lang).say("heading.partners"),
        catalogue(report.lang).say("intro.partners"),
        picture="partners",
        alt=partners_alt(report),
        table=partners_rows(report),
    )


def trend_section(report: Report) -> Section | None:
    """Twelve weeks; None where nothing was found or watched."""
    if not has_trend(report.trend):
        return None
    heading = catalogue(report.lang).say("heading.trend")
    line = Line("", trend_words(report))
    return Section("trend", "chart", heading, "", lines=(line,), picture="trend", alt=trend_alt(report))


def press_section(report: Report) -> Section | None:
    """Who writes and who does not; None where neither can be said."""
    texts = press_lines(report)
    if not texts:
        return None
    heading = catalogue(report.lang).say("heading.press")
    return Section("press", "lines", heading, "", lines=tuple(Line("", text) for text in texts))


def press_lines(report: Report) -> tuple[str, ...]:
    """Agencies' part of what was found; outlets of the region that wrote, and those that did not."""
    words, agency = catalogue(report.lang), report.agency
    own = [outlet for outlet in report.watch if outlet.asked]
    wrote = sorted((o for o in own if o.touched), key=lambda o: (-(o.touched or 0), o.source))
    silent = [outlet for outlet in own if not outlet.touched]
    lines = []
    if agency is not None:
        told = {name: words.number(getattr(agency, name)) for name in ("by_agency", "of_agency")}
        originals = words.count("n.of_materials", agency.originals)
        articles = words.count("n.of_articles", agency.articles)
        lines.append(words.say("press.agency", originals=originals, articles=articles, **told))
    if wrote:
        named = [
            words.say("press.wrote_on", name=words.quoted(o.name), n=words.number(o.touched or 0))
            for o in wrote
            if o.name
        ]
        lines.append(words.say("press.wrote", outlets=_listed(named, len(wrote), words)))
    if silent:
        named = [words.quoted(o.name) for o in silent if o.name]
        due = words.count("n.of_agreements", silent[0].asked or 0)
        lines.append(words.say("press.silent", due=due, outlets=_listed(named, len(silent), words)))
    return tuple(lines)


def _listed(names: Sequence[str], total: int, words: Catalogue) -> str:
    """The first names, and how many more there are; outlets that may not be named are among those."""
    named = first_named(names)
    rest = total - len(named)
    return words.list([*named, words.count("n.outlets_more", rest)] if rest else list(named))


def yearly_section(report: Report, weeks: str) -> Section:
    """The share of agreements with a report, against the year before. `weeks`: how long we have watched."""
    words, yearly = catalogue(report.lang), report.yearly
    lines = []
    if yearly.now is not None:
        lines.append(Line("", words.say("yearly.now", **_share(yearly.now, words))))
    if yearly.now is not None and yearly.before is not None:
        is_apart = yearly.now.lo > yearly.before.hi or yearly.now.hi < yearly.before.lo
        verdict = words.say("yearly.apart" if is_apart else "yearly.same")
        told = _share(yearly.before, words)
        day = words.day(yearly.before.to_on)
        lines.append(Line("", words.say("yearly.before", day=day, verdict=verdict, **told)))
    else:
        lines.append(Line("", words.say("yearly.not_yet", weeks=weeks)))
    return Section("yearly", "lines", words.say("heading.yearly"), "", lines=tuple(lines))


def correction_section(report: Report) -> Section | None:
    """What a corrected report corrects; None for the first one."""
    if report.correction is None:
        return None
    words = catalogue(report.lang)
    lines = tuple(Line("", amended(one, words)) for one in report.correction.amended)
    return Section("correction", "lines", words.say("heading.correction"), "", lines=lines)


def amended(one: Amended, words: Catalogue) -> str:
    """What was said of one agreement before and what is said now."""
    kind = "added" if not one.state_before else "gone" if not one.state else "changed"
    return words.say(
        f"amended.{kind}",
        title=one.title,
        ref=words.say("card.number", family=one.family),
        before=words.coded("state", one.state_before),
        now=words.coded("state", one.state),
        n_before=words.count("n.materials", one.originals_before),
        n=words.count("n.materials", one.originals),
    )


def _share(share: Share, words: Catalogue) -> dict[str, str]:
    return {
        "with_original": words.number(share.n),
        "watched": words.count("n.of_agreements", share.of),
        "percent": words.percent(share.n / share.of),
        "lo": words.percent(share.lo),
        "hi": words.percent(share.hi),
    }
