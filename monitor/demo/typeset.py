"""Article pages in nineteen layouts of common content systems. Pure but for reading its templates (layouts/).

The demonstration press prints with them, and the pages that judge the extractor are made by them: what a
story's text is stands in the facts that the caller gives, everything else on a page is around it.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.demo.outlets import ROOM

LAYOUTS = (
    "wordpress_classic", "wordpress_magazine", "wordpress_blocks", "wordpress_elementor", "wordpress_amp",
    "joomla_article", "joomla_k2", "bitrix_old", "bitrix_modern", "bitrix_portal",
    "drupal_seven", "drupal_ten", "agency_modern", "agency_special", "gov_portal",
    "handmade_tables", "handmade_word", "ucoz", "datalife",
)  # fmt: skip
# Old layouts declare it in their head; letters that it lacks become character references.
ENCODINGS = {"bitrix_old": "windows-1251", "handmade_tables": "windows-1251", "datalife": "windows-1251"}
_GROUPS = {"item": "items", "step": "steps", "row": "table"}  # neighbours of a kind are one list or table
_CELL = " | "
_DESCRIPTION = 155  # characters that search engines show
_FEWEST = 3  # pieces of a story with something in its middle
_ONE_LETTER = re.compile(r"\b([а-яёіў]) (?=\w)")


@dataclass(frozen=True, slots=True)
class Site:
    """Whose page it is."""

    name: str
    slogan: str
    city: str
    host: str


@dataclass(frozen=True, slots=True)
class Teaser:
    """Another story that the page advertises."""

    url: str
    title: str
    lead: str
    published_at: datetime  # aware, in the outlet's zone


@dataclass(frozen=True, slots=True)
class Comment:
    """What a reader wrote under the story."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a story: lead, p, heading, question, quote; items, steps; table."""

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """What a page tells. `account` is who entered it into the site, `author` who is named as its writer."""

    url: str
    number: int  # of the page on its site; decides on the small accidents of its markup
    lang: str  # ru | be: of the story and of the words around it
    title: str
    author: str
    account: str
    published_at: datetime  # aware, in the outlet's zone
    blocks: tuple[Block, ...]  # in order; a lead comes first
    captions: tuple[str, ...]
    comments: tuple[Comment, ...]
    teasers: tuple[Teaser, ...]  # six


def blocks_of(paragraphs: Sequence[str], marks: Sequence[str]) -> tuple[Block, ...]:
    """Paragraphs with their marks (lead, p, heading, question, quote, item, step, row) as pieces.

    Cells of a row are parted by " | ".
    """
    blocks: list[Block] = []
    for mark, group in groupby(zip(marks, paragraphs, strict=True), key=lambda pair: pair[0]):
        texts = tuple(text for _, text in group)
        kind = _GROUPS.get(mark, mark)
        if kind == "table":
            blocks.append(Block(kind, rows=tuple(tuple(text.split(_CELL)) for text in texts)))
        elif kind in ("items", "steps"):
            blocks.append(Block(kind, items=texts))
        else:
            blocks += [Block(kind, text) for text in texts]
    return tuple(blocks)


class Typesetter:
    """Renders pages; templates are compiled once. `notice`: two lines that say that all is invented."""

    def __init__(self, notice: Sequence[str]) -> None:
        self._notice = tuple(notice)
        self._words = tomllib.loads((ROOM / "texts" / "layouts.toml").read_text(encoding="utf-8"))
        self._env = Environment(
            loader=FileSystemLoader(ROOM / "layouts"), autoescape=True, undefined=StrictUndefined
        )
        self._env.filters["nbsp"] = _with_fixed_spaces

    def page(
        self, layout: str, site: Site, story: Story, now: datetime, *, encoding: str | None = None
    ) -> bytes:
        """The page as it is served at `now`; `encoding` in the place of the layout's own.

        Errors: jinja2.TemplateNotFound for an unknown layout.
        """
        charset = encoding or ENCODINGS.get(layout, "utf-8")
        words = self._words[story.lang]
        is_be = story.lang == "be"
        full = story.blocks
        html = self._env.get_template(f"{layout}.html").render(
            site=site,
            s=_shown(story),
            at=_stamp(story.published_at, words),
            now=_stamp(now.astimezone(story.published_at.tzinfo), words),
            full=full,
            blocks=[b for b in full if b.kind != "lead"],
            middle=len(full) // 2 if len(full) >= _FEWEST else -1,
            description=_cut(full[0].text or story.title),
            teasers=[_teaser(teaser, words) for teaser in story.teasers],
            words=words,
            notice=self._notice,
            charset=charset,
            t=lambda ru, be: be if is_be else ru,
        )
        return html.encode(charset, "xmlcharrefreplace")


def _shown(story: Story) -> dict[str, Any]:
    lead = story.blocks[0].text if story.blocks[0].kind == "lead" else ""
    return {
        "url": story.url, "n": story.number, "lang": story.lang, "title": story.title, "lead": lead,
        "author": story.author, "account": story.account, "captions": story.captions,
        "comments": story.comments,
    }  # fmt: skip


def _teaser(teaser: Teaser, words: Mapping[str, Any]) -> dict[str, Any]:
    at = _stamp(teaser.published_at, words)
    return {"url": teaser.url, "title": teaser.title, "lead": teaser.lead, "at": at}


def _stamp(at: datetime, words: Mapping[str, Any]) -> dict[str, str]:
    """An instant in the spellings of the layouts."""
    clock, month = f"{at:%H:%M}", at.month - 1
    day = f"{at.day} {words['months'][month]}"
    return {
        "iso": at.isoformat(),
        "gmt": at.astimezone(UTC).isoformat(),
        "day_iso": f"{at:%Y-%m-%d}",
        "dots": f"{at:%d.%m.%Y}",
        "clock": clock,
        "year": str(at.year),
        "weekday": words["weekdays"][at.weekday()],
        "month_year": f"{words['headings'][month]} {at.year}",
        "long_day": f"{day} {at.year}",
        "long": f"{day} {at.year} г. {words['at']} {clock}",
        "agency": f"{day} {at.year}, {clock}",
        "wap": f"{day}, {clock}",
        "dle": f"{day} {at.year} {clock}",
        "k2": f"{words['weekdays'][at.weekday()]}, {at:%d} {words['k2_months'][month]} {at.year} {clock}",
    }


def _cut(text: str) -> str:
    return text if len(text) <= _DESCRIPTION else text[:_DESCRIPTION].rsplit(" ", 1)[0] + "…"


def _with_fixed_spaces(text: str) -> str:
    """As a typographer's plugin does it: dashes and one-letter words do not part from their neighbours."""
    return _ONE_LETTER.sub("\\1\u00a0", text.replace(" – ", "\u00a0– "))
