"""Posts of channels as pages: their text came with the list; their own page shows it in a frame only."""

from datetime import datetime
from html import escape
from urllib.parse import urlsplit

from monitor.core.ids import RawUrl
from monitor.crawl.decide_page import ListedPage
from monitor.crawl.types import Fetched

_HOST = "t.me"


def is_post(page: ListedPage) -> bool:
    """True for a post that is no article elsewhere: nothing is to be fetched."""
    return is_post_address(page.url)


def is_post_address(url: str) -> bool:
    """True for the address of such a post."""
    return urlsplit(url).hostname == _HOST


def as_page(page: ListedPage, now: datetime) -> Fetched:
    """What fetching would give if posts had pages; read, checked and recorded like any other page."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in page.feed_text.split("\n") if line)
    title = escape(page.title)
    body = (
        f"<!doctype html><html><head><title>{title}</title></head>"
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )
    headers = {"content-type": "text/html; charset=utf-8"}
    url = RawUrl(page.url)
    return Fetched(url, url, 200, headers, body.encode("utf-8", "replace"), now)
