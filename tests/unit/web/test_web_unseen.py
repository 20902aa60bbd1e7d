"""What may have kept stories from us, in words."""

import pytest

from monitor.core.ids import SourceId
from monitor.core.ledger import Reason
from monitor.gaps.types import Reasons
from monitor.web.unseen import unseen_lines
from monitor.web.words import languages, page_words

SOURCES = tuple(SourceId(name) for name in ("agency", "daily", "gorki"))


def reasons(**told: object) -> Reasons:
    given: dict[str, object] = {
        "sources_in_scope": 9, "sources_observed": 7, "sources_dead": (), "sources_silent": (),
        "outlets_without_address": 0, "weeks": 52.0, "below_gate_pairs": 0, "undecided": 0,
        "sibling_links": 0, "unread_pages": 0,
    }  # fmt: skip
    return Reasons(**{**given, **told})  # type: ignore[arg-type]  # a table of plain values


def test_a_zero_is_split_into_its_causes_the_most_frequent_reason_first() -> None:
    told = reasons(
        unread_pages=1234,
        unread_reasons={"timeout": 400, "dns": 100, "http_4xx": 700, "no_text": 30, "": 4},
        sources_dead=SOURCES[:1],
        sources_overflowed=SOURCES[1:],
        sources_late=SOURCES,
        outlets_without_address=12,
    )
    split = "700 refused by the site, 500 without an answer, 30 without a text and 4 still in the queue"
    assert unseen_lines(told, page_words("en")) == (
        f"Pages of the sources that could not be read: 1,234 ({split})",
        "Sources that do not answer: 1",
        "Sources whose feed ran over, so that some news may have gone unseen: 2",
        "Sources read only since some time into the period: 3",
        "Outlets of these places that we do not read: 12",
    )


@pytest.mark.parametrize("lang", languages())
def test_every_reason_of_the_ledger_has_words(lang: str) -> None:
    for reason in ("", *Reason):
        (line,) = unseen_lines(reasons(unread_pages=7, unread_reasons={reason: 7}), page_words(lang))
        assert line.count("7") == 2
        assert "unseen." not in line


def test_where_nothing_was_lost_nothing_is_said() -> None:
    assert unseen_lines(reasons(), page_words("ru")) == ()


def test_a_table_of_an_older_program_tells_the_number_alone() -> None:
    lines = unseen_lines(reasons(unread_pages=3), page_words("ru"))
    assert lines == ("Страницы источников, которые не удалось прочитать: 3",)
