"""People who may sign in: their names, roles and passwords, and the sessions they have open.

Kept are argon2 hashes of passwords and SHA-256 hashes of session keys: who reads the database can sign in
nowhere. In the caller's transaction.
"""

import hashlib
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

import sqlalchemy as sa
from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError

from monitor.core.db import Tx, UtcDateTime, metadata
from monitor.core.errors import UsageError

SESSION = timedelta(days=7)
MIN_PASSWORD, MAX_PASSWORD = 12, 200
_TRIES = 8  # wrong passwords in a row until a name waits
_WAIT = timedelta(minutes=15)
_MAX_NAME = 64
_HASHING = threading.BoundedSemaphore(2)  # each takes 64 MB and half a second

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(_MAX_NAME), nullable=False, unique=True),
    sa.Column("role", sa.String(12), nullable=False),
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),  # in a row
    sa.Column("locked_until", UtcDateTime),
    sa.Column("email", sa.String(254), nullable=False, server_default=""),  # where a lost password is reset
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("key_hash", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Index("ix_sessions_user_id", "user_id"),
)

password_resets = sa.Table(
    "password_resets",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Index("ix_password_resets_user_id", "user_id"),
)


class Role(StrEnum):
    """What a person may do; each may do what those before it may."""

    READER = "reader"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    def may(self, needed: "Role") -> bool:
        """True when this role includes `needed`."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class User:
    """Who is signed in."""

    id: int
    name: str
    role: Role


def put_user(tx: Tx, *, name: str, role: Role, password: str, at: datetime) -> User:
    """Add a person, or give a known one this role and password; their open sessions end.

    Errors: UsageError for a name or password that cannot be used.
    """
    wanted = _checked_name(name)
    _check_password(password, wanted)
    values = {"role": role.value, "password_hash": _hashed(password), "failures": 0, "locked_until": None}
    known = tx.execute(sa.select(users.c.id).where(users.c.name == wanted)).scalar_one_or_none()
    if known is None:
        insert = sa.insert(users).values(name=wanted, created_at=at, **values).returning(users.c.id)
        return User(tx.execute(insert).scalar_one(), wanted, role)
    tx.execute(sa.update(users).where(users.c.id == known).values(**values))
    tx.execute(sa.delete(sessions).where(sessions.c.user_id == known))
    return User(known, wanted, role)


def list_users(tx: Tx) -> list[User]:
    """Everybody, by name."""
    query = sa.select(users.c.id, users.c.name, users.c.role).order_by(users.c.name)
    return [User(row.id, row.name, Role(row.role)) for row in tx.execute(query)]


def remove_user(tx: Tx, name: str) -> None:
    """Forget a person and end their sessions. Errors: UsageError when there is no such name."""
    known = tx.execute(sa.select(users.c.id).where(users.c.name == name)).scalar_one_or_none()
    if known is None:
        raise UsageError(f"nobody is called {name!r}")
    tx.execute(sa.delete(sessions).where(sessions.c.user_id == known))
    tx.execute(sa.delete(users).where(users.c.id == known))


def sign_in(tx: Tx, *, name: str, password: str, at: datetime) -> str | None:
    """The key of a new session; None for a wrong name or password, or while the name waits after many.

    A wrong name takes as long as a wrong password. The failure is counted: commit also where this is None.
    """
    row = tx.execute(sa.select(users).where(users.c.name == name.strip()[:_MAX_NAME])).one_or_none()
    stored = _nobody() if row is None else row.password_hash
    is_right = _verified(password[:MAX_PASSWORD], stored)
    if row is None or (row.locked_until and row.locked_until > at):
        return None
    if not is_right:
        failures = row.failures + 1
        wait = at + _WAIT if failures % _TRIES == 0 else None
        values = {"failures": failures, "locked_until": wait}
        tx.execute(sa.update(users).where(users.c.id == row.id).values(**values))
        return None
    tx.execute(sa.update(users).where(users.c.id == row.id).values(failures=0, locked_until=None))
    tx.execute(sa.delete(sessions).where(sessions.c.ends_at <= at))
    key = secrets.token_urlsafe(32)
    tx.execute(sa.insert(sessions).values(key_hash=_key_hash(key), user_id=row.id, ends_at=at + SESSION))
    return key


def find_user(tx: Tx, key: str, *, at: datetime) -> User | None:
    """Who has the session with this key, None where it has ended or never was."""
    query = (
        sa.select(users.c.id, users.c.name, users.c.role)
        .join(sessions, sessions.c.user_id == users.c.id)
        .where(sessions.c.key_hash == _key_hash(key), sessions.c.ends_at > at)
    )
    row = tx.execute(query).one_or_none()
    return None if row is None else User(row.id, row.name, Role(row.role))


def sign_out(tx: Tx, key: str) -> None:
    """End the session with this key, if there is one."""
    tx.execute(sa.delete(sessions).where(sessions.c.key_hash == _key_hash(key)))


def form_mark(key: str) -> str:
    """What forms of a session carry, so that no other site can send them; it does not tell the key."""
    return hashlib.sha256(b"form " + key.encode()).hexdigest()[:32]


def _checked_name(name: str) -> str:
    wanted = name.strip()
    if not wanted or len(wanted) > _MAX_NAME or not wanted.isprintable():
        raise UsageError(f"a name has 1 to {_MAX_NAME} printable characters")
    return wanted


def _check_password(password: str, name: str) -> None:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise UsageError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    if len(set(password)) < 5 or name.casefold() in password.casefold():
        raise UsageError("this password is too easy to guess")


def _key_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


def _hashed(password: str) -> str:
    with _HASHING:
        return _hasher().hash(password)


def _verified(password: str, stored: str) -> bool:
    with _HASHING:
        try:
            return _hasher().verify(password, stored)
        except PwdlibError:  # a hash of another program
            return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hashed(secrets.token_urlsafe(16))
