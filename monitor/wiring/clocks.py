"""What a clock that was wrong has left behind: waits that began in a time that has not come yet."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core.db import Tx
from monitor.crawl.tables import checks, feeds
from monitor.reports.tables import outbox

_NO_MATTER = timedelta(minutes=5)  # time servers set clocks by less


def is_clock_back(tx: Tx, *, now: datetime) -> bool:
    """Whether polls are on record that were made after `now`: the clock was ahead then, or is behind now."""
    last: datetime | None = tx.execute(sa.select(sa.func.max(checks.c.at))).scalar_one()
    return last is not None and last > now + _NO_MATTER


def settle_times(tx: Tx, *, now: datetime) -> int:
    """Make due what waits since a time after `now`; how many waits were ended. Nothing else is changed.

    A clock that ran a year ahead for a minute would otherwise silence a year.
    """
    if not is_clock_back(tx, now=now):
        return 0
    polled = sa.select(checks.c.feed_url).where(checks.c.at > now)
    waits = (
        sa.update(feeds)
        .where(feeds.c.next_check_at > now, feeds.c.url.in_(polled))
        .values(next_check_at=now),
        sa.update(articles).where(articles.c.next_fetch_at > now).values(next_fetch_at=now),
        sa.update(outbox).where(outbox.c.next_try_at > now).values(next_try_at=now),
    )
    return sum(int(tx.execute(statement).rowcount) for statement in waits)
