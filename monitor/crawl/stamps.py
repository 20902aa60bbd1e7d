"""Dates that a template gives to all its pages: today's, the day on which the site was made.

They are told from a story's own by the outlet's other stories with the same moment, and by the feed's date.

The first stories keep such a date after it was found out. They are what it is known by: without them the
next three would be believed. What their feed said was let go when the page's date was taken, and the day on
which they were first seen is for a first list the day on which the outlet was added: months of news on one
day. And a new date means judging, linking and counting anew, for three stories an outlet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.articles.types import ArticleState, Extracted
from monitor.core.db import Tx
from monitor.crawl.archived import PUBLISHED_FROM
from monitor.crawl.decide_page import ListedPage

# Where a template can have put it; a rule of ours and the address name the story's own
_OF_TEMPLATES = frozenset({"meta", "json_ld", "time_tag", "visible"})
_OFTEN = 3  # other stories with the same moment: two of one hour's news may share a minute
_RECENT = 8  # stories of the outlet of which none has another date of its own
_APART = timedelta(days=1)  # from the feed's date: zones and editions move it by hours
_LATE = timedelta(days=7)  # an edition that is put up in parts is there within a week
_AT_THE_VISIT = timedelta(minutes=10)  # the clock of the site's server beside ours


@dataclass(frozen=True, slots=True)
class Others:
    """The outlet's other stories. `sharing_seen_at`: when those with the same moment were first seen.

    `has_other_dates`: one of the last has another date of its own page's.
    """

    sharing_seen_at: Sequence[datetime]
    has_other_dates: bool


def is_templates(at: datetime, page: ListedPage, others: Others, *, visited_at: datetime) -> bool:
    """Whether a page's date is its template's; pure.

    Against the feed's date of another day: the moment of our visit; or one that other stories have too, and
    it is today's or the only one of the outlet. Where the feed gives none: one that others have, and the
    story was first seen today as well (so that little is lost), or long after that date in a later list.
    """
    zone = ZoneInfo(page.zone)
    is_todays = at.astimezone(zone).date() == visited_at.astimezone(zone).date()
    is_shared = len(others.sharing_seen_at) >= _OFTEN
    is_only = is_shared and not others.has_other_dates
    if page.published_at is not None:
        if abs(at - page.published_at) <= _APART:
            return False
        return abs(at - visited_at) <= _AT_THE_VISIT or is_only or (is_shared and is_todays)
    was_late = page.first_seen_at - at > _LATE
    return (is_shared and is_todays) or (
        is_only and was_late and min(others.sharing_seen_at) < page.first_seen_at
    )


def leave_out_templates(tx: Tx, read: Extracted, page: ListedPage, *, visited_at: datetime) -> Extracted:
    """What was read of a page, without its date where that is the template's; the note says so."""
    at = read.published_at
    if read.reason is not None or at is None or read.published_from not in _OF_TEMPLATES:
        return read
    if page.published_from == PUBLISHED_FROM:  # an archive's day: no feed's date, and years later
        return read
    if not is_templates(at, page, _others(tx, page, at), visited_at=visited_at):
        return read
    note = f"{at:%Y-%m-%d %H:%M} UTC is the date of all its pages"
    return replace(
        read, published_at=None, published_from="", note="; ".join(filter(None, (read.note, note)))
    )


def _others(tx: Tx, page: ListedPage, at: datetime) -> Others:
    ours = (
        articles.c.source_id == page.source_id,
        articles.c.state == ArticleState.READY.value,
        articles.c.id != page.id,
    )
    shared = sa.select(articles.c.first_seen_at).where(*ours, articles.c.published_at == at)
    sharing = list(tx.execute(shared.order_by(articles.c.first_seen_at).limit(_OFTEN)).scalars())
    if len(sharing) < _OFTEN:
        return Others(sharing, has_other_dates=True)
    dated = sa.select(articles.c.published_at, articles.c.published_from).where(*ours)
    last = tx.execute(dated.order_by(articles.c.id.desc()).limit(_RECENT)).all()
    return Others(sharing, any(row[0] != at and row[1] in _OF_TEMPLATES for row in last))
