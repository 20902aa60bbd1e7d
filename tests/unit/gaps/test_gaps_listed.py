"""Stretches of what sources listed, put together again."""

import json
from datetime import UTC, datetime

from monitor.core.ids import SourceId
from monitor.crawl.rhythm import Given, Published, ticks
from monitor.gaps.listed import (
    Listed,
    columns_of,
    days_of,
    days_together,
    listed_doc,
    pages_of,
    pages_together,
)
from monitor.gaps.readings import Pages

DAILY, PAPER, NEW = SourceId("daily"), SourceId("paper"), SourceId("new")


def at(day: int, hour: int = 0, second: float = 0.0) -> datetime:
    return datetime(2026, 3, day, hour, 0, int(second), round(second % 1 * 1e6), UTC)


def told(days: dict[SourceId, Given]) -> dict[SourceId, list[tuple[int, int, int]]]:
    columns = columns_of(days)
    rows = iter(columns.rows.tolist())
    return {
        source: [tuple(next(rows)) for _ in range(n)]
        for source, n in zip(columns.sources, columns.n, strict=True)
    }


FIRST: dict[SourceId, Given] = {
    DAILY: [Published(at(1, 3), at(1, 9), 4), Published(at(2, 5), at(2, 20), 2)],
    PAPER: [Published(at(1), at(1), 1)],
}
SECOND: dict[SourceId, Given] = {
    PAPER: [Published(at(3, 7), at(3, 8), 2)],
    DAILY: [Published(at(2, 21), at(2, 23, 0.5), 3), Published(at(3, 1), at(3, 2), 1)],
    NEW: [Published(at(2, 22), at(2, 22), 1)],
}
THIRD: dict[SourceId, Given] = {DAILY: [Published(at(3, 4), at(3, 4), 5)], NEW: [Published(at(4), at(4), 1)]}


def test_a_day_that_was_cut_is_one_day_again() -> None:
    parts = [columns_of(part) for part in (FIRST, {}, SECOND, THIRD)]
    assert told(days_together(parts)) == told(
        {
            DAILY: [
                Published(at(1, 3), at(1, 9), 4),
                Published(at(2, 5), at(2, 23, 0.5), 5),
                Published(at(3, 1), at(3, 4), 6),
            ],
            PAPER: [Published(at(1), at(1), 1), Published(at(3, 7), at(3, 8), 2)],
            NEW: [Published(at(2, 22), at(2, 22), 1), Published(at(4), at(4), 1)],
        }
    )
    assert days_together([]) == {}


def test_what_is_kept_is_what_was_listed() -> None:
    pages = {DAILY: Pages(9, 2, 7, {"timeout": 2}), PAPER: Pages(3, 0, 3)}
    doc = json.loads(json.dumps(listed_doc(Listed(pages, FIRST))))
    assert pages_of(doc) == pages
    assert told(days_together([days_of(doc)])) == told(FIRST)
    assert told(FIRST)[PAPER] == [(ticks(at(1)), ticks(at(1)), 1)]
    nothing = json.loads(json.dumps(listed_doc(Listed({}, {}))))
    assert (pages_of(nothing), days_together([days_of(nothing)])) == ({}, {})


def test_pages_of_stretches_are_added_up() -> None:
    parts = [
        {DAILY: Pages(9, 2, 7, {"timeout": 1, "robots": 1}), PAPER: Pages(3, 0, 3)},
        {DAILY: Pages(4, 1, 2, {"": 1}), NEW: Pages(1, 1, 0, {"timeout": 1})},
        {DAILY: Pages(1, 1, 0, {"timeout": 1})},
    ]
    assert pages_together(parts) == {
        DAILY: Pages(14, 4, 9, {"": 1, "robots": 1, "timeout": 2}),
        PAPER: Pages(3, 0, 3),
        NEW: Pages(1, 1, 0, {"timeout": 1}),
    }
