"""What a robots.txt allows (RFC 9309). Pure: the fetcher brings the body and keeps the answers."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from monitor.core.ledger import Reason
from monitor.crawl.types import Failed, Fetched, Outcome

PRODUCT = "CoverageMonitor"  # the name that robots.txt files may address
KEPT_FOR = timedelta(hours=24)  # RFC 9309, 2.4
RETRY_AFTER = timedelta(minutes=30)  # a robots.txt that could not be read is asked again sooner
MAX_BYTES = 512 * 1024  # RFC 9309, 2.5: at least 500 KiB; what follows is not read
_LINE = re.compile(r"^\s*([\w-]+)\s*:\s*(.*)$")
_KNOWN = re.compile(r"agent|al+ow|d[ia]+s+al+[oa]w|sitemap|site-map|delay|rate|visit|^host$")
_AGENT = re.compile(r"^\s*user[ \t-]?agent[ \t:]+(.*)$", re.IGNORECASE)  # as protego takes it too
_TOKEN = re.compile(r"\*|[A-Za-z_-]+")
# protego keeps each rule once for every robot of its group: names beyond these share one, or 50 KB of names
# over 50 KB of rules would take minutes and gigabytes
_MOST_ROBOTS = 10
_ANOTHER = "another-robot"


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one origin. `trouble` is why they could not be read; then nothing may be fetched."""

    parsed: Protego | None  # None: everything is allowed, or nothing is known
    trouble: Failed | None
    fetched_at: datetime
    n_bytes: int = 0  # of the file: what keeping the rules costs grows with it

    def is_fresh(self, now: datetime) -> bool:
        """True while the rules may be used without asking again."""
        kept = KEPT_FOR if self.trouble is None else RETRY_AFTER
        return self.fetched_at <= now < self.fetched_at + kept

    def allows(self, url: str, agent: str = PRODUCT) -> bool:
        """True when this crawler (or another) may fetch the URL."""
        if self.trouble is not None:
            return False
        return self.parsed is None or bool(self.parsed.can_fetch(url, agent))

    @property
    def crawl_delay_s(self) -> float | None:
        """The pause that the site asks for, in seconds."""
        delay = self.parsed.crawl_delay(PRODUCT) if self.parsed is not None else None
        return float(delay) if delay is not None else None


def parse_robots(body: bytes) -> Protego:
    """The groups of a robots.txt, as RFC 9309 reads them where protego is stricter or looser.

    An unknown line does not end a group (2.2); of `User-agent: Foo Bar/2.1` the product token counts (2.2.1).
    """
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
    robots: set[str] = set()
    return Protego.parse("\n".join(_plain(line, robots) for line in text.splitlines()))


def _plain(line: str, robots: set[str]) -> str:
    line = line.partition("#")[0]
    if agent := _AGENT.match(line):
        return f"User-agent: {_robot(agent[1], robots)}"
    match = _LINE.match(line)
    if match is None or _KNOWN.search(match[1].casefold()):
        return line
    return ""


def _robot(value: str, robots: set[str]) -> str:
    """The name that a group is for; `robots` are those met so far."""
    token = _TOKEN.match(value)
    name = (token[0] if token else value.strip()).casefold()
    if not name or name == "*" or PRODUCT.casefold().startswith(name):
        return name
    if name not in robots and len(robots) >= _MOST_ROBOTS:
        return _ANOTHER
    robots.add(name)
    return name


def rules_from(outcome: Outcome, now: datetime) -> RobotsRules:
    """Rules of a fetched robots.txt: missing or forbidden (4xx) allows all, unreachable allows nothing.

    Source: RFC 9309, 2.3.1. 429 counts as unreachable: the site asks us to come later.
    """
    if isinstance(outcome, Fetched):
        return RobotsRules(parse_robots(outcome.body), None, now, len(outcome.body))
    if isinstance(outcome, Failed) and outcome.reason not in (Reason.HTTP_4XX, Reason.TOO_MANY_REDIRECTS):
        return RobotsRules(None, outcome, now)
    return RobotsRules(None, None, now)
