"""What a clock that was ahead leaves behind: tables and samples of weeks to come."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from monitor.articles.audit_tables import audit_draws
from monitor.core.db import Db
from monitor.core.ids import Week
from monitor.core.runs import ensure_version
from monitor.crawl.tables import checks
from monitor.gaps.latest import find_latest_origin, find_latest_row
from monitor.gaps.store import store_table
from monitor.gaps.types import State
from monitor.review.queues import last_draw
from monitor.wiring.clocks import settle_times
from tests import make
from tests.make_reports import gap_row, table

NOW = datetime(2025, 11, 24, 4, 50, tzinfo=UTC)
LAST, TO_COME = Week("2025-W47"), Week("2026-W47")


def test_the_newest_table_and_sample_are_not_those_of_weeks_to_come(db: Db) -> None:
    row = gap_row("AGR-0186", State.UNCOVERED, 0.9)
    with db.begin() as tx:
        make.add_source(tx, "gorki")
        found = {"ending": "done", "reason": "ok", "n_entries": 1, "n_new": 0, "overflow": False}
        polled = {"source_id": "gorki", "feed_url": "http://gorki.example/feed", "warnings": []}
        tx.execute(sa.insert(checks).values(**polled, **found, at=NOW + timedelta(days=365)))
        versions = [ensure_version(tx, stage, "one", {}, at=NOW).id for stage in ("tag", "link")]
        for week in (LAST, TO_COME):
            store_table(tx, table([row], week=week), tag_version_id=1, link_version_id=2, at=NOW)
            drawn = {"tag_version_id": versions[0], "link_version_id": versions[1], "doc": {}}
            tx.execute(sa.insert(audit_draws).values(week=week, drawn_at=NOW, **drawn))
        settle_times(tx, now=NOW)
        latest = find_latest_origin(tx, 52)
        family = find_latest_row(tx, row.family, 52)
        assert latest is not None and latest[0] == LAST
        assert family is not None and family[0] == LAST
        assert last_draw(tx) == LAST
