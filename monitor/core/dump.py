"""A consistent copy of a database while others write to it, and a database made of one.

SQLite: its own online backup, one file. PostgreSQL: a file a table by COPY, all in one snapshot; no program
of PostgreSQL's is needed, and its version does not matter.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.exc import DBAPIError

from monitor.core import schema
from monitor.core.db import DAMAGED, Db, is_made_of_others, remedy, storage_error
from monitor.core.errors import StorageError

SQLITE_FILE = "database.sqlite"
_VERSION_TABLE = "alembic_version"
_PAGES = 2000  # copied at once: between two lots others may write


@dataclass(frozen=True, slots=True)
class TableDump:
    """One table as dumped: its columns in the order of the file, and how many rows."""

    name: str
    columns: tuple[str, ...]
    rows: int

    @property
    def file(self) -> str:
        """Name of its file."""
        return f"tables/{self.name}.copy"


def dump(db: Db, folder: Path) -> tuple[TableDump, ...]:
    """Write a copy of the database below `folder`; its tables. Errors: StorageError."""
    try:
        return _dump_sqlite(db, folder) if db.is_sqlite else _dump_postgres(db, folder)
    except sqlite3.Error as error:
        raise StorageError(f"{db.shown_url}: cannot be copied: {error}. {remedy(error)}") from error
    except DBAPIError as error:
        raise storage_error(error, db.engine) from error


def load(db: Db, folder: Path, revision: str, tables: Iterable[TableDump]) -> None:
    """Fill an empty PostgreSQL database from the files below `folder`, in one transaction.

    Errors: StorageError, also when the database is not empty.
    """
    refuse_filled(db)
    wanted = {table.name: table for table in tables}
    try:
        schema.upgrade(db, revision)
        with db.begin() as tx:
            known = sa.MetaData()
            known.reflect(tx)
            if strange := sorted(wanted.keys() - known.tables.keys()):
                raise StorageError(
                    f"schema {revision} has no table {strange[0]!r}; the backup is no whole one"
                )
            for table in known.sorted_tables:
                if table.name in wanted:
                    _copy_in(tx, wanted[table.name], folder)
            for table in known.sorted_tables:
                go_on_counting(tx, table)
    except DBAPIError as error:
        raise storage_error(error, db.engine) from error


def refuse_filled(db: Db) -> None:
    """Errors: StorageError when the database holds any table, or cannot be opened."""
    try:
        names = sa.inspect(db.engine).get_table_names()
    except DBAPIError as error:
        raise storage_error(error, db.engine) from error
    if names:
        raise StorageError(f"{db.shown_url}: is not empty (it has {names[0]!r}); restore into a new database")


def row_counts(db: Db) -> dict[str, int]:
    """Rows of every table that cannot be made anew from the others."""
    names = [name for name in sa.inspect(db.engine).get_table_names() if _is_ours(name)]
    with db.reading() as tx:
        return {
            name: int(tx.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one())
            for name in sorted(names)
        }


def _dump_sqlite(db: Db, folder: Path) -> tuple[TableDump, ...]:
    target = folder / SQLITE_FILE
    copy = sqlite3.connect(target)
    own = sqlite3.connect(str(db.engine.url.database))  # not the pool's: that may be in a transaction
    try:
        own.backup(copy, pages=_PAGES, sleep=0.01)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        broken = copy.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        copy.close()
        own.close()
    if broken != "ok":
        raise StorageError(f"{db.shown_url}: is damaged: {broken}. {DAMAGED}")
    made = Db(f"sqlite:///{target}")
    try:
        return tuple(TableDump(name, (), rows) for name, rows in row_counts(made).items())
    finally:
        made.close()


def _dump_postgres(db: Db, folder: Path) -> tuple[TableDump, ...]:
    (folder / "tables").mkdir()
    isolated = db.engine.execution_options(isolation_level="REPEATABLE READ")
    with isolated.begin() as tx:
        known = sa.MetaData()
        known.reflect(tx)
        return tuple(_copy_out(tx, table, folder) for table in known.sorted_tables if _is_ours(table.name))


def _is_ours(name: str) -> bool:
    """Not what the schema's own tool keeps, nor what can be made anew."""
    return name != _VERSION_TABLE and not is_made_of_others(name) and not schema.is_of_an_index(name)


def _copy_out(tx: sa.Connection, table: sa.Table, folder: Path) -> TableDump:
    columns = tuple(column.name for column in table.columns)
    order = [column.name for column in table.primary_key.columns]
    # by key: rows that point to others of their table come after them
    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier(table.name),
        sql.SQL(", ").join(map(sql.Identifier, order or columns)),
    )
    found = TableDump(table.name, columns, 0)
    raw: Any = tx.connection.driver_connection
    with (folder / found.file).open("wb") as out, raw.cursor() as cursor:
        with cursor.copy(query) as lines:
            for chunk in lines:
                out.write(chunk)
        return TableDump(table.name, columns, cursor.rowcount)


def _copy_in(tx: sa.Connection, table: TableDump, folder: Path) -> None:
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    raw: Any = tx.connection.driver_connection
    with raw.cursor() as cursor:
        with cursor.copy(query) as lines:
            for chunk in _chunks(folder / table.file):
                lines.write(chunk)
        if cursor.rowcount != table.rows:
            raise StorageError(f"{table.name}: {cursor.rowcount} rows arrived, {table.rows} were dumped")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1 << 18):
            yield chunk


def go_on_counting(tx: sa.Connection, table: sa.Table) -> None:
    """The next number of a table's sequence is one that no row has."""
    for column in table.primary_key.columns:
        name = tx.execute(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name))).scalar_one()
        if name:
            top = tx.execute(sa.select(sa.func.max(column))).scalar_one()
            tx.execute(sa.select(sa.func.setval(name, top or 1, top is not None)))
