"""Which source an archived address belongs to: by its host, and by its path where several share one. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from monitor.articles.selectors import PageSelectors
from monitor.core.ids import PageUrl, SourceId
from monitor.core.urls import normalise
from monitor.crawl.types import Source

_KEY = 12  # characters
_SPARE = ("www.", "m.", "amp.")
_NOT_OWN = frozenset({"t.me", "telegram.me", "vk.com", "ok.ru", "facebook.com"})  # sites of everybody


@dataclass(frozen=True, slots=True)
class Owner:
    """A source as far as its archived pages need it."""

    source_id: SourceId
    zone: str  # IANA
    selectors: PageSelectors
    path: str  # where its pages begin on its host
    front: PageUrl | None
    host: str  # without www. and the like

    @property
    def key(self) -> str:
        """Says whether two lists of sources mean the same pages by this one; short, as it is kept by file."""
        return sha256(f"{self.source_id} {self.host}{self.path}".encode()).hexdigest()[:_KEY]


class Hosts:
    """Finds the polled source of an address. Sources that share a host and a path own nothing of it."""

    def __init__(self, sources: Iterable[Source]) -> None:
        by_host: dict[str, list[Owner]] = {}
        for source in sources:
            parts = urlsplit(source.site)
            host = _bare(parts.hostname or "")
            if not source.enabled or not host or host in _NOT_OWN:
                continue
            path = parts.path.rstrip("/") + "/"
            front = normalise(source.site)
            owner = Owner(source.id, source.zone, source.page, path, front, host)
            by_host.setdefault(host, []).append(owner)
        self._by_host = {host: _told_apart(owners) for host, owners in by_host.items()}

    def __len__(self) -> int:
        return len(self._by_host)

    def keys(self) -> frozenset[str]:
        """The keys of all owners."""
        return frozenset(owner.key for owners in self._by_host.values() for owner in owners)

    def owner(self, url: str) -> Owner | None:
        """The source whose page this is, None where it is nobody's or could be that of several."""
        parts = urlsplit(url)
        owners = self._by_host.get(_bare(parts.hostname or ""), ())
        return next((one for one in owners if (parts.path or "/").startswith(one.path)), None)


def _told_apart(owners: list[Owner]) -> tuple[Owner, ...]:
    """The longest path first, and none that two have."""
    paths = [owner.path for owner in owners]
    alone = [owner for owner in owners if paths.count(owner.path) == 1]
    return tuple(sorted(alone, key=lambda one: -len(one.path)))


def _bare(host: str) -> str:
    host = host.lower().rstrip(".")
    for spare in _SPARE:
        host = host.removeprefix(spare)
    return host
