"""Feeds, sitemaps and lists whose markup costs a reader more than it weighs, or asks it to fetch."""

import gzip

from monitor.core.ledger import Reason
from tests.chaos.hostile.bodies import feed, made, zeros
from tests.chaos.hostile.case import Case, Trap, item, rss
from tests.chaos.hostile.server import Answer, flood, reply

HEAD = b"<rss version='2.0'><channel><title>t</title>"
FOOT = b"</channel></rss>"
BROKEN = Reason.FEED_BROKEN
POST = b'<div class="tgme_widget_message" data-post="a/1"><div class="tgme_widget_message_text">'
GML_FEED = (
    b"<feed xmlns='http://www.w3.org/2005/Atom' xmlns:gml='http://www.opengis.net/gml'>"
    b"<entry><link href='/1'/><gml:pos srsDimension='x'>1</gml:pos></entry></feed>"
)
LIST = {"item": "div", "link": "a"}


def bomb_of_entities(_trap: Trap) -> dict[str, Answer]:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]>'
    return {"/feed": reply(text.encode() + HEAD + b"<item><title>&l9;</title></item>" + FOOT)}


def entity_from(trap: Trap, place: str) -> dict[str, Answer]:
    text = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{place}">]>'.encode()
    story = b"<item><title>&x;</title><link>/page</link><description>&x;</description></item>"
    return {"/feed": reply(text + HEAD + story + FOOT)}


def foreign_dtd(trap: Trap) -> dict[str, Answer]:
    text = f'<!DOCTYPE rss PUBLIC "-//x" "{trap.at("127.0.0.1")}">'.encode()
    return {"/feed": reply(text + HEAD + b"<item><link>/1</link></item>" + FOOT)}


def xinclude(trap: Trap) -> dict[str, Answer]:
    include = (
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{trap.file}" parse="text"/>'
    )
    return {"/feed": reply(HEAD + f"<item><link>/1</link><title>{include}</title></item>".encode() + FOOT)}


def sitemap_entity(trap: Trap) -> dict[str, Answer]:
    text = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{trap.file}">]><urlset><url><loc>&x;</loc></url></urlset>'
    return {"/feed": reply(b"<!-- " + b"x" * 6000 + b" -->" + text.encode())}


def its_own_part(_trap: Trap) -> dict[str, Answer]:
    index = b"<sitemapindex><sitemap><loc>/feed</loc></sitemap></sitemapindex>"
    return {"/feed": reply(index)}


def parts(n: int) -> bytes:
    return b"".join(b"<sitemap><loc>/s%d.xml</loc></sitemap>" % k for k in range(n))


