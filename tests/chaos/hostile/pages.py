"""Pages that are no pages, or that cost the extractor more than they weigh."""

from collections.abc import Callable

from monitor.core.ledger import Reason, Stage
from tests.chaos.hostile.case import STORY, Answers, Case, Door, Ended, item, page, rss
from tests.chaos.hostile.server import Answer, away, flood, reply

HTML = "text/html; charset=utf-8"
HEAD = page(f"<p>{STORY}</p>").removesuffix(b"</article></body></html>")
KAZAKH = "Облыс әкімі Беларусь елшісімен кездесіп, ынтымақтастық туралы келісімге қол қойды. " * 4
DIES = b"<!-- this page ends the process that reads it -->"  # see dying_worker.py
WHOLE = 5_000_000  # crawl.max_page_bytes as shipped


def the_page(answer: Answer) -> Answers:
    return lambda _trap: {"/page": answer}


def story(body: bytes, kind: str = HTML) -> Answers:
    return the_page(reply(body, kind=kind))


def has_text(end: Ended) -> bool:
    return "соглашение" in end.text and "\x00" not in end.text


def read(
    name: str,
    does: str,
    answers: Answers,
    reason: Reason = Reason.OK,
    says: str = "",
    *,
    asked: tuple[str, ...] | None = None,
    within_s: float = 10.0,
    is_slow: bool = False,
    check: Callable[[Ended], bool] | None = None,
) -> Case:
    """A page that comes whole and is read, or not."""
    if reason is Reason.OK:
        check = check or has_text
    return Case(
        name,
        does,
        answers,
        reason,
        says,
        door=Door.PAGE,
        stage=Stage.EXTRACT,
        asked=asked,
        within_s=within_s,
        is_slow=is_slow,
        check=check,
    )


CASES = (
    read(
        "one-tag",
        "sends a page of one tag of 5 MB",
        the_page(flood(b"a", 4_900_000, head=HEAD + b"<", kind=HTML)),
    ),
    read(
        "deep-page",
        "puts 100,000 blocks into each other behind the story",
        the_page(flood(b"<div>", 100_000, head=HEAD, kind=HTML)),
    ),
    read(
        "page-of-attributes",
        "puts 250,000 attributes into one element",
        lambda _trap: {
            "/page": reply(
                HEAD + b"<p " + b" ".join(b'a%d=""' % n for n in range(250_000)) + b">x", kind=HTML
            )
        },
        Reason.TIMEOUT,
        "no answer in",
        within_s=25,
        is_slow=True,
    ),
    read(
        "page-that-kills",
        "ends the process that reads it",
        story(HEAD + DIES),
        Reason.CRASHED,
        "the worker died",
    ),
    read(
        "long-text",
        "tells a story of 400,000 letters; the beginning is kept",
        the_page(flood(f"<p>{STORY}</p>\n".encode() * 10, 220, head=HEAD, kind=HTML)),
    ),
    read(
        "emoji-and-marks",
        "mixes its story with emoji and marks that turn the direction of writing",
        story(page(f"<p>{STORY}</p><p>{'😀' * 2000}</p><p>{chr(0x202E) * 5000}{STORY[::-1]}</p>")),
    ),
    read(
        "charset-lie",
        "says utf-8 and sends windows-1251",
        story(page(f"<p>{STORY}</p>").decode().encode("cp1251")),
    ),
    read(
        "charset-of-python",
        "says unicode_escape and sends windows-1251",
        story(page(f"<p>{STORY}</p>").decode().encode("cp1251"), "text/html; charset=unicode_escape"),
    ),
    read(
        "binary-page",
        "sends a page of control bytes",
        story(b"<html><body><p>" + bytes([0, 1, 2, 3, 255, 254]) * 500),
        Reason.BAD_ENCODING,
    ),
    read(
        "picture",
        "sends a picture and calls it a page",
        story(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50),
        Reason.NOT_HTML,
    ),
    read("document", "sends a PDF", story(b"%PDF-1.7 ...", "application/pdf"), Reason.NOT_HTML),
    read(
        "empty-page",
        "sends a page of scripts",
        story(page("<script>document.write(1)</script>")),
        Reason.NO_TEXT,
    ),
    read(
        "front-page",
        "leads every story to its front page",
        lambda _trap: {"/page": away("/"), "/": reply(page(f"<p>{STORY}</p>"), kind=HTML)},
        Reason.NO_TEXT,
        "leads to the front page",
        asked=("/feed", "/robots.txt", "/page", "/"),
    ),
    read(
        "other-language",
        "tells its story in Kazakh",
        story(page(f"<p>{KAZAKH}</p>")),
        Reason.LANGUAGE_NOT_READ,
    ),
    read(
        "no-date",
        "says nowhere when it was",
        lambda _trap: {
            "/feed": reply(rss("<item><title>A</title><link>/page</link></item>")),
            "/page": reply(page(f"<p>{STORY}</p>"), kind=HTML),
        },
        Reason.NO_DATE,
        check=has_text,
    ),
    read(
        "twice-the-same",
        "lists one page under two addresses",
        lambda _trap: {
            "/feed": reply(rss(item("/page"), item("/copy"))),
            "/page": reply(page(f"<p>{STORY}</p>", '<link rel="canonical" href="/page">'), kind=HTML),
            "/copy": reply(page(f"<p>{STORY}</p>", '<link rel="canonical" href="/page">'), kind=HTML),
        },
        Reason.DUPLICATE_URL,
        "the same page as article",
        asked=("/feed", "/robots.txt", "/page", "/copy"),
    ),
    read(
        "title-of-a-page",
        "has a title of 3 MB",
        the_page(
            flood(
                b"abc ", 750_000, head=b"<html><head><title>", tail=b"</title></head>" + HEAD[15:], kind=HTML
            )
        ),
        Reason.NO_TEXT,
        within_s=15,
    ),
    read(
        "entities-in-a-page",
        "defines a file of this machine as an entity in XHTML",
        lambda trap: {
            "/page": reply(
                f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file://{trap.file}">]>'
                f"<html><body><p>&x;</p><p>{STORY}</p></body></html>".encode(),
                kind="application/xhtml+xml",
            )
        },
    ),
    read(
        "deep-json-ld",
        "nests the JSON-LD of its page 500,000 deep",
        story(
            HEAD.replace(
                b"</head>", b'<script type="application/ld+json">' + b"[" * 500_000 + b"</script></head>"
            )
        ),
    ),
    Case(
        "page-too-large",
        "sends a page of one byte more than is taken",
        the_page(flood(b"x", WHOLE + 1 - len(HEAD), head=HEAD, kind=HTML)),
        Reason.TOO_LARGE,
        "5000001 bytes announced",
        door=Door.PAGE,
    ),
)
