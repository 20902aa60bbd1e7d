"""The text of a page from its bytes, or None where they are no text. core.charset knows encodings. Pure."""

import re
import unicodedata

from monitor.core.charset import decode, header_charset, repair_double_encoding

_META_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_HEAD = 4096  # bytes in which a page declares its charset
_SAMPLE = 50_000  # characters that are enough to judge a text
_MAX_DAMAGE = 0.02  # share of undecodable or private characters above which a text is no text
_C0 = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # they stop the parser; C1 may be part of misread letters
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# «лНЦХК╦Б»: a name of windows-1251 read as koi8-r; that it begins a word is looked at later
_SWAPPED_CASE = re.compile("[а-яё][А-ЯЁ]{2}")
_WORD = re.compile(r"\w")
_CYRILLIC = re.compile("[\u0400-\u04ff]+")
_RARE = re.compile("[^\t\n\r\x20-\x7e\u00a0-\u00ac\u00ae-\u0377\u0400-\u052f\u2010-\u2027\u2030-\u205e]")
_SWAPPED_SHARE = 0.005  # of the Cyrillic letters


def page_text(body: bytes, content_type: str) -> str | None:
    """The text of a page by what its bytes are, then header, then meta; None where that is no text."""
    declared_inside = _META_CHARSET.search(body[:_HEAD])
    inside = declared_inside[1].decode("ascii") if declared_inside else None
    text = decode(body, [header_charset(content_type), inside]).text
    if _is_misread(text):
        text = decode(body).text
    text = repair_double_encoding(text)[0]
    return _C0.sub("", text) if _is_sound(text) else None


def clean(text: str) -> str:
    """With UTF-8 that was read as a one-byte encoding put right, and without control characters, lone
    surrogates and NUL: no database or XML takes them."""
    return _CONTROL.sub("", repair_double_encoding(text)[0])


def _is_sound(text: str) -> bool:
    """True when nearly all of it is characters that people use."""
    sample = text[:_SAMPLE]
    odd = sum(map(_is_odd, _RARE.findall(sample)))
    return odd <= _MAX_DAMAGE * max(1, len(sample))


def _is_odd(ch: str) -> bool:
    return ch == "\ufffd" or (ch not in "\t\n\r" and unicodedata.category(ch) in ("Cc", "Co", "Cn"))


def _is_misread(text: str) -> bool:
    """True when one Cyrillic encoding was read as another: names come out in swapped case."""
    sample = text[:_SAMPLE]
    found = (match.start() for match in _SWAPPED_CASE.finditer(sample))
    swapped = sum(at == 0 or _WORD.match(sample, at - 1) is None for at in found)
    return swapped > 0 and swapped > _SWAPPED_SHARE * sum(map(len, _CYRILLIC.findall(sample)))
