"""config/sources/*.toml and config/restricted.toml: all of it or, with every problem listed, nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.articles.selectors import NO_SELECTORS, PageSelectors, selector_fault
from monitor.core.errors import InputError, Problem
from monitor.core.ids import PlaceId, SourceId
from monitor.core.rows import Row, toml_rows
from monitor.crawl.types import FEED_KINDS, SOURCE_KINDS, FeedSpec, Source
from monitor.register.regions import MAPPED
from monitor.register.types import Place

SHOWS = ("full", "title", "count_only")
EVIDENCES = ("seen-in-public-copy", "conventional-path", "unknown", "probed")
RULE_KEYS = ("item", "link", "title", "date")  # CSS selectors of a list page; item and link must be there
_SOURCE_KEYS = (
    "id", "name", "name_en", "kind", "country", "region", "languages", "site", "zone", "show", "enabled",
)  # fmt: skip
_OPTIONAL_KEYS = ("district", "why_not", "notes", "feed", "page")
_PAGE_KEYS = ("text", "title", "author", "date")  # CSS selectors of a page; `drop` is a list of them
_SOURCE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2}")


@dataclass(frozen=True, slots=True)
class Restricted:
    """An outlet that must not be linked or named: exactly one of host, title and channel is not empty."""

    host: str  # lower case, punycode; its subdomains too
    title: str
    channel: str
    since: date
    why: str


def load_sources(folder: Path, places: Mapping[PlaceId, Place]) -> tuple[Source, ...]:
    """The sources of all TOML files of a folder, by file name and in file order.

    Errors: InputError with every problem of every file; nothing is half-loaded.
    """
    problems: list[Problem] = []
    files = sorted(folder.glob("*.toml"))
    if not files:
        problems.append(Problem(str(folder), "holds no .toml file"))
    rows = [row for file in files for row in toml_rows(file, "source", problems, none_ok=True)]
    sources: list[Source] = []
    ids: dict[SourceId, Row] = {}
    addresses: dict[str, Row] = {}
    for row in rows:
        row.label = f"source {row.raw.get('id', '?')!r}: "
        source = _source(row, places)
        row.refuse_double("id", source.id, ids)
        for feed in source.feeds:
            row.refuse_double("feed address", feed.url, addresses)
        sources.append(source)
    if problems:
        raise InputError(problems)
    return tuple(sources)


def load_restricted(path: Path) -> tuple[Restricted, ...]:
    """The outlets that must not be linked or named; an empty file is an empty list.

    Errors: InputError with every problem; also when the file is missing, since a lost list must not look like
    an empty one.
    """
    problems: list[Problem] = []
    found = tuple(_restricted(row) for row in toml_rows(path, "restricted", problems, none_ok=True))
    if problems:
        raise InputError(problems)
    return found


def _source(row: Row, places: Mapping[PlaceId, Place]) -> Source:
    row.keys(_SOURCE_KEYS, _OPTIONAL_KEYS)
    site = _address(row, "site") if row.raw.get("site") else ""
    feeds = tuple(_feed(feed, site) for feed in row.tables("feed"))
    source = Source(
        id=SourceId(_matching(row, "id", _SOURCE_ID, "lower-case words joined by hyphens")),
        name=row.text("name"),
        name_en=row.text("name_en"),
        kind=row.choice("kind", SOURCE_KINDS),
        country=_matching(row, "country", _COUNTRY, "ISO alpha-2"),
        region=_place(row, "region", places) or PlaceId(""),
        district=_place(row, "district", places),
        languages=_languages(row),
        site=site,
        feeds=feeds,
        zone=_zone(row),
        show=row.choice("show", SHOWS),
        enabled=row.flag("enabled"),
        why_not=row.text("why_not", allow_empty=True),
        notes=row.text("notes", allow_empty=True),
        page=_page(row.table("page")) if "page" in row.raw else NO_SELECTORS,
    )
    _refuse_misplaced(row, source, places)
    if source.enabled and not feeds:
        row.note("enabled without a feed: nothing could be polled")
    if source.enabled == bool(source.why_not) and isinstance(row.raw.get("enabled"), bool):
        row.note("why_not must be given when it is not enabled, and only then")
    return source


def _feed(row: Row, site: str) -> FeedSpec:
    row.keys(("url", "kind"), ("evidence", "rules"))
    kind = row.choice("kind", FEED_KINDS)
    return FeedSpec(
        url=_address(row, "url"),
        kind=kind,
        evidence=row.choice("evidence", EVIDENCES) if "evidence" in row.raw else "unknown",
        rules=_rules(row, kind, site),
    )


def _rules(row: Row, kind: str, site: str) -> dict[str, str]:
    rules = row.table("rules")
    if kind == "telegram":  # whose articles its posts may stand for
        rules.keys((), ("site",))
        own = _address(rules, "site") if "site" in rules.raw else site
        return {"site": own} if own else {}
    if not rules.raw:
        return {}
    if kind != "html_list":
        row.note(f"rules are for html_list and telegram, not {kind}")
    rules.keys(("item", "link"), ("title", "date"))
    return {key: rules.text(key) for key in RULE_KEYS if key in rules.raw}


def _page(row: Row) -> PageSelectors:
    row.keys((), (*_PAGE_KEYS, "drop"))
    if not row.raw:
        row.note("holds no rule")
    one = {key: row.text(key) for key in _PAGE_KEYS if key in row.raw}
    drop = row.texts("drop") if "drop" in row.raw else ()
    for key, css in [*one.items(), *(("drop", css) for css in drop)]:
        if css and (fault := selector_fault(css)):
            row.note(f"{key} {css!r} is no CSS selector: {fault}")
    return PageSelectors(**one, drop=drop)


def _restricted(row: Row) -> Restricted:
    row.keys(("since", "why"), ("host", "title", "channel"))
    named = [key for key in ("host", "title", "channel") if row.raw.get(key)]
    if len(named) != 1:
        row.note("exactly one of host, title and channel is needed")
    since = row.raw.get("since", date.min)
    if not isinstance(since, date) or isinstance(since, datetime):
        row.note("since must be a date such as 2023-05-17, without quotation marks")
        since = date.min
    host = row.text("host", allow_empty=True).strip().lower()
    return Restricted(
        host=_punycode(row, host) if host else "",
        title=row.text("title", allow_empty=True).strip(),
        channel=row.text("channel", allow_empty=True).strip(),
        since=since,
        why=row.text("why"),
    )


def _matching(row: Row, key: str, pattern: re.Pattern[str], word: str) -> str:
    value = row.text(key)
    if value and not pattern.fullmatch(value):
        row.note(f"{key} {value!r} is not {word}")
    return value


def _place(row: Row, key: str, places: Mapping[PlaceId, Place]) -> PlaceId | None:
    if row.raw.get(key) is None:
        return None
    value = PlaceId(row.text(key))
    if value and value not in places:
        row.note(f"{key} {value!r} is not in the gazetteer")
    elif value and places[value].kind not in MAPPED:
        row.note(f"{key} {value!r} is a {places[value].kind}, not a place on the map")
    return value


def _refuse_misplaced(row: Row, source: Source, places: Mapping[PlaceId, Place]) -> None:
    region = places.get(source.region)
    if region is None or region.kind not in MAPPED:
        return  # noted already
    if region.country != source.country:
        row.note(f"region {region.id!r} lies in {region.country}, not in {source.country}")
    at = places.get(source.district) if source.district else None
    while at is not None and at.id != source.region:
        at = places.get(at.parent) if at.parent else None
    if source.district in places and at is None:
        row.note(f"district {source.district!r} does not lie in {source.region!r}")


def _languages(row: Row) -> tuple[str, ...]:
    found = row.texts("languages")
    for lang in found:
        if not _LANGUAGE.fullmatch(lang):
            row.note(f"languages: {lang!r} is not a two-letter code")
    if row.raw.get("languages") == []:
        row.note("languages is empty")
    return found


def _zone(row: Row) -> str:
    value = row.text("zone")
    try:
        if value:
            ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        row.note(f"zone {value!r} is no IANA time zone such as Europe/Minsk")
    return value


def _address(row: Row, key: str) -> str:
    """A web address as it is written; that it leads to no private machine is checked when it is fetched."""
    value = row.text(key)
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        row.note(f"{key} {value!r} is not an address: {error}")
        return value
    if value and (parts.scheme not in ("http", "https") or not host or port == 0):
        row.note(f"{key} {value!r} is not a http or https address")
    elif parts.username is not None or parts.password is not None:
        row.note(f"{key} must not carry a user name or password")
    elif any(char.isspace() for char in value):
        row.note(f"{key} {value!r} holds a space")
    elif host:
        _punycode(row, host)
    return value


def _punycode(row: Row, host: str) -> str:
    """The host in ASCII; Cyrillic hosts are welcome, impossible ones are noted."""
    try:
        return host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError as error:
        row.note(f"host {host!r} is impossible: {error}")
        return host
