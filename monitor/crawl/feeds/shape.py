"""The shape of a feed reader, and what all readers do alike with links, titles and dates."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from monitor.core.charset import repair_double_encoding
from monitor.core.dates import Months, is_plausible, parse_date
from monitor.core.ids import PageUrl
from monitor.core.ledger import Reason
from monitor.core.text import shorten
from monitor.core.urls import normalise, redact
from monitor.crawl.feeds.plain import plain_text, plain_title
from monitor.crawl.types import Entry, ParsedFeed, Rejected

MAX_ENTRIES = 1000  # a news sitemap's limit; longer lists are archives: of feeds the first are taken
MAX_REJECTED = 1000  # each has a line in the ledger; what has more of them is no list of articles
MAX_TITLE = 500
MAX_SUMMARY = 2000
MAX_CONTENT = 200_000


# NUL, half a surrogate pair and the like: JSON can write them, no database takes them
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


# They may be halves of letters until a text is put right; what is left of them steers a terminal
_C1 = re.compile("[\x80-\x9f]")


class FeedReader(Protocol):
    """A feed type: a pure function from bytes to entries. A new type is a file and a line in FEED_TYPES."""

    def __call__(
        self,
        body: bytes,
        *,
        base_url: str,
        content_type: str,
        zone: ZoneInfo,
        now: datetime,
        rules: Mapping[str, str],
        months: Months,
    ) -> ParsedFeed:
        """Entries of one body. Errors: never raises; `reason` tells why there are none."""
        ...


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One item as a reader found it, before links, texts and dates are put right."""

    link: str
    title: str  # may hold markup
    date: str
    guid: str = ""
    summary: str = ""
    content: str = ""
    updated: str = ""  # when it was changed last, where the feed says so beside its date


class Collector:
    """Gathers the entries of one feed: in order, each page once, with warnings and rejections."""

    def __init__(
        self, *, base_url: str, zone: ZoneInfo, now: datetime, months: Months, date_from: str
    ) -> None:
        self._base_url = base_url
        self._zone = zone
        self._now = now
        self._months = months
        self._date_from = date_from  # feed | sitemap | list
        self._entries: dict[PageUrl, Entry] = {}
        self._rejected: list[Rejected] = []
        self._odd: dict[str, int] = {}

    def note(self, what: str) -> None:
        """Count one oddity."""
        self._odd[what] = self._odd.get(what, 0) + 1

    def has_room(self) -> bool:
        """Whether another item would be looked at; if not, it is counted as cut."""
        if len(self._entries) < MAX_ENTRIES and len(self._rejected) < MAX_REJECTED:
            return True
        self.note("entries_cut")
        return False

    def add(self, raw: RawEntry) -> None:
        """Take one item, or reject it when it leads nowhere."""
        title = shorten(self._whole(plain_title(raw.title)), MAX_TITLE)
        guid = _NOT_TEXT.sub("", raw.guid)[:500]
        url = normalise(raw.link, self._base_url) if raw.link else None
        if url is None:
            what = f"{title or 'no title'} (link {redact(raw.link)[:80]!r}, guid {guid[:80]!r})"
            at, _ = self._date(raw.date)
            self._rejected.append(Rejected(Reason.ENTRY_WITHOUT_LINK, what[:300], guid, title, at))
            return
        if url in self._entries:
            self.note("doubled_entries")
            return
        at, known_from = self._date(raw.date)
        self._entries[url] = Entry(
            url=url,
            title=title,
            published_at=at,
            published_from=known_from,
            guid=guid,
            summary=shorten(self._whole(plain_text(raw.summary)), MAX_SUMMARY),
            content=self._whole(plain_text(raw.content))[:MAX_CONTENT],
            updated_at=at if raw.updated == raw.date else self._changed_at(raw.updated),
        )

    def _whole(self, text: str) -> str:
        repaired, was_broken = repair_double_encoding(_NOT_TEXT.sub("", text))
        if was_broken:
            self.note("double_encoding_repaired")
        return _C1.sub("", repaired)

    def _date(self, text: str) -> tuple[datetime | None, str]:
        found = parse_date(text, zone=self._zone, months=self._months, now=self._now)
        if found is None:
            if text.strip():
                self.note("unreadable_dates")
            return None, ""
        if not is_plausible(found.at, self._now):
            self.note("future_dates" if found.at > self._now else "impossible_dates")
            return None, ""
        no_zone = self._date_from == "feed" and not found.had_zone
        return found.at, "feed_no_zone" if no_zone else self._date_from

    def _changed_at(self, text: str) -> datetime | None:
        found = parse_date(text, zone=self._zone, months=self._months, now=self._now) if text else None
        return found.at if found and is_plausible(found.at, self._now) else None

    def parsed(self, kind: str, warnings: Iterable[str], empty_detail: str = "no entries") -> ParsedFeed:
        """What was gathered; without any entry the reason is FEED_EMPTY."""
        odd = [f"{what}: {n}" for what, n in sorted(self._odd.items())]
        empty = not self._entries
        if empty and self._rejected:
            empty_detail = "no item has a link"
        return ParsedFeed(
            kind=kind,
            entries=tuple(self._entries.values()),
            warnings=(*warnings, *odd),
            rejected=tuple(self._rejected),
            reason=Reason.FEED_EMPTY if empty else None,
            detail=empty_detail if empty else "",
        )


def unreadable(kind: str, reason: Reason, detail: str, warnings: Iterable[str] = ()) -> ParsedFeed:
    """A body that this reader can make nothing of."""
    return ParsedFeed(kind=kind, entries=(), warnings=tuple(warnings), reason=reason, detail=detail[:300])
