"""What the markup of a body may cost its reader. Pure.

A cap on bytes is not enough: ten megabytes hold three million empty elements, each of which takes a tree a
kilobyte, and some readers compare each attribute with each.
"""

import re
from itertools import islice
from xml.parsers import expat

from bs4 import BeautifulSoup, Tag

# Openings and closings. The most that a site may have in earnest: a feed of a thousand full texts, a sitemap
# of fifty thousand addresses with seven fields, a list page of some thousand links
MAX_FEED_TAGS = 100_000
MAX_SITEMAP_TAGS = 1_000_000
MAX_PAGE_TAGS = 30_000
_MAX_REFERENCES = 500_000  # of &amp; and the like: each is an event of its own for a parser
_MAX_ATTRIBUTES = 200  # of one element; feedparser takes 20 seconds over 30,000
_MAX_DEPTH = 256  # as libxml2 has it for trees; a rule that fits every level of it is still read in seconds


class _Refused(Exception):
    """Ends a look at an XML body before its end."""


def cut_markup(text: str, most_tags: int) -> tuple[str, tuple[str, ...]]:
    """The text as far as it has `most_tags`, and the warning markup_cut if something is left out."""
    for mark, most in (("<", most_tags), ("&", _MAX_REFERENCES)):
        if text.count(mark) > most:
            last = next(islice(re.finditer(mark, text), most, None))
            return cut_markup(text[: last.start()], most_tags)[0], ("markup_cut",)
    return text, ()


def overload(body: bytes) -> str | None:
    """Why feedparser may not have an XML body: attributes without end, a document type. None when it may.

    What is malformed is looked at as far as it can be read; errors: never raises.
    """
    parser = expat.ParserCreate()
    parser.StartElementHandler = _look_at
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(body, True)
    except _Refused as refusal:
        return str(refusal)
    except expat.ExpatError:
        return None
    return None


def _look_at(_name: str, attributes: dict[str, str]) -> None:
    if len(attributes) > _MAX_ATTRIBUTES:
        raise _Refused(f"more than {_MAX_ATTRIBUTES} attributes in one element")


def _refuse_doctype(*_: object) -> None:
    raise _Refused("a document type where none can be left out")


def page_tree(text: str) -> tuple[BeautifulSoup | None, tuple[str, ...]]:
    """The tree of a web page, and warnings; None when its elements lie too deep in each other to be meant."""
    kept, warnings = cut_markup(text.replace("\x00", ""), MAX_PAGE_TAGS)
    soup = BeautifulSoup(kept, "lxml")
    return (None if _is_too_deep(soup) else soup), warnings


def _is_too_deep(soup: BeautifulSoup) -> bool:
    level: list[Tag] = [soup]
    for _ in range(_MAX_DEPTH):
        level = [child for node in level for child in node.children if isinstance(child, Tag)]
        if not level:
            return False
    return True
