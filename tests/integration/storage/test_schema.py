"""The migrations build what the tables say, go down again, and refuse to be skipped."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import monitor.wiring  # noqa: F401 - fills the metadata with every room's tables
from monitor.core import schema
from monitor.core.db import Db, metadata
from monitor.core.errors import StorageError


def test_migrated_schema_equals_the_tables_of_the_rooms(db: Db) -> None:
    with db.begin() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, metadata) == []


def test_going_down_leaves_nothing_behind_and_up_works_again(db: Db) -> None:
    schema.downgrade(db, "base")
    assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version"}
    schema.upgrade(db)
    assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version", *metadata.tables}


def test_an_empty_database_is_refused_with_the_command_that_helps(empty_db: Db) -> None:
    with pytest.raises(StorageError, match="monitor init"):
        schema.require_current(empty_db)


def test_sqlite_keeps_a_write_ahead_log_and_foreign_keys(tmp_path: Path) -> None:
    with Db(f"sqlite:///{tmp_path / 'a.sqlite'}").begin() as tx:
        assert tx.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert tx.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
