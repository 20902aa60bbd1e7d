"""The mail's HTML: tables, inlined styles, no script, form or outside resource; the chart comes by CID."""

from collections.abc import Callable
from functools import lru_cache

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.reports.catalogue import catalogue
from monitor.reports.letter import letter
from monitor.reports.types import Report

SUFFIX = ".html"
MEDIA_TYPE = "text/html"
CHART_CID = "topics.chart@coverage-monitor"  # content id of the picture; one mail holds one


def render(report: Report) -> bytes:
    """The HTML part of the mail, UTF-8."""
    return render_with(report, chart_src=f"cid:{CHART_CID}")


def render_with(report: Report, *, chart_src: str) -> bytes:
    """The same page with the picture from elsewhere, for looking at it outside a mail program."""
    words = catalogue(report.lang)
    number: Callable[[str], str] = lambda family: words.say("card.number", family=family)  # noqa: E731
    page = _environment().get_template("mail.html.j2")
    text = page.render(letter=letter(report), chart_src=chart_src, number=number)
    return _inliner().inline(text).encode()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    # keep_at_rules: the dark colours live in a media query, which cannot be inlined
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
