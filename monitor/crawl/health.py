"""What is wrong with which source: failing, silent, changed in volume, without text. Pure.

`monitor doctor`, `sources list` and the gap table (through it the blind spots of reports) judge here, by the
facts that `monitor.crawl.history` reads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import takewhile
from math import sqrt

import numpy as np

from monitor.core.clock import day_start
from monitor.core.ids import SourceId
from monitor.core.ledger import Reason
from monitor.core.urls import redact
from monitor.crawl.rhythm import Days, Given, Silence, silences
from monitor.crawl.types import Distrust, Poll
from monitor.crawl.volume import WINDOW_DAYS, VolumeChange, volume_change

BLOCKED = "blocked"  # the server answers, but not to us or not from here
SILENT = "silent"
FEWER, MORE = "volume_down", "volume_up"
NO_TEXT = "no_text"
DOUBLES = "doubles"
DISTRUSTED = "distrusted"
BLOCKED_STATUSES = frozenset({401, 403, 451})  # answers to us, rather than about the page
NO_TEXT_SHARE = 0.3  # of the pages read, at the lower end of what so few pages can tell
# Of the pages that were read. A feed may list each page under a second and a third address, so up to two of
# three are doubles by right; three of four would take a fourth address of every page.
DOUBLES_SHARE = 0.75
TEXT_WINDOW = timedelta(weeks=4)  # whose pages are counted
_Z = 1.645  # one-sided 95 %
# What an operator does first is the same within a class; a code that is not here is a class of its own.
_CLASSES = {
    Reason.DNS: "dns", Reason.TLS: "tls", Reason.TIMEOUT: "timeout", Reason.CONNECT: "connect",
    Reason.HTTP_4XX: "4xx", Reason.HTTP_5XX: "5xx", Reason.RATE_LIMITED: "asked to wait",
    Reason.ROBOTS: "robots", Reason.NOT_A_FEED: "parse", Reason.FEED_BROKEN: "parse",
    Reason.FEED_EMPTY: "parse", Reason.BAD_ENCODING: "parse", Reason.TOO_LARGE: "parse",
    Reason.PRIVATE_ADDRESS: "address", Reason.BAD_URL: "address", Reason.TOO_MANY_REDIRECTS: "address",
    Reason.CRASHED: "fault of ours", Reason.ARCHIVE_HOLE: "archive",
}  # fmt: skip
_WORDS = {
    SILENT: "silent",
    FEWER: "fewer items",
    MORE: "more items",
    NO_TEXT: "pages without text",
    DOUBLES: "pages that are doubles",
    DISTRUSTED: "asked whole",
}


@dataclass(frozen=True, slots=True)
class FeedTrouble:
    """A feed whose last poll failed. `code`: ledger reason or `blocked`; `since`: of this class of error."""

    feed: str
    code: str
    since: datetime
    good_at: datetime | None  # last good poll that was read

    @property
    def error_class(self) -> str:
        """dns, tls, timeout, connect, 4xx, 5xx, robots, parse, address, blocked from here, ..."""
        return error_class(self.code)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands at a moment: which feeds fail, and when it was silent."""

    known_from: datetime | None  # first good poll
    failing: tuple[FeedTrouble, ...]
    silences: tuple[Silence, ...]
    all_fail: bool

    @property
    def silence(self) -> Silence | None:
        """The silence that lasts. A source that cannot be fetched at all is in trouble, not silent."""
        lasting = next((silence for silence in self.silences if silence.lasts), None)
        return None if self.all_fail else lasting


@dataclass(frozen=True, slots=True)
class TextShare:
    """Of the pages of the last weeks: how many gave no text, were they read or not to be had."""

    pages: int  # without the doubles
    without: int
    why: str = ""  # the commonest reason of those without, of the ledger
    doubles: int = 0  # other addresses of pages that are articles already

    @property
    def is_bad(self) -> bool:
        """True when even the lower end of the share (95 %, Wilson) is above `NO_TEXT_SHARE`."""
        return _lower_end(self.without, self.pages) > NO_TEXT_SHARE

    @property
    def is_doubled(self) -> bool:
        """True when even the lower end of the doubles' share (95 %, Wilson) is above `DOUBLES_SHARE`."""
        return _lower_end(self.doubles, self.pages + self.doubles) > DOUBLES_SHARE


def _lower_end(part: int, n: int) -> float:
    if not part:
        return 0.0
    share = part / n
    middle = share + _Z**2 / (2 * n) - _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n))
    return middle / (1 + _Z**2 / n)


NO_PAGES = TextShare(0, 0)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one source gave and how it was asked. `polls` and `published` in time order."""

    source_id: SourceId
    polls: Sequence[Poll]
    published: Given
    texts: TextShare = NO_PAGES
    distrusted: Sequence[Distrust] = ()


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong with a source. `what`: a ledger reason or one of this module's words."""

    source_id: SourceId
    feed_url: str  # empty: the source as a whole
    what: str
    since: datetime
    detail: str


