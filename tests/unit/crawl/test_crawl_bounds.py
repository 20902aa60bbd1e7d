"""What a body may cost: each of these took minutes or gigabytes, or would have, before it was bounded."""

import gzip
import random
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.ids import RawUrl
from monitor.core.ledger import Reason
from monitor.crawl.bodies import Body, BodyError
from monitor.crawl.candidates import named_by_page
from monitor.crawl.feeds import FEED_TYPES
from monitor.crawl.feeds.bounds import cut_markup
from monitor.crawl.robots import parse_robots
from monitor.crawl.types import Fetched, ParsedFeed
from tests.crawl_world import World, rss

NOW = datetime(2026, 11, 13, 18, 0, tzinfo=UTC)
HEAD = b"<rss version='2.0'><channel><title>t</title>"
FOOT = b"</channel></rss>"
POST = b'<div class="tgme_widget_message" data-post="a/1"><div class="tgme_widget_message_text">'


def read(kind: str, body: bytes, **rules: str) -> ParsedFeed:
    return FEED_TYPES[kind](
        body, base_url="http://p.example/feed", content_type="text/xml", zone=ZoneInfo("Europe/Minsk"),
        now=NOW, rules=rules, months={},
    )  # fmt: skip


def attributes(n: int) -> bytes:
    return b" ".join(b'a%d=""' % i for i in range(n))


@pytest.mark.parametrize(
    ("kind", "body", "detail"),
    [
        ("rss", HEAD + b"<item %s/>" % attributes(30_000) + FOOT, "more than 200 attributes in one element"),
        (
            "rss",
            b"<!DOCTYPE rss SYSTEM '" + b"x" * 1500 + b"'>" + HEAD + FOOT,
            "a document type where none can be left out",
        ),
        ("telegram", b"<html>" + POST * 4000, "elements without end in each other"),
        ("html_list", b"<html>" + b"<div>" * 20_000, "elements without end in each other"),
    ],
    ids=["attributes", "long document type", "posts in posts", "deep page"],
)
def test_a_body_that_would_take_minutes_is_refused_with_words(kind: str, body: bytes, detail: str) -> None:
    begun = time.process_time()
    parsed = read(kind, body, item="div")
    assert (parsed.reason, parsed.detail, parsed.entries) == (Reason.FEED_BROKEN, detail, ())
    assert time.process_time() - begun < 3


def test_a_feed_of_too_many_elements_is_read_as_far_as_a_feed_may_go() -> None:
    swollen = b"<item><link>/2</link><description><![CDATA[" + b"<p>" * 100_000 + b"]]></description></item>"
    parsed = read("rss", HEAD + b"<item><link>/1</link></item>" + swollen + b"<item><link>/3</link></item>")
    assert [entry.url for entry in parsed.entries] == ["http://p.example/1", "http://p.example/2"]
    assert parsed.warnings[0] == "markup_cut"


def test_items_that_lead_nowhere_are_kept_for_the_ledger_up_to_a_number() -> None:
    parsed = read("json", b'{"items":[' + b"{}," * 5000 + b"{}]}")
    assert (parsed.reason, len(parsed.rejected)) == (Reason.FEED_EMPTY, 1000)
    assert parsed.warnings == ("no_version", "entries_cut: 4001")


def test_a_post_of_nothing_but_line_breaks_is_read_at_once() -> None:
    begun = time.process_time()
    parsed = read("telegram", b"<html>" + POST + b"one" + b"<br>" * 20_000 + b"two<!-- x -->")
    assert parsed.entries[0].content == "one\ntwo"
    assert time.process_time() - begun < 3


def test_what_no_database_takes_is_left_out_of_every_word() -> None:
    odd = r'"\ud800x\u0000y"'
    fields = f'"title": {odd}, "id": {odd}, "summary": {odd}, "content_html": {odd}'
    parsed = read("json", f'{{"items": [{{"url": "/1", {fields}}}, {{{fields}}}]}}'.encode())
    (entry,), (lost,) = parsed.entries, parsed.rejected
    assert (entry.title, entry.guid, entry.summary, entry.content) == ("xy", "xy", "xy", "xy")
    assert (lost.title, lost.guid) == ("xy", "xy")
    lost.what.encode()


