"""Bodies that swell, that never end, or that lie about their packing."""

import gzip
import zlib
from collections.abc import Callable, Iterator

from monitor.core.ledger import Reason
from tests.chaos.hostile.case import Answers, Case, item, rss
from tests.chaos.hostile.server import Answer, Asked, reply

CAP = 10_000_000  # crawl.max_feed_bytes as shipped
GZIP = "Content-Encoding: gzip"


def feed(answer: Answer) -> Answers:
    return lambda _trap: {"/feed": answer}


def made(make: Callable[[], Answer]) -> Answers:
    """For bodies that are too large to be made before their case comes."""
    return lambda _trap: {"/feed": make()}


def zeros(n: int) -> bytes:
    """n zeros packed, made without holding them."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(n // 1_000_000)) + packer.flush()


def endless_junk(_: Asked) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(rss())
    while True:
        yield b"junk" * 16384


def empty_parts(_: Asked) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    while True:
        yield gzip.compress(b"", mtime=0) * 3000


def empty_blocks(_: Asked) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n"
    while True:
        yield b"\x00\x00\x00\xff\xff" * 12000


def padded(size: int) -> bytes:
    whole = rss(item("http://to-the-last-byte.example/1"))
    return whole + b"\n" * (size - len(whole))


CASES = (
    Case(
        "gzip-bomb",
        "unfolds 100 KB to 100 MB",
        made(lambda: reply(zeros(100_000_000), GZIP)),
        Reason.TOO_LARGE,
        "more than 10000000 bytes",
    ),
    Case(
        "gzip-in-gzip",
        "packs a bomb of 100 MB twice",
        made(lambda: reply(gzip.compress(zeros(100_000_000)), GZIP)),
        Reason.NOT_A_FEED,
        "there is no element",
    ),
    Case(
        "gzip-and-junk",
        "goes on with junk for ever behind a packed feed",
        feed(endless_junk),
        Reason.TOO_LARGE,
        "before decompression",
    ),
    Case(
        "gzip-of-nothing",
        "sends packed parts without end that hold nothing",
        feed(empty_parts),
        Reason.BAD_ENCODING,
        "more than 1000 compressed parts",
    ),
    Case(
        "deflate-of-nothing",
        "sends empty blocks of a packed stream without end",
        feed(empty_blocks),
        Reason.TOO_LARGE,
        "before decompression",
    ),
    Case(
        "gzip-cut",
        "cuts its packed feed",
        feed(reply(gzip.compress(rss() * 99)[:-9], GZIP)),
        Reason.BAD_ENCODING,
        "compressed body is cut",
    ),
    Case(
        "gzip-damaged",
        "damages its packed feed",
        feed(reply(gzip.compress(b"")[:10] + b"\xff" * 50, GZIP)),
        Reason.BAD_ENCODING,
        "damaged",
    ),
    Case(
        "not-gzip", "says gzip and sends plain text", feed(reply(rss(), GZIP)), Reason.BAD_ENCODING, "damaged"
    ),
    Case(
        "brotli",
        "says br, which was not asked for",
        feed(reply(rss(), "Content-Encoding: br")),
        Reason.BAD_ENCODING,
        "'br' was not asked for",
    ),
    Case(
        "codings-in-a-row",
        "says gzip, gzip",
        feed(reply(rss(), "Content-Encoding: gzip, gzip")),
        Reason.BAD_ENCODING,
        "'gzip, gzip' was not asked for",
    ),
    Case(
        "raw-deflate",
        "sends deflate without its header, as old servers do; it is read",
        feed(reply(zlib.compress(rss(item("/1")), wbits=-15), "Content-Encoding: deflate")),
        Reason.OK,
    ),
    Case(
        "to-the-last-byte",
        "sends as many bytes as are taken",
        made(lambda: reply(padded(CAP))),
        Reason.OK,
        memory_mb=150,
    ),
    Case(
        "one-byte-more",
        "sends one byte more than is taken, without saying so",
        made(lambda: (b"HTTP/1.1 200 OK\r\n\r\n", padded(CAP + 1))),
        Reason.TOO_LARGE,
        "more than 10000000 bytes",
    ),
    Case(
        "announces-a-terabyte",
        "announces 10^12 bytes",
        feed(reply(b"", f"Content-Length: {10**12}")),
        Reason.TOO_LARGE,
        "1000000000000 bytes announced",
    ),
)
