"""Where a site's feeds may be: named by its home page or robots.txt, or at the usual paths. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from monitor.core.charset import decode, header_charset
from monitor.core.urls import wire_url
from monitor.crawl.feeds.bounds import page_tree
from monitor.crawl.types import Fetched

_FEED_TYPES = re.compile(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|(?:application|text)/xml", re.I)
_NOT_NEWS = re.compile(r"comments?/feed|/feed/?\?.*comment|oembed|wp-json", re.I)
_SITEMAP_LINE = re.compile(r"(?im)^[ \t]*sitemap[ \t]*:[ \t]*(\S+)")
_CHANNEL = re.compile(r"https?://(?:www\.)?(?:t|telegram)\.me/(?:s/)?([A-Za-z]\w{4,31})/?(?:\?.*)?\Z")
_NO_CHANNELS = frozenset({"share", "joinchat", "addstickers", "proxy", "socks", "iv", "login"})
# WordPress, Joomla, Bitrix, Drupal and hand-made sites, as the sources' own pages were seen to use them
COMMON_PATHS = (
    "/feed/", "/rss.xml", "/rss/", "/index.php?format=feed&type=rss", "/bitrix/rss.php", "/?feed=rss2",
    "/atom.xml", "/feed.json", "/sitemap-news.xml", "/news-sitemap.xml", "/sitemap.xml", "/wp-sitemap.xml",
)  # fmt: skip
MAX_NAMED = 12  # addresses of a page that are tried; sites that name more name one for each rubric


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address to try, and where it comes from: page, robots.txt, channel or common path."""

    url: str
    how: str


def named_by_page(page: Fetched) -> list[Candidate]:
    """The feeds that a page names in its head, then the channels that it links to. Never raises."""
    declared = header_charset(page.headers.get("content-type", ""))
    text = decode(page.body, (declared,)).text
    soup, _ = page_tree(re.sub(r"\A\s*<\?xml\b[^>]{0,200}>", "", text))
    if soup is None:
        return []
    base = soup.select_one("base[href]")
    base_url = (wire_url(str(base["href"]), page.final_url) if base else None) or page.final_url
    return _once([*_alternates(soup, base_url), *_channels(soup, base_url)])


def _alternates(soup: BeautifulSoup, base_url: str) -> Iterator[Candidate]:
    for link in soup.select("link[rel~=alternate][href]"):
        kind, url = str(link.get("type") or ""), wire_url(str(link["href"]), base_url)
        if url and _FEED_TYPES.match(kind.strip()) and not _NOT_NEWS.search(url):
            yield Candidate(url, "page")


def _channels(soup: BeautifulSoup, base_url: str) -> Iterator[Candidate]:
    for link in soup.select("a[href]"):
        match = _CHANNEL.match(wire_url(str(link["href"]), base_url) or "")
        if match and match[1].lower() not in _NO_CHANNELS:
            yield Candidate(f"https://t.me/s/{match[1]}", "channel")


def named_by_robots(body: bytes, home: str) -> list[Candidate]:
    """The sitemaps that a robots.txt names."""
    lines = _SITEMAP_LINE.findall(decode(body[:500_000], ()).text)
    return _once(Candidate(url, "robots.txt") for line in lines if (url := wire_url(line, home)))


def common_paths(home: str) -> list[Candidate]:
    """Where content systems put their feeds, at the root of the site."""
    parts = urlsplit(home)
    return [Candidate(f"{parts.scheme}://{parts.netloc}{path}", "common path") for path in COMMON_PATHS]


def _once(found: Iterable[Candidate]) -> list[Candidate]:
    return list({candidate.url: candidate for candidate in reversed(list(found))}.values())[::-1][:MAX_NAMED]
