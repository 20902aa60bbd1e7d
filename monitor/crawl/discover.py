"""Stage: look for a site's feeds. Nothing is written, and nothing is polled because of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from monitor.core.dates import Months
from monitor.core.ids import RawUrl
from monitor.crawl.candidates import Candidate, common_paths, named_by_page, named_by_robots
from monitor.crawl.feeds.detect import is_feed
from monitor.crawl.probe import Probe, asked_by_address, probe_feeds
from monitor.crawl.types import Failed, Fetched, FetchKind, FetchMany, FetchRequest, Outcome

ENOUGH = 2  # feeds found with which the common paths are left alone: each try costs the site a request


@dataclass(frozen=True, slots=True)
class Tried:
    """One address and what it gave."""

    candidate: Candidate
    probe: Probe


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was tried, in order. `home` is why the home page could not be read, None when it could."""

    home: Failed | None
    tried: tuple[Tried, ...]

    @property
    def feeds(self) -> tuple[Tried, ...]:
        """Those that have entries, in the order of trust."""
        return tuple(one for one in self.tried if one.probe.entries)


def discover_feeds(url: str, *, fetch_many: FetchMany, months: Months, zone: ZoneInfo) -> Discovery:
    """Try what the page and robots.txt name, and where that gives little the paths of common systems."""
    home = fetch_many([FetchRequest(RawUrl(url), FetchKind.PAGE)])[0]
    if isinstance(home, Failed) and home.status is None and not home.detail.startswith("robots.txt"):
        return Discovery(home, ())  # no such host: its other addresses would fail alike
    at = home.final_url if isinstance(home, Fetched) else RawUrl(url)
    named = [*_named_by(home, url), *_of_robots(at, fetch_many)]
    tried = _try(named, fetch_many, months, zone)
    for candidate in common_paths(at):
        if sum(bool(one.probe.entries) for one in tried) >= ENOUGH:
            break
        if candidate.url not in {one.candidate.url for one in tried}:
            tried += _try([candidate], fetch_many, months, zone)
    return Discovery(home if isinstance(home, Failed) else None, tuple(tried))


def _named_by(home: Outcome, url: str) -> list[Candidate]:
    if not isinstance(home, Fetched):
        return []
    if is_feed(home.body, home.headers.get("content-type", "")):  # the address given is a feed itself
        return [Candidate(url, "given")]
    return named_by_page(home)


def _of_robots(home: RawUrl, fetch_many: FetchMany) -> list[Candidate]:
    origin = "/".join(home.split("/", 3)[:3])
    answer = fetch_many([FetchRequest(RawUrl(f"{origin}/robots.txt"), FetchKind.ROBOTS)])[0]
    return named_by_robots(answer.body, home) if isinstance(answer, Fetched) else []


def _try(
    candidates: Sequence[Candidate], fetch_many: FetchMany, months: Months, zone: ZoneInfo
) -> list[Tried]:
    asked = [asked_by_address(candidate.url, zone) for candidate in candidates]
    probes = probe_feeds(asked, fetch_many=fetch_many, months=months)
    return [Tried(candidate, probe) for candidate, probe in zip(candidates, probes, strict=True)]
