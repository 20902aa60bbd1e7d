"""Sitemaps: plain, news and gzipped. An index gives its newest parts, for the caller to ask."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError
from zoneinfo import ZoneInfo

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from monitor.core.dates import Months
from monitor.core.ledger import Reason
from monitor.core.urls import wire_url
from monitor.crawl.bodies import BodyError, gunzip
from monitor.crawl.feeds.bounds import MAX_SITEMAP_TAGS
from monitor.crawl.feeds.shape import MAX_ENTRIES, Collector, RawEntry, unreadable
from monitor.crawl.feeds.xml import prepare
from monitor.crawl.types import ParsedFeed

NAME = "sitemap"

_MAX_UNZIPPED = 10_000_000  # as the default of crawl.max_feed_bytes: a .gz file is unpacked twice
MAX_PARTS = 5  # of an index: each costs a request and a pause at every poll
_NAMESPACE = re.compile(r"\A\{([^}]*)\}")
_NUMBER = re.compile(r"[0-9]{1,18}")
_LETTERS = re.compile(r"[a-z]+")
# Words in a part's file name. "page" may also count the parts of a list of news.
_NEWS = {"news", "article", "articles", "story", "stories", "novosti"}
_POSTS = {"post", "posts"}
_PAGES = {"page", "pages"}
_NO_STORIES = {
    "taxonomy", "taxonomies", "category", "categories", "tag", "tags", "author", "authors", "user", "users",
}  # fmt: skip
_OF_STORIES, _UNTOLD, _OF_OTHERS = 2, 1, 0


class _Item(NamedTuple):
    link: str
    lastmod: str
    title: str
    published: str


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
    """Pages of a sitemap; of a plain one the MAX_ENTRIES changed last, or else the newest. Never raises.

    A plain sitemap says when a page changed, not when it was published: its entries have no date.
    """
    del rules
    try:
        ready = prepare(gunzip(body, _MAX_UNZIPPED), content_type, MAX_SITEMAP_TAGS)
        root = fromstring(ready.body, forbid_dtd=True)
    except BodyError as error:
        return unreadable(NAME, Reason.FEED_BROKEN, error.detail)
    except (ParseError, DefusedXmlException, ValueError) as error:
        reason = Reason.NOT_A_FEED if b"<html" in body[:2000].lower() else Reason.FEED_BROKEN
        return unreadable(NAME, reason, str(error))
    name = _local(root)
    if name == "sitemapindex":
        return _index(root, base_url, ready.warnings)
    if name != "urlset":
        return unreadable(NAME, Reason.NOT_A_FEED, f"the root element is <{name}>", ready.warnings)
    kind, items, cut = _chosen(list(_items(root)))
    collector = Collector(base_url=base_url, zone=zone, now=now, months=months, date_from="sitemap")
    for item in items:
        if collector.has_room():
            collector.add(RawEntry(link=item.link, title=item.title, date=item.published))
    return collector.parsed(kind, (*ready.warnings, *cut))


def _index(root: Element, base_url: str, warnings: tuple[str, ...]) -> ParsedFeed:
    """The parts of an index that changed last; where it does not say when, the newest that hold stories.

    Parts on another host are left out: the protocol forbids them, and they would be another site's articles.
    """
    found: dict[str, str] = {}
    n_foreign = 0
    for part in (child for child in root if _local(child) == "sitemap"):
        own = {_local(child): (child.text or "").strip() for child in part}
        url = wire_url(own["loc"], base_url) if own.get("loc") else None
        if url is None or _site(url) != _site(base_url):
            n_foreign += 1
        else:
            found.setdefault(url, own.get("lastmod", ""))
    wanted = _with_stories(list(found))
    # What holds no stories comes behind all others, and what may hold them behind what is called so.
    newest = _newest_first([(found[url], url) for url in wanted])
    ranked = sorted(newest, key=lambda n: _holds(wanted[n]), reverse=True)
    ranked.sort(key=lambda n: (_holds(wanted[n]) > _OF_OTHERS, found[wanted[n]]), reverse=True)
    parts = [wanted[n] for n in ranked[:MAX_PARTS]]
    odd = [f"foreign_parts: {n_foreign}"] if n_foreign else []
    odd += [f"parts_cut: {len(found) - len(parts)}"] if len(found) > len(parts) else []
    return ParsedFeed(
        kind="sitemap_index",
        entries=(),
        warnings=(*warnings, *odd),
        reason=None if parts else Reason.FEED_EMPTY,
        detail="" if parts else "the index names no sitemap of its site",
        parts=tuple(parts),
    )


def _with_stories(urls: list[str]) -> list[str]:
    """The parts without those of tags, people and pages, if any part is named as one of stories."""
    is_told = any(_holds(url) == _OF_STORIES for url in urls)
    return [url for url in urls if not is_told or _holds(url) > _OF_OTHERS]


def _holds(url: str) -> int:
    """What the file's name says of a part; WordPress, Yoast and others name them alike."""
    words = set(_LETTERS.findall(urlsplit(url).path.rpartition("/")[2].lower()))
    if words & _NO_STORIES or (words & _PAGES and not words & _NEWS):
        return _OF_OTHERS
    return _OF_STORIES if words & (_NEWS | _POSTS) else _UNTOLD


