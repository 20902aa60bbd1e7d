"""Servers, feeds and name servers that lead where nothing may be fetched."""

from collections.abc import Callable
from functools import partial

from monitor.core.ledger import Reason, Stage
from tests.chaos.hostile.case import STORY, Answers, Case, Door, Trap, item, page, rss
from tests.chaos.hostile.server import away, reply

INSIDE = Reason.PRIVATE_ADDRESS


def leads_to(place: Callable[[Trap], str]) -> Answers:
    return lambda trap: {"/feed": away(place(trap))}


def redirect(name: str, place: Callable[[Trap], str], reason: Reason, says: str, shown: str) -> Case:
    return Case(f"to-{name}", f"redirects to {shown}", leads_to(place), reason, says)


# what comes behind "http://", and the words that the operator reads
_SPELLINGS = (
    ("loopback", "127.0.0.1", INSIDE, "loopback"),
    ("loopback-elsewhere", "127.9.9.9", INSIDE, "loopback"),
    ("unspecified", "0.0.0.0", INSIDE, "unspecified"),
    ("ipv6-loopback", "[::1]", INSIDE, "loopback"),
    ("ipv6-unspecified", "[::]", INSIDE, "unspecified"),
    ("ipv4-mapped", "[::ffff:127.0.0.1]", INSIDE, "IPv4-mapped"),
    ("nat64", "[64:ff9b::7f00:1]", INSIDE, "NAT64"),
    ("6to4", "[2002:7f00:1::]", INSIDE, "6to4"),
    ("link-local", "[fe80::1]", INSIDE, "link-local"),
    ("cgnat", "100.64.0.1", INSIDE, "carrier-grade NAT"),
    ("metadata", "169.254.169.254", INSIDE, "cloud metadata"),
    ("localhost", "localhost", INSIDE, "loopback"),
    ("decimal", "2130706433", Reason.BAD_URL, "odd spelling"),
    ("hexadecimal", "0x7f000001", Reason.BAD_URL, "odd spelling"),
    ("octal", "0177.0.0.1", Reason.BAD_URL, "odd spelling"),
    ("short", "127.1", Reason.BAD_URL, "odd spelling"),
    ("circled-digits", "①②⑦.⓪.⓪.①", INSIDE, "loopback"),
    ("ideographic-stops", "127。0。0。1", INSIDE, "loopback"),
    ("password", "good.example:80@127.0.0.1", Reason.BAD_URL, "user or password"),
    ("zone", "[fe80::1%25lo]", Reason.BAD_URL, "no host"),
)

_SCHEMES = (
    ("file", lambda trap: f"file://{trap.file}", "scheme 'file'", "a file of this machine"),
    ("gopher", lambda trap: f"gopher://127.0.0.1:{trap.port}/_x", "scheme 'gopher'", "a gopher address"),
    ("data", lambda _trap: "data:text/xml,<rss/>", "scheme 'data'", "a data: address"),
    ("script", lambda _trap: "javascript:alert(1)", "scheme 'javascript'", "a javascript: address"),
    ("ftp", lambda trap: f"ftp://127.0.0.1:{trap.port}/", "scheme 'ftp'", "an ftp address"),
)


def robots_elsewhere(trap: Trap) -> dict[str, bytes]:
    return {"/robots.txt": away(trap.at("127.0.0.1")), "/page": reply(page(f"<p>{STORY}</p>"))}


def sitemap_of_traps(trap: Trap) -> dict[str, bytes]:
    places = (trap.at("127.0.0.1"), trap.at("[::1]"), f"file://{trap.file}", "http://10.0.0.8/s.xml")
    parts = "".join(f"<sitemap><loc>{place}</loc></sitemap>" for place in places)
    return {"/feed": reply(f"<sitemapindex>{parts}</sitemapindex>".encode())}


def canonical_inside(trap: Trap) -> dict[str, bytes]:
    head = f'<link rel="canonical" href="{trap.at("127.0.0.1")}"><base href="{trap.at("127.0.0.1")}">'
    return {"/page": reply(page(f"<p>{STORY}</p>", head), kind="text/html")}


