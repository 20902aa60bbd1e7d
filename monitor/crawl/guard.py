"""Which addresses may be fetched at all. Pure: the caller resolves names and asks for each address.

Every address comes from outside (feeds, pages, redirects, source lists), so whatever does not lie in the
public internet is refused unless the operator's allow-list names it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from monitor.core.urls import ascii_host

DEFAULT_PORTS = {"http": 80, "https": 443}

# Source: IANA IPv4 special-purpose registry, multicast and class E; cloud metadata by vendor documents
_REFUSED_V4 = tuple(
    (IPv4Network(block), why)
    for block, why in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "cloud metadata"),
        ("169.254.0.0/16", "link-local or cloud metadata"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
# Only 2000::/3 is handed out; named here so that the ledger says which kind was met
_REFUSED_V6 = tuple(
    (IPv6Network(block), why)
    for block, why in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/64", "discard"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_HANDED_OUT_V6 = IPv6Network("2000::/3")
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})  # upper half of the interface id; the lower is an IPv4 address


@dataclass(frozen=True, slots=True)
class Allowed:
    """One entry of the allow-list: a network, and a port or any."""

    network: IPv4Network | IPv6Network
    port: int | None


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL points. `host` is ASCII, IPv6 without brackets; `path` holds the query too."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one robots.txt speaks for."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (
            "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        )


def parse_allow(entries: Iterable[str]) -> tuple[Allowed, ...]:
    """The allow-list from its settings: "127.0.0.1", "127.0.0.0/8", "127.0.0.1:8080", "::1", "[::1]:8080".

    Errors: ValueError that names the entry.
    """
    return tuple(_parse_allowed(entry.strip()) for entry in entries)


def _parse_allowed(entry: str) -> Allowed:
    address, port = entry, None
    if entry.startswith("["):
        address, _, rest = entry[1:].partition("]")
        port = rest.removeprefix(":") or None
    elif entry.count(":") == 1:
        address, _, port = entry.partition(":")
    try:
        number = None if port is None else int(port)
        if number is not None and not 0 < number < 65536:
            raise ValueError("no such port")
        return Allowed(ip_network(address, strict=False), number)
    except ValueError as error:
        raise ValueError(f"{entry!r} is no address, network or address:port") from error


def check_address(ip: str, port: int, allow: Iterable[Allowed] = ()) -> str | None:
    """Why this resolved address may not be connected to; None when it may.

    Errors: never raises: what is no address is refused as such.
    """
    try:
        address = ip_address(ip)
    except ValueError:
        return f"{ip!r} is no address"
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return f"{ip} is link-local"
    if any(address in one.network and one.port in (None, port) for one in allow):
        return None
    why = _refused_v4(address) if isinstance(address, IPv4Address) else _refused_v6(address)
    return f"{address} is {why}" if why else None


def _refused_v4(address: IPv4Address) -> str | None:
    return next((why for network, why in _REFUSED_V4 if address in network), None)


def _refused_v6(address: IPv6Address) -> str | None:
    known = next((why for network, why in _REFUSED_V6 if address in network), None)
    if known:
        return known
    if address not in _HANDED_OUT_V6:
        return "not in the public internet"
    return "ISATAP" if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP else None


def parse_target(url: str) -> Target | str:
    """Where the URL points, or why it may not be asked: only http and https, no credentials, a plain host.

    Errors: never raises.
    """
    try:
        parts = urlsplit(url)
        host = ascii_host(parts.hostname or "")
        port = parts.port
    except ValueError:  # also UnicodeError
        return "the address cannot be read"
    refused = _refused_url(url, parts, host)
    if refused or host is None:
        return refused or "the address names no host"
    scheme = parts.scheme.lower()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme, host.strip("[]"), port or DEFAULT_PORTS[scheme], target)


def _refused_url(url: str, parts: SplitResult, host: str | None) -> str | None:
    if not url.isascii() or not url.isprintable() or " " in url:
        return "the address is not percent-encoded"
    if parts.scheme.lower() not in DEFAULT_PORTS:
        return f"scheme {parts.scheme[:20]!r} is not fetched"
    if "@" in parts.netloc:
        return "the address carries a user or password"
    if host is None:
        return "the address names no host"
    return _odd_number(host)


def _odd_number(host: str) -> str | None:
    """Hosts such as 2130706433, 0x7f.1 or 0177.0.0.1: resolvers read them as addresses, people do not."""
    if host.startswith("["):
        return None
    last = host.rpartition(".")[2]
    if not (last.isdigit() or last.startswith("0x")):
        return None
    try:
        IPv4Address(host)
    except ValueError:
        return "the host is an address in an odd spelling"
    return None