def test_a_title_cannot_steer_the_terminal_that_shows_it() -> None:
    body = '{"items": [{"url": "/1", "title": "a\u009b31m\\u001b[2Jb"}]}'
    assert [entry.title for entry in read("json", body.encode()).entries] == ["a31m[2Jb"]


@pytest.mark.parametrize("reference", ["&#0;", "&#xD800;", "&#xFFFE;", "&#x110000;", "&#9999999;"])
def test_references_to_no_letter_do_not_break_a_feed(reference: str) -> None:
    item = f"<item><link>/1</link><title>a{reference}b</title></item>"
    parsed = read("rss", HEAD + item.encode() + FOOT)
    assert ([entry.title for entry in parsed.entries], parsed.warnings) == (["ab"], ("ampersands_mended",))


def test_an_address_that_fits_into_no_index_costs_its_item_and_not_the_round(db: Db) -> None:
    """650 Chinese letters are 5,900 bytes on the wire; PostgreSQL refused the row and the round ended."""
    world, letters = World(db), random.Random(1)
    long = "".join(chr(letters.randrange(0x4E00, 0x9F00)) for _ in range(650))
    links = ("http://gorki.example/1", f"http://gorki.example/{long}")
    world.fetch.answers["http://gorki.example/feed"] = rss(*links)
    assert world.poll() == Counts(checked=2, new=3)
    assert [row[1:] for row in world.reasons("poll") if "#" in row[0]] == [("skipped", "entry_without_link")]


def test_a_home_page_of_millions_of_tags_costs_no_more_than_another() -> None:
    link = b'<link rel="alternate" type="application/rss+xml" href="/feed">'
    url = RawUrl("http://p.example/")
    home = Fetched(url, url, 200, {}, b"<html>" + link + b"<p>" * 1_000_000, NOW)
    begun = time.process_time()
    assert [candidate.url for candidate in named_by_page(home)] == ["http://p.example/feed"]
    assert time.process_time() - begun < 3


def test_what_is_within_bounds_is_left_as_it_is() -> None:
    assert cut_markup("<a>&amp;</a>", 2) == ("<a>&amp;</a>", ())
    assert cut_markup("<a>&amp;</a>", 1) == ("<a>&amp;", ("markup_cut",))


def test_junk_behind_a_compressed_body_is_not_kept() -> None:
    body = Body("gzip", 1_000_000)
    body.add(gzip.compress(b"text"))
    for _ in range(10):
        body.add(b"junk" * 10_000)
    assert body.close() == b"text"


def test_a_compressed_body_may_come_in_several_parts_and_in_any_pieces() -> None:
    packed = gzip.compress(b"one ", mtime=0) + gzip.compress(b"two", mtime=0)
    for size in (1, 7, 23, 24, 25, 1000):
        body = Body("gzip", 100)
        for start in range(0, len(packed), size):
            body.add(packed[start : start + size])
        assert body.close() == b"one two"


@pytest.mark.parametrize(
    ("n", "cap", "reason"), [(2000, 1_000_000, Reason.BAD_ENCODING), (5000, 1000, Reason.TOO_LARGE)]
)
def test_compressed_parts_that_unfold_to_nothing_come_to_an_end(n: int, cap: int, reason: Reason) -> None:
    with pytest.raises(BodyError) as refused:
        Body("gzip", cap).add(gzip.compress(b"", mtime=0) * n)
    assert refused.value.reason is reason


def test_thousands_of_robots_with_thousands_of_rules_are_read_and_ours_is_found() -> None:
    def name(n: int) -> str:
        return "".join(chr(97 + n // 26**place % 26) for place in range(3))

    others = "".join(f"{'User agent ' if n % 2 else 'User-agent:'}{name(n)}\n" for n in range(3000))
    rules = "".join(f"Disallow: /{n}/\n" for n in range(3000))
    begun = time.process_time()
    found = parse_robots(f"{others}User-agent: CoverageMonitor/1.0\n{rules}".encode())
    assert [found.can_fetch(f"http://p.example/{n}/x", "CoverageMonitor") for n in (7, 9999)] == [False, True]
    assert time.process_time() - begun < 3
