"""Bytes from outside to text.

Bytes that are valid UTF-8 are UTF-8, whatever a header or a declaration says: Cyrillic in a one-byte code
page is practically never valid UTF-8, while servers often announce the wrong one.
"""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from charset_normalizer import from_bytes

# What sites of the source countries use besides UTF-8; the guess is limited to these
_GUESSES = ["cp1251", "koi8_r", "iso8859_5", "cp1250", "iso8859_2", "cp1257", "cp1252"]
# Announced by server defaults more often than meant: never believed over bytes above 127
_DEFAULTS = frozenset({"ascii", "iso8859-1", "cp1252", "utf-8"})
# Python's own ways to write a text in letters, and one that browsers gave up: no page is in them
_NO_CHARSETS = frozenset({"unicode-escape", "raw-unicode-escape", "idna", "punycode", "utf-7", "undefined"})
_CUT_BYTES = 6  # a torn letter and an ellipsis
# "Р»" alone is rather the end of a quotation than a torn "л"
_LEAST_REPAIRED = 3
# Latin, Cyrillic and Armenian, Georgian, punctuation and signs
_SCRIPTS = ((0x80, 0x24F), (0x400, 0x58F), (0x10A0, 0x10FF), (0x2000, 0x22FF))
_SAMPLE = 20_000  # bytes that are enough for a guess
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DAMAGED_SHARE = 0.02  # UTF-8 with at most this share of broken bytes is still UTF-8, cut or edited by hand


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the code page it was in, and what was odd.

    Warnings: bom, bad_bytes, "charset_mismatch: <declared>", "charset_guessed: <found>".
    """

    text: str
    charset: str
    warnings: tuple[str, ...]


def header_charset(content_type: str) -> str | None:
    """The charset of a Content-Type header, None where it names none."""
    match = _CHARSET.search(content_type)
    return match[1] if match else None


def decode(body: bytes, declared: Iterable[str | None] = ()) -> Decoded:
    """Text of a body. `declared`: charsets announced inside and outside of it, the more credible first.

    Errors: never raises; bytes that fit nowhere become U+FFFD with the warning bad_bytes.
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return _with_bom(body, bom, charset)
    names = [name for name in map(_codec_name, declared) if name]
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _one_byte(body, names)
    odd = [name for name in names if name not in ("utf-8", "ascii")]
    return Decoded(text, "utf-8", (f"charset_mismatch: {odd[0]}",) if odd and not body.isascii() else ())


def _with_bom(body: bytes, bom: bytes, charset: str) -> Decoded:
    rest = body[len(bom) :] if charset == "utf-8" else body
    try:
        return Decoded(rest.decode(charset), charset, ("bom",))
    except UnicodeDecodeError:
        return Decoded(rest.decode(charset, "replace"), charset, ("bom", "bad_bytes"))


def _codec_name(name: str | None) -> str | None:
    try:
        found = codecs.lookup(name.strip()).name if name else None
    except (LookupError, ValueError):  # ValueError: a name with a NUL
        return None
    return None if found in _NO_CHARSETS else found


def _one_byte(body: bytes, names: list[str]) -> Decoded:
    if "utf-8" in names or not names:
        text = body.decode("utf-8", "replace")
        if text.count("\ufffd") <= max(1, _DAMAGED_SHARE * len(text)):
            return Decoded(text, "utf-8", ("bad_bytes",))
    for name in names:
        if name not in _DEFAULTS and (decoded := _believed(body, name)):
            return decoded
    best = from_bytes(body[:_SAMPLE], cp_isolation=_GUESSES, enable_fallback=False).best()
    charset = best.encoding if best else "cp1251"
    text = body.decode(charset, "replace")
    warnings = (f"charset_guessed: {charset}", *(("bad_bytes",) if "\ufffd" in text else ()))
    return Decoded(text, charset, warnings)


def _believed(body: bytes, name: str) -> Decoded | None:
    try:
        text = body.decode(name, "replace")
    except (LookupError, UnicodeError, ValueError):  # codecs of another kind, such as base64 or idna
        return None
    if not isinstance(text, str) or text.count("\ufffd") > max(1, _DAMAGED_SHARE * len(text)):
        return None
    return Decoded(text, name, ("bad_bytes",) if "\ufffd" in text else ())


def repair_double_encoding(text: str) -> tuple[str, bool]:
    """The text with UTF-8 that was read as a one-byte code page put right, and whether it was.

    Seen on mirrors where only titles were hurt, up to twice in a row; so it is asked field by field.
    """
    repaired = text
    for _ in range(3):
        better = _undone(repaired)
        if better is None:
            break
        repaired = better
    return repaired, repaired != text


def _undone(text: str) -> str | None:
    if text.isascii():
        return None
    for charset in ("cp1251", "cp1252"):
        raw = _as_read(text, charset)
        better = None if raw is None else _read_right(raw)
        if better is not None and len(better) < len(text) and (charset != "cp1251" or _is_ours(better)):
            return better
    return None


def _is_ours(text: str) -> bool:
    """False for what a few Cyrillic letters and quotation marks give by accident."""
    special = [ord(char) for char in text if not char.isascii()]
    return len(special) >= _LEAST_REPAIRED and all(
        any(first <= char <= last for first, last in _SCRIPTS) for char in special
    )


def _read_right(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(raw) - _CUT_BYTES or error.start < _CUT_BYTES:
            return None
        # a title cut in the middle of a letter, with an ellipsis behind
        return raw[: error.start].decode("utf-8")


def _as_read(text: str, charset: str) -> bytes | None:
    """The bytes that gave this text when they were read as `charset`; unassigned bytes passed through."""
    try:
        return text.encode(charset)
    except UnicodeEncodeError as error:
        if ord(text[error.start]) > 0xFF:
            return None
    parts = bytearray()
    for char in text:
        try:
            parts += char.encode(charset)
        except UnicodeEncodeError:
            if ord(char) > 0xFF:
                return None
            parts.append(ord(char))
    return bytes(parts)
