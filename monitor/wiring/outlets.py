"""Work on outlets before they are polled: checking, sorting, looking for feeds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.core.audit_log import COMMAND_LINE, Action, log_action
from monitor.core.errors import OutsideError, UsageError
from monitor.core.months import load_months
from monitor.core.progress import Progress, silent
from monitor.crawl.discover import Discovery, discover_feeds
from monitor.crawl.health import Trouble
from monitor.crawl.history import source_troubles
from monitor.crawl.probe import Asked, Probe, asked_by_address, probe_feeds, probe_surely
from monitor.crawl.sorting import Verdict, is_our_outage, sort_source
from monitor.crawl.store import get_sources, put_sources
from monitor.crawl.types import FEED_KINDS, FeedSpec, Source
from monitor.crawl.verdicts import record_verdict
from monitor.wiring.app import App


@dataclass(frozen=True, slots=True)
class Sorted:
    """A source as configured, what a check says of it, and whether it is polled now."""

    source: Source
    verdict: Verdict
    was_polled: bool
    is_polled: bool


def standing_troubles(app: App) -> tuple[Trouble, ...]:
    """What is wrong with the polled sources now, as the gap table sees it too."""
    now = app.demo_ended_at() or app.clock()  # a demo that is over is judged as of its own last evening
    with app.ready_db.reading() as tx:
        return source_troubles(tx, now=now, zone=app.zone)


def check_addresses(app: App, urls: Sequence[str], progress: Progress = silent) -> Iterator[Probe]:
    """What each address gives; one of config/sources is read by its kind, rules and zone there."""
    known = {f.url: Asked(f, ZoneInfo(s.zone)) for s in app.sources for f in s.feeds}
    asked = [known.get(url) or asked_by_address(url, app.zone) for url in urls]
    months = load_months(app.home.config / "languages")
    return probe_feeds(asked, fetch_many=app.fetcher.fetch_many, months=months, progress=progress)


def check_feed(app: App, spec: FeedSpec, zone: str) -> Probe:
    """What one feed gives; an empty kind is found by content. Errors: UsageError for an unknown zone."""
    try:
        asked = Asked(spec, ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"{zone!r} is no IANA time zone such as Europe/Minsk") from error
    if spec.kind not in ("", *FEED_KINDS):
        raise UsageError(f"{spec.kind!r} is not one of {', '.join(FEED_KINDS)}")
    if not spec.kind:
        asked = Asked(asked_by_address(spec.url, asked.zone).spec, asked.zone)
    months = load_months(app.home.config / "languages")
    return next(iter(probe_feeds([asked], fetch_many=app.fetcher.fetch_many, months=months)))


def discover(app: App, url: str) -> Discovery:
    """Feeds that a site seems to have."""
    months = load_months(app.home.config / "languages")
    return discover_feeds(url, fetch_many=app.fetcher.fetch_many, months=months, zone=app.zone)


def check_all(app: App, progress: Progress = silent, *, apply: bool) -> list[Sorted]:
    """Ask every feed of every source once and sort the sources; the verdicts are kept in the database.

    `apply`: also switch sources off that are dead or need a rule, and on again those that work.
    Errors: OutsideError when hardly anything answers: then it is rather our connection; nothing is kept.
    """
    with app.ready_db.begin() as tx:
        put_sources(tx, app.sources, at=app.clock())
        before = get_sources(tx)
    asked = [Asked(feed, ZoneInfo(s.zone)) for s in app.sources for feed in s.feeds]
    months = load_months(app.home.config / "languages")
    probes = probe_surely(asked, fetch_many=app.fetcher.fetch_many, months=months, progress=progress)
    verdicts = _sorted(app.sources, probes, app)
    if is_our_outage(verdicts):
        raise OutsideError(
            "hardly any source answers: this looks like our own connection (name server, firewall), so "
            "nothing was kept; `monitor sources check URL` shows one answer"
        )
    with app.ready_db.begin() as tx:
        for source, verdict in zip(app.sources, verdicts, strict=True):
            record_verdict(tx, source, verdict, apply=apply)
        put_sources(tx, app.sources, at=app.clock())
        after = get_sources(tx)
        found = [
            Sorted(s, v, was_polled=before[s.id].enabled, is_polled=after[s.id].enabled)
            for s, v in zip(app.sources, verdicts, strict=True)
        ]
        if apply:
            log_action(tx, COMMAND_LINE, Action.SOURCES, _switched(found), app.clock())
    return found


def _switched(found: Sequence[Sorted]) -> str:
    off = [one.source.id for one in found if one.was_polled and not one.is_polled]
    on = [one.source.id for one in found if one.is_polled and not one.was_polled]
    return f"{len(off)} off: {', '.join(off) or '-'}; {len(on)} on: {', '.join(on) or '-'}"


def _sorted(sources: Sequence[Source], probes: Sequence[Probe], app: App) -> list[Verdict]:
    now = app.clock().astimezone(app.zone)  # a reason names the newsroom's day
    answers = iter(probes)
    return [sort_source(s, [next(answers) for _ in s.feeds], now) for s in sources]
