"""People who may sign in: their names, roles and passwords, and the sessions they have open.

Kept are argon2 hashes of passwords and SHA-256 hashes of session keys: who reads the database can sign in
nowhere. In the caller's transaction; before it, core.passwords makes and compares the hashes of passwords.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from monitor.core import passwords
from monitor.core.db import Tx, UtcDateTime, metadata
from monitor.core.errors import UsageError

SESSION = timedelta(days=7)
RESET = timedelta(hours=1)  # a link to set a lost password anew
INVITATION = timedelta(days=3)  # the same link for somebody who was just added
_TRIES = 8  # wrong passwords in a row until a name waits
_WAIT = timedelta(minutes=15)
_MAX_NAME = 64
_NOBODY = 0  # no id: they begin with 1

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


@dataclass(frozen=True, slots=True)
class Account:
    """What an administrator sees of a person. `email` is empty where a lost password cannot be reset."""

    user: User
    email: str
    n_sessions: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """One open session of a person."""

    began_at: datetime
    ends_at: datetime
    is_this: bool  # the one that asks


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a name that somebody tries. Where nobody has it: no name, so that what was typed goes
    nowhere (it may be a password in the wrong field), and no hash."""

    name: str
    user_id: int | None
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Tried:
    """A password tried for a name, compared with what is kept."""

    kept: Kept
    is_right: bool


def put_user(
    tx: Tx, *, name: str, role: Role | None, password_hash: str, at: datetime, email: str | None = None
) -> User:
    """Add a person, or give a known one this role and password; their open sessions end.

    `role`: None leaves a known person's as it is, somebody new reads. `email`: where a lost password is
    reset; None leaves a known person's, too. A known name stays as it is spelt: answers stand under it.
    Errors: UsageError for a name or somebody else's address that cannot be used; as `remove_user`.
    """
    wanted = _checked_name(name)
    known = _find(tx, "name", wanted)
    if email:
        _check_own(tx, email, None if known is None else known.id)
    values = {"password_hash": password_hash, "failures": 0, "locked_until": None}
    if email is not None:
        values["email"] = email
    if known is None:
        role = role or Role.READER
        new = sa.insert(users).values(name=wanted, role=role.value, created_at=at, **values)
        return User(tx.execute(new.returning(users.c.id)).scalar_one(), wanted, role)
    role = role or Role(known.role)
    _check_admin_left(tx, known.id, role)
    tx.execute(sa.update(users).where(users.c.id == known.id).values(role=role.value, **values))
    end_sessions(tx, known.id)
    return User(known.id, known.name, role)


def invite_user(
    tx: Tx, *, name: str, role: Role, email: str, password_hash: str, at: datetime
) -> tuple[User, str]:
    """Add a person who sets their own password by a link; the person and the key of the link.

    `password_hash`: of a password that nobody knows.
    Errors: UsageError for a name that is taken or cannot be used, or an address of somebody else.
    """
    if (known := _find(tx, "name", name.strip())) is not None:
        raise UsageError(f"somebody is called {known.name!r} already")
    user = put_user(tx, name=name, role=role, password_hash=password_hash, at=at, email=email)
    return user, _new_reset(tx, user.id, at + INVITATION)


def get_user(tx: Tx, name: str) -> User:
    """Who is called this, in any case. Errors: UsageError when nobody is."""
    known = _find(tx, "name", name)
    if known is None:
        raise UsageError(f"nobody is called {name!r}")
    return User(known.id, known.name, Role(known.role))


def list_users(tx: Tx) -> list[User]:
    """Everybody, by name."""
    query = sa.select(users.c.id, users.c.name, users.c.role).order_by(users.c.name)
    return [User(row.id, row.name, Role(row.role)) for row in tx.execute(query)]


def list_accounts(tx: Tx, *, at: datetime) -> list[Account]:
    """Everybody with what an administrator may know of them, by name."""
    is_open = sa.and_(sessions.c.user_id == users.c.id, sessions.c.ends_at > at)
    n_open = sa.select(sa.func.count()).where(is_open).scalar_subquery().label("n_open")
    query = sa.select(users, n_open).order_by(users.c.name)
    return [
        Account(User(row.id, row.name, Role(row.role)), row.email, row.n_open, row.locked_until)
        for row in tx.execute(query)
    ]


def set_role(tx: Tx, name: str, role: Role) -> None:
    """Give a person another role, in force at their next click. Errors: as `remove_user`."""
    known = get_user(tx, name).id
    _check_admin_left(tx, known, role)
    tx.execute(sa.update(users).where(users.c.id == known).values(role=role.value))


