"""HTML fragments of feeds to plain text, without a parser: fragments are small and often broken."""

import html
import re

from monitor.core.text import squeeze

_DROPPED = re.compile(r"<(script|style|iframe|noscript)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
_BREAK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|table|blockquote|figure|figcaption|section|article)\b[^<>]*>", re.I
)
_TAG = re.compile(r"<[/!?]?[a-zA-Z][^<>]*>")
_MARK = re.compile(r"<|&[#a-zA-Z]")


def plain_text(fragment: str) -> str:
    """The text of an HTML fragment, one paragraph a line, entities resolved, no empty lines."""
    if not _MARK.search(fragment):
        return "\n".join(filter(None, map(squeeze, fragment.splitlines())))
    text = _COMMENT.sub(" ", _DROPPED.sub(" ", fragment))
    text = _TAG.sub("", _BREAK.sub("\x00", text.replace("\n", " ")))
    return "\n".join(filter(None, map(squeeze, html.unescape(text).split("\x00"))))


def plain_title(fragment: str) -> str:
    """A title as one line of text; markup inside it is dropped."""
    return squeeze(plain_text(fragment))
