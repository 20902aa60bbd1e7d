"""What may not be shown: outlets whose articles count but are neither named nor linked. Pure.

Passing on a link to a listed outlet can be an offence for the reader (config/restricted.toml), so that facts
of a report never hold such a link, and hosts of such outlets are cut out of quoted titles too.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from urllib.parse import unquote, urlsplit

from monitor.core.ids import SourceId
from monitor.crawl.sources import Restricted
from monitor.crawl.types import Source
from monitor.reports.plain import one_line, web_link

_NAME_LIMIT = 80
CUT = "[…]"  # stands where a quoted title named a host or channel that may not be passed on


class Withholding:
    """Decides what of an outlet may be shown to a reader in Belarus. `titles_lang`: ru or en, its name."""

    def __init__(
        self, sources: Iterable[Source], restricted: Iterable[Restricted], titles_lang: str = "ru"
    ) -> None:
        rows = tuple(restricted)
        self._sources: Mapping[SourceId, Source] = {source.id: source for source in sources}
        self._is_english = titles_lang == "en"
        self._titles = {_fold(row.title) for row in rows if row.title}
        self._marks = frozenset(mark for row in rows for mark in _marks(row))

    def may_name(self, source: SourceId) -> bool:
        """Whether the outlet's name may be printed. An unknown outlet may not."""
        found = self._sources.get(source)
        if found is None or found.show != "full":
            return False
        if {_fold(found.name), _fold(found.name_en)} & self._titles:
            return False
        addresses = (found.site, *(feed.url for feed in found.feeds))
        return not any(self._holds_mark(address) for address in addresses)

    def name(self, source: SourceId) -> str:
        """The outlet's name, empty where it may not be printed."""
        if not self.may_name(source):
            return ""
        found = self._sources[source]
        return one_line(found.name_en if self._is_english and found.name_en else found.name, _NAME_LIMIT)

    def may_print(self, name: str, url: str = "") -> bool:
        """Whether a name that was printed once, beside a link or alone, may be printed still.

        It stands for the outlets called so, for those at the link's host where one was named anew. As an
        unknown outlet, a name that stands for none may not.
        """
        if _fold(name) in self._titles:
            return False
        meant = self._meant(name, url)
        return bool(meant) and all(self.may_name(source) for source in meant)

    def renamed(self, name: str, url: str) -> str:
        """A name that was printed once beside a link, in this language; as it was where nobody can tell."""
        meant = self._meant(name, url)
        return self.name(next(iter(meant))) if len(meant) == 1 else name

    def link(self, url: str) -> str:
        """`url` if a reader may get it, else empty. A mirror with a listed host in its address may not."""
        return "" if self._holds_mark(url) else web_link(url)

    def quote(self, text: str) -> str:
        """One clean line of at most 300 characters; listed hosts and channels in it are cut out."""
        line = one_line(text)
        for mark in sorted(self._marks, key=len, reverse=True):
            line = _cut(line, mark)
        return line

    def _meant(self, name: str, url: str) -> set[SourceId]:
        called = self._called.get(_fold(one_line(name, _NAME_LIMIT)), set())
        at_host = self._at_host.get(_host(url), set()) if url else set()
        return called & at_host or called or at_host

    @cached_property
    def _called(self) -> Mapping[str, set[SourceId]]:
        found: dict[str, set[SourceId]] = {}
        for source in self._sources.values():
            for name in filter(None, (source.name, source.name_en)):
                found.setdefault(_fold(one_line(name, _NAME_LIMIT)), set()).add(source.id)
        return found

    @cached_property
    def _at_host(self) -> Mapping[str, set[SourceId]]:
        found: dict[str, set[SourceId]] = {}
        for source in self._sources.values():
            for address in filter(None, (source.site, *(feed.url for feed in source.feeds))):
                found.setdefault(_host(address), set()).add(source.id)
        return found

    def _holds_mark(self, address: str) -> bool:
        if not self._marks:
            return False
        folded = unquote(unquote(address)).casefold()
        return any(_find(folded, mark) >= 0 for mark in self._marks)


def _marks(row: Restricted) -> tuple[str, ...]:
    """Strings whose appearance in an address or title gives the outlet away."""
    if row.channel:
        name = row.channel.removeprefix("@").casefold()
        return tuple(f"{lead}{name}" for lead in ("@", "t.me/", "t.me/s/", "telegram.me/"))
    if not row.host:
        return ()
    host = row.host.casefold().removeprefix("www.")
    spellings = {host, _recoded(host, to_ascii=True), _recoded(host, to_ascii=False)}
    # translators and caches write the dots of a host as hyphens, some of them its hyphens as two
    dashed = {part.replace(".", "-") for one in spellings for part in (one, one.replace("-", "--"))}
    return tuple(spellings | dashed | {f"www-{one}" for one in dashed})


def _recoded(host: str, *, to_ascii: bool) -> str:
    """The host in punycode or in its own letters; unchanged when it is no host name."""
    try:
        return host.encode("idna").decode("ascii") if to_ascii else host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def _host(address: str) -> str:
    """The host of an address, without www; empty where it has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _find(text: str, mark: str) -> int:
    """Where `mark` stands as a whole name in `text` (both casefolded), -1 if nowhere.

    A host with hyphens for dots may stand behind a subdomain, as others do behind its dot.
    """
    is_dashed = "." not in mark and "/" not in mark and "@" not in mark
    at = text.find(mark)
    while at >= 0:
        before, behind = text[max(at - 2, 0) : at], text[at + len(mark) : at + len(mark) + 1]
        is_prefixed = is_dashed and before[-1:] == "-" and before[:1].isalnum()  # "--" is a hyphen of another
        if not _joins(behind) and (is_prefixed or not _joins(before[-1:])):
            return at
        at = text.find(mark, at + 1)
    return -1


def _joins(char: str) -> bool:
    return char.isalnum() or char in ("-", "_")


def _cut(line: str, mark: str) -> str:
    while (at := _find(line.casefold(), mark)) >= 0:
        if len(line.casefold()) != len(line):
            return CUT  # offsets of folded and printed text differ: better no title than a listed host
        line = line[:at] + CUT + line[at + len(mark) :]
    return line


@lru_cache(maxsize=4096)  # a page asks for the names of all outlets
def _fold(text: str | None) -> str:
    return one_line(text or "").casefold()