CASES = (
    Case(
        "entity-bomb",
        "defines entities of entities, ten times nine levels",
        bomb_of_entities,
        Reason.FEED_EMPTY,
        "no item has a link",
    ),
    Case(
        "entity-from-file",
        "defines an entity that is a file of this machine",
        lambda trap: entity_from(trap, f"file://{trap.file}"),
        Reason.OK,
    ),
    Case(
        "entity-from-web",
        "defines an entity that is an address of this machine",
        lambda trap: entity_from(trap, trap.at("127.0.0.1")),
        Reason.OK,
    ),
    Case("foreign-dtd", "names a document type on this machine", foreign_dtd, Reason.OK),
    Case("xinclude", "includes a file of this machine", xinclude, Reason.OK),
    Case(
        "sitemap-entity",
        "hides the same in a sitemap, behind a long comment",
        sitemap_entity,
        BROKEN,
        "",
        kind="sitemap",
    ),
    Case(
        "deep-feed",
        "puts 100,000 elements into each other",
        feed(flood(b"<a>", 100_000, head=HEAD)),
        BROKEN,
        "broken_xml",
        within_s=20,
        is_slow=True,
    ),
    Case(
        "million-items",
        "lists 1,400,000 empty items",
        feed(flood(b"<item/>", 1_400_000, head=HEAD, tail=FOOT)),
        BROKEN,
        "broken_xml",
        within_s=25,
        is_slow=True,
    ),
    Case(
        "million-attributes",
        "puts 800,000 attributes into one element",
        made(
            lambda: reply(HEAD + b"<item " + b" ".join(b'a%d=""' % n for n in range(800_000)) + b"/>" + FOOT)
        ),
        BROKEN,
        "more than 200 attributes",
        within_s=15,
    ),
    Case(
        "million-ampersands",
        "sends nine million bare ampersands",
        feed(flood(b"&", 9_000_000, head=HEAD + b"<item><title>")),
        BROKEN,
        "broken_xml",
        within_s=20,
    ),
    Case(
        "title-of-megabytes",
        "has a title of 9 MB",
        feed(
            flood(
                b"ab ", 3_000_000, head=HEAD + b"<item><link>/1</link><title>", tail=b"</title></item>" + FOOT
            )
        ),
        Reason.OK,
        within_s=15,
        is_slow=True,
    ),
    Case(
        "nuls", "sends 5 MB of NULs", feed(flood(b"\0", 5_000_000)), Reason.NOT_A_FEED, "there is no element"
    ),
    Case(
        "utf-16-lie",
        "calls UTF-8 UTF-16, and UTF-7 in the header; it is read",
        feed(reply(rss(item("/1")).replace(b'"utf-8"', b'"utf-16"'), kind="text/xml; charset=utf-7")),
        Reason.OK,
    ),
    Case(
        "charset-of-a-megabyte",
        "names a charset of 50,000 letters",
        feed(reply(rss(item("/1")), kind=f"text/xml; charset={'x' * 50_000}")),
        Reason.OK,
    ),
    Case(
        "letters-of-no-alphabet",
        "writes NUL, half a letter and what lies beyond Unicode as references; the items are read",
        feed(reply(rss(item("/1", "A&#0;&#xD800;&#9999999;"), item("/2")))),
        Reason.OK,
        check=lambda end: len(end.rows) == 1,
    ),
    Case(
        "json-half-letters",
        "writes NUL and half a letter into JSON; the items are read",
        feed(reply(b'{"items":[{"url":"/1","title":"\\u0000\\ud800A","id":"\\ud800"},{"id":"\\udfff"}]}')),
        Reason.OK,
        kind="json",
    ),
    Case(
        "feed-that-breaks-the-parser",
        "puts a place without a place into its feed, on which the parser's own code fails",
        feed(reply(GML_FEED)),
        BROKEN,
        "cannot be read: KeyError",
    ),
    Case(
        "cut-feed",
        "closes its feed inside the first item",
        feed(reply(HEAD + b"<item><title>A</ti")),
        BROKEN,
        "broken_xml",
    ),
    Case(
        "feed-is-a-page",
        "sends a page where the feed was",
        feed(reply(b"<html><p>moved</html>")),
        Reason.NOT_A_FEED,
        "root element is <html>",
    ),
    Case("no-items", "sends a feed without items", feed(reply(rss())), Reason.FEED_EMPTY, "no entries"),
    Case(
        "json-depth",
        "nests JSON 5,000,000 deep",
        feed(flood(b"[", 5_000_000, head=b'{"items":')),
        BROKEN,
        "recursion",
        kind="json",
    ),
    Case(
        "json-digits",
        "sends a number of a million digits",
        feed(flood(b"9", 1_000_000, head=b'{"items":[{"id":', tail=b"}]}")),
        BROKEN,
        "digits",
        kind="json",
    ),
    Case(
        "json-million",
        "lists 3,000,000 empty JSON items",
        feed(flood(b"{},", 3_000_000, head=b'{"items":[', tail=b"{}]}")),
        Reason.FEED_EMPTY,
        "no item has a link",
        kind="json",
        within_s=15,
    ),
    Case(
        "sitemap-of-itself",
        "is a sitemap index that names itself",
        its_own_part,
        Reason.FEED_EMPTY,
        "no part of the index has an entry",
        kind="sitemap",
        asked=("/feed", "/feed"),
    ),
    Case(
        "sitemap-of-50000",
        "is a sitemap index of 50,000 parts, all missing; five are asked",
        made(lambda: reply(b"<sitemapindex>" + parts(50_000) + b"</sitemapindex>")),
        Reason.HTTP_4XX,
        "part http",
        kind="sitemap",
        within_s=15,
        is_slow=True,
        asked=("/feed", *(f"/s{n}.xml" for n in range(49_999, 49_994, -1))),
    ),
    Case(
        "sitemap-bomb",
        "is a zipped sitemap that unfolds to 100 MB",
        made(lambda: reply(zeros(100_000_000), kind="application/gzip")),
        BROKEN,
        "more than 10000000 bytes",
        kind="sitemap",
    ),
    Case(
        "sitemap-of-nothing",
        "is a zipped sitemap of 50,000 empty parts",
        made(lambda: reply(gzip.compress(b"", mtime=0) * 50_000)),
        BROKEN,
        "more than 1000 compressed parts",
        kind="sitemap",
    ),
    Case(
        "deep-sitemap",
        "puts 3,000,000 elements into each other",
        feed(flood(b"<a>", 3_000_000, head=b"<urlset>")),
        BROKEN,
        "",
        kind="sitemap",
        within_s=15,
        is_slow=True,
    ),
    Case(
        "deep-list",
        "puts 100,000 blocks of a list page into each other",
        feed(flood(b"<div>", 100_000, head=b"<html>")),
        BROKEN,
        "without end in each other",
        kind="html_list",
        rules=LIST,
        asked=("/robots.txt", "/feed"),
        within_s=12,
    ),
    Case(
        "list-of-scripts",
        "lists links that are scripts and data",
        feed(
            reply(
                b'<html><div><a href="javascript:alert(1)">A</a></div>'
                b'<div><a href="data:text/html,x">B</a></div>'
            )
        ),
        Reason.FEED_EMPTY,
        "no item has a link",
        kind="html_list",
        rules=LIST,
        asked=("/robots.txt", "/feed"),
    ),
    Case(
        "list-of-millions",
        "sends 3,300,000 empty paragraphs as a list page",
        feed(flood(b"<p>", 3_300_000, head=b"<html>")),
        Reason.FEED_EMPTY,
        "no item has a link",
        kind="html_list",
        rules={"item": "p"},
        asked=("/robots.txt", "/feed"),
        within_s=12,
    ),
    Case(
        "posts-in-posts",
        "puts 100,000 posts of a channel into each other",
        feed(flood(POST, 100_000, head=b"<html>")),
        BROKEN,
        "without end in each other",
        kind="telegram",
        asked=("/robots.txt", "/feed"),
        within_s=12,
    ),
)
