"""The outside world gone: disk full, database locked or away, network down. The next run finishes."""

import os
import resource
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.errors import StorageError
from monitor.core.ledger import Reason
from monitor.core.progress import Progress
from monitor.crawl.types import Failed, FetchRequest, Outcome
from monitor.jobs import Job
from monitor.wiring import App
from tests.chaos.service.line import DAYS, NOW, Line, prepare, story
from tests.conftest import Server
from tests.service_world import add_run, endings, running, until

pytestmark = pytest.mark.slow
# A service whose clock lies before the line's polls takes its own for set back and makes all due again.
AFTER = NOW + timedelta(days=DAYS)
SLOW = 4.0  # seconds that the database is away; the service does not know how long it will be


@pytest.fixture
def line_db(db: Db) -> Db:
    prepare(db)
    return db


@pytest.fixture
def sqlite_file(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Path]:
    path = tmp_path / "line.sqlite"
    shutil.copy(migrated_sqlite, path)
    db = Db(f"sqlite:///{path}")
    prepare(db)
    db.close()
    yield path


@pytest.fixture
def expected(tmp_path: Path, migrated_sqlite: Path) -> dict[str, list[tuple[object, ...]]]:
    """What the stages write when nothing disturbs them."""
    path = tmp_path / "undisturbed.sqlite"
    shutil.copy(migrated_sqlite, path)
    db = Db(f"sqlite:///{path}")
    prepare(db)
    Line(db).run()
    found = story(db)
    db.close()
    return found


@pytest.mark.parametrize("kilobytes", [40, 120, 250, 400])
def test_a_disk_that_is_full_loses_nothing_and_the_next_run_finishes(
    sqlite_file: Path, expected: dict[str, list[tuple[object, ...]]], kilobytes: int
) -> None:
    size = sqlite_file.stat().st_size + kilobytes * 1000
    child = os.fork()
    if child == 0:  # a limit on the size of files is what a full disk is to SQLite, in a process of its own
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        with suppress(StorageError):
            Line(Db(f"sqlite:///{sqlite_file}")).run()
            os._exit(0)
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    db = Db(f"sqlite:///{sqlite_file}")
    with db.begin() as tx:
        assert tx.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    Line(db).run()
    assert story(db) == expected
    db.close()


def test_a_database_locked_for_longer_than_a_writer_waits_costs_a_run_and_nothing_else(
    sqlite_file: Path, expected: dict[str, list[tuple[object, ...]]]
) -> None:
    db, other = Db(f"sqlite:///{sqlite_file}"), Db(f"sqlite:///{sqlite_file}")
    sa.event.listen(db.engine, "connect", lambda made, _: made.execute("PRAGMA busy_timeout=50"))
    with other.begin(), pytest.raises(StorageError, match="locked"):
        Line(db).run()
    Line(db).run()
    assert story(db) == expected
    db.close()
    other.close()


def test_a_network_that_is_gone_for_a_day_is_told_and_what_was_listed_meanwhile_is_read(line_db: Db) -> None:
    line = Line(line_db)
    world = line.world

    def gone(request: FetchRequest) -> Outcome:
        return Failed(request.url, Reason.CONNECT, world.clock(), "network is unreachable")

    sound = dict(world.fetch.answers)
    for hours in (0, 1, 6, 12):
        world.clock.set(NOW + timedelta(hours=hours))
        world.fetch.answers = dict.fromkeys(sound, gone)
        assert world.poll()["crashed"] == world.pages()["crashed"] == 0
    failed = [row for row in story(line_db)["ledger"] if row[3] == "connect"]
    assert [row[1] for row in failed] == [
        f"http://{name}.example/feed" for name in ("gorki", "orsha", "shklov")
    ]
    world.fetch.answers = sound
    world.clock.set(NOW + timedelta(days=1, hours=12))
    world.poll()
    world.pages()
    states = [row[1] for row in story(line_db)["articles"]]
    assert (len(states), states.count("ready")) == (42, 41)  # one page crashes its reader


def counting(line: Line) -> Job:
    def work(app: App, progress: Progress) -> Counts:
        line.run()
        return Counts(lines=1)

    return Job("line", "*/5 * * * *", work)


def test_a_database_that_goes_away_under_the_service_is_waited_for(
    postgres_server: Server, migrated_postgres: str, expected: dict[str, list[tuple[object, ...]]]
) -> None:
    with postgres_server.database(migrated_postgres) as db:
        prepare(db)
        add_run(db, "line", AFTER - timedelta(hours=1))
        name = db.engine.url.database
        kick = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        line = Line(db)
        with running(db, (counting(line),), clock=SettableClock(AFTER)) as it:
            until(lambda: it.service.is_active)
            postgres_server.run(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
            postgres_server.run(kick)
            until(lambda: not it.service.is_active)
            threading.Event().wait(SLOW)
            assert it.error is None
            postgres_server.run(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
            until(lambda: ("line", "done") in endings(db)[1:])
            assert it.end() is True
        assert story(db) == expected


def test_a_database_that_is_locked_under_the_service_is_waited_for(
    sqlite_file: Path, expected: dict[str, list[tuple[object, ...]]]
) -> None:
    db, other = Db(f"sqlite:///{sqlite_file}"), Db(f"sqlite:///{sqlite_file}")
    sa.event.listen(db.engine, "connect", lambda made, _: made.execute("PRAGMA busy_timeout=100"))
    add_run(db, "line", AFTER - timedelta(hours=1))
    with running(db, (counting(Line(db)),), clock=SettableClock(AFTER)) as it:
        until(lambda: it.service.is_active)
        with other.begin():
            threading.Event().wait(SLOW)
            assert it.error is None
        # what failed meanwhile is due at the next tick; a service that begins anew has it at once
        it.end()
    with running(db, (counting(Line(db)),), clock=SettableClock(AFTER + timedelta(minutes=5))):
        until(lambda: ("line", "done") in endings(other)[1:])
    assert story(db) == expected
    db.close()
    other.close()
