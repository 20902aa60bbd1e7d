"""One spelling for every page address, and a form of it that is safe to log.

The folded variants were seen on sites of the source list: tracking parameters, AMP and print copies,
percent-encoded Cyrillic in both letter cases, explicit default ports, Cyrillic hosts.
"""

import re
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import SplitResult, urljoin, urlsplit

from monitor.core.ids import PageUrl

MAX_URL_LENGTH = 2000  # longer ones in feeds are data: URIs or broken markup
_MAX_SPELT = 2400  # percent-encoded: an index of PostgreSQL takes 2,704 bytes and refuses the row above
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SPACE = re.compile(r"[\x00-\x20\x7f]+")
_HOST = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|(%)")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT_IN_PATH = _UNRESERVED | frozenset("%/:@!$&'()*+,;=")
_KEPT_IN_QUERY = _KEPT_IN_PATH | frozenset("?[]")

# Names that never choose the page, only tell who linked to it
_TRACKING = frozenset(
    {
        "fbclid",
        "gclid",
        "yclid",
        "ysclid",
        "ymclid",
        "sphrase_id",
        "_openstat",
        "phpsessid",
        "mc_cid",
        "mc_eid",
    }
)
_COPY_FLAGS = {
    "amp": frozenset({"", "1", "true", "yes"}),
    "print": frozenset({"", "1", "y", "yes", "true"}),
    "output": frozenset({"amp"}),
    "template": frozenset({"accessibility"}),
}
_COPY_TAIL = re.compile(r"(?P<page>/.*[^/])/(?:amp|print)/?", re.DOTALL)
_FILE_TAIL = re.compile(r"\.[A-Za-z]{2,5}$")

# Parameters whose values may stand in a log; all other values are hidden
_LOGGED = frozenset(
    {"format", "type", "feed", "id", "p", "page", "option", "view", "lang", "cat", "paged", "m"}
)
_URL_IN_TEXT = re.compile(r"https?://[^\s\"'<>]+")


def normalise(raw: str, base: str | None = None) -> PageUrl | None:
    """The one spelling of a page address; None when it is no http(s) address or carries a password.

    Errors: never raises. Normalising twice changes nothing.
    """
    url = _rebuilt(raw, base, fold=True)
    return None if url is None else PageUrl(url)


def twins(url: PageUrl) -> tuple[PageUrl, ...]:
    """An address with its likely other spellings, itself first: http and https, with and without www."""
    scheme, _, rest = url.partition("://")
    bare = rest.removeprefix("www.")
    hosts = (rest, bare if rest != bare else f"www.{rest}")
    other = "https" if scheme == "http" else "http"
    return tuple(PageUrl(f"{word}://{host}") for word in (scheme, other) for host in hosts)


def wire_url(raw: str, base: str | None = None) -> str | None:
    """The address as it goes over the wire: absolute, punycode, percent-encoded, all parameters kept.

    Errors: never raises; None when it is no http(s) address or carries a password.
    """
    return _rebuilt(raw, base, fold=False)


def _rebuilt(raw: str, base: str | None, *, fold: bool) -> str | None:
    if len(raw) > MAX_URL_LENGTH:
        return None
    try:
        text = raw if base is None else urljoin(base, raw.strip())
        return _spelt(urlsplit(_SPACE.sub("", text)), fold=fold)
    except ValueError:  # also UnicodeError: no host or port of this world
        return None


def _spelt(parts: SplitResult, *, fold: bool) -> str | None:
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or "@" in parts.netloc:
        return None
    host = ascii_host(parts.hostname or "")
    if host is None:
        return None
    port = parts.port
    netloc = host if port is None or port == _DEFAULT_PORTS[scheme] else f"{host}:{port}"
    path = _without_dots(_quoted(parts.path, _KEPT_IN_PATH) or "/")
    query = _quoted(parts.query, _KEPT_IN_QUERY)
    if fold:
        path, query = _fold_copies(path), _fold_query(query)
    url = f"{scheme}://{netloc}{path}" + (f"?{query}" if query else "")
    return url if len(url) <= _MAX_SPELT else None


def ascii_host(host: str) -> str | None:
    """The host in lower case and punycode (IPv6 in brackets), None when it cannot be one.

    Errors: UnicodeError on a name that IDNA refuses.
    """
    if ":" in host:
        try:
            return f"[{IPv6Address(host).compressed}]" if "%" not in host else None
        except AddressValueError:
            return None
    name = host.rstrip(".")
    if not name or len(name) > 253:
        return None
    if not name.isascii():
        name = name.encode("idna").decode("ascii")
    name = name.lower().rstrip(".")
    return name if len(name) <= 253 and _HOST.fullmatch(name) else None


def _quoted(text: str, kept: frozenset[str]) -> str:
    """Percent-encoding in one case: unreserved letters plain, everything else as %XX of UTF-8."""

    def once(match: re.Match[str]) -> str:
        if match[2]:
            return "%25"
        letter = chr(int(match[1], 16))
        return letter if letter in _UNRESERVED else f"%{match[1].upper()}"

    plain = _ESCAPE.sub(once, text)
    return "".join(c if c in kept else "".join(f"%{b:02X}" for b in c.encode()) for c in plain)


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:]
    for n, segment in enumerate(segments):
        if segment in (".", ".."):
            if segment == ".." and kept:
                kept.pop()
            if n == len(segments) - 1:
                kept.append("")
        else:
            kept.append(segment)
    return "/" + "/".join(kept)


def _fold_copies(path: str) -> str:
    """`/slug/amp/` and `/slug/print` are copies of `/slug/`; `/amp` alone is a page of its own."""
    while match := _COPY_TAIL.fullmatch(path):
        page = match["page"]
        path = page if _FILE_TAIL.search(page) else f"{page}/"
    return path


def _fold_query(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if pair and not _is_spare(pair))


def _is_spare(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = name.lower()
    if name.startswith("utm_") or name in _TRACKING:
        return True
    return value.lower() in _COPY_FLAGS.get(name, ())


def redact(url: str) -> str:
    """An address for logs: no user, no password, no fragment, values only of harmless parameters.

    Errors: never raises.
    """
    try:
        parts = urlsplit(url)
        netloc = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(address that cannot be read)"
    pairs = [_hidden(pair) for pair in parts.query.split("&") if pair]
    query = "?" + "&".join(pairs) if pairs else ""
    scheme = f"{parts.scheme}://" if netloc else (f"{parts.scheme}:" if parts.scheme else "")
    return f"{scheme}{netloc}{parts.path}{query}"


def redact_text(text: str) -> str:
    """A message with every address in it redacted."""
    return _URL_IN_TEXT.sub(lambda match: redact(match[0]), text)


def _hidden(pair: str) -> str:
    name, mark, _ = pair.partition("=")
    if not mark:
        return pair if pair.lower() in _LOGGED else "***"
    return pair if name.lower() in _LOGGED else f"{name}=***"
