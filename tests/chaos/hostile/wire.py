"""Servers that break the protocol, the connection or the clock."""

from collections.abc import Iterator

from monitor.core.ledger import Reason, Stage
from tests.chaos.hostile.case import STORY, Answers, Case, Door, page
from tests.chaos.hostile.server import Answer, Asked, Reset, away, reply

TWICE = ("/feed", "/feed")  # a kept connection may have died: a request is made a second time, once
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def feed(answer: Answer) -> Answers:
    return lambda _trap: {"/feed": answer}


def the_page(answer: Answer) -> Answers:
    return lambda _trap: {"/page": answer}


def slow_headers(_: Asked) -> Iterator[bytes | float]:
    yield b"HTTP/1.1 200 OK\r\nX-Slow: "
    while True:
        yield b"y"
        yield 0.05


def slow_chunks(_: Asked) -> Iterator[bytes | float]:
    yield CHUNKED
    while True:
        yield b"1\r\n<\r\n"
        yield 0.05


def endless_headers(_: Asked) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for n in range(100_000):
        yield b"X-%d: y\r\n" % n


def endless_body(_: Asked) -> Iterator[bytes]:
    yield CHUNKED
    while True:
        yield b"10000\r\n" + b"x" * 65536 + b"\r\n"


def continues(_: Asked) -> Iterator[bytes | float]:
    while True:
        yield b"HTTP/1.1 100 Continue\r\n\r\n" * 50
        yield 0.01


def one_byte_chunks(_: Asked) -> Iterator[bytes]:
    yield CHUNKED
    while True:
        yield b"1\r\n<\r\n" * 1000


def cookies(asked: Asked) -> tuple[bytes, ...]:
    assert "cookie" not in asked.headers
    jar = [f"Set-Cookie: c{n}={'x' * 60}" for n in range(900)]
    return (reply(page(f"<p>{STORY}</p>"), *jar, kind="text/html"),)


