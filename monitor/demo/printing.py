"""Pages and feeds of the demonstration press as bytes. What they show depends on the outlet, its items and
`now` alone. Pure but for reading its templates."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.demo.outlets import ROOM, Outlet
from monitor.demo.schedule import PressItem
from monitor.demo.typeset import LAYOUTS, Site, Story, Teaser, Typesetter, blocks_of

_OTHERS = 6  # teasers of older stories on a page
_ARCHIVE = datetime(2026, 9, 10, 10, 30)  # noqa: DTZ001 - of the first story of the archive, in any zone
_LEAD = re.compile(r"^.{40,220}?[.!?…](?=\s|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Printed:
    """One answer of the press."""

    body: bytes
    content_type: str


class Printer:
    """Renders for all outlets; `texts` is texts/press.toml."""

    def __init__(self, texts: dict[str, Any]) -> None:
        self._texts = texts
        self._pages = Environment(
            loader=FileSystemLoader(ROOM / "pages"), autoescape=True, undefined=StrictUndefined
        )
        self._typesetter = Typesetter(texts["notice"])
        self._archive = tomllib.loads((ROOM / "texts" / "layouts.toml").read_text(encoding="utf-8"))

    def page(self, outlet: Outlet, item: PressItem, older: Sequence[PressItem], now: datetime) -> Printed:
        """The page of one story, with teasers of `older` ones (newest first)."""
        if outlet.look.layout in LAYOUTS:
            charset = outlet.look.page_charset
            body = self._typesetter.page(
                outlet.look.layout, self._site(outlet), self._story(outlet, item, older), now,
                encoding=outlet.look.encoding,
            )  # fmt: skip
            return Printed(body, _media_type("text/html", charset))
        words = self._words(outlet)
        at = item.published_at
        html = self._pages.get_template(f"{outlet.look.layout}.html").render(
            outlet=outlet,
            item=item,
            words=words,
            notice=self._texts["notice"],
            charset=outlet.look.encoding,
            paragraphs=item.text.split("\n"),
            lead=_lead(item.text),
            iso=at.isoformat(),
            gmt=at.astimezone(UTC).isoformat(),
            human=human_date(at, words),
            today=human_date(now.astimezone(outlet.zone), words, with_time=False),
            ld=_json_ld(outlet, item),
            others=[_teaser(other, words) for other in older[:_OTHERS]],
        )
        return _encoded(html, outlet, outlet.look.page_charset, "text/html")

    def _site(self, outlet: Outlet) -> Site:
        slogan = str(self._archive[outlet.look.lang]["slogan"])
        return Site(name=outlet.name, slogan=slogan, city=outlet.look.city, host=outlet.host)

    def _story(self, outlet: Outlet, item: PressItem, older: Sequence[PressItem]) -> Story:
        paragraphs = item.text.split("\n")
        teasers = [Teaser(o.url, o.title, _lead(o.text), o.published_at) for o in older[:_OTHERS]]
        archive = self._archive[outlet.look.lang]["archive"]
        for number, old in enumerate(archive[: _OTHERS - len(teasers)]):
            at = (_ARCHIVE - timedelta(hours=29 * number)).replace(tzinfo=outlet.zone)
            teasers.append(
                Teaser(outlet.address(f"/archive/{number + 1}.html"), old["title"], old["lead"], at)
            )
        return Story(
            url=item.url, number=item.number, lang=outlet.look.lang, title=item.title, author="", account="",
            published_at=item.published_at, blocks=blocks_of(paragraphs, ["p"] * len(paragraphs)),
            captions=(), comments=(), teasers=tuple(teasers),
        )  # fmt: skip

    def listing(self, outlet: Outlet, items: Sequence[PressItem]) -> Printed:
        """The front page: newest first."""
        words = self._words(outlet)
        html = self._pages.get_template("listing.html").render(
            outlet=outlet,
            words=words,
            notice=self._texts["notice"],
            charset=outlet.look.encoding,
            items=[_teaser(item, words) for item in items],
        )
        return _encoded(html, outlet, outlet.look.page_charset, "text/html")

    def feed(self, outlet: Outlet, items: Sequence[PressItem]) -> Printed:
        """The outlet's feed in its own format: `items` newest first."""
        kind = outlet.look.feed
        if kind == "html_list":
            return self.listing(outlet, items)
        charset = outlet.look.feed_charset
        if kind == "news_sitemap":
            return _encoded(_sitemap(outlet, items, self._note), outlet, charset, "application/xml")
        if kind == "atom":
            return _encoded(_atom(outlet, items, self._note), outlet, charset, "application/atom+xml")
        words = self._words(outlet)
        return _encoded(_rss(outlet, items, self._note, words), outlet, charset, "application/rss+xml")

    @property
    def _note(self) -> str:
        return str(self._texts["notice_short"])

    def _words(self, outlet: Outlet) -> dict[str, Any]:
        words: dict[str, Any] = self._texts[outlet.look.lang]
        return words


def human_date(at: datetime, words: dict[str, Any], *, with_time: bool = True) -> str:
    """5 октября 2026, 12:20."""
    day = f"{at.day} {words['months'][at.month - 1]} {at.year}"
    return f"{day}, {at:%H:%M}" if with_time else day


