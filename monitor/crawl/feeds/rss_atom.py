"""RSS 0.9x to 2.0, RDF and Atom by feedparser, which gets bytes in a stream and never an address.

What is as usual is read without it, with the same result (`common_rss`).
"""

import io
import re
from calendar import timegm
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import feedparser

from monitor.core.dates import Months
from monitor.core.ledger import Reason
from monitor.crawl.feeds.bounds import overload
from monitor.crawl.feeds.common_rss import read_common
from monitor.crawl.feeds.shape import Collector, RawEntry, unreadable
from monitor.crawl.feeds.xml import prepare
from monitor.crawl.types import ParsedFeed

NAME = "rss"

_WEB_PAGES = frozenset({"html", "head", "body"})
_FULL_TEXT_LETTERS = 1000  # a description of this length is the article, as Joomla sites send it
_CUT = re.compile(r"(?:\[(?:…|\.\.\.|&#8230;|&hellip;)\]|…|\.\.\.)\s*(?:</\w+>\s*)*\Z")
_SMALL = re.compile(r"[0-9]{1,6}")
_PERIODS = {"hourly": 3600.0, "daily": 86400.0, "weekly": 7 * 86400.0, "monthly": 30 * 86400.0}
# What feedparser raises itself on odd markup, as tens of thousands of random feeds showed (2026-11)
_PARSER_FAULTS = (LookupError, TypeError, ValueError, AttributeError, AssertionError, RecursionError)
_DATES = ("published", "updated", "created", "date")
_FULL_TEXTS = ("yandex_full-text", "full-text", "fulltext")


def parse(
    body: bytes,
    *,
    base_url: str,
    content_type: str,
    zone: ZoneInfo,
    now: datetime,
    rules: Mapping[str, str],
    months: Months,
) -> ParsedFeed:
    """Entries of a feed in its order; a web page instead of a feed is NOT_A_FEED. Never raises."""
    del rules
    ready = prepare(body, content_type)
    if not ready.root or ready.root in _WEB_PAGES:
        what = f"the root element is <{ready.root}>" if ready.root else "there is no element"
        return unreadable(NAME, Reason.NOT_A_FEED, what, ready.warnings)
    if why := overload(ready.body):
        return unreadable(NAME, Reason.FEED_BROKEN, why, ready.warnings)
    try:
        found = read_common(ready.body) or _parsed(ready.body)
    except _PARSER_FAULTS as error:
        detail = f"the feed cannot be read: {type(error).__name__}: {error}"
        return unreadable(NAME, Reason.FEED_BROKEN, detail, ready.warnings)
    version = found.get("version", "")
    entries: list[Mapping[str, Any]] = found.get("entries", [])
    broken = [f"broken_xml: {found.get('bozo_exception')}"[:200]] if found.get("bozo") else []
    warnings = (*ready.warnings, *broken)
    if not version and not entries:
        reason = Reason.FEED_BROKEN if broken and ready.root in ("rss", "rdf", "feed") else Reason.NOT_A_FEED
        return unreadable(NAME, reason, f"no feed in <{ready.root}>", warnings)
    collector = Collector(base_url=base_url, zone=zone, now=now, months=months, date_from="feed")
    for entry in entries:
        if collector.has_room():
            collector.add(_raw(entry))
    parsed = collector.parsed(_kind(version), warnings)
    parsed = replace(parsed, ask_after_s=_ask_after_s(found.get("feed", {})))
    if broken and not parsed.entries:  # cut off before its first item was whole: no quiet feed
        return replace(parsed, reason=Reason.FEED_BROKEN, detail=broken[0])
    return parsed


def _ask_after_s(channel: Mapping[str, Any]) -> float:
    """RSS `ttl` (minutes) or the syndication module's period over its frequency, in seconds; 0 without."""
    ttl = str(channel.get("ttl") or "").strip()
    period = _PERIODS.get(str(channel.get("sy_updateperiod") or "").strip().lower(), 0.0)
    often = str(channel.get("sy_updatefrequency") or "1").strip()
    times = int(often) if _SMALL.fullmatch(often) else 1
    return max(60.0 * int(ttl) if _SMALL.fullmatch(ttl) else 0.0, period / max(times, 1))


def _parsed(body: bytes) -> Mapping[str, Any]:
    found: Mapping[str, Any] = feedparser.parse(
        io.BytesIO(body),
        # No content-location: feedparser would make an address of a guid such as "12345". Links that are
        # still relative are resolved by `normalise`.
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,  # markup is dropped as a whole, so nothing has to be made safe
        resolve_relative_uris=False,
    )
    return found


def _kind(version: str) -> str:
    if version.startswith("atom"):
        return "atom"
    return "rdf" if version in ("rss090", "rss10") else "rss"


def _raw(entry: Mapping[str, Any]) -> RawEntry:
    summary, content = str(entry.get("summary") or ""), _content(entry)
    if not content and len(summary) >= _FULL_TEXT_LETTERS and not _CUT.search(summary):
        content = summary
    return RawEntry(
        link=_link(entry),
        title=str(entry.get("title") or ""),
        date=_date(entry),
        guid=str(entry.get("id") or ""),
        summary=summary,
        content=content,
        # asked for only if it is there: feedparser would take the date of publication, with a warning
        updated=str(entry["updated"]) if "updated" in entry else "",
    )


def _link(entry: Mapping[str, Any]) -> str:
    """The page's own address; a guid stands in only where it is an address by itself."""
    link = str(entry.get("feedburner_origlink") or entry.get("link") or "").strip()
    guid = str(entry.get("id") or "").strip()
    stands_in = bool(entry.get("guidislink")) and link == guid
    return "" if stands_in and not guid.startswith(("http://", "https://")) else link


def _content(entry: Mapping[str, Any]) -> str:
    for name in _FULL_TEXTS:
        if entry.get(name):
            return str(entry[name])
    parts = [part.get("value") or "" for part in entry.get("content") or ()]
    return str(max(parts, key=len, default=""))


def _date(entry: Mapping[str, Any]) -> str:
    """The date's own text; for dialects that only feedparser knows, its reading as an ISO text in UTC."""
    for name in _DATES:
        text = entry.get(name)
        if isinstance(text, str) and text.strip():
            return text
        moment = entry.get(f"{name}_parsed")
        if moment:
            return datetime.fromtimestamp(timegm(moment), UTC).isoformat()
    return ""
