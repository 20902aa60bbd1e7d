"""Makes the XML of feeds readable before a parser sees it: one charset, no junk, no document type.

What was mended is told as warnings; what cannot be mended is left to the parser's tolerance.
"""

import re
from collections.abc import Sequence
from html.entities import html5
from typing import NamedTuple

from monitor.core.charset import decode, header_charset
from monitor.crawl.feeds.bounds import MAX_FEED_TAGS, cut_markup

_DECLARATION = re.compile(r"\A<\?xml\b[^>]{0,200}\?>")
_DECLARED = re.compile(rb"<\?xml[^>]{0,150}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^<>\[]{0,1000}(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TOKEN = re.compile(
    r"(?P<shut><!\[CDATA\[|<!--)"
    r"|&(?P<number>#\d{1,7};|#[xX][0-9a-fA-F]{1,6};)?(?P<name>[a-zA-Z]\w{0,30};)?"
)
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->"}
_XML_NAMES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_SKIPPED = (("<?", "?>"), ("<!--", "-->"), ("<!", ">"))
_LAST_LETTER = 0x10FFFF
_PROLOG = 5000  # letters in which a document type and the root element must stand


class Prepared(NamedTuple):
    """UTF-8 bytes for a parser. `root`: the first element's name in lower case, empty when there is none."""

    body: bytes
    root: str
    warnings: tuple[str, ...]


def prepare(body: bytes, content_type: str, most_tags: int = MAX_FEED_TAGS) -> Prepared:
    """The body in UTF-8 without BOM, leading junk, declaration, document type and bare ampersands.

    What comes after `most_tags` is cut off.

    Errors: never raises.
    """
    inner = _DECLARED.search(body[:1000])
    decoded = decode(body, (inner[1].decode("ascii") if inner else None, header_charset(content_type)))
    warnings = list(decoded.warnings)
    text = decoded.text.lstrip("\ufeff \t\r\n\x00")
    if len(text) < len(decoded.text) and text.startswith("<?xml"):
        warnings.append("junk_before_declaration")
    text = _DECLARATION.sub("", text, count=1)
    text, n_dropped = _NOT_XML.subn("", text)
    if n_dropped:
        warnings.append(f"control_characters: {n_dropped}")
    doctype = _DOCTYPE.match(text[:_PROLOG], _behind_comments(text[:_PROLOG]))
    if doctype:
        text = text[: doctype.start()] + text[doctype.end() :]
        warnings.append("doctype_dropped")
    text, cut = cut_markup(text, most_tags)
    warnings += cut
    mended = _mend_ampersands(text)
    if mended != text:
        warnings.append("ampersands_mended")
    whole = '<?xml version="1.0" encoding="utf-8"?>\n' + mended
    return Prepared(whole.encode("utf-8", "replace"), _root(text[:_PROLOG]), tuple(warnings))


def _root(head: str) -> str:
    """The name of the first element behind instructions, comments and declarations."""
    element = _ELEMENT.match(head, _behind(head, _SKIPPED))
    return element[1].lower() if element else ""


def _behind_comments(head: str) -> int:
    """Where a document type may stand: one that is quoted in a comment or a text is a text."""
    return _behind(head, _SKIPPED[:2])


def _behind(head: str, skipped: Sequence[tuple[str, str]]) -> int:
    at = 0
    while True:
        at = len(head) - len(head[at:].lstrip())
        ends = next((end for start, end in skipped if head.startswith(start, at)), None)
        if ends is None:
            return at
        found = head.find(ends, at)
        if found < 0:
            return len(head)
        at = found + len(ends)


def _mend_ampersands(text: str) -> str:
    """`A & B` and `&nbsp;` stop an XML parser: the first is escaped, the second becomes its letter.

    What stands for no letter, as `&#0;`, goes. CDATA and comments are passed over whole. One pass, so that a
    body of nothing but openings takes no longer than another.
    """
    if "&" not in text:
        return text
    parts: list[str] = []
    copied = shut_until = 0
    for token in _TOKEN.finditer(text):
        if token.start() < shut_until:
            continue
        if token["shut"]:
            end = text.find(_ENDS[token["shut"]], token.end())
            shut_until = len(text) if end < 0 else end
        else:
            parts += (text[copied : token.start()], _mended(token))
            copied = token.end()
    return "".join((*parts, text[copied:]))


def _is_letter(number: str) -> bool:
    """False for references to what XML has no letter for: NUL, half a surrogate pair, beyond Unicode."""
    digits = number[1:-1]
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    return code <= _LAST_LETTER and not _NOT_XML.match(chr(code))


def _mended(token: re.Match[str]) -> str:
    name = token["name"]
    if token["number"]:
        return token[0] if _is_letter(token["number"]) else ""
    if name in _XML_NAMES:
        return token[0]
    if name is None:
        return "&amp;" + token[0][1:]
    letters = html5.get(name)
    return f"&amp;{name}" if letters is None else "".join(f"&#{ord(c)};" for c in letters)
