"""Reads pages like the real process, and ends itself on the page that asks for it."""

import os

from monitor.articles.rawpage import RawPage, ReadingRules
from monitor.articles.types import Extracted
from monitor.articles.worker import ReadPage, reader_of, serve
from tests.chaos.hostile.pages import DIES


def dying(given: ReadingRules) -> ReadPage:
    """A reader that a page can kill, as a fault in a C library would."""
    sound = reader_of(given)

    def read(page: RawPage) -> Extracted:
        if DIES in page.body:
            os._exit(7)
        return sound(page)

    return read


if __name__ == "__main__":
    serve(dying)