def set_email(tx: Tx, name: str, email: str) -> None:
    """Where a lost password is reset; empty: nowhere. Errors: UsageError, also for a taken address."""
    known = get_user(tx, name).id
    if email:
        _check_own(tx, email, known)
    tx.execute(sa.update(users).where(users.c.id == known).values(email=email))
    tx.execute(sa.delete(password_resets).where(password_resets.c.user_id == known))


def remove_user(tx: Tx, name: str) -> None:
    """Forget a person and end their sessions. Errors: UsageError; the last administrator stays one."""
    known = get_user(tx, name).id
    _check_admin_left(tx, known, None)
    end_sessions(tx, known)
    tx.execute(sa.delete(users).where(users.c.id == known))


def find_kept(tx: Tx, name: str) -> Kept:
    """What a password tried for this name is compared with, also where nobody has it."""
    try:
        row = _find(tx, "name", name.strip()[:_MAX_NAME])
    except UsageError:
        row = None
    return Kept("", None, None) if row is None else Kept(row.name, row.id, row.password_hash)


def try_password(kept: Kept, password: str) -> Tried:
    """Compare; needs half a second, so in no transaction. A wrong name takes as long as a wrong password."""
    return Tried(kept, is_right=passwords.is_of(password, kept.password_hash))


def sign_in(tx: Tx, tried: Tried, *, at: datetime) -> str | None:
    """The key of a new session; None for a wrong name or password, or while the name waits after many.

    The failure is counted: commit also where this is None.
    """
    user_id = tried.kept.user_id
    if not count_try(tx, tried, at=at) or user_id is None:
        return None
    tx.execute(sa.delete(sessions).where(sessions.c.ends_at <= at))
    return open_session(tx, user_id, at=at)


def count_try(tx: Tx, tried: Tried, *, at: datetime) -> bool:
    """Whether the password is right and counts; wrong ones in a row are counted, after some the name waits.

    One statement counts, so that of many at once none is lost. Commit it also where this is False.
    """
    n = users.c.failures + 1
    wait = sa.case((n % _TRIES == 0, sa.literal(at + _WAIT, UtcDateTime)), else_=sa.null())
    values = (
        {"failures": 0, "locked_until": None} if tried.is_right else {"failures": n, "locked_until": wait}
    )
    counted = sa.update(users).where(
        users.c.id == (tried.kept.user_id or _NOBODY),
        users.c.password_hash == tried.kept.password_hash,  # it may have been changed meanwhile
        sa.or_(users.c.locked_until.is_(None), users.c.locked_until <= at),
    )
    return tx.execute(counted.values(**values)).rowcount == 1 and tried.is_right


def open_session(tx: Tx, user_id: int, *, at: datetime) -> str:
    """The key of a new session of somebody who has proved who they are."""
    key = secrets.token_urlsafe(32)
    tx.execute(sa.insert(sessions).values(key_hash=_key_hash(key), user_id=user_id, ends_at=at + SESSION))
    return key


def find_user(tx: Tx, key: str, *, at: datetime) -> User | None:
    """Who has the session with this key, None where it has ended or never was."""
    return _find_holder(tx, sessions, sessions.c.key_hash, key, at)


def _find_holder(
    tx: Tx, table: sa.Table, key_hash: sa.ColumnElement[str], key: str, at: datetime
) -> User | None:
    """Whose key it is, where it is good at a time."""
    query = (
        sa.select(users.c.id, users.c.name, users.c.role)
        .join(table, table.c.user_id == users.c.id)
        .where(key_hash == _key_hash(key), table.c.ends_at > at)
    )
    row = tx.execute(query).one_or_none()
    return None if row is None else User(row.id, row.name, Role(row.role))


def sign_out(tx: Tx, key: str) -> None:
    """End the session with this key, if there is one."""
    tx.execute(sa.delete(sessions).where(sessions.c.key_hash == _key_hash(key)))


def list_sessions(tx: Tx, user: User, key: str, *, at: datetime) -> list[Session]:
    """The open sessions of a person, the latest first; `key`: of the one that asks."""
    query = (
        sa.select(sessions)
        .where(sessions.c.user_id == user.id, sessions.c.ends_at > at)
        .order_by(sessions.c.ends_at.desc())
    )
    own = _key_hash(key)
    return [Session(s.ends_at - SESSION, s.ends_at, s.key_hash == own) for s in tx.execute(query)]


