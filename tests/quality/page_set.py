"""The pages that judge the text extractor: stories of pages.jsonl in the layouts of the demonstration press.

What counts as text is said in pages.md. The same file gives the same bytes.
"""

import json
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.articles.selectors import NO_SELECTORS, PageSelectors
from monitor.core.ids import PageUrl
from monitor.demo.outlets import ROOM
from monitor.demo.slugs import slug
from monitor.demo.typeset import ENCODINGS, Comment, Site, Story, Teaser, Typesetter, blocks_of

HERE = Path(__file__).parent
STORIES = HERE / "pages.jsonl"
RULES = HERE / "pages_rules.toml"
FETCHED_AT = datetime.fromisoformat("2026-01-15T12:30:00+03:00")  # of all pages, also of old ones
HELD_OUT = ("wordpress_elementor", "bitrix_modern", "drupal_ten", "agency_special", "handmade_tables")
_NO_CHARSET = ("bitrix_old", "handmade_tables")  # sent without a charset in the header
# Of each layout: name, city, host and the path of its pages. All are invented.
_SITES = {
    "wordpress_classic": ("Ольховские вести", "Ольховск", "olhovsk-vesti.example", "/archives/{n}"),
    "wordpress_magazine": ("Край Ольшанский", "Ольховск", "kray-olshanski.example", "/{y}/{m}/{slug}/"),
    "wordpress_blocks": ("Криничный край", "Криницы", "krinichny.example", "/{slug}/"),
    "wordpress_elementor": ("Заборский вестник", "Заборье", "zaborski.example", "/{y}/{m}/{d}/{slug}/"),
    "wordpress_amp": ("Сенновская новь", "Сенновка", "sennovka.example", "/{y}/{m}/{slug}/amp/"),
    "joomla_article": ("Наш Верхнелуцк", "Верхнелуцк", "nash-verhneluck.example", "/index.php/r2/{n}-{slug}"),
    "joomla_k2": ("Голас Лугавой", "Луговая", "holas-luhavoj.example", "/index.php/r2/item/{n}-{slug}"),
    "bitrix_old": ("Районные будни", "Дубравица", "budni.example", "/news/{n}.html"),
    "bitrix_modern": ("Маяк над рекой", "Ольховск", "mayak-nad-rekoj.example", "/news/r2/{slug}/"),
    "bitrix_portal": ("Областной обозреватель", "Ольховск", "obozrevatel.example", "/articles/{slug}.html"),
    "drupal_seven": ("Крыніцкая праўда", "Криницы", "krynickaja.example", "/node/{n}"),
    "drupal_ten": ("Дубравицкий листок", "Дубравица", "listok.example", "/{l}/news/{slug}"),
    "agency_modern": (
        "Агентство «Северный тракт»",
        "Минск",
        "trakt.example",
        "/regions/view/{slug}-{n}-{y}/",
    ),
    "agency_special": ("Агентство «Северный тракт»", "Минск", "wap.trakt.example", "/regions/{n}/"),
    "gov_portal": (
        "Верхнелуцкий райисполком",
        "Верхнелуцк",
        "rik.example",
        "/ru/news-ru/view/{slug}-{n}-{y}/",
    ),
    "handmade_tables": ("Лугавское слово", "Луговая", "slovo.example", "/{y}/text{n}.htm"),
    "handmade_word": ("Гуцкие новости", "Гута", "gutskie.example", "/?id={n}"),
    "ucoz": ("Наш район", "Дубравица", "nashrayon.example", "/news/{slug}/{y}-{m}-{d}-{n}"),
    "datalife": ("Слобода", "Гута", "sloboda.example", "/r2/{n}-{slug}.html"),
}
_SLOGAN = {"ru": "Газета, которую читают вслух", "be": "Газета, якую чытаюць услых"}
_NUMBER = 400  # of the first page, as on a site that exists for a while


@dataclass(frozen=True, slots=True)
class Page:
    """One page with what is to be found in it and what is not."""

    id: str
    layout: str
    lang: str
    url: PageUrl
    content_type: str
    body: bytes
    rules: PageSelectors  # NO_SELECTORS for the held-out layouts
    title: str
    author: str  # "" where no person is named
    published_at: datetime
    paragraphs: tuple[str, ...]  # the text
    teasers: tuple[Teaser, ...]
    captions: tuple[str, ...]
    comments: tuple[Comment, ...]

    @property
    def text(self) -> str:
        """The expected text, a paragraph a line."""
        return "\n".join(self.paragraphs)

    @property
    def held_out(self) -> bool:
        """True where the page is read without a rule."""
        return self.layout in HELD_OUT


def load_pages(stories: Path = STORIES) -> list[Page]:
    """All pages, in the order of the file."""
    texts = tomllib.loads((ROOM / "texts" / "press.toml").read_text("utf-8"))
    typesetter = Typesetter(texts["notice"])
    rules = load_rules()
    rows = [json.loads(line) for line in stories.read_text("utf-8").splitlines()]
    return [_page(row, _NUMBER + n, typesetter, rules) for n, row in enumerate(rows)]


def load_rules(path: Path = RULES) -> dict[str, PageSelectors]:
    """The rule of each layout that has one."""
    doc = tomllib.loads(path.read_text("utf-8"))
    return {
        layout: PageSelectors(**{**rule, "drop": tuple(rule.get("drop", ()))}) for layout, rule in doc.items()
    }


def _page(row: dict[str, Any], number: int, typesetter: Typesetter, rules: dict[str, PageSelectors]) -> Page:
    layout, lang = row["layout"], row["lang"]
    name, city, host, path = _SITES[layout]
    at = datetime.fromisoformat(row["published"])
    url = _address(host, path, row["title"], number, at, lang)
    teasers = tuple(
        _teaser(teaser, host, path, number - 1 - n, lang) for n, teaser in enumerate(row["teasers"])
    )
    comments = tuple(Comment(c["name"], c["text"]) for c in row["comments"])
    story = Story(
        url=url, number=number, lang=lang, title=row["title"], author=row["author"], account=row["account"],
        published_at=at, blocks=blocks_of(row["paragraphs"], row["marks"]), captions=tuple(row["captions"]),
        comments=comments, teasers=teasers,
    )  # fmt: skip
    charset = "" if layout in _NO_CHARSET else f"; charset={ENCODINGS.get(layout, 'utf-8')}"
    return Page(
        id=row["id"], layout=layout, lang=lang, url=url, content_type=f"text/html{charset}",
        body=typesetter.page(layout, Site(name, _SLOGAN[lang], city, host), story, FETCHED_AT),
        rules=NO_SELECTORS if layout in HELD_OUT else rules[layout],
        title=row["title"], author=row["author"], published_at=at, paragraphs=tuple(row["paragraphs"]),
        teasers=teasers, captions=story.captions, comments=comments,
    )  # fmt: skip


def _teaser(teaser: dict[str, str], host: str, path: str, number: int, lang: str) -> Teaser:
    at = datetime.fromisoformat(teaser["published"])
    return Teaser(
        _address(host, path, teaser["title"], number, at, lang), teaser["title"], teaser["lead"], at
    )


def _address(host: str, path: str, title: str, number: int, at: datetime, lang: str) -> PageUrl:
    filled = path.format(n=number, slug=slug(title), y=at.year, m=f"{at:%m}", d=f"{at:%d}", l=lang)
    return PageUrl(f"http://{host}{filled}")