def trouble_code(reason: str, status: int | None) -> str:
    """The word for a failed poll: its ledger reason, or `blocked` where the server refuses us."""
    return BLOCKED if status in BLOCKED_STATUSES and reason == Reason.HTTP_4XX.value else reason


def error_class(code: str) -> str:
    """The class of a trouble's code."""
    return "blocked from here" if code == BLOCKED else _CLASSES.get(Reason(code), code)


def trouble_class(trouble: Trouble) -> str:
    """The class under which a trouble is counted: of its error, or its own word in plain English."""
    return _WORDS.get(trouble.what) or error_class(trouble.what)


def trouble_line(trouble: Trouble, zone: tzinfo) -> str:
    """One line for the operator: who, what, since which day of `zone`, how it is known, and which feed."""
    feed = f" {redact(trouble.feed_url)}" if trouble.feed_url else ""
    what = _WORDS.get(trouble.what, trouble.what)
    since = trouble.since.astimezone(zone)
    return f"{trouble.source_id}: {what} since {since:%Y-%m-%d} ({trouble.detail}){feed}"


def standing(polls: Sequence[Poll], published: Given, *, end: datetime) -> Standing:
    """How a source stands at `end`, from its polls and its days with items up to then."""
    feeds: dict[str, list[Poll]] = {}
    for poll in polls:
        feeds.setdefault(poll.feed, []).append(poll)
    in_use = [group for group in feeds.values() if group[-1].in_use] or list(feeds.values())
    failing = tuple(_failing(group) for group in in_use if not group[-1].is_good)
    good = [poll.at for poll in polls if poll.is_good]
    return Standing(
        known_from=good[0] if good else None,
        failing=failing,
        silences=silences(published, known_from=good[0], end=end) if good else (),
        all_fail=len(failing) == len(in_use),
    )


def _failing(polls: Sequence[Poll]) -> FeedTrouble:
    last = polls[-1]
    kind = error_class(last.reason)
    alike = list(takewhile(lambda p: not p.is_good and error_class(p.reason) == kind, reversed(polls)))
    good = [poll.at for poll in polls if poll.is_good]
    return FeedTrouble(last.feed, last.reason, alike[-1].at, good[-1] if good else None)


def change_of_volume(published: Given, stands: Standing, *, end: datetime) -> VolumeChange | None:
    """A sudden step in what a source gives a day; only of one that answers and is not silent."""
    if stands.known_from is None or stands.all_fail or stands.silence is not None:
        return None
    first = max(stands.known_from.date() + timedelta(days=1), end.date() - timedelta(days=WINDOW_DAYS))
    n_days = max((end.date() - first).days, 0)  # whole days only: the last one is still going on
    days = Days.of(published)
    on = days.on - (first - date(1970, 1, 1)).days
    inside = (on >= 0) & (on < n_days)
    items = np.bincount(on[inside], days.items[inside], n_days)
    return volume_change(items.astype(np.float64), first)


def volume_code(change: VolumeChange) -> str:
    """The word for a step in volume, by its direction."""
    return FEWER if change.after < change.before else MORE


def troubles(facts: Facts, *, now: datetime, zone: tzinfo = UTC) -> tuple[Trouble, ...]:
    """All that is wrong with a source at `now`, in days of `zone`, the worst first; empty when it is well."""
    stands, source = standing(facts.polls, facts.published, end=now), facts.source_id
    found = [Trouble(source, f.feed, f.code, f.since, _last_read(f, zone)) for f in stands.failing]
    silence = stands.silence
    if silence is not None:
        found.append(Trouble(source, "", SILENT, silence.start, _how_sure(silence)))
    change = change_of_volume(facts.published, stands, end=now)
    if change is not None:
        since = day_start(change.since, zone)
        detail = f"{change.after:.1f} items a day after {change.before:.1f}"
        found.append(Trouble(source, "", volume_code(change), since, detail))
    found += [Trouble(source, "", what, now - TEXT_WINDOW, detail) for what, detail in _of_pages(facts.texts)]
    found += [Trouble(source, d.feed, DISTRUSTED, d.since, d.why) for d in facts.distrusted]
    return tuple(found)


def _of_pages(texts: TextShare) -> Iterator[tuple[str, str]]:
    if texts.is_bad:
        why = f", most often {texts.why}" if texts.why else ""
        yield NO_TEXT, f"{texts.without} of {texts.pages} pages of four weeks gave no text{why}"
    if texts.is_doubled:
        n = texts.pages + texts.doubles
        yield DOUBLES, f"{texts.doubles} of {n} pages of four weeks were doubles of other pages"


def _last_read(trouble: FeedTrouble, zone: tzinfo) -> str:
    read = f"last read {trouble.good_at.astimezone(zone):%Y-%m-%d}" if trouble.good_at else "never read"
    return f"{trouble.error_class}; {read}"


def _how_sure(silence: Silence) -> str:
    if not silence.chance:
        return "never gave an item"
    return f"by its own rhythm once in {min(1 / silence.chance, 1e9):,.0f} such times"
