"""The block of a page that holds its story, and the story's lines in it. Pure.

trafilatura finds the prose of a page well, but takes a side column for a part of it where a layout is made of
tables or nameless blocks, and loses lists, tables and short lines of the story. Its lines show here where the
story stands; what is told is then read off that one block.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable

from lxml.html import HtmlElement

from monitor.articles.boilerplate import ends_like_a_sentence
from monitor.articles.pagetree import COLUMN, NO_STORY, Line, block_lines
from monitor.core.text import squeeze

_SURE = 0.3  # share that the block behind the headline must hold
_PART_BEHIND = 0.35  # the same where the story is known to begin elsewhere
_HOLDS = 0.75  # share of the anchors' characters that the story's block must hold
_ANCHOR = 40  # characters from which a line shows where the story stands
_LINKED = 0.5  # share of a line in links from which it leads elsewhere
_ALL_LINK = 0.9  # and from which even a sentence is a headline of another story
_MOSTLY_STORY = 0.6  # share of story in what a wider block adds
_HEADING_TAGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_CELLS = {"td", "div", "section", "article"}
_SPARED = {"html", "body", "main", "article", "h1"}
_PART = 0.1  # share of the anchors in a block from which its label must be wrong
_TOKEN = re.compile(r"[a-z]+|[A-Z][a-z]+")
_WIDGET = frozenset({"widget", "widgets"})
# Beside what is mute in any block: the labels of forms and what closes a page.
_MUTE = NO_STORY | {"footer", "textarea", "input", "label"}


def story_lines(
    tree: HtmlElement,
    anchors: Collection[str],
    *,
    title: str,
    around: Collection[str],
    credits: tuple[str, ...] = (),
) -> str:
    """The story of a page, a line a block; empty where no block stands out. The tree is changed.

    `anchors`: lines that are likely the story's, such as an extractor's; without one of them on the page,
    whatever reads like prose. `around`: words of class names and ids of what stands around a story;
    `credits`: beginnings of the lines that say whose story it is.
    """
    known = {_key(anchor) for anchor in anchors}
    _drop_surroundings(tree, known, title, around)
    lines = [line for line in block_lines(tree, mute=_MUTE) if line.text]
    weights = _weights(lines, known)
    headline = _headline(lines, title)
    block = _block(lines, weights, headline)
    if block is None:
        return ""
    inside = [_is_in(line.owner, block) for line in lines]
    first = inside.index(True)
    before = slice(first if headline is None else min(headline, first), first)
    lead = [
        line.text
        for line, weight in zip(lines[before], weights[before], strict=True)
        if weight or (_is_prose(line) and ends_like_a_sentence(line.text))
    ]
    weighed = zip(lines, weights, strict=True)
    of_block = _of_one_cell([(line, weight) for line, weight in weighed if _is_in(line.owner, block)])
    return "\n".join([*lead, *_told(of_block, known, credits)])


def _of_one_cell(weighed: list[tuple[Line, int]]) -> list[Line]:
    """Without what stands in other cells of layout tables than most of the story."""
    held: Counter[HtmlElement | None] = Counter()
    for line, weight in weighed:
        held[_cell(line.owner)] += weight
    cell, weight = held.most_common(1)[0]
    if weight < _MOSTLY_STORY * sum(held.values()):
        return [line for line, _ in weighed]
    return [line for line, _ in weighed if _cell(line.owner) is cell]


def _cell(owner: HtmlElement) -> HtmlElement | None:
    return next((one for one in (owner, *owner.iterancestors()) if one.get(COLUMN) is not None), None)


def _told(lines: list[Line], known: Collection[str], credits: tuple[str, ...]) -> list[str]:
    """The block's lines that tell; between the first and the last also short ones that an anchor names."""
    tells = [_is_told(line) or _key(line.text).startswith(credits) for line in lines]
    if not any(tells):
        return []
    first, last = tells.index(True), len(tells) - 1 - tells[::-1].index(True)
    return [
        line.text
        for line, tell in zip(lines[first : last + 1], tells[first : last + 1], strict=True)
        if tell or (line.linked < _LINKED and _key(line.text) in known)
    ]


def _weights(lines: list[Line], known: Collection[str]) -> list[int]:
    """How much each line says of where the story stands."""
    named = [len(line.text) * (_is_prose(line) and _key(line.text) in known) for line in lines]
    if any(named):
        return named
    return [len(line.text) * (_is_prose(line) and ends_like_a_sentence(line.text)) for line in lines]


def _is_prose(line: Line) -> bool:
    return len(line.text) >= _ANCHOR and line.linked < _LINKED


