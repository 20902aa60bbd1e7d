"""JSON Feed 1.0 and 1.1, as small sites and static generators offer it."""

import html
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.core.charset import decode
from monitor.core.dates import Months
from monitor.core.ledger import Reason
from monitor.crawl.feeds.shape import Collector, RawEntry, unreadable
from monitor.crawl.types import ParsedFeed

NAME = "json"

_VERSIONS = ("https://jsonfeed.org/version/1", "http://jsonfeed.org/version/1")  # 1.1 begins alike


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
    """Entries of a JSON Feed in its order; other JSON is NOT_A_FEED. Never raises.

    Source: jsonfeed.org, version 1.1. A feed without its version is read with a warning.
    """
    del rules, content_type  # JSON is UTF-8 whatever a header says; `decode` settles the rest
    decoded = decode(body, ("utf-8",))
    try:
        found = json.loads(decoded.text)
    except (ValueError, RecursionError) as error:
        begins_well = decoded.text.lstrip().startswith("{")
        reason = Reason.FEED_BROKEN if begins_well else Reason.NOT_A_FEED
        return unreadable(NAME, reason, f"not JSON: {error}", decoded.warnings)
    items = found.get("items") if isinstance(found, dict) else None
    if not isinstance(items, list):
        return unreadable(NAME, Reason.NOT_A_FEED, "JSON, but no list `items` in it", decoded.warnings)
    collector = Collector(base_url=base_url, zone=zone, now=now, months=months, date_from="feed")
    for item in items:
        if isinstance(item, dict):
            if collector.has_room():
                collector.add(_raw(item))
        else:
            collector.note("odd_items")
    named = _text(found, "version").startswith(_VERSIONS)
    return collector.parsed(NAME, (*decoded.warnings, *(() if named else ("no_version",))))


def _raw(item: Mapping[str, Any]) -> RawEntry:
    guid = _text(item, "id")
    link = _text(item, "url") or _text(item, "external_url")
    if not link and guid.startswith(("http://", "https://")):
        link = guid
    return RawEntry(
        link=link,
        title=_text(item, "title"),
        date=_text(item, "date_published") or _text(item, "date_modified"),
        guid=guid,
        summary=_as_markup(_text(item, "summary")),
        content=_text(item, "content_html") or _as_markup(_text(item, "content_text")),
        updated=_text(item, "date_modified"),
    )


def _text(item: Mapping[str, Any], key: str) -> str:
    """A string; numbers too, since ids are often sent as such."""
    value = item.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**30 else ""
    return value if isinstance(value, str) else ""


def _as_markup(text: str) -> str:
    """Plain text in the form that the collector takes: its `<` is a letter, its lines stay lines."""
    return html.escape(text, quote=False).replace("\n", "<br>")
