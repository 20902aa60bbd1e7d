"""How a source says its pages are to be read: where title, text, author and date stand. Pure."""

from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError
from soupsieve import compile as compile_selector

from monitor.core.text import squeeze

_PARSER = "lxml"
_LOOKED_AT = 50  # pieces that one selector may give: a story has fewer, a wrong selector thousands


@dataclass(frozen=True, slots=True)
class PageSelectors:
    """CSS selectors, each may be empty. `text`: the story's pieces in page order; `drop`: goes first."""

    text: str = ""
    drop: tuple[str, ...] = ()
    title: str = ""
    author: str = ""
    date: str = ""


NO_SELECTORS = PageSelectors()


@dataclass(frozen=True, slots=True)
class Selected:
    """What the selectors took from a page; what a selector did not find is empty, and named in `missed`."""

    page: str  # the page again: only the story's pieces where `text` is given, without what is dropped
    title: str = ""
    author: str = ""
    date: str = ""
    has_story: bool = False  # `text` found something: all of `page` is the story
    missed: tuple[str, ...] = ()


def selector_fault(selector: str) -> str | None:
    """Why a text is no CSS selector; None for a good one."""
    try:
        compile_selector(selector)
    except SelectorSyntaxError as error:
        return str(error).split("\n", 1)[0]
    return None


def select(page: str, rules: PageSelectors) -> Selected:
    """The page as its source's rules see it.

    Errors: SelectorSyntaxError for what `selector_fault` refuses.
    """
    if rules == NO_SELECTORS:
        return Selected(page)
    soup = BeautifulSoup(page, _PARSER)
    title, author = (_words(soup, css) for css in (rules.title, rules.author))
    found = soup.select_one(rules.date) if rules.date else None
    date = squeeze(str(found.get("datetime") or found.get("content") or found.get_text(" "))) if found else ""
    for css in rules.drop:
        for node in soup.select(css):
            node.extract()
    pieces = _outermost(soup.select(rules.text, limit=_LOOKED_AT)) if rules.text else []
    values = {"title": title, "author": author, "date": date, "text": pieces}
    story = "".join(map(str, pieces))
    return Selected(
        page=f"<html><body>{story}</body></html>" if pieces else str(soup),
        title=title,
        author=author,
        date=date,
        has_story=bool(pieces),
        missed=tuple(name for name, value in values.items() if getattr(rules, name) and not value),
    )


def _words(soup: BeautifulSoup, css: str) -> str:
    found = soup.select_one(css) if css else None
    return squeeze(found.get_text(" ")) if found else ""


def _outermost(pieces: list[Tag]) -> list[Tag]:
    """Without pieces that lie in another piece: they would be told twice."""
    taken = {id(piece) for piece in pieces}
    return [piece for piece in pieces if not any(id(around) in taken for around in piece.parents)]
