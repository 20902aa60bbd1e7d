"""Public preview pages of Telegram channels (t.me/s/<channel>): many district papers publish there first.

A post that links to an article of the paper's own site (rule `site`) stands for that article. Any other post
is an entry of its own, with the post's address and its text as full text.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from monitor.core.charset import decode
from monitor.core.dates import Months
from monitor.core.ledger import Reason
from monitor.core.text import shorten, squeeze
from monitor.core.urls import normalise
from monitor.crawl.feeds.bounds import page_tree
from monitor.crawl.feeds.shape import Collector, RawEntry, unreadable
from monitor.crawl.types import ParsedFeed

NAME = "telegram"
RULES = frozenset({"site"})
MARK = b"tgme_widget_message"  # stands in every page of this layout

_TITLE = 80  # letters of a headline; a longer first line is the story itself and stays part of the text
_SPARE_HOSTS = ("www.", "m.", "amp.")
_OWN_TEXT = ".tgme_widget_message_text"
_QUOTED = ".tgme_widget_message_reply"  # the post that is answered, not this one
_PREVIEW = "a.tgme_widget_message_link_preview[href]"


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
    """Posts of a preview page in its order, the oldest first. Never raises.

    A page without the layout is NOT_A_FEED: private channels and unknown names answer with a page too.
    """
    del content_type  # the pages are UTF-8; `decode` settles the rest
    decoded = decode(body, ("utf-8",))
    if MARK not in body:
        return unreadable(
            NAME, Reason.NOT_A_FEED, "no posts of a public channel in the page", decoded.warnings
        )
    soup, cut = page_tree(decoded.text)
    if soup is None:
        return unreadable(NAME, Reason.FEED_BROKEN, "elements without end in each other", decoded.warnings)
    collector = Collector(base_url=base_url, zone=zone, now=now, months=months, date_from="post")
    site = _host(rules.get("site", ""))
    for post in soup.select("div.tgme_widget_message[data-post]"):
        if "service_message" in (post.get("class") or ()):
            continue  # "channel created", "message pinned"
        if collector.has_room():
            collector.add(_raw(post, site, base_url))
    return collector.parsed(NAME, (*decoded.warnings, *cut), "no posts in the page")


def _raw(post: Tag, site: str, base_url: str) -> RawEntry:
    name = str(post["data-post"]).strip("/")
    block = next((t for t in post.select(_OWN_TEXT) if t.find_parent(class_=_QUOTED[1:]) is None), None)
    lines = _lines(block) if block else []
    article = _own_article(post, block, site, base_url)
    date = post.select_one("time[datetime]")
    text = "<br>".join(line.replace("&", "&amp;").replace("<", "&lt;") for line in lines)
    return RawEntry(
        link=article or f"https://t.me/{name}",
        title=_title(post, lines, is_article=bool(article)),
        date=str(date["datetime"]) if date else "",
        guid=f"telegram:{name}",
        summary=text if article else "",
        content="" if article else text,
    )


def _own_article(post: Tag, block: Tag | None, site: str, base_url: str) -> str:
    """The first link, in the text or else of the preview card, to a page of the paper's own site."""
    links = [*(block.select("a[href]") if block else ()), *post.select(_PREVIEW)]
    for link in links:
        url = normalise(str(link["href"]), base_url)
        if url and site and _host(url) == site and urlsplit(url).path.strip("/"):
            return url
    return ""


def _title(post: Tag, lines: list[str], *, is_article: bool) -> str:
    """The article's headline from the preview card, else the beginning of the post."""
    card = post.select_one(f"{_PREVIEW} .link_preview_title") if is_article else None
    title = squeeze(card.get_text(" ")) if card else next(iter(lines), "")
    return shorten(title, _TITLE).replace("&", "&amp;").replace("<", "&lt;")


def _lines(block: Tag) -> list[str]:
    text = "".join(map(_piece, block.descendants))
    return [line for line in map(squeeze, text.split("\n")) if line]


def _piece(node: PageElement) -> str:
    if isinstance(node, Tag):
        return "\n" if node.name == "br" else ""
    return str(node) if type(node) is NavigableString else ""  # comments are of a kind of their own


def _host(url: str) -> str:
    try:
        host = urlsplit(normalise(url) or "").hostname or ""
    except ValueError:
        return ""
    for prefix in _SPARE_HOSTS:
        host = host.removeprefix(prefix)
    return host
