"""Lists of feeds as OPML 2.0: read with every bad row named by its line, written from the sources. Pure."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.saxutils import quoteattr
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml.common import DTDForbidden
from defusedxml.sax import parseString

from monitor.core.errors import Problem
from monitor.core.text import squeeze
from monitor.core.urls import normalise
from monitor.crawl.types import FEED_KINDS, Source

MAX_BYTES = 10_000_000
_NOT_YET = "imported, not reviewed"
_OURS = "monitor:"  # attributes of ours in an exported file; other programs pass them over
_PAGE = ("text", "title", "author", "date")  # of PageSelectors; `drop` is a list, written as JSON
_AS_IT_IS = "page_"  # of our attributes: blanks in a selector may mean something


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """One outline with an address, as the file has it. `ours`: what an export of this program added."""

    line: int
    title: str
    url: str
    site: str
    language: str
    ours: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpmlRead:
    """The good rows in file order, and the bad ones with file, line and reason."""

    feeds: tuple[OpmlFeed, ...]
    problems: tuple[Problem, ...]


def read_opml(body: bytes, where: str) -> OpmlRead:
    """The feeds of an OPML file. Outlines without an address are folders and passed over.

    Errors: never raises; what is no OPML at all is one problem and no feed.
    """
    if len(body) > MAX_BYTES:
        return OpmlRead((), (Problem(where, f"more than {MAX_BYTES} bytes"),))
    outlines = _Outlines()
    try:
        parseString(body, outlines, forbid_dtd=True)
    except SAXParseException as error:
        broken = Problem(f"{where}:{error.getLineNumber()}", f"not XML: {error.getMessage()}")
        return OpmlRead((), (broken,))
    except DTDForbidden:
        return OpmlRead((), (Problem(where, "has a DTD (<!DOCTYPE ...>), which is refused"),))
    except (SAXException, ValueError, LookupError) as error:
        return OpmlRead((), (Problem(where, f"not read: {error}"),))
    if outlines.root != "opml":
        return OpmlRead((), (Problem(where, f"no OPML: the root element is <{outlines.root[:40]}>"),))
    return _checked(outlines.feeds, where)


class _Outlines(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.root = ""
        self.place: Locator | None = None
        self.feeds: list[OpmlFeed] = []

    def setDocumentLocator(self, locator: Locator) -> None:
        """Where the parser is."""
        self.place = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        """Take an outline."""
        self.root = self.root or name.lower()
        given = {key.lower(): squeeze(value) for key, value in attrs.items()}
        if name.lower() != "outline" or "xmlurl" not in given:
            return
        line = self.place.getLineNumber() if self.place else None
        self.feeds.append(
            OpmlFeed(
                line=line or 0,
                title=given.get("title") or given.get("text", ""),
                url=given["xmlurl"],
                site=given.get("htmlurl", ""),
                language=given.get("language", "")[:2].lower(),
                ours=_ours(attrs),
            )
        )


def _ours(attrs: AttributesImpl) -> dict[str, str]:
    named = ((key.lower().removeprefix(_OURS), value) for key, value in attrs.items() if _is_ours(key))
    return {key: value if key.startswith(_AS_IT_IS) else squeeze(value) for key, value in named}


def _is_ours(key: str) -> bool:
    return key.lower().startswith(_OURS)


def _checked(feeds: Iterable[OpmlFeed], where: str) -> OpmlRead:
    good: list[OpmlFeed] = []
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    for feed in feeds:
        url = normalise(feed.url)
        reason = _refusal(feed, url)
        if url and not reason and url in lines:
            reason = f"{feed.url!r} stands already in line {lines[url]}"
        if reason or url is None:
            problems.append(Problem(f"{where}:{feed.line}", reason or "no address"))
        else:
            lines[url] = feed.line
            good.append(feed)
    return OpmlRead(tuple(good), tuple(problems))


def _refusal(feed: OpmlFeed, url: str | None) -> str:
    if not feed.url:
        return "xmlUrl is empty"
    if url is None:
        return f"xmlUrl {feed.url[:200]!r} is not a http or https address without password"
    if " " in feed.url:  # pages break addresses over lines, lists do not: it would stand in sources as it is
        return f"xmlUrl {feed.url[:200]!r} has a space in it"
    if not feed.title:
        return f"{feed.url!r} has neither title nor text"
    return ""


def known_feeds(feeds: Iterable[OpmlFeed], sources: Iterable[Source]) -> dict[int, str]:
    """Line of a feed that is configured already, with the id of its source."""
    known = {normalise(feed.url): source.id for source in sources for feed in source.feeds}
    return {feed.line: known[url] for feed in feeds if (url := normalise(feed.url)) in known}


def write_opml(sources: Iterable[Source], title: str) -> bytes:
    """All feeds of the sources, grouped by country; what OPML has no word for is in attributes of our own."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0" xmlns:monitor="urn:coverage-monitor:source">',
        f"<head><title>{_text(title)}</title></head>",
        "<body>",
    ]
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(source.country, []).append(source)
    for country in sorted(groups):
        lines.append(f"<outline text={quoteattr(country)}>")
        lines += [_outline(source, n) for source in groups[country] for n in range(len(source.feeds))]
        lines.append("</outline>")
    return "\n".join([*lines, "</body>", "</opml>", ""]).encode()


