"""Which reader a body is for, by its content: servers announce feeds as anything."""

from monitor.crawl.bodies import BodyError, gunzip
from monitor.crawl.feeds import json_feed, rss_atom, sitemap, telegram
from monitor.crawl.feeds.xml import prepare

_ENOUGH = 200_000  # bytes in which the first element stands


def feed_kind(body: bytes, content_type: str) -> str:
    """The `kind` of a FeedSpec for this body; `rss` where nothing else fits: its reader says what is wrong.

    Errors: never raises.
    """
    return _kind(body, content_type)[0]


def is_feed(body: bytes, content_type: str) -> bool:
    """True when the body begins like a feed, and not like a web page. Never raises."""
    kind, root = _kind(body, content_type)
    return kind != rss_atom.NAME or root in ("rss", "rdf", "feed")


def _kind(body: bytes, content_type: str) -> tuple[str, str]:
    """The kind and the first element, where it was looked at."""
    try:
        head = gunzip(body, _ENOUGH)[:_ENOUGH]
    except BodyError:  # more than enough, or damaged: only sitemaps come zipped
        return sitemap.NAME, ""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return json_feed.NAME, ""
    root = prepare(head, content_type).root
    if root in ("urlset", "sitemapindex"):
        return sitemap.NAME, root
    if root == "html" and telegram.MARK in head:
        return telegram.NAME, root
    return rss_atom.NAME, root
