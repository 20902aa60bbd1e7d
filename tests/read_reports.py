"""Reads rendered reports back into numbers, from what stands in the page, the text or the sheet."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import feedparser
from bs4 import BeautifulSoup
from openpyxl import load_workbook


@dataclass(frozen=True)
class Patterns:
    """How a language writes the numbers of a gap."""

    seen: str  # originals, weeks, observed, scope
    norm: str  # norm, weeks
    sure: str


PATTERNS = {
    "ru": Patterns(
        r"Нашли: (\d+) материал\w* за (\d+) недел\w*; читали (\d+) из (\d+) издани",
        r"Норма: (?:хотя бы|не меньше) (\d+) материал\w* за (\d+) недел",
        r"Пробел: [^№]*?((?:более |менее )?\d+)\s*%",
    ),
    "be": Patterns(
        r"Знайшлі: (\d+) матэрыял\w* за (\d+) ты\w+; чыталі (\d+) з (\d+) выдан",
        r"Норма: (?:хаця б|не менш за) (\d+) матэрыял\w* за (\d+) ты",
        r"Прагал: [^№]*?((?:больш за |менш за )?\d+)\s*%",
    ),
    "en": Patterns(
        r"Found: (\d+) stor\w+ in (\d+) weeks?; we read (\d+) of (\d+) outlet",
        r"Minimum: (\d+) stor\w+ in (\d+) week",
        r"Gap: [^№]*?((?:over |under )?\d+)%",
    ),
}
_FAMILY = re.compile(r"AGR-\d+")


@dataclass(frozen=True)
class Shown:
    """What a mail says of one gap in numbers."""

    family: str
    originals: int
    weeks: int
    observed: int
    scope: int
    norm: int
    percent: str


def gaps_in_html(page: bytes) -> list[Shown]:
    """The cards with a norm and a certainty, in order; what they share stands once above them."""
    soup = BeautifulSoup(page, "html.parser")
    assert soup.html is not None
    blocks = soup.select("h2, div.common, table.card")
    return list(
        _shown(
            (" ".join(block.get_text(" ").split()) for block in blocks),
            (block.name == "h2" for block in blocks),
            str(soup.html["lang"]),
        )
    )


def gaps_in_text(text: bytes, lang: str = "ru") -> list[Shown]:
    """The same from the plain text: blocks are parted by empty lines, a heading is underlined."""
    blocks = re.split(r"\n\s*\n", text.decode())
    return list(_shown((" ".join(b.split()) for b in blocks), ("\n====" in b for b in blocks), lang))


def _shown(blocks: Iterable[str], begins_section: Iterable[bool], lang: str) -> Iterator[Shown]:
    """A block of a number is a card, one without is what the cards after it share, until the next heading."""
    words, common = PATTERNS[lang], ""
    for block, is_heading in zip(blocks, begins_section, strict=True):
        if is_heading:
            common = ""
        family, sure = _FAMILY.search(block), re.search(words.sure, block)
        if not family:
            common += block
            continue
        seen, norm = (re.search(p, block) or re.search(p, common) for p in (words.seen, words.norm))
        if seen and norm and sure:
            yield Shown(
                family=family[0],
                originals=int(seen[1]),
                weeks=int(seen[2]),
                observed=int(seen[3]),
                scope=int(seen[4]),
                norm=int(norm[1]),
                percent=sure[1],
            )


def sheet_rows(book: bytes, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by column title; the header stands in the second row."""
    rows = list(load_workbook(io.BytesIO(book))[sheet].iter_rows(values_only=True))
    header = [str(title) for title in rows[1]]
    return [dict(zip(header, row, strict=True)) for row in rows[2:]]


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """The lines of the CSV by column; its byte order mark is needed."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@dataclass(frozen=True)
class FeedItem:
    """One item of the feed, its description as the HTML that a reader takes it for."""

    family: str
    title: str
    description: str
    link: str


def feed_items(content: bytes) -> tuple[str, list[FeedItem]]:
    """The channel's description and its items, by a reader of feeds."""
    parsed = feedparser.parse(content)
    assert not parsed.bozo, parsed.get("bozo_exception")
    items = [
        FeedItem(e.id.rpartition("/")[2], e.title, e.description, e.get("link", "")) for e in parsed.entries
    ]
    return str(parsed.feed.description), items


def all_text(name: str, content: bytes) -> str:
    """What a reader or a program can see of a rendered format."""
    if name == "csv":
        return "\n".join(cell for row in csv_rows(content) for cell in row.values())
    if name == "rss":
        about, items = feed_items(content)
        shown = [f"{i.title}\n{i.description}\n{i.link}" for i in items]
        return BeautifulSoup("\n".join([about, *shown]), "html.parser").get_text("\n")
    if name != "xlsx":
        return content.decode()
    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    links = [cell.hyperlink.target or "" for cell in cells if cell.hyperlink]
    return "\n".join([*(str(cell.value) for cell in cells if cell.value is not None), *links])
