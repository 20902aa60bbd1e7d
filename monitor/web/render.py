"""From a page's dataclass to HTML: templates see the page, the frame and the words, nothing else."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.core.accounts import User, form_mark
from monitor.reports.catalogue import Catalogue
from monitor.web.asked import Frame
from monitor.web.ways import ways_of
from monitor.web.words import languages, page_words

SUFFIX = ".html.j2"


def render(template: str, page: Any, frame: Frame) -> bytes:
    """The page in UTF-8. Errors: jinja2.UndefinedError when the template wants what the page has not."""
    words = page_words(frame.lang)
    text = environment().get_template(template + SUFFIX).render(page=page, frame=frame, say=words.say)
    return text.encode()


def frame_of(
    words: Catalogue,
    path: str,
    *,
    newsroom: str,
    is_demo: bool,
    query: Mapping[str, str],
    user: User | None,
    key: str,
) -> Frame:
    """The frame of a page; the links to its other languages are those of the same address.

    `query`: what else the address asks for; `user`: who is signed in; `key`: of their session, whose
    forms carry its mark.
    """
    links = tuple(
        (
            f"{path}?{urlencode({**query, 'lang': lang})}",
            page_words(lang).say("language.own"),
            lang == words.lang,
        )
        for lang in languages()
    )
    return Frame(
        lang=words.lang,
        languages=links,
        newsroom=newsroom,
        is_demo=is_demo,
        user=user.name if user else "",
        mark=form_mark(key) if key else "",
        ways=ways_of(words, path, user.role if user else None),
    )


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Templates with everything escaped; what is not there is an error."""
    return Environment(
        loader=PackageLoader("monitor.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
