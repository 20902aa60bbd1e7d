"""Feed types by the `kind` of a FeedSpec. A new type is a file with NAME and parse, and a line here."""

from collections.abc import Mapping
from types import MappingProxyType

from monitor.crawl.feeds import html_list, json_feed, rss_atom, sitemap, telegram
from monitor.crawl.feeds.shape import FeedReader

FEED_TYPES: Mapping[str, FeedReader] = MappingProxyType(
    {
        rss_atom.NAME: rss_atom.parse,
        json_feed.NAME: json_feed.parse,
        sitemap.NAME: sitemap.parse,
        html_list.NAME: html_list.parse,
        telegram.NAME: telegram.parse,
    }
)