def _headline(lines: list[Line], title: str) -> int | None:
    """The last line that is the headline and has prose behind it."""
    wanted = _key(title)
    last_prose = max((n for n, line in enumerate(lines) if _is_prose(line)), default=0)
    found = [
        n for n, line in enumerate(lines[:last_prose]) if _key(line.text) == wanted and line.linked < _LINKED
    ]
    return found[-1] if found else None


def _block(lines: list[Line], weights: list[int], headline: int | None) -> HtmlElement | None:
    """The block of the story: grown from its first prose behind the headline, else what holds most of it."""
    held, total = _held(lines, weights), sum(weights)
    first = _first_prose(lines, weights, headline)
    grown = first if first is None else _grown(first, lines)
    if grown is not None and held[grown] >= _SURE * total:
        return grown
    enough = [block for block, weight in held.items() if weight >= _HOLDS * total > 0]
    block = min(enough, key=lambda one: (held[one], -sum(1 for _ in one.iterancestors())), default=None)
    return block if block is None else _grown(block, lines)


def _first_prose(lines: list[Line], weights: list[int], headline: int | None) -> HtmlElement | None:
    """The block of the first prose behind the headline; where no line is the headline, of the most prose."""
    if headline is not None:
        behind = zip(lines[headline:], weights[headline:], strict=True)
        return next((_parent_of(line) for line, weight in behind if weight), None)
    own: Counter[HtmlElement] = Counter()
    for line, weight in zip(lines, weights, strict=True):
        if weight:
            own[_parent_of(line)] += weight
    return own.most_common(1)[0][0] if own else None


def _parent_of(line: Line) -> HtmlElement:
    """What a paragraph stands in: a story of one is not its paragraph alone."""
    around = line.owner.getparent()
    return line.owner if around is None or line.owner.tag in _CELLS or around.tag == "body" else around


def _held(lines: list[Line], weights: Iterable[int]) -> Counter[HtmlElement]:
    held: Counter[HtmlElement] = Counter()
    for line, weight in zip(lines, weights, strict=True):
        if weight:
            held[line.owner] += weight
            for around in line.owner.iterancestors():
                held[around] += weight
    return held


def _grown(block: HtmlElement, lines: list[Line]) -> HtmlElement:
    """The block, or a wider one as long as what it adds is mostly prose."""
    prose = _held(lines, (len(line.text) * _reads_like_prose(line) for line in lines))
    length = _held(lines, (len(line.text) for line in lines))
    for around in block.iterancestors():
        if around.tag in ("body", "html") or _is_whole(block):
            break
        gained = prose[around] - prose[block]
        if gained and gained < _MOSTLY_STORY * (length[around] - length[block]):
            break
        if gained:
            block = around
    return block


def _is_whole(block: HtmlElement) -> bool:
    """True for a block that ends where its story does: named so, or a cell of a layout table."""
    return block.tag == "article" or block.get("itemprop") == "articleBody" or block.get(COLUMN) is not None


def _reads_like_prose(line: Line) -> bool:
    return line.linked < _LINKED and (ends_like_a_sentence(line.text) or line.is_item)


def _is_in(owner: HtmlElement, block: HtmlElement) -> bool:
    return block is owner or block in owner.iterancestors()


def _is_told(line: Line) -> bool:
    if line.linked >= _LINKED:
        return line.linked < _ALL_LINK and ends_like_a_sentence(line.text)
    is_heading = line.owner.tag in _HEADING_TAGS
    return line.is_item or is_heading or ends_like_a_sentence(line.text) or len(line.text) >= _ANCHOR


def _drop_surroundings(
    tree: HtmlElement, known: Collection[str], title: str, around: Collection[str]
) -> None:
    """Without blocks whose label says that they are no part of a story, unless they hold much of it."""
    labelled = [node for node in tree.iter() if isinstance(node.tag, str) and _stands_around(node, around)]
    if not labelled:
        return
    lines = [line for line in block_lines(tree, mute=_MUTE) if line.text]
    weights = _weights(lines, known)
    held, total = _held(lines, weights), sum(weights)
    headline = _headline(lines, title)
    first = _first_prose(lines, weights, headline)
    for node in labelled:
        if node.getparent() is None:
            continue
        part = _PART if first is None or _is_in(first, node) else _PART_BEHIND
        if held[node] <= part * total:
            node.drop_tree()


def _stands_around(node: HtmlElement, around: Collection[str]) -> bool:
    if node.tag in _SPARED:
        return False
    names = f"{node.get('class') or ''} {node.get('id') or ''}".split()
    # page builders call every block some-widget; a theme's own begin with the word
    return any(
        token.lower() in around or (token.lower() in _WIDGET and name.startswith(token))
        for name in names
        for token in _TOKEN.findall(name)
    )


def _key(text: str) -> str:
    """Case, list marks and the bars of tables do not tell two lines apart."""
    return squeeze(text.strip(" -–—|•·*()")).casefold()
