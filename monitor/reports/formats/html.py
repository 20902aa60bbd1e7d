"""The mail's HTML: tables, inlined styles, no script, form or outside resource; the chart comes by CID."""

import re
from collections.abc import Callable
from functools import lru_cache

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.reports.catalogue import catalogue
from monitor.reports.letter import letter
from monitor.reports.types import Report

SUFFIX = ".html"
MEDIA_TYPE = "text/html"
_COUNTED = re.compile(r"(?<=\d) (?=[^\W\d_])")


def chart_cid(name: str) -> str:
    """The content id of a picture: one mail holds one of each name."""
    return f"{name}.chart@coverage-monitor"


def render(report: Report) -> bytes:
    """The HTML part of the mail without the links of a reader, UTF-8."""
    return render_with(report)


def render_with(
    report: Report,
    *,
    picture: Callable[[str], str] = lambda name: f"cid:{chart_cid(name)}",
    is_linked: bool = False,
) -> bytes:
    """The same page with pictures from elsewhere, or with the marks of a reader's links (see `personal`)."""
    words = catalogue(report.lang)
    number: Callable[[str], str] = lambda family: words.say("card.number", family=family)  # noqa: E731
    page = _environment().get_template("mail.html.j2")
    text = page.render(letter=letter(report, is_linked=is_linked), picture=picture, number=number)
    return _inliner().inline(text).encode()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        finalize=_bound,
    )


def _bound(value: object) -> object:
    """Text with its numbers held to the word that they count: no line ends between "0" and "stories"."""
    return _COUNTED.sub("\u00a0", value) if type(value) is str else value  # Markup is escaped already


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    # keep_at_rules: the dark colours live in a media query, which cannot be inlined
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
