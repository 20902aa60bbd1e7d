"""Engine, transactions and column types shared by all rooms. Tables live in each room's tables.py."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DatabaseError, DBAPIError, InternalError, OperationalError, SQLAlchemyError

from monitor.core.errors import StorageError

_READS = "monitor_reads"  # execution option of a connection
# Of PostgreSQL, whose transactions else see with each question what others have written since the last one.
_SNAPSHOT: Mapping[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_WORK_MEM_MB = 64
_NO_PRIVILEGE = "42501"  # SQLSTATE; PostgreSQL files it under wrong statements

_LOOK = "Check that the database exists, can be written by this user and that `monitor migrate` was run."
DAMAGED = "Restore the last backup (docs/running/disaster.md)."
_NO_ROOM = "Make room on the disk; what was under way was taken back whole."
_REMEDIES: Mapping[object, str] = {
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    "XX001": DAMAGED,  # data_corrupted
    "XX002": DAMAGED,  # index_corrupted
    sqlite3.SQLITE_FULL: _NO_ROOM,
    "53100": _NO_ROOM,  # disk_full
    sqlite3.SQLITE_IOERR: "Its disk is full or fails: make room, and see the machine's log.",
}

MADE_OF_OTHERS = {"made_of_others": True}  # info of a table that can be made anew: not moved, not backed up

Tx = Connection  # a store runs in its caller's transaction and never commits

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def own_tables() -> list[sa.Table]:
    """All tables but those that can be made anew from the others, those that others point to first."""
    return [table for table in metadata.sorted_tables if not is_made_of_others(table.name)]


def is_made_of_others(name: str) -> bool:
    """Whether a table can be made anew from the others."""
    table = metadata.tables.get(name)
    return table is not None and MADE_OF_OTHERS.items() <= table.info.items()


class UtcDateTime(sa.TypeDecorator[datetime]):
    """Aware datetimes stored as UTC. SQLite drops offsets, so the value is converted on the way in."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive times; convert to UTC (naive for SQLite)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time must not reach the database")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Always aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """On SQLite the text is read in one step: a gap table reads half a million times of a year."""
        if dialect.name == "sqlite":
            return _utc_of_text
        return super().result_processor(dialect, coltype)


def _utc_of_text(text: str | None) -> datetime | None:
    # written as it is read, without a zone; to add it as text costs a twentieth of `replace`
    return None if text is None else datetime.fromisoformat(text + "+00:00")


class _Integers(sa.TypeDecorator[Sequence[int]]):
    """An array of PostgreSQL, written at once: its driver goes number by number, three times as long."""

    impl = ARRAY(sa.Integer)
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any]:
        """As PostgreSQL writes an array itself."""
        return lambda numbers: "{" + ",".join(map(str, numbers)) + "}"


