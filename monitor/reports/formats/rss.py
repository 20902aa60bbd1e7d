"""Gaps as a feed: an item for each family that is one now, and for each that has closed.

Readers of feeds take titles and descriptions for HTML: texts are escaped for that first, and then by XML.
"""

from datetime import UTC, datetime, time
from email.utils import format_datetime
from html import escape
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from monitor.reports.catalogue import catalogue
from monitor.reports.letter import letter
from monitor.reports.page import Card, Section
from monitor.reports.types import Report

SUFFIX = ".rss"
MEDIA_TYPE = "application/rss+xml; charset=utf-8"
SECTIONS = ("gaps", "thin", "national", "closed")
WHERE = "urn:coverage-monitor"  # a feed without pages of its own still must say what it is a feed of


def render(report: Report) -> bytes:
    """RSS 2.0. An item's guid names report and family: a reader shows each gap once a week."""
    page = letter(report)
    root = Element("rss", {"version": "2.0"})
    channel = SubElement(root, "channel")
    about = " ".join(part for part in (page.warning, *page.notes, *page.lead) if part)
    _add(
        channel,
        title=escape(page.title, quote=False),
        link=WHERE,
        description=escape(about, quote=False),
        language=report.lang,
    )
    moment = format_datetime(datetime.combine(report.to_on, time(21), UTC), usegmt=True)
    _add(channel, pubDate=moment, lastBuildDate=moment, generator="coverage monitor")
    for section in page.sections:
        if section.code in SECTIONS:
            for card in section.cards:
                _item(channel, report, section, card, moment)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written + b"\n"


def _item(channel: Element, report: Report, section: Section, card: Card, moment: str) -> None:
    ref = catalogue(report.lang).say("card.number", family=card.ref)
    item = SubElement(channel, "item")
    own = {line.label for line in card.lines}
    lines = (*card.lines, *(line for line in section.common if line.label not in own))
    told = [f"{line.label}: {line.text}" if line.label else line.text for line in lines]
    for link in card.links:
        told.append(f"{link.text} ({link.note}) {link.url}" if link.url else link.text)
    title = escape(f"{card.title} ({ref})", quote=False)
    body = "<br>".join(escape(line, quote=False) for line in told)
    _add(item, title=title, description=body, category=section.heading)
    _add(item, guid=f"{report.id}/{card.ref}", pubDate=moment)
    item.find("guid").set("isPermaLink", "false")  # type: ignore[union-attr]  # it was added above
    named = [link.url for link in card.links if link.url]
    if named:
        _add(item, link=named[0])


def _add(parent: Element, **texts: str) -> None:
    """Children with texts; `plain.one_line` has taken out what XML cannot hold."""
    for name, text in texts.items():
        SubElement(parent, name).text = text
