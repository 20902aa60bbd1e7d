"""The process that reads pages for `monitor.articles.pool`: `python -m monitor.articles.worker`."""

import json
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter

from monitor.articles.rawpage import RawPage, ReadingRules
from monitor.articles.types import Extracted
from monitor.core import serving

ReadPage = Callable[[RawPage], Extracted]

_RULES = TypeAdapter(ReadingRules)
_PAGE = TypeAdapter(RawPage)
_EXTRACTED = TypeAdapter(Extracted)


def rules_payload(given: ReadingRules) -> bytes:
    """What a worker is given first."""
    return _RULES.dump_json(given)


def rules_from(payload: bytes) -> ReadingRules:
    """What `rules_payload` told. Errors: ValueError when it is none."""
    return _RULES.validate_json(payload)


def page_head(page: RawPage) -> bytes:
    """A page without its body. Errors: ValueError for text that has no UTF-8."""
    return _PAGE.dump_json(page, exclude={"body"})


def extracted_from(answer: bytes) -> Extracted:
    """What an answer holds. Errors: ValueError when it is none."""
    return _EXTRACTED.validate_json(answer)


def serve(reader: Callable[[ReadingRules], ReadPage]) -> None:
    """Read pages until the input ends. `reader` makes the function that reads one."""

    def make(payload: bytes) -> serving.Answer:
        read = reader(rules_from(payload))

        def answer(head: bytes, body: bytes) -> bytes:
            page: Any = {**json.loads(head), "body": body}
            return _EXTRACTED.dump_json(read(_PAGE.validate_python(page)))

        return answer

    serving.serve(make)


def reader_of(given: ReadingRules) -> ReadPage:
    """Reads pages with the extractor, warmed up."""
    from monitor.articles.extract import extract_page
    from monitor.articles.language import build_detector

    detect = build_detector()

    def read(page: RawPage) -> Extracted:
        return extract_page(
            page.body,
            url=page.url,
            content_type=page.content_type,
            source_zone=page.source_zone,
            feed_title=page.feed_title,
            feed_summary=page.feed_summary,
            feed_text=page.feed_text,
            feed_published=page.feed_published,
            now=page.now,
            detect=detect,
            rules=given.rules,
            months=given.months,
            selectors=page.selectors,
        )

    return read


if __name__ == "__main__":
    serve(reader_of)
