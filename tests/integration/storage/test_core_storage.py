"""Ledger, runs, versions and facts on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from monitor.core import ledger_store, runs
from monitor.core.db import Db, group_in_memory
from monitor.core.ledger import Ending, LedgerEntry, Reason, Stage
from tests.conftest import Server

NOW = datetime(2026, 11, 16, 6, 30, tzinfo=UTC)


def entry(**changes: object) -> LedgerEntry:
    values: dict[str, object] = {
        "stage": Stage.FETCH,
        "item": "http://a.example/1",
        "ending": Ending.FAILED,
        "reason": Reason.TIMEOUT,
        "at": NOW,
        "source_id": "a",
    }
    return LedgerEntry(**{**values, **changes})  # type: ignore[arg-type]


def test_a_later_ending_of_the_same_item_replaces_the_earlier_one(db: Db) -> None:
    with db.begin() as tx:
        ledger_store.record(tx, entry())
        ledger_store.record(tx, entry(ending=Ending.DONE, reason=Reason.OK))
        ledger_store.record(tx, entry(item="http://a.example/2", detail="x" * 999))
        assert ledger_store.tally(tx) == {("fetch", "ok"): 1, ("fetch", "timeout"): 1}
        assert max(len(d) for d in tx.execute(sa.select(ledger_store.ledger.c.detail)).scalars()) == 300


def test_times_come_back_aware_and_in_utc_whatever_zone_they_had(db: Db) -> None:
    minsk = datetime(2026, 11, 16, 9, 0, tzinfo=timezone(timedelta(hours=3)))
    with db.begin() as tx:
        ledger_store.record(tx, entry(at=minsk))
        stored = tx.execute(sa.select(ledger_store.ledger.c.at)).scalar_one()
    assert stored == minsk
    assert stored.tzinfo is UTC


def test_a_naive_time_never_reaches_the_database(db: Db) -> None:
    with pytest.raises(sa.exc.StatementError, match="naive"), db.begin() as tx:
        ledger_store.record(tx, entry(at=datetime(2026, 11, 16)))  # noqa: DTZ001 - the point of the test


def test_a_failed_transaction_leaves_nothing(db: Db) -> None:
    with pytest.raises(ZeroDivisionError), db.begin() as tx:
        ledger_store.record(tx, entry())
        raise ZeroDivisionError
    with db.begin() as tx:
        assert ledger_store.tally(tx) == {}


def test_one_version_of_a_stage_is_current_and_an_old_one_can_come_back(db: Db) -> None:
    with db.begin() as tx:
        first = runs.ensure_version(tx, "tag", "model-a", {"model": "a"}, at=NOW)
        second = runs.ensure_version(tx, "tag", "model-b", {"model": "b"}, at=NOW)
        other = runs.ensure_version(tx, "link", "model-a", {}, at=NOW)
        assert runs.current_version(tx, "tag") == second
        assert runs.ensure_version(tx, "tag", "model-a", {}, at=NOW) == first
        assert runs.current_version(tx, "tag") == first
        assert runs.current_version(tx, "link") == other


def test_a_run_keeps_its_counts_and_a_killed_one_stays_open(db: Db) -> None:
    with db.begin() as tx:
        done = runs.open_run(tx, "crawl", at=NOW)
        runs.open_run(tx, "crawl", at=NOW)
        runs.close_run(tx, done, at=NOW, ending="done", counts={"new": 3})
    with db.begin() as tx:
        rows = tx.execute(sa.select(runs.runs.c.ending, runs.runs.c.counts).order_by(runs.runs.c.id)).all()
    assert [tuple(row) for row in rows] == [("done", {"new": 3}), (None, None)]


def test_a_fact_can_be_changed_and_an_unknown_one_is_none(db: Db) -> None:
    with db.begin() as tx:
        runs.put_fact(tx, "demo.tick", 3)
        runs.put_fact(tx, "demo.tick", {"day": 4})
        assert runs.find_fact(tx, "demo.tick") == {"day": 4}
        assert runs.find_fact(tx, "nothing") is None


def test_who_reads_sees_one_moment_whatever_is_written_meanwhile(db: Db) -> None:
    with db.reading() as tx:
        assert runs.find_fact(tx, "a") is None
        with db.begin() as other:
            runs.put_fact(other, "a", 1)
            ledger_store.record(other, entry())
        assert runs.find_fact(tx, "a") is None
        assert ledger_store.tally(tx) == {}
    with db.reading() as tx:  # the same connection again
        assert (runs.find_fact(tx, "a"), ledger_store.tally(tx)) == (1, {("fetch", "timeout"): 1})
    with db.begin() as tx:  # and again, to write
        runs.put_fact(tx, "a", 2)
    with db.begin() as tx:
        assert runs.find_fact(tx, "a") == 2


def test_rows_are_grouped_in_memory_for_one_transaction_only(postgres_server: Server) -> None:
    with postgres_server.database() as db:
        bounds = []
        for prepare in (lambda _: None, group_in_memory, lambda _: None):
            with db.reading() as tx:
                prepare(tx)
                bounds.append(tx.exec_driver_sql("SHOW work_mem").scalar_one())
    assert bounds == ["4MB", "64MB", "4MB"]
