"""Which article of a page's JSON-LD is the page's own: sites also describe the stories they tease. Pure."""

import json
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from monitor.core.ids import PageUrl
from monitor.core.text import squeeze
from monitor.core.urls import normalise

_ARTICLE_TYPES = {"article", "newsarticle", "reportagenewsarticle", "blogposting", "report"}
_DEPTH = 8
# What stands under these keys is said of other pages.
_OTHERS = {
    "itemlistelement", "blogpost", "blogposts", "haspart", "liveblogupdate", "mentions", "citation",
    "isbasedon", "relatedlink", "subjectof", "comment", "review",
}  # fmt: skip
_ADDRESSES = ("url", "mainEntityOfPage", "@id")
_OWN, _SAME_WORDS, _LIKE_WORDS, _UNTOLD, _ANOTHERS = 4, 3, 2, 1, 0


def own_article(
    tree: HtmlElement, *, addresses: Collection[PageUrl], titles: Collection[str]
) -> dict[str, Any]:
    """The article object that has the page's address or headline, {} without one.

    `addresses`: the page's, and what it names as its own; `titles`: what else calls the story by name. An
    object without either is taken if it is alone; members of lists and articles of other addresses never are.
    """
    own_pages = {_place(address) for address in addresses}
    told = [squeeze(title).casefold() for title in titles if title.strip()]
    ranked = [(_rank(node, own_pages, told), node) for node in _articles(tree)]
    best = max((rank for rank, _ in ranked), default=_ANOTHERS)
    chosen = [node for rank, node in ranked if rank == best]
    if best == _ANOTHERS or (best == _UNTOLD and len({_headline(node) for node in chosen}) > 1):
        return {}
    return chosen[0]


def site(url: str) -> str:
    """The host without what only says how it is to be shown."""
    host = urlsplit(url).hostname or ""
    for prefix in ("www.", "m.", "wap.", "amp."):
        host = host.removeprefix(prefix)
    return host


def agree(one: str, other: str) -> bool:
    """True when most words of the first are in the second."""
    words = set(one.casefold().split())
    return 2 * len(words & set(other.casefold().split())) > len(words)


def _rank(node: dict[str, Any], own_pages: Collection[tuple[str, str, str]], told: Collection[str]) -> int:
    named = [_place(url) for url in _addresses(node)]
    if any(place in own_pages for place in named):
        return _OWN
    headline = _headline(node)
    if headline and any(headline in title for title in told):
        return _SAME_WORDS
    if headline and any(agree(headline, title) for title in told):
        return _LIKE_WORDS
    # A front page, or a page of another site, is what a careless template says of every story.
    sites = {place[0] for place in own_pages}
    return _ANOTHERS if any(place[0] in sites and any(place[1:]) for place in named) else _UNTOLD


def _articles(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            doc = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _objects(doc, _DEPTH)


def _objects(doc: object, depth: int) -> Iterator[dict[str, Any]]:
    """Articles in document order; what is inside one, or in a list, is another page's."""
    if depth == 0:
        return
    if isinstance(doc, dict):
        if _is_article(doc):
            yield doc
            return
        for key, child in doc.items():
            if key.lower() not in _OTHERS:
                yield from _objects(child, depth - 1)
    elif isinstance(doc, list):
        for child in doc:
            yield from _objects(child, depth - 1)


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and name.lower() in _ARTICLE_TYPES for name in names)


def _addresses(node: dict[str, Any]) -> Iterator[PageUrl]:
    for key in _ADDRESSES:
        value = node.get(key)
        for raw in (value.get("@id"), value.get("url")) if isinstance(value, dict) else (value,):
            if isinstance(raw, str) and raw.startswith(("http://", "https://")) and (url := normalise(raw)):
                yield url


def _place(url: PageUrl) -> tuple[str, str, str]:
    """An address without scheme, subdomain for telephones and last slash."""
    parts = urlsplit(url)
    return site(url), parts.path.rstrip("/"), parts.query


def _headline(node: dict[str, Any]) -> str:
    words = node.get("headline")
    return squeeze(words).casefold() if isinstance(words, str) else ""