def _teaser(item: PressItem, words: dict[str, Any]) -> dict[str, str]:
    at = item.published_at
    return {
        "url": item.url, "title": item.title, "lead": _lead(item.text),
        "human": human_date(at, words), "iso": at.isoformat(),
    }  # fmt: skip


def _lead(text: str) -> str:
    match = _LEAD.match(text)
    return match.group().replace("\n", " ") if match else text[:160].replace("\n", " ")


def _json_ld(outlet: Outlet, item: PressItem) -> dict[str, Any]:
    """As the usual search plugin writes it: a graph, with neither body nor a telling author."""
    return {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": outlet.name, "url": outlet.address("/")},
            {
                "@type": "Article",
                "headline": item.title,
                "datePublished": item.published_at.astimezone(UTC).isoformat(),
                "mainEntityOfPage": item.url,
            },
        ],
    }


def _rss(outlet: Outlet, items: Sequence[PressItem], note: str, words: dict[str, Any]) -> str:
    entries = "".join(_rss_item(outlet, item, words) for item in items)
    return (
        f'<?xml version="1.0" encoding="{outlet.look.encoding}"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">\n<channel>\n'
        f"<title>{escape(outlet.name)}</title>\n<link>{outlet.address('/')}</link>\n"
        f"<description>{escape(note)}</description>\n<ttl>60</ttl>\n{entries}</channel>\n</rss>\n"
    )


def _rss_item(outlet: Outlet, item: PressItem, words: dict[str, Any]) -> str:
    paragraphs = item.text.split("\n")
    lead, extra = escape(_lead(item.text)), ""
    if outlet.look.feed == "rss_full":
        body = "\n".join(f"<p>{escape(p)}</p>" for p in paragraphs)
        ending = (
            f'<p>{words["feed_said"]} <a href="{item.url}">{escape(item.title)}</a> {words["feed_end"]} '
            f'<a href="{outlet.address("/")}">{escape(outlet.name)}</a>.</p>'
        )
        lead = escape(f"<p>{escape(_lead(item.text))} [&#8230;]</p>\n{ending}")
        extra = f"<content:encoded><![CDATA[{body}\n{ending}]]></content:encoded>\n"
    elif outlet.look.feed == "rss_joomla":
        lead = escape("".join(f"<p>{escape(p)}</p>" for p in paragraphs))
        extra = f"<author>noreply@{outlet.host} (Super User)</author>\n"
    return (
        f"<item>\n<title>{escape(item.title)}</title>\n<link>{escape(item.url)}</link>\n"
        f'<guid isPermaLink="false">{outlet.host}-{item.number}</guid>\n'
        f"<pubDate>{_rss_date(outlet, item.published_at)}</pubDate>\n"
        f"<description>{lead}</description>\n{extra}</item>\n"
    )


def _rss_date(outlet: Outlet, at: datetime) -> str:
    if outlet.look.dates == "gmt":
        return format_datetime(at.astimezone(UTC))
    if outlet.look.dates == "bare":
        return at.strftime("%Y-%m-%d %H:%M:%S")
    return format_datetime(at)


def _atom(outlet: Outlet, items: Sequence[PressItem], note: str) -> str:
    updated = items[0].published_at.isoformat() if items else "2026-01-01T00:00:00+03:00"
    entries = "".join(
        f"<entry>\n<title>{escape(item.title)}</title>\n"
        f'<link rel="alternate" type="text/html" href="{escape(item.url)}"/>\n'
        f"<id>{escape(item.url)}</id>\n<published>{item.published_at.isoformat()}</published>\n"
        f"<updated>{item.published_at.isoformat()}</updated>\n"
        f'<summary type="html">{escape("<p>" + escape(_lead(item.text)) + "</p>")}</summary>\n</entry>\n'
        for item in items
    )
    return (
        f'<?xml version="1.0" encoding="{outlet.look.encoding}"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>{escape(outlet.name)}</title>\n<subtitle>{escape(note)}</subtitle>\n"
        f'<link rel="self" href="{escape(outlet.feed_url)}"/>\n<id>{outlet.address("/")}</id>\n'
        f"<updated>{updated}</updated>\n{entries}</feed>\n"
    )


def _sitemap(outlet: Outlet, items: Sequence[PressItem], note: str) -> str:
    entries = "".join(
        f"<url><loc>{escape(item.url)}</loc><news:news><news:publication><news:name>{escape(outlet.name)}"
        f"</news:name><news:language>{item.lang}</news:language></news:publication>"
        f"<news:publication_date>{item.published_at.isoformat()}</news:publication_date>"
        f"<news:title>{escape(item.title)}</news:title></news:news></url>\n"
        for item in items
    )
    return (
        f'<?xml version="1.0" encoding="{outlet.look.encoding}"?>\n<!-- {note} -->\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{entries}</urlset>\n'
    )


def _encoded(text: str, outlet: Outlet, charset: str | None, media_type: str) -> Printed:
    """Letters the encoding lacks become character references, as old content systems do."""
    body = text.encode(outlet.look.encoding, "xmlcharrefreplace")
    return Printed(body, _media_type(media_type, charset))


def _media_type(media_type: str, charset: str | None) -> str:
    return media_type if charset is None else f"{media_type}; charset={charset}"