CASES = (
    *(
        redirect(name, partial(Trap.at, host=host), reason, says, f"`http://{host}`")
        for name, host, reason, says in _SPELLINGS
    ),
    *(redirect(name, place, Reason.BAD_URL, says, shown) for name, place, says, shown in _SCHEMES),
    Case(
        "to-a-backslash",
        "redirects to `http://good.example\\@127.0.0.1`",
        leads_to(lambda trap: f"http://good.example\\@127.0.0.1:{trap.port}/"),
        Reason.BAD_URL,
        "redirect to",
    ),
    Case(
        "to-another-port",
        "redirects to another port of its own name",
        leads_to(lambda trap: trap.at("to-another-port.example")),
        INSIDE,
        "loopback",
    ),
    Case(
        "to-two-places",
        "sends two Location headers, the second to this machine",
        lambda trap: {"/feed": away("/other", f"Location: {trap.at('127.0.0.1')}")},
        INSIDE,
        "loopback",
    ),
    Case(
        "by-refresh",
        "sends a Refresh header to this machine; it is not followed",
        lambda trap: {"/feed": reply(b"", f"Refresh: 0; url={trap.at('127.0.0.1')}")},
        Reason.NOT_A_FEED,
        "there is no element",
    ),
    Case(
        "by-meta-refresh",
        "sends a page that refreshes to this machine; it is not followed",
        lambda trap: {
            "/page": reply(
                page(
                    "<p>Загрузка</p>", f'<meta http-equiv="refresh" content="0; url={trap.at("127.0.0.1")}">'
                ),
                kind="text/html",
            )
        },
        Reason.NO_TEXT,
        "",
        door=Door.PAGE,
        stage=Stage.EXTRACT,
    ),
    Case(
        "by-link-header",
        "names this machine in Link headers and preloads",
        lambda trap: {
            "/page": reply(
                page(f"<p>{STORY}</p>"),
                *(f"Link: <{trap.at('127.0.0.1')}>; rel={rel}" for rel in ("preload", "canonical", "next")),
                kind="text/html",
            )
        },
        Reason.OK,
        door=Door.PAGE,
        stage=Stage.EXTRACT,
    ),
    Case(
        "by-canonical",
        "names this machine as canonical and base; neither is asked or believed",
        canonical_inside,
        Reason.OK,
        door=Door.PAGE,
        stage=Stage.EXTRACT,
    ),
    Case(
        "by-entry",
        "lists an item whose page is on this machine",
        lambda trap: {"/feed": reply(rss(item(trap.at("127.0.0.1"))))},
        INSIDE,
        "loopback",
        door=Door.PAGE,
        asked=("/feed",),
    ),
    Case(
        "by-file-entry",
        "lists an item whose page is a file of this machine",
        lambda trap: {"/feed": reply(rss(item(f"file://{trap.file}")))},
        Reason.ENTRY_WITHOUT_LINK,
        "file",
        door=Door.ENTRY,
    ),
    Case(
        "by-sitemap",
        "names parts of its sitemap on this machine, in a network and in a file",
        sitemap_of_traps,
        Reason.FEED_EMPTY,
        "no sitemap of its site",
        kind="sitemap",
    ),
    Case(
        "by-robots",
        "redirects its robots.txt to this machine",
        robots_elsewhere,
        INSIDE,
        "robots.txt",
        door=Door.PAGE,
        asked=("/feed", "/robots.txt"),
    ),
    Case(
        "feed-inside",
        "is an address of this machine in the list of sources",
        lambda _trap: {},
        INSIDE,
        "loopback",
        url="http://127.0.0.1:1/feed",
        asked=(),
    ),
    Case(
        "feed-is-a-file",
        "is a file in the list of sources",
        lambda _trap: {},
        Reason.BAD_URL,
        "scheme",
        url="file:///etc/passwd",
        asked=(),
    ),
    Case(
        "rebinding",
        "has a name that leads to this machine when it is asked a second time",
        lambda _trap: {},
        INSIDE,
        "loopback",
        door=Door.PAGE,
        asked=("/feed",),
        names={"rebinding.example": (("server",), ("canary",))},
    ),
    Case(
        "mixed-names",
        "has a public and a private address",
        lambda _trap: {},
        INSIDE,
        "private",
        asked=(),
        names={"mixed-names.example": (("93.184.216.34", "192.168.1.1"),)},
    ),
    Case(
        "no-address",
        "has a name without an address",
        lambda _trap: {},
        Reason.DNS,
        "no address",
        asked=(),
        names={"no-address.example": ((),)},
    ),
    Case(
        "unknown-name",
        "has a name that nobody knows",
        lambda _trap: {},
        Reason.DNS,
        "no such name",
        url="http://unknown.test/feed",
        asked=(),
    ),
    Case(
        "words-for-an-address",
        "has a name server that answers in words",
        lambda _trap: {},
        INSIDE,
        "is no address",
        asked=(),
        names={"words-for-an-address.example": (("not-an-address",),)},
    ),
    Case(
        "expired",
        "shows a certificate that has run out",
        lambda _trap: {},
        Reason.TLS,
        "expired",
        url="https://expired.example/feed",
        asked=(),
    ),
    Case(
        "self-signed",
        "shows a certificate that nobody signed",
        lambda _trap: {},
        Reason.TLS,
        "certificate verify failed",
        url="https://self-signed.example/feed",
        asked=(),
    ),
    Case(
        "other-name",
        "shows the certificate of another site",
        lambda _trap: {},
        Reason.TLS,
        "mismatch",
        url="https://other-name.example/feed",
        asked=(),
    ),
    Case(
        "no-tls",
        "speaks plain HTTP on the port of HTTPS",
        lambda _trap: {},
        Reason.TLS,
        "",
        url="https://no-tls.example/feed",
        asked=(),
    ),
    Case(
        "silent-tls",
        "never answers the TLS handshake",
        lambda _trap: {},
        Reason.TIMEOUT,
        "",
        url="https://silent-tls.example/feed",
        asked=(),
        deadline_s=0.8,
    ),
)
