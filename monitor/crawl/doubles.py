"""Whether a page is another address of an article that we have, or something else that a site shows instead
of its stories. Pure.

A page's word for its address is not enough: templates name their section as canonical, and a wall of consent
is where every story's address leads. Believed without a look, each costs an outlet all its stories but one.
"""

import re
from dataclasses import dataclass

from monitor.articles.dedupe import compare, fold, read
from monitor.articles.types import Extracted
from monitor.core.ids import ArticleId

_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 4  # letters: a headline's word stands in the text in another case
_MIN_WORDS = 3  # of a headline; fewer may be missing in a story by chance


@dataclass(frozen=True, slots=True)
class Taker:
    """An article with a text that has the address which a page names as its own."""

    id: ArticleId
    headline: str  # as its feed had it
    text: str


def is_double(headline: str, page: Extracted, taker: Taker) -> bool:
    """True when a page is the taker's page: its text is a copy of the taker's, or its feed gives it the same
    headline. `headline`: the feed's.

    Texts are compared as copies are, so that weather of two days under one template stays two stories. The
    page's own title says nothing here: it comes from the same template as the address.
    """
    if headline and fold(headline) == fold(taker.headline):
        return True
    return bool(page.text) and compare(read("", page.text), read("", taker.text)) is not None


def is_something_else(headline: str, page: Extracted) -> bool:
    """True when no word of the feed's headline stands on a page: a wall of consent, a notice, a front page.

    Alone this is no proof: captions and headlines in another language do the same.
    """
    words = _stems(headline)
    return len(words) >= _MIN_WORDS and words.isdisjoint(_stems(f"{page.title}\n{page.text}"))


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(fold(text))}
