"""What mail programs allow, rule by rule, in every language; docs/mail-clients.md says why."""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from monitor.reports.catalogue import languages
from monitor.reports.charts import CHARTS
from monitor.reports.formats import html
from monitor.reports.personal import Linking, fill
from monitor.reports.tokens import Signer
from tests.make_reports import hostile_report, mogilev_report

BASE = "https://monitor.desk.example"
DOC = Path(__file__).parents[3] / "docs" / "mail-clients.md"

# Outlook for Windows draws with Word: these it does not know, and a page that leans on them falls apart.
NOT_IN_WORD = ("flex", "grid", "position:", "float:", "object-fit", "calc(", "var(", "vh;", "vw;")
TAGS = {
    "html", "head", "meta", "title", "style", "body", "table", "tbody", "tr", "td", "h1", "h2", "h3", "p",
    "a", "b", "br", "div", "img", "span",
}  # fmt: skip


@lru_cache
def page(lang: str) -> str:
    """The page as a reader gets it, with the links of that reader."""
    report = mogilev_report(lang=lang)
    content = html.render_with(report, is_linked=True)
    return fill(content, Linking(Signer(b"k" * 32), BASE).of(report.id, report.to_on).of(7)).decode()


def soup(lang: str) -> BeautifulSoup:
    return BeautifulSoup(page(lang), "html.parser")


def inline_styles(lang: str) -> list[str]:
    return [str(tag["style"]) for tag in soup(lang).select("[style]")]


def stays_under_100_kb(lang: str) -> None:
    assert len(page(lang).encode()) < 100_000  # Gmail cuts at 102


def uses_known_tags_only(lang: str) -> None:
    assert {tag.name for tag in soup(lang).find_all(True)} <= TAGS


def loads_nothing_from_outside(lang: str) -> None:
    assert {str(image["src"]) for image in soup(lang).select("img")} == {
        f"cid:{html.chart_cid(name)}" for name in CHARTS
    }
    assert not re.search(r"url\(|@import|@font-face|src=\"http|background=", page(lang))


def runs_nothing_and_asks_nothing(lang: str) -> None:
    active = "script, form, input, button, iframe, object, embed, svg, video, audio, base, link"
    assert not soup(lang).select(active)
    assert not re.search(r"\son[a-z]+=|javascript:|data:|expression\(", page(lang), re.IGNORECASE)


def is_laid_out_by_tables_that_say_so(lang: str) -> None:
    tables = soup(lang).select("table")
    assert tables
    assert {str(one.get("role")) for one in tables} == {"presentation"}
    assert {(one.get("cellpadding"), one.get("cellspacing")) for one in tables} == {("0", "0")}


def is_no_wider_than_640_pixels(lang: str) -> None:
    widths = [int(found) for found in re.findall(r"(?<!-)\bwidth: (\d+)px", page(lang))]
    assert all(width <= 640 for width in widths)
    assert max(int(found) for found in re.findall(r"max-width: (\d+)px", page(lang))) == 640
    assert {str(image["width"]) for image in soup(lang).select("img")} == {"600"}


def has_its_styles_inline(lang: str) -> None:
    bare = [tag for tag in soup(lang).select("td, h1, h2, h3, p, a") if not tag.get("style")]
    assert bare == []
    sizes = re.findall(r"font-size: ([\d.]+)px", " ".join(inline_styles(lang)))
    assert min(map(float, sizes)) >= 13


def needs_nothing_that_outlook_cannot_draw(lang: str) -> None:
    assert [style for style in inline_styles(lang) for word in NOT_IN_WORD if word in style] == []


def keeps_only_the_dark_colours_in_a_style_sheet(lang: str) -> None:
    (sheet,) = soup(lang).select("style")
    assert sheet.get_text().strip().startswith("@media (prefers-color-scheme: dark)")
    assert sheet.get_text().count("@media") == 1
    schemes = soup(lang).select("meta[name$=color-scheme], meta[name$=schemes]")
    assert {str(meta["content"]) for meta in schemes} == {"light dark"}


def says_every_picture_in_words(lang: str) -> None:
    for image in soup(lang).select("img"):
        assert len(str(image["alt"])) > 60
        assert re.search(r"\d", str(image["alt"]))


def says_its_language_and_title(lang: str) -> None:
    held = soup(lang)
    assert isinstance(held.html, Tag)
    assert held.html["lang"] == lang
    assert held.title is not None
    assert held.title.get_text().strip()


def links_with_https_and_says_where_to(lang: str) -> None:
    for link in soup(lang).select("a"):
        assert str(link["href"]).startswith("https://")
        assert link.get_text().strip()


RULES: tuple[Callable[[str], None], ...] = (
    stays_under_100_kb,
    uses_known_tags_only,
    loads_nothing_from_outside,
    runs_nothing_and_asks_nothing,
    is_laid_out_by_tables_that_say_so,
    is_no_wider_than_640_pixels,
    has_its_styles_inline,
    needs_nothing_that_outlook_cannot_draw,
    keeps_only_the_dark_colours_in_a_style_sheet,
    says_every_picture_in_words,
    says_its_language_and_title,
    links_with_https_and_says_where_to,
)


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_page(rule: Callable[[str], None], lang: str) -> None:
    rule(lang)


def test_every_rule_is_written_down() -> None:
    listed = re.findall(r"^- `(\w+)`", DOC.read_text("utf-8"), re.MULTILINE)
    assert listed == [rule.__name__ for rule in RULES]


def test_hostile_titles_bring_no_tag_into_the_page() -> None:
    held = BeautifulSoup(html.render_with(hostile_report(), is_linked=True), "html.parser")
    assert {tag.name for tag in held.find_all(True)} <= TAGS
