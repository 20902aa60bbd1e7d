"""One sender at a time: a lock that the operating system or the database frees when its holder is killed.

With it a row found in `sending` was interrupted for certain, and may be judged at once.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from monitor.core.db import Db

_PG_KEY = 0x6F757462  # any constant: all senders of one database must use the same


@contextmanager
def sending_turn(db: Db) -> Iterator[bool]:
    """True while it is our turn to send, False when another process is at it."""
    with _file_turn(db) if db.is_sqlite else _postgres_turn(db) as is_ours:
        yield is_ours


@contextmanager
def _file_turn(db: Db) -> Iterator[bool]:
    """A lock file beside the SQLite file; a database in memory has one process anyway."""
    if db.file is None:
        yield True
        return
    with db.file.with_name(f"{db.file.name}.sending").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def _postgres_turn(db: Db) -> Iterator[bool]:
    """An advisory lock of a connection of its own: it goes when the connection goes."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as held:
        is_ours = bool(held.execute(sa.select(sa.func.pg_try_advisory_lock(_PG_KEY))).scalar_one())
        try:
            yield is_ours
        finally:
            if is_ours:
                held.execute(sa.select(sa.func.pg_advisory_unlock(_PG_KEY)))