def end_sessions(tx: Tx, user_id: int) -> int:
    """End all sessions of a person and whatever could still set their password. How many were there."""
    tx.execute(sa.delete(password_resets).where(password_resets.c.user_id == user_id))
    return int(tx.execute(sa.delete(sessions).where(sessions.c.user_id == user_id)).rowcount)


def set_password(tx: Tx, user: User, password_hash: str) -> None:
    """Give a person a new password; all sessions end."""
    values = {"password_hash": password_hash, "failures": 0, "locked_until": None}
    tx.execute(sa.update(users).where(users.c.id == user.id).values(**values))
    end_sessions(tx, user.id)


def ask_reset(tx: Tx, email: str, *, at: datetime) -> tuple[User, str, str] | None:
    """Whose address this is, the key of a link that sets their password, and the address as it is kept,
    to which alone the link may go; None where it is nobody's."""
    tx.execute(sa.delete(password_resets).where(password_resets.c.ends_at <= at))
    try:
        row = _find(tx, "email", email) if email else None
    except UsageError:
        row = None
    if row is None:
        return None
    return User(row.id, row.name, Role(row.role)), _new_reset(tx, row.id, at + RESET), row.email


def find_reset(tx: Tx, key: str, *, at: datetime) -> User | None:
    """Whose password the link with this key may set; None where it was used, has ended or never was."""
    return _find_holder(tx, password_resets, password_resets.c.token_hash, key, at)


def use_reset(tx: Tx, key: str, password_hash: str, *, at: datetime) -> User | None:
    """Set the password that a link may set; the link, others like it and all sessions end.

    None where the link was used, has ended or never was: of two at once one counts.
    """
    user = find_reset(tx, key, at=at)
    if user is None:
        return None
    used = tx.execute(sa.delete(password_resets).where(password_resets.c.token_hash == _key_hash(key)))
    if used.rowcount != 1:
        return None
    set_password(tx, user, password_hash)
    return user


def form_mark(key: str) -> str:
    """What forms of a session carry, so that no other site can send them; it does not tell the key."""
    return hashlib.sha256(b"form " + key.encode()).hexdigest()[:32]


def _new_reset(tx: Tx, user_id: int, ends_at: datetime) -> str:
    key = secrets.token_urlsafe(32)
    values = {"token_hash": _key_hash(key), "user_id": user_id, "ends_at": ends_at}
    tx.execute(sa.insert(password_resets).values(**values))
    return key


def _find(tx: Tx, column: str, text: str) -> sa.Row[Any] | None:
    """Whose name or address this is, in any case: one person, however they type it.

    Compared here, since SQLite knows the case of Latin letters only; there are a few dozen people. Errors:
    UsageError where older versions told two apart and neither is spelt so.
    """
    wanted = _folded(text)
    rows = [row for row in tx.execute(sa.select(users)) if _folded(row._mapping[column]) == wanted]
    found = [row for row in rows if row._mapping[column] == text] or rows
    if len(found) > 1:
        names = " and ".join(sorted(repr(row.name) for row in found))
        raise UsageError(f"{text!r} may be {names}: spell it as one of them is spelt")
    return found[0] if found else None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _check_own(tx: Tx, email: str, user_id: int | None) -> None:
    """Refuse an address of somebody else: a reset must lead to one person."""
    rows = tx.execute(sa.select(users.c.id, users.c.email))
    if any(row.id != user_id for row in rows if _folded(row.email) == _folded(email)):
        raise UsageError(f"{email} is the address of somebody else")


def _check_admin_left(tx: Tx, user_id: int, role: Role | None) -> None:
    """Refuse to lose the last administrator. `role`: what the person gets; None: is removed. The rows are
    held until `tx` ends: of two who take the role from one another, the later is refused."""
    if role is Role.ADMIN:
        return
    admins = sa.select(users.c.id, users.c.name).where(users.c.role == Role.ADMIN.value).order_by(users.c.id)
    held = tx.execute(admins.with_for_update()).all()
    if [row.id for row in held] == [user_id]:
        remedy = "make somebody else one first: `monitor user change NAME --role admin`, or `user add`"
        raise UsageError(f"{held[0].name} is the last administrator; {remedy}")


def _checked_name(name: str) -> str:
    wanted = name.strip()
    if not wanted or len(wanted) > _MAX_NAME or not wanted.isprintable():
        raise UsageError(f"a name has 1 to {_MAX_NAME} printable characters")
    return wanted


def _key_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
