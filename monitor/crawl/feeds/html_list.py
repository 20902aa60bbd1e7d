"""Pages that list articles, read by CSS rules of their source: item, link, title and date.

`item` is required; `link` is the first link of the item unless a rule says otherwise; `title` is the text of
the link; `date` is an element's datetime attribute or its text. `link = "self"` where the item is the link.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bs4 import Tag
from soupsieve import SelectorSyntaxError

from monitor.core.charset import decode, header_charset
from monitor.core.dates import Months
from monitor.core.ledger import Reason
from monitor.core.urls import wire_url
from monitor.crawl.feeds.bounds import page_tree
from monitor.crawl.feeds.shape import Collector, RawEntry, unreadable
from monitor.crawl.types import ParsedFeed

NAME = "html_list"
_XML_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]{0,200}>")  # XHTML pages have one; the parser would complain
RULES = frozenset({"item", "link", "title", "date"})


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
    """Entries of a list page in its order. Never raises: a rule that fits nothing is told in `detail`."""
    if "item" not in rules:
        return unreadable(NAME, Reason.FEED_BROKEN, "the source has no rule `item` for its list page")
    decoded = decode(body, (header_charset(content_type), _meta_charset(body)))
    if "<" not in decoded.text:
        return unreadable(NAME, Reason.NOT_HTML, "no markup in the answer", decoded.warnings)
    soup, cut = page_tree(_XML_DECLARATION.sub("", decoded.text, count=1))
    if soup is None:
        return unreadable(NAME, Reason.FEED_BROKEN, "elements without end in each other", decoded.warnings)
    base = soup.select_one("base[href]")
    base_url = (wire_url(str(base["href"]), base_url) if base else None) or base_url
    collector = Collector(base_url=base_url, zone=zone, now=now, months=months, date_from="list")
    try:
        items = soup.select(rules["item"])
        for item in items:
            if collector.has_room():
                collector.add(_raw(item, rules))
    except SelectorSyntaxError as error:
        return unreadable(NAME, Reason.FEED_BROKEN, f"a rule is no CSS selector: {error}", decoded.warnings)
    detail = f"nothing fits the rule item = {rules['item']!r}" if not items else "no item has a link"
    return collector.parsed(NAME, (*decoded.warnings, *cut), detail)


def _meta_charset(body: bytes) -> str | None:
    return header_charset(body[:2000].decode("latin-1"))


def _raw(item: Tag, rules: Mapping[str, str]) -> RawEntry:
    link = item if rules.get("link") == "self" else item.select_one(rules.get("link", "a[href]"))
    title = item.select_one(rules["title"]) if "title" in rules else link
    date = item.select_one(rules["date"]) if "date" in rules else None
    return RawEntry(
        link=str(link.get("href") or "") if link else "",
        title=title.get_text(" ").replace("<", "&lt;") if title else "",
        date=str(date.get("datetime") or date.get_text(" ")) if date else "",
    )
