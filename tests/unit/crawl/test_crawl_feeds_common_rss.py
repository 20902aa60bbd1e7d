"""Feeds that are read without feedparser say what feedparser says of them, to the letter."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.crawl.feeds import rss_atom
from monitor.crawl.feeds.common_rss import read_common
from monitor.crawl.feeds.xml import prepare

FEEDS = Path(__file__).parents[2] / "golden" / "feeds" / "rss"
HEAD = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:yandex="http://news.yandex.ru" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
)
CHANNEL = (
    "<title>Вестник</title>",
    "<link>http://paper.example/</link>",
    '<atom:link href="http://paper.example/feed" rel="self" type="application/rss+xml"/>',
    "<description/>",
    "<language>ru</language>",
    "<ttl> 30 </ttl>",
    "<sy:updatePeriod>hourly</sy:updatePeriod>",
    "<sy:updateFrequency>2</sy:updateFrequency>",
    "<image><url>/l.png</url><title>П</title><link>http://paper.example/</link></image>",
    "<lastBuildDate>Mon, 02 Nov 2026 09:00:00 +0300</lastBuildDate>",
    "<managingEditor>a@paper.example (Ира)</managingEditor>",
)
UNUSUAL = (
    "<content>hidden</content>",
    '<source url="http://x.example/">Чужое</source>',
    "<textInput><title>q</title><name>q</name></textInput>",
    "<feed>",
    '<dc:title xml:lang="be">Назва</dc:title>',
)
FIELDS = (
    "title", "link", "guid", 'guid isPermaLink="false"', 'guid isPermaLink="true"', "pubDate", "dc:date",
    "description", "content:encoded", "yandex:full-text", "yandex:genre", "author", "dc:creator", "comments",
    'category domain="http://paper.example/"', 'enclosure url="/a.jpg" type="image/jpeg" length="1"',
)  # fmt: skip
ODD_FIELDS = (
    'description type="html"', "summary", "updated", "dc:description", "media:title", "atom:updated",
    "PubDate", 'link href="http://y.example/"', "source", "content", "dcterms:modified", "id", "image",
)  # fmt: skip
TEXTS = (
    "", " \n ", "Шклов и Псков подписали план", "Könige", "http://paper.example/news/1?a=1&amp;b=2",
    "/news/2", "http:///paper.example/3", "Mon, 02 Nov 2026 09:00:00 +0300", "2026-11-02T06:00:00Z",
    "02.11.2026",
    "<![CDATA[<p>Текст &amp; <b>ещё</b></p>]]>", "&lt;p&gt;Текст&lt;/p&gt;", "Ð¨ÐºÐ»Ð¾Ð²", "caf&#233;",
    "&#133;", "12345", "\u00a0Орша\u00a0", "a<!-- b -->c", "<b>внутри</b>", "&amp;copy; 2026",
)  # fmt: skip


def answers(body: bytes) -> tuple[Any, Any]:
    """What both readers say, as far as a feed reader of ours asks."""
    common = read_common(body)
    assert common is not None
    return _asked(common), _asked(rss_atom._parsed(body))


def _asked(found: Any) -> tuple[Any, ...]:
    entries = [rss_atom._raw(entry) for entry in found.get("entries", [])]
    kind, wish = rss_atom._kind(found.get("version", "")), rss_atom._ask_after_s(found.get("feed", {}))
    return entries, kind, wish, bool(found.get("bozo"))


def feed(draw: Random) -> bytes:
    """A feed put together by chance: most are as usual, some hold what only feedparser may judge."""
    parts = [draw.choice(CHANNEL) for _ in range(draw.randrange(5))]
    if draw.random() < 0.05:
        parts.append(draw.choice(UNUSUAL))
    for _ in range(draw.randrange(4)):
        fields = draw.sample(FIELDS, draw.randrange(9))
        if draw.random() < 0.1:
            fields.append(draw.choice(ODD_FIELDS))
        draw.shuffle(fields)
        written = [f"<{name}>{draw.choice(TEXTS)}</{name.split()[0]}>\n" for name in fields]
        parts.append(f"<item>{''.join(written)}</item>")
    draw.shuffle(parts)
    return prepare(f"{HEAD}<channel>{''.join(parts)}</channel></rss>".encode(), "").body


def test_feeds_made_by_chance_are_read_as_feedparser_reads_them() -> None:
    draw = Random(20261122)
    n_common = 0
    for _ in range(1500):
        body = feed(draw)
        if read_common(body) is not None:
            n_common += 1
            common, feedparsers = answers(body)
            assert common == feedparsers, body.decode()
    assert n_common > 300  # else nothing was compared


def test_real_feeds_that_are_as_usual_are_read_as_feedparser_reads_them() -> None:
    bodies = [
        prepare(path.read_bytes(), "").body for path in sorted(FEEDS.iterdir()) if path.suffix == ".xml"
    ]
    usual = [body for body in bodies if read_common(body) is not None]
    assert len(usual) >= 5
    for body in usual:
        common, feedparsers = answers(body)
        assert common == feedparsers


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel><item><title>a</title><title>b</title></item></channel></rss>",
        "<rss><channel><item><title>a<b>c</b></title></item></channel></rss>",
        "<rss><channel><item><title>a</title></item></channel>",  # cut off
        "<rss><channel/><item><title>a</title></item></rss>",
        "<rss><channel><item><dc:date>2026-11-02</dc:date></item></channel></rss>",  # what is dc?
        '<rss xmlns:dc="http://x.example/"><channel><item><dc:date>2026</dc:date></item></channel></rss>',
        '<rss xmlns:a="http://purl.org/rss/1.0/"><channel/></rss>',
        '<rss xml:base="http://x.example/"><channel/></rss>',
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title></entry></feed>',
        "<rss/>",
        "<html><body/></html>",
        "",
    ],
)
def test_what_is_not_as_usual_is_left_to_feedparser(body: str) -> None:
    assert read_common(body.encode()) is None
