"""Which signed links were used: each changes something once only. Runs in the caller's transaction."""

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from monitor.core.db import Tx
from monitor.reports.tables import used_tokens


def use(tx: Tx, token: str, *, expires_at: datetime, at: datetime) -> bool:
    """Mark a token as used, in the transaction of what it does; False when it was used before.

    Of two uses at once the second waits for the first and then finds it used.
    """
    values = {"digest": _digest(token), "used_at": at, "expires_at": expires_at}
    try:
        with tx.begin_nested():
            tx.execute(sa.insert(used_tokens).values(**values))
    except IntegrityError:
        return False
    return True


def find_use(tx: Tx, token: str) -> datetime | None:
    """When a token was used, None if it was not."""
    query = sa.select(used_tokens.c.used_at).where(used_tokens.c.digest == _digest(token))
    return tx.execute(query).scalar_one_or_none()


def forget_expired(tx: Tx, *, now: datetime) -> int:
    """Forget tokens that are refused for their age anyway. How many."""
    return int(tx.execute(sa.delete(used_tokens).where(used_tokens.c.expires_at <= now)).rowcount)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
