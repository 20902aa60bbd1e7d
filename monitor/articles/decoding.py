"""Bytes of a page as text: which encoding it really has, whatever header and page declare. Pure."""

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

_META_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_HEAD = 4096  # bytes in which a page declares its charset
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What a page of these countries can be in when it is no UTF-8. Guessing among all known encodings takes a
# second and finds Macintosh Cyrillic in short Russian texts.
_GUESSES = ["cp1251", "koi8_r", "cp866", "iso8859_5", "cp1250", "cp1257", "iso8859_2", "gb18030"]
_GUESS_BYTES = 20_000
_MAX_DAMAGE = 0.02  # share of undecodable or private characters above which a text is no text
_MOJIBAKE_READERS = ("cp1251", "cp1252", "latin-1")
_MOJIBAKE_ROUNDS = 3  # a mirror of one district's portal decodes its titles twice too often
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SWAPPED_CASE = re.compile(r"\b[а-яё][А-ЯЁ]{2}")  # «лНЦХК╦Б»: a name of cp1251 read as koi8-r
_SWAPPED_SHARE = 0.005  # of the Cyrillic letters


def decode(body: bytes, content_type: str = "") -> str | None:
    """The text of a page, None when no encoding makes text of it. Never raises.

    Valid UTF-8 wins over every declaration: a one-byte charset in the header fits any bytes, UTF-8 does not.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return _sound(body[len(bom) :].decode(encoding, "replace"))
    utf8 = _as_utf8(body)
    if utf8 is not None:
        return _sound(utf8)
    for name in _declared(body, content_type):
        text = body.decode(name, "replace")
        if _sound(text) is not None and not _is_misread(text):
            return text
    best = from_bytes(body[:_GUESS_BYTES], cp_isolation=_GUESSES).best()
    return _sound(body.decode("cp1251" if best is None else best.encoding, "replace"))


def clean(text: str) -> str:
    """Without control characters, lone surrogates and NUL (no database or XML takes them)."""
    return _CONTROL.sub("", text)


def mend_mojibake(text: str) -> str:
    """The text with UTF-8 that was read as a one-byte encoding read again; unchanged when it was not.

    Real Cyrillic text in a one-byte encoding is no valid UTF-8, so a round trip that works is proof.
    """
    for _ in range(_MOJIBAKE_ROUNDS):
        mended = next((m for name in _MOJIBAKE_READERS if (m := _reread(text, name))), None)
        if mended is None:
            return text
        text = mended
    return text


def _reread(text: str, reader: str) -> str | None:
    if text.isascii():
        return None
    try:
        raw = b"".join(bytes([ord(ch)]) if "\x80" <= ch <= "\x9f" else ch.encode(reader) for ch in text)
        again = raw.decode("utf-8")
    except UnicodeError:
        return None
    return None if again == text else again


def _as_utf8(body: bytes) -> str | None:
    """Strict, but for a last character that the size cap cut through."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return None


def _declared(body: bytes, content_type: str) -> list[str]:
    """Python's names of the charsets in header and page, UTF-8 last: it is known to be damaged."""
    found = [match.group(1) for match in [_HEADER_CHARSET.search(content_type)] if match]
    found += [match.group(1).decode("ascii") for match in [_META_CHARSET.search(body[:_HEAD])] if match]
    names: list[str] = []
    for raw in found:
        try:
            codec = codecs.lookup(raw)
        except (LookupError, ValueError):
            continue
        if codec.name not in names and codec._is_text_encoding:
            names.append(codec.name)
    return sorted(names, key=lambda name: name.startswith("utf"))


def _sound(text: str) -> str | None:
    """The text if nearly all of it is characters people use."""
    sample = text[:50_000]
    bad = sum(ch == "\ufffd" or unicodedata.category(ch) in ("Cc", "Co", "Cn") for ch in sample)
    spaces = sum(ch in "\t\n\r" for ch in sample)
    return text if bad - spaces <= _MAX_DAMAGE * max(1, len(sample)) else None


def _is_misread(text: str) -> bool:
    """True when one Cyrillic encoding was read as another: names come out in swapped case."""
    sample = text[:50_000]
    n_cyrillic = sum("\u0400" <= ch <= "\u04ff" for ch in sample)
    return len(_SWAPPED_CASE.findall(sample)) > _SWAPPED_SHARE * n_cyrillic
