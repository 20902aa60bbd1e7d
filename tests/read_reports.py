"""Reads rendered reports back into numbers, from what stands in the page, the text or the sheet."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup
from openpyxl import load_workbook

_SEEN = re.compile(r"(\d+) материал\w* за (\d+) недел\w*\. Читали (\d+) из (\d+) издани")
_NORM = re.compile(r"норма редакции для таких — (?:хотя бы|не меньше) (\d+) материал\w* за (\d+) недел")
_SURE = re.compile(r"Насколько уверены: ([^№]*?)((?:более |менее )?\d+)\s*%")
_FAMILY = re.compile(r"№\sAGR-\d+")


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
    """The cards with a norm and a certainty, in order."""
    soup = BeautifulSoup(page, "html.parser")
    texts = [" ".join(card.stripped_strings) for card in soup.select("table.card")]
    return [shown for text in texts for shown in _shown(text)]


def gaps_in_text(text: bytes) -> list[Shown]:
    """The same from the plain text: a card begins with its number and ends before the next."""
    cards = re.split(r"\n\s*\n", text.decode())
    return [shown for card in cards for shown in _shown(" ".join(card.split()))]


def _shown(card: str) -> Iterator[Shown]:
    seen, norm, sure, family = (p.search(card) for p in (_SEEN, _NORM, _SURE, _FAMILY))
    if seen and norm and sure and family:
        yield Shown(
            family=family[0][2:],
            originals=int(seen[1]),
            weeks=int(seen[2]),
            observed=int(seen[3]),
            scope=int(seen[4]),
            norm=int(norm[1]),
            percent=sure[2],
        )


def sheet_rows(book: bytes, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by column title; the header stands in the second row."""
    rows = list(load_workbook(io.BytesIO(book))[sheet].iter_rows(values_only=True))
    header = [str(title) for title in rows[1]]
    return [dict(zip(header, row, strict=True)) for row in rows[2:]]
