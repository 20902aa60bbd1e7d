"""RSS as nearly all sites send it, read by expat alone, in a tenth of feedparser's time.

Only what feedparser would read in one way is read here: one channel, items of the usual elements, each once,
without attributes, markup as text. Whatever else a feed holds, all of it is feedparser's. That both give the
same is tested over the project's own feeds and over random ones.
"""

import re
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

_NAMESPACES = {  # those that are read here, by the prefix that feedparser gives them whatever theirs is
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://wellformedweb.org/CommentAPI/": "wfw",
    "http://www.w3.org/2005/Atom": "atom",
    "http://news.yandex.ru": "yandex",  # which feedparser does not know: it must be called so
}
_OTHER_VERSIONS = re.compile(
    r"purl\.org/rss/1\.0/\Z|my\.netscape\.com|backend\.userland\.com/rss", re.IGNORECASE
)
_FIELDS = {  # of an item: feedparser's names for what is read
    "title": "title",
    "link": "link",
    "guid": "id",
    "pubdate": "published",
    "dc:date": "updated",
    "description": "summary",
    "content:encoded": "content",
    "yandex:full-text": "yandex_full-text",
}
_PASSED = frozenset(  # of an item: nothing of it is asked for
    {
        "author",
        "category",
        "comments",
        "dc:creator",
        "enclosure",
        "slash:comments",
        "wfw:commentrss",
        "yandex:genre",
    }
)
_WISHES = {"ttl": "ttl", "sy:updateperiod": "sy_updateperiod", "sy:updatefrequency": "sy_updatefrequency"}
_OF_CHANNEL = frozenset(
    {
        "atom:link", "category", "copyright", "description", "docs", "generator", "image", "item", "language",
        "lastbuilddate", "link", "managingeditor", "pubdate", "sy:updatebase", "title", "webmaster", *_WISHES,
    }
)  # fmt: skip
_OF_IMAGE = frozenset({"url", "title", "link", "width", "height", "description"})
_WITH_ATTRIBUTES = frozenset({"atom:link", "category", "enclosure"})
_C1 = re.compile("[\x80-\x9f]")  # feedparser takes them for letters of Windows
_SEMICOLON = re.compile(r"&([A-Za-z0-9_]+);")
_ROOT, _CHANNEL, _PART, _FIELD = 1, 2, 3, 4  # how deep they lie


class _Unusual(Exception):
    """Something that feedparser is to judge."""


def read_common(body: bytes) -> Mapping[str, Any] | None:
    """What feedparser says of such a feed, as far as `rss_atom` asks; None where feedparser must be asked.

    `body`: well-formed or not, without a document type. Errors: never raises.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)
    except (_Unusual, expat.ExpatError):
        return None
    return {"version": "rss", "entries": reader.entries, "feed": reader.feed} if reader.n_channels else None


class _Reader:
    """Goes through one feed, and stops at the first thing that is not as usual."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.feed: dict[str, str] = {}
        self.n_channels = 0
        self._depth = 0
        self._part = ""  # element of the channel that we are in
        self._field = ""  # element of an item or wish of the channel whose text is kept
        self._text: list[str] = []
        self._is_link = False  # of the guid at hand
        self._seen: set[str] = set()  # fields of the item at hand
        self._declared: set[str] = set()  # name spaces
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartNamespaceDeclHandler = self._declare
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._letters
        self.parser.StartDoctypeDeclHandler = _refuse

    def _declare(self, prefix: str | None, uri: str) -> None:
        """A name space of the root; one for all elements or of another kind of feed is unusual."""
        _must(self._depth == 0 and bool(prefix) and bool(uri) and uri not in self._declared)
        _must(not _OTHER_VERSIONS.search(uri) and (_NAMESPACES.get(uri) != "yandex" or prefix == "yandex"))
        self._declared.add(uri)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        tag = _tag(name)
        if self._depth == _ROOT:
            _must(tag == "rss" and attributes.keys() <= {"version"})
            return
        if self._depth == _FIELD and self._part == "item":
            self._open_field(tag, attributes)
            return
        _must(not attributes or (tag in _WITH_ATTRIBUTES and _are_plain(attributes)))
        if self._depth == _CHANNEL:
            self.n_channels += 1
            _must(tag == "channel" and self.n_channels == 1)
        elif self._depth == _PART:
            _must(tag in _OF_CHANNEL)
            self._open_part(tag)
        else:
            _must(self._depth == _FIELD and self._part == "image" and tag in _OF_IMAGE)

    def _open_part(self, tag: str) -> None:
        self._part = tag
        if tag == "item":
            self.entries.append({})
            self._seen = set()
        elif tag in _WISHES:
            self._field, self._text = tag, []

    def _open_field(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _PASSED:
            _must(not attributes or (tag in _WITH_ATTRIBUTES and _are_plain(attributes)))
            return
        _must(tag in _FIELDS and tag not in self._seen)
        if tag == "guid":
            said = {name.lower(): value for name, value in attributes.items()}
            _must(said.keys() <= {"ispermalink"} and len(said) == len(attributes))
            self._is_link = said.get("ispermalink", "true") == "true"
        else:
            _must(not attributes)
        self._seen.add(tag)
        self._field, self._text = tag, []

    def _letters(self, text: str) -> None:
        if self._field:
            self._text.append(text)

    def _end(self, _name: str) -> None:
        if self._field:
            value = _told("".join(self._text).strip())
            if self._depth == _FIELD:
                self._keep(self.entries[-1], self._field, value)
            else:
                self.feed[_WISHES[self._field]] = value
            self._field = ""
        self._depth -= 1

    def _keep(self, entry: dict[str, Any], tag: str, value: str) -> None:
        """As feedparser does: a guid may stand for the link, a full text for the summary."""
        if tag == "link":
            entry["link"] = _SEMICOLON.sub(r"&\g<1>", _address(value).replace("&amp;", "&"))
        elif tag == "guid":
            entry["id"] = _address(value) if self._is_link else value
            entry["guidislink"] = self._is_link and "link" not in entry
            if self._is_link:
                entry.setdefault("link", entry["id"])
        elif tag == "content:encoded":
            entry["content"] = [{"value": value}]
            entry.setdefault("summary", value)
        else:
            entry[_FIELDS[tag]] = value


def _must(is_usual: bool) -> None:
    if not is_usual:
        raise _Unusual


def _tag(name: str) -> str:
    """An element's name as feedparser has it."""
    uri, parted, local = name.rpartition(" ")
    if not parted:
        return name.lower()
    _must(uri in _NAMESPACES)
    return f"{_NAMESPACES[uri]}:{local.lower()}"


def _are_plain(attributes: Mapping[str, str]) -> bool:
    """No language, base or name space, which would hold for more than the element."""
    return not any(" " in name or name.lower() in ("base", "lang") for name in attributes)


def _told(value: str) -> str:
    """The text where feedparser would leave it as it is: it repairs some charsets, and so do we, later."""
    if value.isascii():
        return value
    _must(not _C1.search(value))
    try:
        value.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return value
    raise _Unusual


def _address(value: str) -> str:
    _must(":///" not in value)  # feedparser takes the third stroke away
    return value


def _refuse(*_: object) -> None:
    raise _Unusual