def _newest_first(listed: Sequence[tuple[str, str]]) -> list[int]:
    """Places of a list of (lastmod, address), the newest first.

    By lastmod; where that is the same or missing the last named are the newest, as WordPress lists its posts,
    unless the list itself falls: its times or the numbers in its addresses.
    """
    falling = _falls(listed)
    places = range(len(listed)) if falling else range(len(listed) - 1, -1, -1)
    return sorted(places, key=lambda n: listed[n][0], reverse=True)


def _falls(listed: Sequence[tuple[str, str]]) -> bool:
    """True when of the neighbours that tell their order clearly more stand newest first."""
    n_up = n_down = 0
    marks = [(lastmod, _numbers(url)) for lastmod, url in listed]
    for (at, numbers), (next_at, next_numbers) in pairwise(marks):
        if at and next_at and at != next_at:
            n_up, n_down = n_up + (next_at > at), n_down + (next_at < at)
        elif len(numbers) == len(next_numbers):
            n_up, n_down = n_up + (next_numbers > numbers), n_down + (next_numbers < numbers)
    return n_down > 2 * n_up


def _numbers(url: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in _NUMBER.findall(urlsplit(url).path))


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _chosen(items: list[_Item]) -> tuple[str, list[_Item], tuple[str, ...]]:
    """Kind, items and warnings: of a plain sitemap without the front page, the newest."""
    if any(item.published or item.title for item in items):
        return "news_sitemap", items, ()
    pages = [item for item in items if urlsplit(item.link).path not in ("", "/")]
    if len(pages) <= MAX_ENTRIES:
        return "sitemap", pages, ()
    newest = _newest_first([(page.lastmod, page.link) for page in pages])[:MAX_ENTRIES]
    return "sitemap", [pages[n] for n in newest], (f"entries_cut: {len(pages) - MAX_ENTRIES}",)


def _items(root: Element) -> Iterator[_Item]:
    for url in root:
        if _local(url) != "url":
            continue
        own = {_local(child): (child.text or "").strip() for child in url}
        news = next((child for child in url if _local(child) == "news" and "news" in _space(child)), None)
        named = {} if news is None else {_local(child): (child.text or "").strip() for child in news}
        yield _Item(
            own.get("loc", ""),
            own.get("lastmod", ""),
            named.get("title", ""),
            named.get("publication_date", ""),
        )


def _local(element: Element) -> str:
    return _NAMESPACE.sub("", element.tag).lower() if isinstance(element.tag, str) else ""


def _space(element: Element) -> str:
    match = _NAMESPACE.match(element.tag) if isinstance(element.tag, str) else None
    return match[1] if match else ""
