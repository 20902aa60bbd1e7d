"""Foreign text made harmless: one line, nothing invisible, bounded. Escaping is left to the formats."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

_SPACES = re.compile(r"\s+")
# Cc control, Cf format (soft hyphens, right-to-left marks, joiners), Cs surrogates, Co private,
# Cn unassigned, Zl and Zp separators
_DROPPED = frozenset({"Cf", "Cs", "Co", "Cn"})
_SPACED = frozenset({"Cc", "Zl", "Zp"})
QUOTE_LIMIT = 300  # characters a mail may quote of an article (docs/method.md)


def one_line(text: str, limit: int = QUOTE_LIMIT) -> str:
    """`text` on one line without control, bidirectional and invisible characters, at most `limit` long.

    Cut before anything else is done, so that a title of 10 MB costs nothing.
    """
    head = unicodedata.normalize("NFC", text[: limit * 4])
    kept = head if head.isprintable() else "".join(map(_safe, head))  # printable: nothing to drop or space
    flat = _SPACES.sub(" ", kept).strip()
    if len(flat) <= limit and len(text) <= limit * 4:
        return flat
    cut = flat[: limit - 1]
    words, _, _ = cut.rpartition(" ")
    return (words or cut).rstrip(",.;:–—- ") + "…"


def web_link(url: str) -> str:
    """`url` if it is a plain http or https address that may stand in a link, else an empty string."""
    if len(url) > 2000 or any(_safe(char) != char or char.isspace() or char in '<>"' for char in url):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        return ""
    return url


@lru_cache(maxsize=4096)
def _safe(char: str) -> str:
    kind = unicodedata.category(char)
    if kind in _SPACED:
        return " "
    return "" if kind in _DROPPED else char
