"""A live installation's database copied into another one, also of the other kind, and compared row by row.

The source is read in one snapshot and stays as it is; the target is filled in one transaction, with all or
nothing. Values are the rooms' own (aware times, JSON), so the same row means the same on both databases.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.exc import DBAPIError

from monitor.core import schema
from monitor.core.db import Db, Tx, metadata, own_tables, storage_error
from monitor.core.dump import go_on_counting, refuse_filled
from monitor.core.errors import StorageError, UsageError
from monitor.core.progress import Progress, silent

_LOT = 2000  # rows in memory at once
_MOD = 1 << 128


@dataclass(frozen=True, slots=True)
class MovedTable:
    """One table as it was read: rows, and a sum over them that does not depend on their order."""

    name: str
    rows: int
    checksum: str


def move(source: Db, target: Db, progress: Progress = silent) -> tuple[MovedTable, ...]:
    """Copy everything into an empty database and read it back; what was moved, table by table.

    Errors: UsageError for one database twice or a source that is not there; StorageError: the source is of
    another schema, the target cannot be opened, holds anything or refuses a row, or what it holds then is not
    what was read.
    """
    if source.engine.url == target.engine.url:
        raise UsageError("source and target are one database")
    _refuse_missing(source)
    schema.require_current(source)
    refuse_filled(target)
    try:
        schema.upgrade(target)
        with source.reading() as reading, target.begin() as writing:
            moved = []
            tables = own_tables()
            for n, table in enumerate(tables, 1):
                moved.append(_copy(reading, writing, table))
                progress("move", n, len(tables))
            if not target.is_sqlite:
                for table in tables:
                    go_on_counting(writing, table)
            _compare(writing, moved)
    except DBAPIError as error:
        raise storage_error(error, target.engine) from error
    return tuple(moved)


def _refuse_missing(source: Db) -> None:
    """SQLite would make a file of any name that it is asked for, and call it an empty database."""
    file = source.engine.url.database if source.is_sqlite else None
    if file and not file.startswith("file:") and not Path(file).is_file():
        raise UsageError(
            f"{source.shown_url}: no such file; an absolute path has four slashes, sqlite:////srv/x"
        )


def _copy(reading: Tx, writing: Tx, table: sa.Table) -> MovedTable:
    total, count = 0, 0
    insert = _inserter(writing, table)
    for lot in _lots(reading, table):
        insert(lot)
        total = (total + sum(map(_mark, lot))) % _MOD
        count += len(lot)
    return MovedTable(table.name, count, f"{total:032x}")


def _lots(tx: Tx, table: sa.Table) -> Iterator[list[tuple[Any, ...]]]:
    """All rows by key, some at a time: rows that point to others of their table come after them."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    for part in tx.execution_options(stream_results=True).execute(query).partitions(_LOT):
        yield [tuple(row) for row in part]


def _inserter(tx: Tx, table: sa.Table) -> Any:
    names = [column.name for column in table.columns]
    if tx.dialect.name == "sqlite":
        statement = sa.insert(table)
        return lambda lot: tx.execute(statement, [dict(zip(names, row, strict=True)) for row in lot])
    return lambda lot: _copy_in(tx, table, names, lot)


def _copy_in(tx: Tx, table: sa.Table, names: Sequence[str], lot: Sequence[tuple[Any, ...]]) -> None:
    """By COPY, which is several times as fast as INSERT; values as the columns' types bind them."""
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    binds = [column.type.dialect_impl(tx.dialect).bind_processor(tx.dialect) for column in table.columns]
    raw: Any = tx.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(query) as lines:
        for row in lot:
            lines.write_row([bind(value) if bind else value for bind, value in zip(binds, row, strict=True)])


def _compare(tx: Tx, moved: Sequence[MovedTable]) -> None:
    for said in moved:
        table = metadata.tables[said.name]
        total, count = 0, 0
        for lot in _lots(tx, table):
            total = (total + sum(map(_mark, lot))) % _MOD
            count += len(lot)
        if (count, f"{total:032x}") != (said.rows, said.checksum):
            raise StorageError(
                f"{said.name}: {count} rows arrived of {said.rows}, or some of them changed: nothing moved"
            )


def _mark(row: tuple[Any, ...]) -> int:
    """A number of a row that is the same for the same values on any database."""
    return int.from_bytes(hashlib.sha256(repr(tuple(map(_plain, row))).encode()).digest()[:16])


def _plain(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, float) and value == int(value):
        return int(value)  # a database may give a whole number of a float column without its point
    return value