def _outline(source: Source, n: int) -> str:
    feed = source.feeds[n]
    pairs = {
        "type": "rss" if feed.kind == "rss" else feed.kind,
        "text": source.name,
        "title": source.name,
        "xmlUrl": feed.url,
        "htmlUrl": source.site,
        "language": source.languages[0],
        "monitor:id": source.id,
        "monitor:name_en": source.name_en,
        "monitor:kind": source.kind,
        "monitor:country": source.country,
        "monitor:region": source.region,
        "monitor:district": source.district or "",
        "monitor:languages": " ".join(source.languages),
        "monitor:zone": source.zone,
        "monitor:show": source.show,
        "monitor:notes": source.notes,
        **{f"monitor:page_{key}": getattr(source.page, key) for key in _PAGE},
        "monitor:page_drop": json.dumps(source.page.drop, ensure_ascii=False) if source.page.drop else "",
        "monitor:feed_kind": feed.kind,
        "monitor:evidence": feed.evidence,
        **{f"monitor:rule_{key}": rule for key, rule in sorted(feed.rules.items())},
    }
    return f"<outline {' '.join(f'{key}={quoteattr(value)}' for key, value in pairs.items() if value)}/>"


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def toml_rows(feeds: Iterable[OpmlFeed]) -> str:
    """[[source]] tables to review. What the file does not say is left empty: it loads only when filled in.

    Feeds of one exported source stand in one table.
    """
    parts: list[str] = []
    last = ""
    for feed in feeds:
        own_id = feed.ours.get("id", "")
        if not own_id or own_id != last:
            parts.append(_source_table(feed))
        parts.append(_feed_table(feed))
        last = own_id
    return "\n".join(parts)


def _source_table(feed: OpmlFeed) -> str:
    ours = feed.ours
    languages = (ours.get("languages") or feed.language).split()
    pairs = {
        "id": ours.get("id") or _proposed_id(feed),
        "name": feed.title,
        **{key: ours.get(key, "") for key in ("name_en", "kind", "country", "region")},
        **({"district": ours["district"]} if ours.get("district") else {}),
        "site": feed.site,
        "zone": ours.get("zone", ""),
        "show": ours.get("show", ""),
    }
    lines = [f"{key} = {_toml(value)}" for key, value in pairs.items()]
    notes = [f"notes = {_toml(ours['notes'])}"] if ours.get("notes") else []
    tail = (f"languages = {_toml_list(languages)}", "enabled = false", f"why_not = {_toml(_NOT_YET)}", *notes)
    return "\n".join(("[[source]]", *lines, *tail, *_page_table(ours), ""))


def _page_table(ours: dict[str, str]) -> list[str]:
    lines = [f"{key} = {_toml(ours[f'page_{key}'])}" for key in _PAGE if ours.get(f"page_{key}")]
    try:
        drop = json.loads(ours.get("page_drop", "[]"))
    except (ValueError, RecursionError):  # written by another hand
        drop = []
    if isinstance(drop, list) and drop and all(isinstance(css, str) for css in drop):
        lines.append(f"drop = {_toml_list(drop)}")
    return ["", "[source.page]", *lines] if lines else []


def _feed_table(feed: OpmlFeed) -> str:
    kind = feed.ours.get("feed_kind", "rss")
    rules = {key.removeprefix("rule_"): rule for key, rule in feed.ours.items() if key.startswith("rule_")}
    lines = [f"url = {_toml(feed.url)}", f"kind = {_toml(kind if kind in FEED_KINDS else 'rss')}"]
    if evidence := feed.ours.get("evidence"):
        lines.append(f"evidence = {_toml(evidence)}")
    if rules:
        pairs = ", ".join(f"{_toml(key)} = {_toml(rule)}" for key, rule in sorted(rules.items()))
        lines.append(f"rules = {{ {pairs} }}")
    return "\n".join(("[[source.feed]]", *lines, ""))


def _toml_list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_toml, texts))}]"


def _toml(text: str) -> str:
    """A basic string of TOML: what JSON escapes, TOML escapes alike, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "")


def _proposed_id(feed: OpmlFeed) -> str:
    host = (urlsplit(normalise(feed.site) or normalise(feed.url) or "").hostname or "").removeprefix("www.")
    return "-".join(re.findall(r"[a-z0-9]+", host))
