"""Which reader a body is for, by its content: servers announce feeds as anything."""

from monitor.crawl.bodies import BodyError, gunzip
from monitor.crawl.feeds import json_feed, rss_atom, sitemap, telegram
from monitor.crawl.feeds.xml import prepare

_ENOUGH = 200_000  # bytes in which the first element stands


def feed_kind(body: bytes, content_type: str) -> str:
    """The `kind` of a FeedSpec for this body; `rss` where nothing else fits: its reader says what is wrong.

    Errors: never raises.
    """
    try:
        head = gunzip(body, _ENOUGH)[:_ENOUGH]
    except BodyError:  # more than enough, or damaged: only sitemaps come zipped
        return sitemap.NAME
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return json_feed.NAME
    root = prepare(head, content_type).root
    if root in ("urlset", "sitemapindex"):
        return sitemap.NAME
    if root == "html" and telegram.MARK in head:
        return telegram.NAME
    return rss_atom.NAME
