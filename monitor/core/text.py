"""Text folded for every comparison (hashes, names, duplicates), cut to a length, and harmless in a sheet."""

import hashlib
import re
import unicodedata

_SENTENCE_END = re.compile(r"[.!?…]+[\s»\"”)]+|\n+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]")


# A cell that begins so is a formula to spreadsheets; those of full width to Excel in East Asia.
FORMULA_SIGNS = tuple("=+-@＝＋－＠")
_FORMULA = (*FORMULA_SIGNS, "\t", "\r")  # some look behind these


def harmless_cell(text: str) -> str:
    """A text for the cell of a sheet: an apostrophe stands before what a spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def squeeze(text: str) -> str:
    """NFC, no invisible characters, runs of white space as one space."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def content_hash(title: str, text: str) -> str:
    """SHA-256 (hex) of title and text after `squeeze` and casefolding."""
    folded = squeeze(title).casefold() + "\n" + squeeze(text).casefold()
    return hashlib.sha256(folded.encode()).hexdigest()


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word, with an ellipsis when cut."""
    flat = squeeze(text)
    if len(flat) <= limit:
        return flat
    cut = flat[: limit - 1]
    head, _, _ = cut.rpartition(" ")
    return (head or cut).rstrip(",.;:–—- ") + "…"


def sentence_at(text: str, start: int, end: int, limit: int = 300) -> str:
    """The sentence around text[start:end], at most `limit` characters and always with these words.

    What is too long loses whole words before and behind them, and an ellipsis stands there.
    """
    left = max((m.end() for m in _SENTENCE_END.finditer(text, 0, start)), default=0)
    after = _SENTENCE_END.search(text, end)
    right = after.end() if after else len(text)
    if right - left <= limit:
        return squeeze(text[left:right])
    spare = max(0, limit - 2 - (end - start)) // 2
    before, behind = text[left:start], text[end:right]
    if len(before) > spare:
        before = "…" + before[len(before) - spare :].partition(" ")[2]
    if len(behind) > spare:
        behind = behind[:spare].rpartition(" ")[0] + "…"
    return squeeze(before + text[start:end] + behind)[:limit]