class CanonicalJson(sa.TypeDecorator[Any]):
    """JSON as text with sorted keys: the same value is the same bytes on both databases."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        """Encode with sorted keys and real letters."""
        del dialect
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        """Decode."""
        del dialect
        return None if value is None else json.loads(value)


def canonical_json(value: Any) -> str:
    """JSON text with sorted keys and no spare spaces; NaN is refused."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class Db:
    """An engine with one way to open a transaction."""

    def __init__(self, url: str, *, password: str = "") -> None:
        """`password`, where given, is used in place of one in the URL."""
        self.engine = make_engine(url, password=password)
        self._reading: Mapping[str, Any] = {_READS: True} if self.is_sqlite else _SNAPSHOT

    @property
    def shown_url(self) -> str:
        """The URL without its password, for people."""
        return _shown(self.engine.url)

    @property
    def is_sqlite(self) -> bool:
        """True on SQLite, False on PostgreSQL."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database; None on PostgreSQL and in memory."""
        name = self.engine.url.database if self.is_sqlite else None
        return None if not name or name == ":memory:" or name.startswith("file:") else Path(name)

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """One transaction: committed at the end, rolled back on any exception.

        Errors: StorageError when the database itself refuses; what a wrong statement raises passes through.
        """
        with self._in_its_words(), self.engine.begin() as tx:
            yield tx

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """One transaction that only reads: all as it was at its first question, whoever writes meanwhile.

        On SQLite it does not keep a writer waiting; PostgreSQL refuses to write in it. Errors: as `begin`.
        """
        with (
            self._in_its_words(),
            self.engine.connect().execution_options(**self._reading) as tx,
            tx.begin(),
        ):
            yield tx

    @contextmanager
    def _in_its_words(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            if not _is_of_the_database(error):
                raise
            raise storage_error(error, self.engine) from error

    def close(self) -> None:
        """Return all connections."""
        self.engine.dispose()


def _is_of_the_database(error: DatabaseError) -> bool:
    # the plain class is what SQLite raises for a file that is damaged or no database
    return type(error) in (DatabaseError, OperationalError, InternalError) or (
        getattr(error.orig, "sqlstate", None) == _NO_PRIVILEGE
    )


def storage_error(error: DBAPIError, engine: Engine) -> StorageError:
    """The database's own words with a remedy; never the password."""
    return StorageError(f"{_shown(engine.url)}: {error.orig}. {remedy(error.orig)}")


def _shown(url: sa.URL) -> str:
    """Letters of a path as they are, which a URL has as numbers."""
    if url.get_backend_name() == "sqlite" and url.database and not url.query:
        return f"{url.drivername}:///{url.database}"
    return url.render_as_string(hide_password=True)


def remedy(error: BaseException | None) -> str:
    """What a person can do about what a database's driver says, in one sentence."""
    # SQLite's lower byte is the kind, the rest the place; PostgreSQL has a word of five letters
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF or getattr(error, "sqlstate", None)
    return _REMEDIES.get(code, _LOOK)


def make_engine(url: str, *, password: str = "") -> Engine:
    """An engine for SQLite (WAL, foreign keys, immediate transactions) or PostgreSQL (psycopg 3).

    Errors: StorageError when the URL is no database URL.
    """
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise StorageError(f"database.url is not a database URL: {error}") from error
    parsed = _with_password(parsed, password)
    if parsed.get_backend_name() == "postgresql" and parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        engine = sa.create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        raise StorageError(f"database.url cannot be used: {error}") from error
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _with_password(url: sa.URL, password: str) -> sa.URL:
    """The URL with its password, or the one given, in the only place that is hidden where it is shown."""
    in_query = url.normalized_query.get("password", ())
    password = password or (in_query[-1] if in_query else "")
    plain = url.difference_update_query(["password"])
    return plain.set(password=password) if password else plain


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy must send BEGIN itself, see on_begin
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # IMMEDIATE: a transaction that reads and then writes must not fail half-way with "locked"
        only_reads = connection.get_execution_options().get(_READS, False)
        connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def take_turn(tx: Tx, key: int) -> None:
    """Wait until no other transaction goes on under this key; on SQLite whoever may write is alone."""
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def group_in_memory(tx: Tx) -> None:
    """For the rest of a transaction PostgreSQL may group a year's press in memory: with the 4 MB that it
    takes unless told otherwise it sorts a million rows on the disk. SQLite has no such bound."""
    if tx.dialect.name == "postgresql":
        tx.execute(sa.text(f"SET LOCAL work_mem = '{_WORK_MEM_MB}MB'"))


def numbers(tx: Tx, values: Iterable[int]) -> sa.Select[Any]:
    """The values as a query of one column, for `column.in_(...)`: one parameter, however many they are."""
    known = sorted(values)
    if tx.dialect.name == "sqlite":
        return sa.select(sa.func.json_each(json.dumps(known)).table_valued("value").c.value)
    return sa.select(sa.func.unnest(sa.literal(known, _Integers())))


Named = Callable[[sa.ColumnElement[int]], sa.ColumnElement[bool]]


def among(tx: Tx, values: Iterable[int]) -> Named:
    """The condition that a column holds one of the values: one parameter, however many they are.

    As `numbers`, for thousands of rows that an index finds: of an array PostgreSQL looks for neighbours
    together, of what a query gives for one after the other in any order.
    """
    if tx.dialect.name == "sqlite":
        found = numbers(tx, values)
        return lambda column: column.in_(found)
    known = sa.literal(sorted(values), _Integers())
    return lambda column: column == sa.any_(known)


def upsert(tx: Tx, table: sa.Table, values: Mapping[str, object], *, key: tuple[str, ...]) -> None:
    """Insert, or update the row with the same key columns. Works on SQLite and PostgreSQL."""
    tx.execute(_upsert(tx.dialect.name, table, frozenset(values), key), dict(values))


def upsert_many(
    tx: Tx, table: sa.Table, rows: Sequence[Mapping[str, object]], *, key: tuple[str, ...]
) -> None:
    """As `upsert`, many rows of the same columns with one statement."""
    if rows:
        tx.execute(_upsert(tx.dialect.name, table, frozenset(rows[0]), key), [dict(row) for row in rows])


@lru_cache(maxsize=256)
def _upsert(dialect: str, table: sa.Table, names: frozenset[str], key: tuple[str, ...]) -> sa.Insert:
    """Built once: with its values in it, making the statement costs ten times what running it does."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    statement = insert(table)
    rest = {name: statement.excluded[name] for name in sorted(names - set(key))}
    if rest:
        return statement.on_conflict_do_update(index_elements=list(key), set_=rest)
    return statement.on_conflict_do_nothing(index_elements=list(key))
