"""What mails have shown is kept once, with the facts of the row as it was, and rests the row."""

from datetime import date, timedelta

from monitor.core.db import Db
from monitor.core.ids import FamilyId, PlaceId, Week
from monitor.gaps.rest import Showing
from monitor.gaps.said import Rest
from monitor.gaps.showings import record_showings, showings_until
from monitor.gaps.stage import store_table
from tests.integration.gaps.test_gaps_stage import (  # noqa: F401
    NOW,
    WEEK,
    counted,
    report,
    row,
    table,
    watch_all,
    writer,
)
from tests.make_gaps import Writer

HERE, FAMILY = PlaceId("by-mogilev-region"), FamilyId("AGR-0002")


def show(db: Db, week: str, day: date) -> int:
    with db.begin() as tx:
        return record_showings(tx, week=Week(week), region=HERE, families=[FAMILY], shown_on=day)


def test_a_row_is_kept_once_a_week_with_the_facts_it_had(db: Db, writer: Writer) -> None:  # noqa: F811
    watch_all(db, writer)
    made = counted(db)
    found = made.table
    store_table(db=db, counted=made)
    assert (show(db, WEEK, NOW.date()), show(db, WEEK, NOW.date() + timedelta(days=1))) == (1, 0)
    with db.begin() as tx:
        kept = showings_until(tx, NOW.date())
        assert showings_until(tx, NOW.date() - timedelta(days=1)) == {}
    assert kept == {FAMILY: [Showing(Week(WEEK), HERE, row(found, FAMILY).facts, NOW.date())]}


def test_a_gap_shown_three_times_rests_and_waits_until_something_is_new(db: Db, writer: Writer) -> None:  # noqa: F811
    watch_all(db, writer)
    store_table(db=db, counted=counted(db))
    fresh = row(table(db), FAMILY)
    with db.begin() as tx:  # the same facts as now, in the three weeks before
        for n in (3, 2, 1):
            week = Week(f"2026-W{22 - n}")
            tx.exec_driver_sql(
                "INSERT INTO gap_rows SELECT "
                f"'{week}', window_weeks, family_id, state, score, doc FROM gap_rows WHERE week = '{WEEK}'"
            )
            day = NOW.date() - timedelta(weeks=n)
            assert record_showings(tx, week=week, region=HERE, families=[FAMILY], shown_on=day) == 1
    resting = row(table(db), FAMILY)
    last = NOW.date() - timedelta(weeks=1)
    assert resting.rests == (Rest(HERE, last + timedelta(weeks=8), "shown"),)
    assert resting.importance["waiting"] < fresh.importance["waiting"]
    report(db, writer, FAMILY, 1)
    assert row(table(db), FAMILY).rests == ()
