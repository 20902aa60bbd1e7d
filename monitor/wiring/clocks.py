"""Moments on record, and what a wrong clock has left behind: waits of a time that has not come yet."""

from datetime import datetime, timedelta, tzinfo

import sqlalchemy as sa

from monitor.articles.tables import DATED, articles
from monitor.core.clock import day_start, week_of, week_start
from monitor.core.db import Tx
from monitor.core.ids import Week
from monitor.core.runs import find_fact, put_fact
from monitor.crawl.tables import checks, feeds
from monitor.reports.tables import notices, outbox
from monitor.review.store import forget_empty_draws_after

_FIRST_START = "service.first_start"  # fact
_TOLD = "mail.digest"  # fact: until when failures of mails were told
_NO_MATTER = timedelta(minutes=5)  # time servers set clocks by less


def is_clock_back(tx: Tx, *, now: datetime) -> bool:
    """Whether polls are on record that were made after `now`: the clock was ahead then, or is behind now."""
    last: datetime | None = tx.execute(sa.select(sa.func.max(checks.c.at))).scalar_one()
    return last is not None and last > now + _NO_MATTER


def is_known(tx: Tx, week: Week, *, zone: tzinfo) -> bool:
    """Whether anything is on record of a week: a feed that was asked, or an article that came out in it.

    Of weeks that a clock which is ahead calls over there is nothing. Of one in which the service was away
    there are the articles that feeds still listed when it came back.
    """
    monday = week_start(week)
    began, ended = day_start(monday, zone), day_start(monday + timedelta(weeks=1), zone)
    asked = sa.select(checks.c.at).where(checks.c.at >= began, checks.c.at < ended)
    written = sa.select(articles.c.id).where(began <= DATED, ended > DATED)
    return any(tx.execute(query.limit(1)).first() is not None for query in (asked, written))


def first_start(tx: Tx) -> datetime | None:
    """When a service first ran on this database, None where none has."""
    known = find_fact(tx, _FIRST_START)
    return None if known is None else datetime.fromisoformat(known)


def note_first_start(tx: Tx, *, now: datetime) -> datetime:
    """When a service first ran on this database; now, where none has."""
    known = first_start(tx)
    if known is None:
        put_fact(tx, _FIRST_START, now.isoformat())
    return known or now


def told_until(tx: Tx) -> datetime | None:
    """Until when the operator was told which mails failed; None before the first digest."""
    told = find_fact(tx, _TOLD)
    return None if told is None else datetime.fromisoformat(told)


def tell_until(tx: Tx, at: datetime) -> None:
    """Note that failures up to a moment were told."""
    put_fact(tx, _TOLD, at.isoformat())


def settle_times(tx: Tx, *, now: datetime) -> int:
    """Make due what waits since a time after `now`; how many waits were ended. Failures of mails of such a
    time count as of now, so that the digest tells each once. Empty samples of weeks to come go: the review
    would show them as the newest until then, and a week is drawn once. Nothing else is changed: a clock
    that is behind comes here too.

    A clock that ran a year ahead for a minute would otherwise silence a year.
    """
    if not is_clock_back(tx, now=now):
        return 0
    _settle_failures(tx, now)
    forget_empty_draws_after(tx, week_of(now.date()))
    polled = sa.select(checks.c.feed_url).where(checks.c.at > now)
    waits = (
        sa.update(feeds)
        .where(feeds.c.next_check_at > now, feeds.c.url.in_(polled))
        .values(next_check_at=now),
        sa.update(articles).where(articles.c.next_fetch_at > now).values(next_fetch_at=now),
        sa.update(outbox).where(outbox.c.next_try_at > now).values(next_try_at=now),
        sa.update(notices).where(notices.c.next_try_at > now).values(next_try_at=now),
    )
    return sum(int(tx.execute(statement).rowcount) for statement in waits)


def _settle_failures(tx: Tx, now: datetime) -> None:
    ahead, told = outbox.c.changed_at > now, told_until(tx)
    if told is not None and told > now:
        before = now - timedelta(microseconds=1)
        tx.execute(sa.update(outbox).where(ahead, outbox.c.changed_at <= told).values(changed_at=before))
        tell_until(tx, before)
    tx.execute(sa.update(outbox).where(ahead).values(changed_at=now))