CASES = (
    Case(
        "slow-headers",
        "sends its headers a byte at a time",
        feed(slow_headers),
        Reason.TIMEOUT,
        "no whole answer before the deadline",
        deadline_s=0.6,
    ),
    Case(
        "slow-chunks",
        "sends its page a byte at a time, in chunks",
        the_page(slow_chunks),
        Reason.TIMEOUT,
        "no whole answer before the deadline",
        door=Door.PAGE,
        deadline_s=1.5,
    ),
    Case(
        "silence",
        "takes the request and never answers",
        feed((8.0,)),
        Reason.TIMEOUT,
        "no whole answer before the deadline",
        deadline_s=0.6,
    ),
    Case(
        "endless-headers",
        "sends headers without end",
        feed(endless_headers),
        Reason.CONNECT,
        "too long",
        asked=TWICE,
    ),
    Case(
        "huge-header",
        "sends one header of a megabyte",
        feed(reply(b"", "X-Big: " + "y" * 1_000_000)),
        Reason.CONNECT,
        "too long",
        asked=TWICE,
    ),
    Case(
        "huge-etag",
        "sends an ETag of a megabyte",
        feed(reply(b"", f'ETag: "{"e" * 1_000_000}"')),
        Reason.CONNECT,
        "too long",
        asked=TWICE,
    ),
    Case(
        "endless-body",
        "sends a body without end",
        feed(endless_body),
        Reason.TOO_LARGE,
        "more than 10000000 bytes",
        memory_mb=90,
    ),
    Case(
        "one-byte-chunks",
        "sends chunks of one byte without end, as fast as it can",
        feed(one_byte_chunks),
        Reason.TIMEOUT,
        "no whole answer before the deadline",
        deadline_s=1.0,
        memory_mb=90,
    ),
    Case(
        "continue-flood",
        "says 100 Continue for ever",
        feed(continues),
        Reason.TIMEOUT,
        "no whole answer before the deadline",
        deadline_s=0.6,
    ),
    Case(
        "switches-protocol",
        "answers 101 Switching Protocols",
        feed(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"),
        Reason.CONNECT,
        "without a pending proposal",
        asked=TWICE,
    ),
    Case(
        "negative-length",
        "announces a negative length",
        feed(reply(b"<rss/>", "Content-Length: -5")),
        Reason.CONNECT,
        "Content-Length",
        asked=TWICE,
    ),
    Case(
        "two-lengths",
        "announces two different lengths",
        feed(reply(b"<rss/>", "Content-Length: 6", "Content-Length: 9")),
        Reason.CONNECT,
        "Content-Length",
        asked=TWICE,
    ),
    Case(
        "length-in-words",
        "announces a length in words",
        feed(reply(b"<rss/>", "Content-Length: six")),
        Reason.CONNECT,
        "Content-Length",
        asked=TWICE,
    ),
    Case(
        "length-of-30-digits",
        "announces a length of thirty digits",
        feed(reply(b"<rss/>", f"Content-Length: {'9' * 30}")),
        Reason.CONNECT,
        "Content-Length",
        asked=TWICE,
    ),
    Case(
        "longer-than-said",
        "announces 5 MB and closes after 9 bytes",
        the_page(reply(b"<p>short", "Content-Length: 4999999", kind="text/html")),
        Reason.CONNECT,
        "closed",
        door=Door.PAGE,
        asked=("/feed", "/robots.txt", "/page", "/page"),
    ),
    Case(
        "bad-chunk-size",
        "sends chunks whose size is no number",
        feed(CHUNKED + b"zz\r\n<rss/>\r\n0\r\n\r\n"),
        Reason.CONNECT,
        "chunk",
        asked=TWICE,
    ),
    Case(
        "huge-chunk-size",
        "announces a chunk of 2^64 bytes",
        feed(CHUNKED + b"FFFFFFFFFFFFFFFF\r\n<rss/>"),
        Reason.CONNECT,
        "",
        asked=TWICE,
    ),
    Case(
        "cut-chunk",
        "closes in the middle of a chunk",
        feed(CHUNKED + b"ff\r\n<rss"),
        Reason.CONNECT,
        "closed",
        asked=TWICE,
    ),
    Case(
        "http-0.9",
        "answers without a status line",
        feed(b"<rss><channel/></rss>"),
        Reason.CONNECT,
        "without sending a response",
        asked=TWICE,
    ),
    Case(
        "garbage-status",
        "sends words where the status stands",
        feed(b"HTTP/1.1 okay fine\r\n\r\n"),
        Reason.CONNECT,
        "status line",
        asked=TWICE,
    ),
    Case(
        "status-999",
        "answers 999, as some shields do",
        feed(reply(b"", status="999 Denied")),
        Reason.HTTP_5XX,
        "status 999",
    ),
    Case(
        "nul-in-header",
        "sends a NUL inside a header",
        feed(HEAD + b"X-A: a\0b\r\n\r\n"),
        Reason.CONNECT,
        "header",
        asked=TWICE,
    ),
    Case(
        "no-content",
        "answers 204 with a body",
        feed(reply(b"<rss/>", status="204 No Content")),
        Reason.NOT_A_FEED,
        "there is no element",
    ),
    Case(
        "reset-content",
        "answers 205 to the request for a page",
        the_page(reply(b"", status="205 Reset Content", kind="text/html")),
        Reason.NO_TEXT,
        "",
        door=Door.PAGE,
        stage=Stage.EXTRACT,
    ),
    Case(
        "part-only",
        "answers 206 with the first half of a feed",
        feed(reply(b"<rss><channel>", "Content-Range: bytes 0-13/99", status="206 Partial Content")),
        Reason.CONNECT,
        "only a part",
    ),
    Case(
        "several-choices",
        "answers 300 and names no place",
        feed(reply(b"", status="300 Multiple Choices")),
        Reason.HTTP_4XX,
        "status 300",
    ),
    Case("teapot", "answers 418", feed(reply(b"", status="418 I'm a teapot")), Reason.HTTP_4XX, "status 418"),
    Case(
        "wants-a-password",
        "answers 401 and asks for a password",
        feed(reply(b"", 'WWW-Authenticate: Basic realm="x"', status="401 Unauthorized")),
        Reason.HTTP_4XX,
        "status 401",
    ),
    Case(
        "shut-in-this-country",
        "answers 451",
        the_page(reply(b"", status="451 Unavailable")),
        Reason.HTTP_4XX,
        "status 451",
        door=Door.PAGE,
    ),
    Case(
        "page-not-modified",
        "answers 304 to a request without a condition",
        the_page(reply(b"", status="304 Not Modified")),
        Reason.HTTP_4XX,
        "status 304",
        door=Door.PAGE,
    ),
    Case(
        "reset-at-once",
        "resets the connection before a byte",
        feed((Reset(),)),
        Reason.CONNECT,
        "",
        asked=TWICE,
    ),
    Case(
        "reset-in-headers",
        "resets the connection in the headers",
        feed((HEAD, 0.05, Reset())),
        Reason.CONNECT,
        "",
        asked=TWICE,
    ),
    Case(
        "reset-in-body",
        "resets the connection in the body",
        feed((HEAD + b"Content-Length: 99\r\n\r\n<rss>", 0.05, Reset())),
        Reason.CONNECT,
        "",
        asked=TWICE,
    ),
    Case(
        "cookie-flood",
        "sets 900 cookies at once; none is kept or sent back",
        the_page(cookies),
        Reason.OK,
        door=Door.PAGE,
        stage=Stage.EXTRACT,
    ),
    Case(
        "folded-etag",
        "folds its ETag over two lines; the condition is sent on one",
        lambda _trap: {
            "/feed": lambda asked: (
                reply(b"", status="304 Not Modified")
                if "if-none-match" in asked.headers
                else HEAD + b'ETag: "a\r\n b"\r\nConnection: close\r\n\r\n'
                b"<rss version='2.0'><channel><item><link>http://folded-etag.example/1</link></item></channel></rss>",
            )
        },
        Reason.NOT_MODIFIED,
        polls=2,
        asked=TWICE,
        check=lambda end: end.asked[1].headers["if-none-match"] == '"a b"',
    ),
    Case(
        "redirect-circle",
        "leads in a circle",
        feed(away("/feed")),
        Reason.TOO_MANY_REDIRECTS,
        "last one to",
        asked=("/feed",) * 6,
    ),
    Case(
        "redirect-for-the-terminal",
        "leads to an address with the signs that steer a terminal; the operator reads question marks",
        feed(away("gopher://\u009b31m\u009bc/")),
        Reason.BAD_URL,
        "redirect to gopher://?31m?c/",
    ),
    Case(
        "redirect-of-a-megabyte",
        "leads to an address of 90,000 letters",
        feed(away("/" + "x" * 90_000)),
        Reason.BAD_URL,
        "redirect to",
    ),
)
