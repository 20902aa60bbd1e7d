"""The migrations build what the tables say, go down again, and refuse to be skipped."""

import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import monitor.jobs  # noqa: F401 - fills the metadata with every room's tables
from monitor.articles.search_tables import INDEX_COLUMN
from monitor.articles.tables import DATED, articles
from monitor.core import schema
from monitor.core.db import Db, metadata
from monitor.core.errors import StorageError


def test_migrated_schema_equals_the_tables_of_the_rooms(db: Db) -> None:
    with db.begin() as tx:
        opts = {"compare_type": True, "compare_server_default": False, "include_object": _is_of_a_room}
        context = MigrationContext.configure(tx, opts=opts)
        assert compare_metadata(context, metadata) == []


def _is_of_a_room(thing: object, name: str | None, kind: str, *_more: object) -> bool:
    """Not the search's index, which each database keeps in its own way."""
    of_postgres = {("column", INDEX_COLUMN), ("index", "ix_search_texts_words")}
    return not (kind == "table" and schema.is_of_an_index(str(name))) and (kind, name) not in of_postgres


def test_articles_are_found_by_the_day_they_came_out_on_without_reading_all(db: Db) -> None:
    since = datetime(2026, 11, 16, tzinfo=UTC)
    query = sa.select(articles.c.source_id).where(since <= DATED)
    text = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    with db.begin() as tx:
        if db.is_sqlite:
            explain, told = "EXPLAIN QUERY PLAN", "SEARCH articles USING COVERING INDEX ix_articles_dated"
        else:
            explain, told = "EXPLAIN", "Index Cond"
            tx.execute(sa.text("SET LOCAL enable_seqscan = off"))  # reading an empty table costs nothing
        plan = " ".join(str(row) for row in tx.exec_driver_sql(f"{explain} {text}"))
    assert told in plan
    assert "ix_articles_dated" in plan


def test_going_down_leaves_nothing_behind_and_up_works_again(db: Db) -> None:
    before = _indexes(db)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an operator would read it
        schema.downgrade(db, "base")
    assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version"}
    schema.upgrade(db)
    found = {name for name in sa.inspect(db.engine).get_table_names() if not schema.is_of_an_index(name)}
    assert found == {"alembic_version", *metadata.tables}
    assert "ix_articles_dated" in before
    assert _indexes(db) == before


def _indexes(db: Db) -> set[str]:
    """Names, also of those over expressions, which the library does not list for SQLite."""
    sqlite = "SELECT name FROM sqlite_master WHERE type = 'index'"
    postgres = "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
    with db.reading() as tx:
        return set(tx.scalars(sa.text(sqlite if db.is_sqlite else postgres)))


def test_an_empty_database_is_refused_with_the_command_that_helps(empty_db: Db) -> None:
    with pytest.raises(StorageError, match="monitor init"):
        schema.require_current(empty_db)


def test_sqlite_keeps_a_write_ahead_log_and_foreign_keys(tmp_path: Path) -> None:
    with Db(f"sqlite:///{tmp_path / 'a.sqlite'}").begin() as tx:
        assert tx.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert tx.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
