"""The mail's plain text: complete on its own, 72 columns."""

import textwrap
from collections.abc import Iterator

from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.letter import letter
from monitor.reports.page import Card, Letter, Line, Link, Section
from monitor.reports.types import Report

SUFFIX = ".txt"
MEDIA_TYPE = "text/plain"
WIDTH = 72


def render(report: Report) -> bytes:
    """The text part of the mail, UTF-8, lines ending in LF. Addresses are never broken."""
    return render_with(report)


def render_with(report: Report, *, is_linked: bool = False) -> bytes:
    """The same with the marks of a reader's links (see `personal`)."""
    page = letter(report, is_linked=is_linked)
    return "\n".join(_page(page, catalogue(report.lang))).encode() + b"\n"


def _page(page: Letter, words: Catalogue) -> Iterator[str]:
    if page.warning:
        yield from _wrapped(page.warning)
        yield ""
    yield from _wrapped(page.title.upper())
    yield from _wrapped(page.subtitle)
    for sentence in (*page.notes, *page.lead):
        yield ""
        yield from _wrapped(sentence)
    for section in page.sections:
        yield from _section(section, words)
    yield ""
    yield "-" * WIDTH
    for sentence in page.footer:
        yield from _wrapped(sentence)
    for link in page.footer_links:
        yield f"{link.text}:"
        yield link.url


def _section(section: Section, words: Catalogue) -> Iterator[str]:
    yield ""
    yield ""
    yield section.heading.upper()
    yield "=" * min(len(section.heading), WIDTH)
    if section.intro:
        yield from _wrapped(section.intro)
    if section.common:
        yield ""
        yield from _wrapped(f"{section.common_heading}:")
        for line in section.common:
            yield from _wrapped(_line(line), first="- ", rest="  ")
    for number, card in enumerate(section.cards, 1):
        yield ""
        yield from _card(card, f"{number}. " if section.kind == "cards" else "* ", words)
    if section.lines:
        yield ""
    mark = "* " if len(section.lines) > 1 else ""
    for line in section.lines:
        yield from _wrapped(_line(line), first=mark, rest=" " * len(mark))
    if section.more:
        yield ""
        yield from _wrapped(section.more)
    if section.table:
        yield ""
    for line in section.table:
        yield from _wrapped(_line(line), first="* ", rest="  ")


def _card(card: Card, mark: str, words: Catalogue) -> Iterator[str]:
    badge = f" [{card.badge}]" if card.badge else ""
    ref = words.say("card.number", family=card.ref)
    pad = " " * len(mark)
    yield from _wrapped(f"{card.title}{badge} ({ref})", first=mark, rest=pad)
    for line in card.lines:
        yield from _wrapped(_line(line), first=pad, rest=pad)
    for link in card.links:
        yield from _link(link, pad)
    for action in card.actions:
        yield from _wrapped(f"{action.text}:", first=f"{pad}> ", rest=f"{pad}  ")
        yield f"{pad}  {action.url}"


def _link(link: Link, pad: str) -> Iterator[str]:
    note = f" ({link.note})" if link.note else ""
    yield from _wrapped(f"{link.text}{note}", first=f"{pad}- ", rest=f"{pad}  ")
    if link.url:
        yield f"{pad}  {link.url}"


def _line(line: Line) -> str:
    return f"{line.label}: {line.text}" if line.label else line.text


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=True,
        break_on_hyphens=False,
    )
