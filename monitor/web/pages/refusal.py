"""The page of a request that is refused: why, and what helps."""

from dataclasses import dataclass

from monitor.reports.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class RefusalPage:
    """The reason and the remedy, in words."""

    heading: str
    line: str
    typed: tuple[str, ...]  # of a form that was not kept


def refusal_page(code: str, words: Catalogue, typed: tuple[str, ...] = ()) -> RefusalPage:
    """The page of a code of [refused]; an unknown one is shown as it is."""
    return RefusalPage(words.say("refused.title"), words.coded("refused", code), typed)
