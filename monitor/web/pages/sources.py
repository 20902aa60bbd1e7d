"""Sources: every outlet of the list, how it answers, when it is asked next, why it is not read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from monitor.core.ids import SourceId
from monitor.crawl.standings import FeedStanding, feed_standings
from monitor.crawl.types import Source
from monitor.gaps.store import Press
from monitor.gaps.types import SourceWatch
from monitor.reports.around import since_of, trouble_of
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.plain import one_line
from monitor.reports.withhold import Withholding
from monitor.web.asked import Asked, Shown
from monitor.web.codes import why_not_read
from monitor.web.desk import Desk
from monitor.web.pages.account import Option
from monitor.web.regions import asked_region, region_options
from monitor.web.texts import place_name, withholding_of
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring.reporting import regions

STATES = ("on", "ill", "off")
_LATE_FAILURES = 1  # one failed poll may be a passing one, and is still told


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source in the list."""

    url: str  # its page as an outlet, empty where it has none
    name: str
    note: str  # kind and home
    state: str
    is_on: bool
    why: str  # what is wrong, or why it is not read
    last: str  # this and the two below: empty where it is not read
    error: str
    next: str


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """Everything the list may use."""

    regions: tuple[Option, ...]
    states: tuple[Option, ...]
    counts: str
    lines: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of all sources at once: every line is made of it."""

    app: App
    feeds: Mapping[SourceId, Sequence[FeedStanding]]
    watch: Mapping[SourceId, SourceWatch]
    outlets: frozenset[SourceId]
    withholding: Withholding
    words: Catalogue
    pages: Catalogue
    _notes: dict[tuple[str, str], str] = field(default_factory=dict)  # hundreds of sources share a few

    def note(self, source: Source) -> str:
        """Its kind and home."""
        key = (source.kind, source.region)
        if key not in self._notes:
            home = place_name(self.app, source.region, self.words.lang)
            told = (self.words.coded("source_kind", source.kind), home)
            self._notes[key] = self.words.say("separator").join(told)
        return self._notes[key]

    def is_ill(self, source: Source) -> bool:
        """Whether its last poll failed, or the gap table has seen a trouble."""
        if not source.enabled:
            return False
        failing = any(feed.failures >= _LATE_FAILURES for feed in self.feeds.get(source.id, ()))
        return failing or bool(trouble_of(self.watch.get(source.id)))


def sources_page(app: App, asked: Asked, desk: Desk) -> Shown:
    """The sources of the region and state that the address names."""
    region = asked_region(app, asked) if asked.query.get("region") else None
    state = asked.query.get("state", "") if asked.query.get("state", "") in STATES else ""
    report = desk.latest(app, region or regions(app)[0], asked.lang)
    made = look_at(app, desk.press(app, report.week), asked.lang)
    standing = app.standing_sources()
    here = [s for s in standing if region is None or s.region in (region, "country-by")]
    ill = {source.id for source in here if made.is_ill(source)}
    shown = [s for s in here if _fits(s, state, is_ill=s.id in ill)]
    pages, words = made.pages, made.words
    on = sum(source.enabled for source in here)
    page = SourcesPage(
        regions=(
            Option("", pages.say("outlets.all"), region is None),
            *region_options(app, region, asked.lang),
        ),
        states=(
            Option("", pages.say("gaps.any"), not state),
            *(Option(key, pages.say(f"sources.state_{key}"), key == state) for key in STATES),
        ),
        counts=pages.say(
            "sources.counts",
            on=words.number(on),
            ill=words.number(len(ill)),
            off=words.number(len(here) - on),
        ),
        lines=tuple(_line(source, made, is_ill=source.id in ill) for source in shown),
    )
    return Shown("sources", page)


def look_at(app: App, press: Press, lang: str) -> Look:
    """Feeds as they stand now, and how sources were watched as a table tells it."""
    words = catalogue(lang)
    with app.ready_db.reading() as tx:
        feeds = feed_standings(tx)
    return Look(
        app=app,
        feeds=feeds,
        watch={seen.source: seen for seen in press.watch},
        outlets=frozenset(figure.source for figure in press.outlets),
        withholding=withholding_of(app, words),
        words=words,
        pages=page_words(lang),
    )


def _fits(source: Source, state: str, *, is_ill: bool) -> bool:
    wanted = {"": True, "on": source.enabled, "ill": is_ill, "off": not source.enabled}
    return wanted[state]


def _line(source: Source, made: Look, *, is_ill: bool) -> SourceLine:
    pages, name = made.pages, made.withholding.name(source.id)
    state = "ill" if is_ill else "on" if source.enabled else "off"
    asked = _asked_when(source, made, is_named=bool(name)) if source.enabled else ("", "", "")
    return SourceLine(
        url=f"/outlet/{quote(source.id)}" if name and source.id in made.outlets else "",
        name=name or pages.say("sources.unnamed"),
        note=made.note(source),
        state=pages.say(f"sources.state_{state}"),
        is_on=source.enabled,
        why=_why(source, made),
        last=asked[0],
        error=asked[1],
        next=asked[2],
    )


def _asked_when(source: Source, made: Look, *, is_named: bool) -> tuple[str, str, str]:
    """When a source that is read was asked, with what error, when it is asked next."""
    feeds = made.feeds.get(source.id, ())
    last = _moment(max((f.last_at for f in feeds if f.last_at), default=None), made)
    onward = _moment(min((f.next_check_at for f in feeds if f.next_check_at), default=None), made)
    return (
        last or made.pages.say("sources.never"),
        _error(feeds, made, is_named=is_named),
        onward or made.pages.say("sources.paused"),
    )


def _why(source: Source, made: Look) -> str:
    if not source.enabled:
        return made.withholding.quote(why_not_read(made.pages, source.why_not))
    seen = made.watch.get(source.id)
    trouble = trouble_of(seen)
    if not trouble:
        return ""
    told, since = made.words.coded("trouble", trouble), since_of(seen) if seen else None
    return told if since is None else made.pages.say("outlets.since", what=told, day=made.words.day(since))


def _error(feeds: Sequence[FeedStanding], made: Look, *, is_named: bool) -> str:
    """The last failure in words; its detail may hold an address and is told of named ones only."""
    failing = [feed for feed in feeds if feed.failures]
    if not failing:
        return ""
    worst = max(failing, key=lambda feed: feed.failures)
    detail = f" ({one_line(made.withholding.quote(worst.detail), 120)})" if worst.detail and is_named else ""
    counted = made.pages.count("n.failures", worst.failures)
    return f"{made.words.coded('trouble', worst.reason)}{detail}; {counted}"


def _moment(at: datetime | None, made: Look) -> str:
    if at is None:
        return ""
    here = at.astimezone(made.app.zone)
    return f"{made.words.short_day(here.date())} {here:%H:%M}"
