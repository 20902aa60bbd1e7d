"""One holder at a time, on both databases; a holder that is gone is replaced within a minute."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.core.db import Db
from monitor.core.lease import (
    LOST_AFTER_S,
    Holder,
    Lease,
    LockLease,
    RowLease,
    find_holder,
    is_gone,
    lease_on,
)
from tests.conftest import Server
from tests.service_world import NOW, Settable


@pytest.fixture
def sqlite_db(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Db]:
    """A migrated SQLite database: the lease is a row there."""
    path = tmp_path / "test.sqlite"
    path.write_bytes(migrated_sqlite.read_bytes())
    db = Db(f"sqlite:///{path}")
    yield db
    db.close()


def stranger(db: Db, clock: Settable) -> Lease:
    """The lease as a process of another machine would ask for it."""
    if not db.is_sqlite:
        return LockLease(db, "service")
    return RowLease(db, "service", monotonic=clock, place="elsewhere")


def test_the_second_stands_by_until_the_first_gives_it_back(db: Db) -> None:
    first, second = stranger(db, Settable()), lease_on(db, "service")
    assert (first.take(NOW), second.take(NOW), first.renew()) == (True, False, True)
    with db.begin() as tx:
        assert find_holder(tx, "service") is not None
    first.give_back()
    assert (second.take(NOW), first.renew(), second.renew()) == (True, False, True)
    second.give_back()
    with db.begin() as tx:
        assert find_holder(tx, "service") is None


def test_a_row_that_is_renewed_is_never_taken_however_long_it_takes(sqlite_db: Db) -> None:
    db = sqlite_db
    mine, theirs = Settable(), Settable()
    first = RowLease(db, "service", monotonic=mine)
    second = RowLease(db, "service", monotonic=theirs, place="x")
    assert first.take(NOW)
    for _ in range(20):
        theirs.now += LOST_AFTER_S / 2
        assert first.renew()
        assert not second.take(NOW)


def test_a_row_that_stands_still_is_taken_and_its_old_holder_learns_it(sqlite_db: Db) -> None:
    db = sqlite_db
    theirs = Settable()
    first, second = RowLease(db, "service"), RowLease(db, "service", monotonic=theirs, place="x")
    assert first.take(NOW)
    taken = []
    for _ in range(12):
        taken.append(second.take(NOW))
        theirs.now += 5.0
    assert taken.index(True) * 5.0 == LOST_AFTER_S
    assert not first.renew()
    assert second.renew()


def test_the_holder_holds_on_while_the_database_is_locked_but_not_for_ever(sqlite_db: Db) -> None:
    db, clock = sqlite_db, Settable()

    @sa.event.listens_for(db.engine, "connect")
    def impatient(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=20")

    lease = RowLease(db, "service", monotonic=clock)
    assert lease.take(NOW)
    other = Db(db.engine.url.render_as_string())
    with other.begin():
        clock.now = LOST_AFTER_S - 1
        assert lease.renew()
        clock.now = LOST_AFTER_S + 1
        assert not lease.renew()
    assert lease.renew()
    other.close()


def test_a_lock_is_lost_with_its_connection_and_can_be_taken_again(
    postgres_server: Server, migrated_postgres: str
) -> None:
    with postgres_server.database(migrated_postgres) as db:
        lease = LockLease(db, "service")
        assert lease.take(NOW)
        with db.engine.connect() as other:
            kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            other.execute(sa.text(f"{kill} AND datname = current_database()"))
        assert not lease.renew()
        assert lease.take(NOW)
        assert lease.renew()
        lease.give_back()


def test_a_process_is_gone_only_where_its_number_can_be_asked() -> None:
    holder = Holder("paper:77", "token", place="boot-1 ns-1", pid=77, beat=3)

    def gone(place: str, own_pid: int, alive: bool) -> bool:
        return is_gone(holder, place=place, own_pid=own_pid, alive=lambda pid: alive and pid == 77)

    assert gone("boot-1 ns-1", 80, False)
    assert gone("boot-1 ns-1", 77, True)  # we have its number, so it is not there any more
    assert not gone("boot-1 ns-1", 80, True)
    assert not gone("boot-1 ns-2", 77, False)  # another container with a process of our number
    assert not gone("", 80, False)
