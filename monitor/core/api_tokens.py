"""Tokens of programs that read the interface for machines: what each may read, and until when.

Kept are SHA-256 hashes of keys of 256 random bits: who reads the database can ask for nothing with them.
Looking a token up writes nothing. In the caller's transaction.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from monitor.core.db import Tx, UtcDateTime, metadata
from monitor.core.errors import UsageError
from monitor.core.text import squeeze

NAME_LIMIT = 80
PREFIX = "monitor_"  # by which those who search code for lost keys know ours
_MOST_LETTERS = 200  # of a key that is looked up at all

api_tokens = sa.Table(
    "api_tokens",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(NAME_LIMIT), nullable=False, unique=True),
    sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("scopes", sa.String(200), nullable=False),  # separated by spaces
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
)


class Scope(StrEnum):
    """What a token may read."""

    GAPS = "read:gaps"  # agreements, their state, topics, the matrix
    ARTICLES = "read:articles"  # articles and the search over them
    SOURCES = "read:sources"  # sources and outlets
    REPORTS = "read:reports"
    RUNS = "read:runs"


@dataclass(frozen=True, slots=True)
class Token:
    """One token without its key, which nobody can read again."""

    id: int
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    ends_at: datetime


def add_token(tx: Tx, *, name: str, scopes: Collection[Scope], at: datetime, ends_at: datetime) -> str:
    """Make a token; its key, which is told this once.

    Errors: UsageError for a name that is empty, too long or taken, for no scope, or an end that has passed.
    """
    wanted = squeeze(name)
    if not wanted or len(wanted) > NAME_LIMIT or not wanted.isprintable():
        raise UsageError(f"a token has a name of 1 to {NAME_LIMIT} characters")
    if not scopes:
        raise UsageError("a token without a scope could read nothing")
    if ends_at <= at:
        raise UsageError("a token ends later than now")
    if tx.execute(sa.select(api_tokens.c.id).where(api_tokens.c.name == wanted)).first():
        raise UsageError(f"there is a token called {wanted!r} already: remove it first")
    key = PREFIX + secrets.token_urlsafe(32)
    held = " ".join(scope.value for scope in Scope if scope in scopes)
    values = {"name": wanted, "key_hash": _hash(key), "scopes": held, "created_at": at, "ends_at": ends_at}
    tx.execute(sa.insert(api_tokens).values(**values))
    return key


def list_tokens(tx: Tx) -> list[Token]:
    """All tokens, also those that have ended, by name."""
    return [_token(row) for row in tx.execute(sa.select(api_tokens).order_by(api_tokens.c.name)).mappings()]


def remove_token(tx: Tx, name: str) -> None:
    """Forget a token; the next request with it is refused. Errors: UsageError when there is no such name."""
    if not tx.execute(sa.delete(api_tokens).where(api_tokens.c.name == name)).rowcount:
        raise UsageError(f"there is no token called {name!r}")


def find_token(tx: Tx, key: str, *, at: datetime) -> Token | None:
    """The token of a key; None for an unknown one and for one that has ended."""
    if not key.startswith(PREFIX) or len(key) > _MOST_LETTERS:
        return None
    held = sa.and_(api_tokens.c.key_hash == _hash(key), api_tokens.c.ends_at > at)
    row = tx.execute(sa.select(api_tokens).where(held)).mappings().one_or_none()
    return None if row is None else _token(row)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _token(row: sa.RowMapping) -> Token:
    known = {scope.value for scope in Scope}  # one that a newer program gave says nothing here
    scopes = frozenset(Scope(one) for one in row["scopes"].split() if one in known)
    return Token(row["id"], row["name"], scopes, row["created_at"], row["ends_at"])
