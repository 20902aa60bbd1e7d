"""The tree of a page made ready for extraction: teasers of other stories out, layout tables as blocks. Pure.

Class names say little on hand-made sites, so teasers are known by their shape: neighbours of one kind, each
of which begins with a headline that is a link, or ends with the same words that open another page.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from monitor.core.text import squeeze

_TEASER_TAGS = {
    "p", "li", "div", "article", "section", "tr", "td", "dd", "a", "h2", "h3", "h4", "h5", "small", "span",
    "font",
}  # fmt: skip
_HEADINGS = {"h2", "h3", "h4", "h5", "h6", "b", "strong", "div", "span", "p"}
_HEADLINE = 15  # characters of a link that can be a headline; a rubric or a button is shorter
_HEADLINE_WORDS = 3
_BEFORE = 40  # characters that may stand before the headline: a date, a rubric
_TEASER = 700  # characters; a longer block that begins with a link is a story
_GROUP = 2  # one such neighbour may be a paragraph that begins with a link
_BLOCKS = {"p", "div", "h1", "h2", "table", "ul", "article"}
COLUMN = "data-column"  # marks what was a cell of a layout table
_COLUMN = 300  # characters of a cell that is a column
_CELLS = ("tbody", "thead", "tr", "td", "th")
_BUTTON = 25  # characters of the link under a lead that opens the story
_BUTTONS = 3  # blocks that end in the same one; two may be two documents of a story
_RAISED = 4  # blocks around a button that may be the teaser's
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|zip|rar|jpe?g|png)(?:$|[?#])", re.IGNORECASE)
_LOOKED_AT = 60  # pieces of a block: a page of empty tags must not be walked once a level
_WORD = re.compile(r"[^\W\d_]{2,}")
INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "noindex", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr",
}  # fmt: skip
NO_STORY = {
    "script", "style", "noscript", "template", "figcaption", "form", "button", "select", "nav",
    "aside", "iframe", "video", "audio", "svg", "object", "head",
}  # fmt: skip
_CELL_GAP = " | "
# What lxml and the extractor raise on hostile markup. Listed, so that a bug of ours is not among them.
PARSE_ERRORS = (
    etree.LxmlError, ValueError, TypeError, AttributeError, IndexError, KeyError, AssertionError,
    RecursionError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """What stands in one block; it may be empty."""

    text: str
    owner: HtmlElement  # the block it stands in
    linked: float  # share of its characters in links
    is_item: bool  # of a list or a table


def parse_page(page: str) -> HtmlElement | None:
    """The tree of a page without comments, None where the markup gives none. Never raises."""
    try:
        parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        return lxml.html.document_fromstring(page.encode(), parser=parser)
    except PARSE_ERRORS:
        return None


def prune(tree: HtmlElement) -> None:
    """Change a tree in place: layout tables become blocks, teasers of other stories go."""
    for table in list(tree.iter("table")):
        if _is_layout(table):
            table.tag = "div"
            for node in table.iterdescendants(*_CELLS):
                if node.tag in ("td", "th"):
                    node.set(COLUMN, "")
                node.tag = "div"
    for teaser in _opened_alike(tree):
        if teaser.getparent() is not None:
            _drop_heading_of(teaser)
            teaser.drop_tree()
    leading = _around_headlines(tree)
    for parent in [node for node in tree.iter() if node in leading]:
        for teaser in _teasers(parent, leading):
            _drop_heading_of(teaser)
            teaser.drop_tree()


def _is_layout(table: HtmlElement) -> bool:
    """True for a table that parts a page into columns: blocks or whole stories stand in its cells."""
    if any(node.tag in _BLOCKS for node in table.iterdescendants()):
        return True
    return any(len(cell.text_content()) >= _COLUMN for cell in table.iterdescendants("td"))


def _drop_heading_of(teaser: HtmlElement) -> None:
    """The words above a list of teasers go with it: alone they would look like the end of the story."""
    inner = teaser
    while inner.getprevious() is None and (around := inner.getparent()) is not None:
        if around.tag in ("body", "article", "main") or (around.text or "").strip():
            return
        inner = around
    before = inner.getprevious()
    if before is None or before.tag not in _HEADINGS or (before.tail or "").strip():
        return
    words = before.text_content().strip()
    if len(words) <= _BEFORE and before.find(".//a") is None:
        before.drop_tree()


def _around_headlines(tree: HtmlElement) -> set[HtmlElement]:
    """The links that read like headlines and all that they stand in: nothing else can be a teaser."""
    found: set[HtmlElement] = set()
    for link in tree.iter("a"):
        if _is_headline(link):
            found.add(link)
            for around in link.iterancestors():
                if around in found:
                    break
                found.add(around)
    return found


def block_lines(tree: HtmlElement, *, mute: Collection[str] = NO_STORY) -> Iterator[Line]:
    """The words of a page, a line for each block, as a browser would break them; cells of a row are one line.

    Nothing is judged here. `mute`: tags whose words are not told.
    """
    body = tree.find(".//body")
    root = tree if body is None else body
    words: list[str] = []
    linked = depth = muted = items = 0
    owner = root

    def line() -> Line:
        text = squeeze("".join(words))
        return Line(text, owner, linked / max(1, len(text)), items > 0)

    for event, node in etree.iterwalk(root, events=("start", "end")):
        is_start, tag = event == "start", node.tag
        breaks = tag not in INLINE and tag not in ("td", "th")
        if breaks and not muted and words:
            yield line()
            words, linked = [], 0
        muted += (1 if is_start else -1) * (tag in mute)
        items += (1 if is_start else -1) * (tag in ("li", "tr"))
        depth += (1 if is_start else -1) * (tag == "a")
        if breaks:
            owner = node if is_start and tag != "br" else (node.getparent() if not is_start else owner)
        if is_start and tag in ("td", "th") and node.getprevious() is not None:
            words.append(_CELL_GAP)
        piece = (node.text if is_start else node.tail) or ""
        if not muted and piece and not (not is_start and node is root):
            words.append(piece)
            linked += len(squeeze(piece)) * (depth > 0)
    if words:
        yield line()


def _teasers(parent: HtmlElement, leading: set[HtmlElement]) -> list[HtmlElement]:
    if parent.tag == "dl":
        return _terms_that_lead(parent)
    by_kind: dict[str, list[HtmlElement]] = {}
    for child in parent:
        if child in leading and child.tag in _TEASER_TAGS and _is_teaser(child):
            by_kind.setdefault(child.tag, []).append(child)
    return [
        child
        for group in by_kind.values()
        for child in group
        if len(group) >= _GROUP or child.tag == "li" or _says_read_on(child) or _is_a_box(child)
    ]


def _terms_that_lead(terms: HtmlElement) -> list[HtmlElement]:
    """The terms that are headlines of other stories, and what is said of them."""
    heads = [node for node in terms if node.tag == "dt" and _is_linked_headline(node)]
    if len(heads) < _GROUP:
        return []
    told = [node for head in heads if (node := head.getnext()) is not None and node.tag == "dd"]
    return [*heads, *told]


def _opened_alike(tree: HtmlElement) -> list[HtmlElement]:
    """Neighbours of one kind that end with a link of the same words, each to another page: "read on"."""
    groups: dict[tuple[HtmlElement | None, str, str], dict[str, HtmlElement]] = {}
    for link in tree.iter("a"):
        words, target = squeeze(link.text_content()).casefold(), link.get("href") or ""
        if not words or len(words) > _BUTTON or _FILE.search(target):
            continue
        block = link
        for _ in range(_RAISED):
            around = block.getparent()
            if around is None or (block.tail or "").strip() or block.getnext() is not None:
                break
            block = around
            if block.tag in _TEASER_TAGS and _is_short(block):
                groups.setdefault((block.getparent(), block.tag, words), {}).setdefault(target, block)
    return [block for group in groups.values() if len(group) >= _BUTTONS for block in group.values()]


def _says_read_on(block: HtmlElement) -> bool:
    """True when two of its links lead to the same page: the headline and the button under the lead."""
    targets = [link.get("href") for link in block.iter("a") if link.get("href")]
    return len(targets) > len(set(targets))


def _is_a_box(block: HtmlElement) -> bool:
    """True for a block of its own whose headline stands alone on the first line, a break behind it."""
    if block.tag not in ("div", "section", "article", "td"):
        return False
    first = next((node for node in block if node.text_content().strip()), None)
    if first is None or (first.tail or "").strip() or not _is_linked_headline(first):
        return False
    behind = first.getnext()
    return first.tag in _HEADINGS or (behind is not None and behind.tag not in INLINE)


def _is_linked_headline(node: HtmlElement) -> bool:
    link = node if node.tag == "a" else node.find(".//a")
    return (
        link is not None
        and _is_headline(link)
        and len(link.text_content()) >= len(node.text_content().strip())
    )


def _is_teaser(block: HtmlElement) -> bool:
    """True when the first thing to read in the block is a link that reads like a headline."""
    if block.tag == "a":
        return _is_headline(block)
    before = ""
    for node, text in islice(_pieces(block), _LOOKED_AT):
        if node is not None and _is_headline(node):
            return _may_stand_before(before, block) and _is_short(block)
        before += text.strip()
        if len(before) > _BEFORE:
            return False
    return False


def _may_stand_before(text: str, block: HtmlElement) -> bool:
    """A paragraph of a story may link its second word; only a date before the link makes it a teaser."""
    return block.tag != "p" or not text or any(map(str.isdigit, text))


def _is_short(block: HtmlElement) -> bool:
    return len(block.text_content().strip()) <= _TEASER and block.find(".//h1") is None


def _pieces(block: HtmlElement) -> Iterator[tuple[HtmlElement | None, str]]:
    """Texts and links of a block in reading order; a link comes with its element."""
    for event, node in etree.iterwalk(block, events=("start", "end")):
        if event == "start":
            yield (node if node.tag == "a" else None), (node.text or "")
        elif node is not block:
            yield None, (node.tail or "")


def _is_headline(link: HtmlElement) -> bool:
    if not link.get("href"):
        return False
    words = link.text_content()
    return len(words.strip()) >= _HEADLINE and len(_WORD.findall(words)) >= _HEADLINE_WORDS
