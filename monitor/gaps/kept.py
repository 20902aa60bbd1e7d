"""Stretches of the press as they are kept by week, counted where they are not.

A kept week is believed while no day of it is marked; the database marks a day when an article, a judgement, a
correction, a tie or an ending in the ledger changes anything that was counted on it (migration 0019).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

import sqlalchemy as sa

from monitor.core.collection import no_collection
from monitor.core.db import Db, Tx
from monitor.core.runs import current_version, put_fact
from monitor.crawl.history import LOOK_BACK, first_good_poll, published_days
from monitor.gaps.listed import (
    Listed,
    columns_of,
    days_of,
    days_together,
    listed_doc,
    pages_of,
    pages_together,
)
from monitor.gaps.readings import Window
from monitor.gaps.stretch import Stretch, stretch_of, to_doc
from monitor.gaps.stretch_counts import count_stretch
from monitor.gaps.tables import count_marks, kept_weeks
from monitor.gaps.watching import read_pages

_FORMAT = 2  # of the documents; those of another one are counted anew
_MOMENT = timedelta(microseconds=1)
_LOCK = "gaps.keeping"


class Span(NamedTuple):
    """From a moment to before another."""

    start: datetime
    stop: datetime

    @property
    def days(self) -> frozenset[date]:
        """Days of UTC that it touches."""
        first, last = self.start.date(), (self.stop - _MOMENT).date()
        return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))


@dataclass(frozen=True, slots=True)
class Press:
    """The press of a window, and its days with items from `LOOK_BACK` before it on."""

    stretches: tuple[Stretch, ...]
    listed: Listed


def read_press(tx: Tx, window: Window, *, end: datetime, tag_version: int) -> Press:
    """The press of a window: kept weeks, and what they leave out counted now. Reads only.

    `end`: the last moment that can have been seen.
    """
    since, whole = window.start - LOOK_BACK, Span(window.start, window.stop)
    seen = Span(whole.start, max(end, whole.start))
    kept = {span: doc for span, doc in _kept(tx, since, tag_version).items() if span.stop <= seen.stop}
    inside = {span: doc for span, doc in kept.items() if span.start >= whole.start}
    open_spans = left_out(whole, list(inside))
    stretches = [stretch_of(doc) for doc in inside.values()]
    stretches += [count_stretch(tx, *span, tag_version) for span in open_spans]
    pages = [pages_of(doc) for doc in inside.values()]
    pages += [read_pages(tx, *span, tag_version) for span in left_out(seen, list(inside))]
    days = [(span, days_of(doc)) for span, doc in kept.items()]
    for span in left_out(Span(since, seen.stop), list(kept)):
        days.append((span, columns_of(published_days(tx, *span))))
    in_order = [columns for _, columns in sorted(days, key=lambda one: one[0])]
    return Press(tuple(stretches), Listed(pages_together(pages), days_together(in_order)))


def left_out(whole: Span, parts: Sequence[Span]) -> list[Span]:
    """What is left of a span without its parts."""
    left, at = [], whole.start
    for part in sorted(parts):
        if at < part.start:
            left.append(Span(at, part.start))
        at = max(at, part.stop)
    return [*left, Span(at, whole.stop)] if at < whole.stop else left


def _kept(tx: Tx, since: datetime, tag_version: int) -> dict[Span, dict[str, Any]]:
    """Documents of the kept weeks that begin at `since` or later and can be believed."""
    marked = set(tx.execute(sa.select(count_marks.c.day).distinct()).scalars())
    query = (
        sa.select(kept_weeks.c.start_at, kept_weeks.c.stop_at, kept_weeks.c.doc)
        .where(kept_weeks.c.start_at >= since, kept_weeks.c.tag_version_id == tag_version)
        .where(kept_weeks.c.format == _FORMAT)
        .order_by(kept_weeks.c.start_at)
    )
    found: dict[Span, dict[str, Any]] = {}
    for start, stop, doc in tx.execute(query):
        span = Span(start, stop)
        if marked.isdisjoint(span.days) and all(span.start >= other.stop for other in found):
            found[span] = doc
    return found


def keep_weeks(
    *, db: Db, upto: date, weeks: int, now: datetime, zone: tzinfo, progress: Callable[[str, int, int], None]
) -> int:
    """Count and keep the weeks of a table that ends with the Sunday `upto`; how many were counted.

    Weeks that are kept and have not changed are left alone; a week that is not over is not kept.
    """
    due = _to_keep(db, upto, weeks, now, zone)
    for n, span in enumerate(due, 1):
        with db.begin() as tx:
            tag = _begin(tx)
            if tag is not None:
                _keep(tx, span, tag)
        progress("weeks counted", n, len(due))
    return len(due)


def _to_keep(db: Db, upto: date, weeks: int, now: datetime, zone: tzinfo) -> list[Span]:
    """Forget the weeks that have changed; those that are then not kept."""
    with db.begin() as tx:
        tag, began = _begin(tx), first_good_poll(tx)
        if tag is None or began is None:
            return []
        marked = set(tx.execute(sa.delete(count_marks).returning(count_marks.c.day)).scalars())
        spans = tx.execute(sa.select(kept_weeks.c.start_at, kept_weeks.c.stop_at)).all()
        old = [start for start, stop in spans if not marked.isdisjoint(Span(start, stop).days)]
        is_other = sa.or_(kept_weeks.c.tag_version_id != tag, kept_weeks.c.format != _FORMAT)
        tx.execute(sa.delete(kept_weeks).where(sa.or_(is_other, kept_weeks.c.start_at.in_(old))))
        kept = set(tx.execute(sa.select(kept_weeks.c.start_at)).scalars())
    wanted = _weeks(upto, weeks, zone)
    since = min(began, wanted[-1].start) - LOOK_BACK
    return [span for span in wanted if span.stop <= now and span.start >= since and span.start not in kept]


def _weeks(upto: date, weeks: int, zone: tzinfo) -> list[Span]:
    """Calendar weeks of the newsroom that end with `upto`, and those that tell of its sources' rhythm."""
    n = weeks + LOOK_BACK // timedelta(weeks=1) + 1
    found = []
    for back in range(n - 1, -1, -1):
        last = upto - timedelta(weeks=back)
        window = Window(last - timedelta(days=6), last, zone)
        found.append(Span(window.start, window.stop))
    return found


def _begin(tx: Tx) -> int | None:
    """The current tags; from here on nobody else keeps weeks until the transaction ends."""
    put_fact(tx, _LOCK, 1)
    tag = current_version(tx, "tag")
    return None if tag is None else tag.id


@no_collection()
def _keep(tx: Tx, span: Span, tag_version: int) -> None:
    listed = Listed(read_pages(tx, *span, tag_version), published_days(tx, *span))
    doc = {**to_doc(count_stretch(tx, *span, tag_version)), **listed_doc(listed)}
    row = {"start_at": span.start, "stop_at": span.stop, "tag_version_id": tag_version}
    tx.execute(sa.insert(kept_weeks).values(**row, format=_FORMAT, doc=doc))
