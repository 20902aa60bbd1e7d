"""What the sources listed in a stretch of time, and stretches put together. Pure.

Days with items are columns: of a year's press there are a hundred thousand, and each table looks at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from monitor.core.ids import SourceId
from monitor.crawl.rhythm import Days, Given, Ints
from monitor.gaps.readings import Pages


@dataclass(frozen=True, slots=True)
class Listed:
    """What the sources listed in a stretch: pages and what became of them, and their days with items."""

    pages: Mapping[SourceId, Pages]
    days: Mapping[SourceId, Given]


@dataclass(frozen=True, slots=True)
class DayColumns:
    """Days with items of several sources, each source's in time order.

    Shapes: `n` one entry a source, `rows` (sum of n, 3). Units: first and last moment in microseconds since
    1970, items.
    """

    sources: Sequence[SourceId]
    n: Sequence[int]
    rows: Ints


def columns_of(days: Mapping[SourceId, Given]) -> DayColumns:
    """Days by source as columns."""
    parts = [Days.of(found) for found in days.values()]
    rows = [np.stack([part.first_at, part.last_at, part.items], axis=1) for part in parts]
    empty = np.empty((0, 3), dtype=np.int64)
    return DayColumns(list(days), [len(part) for part in rows], np.concatenate([empty, *rows]))


def days_together(parts: Sequence[DayColumns]) -> dict[SourceId, Given]:
    """Stretches in time order; a day that was cut by their edge is one day again."""
    sources = list(dict.fromkeys(source for part in parts for source in part.sources))
    number = {source: n for n, source in enumerate(sources)}
    owners = [number[source] for part in parts for source in part.sources]
    owner = np.repeat(np.array(owners, dtype=np.int64), [n for part in parts for n in part.n])
    rows = np.concatenate([np.empty((0, 3), dtype=np.int64), *(part.rows for part in parts)])
    if not len(rows):
        return {}
    by_source = np.argsort(owner, kind="stable")
    owner, rows = owner[by_source], rows[by_source]
    on = Days(rows[:, 0], rows[:, 1], rows[:, 2]).on
    is_new = np.ones(len(rows), dtype=bool)
    is_new[1:] = (owner[1:] != owner[:-1]) | (on[1:] != on[:-1])
    starts = np.flatnonzero(is_new)
    first_at, last_at = rows[starts, 0], rows[np.append(starts[1:], len(rows)) - 1, 1]
    items = np.add.reduceat(rows[:, 2], starts)
    edges = np.searchsorted(owner[starts], np.arange(len(sources) + 1)).tolist()
    return {
        source: Days(first_at[a:b], last_at[a:b], items[a:b])
        for source, a, b in zip(sources, edges[:-1], edges[1:], strict=True)
    }


def pages_together(parts: Sequence[Mapping[SourceId, Pages]]) -> dict[SourceId, Pages]:
    """The pages of all stretches."""
    found: dict[SourceId, list[Pages]] = {}
    for part in parts:
        for source, pages in part.items():
            found.setdefault(source, []).append(pages)
    return {source: _added(pages) for source, pages in found.items()}


def _added(parts: Sequence[Pages]) -> Pages:
    reasons: dict[str, int] = {}
    for part in parts:
        for reason, n in part.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + n
    return Pages(
        sum([part.listed for part in parts]),
        sum([part.unread for part in parts]),
        sum([part.judged for part in parts]),
        dict(sorted(reasons.items())),
    )


def listed_doc(listed: Listed) -> dict[str, Any]:
    """As JSON values, to be kept."""
    days = columns_of(listed.days)
    first_at, last_at, items = days.rows.T.tolist()
    return {
        "pages": {s: [p.listed, p.unread, p.judged, dict(p.reasons)] for s, p in listed.pages.items()},
        "days": {
            "sources": list(days.sources),
            "n": list(days.n),
            "first_at": first_at,
            "last_at": last_at,
            "items": items,
        },
    }


def pages_of(doc: Mapping[str, Any]) -> dict[SourceId, Pages]:
    """The pages of a document that `listed_doc` made."""
    return {SourceId(s): Pages(*p) for s, p in doc["pages"].items()}


def days_of(doc: Mapping[str, Any]) -> DayColumns:
    """The days with items of a document that `listed_doc` made."""
    days = doc["days"]
    rows = np.array([days["first_at"], days["last_at"], days["items"]], dtype=np.int64).T
    return DayColumns(days["sources"], days["n"], rows)
