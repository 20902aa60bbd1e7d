"""One holder at a time of a named piece of work, among several processes on one database.

PostgreSQL keeps an advisory lock of a connection of its own, which goes when its holder does. SQLite has a
row that its holder renews: who waits takes it over when it has not changed for `LOST_AFTER_S` by its own
monotonic clock, so that no wall clock, set back or ahead, decides. A holder that is gone from this machine
is not waited for.
"""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from monitor.core.db import Db, Tx, UtcDateTime, metadata, storage_error, upsert
from monitor.core.errors import StorageError

log = structlog.get_logger(__name__)

LOST_AFTER_S = 40.0  # longer than the 30 s a writer waits for SQLite's lock; takeover within a minute
_PG_KEY = 0x6D6F6E69  # any constant: all schedulers of one database must use the same

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("holder", sa.String(200), nullable=False),  # host:pid, for people
    sa.Column("token", sa.String(40), nullable=False),  # of one process; empty: given back
    sa.Column("place", sa.String(120), nullable=False),  # boot and namespace that know the pid
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("beat", sa.Integer, nullable=False),  # goes up with every renewal
    sa.Column("taken_at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease, as stored."""

    holder: str
    token: str
    place: str
    pid: int
    beat: int


class Lease(Protocol):
    """A lease that this process may hold."""

    def take(self, now: datetime) -> bool:
        """True when it is ours from now on. Errors: StorageError."""
        ...

    def renew(self) -> bool:
        """False when it is no longer ours; never raises for trouble of the database that may pass."""
        ...

    def give_back(self) -> None:
        """Let the next one take it at once; a database that is gone is no trouble."""
        ...


def lease_on(db: Db, name: str, *, monotonic: Callable[[], float] = time.monotonic) -> Lease:
    """The lease `name` as this database keeps it. `monotonic` in seconds."""
    return RowLease(db, name, monotonic=monotonic) if db.is_sqlite else LockLease(db, name)


def find_holder(tx: Tx, name: str) -> Holder | None:
    """Who holds a lease or held it last; None before the first time and after it was given back."""
    row = tx.execute(sa.select(leases).where(leases.c.name == name)).one_or_none()
    if row is None or not row.token:
        return None
    return Holder(row.holder, row.token, row.place, row.pid, row.beat)


def this_place() -> str:
    """This boot of this machine and this namespace of process ids; empty where it cannot be told."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def is_gone(found: Holder, *, place: str, own_pid: int, alive: Callable[[int], bool]) -> bool:
    """Whether a holder is a process of this very place that does not run any more."""
    if not place or found.place != place:
        return False
    return found.pid == own_pid or not alive(found.pid)  # our own number: it was another process before us


def has_ended(found: Holder) -> bool:
    """Whether a holder, another process than this, surely runs no more; of other machines nothing is sure."""
    return is_gone(found, place=this_place(), own_pid=0, alive=_is_alive)


class RowLease:
    """The lease as a row of the database."""

    def __init__(
        self,
        db: Db,
        name: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        place: str | None = None,
    ) -> None:
        """`place`: another than this machine's in tests only: two leases of one process are strangers."""
        self._db, self._name, self._monotonic = db, name, monotonic
        self._place = this_place() if place is None else place
        self._token = uuid4().hex
        self._seen: tuple[str, int] | None = None  # token and beat of another holder, as seen first
        self._seen_at = 0.0
        self._renewed_at = 0.0
        self._is_in_trouble = False

    def take(self, now: datetime) -> bool:
        """True when it is ours: free, its holder gone, or not renewed for `LOST_AFTER_S`."""
        with self._db.begin() as tx:
            found = find_holder(tx, self._name)
            if found is not None and not self._may_be_taken(found):
                return False
            _write(tx, self._name, self._token, self._place, now)
        self._renewed_at, self._seen = self._monotonic(), None
        return True

    def renew(self) -> bool:
        """False when another has it, or when the database could not be written for `LOST_AFTER_S`."""
        try:
            with self._db.begin() as tx:
                mine = (leases.c.name == self._name, leases.c.token == self._token)
                done = tx.execute(sa.update(leases).where(*mine).values(beat=leases.c.beat + 1))
        except StorageError as error:
            if not self._is_in_trouble:  # once, not at every try
                log.warning("lease_not_renewed", why=str(error))
            self._is_in_trouble = True
            return self._monotonic() - self._renewed_at < LOST_AFTER_S
        self._renewed_at, self._is_in_trouble = self._monotonic(), False
        return bool(done.rowcount)

    def give_back(self) -> None:
        """Let the next one take it at once."""
        try:
            _clear(self._db, self._name, self._token)
        except StorageError as error:
            log.warning("lease_not_given_back", why=str(error))

    def _may_be_taken(self, found: Holder) -> bool:
        ours = found.token == self._token
        if ours or is_gone(found, place=self._place, own_pid=os.getpid(), alive=_is_alive):
            return True
        mark, at = (found.token, found.beat), self._monotonic()
        if self._seen != mark:
            self._seen, self._seen_at = mark, at
        return at - self._seen_at >= LOST_AFTER_S


class LockLease:
    """The lease as an advisory lock of PostgreSQL; the row beside it only tells people who holds it."""

    def __init__(self, db: Db, name: str) -> None:
        self._db, self._name = db, name
        self._token = uuid4().hex
        self._held: Connection | None = None

    def take(self, now: datetime) -> bool:
        """True when no other connection holds the lock."""
        try:
            held = self._db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except DBAPIError as error:
            raise storage_error(error, self._db.engine) from error
        try:
            if not held.execute(sa.select(sa.func.pg_try_advisory_lock(_PG_KEY))).scalar_one():
                held.close()
                return False
            with self._db.begin() as tx:
                _write(tx, self._name, self._token, this_place(), now)
        except (DBAPIError, StorageError) as error:
            held.invalidate()
            held.close()
            if isinstance(error, DBAPIError):
                raise storage_error(error, self._db.engine) from error
            raise
        self._held = held
        return True

    def renew(self) -> bool:
        """False when the connection that holds the lock is gone."""
        if self._held is None:
            return False
        try:
            self._held.execute(sa.select(1))
        except DBAPIError as error:
            log.warning("lease_lost", why=str(error.orig))
            self._held.invalidate()
            self._held.close()
            self._held = None
            return False
        return True

    def give_back(self) -> None:
        """Let the next one take it at once."""
        held, self._held = self._held, None
        if held is None:
            return
        try:
            held.execute(sa.select(sa.func.pg_advisory_unlock(_PG_KEY)))
            _clear(self._db, self._name, self._token)
        except (DBAPIError, StorageError) as error:
            log.warning("lease_not_given_back", why=str(error))
            held.invalidate()
        held.close()


def _write(tx: Tx, name: str, token: str, place: str, now: datetime) -> None:
    pid = os.getpid()
    values = {
        "name": name,
        "holder": f"{socket.gethostname()[:180]}:{pid}",
        "token": token,
        "place": place,
        "pid": pid,
        "beat": 0,
        "taken_at": now,
    }
    upsert(tx, leases, values, key=("name",))


def _clear(db: Db, name: str, token: str) -> None:
    """Have the row name no holder, where it still names this one."""
    with db.begin() as tx:
        mine = (leases.c.name == name, leases.c.token == token)
        tx.execute(sa.update(leases).where(*mine).values(token=""))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        pass
    return True
