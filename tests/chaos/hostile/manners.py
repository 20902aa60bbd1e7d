"""robots.txt, Retry-After and lists as weapons: to make us wait for ever, read for ever, or come at once."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from monitor.core.ledger import Reason, Stage
from tests.chaos.hostile.case import NOW, STORY, Answers, Case, Door, Ended, item, page, rss
from tests.chaos.hostile.server import Answer, Asked, Reset, away, reply

UNREAD = ("/feed", "/robots.txt")
TWICE = ("/feed", "/robots.txt", "/robots.txt")
GOOD_PAGE = reply(page(f"<p>{STORY}</p>"), kind="text/html")
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


def robots(answer: Answer) -> Answers:
    return lambda _trap: {"/robots.txt": answer, "/page": GOOD_PAGE}


def busy(wait: str, status: str = "429 Too Many Requests") -> Answers:
    return lambda _trap: {"/feed": reply(b"", f"Retry-After: {wait}", status=status)}


def waits(least: timedelta, most: timedelta) -> Callable[[Ended], bool]:
    return lambda end: end.next_check_at is not None and least <= end.next_check_at - NOW <= most


def drip(_: Asked) -> Iterator[bytes | float]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\n"
    while True:
        yield b"#"
        yield 0.05


def endless(_: Asked) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\nDisallow: /page\n"
    while True:
        yield b"# and so on\n" * 5000


def of_robots(n: int, m: int) -> bytes:
    """n robots by name, with m rules for all of them."""
    abc = "abcdefghijklmnopqrstuvwxyz"
    names = (f"User-agent: {abc[k % 26]}{abc[k // 26 % 26]}{abc[k // 676 % 26]}\n" for k in range(n))
    return ("".join(names) + "".join(f"Allow: /{k}\n" for k in range(m))).encode()


def always_new(asked: Asked) -> tuple[bytes, ...]:
    start = 100 if "if-none-match" in asked.headers else 0
    links = (item(f"http://all-new.example/{start + n}") for n in range(5))
    return (reply(rss(*links), f'ETag: "{start}"'),)


CASES = (
    Case(
        "robots-shut",
        "shuts everything by robots.txt",
        robots(reply(b"User-agent: *\nDisallow: /")),
        Reason.ROBOTS,
        "shuts http",
        door=Door.PAGE,
        asked=UNREAD,
    ),
    Case(
        "robots-broken",
        "answers 500 for robots.txt",
        robots(reply(b"", status="500 Oops")),
        Reason.HTTP_5XX,
        "cannot be read: status 500",
        door=Door.PAGE,
        asked=UNREAD,
    ),
    Case(
        "robots-busy",
        "answers 429 for robots.txt, with a pause",
        robots(reply(b"", "Retry-After: 7200", status="429 Slow Down")),
        Reason.RATE_LIMITED,
        "cannot be read: status 429",
        door=Door.PAGE,
        asked=UNREAD,
    ),
    Case(
        "robots-drip",
        "sends robots.txt a byte at a time",
        robots(drip),
        Reason.TIMEOUT,
        "cannot be read: no whole answer",
        door=Door.PAGE,
        asked=UNREAD,
        deadline_s=1.5,
    ),
    Case(
        "robots-reset",
        "resets the connection of robots.txt",
        robots((Reset(),)),
        Reason.CONNECT,
        "cannot be read",
        door=Door.PAGE,
        asked=TWICE,
    ),
    Case(
        "robots-packed",
        "sends a robots.txt that is damaged in its packing",
        robots(reply(b"User-agent: *", "Content-Encoding: gzip")),
        Reason.BAD_ENCODING,
        "cannot be read",
        door=Door.PAGE,
        asked=UNREAD,
    ),
    Case(
        "robots-endless",
        "sends a robots.txt without end that shuts the page in its second line",
        robots(endless),
        Reason.ROBOTS,
        "shuts http",
        door=Door.PAGE,
        asked=UNREAD,
    ),
    Case(
        "robots-page",
        "sends a page for robots.txt; everything is open",
        robots(reply(page("Disallow: /"), kind="text/html")),
        Reason.OK,
        door=Door.PAGE,
        stage=Stage.EXTRACT,
    ),
    Case(
        "robots-circle",
        "redirects robots.txt in a circle; everything is open by the standard",
        robots(away("/robots.txt")),
        Reason.OK,
        door=Door.PAGE,
        stage=Stage.EXTRACT,
        asked=("/feed", *("/robots.txt",) * 6, "/page"),
    ),
    Case(
        "robots-of-thousands",
        "names 15,000 robots with 20,000 rules for each",
        robots(reply(of_robots(15_000, 20_000))),
        Reason.OK,
        door=Door.PAGE,
        stage=Stage.EXTRACT,
        within_s=12,
        memory_mb=120,
    ),
    Case(
        "crawl-delay",
        "asks for a crawl-delay of 10^9 seconds; a second page is left for another round",
        lambda _trap: {
            "/feed": reply(rss(item("/page"), item("/second"))),
            "/robots.txt": reply(b"User-agent: *\nCrawl-delay: 1000000000"),
            "/page": GOOD_PAGE,
        },
        Reason.RATE_LIMITED,
        "s between two requests",
        door=Door.PAGE,
    ),
    Case(
        "wait-for-ever",
        "answers 429 and asks for 10^12 seconds; a week is enough",
        busy("1000000000000"),
        Reason.RATE_LIMITED,
        "status 429",
        check=waits(WEEK, WEEK),
    ),
    Case(
        "wait-till-yesterday",
        "answers 429 and names a moment of the past; it waits all the same",
        busy("Sun, 15 Nov 2026 06:00:00 GMT"),
        Reason.RATE_LIMITED,
        "status 429",
        check=waits(HOUR / 2, HOUR),
    ),
    Case(
        "wait-in-words",
        "answers 429 and asks us to wait in words",
        busy("soon; ' OR 1=1 --"),
        Reason.RATE_LIMITED,
        "status 429",
        check=waits(HOUR / 2, HOUR),
    ),
    Case(
        "wait-negative",
        "answers 503 and asks for -5 seconds",
        busy("-5", "503 Busy"),
        Reason.HTTP_5XX,
        "status 503",
        check=waits(HOUR / 2, HOUR),
    ),
    Case(
        "wait-till-date",
        "answers 503 and names a moment two hours ahead",
        busy("Mon, 16 Nov 2026 08:00:00 GMT", "503 Busy"),
        Reason.HTTP_5XX,
        "status 503",
        check=waits(2 * HOUR, 2 * HOUR),
    ),
    Case(
        "page-then-busy",
        "answers the page with 429",
        lambda _trap: {"/page": reply(b"", "Retry-After: 99999999999999999999", status="429 Slow Down")},
        Reason.RATE_LIMITED,
        "status 429",
        door=Door.PAGE,
    ),
    Case(
        "all-new",
        "lists only new items at every poll",
        lambda _trap: {"/feed": always_new},
        Reason.OVERFLOW,
        "all 5 entries are new",
        polls=2,
        asked=("/feed", "/feed"),
    ),
    Case(
        "items-without-links",
        "lists an item that leads nowhere",
        lambda _trap: {"/feed": reply(rss("<item><title>A</title></item>", item("/1")))},
        Reason.ENTRY_WITHOUT_LINK,
        "A (link ''",
        door=Door.ENTRY,
    ),
    Case(
        "link-of-a-megabyte",
        "lists an item whose link has 1,000,000 letters",
        lambda _trap: {"/feed": reply(rss(item("http://a.example/" + "x" * 1_000_000)))},
        Reason.ENTRY_WITHOUT_LINK,
        "link",
        door=Door.ENTRY,
    ),
    Case(
        "link-with-a-line",
        "lists an item whose link carries a header of its own; it stays an address",
        lambda _trap: {
            "/feed": reply(rss(item("http://link-with-a-line.example/page&#13;&#10;X-Evil:%201"))),
            "/pageX-Evil:%201": GOOD_PAGE,
        },
        Reason.OK,
        door=Door.PAGE,
        stage=Stage.EXTRACT,
        asked=("/feed", "/robots.txt", "/pageX-Evil:%201"),
        check=lambda end: not any("x-evil" in asked.headers for asked in end.asked),
    ),
)
