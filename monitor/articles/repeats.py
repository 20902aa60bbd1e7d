"""Lines that a source prints on page after page: addresses, appeals, notices that no list foresaw. Pure."""

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from monitor.articles.extract import is_story, quality_of
from monitor.articles.types import Extracted
from monitor.core.ledger import Reason

LOOKED_BACK = 30  # texts of a source that are compared
_OFTEN = 3  # earlier stories with the line: twice may be a series, a quotation, a correction
_ALIKE = 0.5  # share of the shorter text's lines from which two texts are one story, not two with a frame
_SHORT = 15  # characters: a shorter line ("— Да.", "Справка") is common property


def repeated_lines(text: str, earlier: Sequence[str]) -> frozenset[str]:
    """Lines (case folded) of a text that several other stories of its source have too.

    Copies of the story itself prove nothing: a page with a second address shares all its lines.
    """
    own = _lines(text)
    seen: Counter[str] = Counter()
    for other in map(_lines, earlier):
        shared = own & other
        if len(shared) < _ALIKE * min(len(own), len(other)):
            seen.update(shared)
    return frozenset(line for line, n in seen.items() if n >= _OFTEN)


def without_lines(extracted: Extracted, keys: Collection[str]) -> Extracted:
    """A page's answer without the lines of these keys; NO_TEXT when nothing of a story is left."""
    if not keys:
        return extracted
    text = "\n".join(line for line in extracted.text.split("\n") if line_key(line) not in keys)
    if text == extracted.text:
        return extracted
    reason = extracted.reason if is_story(text) else Reason.NO_TEXT
    return replace(extracted, text=text, quality=round(quality_of(text), 3), reason=reason)


def line_key(line: str) -> str:
    """Names a line in the database; case does not tell two apart."""
    return hashlib.sha256(line.casefold().encode()).hexdigest()[:16]


def _lines(text: str) -> frozenset[str]:
    return frozenset(line for line in text.casefold().split("\n") if len(line) >= _SHORT)
