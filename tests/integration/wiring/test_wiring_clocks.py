"""What a clock that was ahead leaves behind: tables and samples of weeks to come."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from monitor.articles.audit_tables import audit_draws
from monitor.core.db import Db, Tx
from monitor.core.ids import Week
from monitor.core.runs import ensure_version
from monitor.crawl.tables import checks
from monitor.gaps.latest import find_latest_origin, find_latest_row
from monitor.gaps.store import find_week_before, store_table
from monitor.gaps.types import State
from monitor.review.queues import last_draw
from monitor.wiring.clocks import settle_times
from tests import make
from tests.make_reports import gap_row, table

NOW = datetime(2025, 11, 24, 4, 50, tzinfo=UTC)
LAST, TO_COME = Week("2025-W47"), Week("2026-W47")


ROW = gap_row("AGR-0186", State.UNCOVERED, 0.9)


def two_years(tx: Tx) -> None:
    """Tables and samples of the last week and of one to come, and a poll by a clock that was ahead."""
    make.add_source(tx, "gorki")
    found = {"ending": "done", "reason": "ok", "n_entries": 1, "n_new": 0, "overflow": False}
    polled = {"source_id": "gorki", "feed_url": "http://gorki.example/feed", "warnings": []}
    tx.execute(sa.insert(checks).values(**polled, **found, at=NOW + timedelta(days=365)))
    versions = [ensure_version(tx, stage, "one", {}, at=NOW).id for stage in ("tag", "link")]
    for week in (LAST, TO_COME):
        store_table(tx, table([ROW], week=week), tag_version_id=1, link_version_id=2, at=NOW)
        drawn = {"tag_version_id": versions[0], "link_version_id": versions[1], "doc": {}}
        tx.execute(sa.insert(audit_draws).values(week=week, drawn_at=NOW, **drawn))


def test_the_newest_table_and_sample_are_not_those_of_weeks_to_come(db: Db) -> None:
    with db.begin() as tx:
        two_years(tx)
        settle_times(tx, now=NOW)
        latest = find_latest_origin(tx, 52, until=LAST)
        family = find_latest_row(tx, ROW.family, 52, until=LAST)
        assert latest is not None and latest[0] == LAST
        assert family is not None and family[0] == LAST
        assert last_draw(tx) == LAST


def test_a_clock_that_is_behind_takes_no_table_away(db: Db) -> None:
    """A machine without a battery begins in 1970, before it has asked anybody for the time."""
    with db.begin() as tx:
        two_years(tx)
        settle_times(tx, now=datetime(1970, 1, 1, 0, 5, tzinfo=UTC))
        assert find_latest_origin(tx, 52, until=Week("1969-W52")) is None
        assert [find_week_before(tx, Week("9999-W01"), 52), find_week_before(tx, TO_COME, 52)] == [
            TO_COME,
            LAST,
        ]
