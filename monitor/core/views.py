"""Views of the table that people keep under a name of their own. In the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.core.accounts import users
from monitor.core.db import Tx, UtcDateTime, metadata, upsert
from monitor.core.errors import UsageError
from monitor.core.text import squeeze

NAME_LIMIT, QUERY_LIMIT = 80, 500
MOST = 30  # of one person: a list that can still be read

saved_views = sa.Table(
    "saved_views",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.Integer, sa.ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("name", sa.String(NAME_LIMIT), nullable=False),
    sa.Column("query", sa.String(QUERY_LIMIT), nullable=False),  # of the table's address
    sa.Column("saved_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("user_id", "name"),
)


@dataclass(frozen=True, slots=True)
class View:
    """One kept view."""

    id: int
    name: str
    query: str


def list_views(tx: Tx, user: int) -> tuple[View, ...]:
    """What a person has kept, by name."""
    own = saved_views.c.user_id == user
    query = sa.select(saved_views.c.id, saved_views.c.name, saved_views.c.query).where(own)
    return tuple(View(*row) for row in tx.execute(query.order_by(saved_views.c.name, saved_views.c.id)))


def save_view(tx: Tx, user: int, *, name: str, query: str, at: datetime) -> str:
    """Keep a view; one of the same name is replaced. It gives the name as it is kept.

    Errors: UsageError for a name or a query that is empty or too long, or when there are too many.
    """
    wanted = squeeze(name)
    if not wanted or len(wanted) > NAME_LIMIT or not wanted.isprintable():
        raise UsageError(f"a view has a name of 1 to {NAME_LIMIT} characters")
    if not query or len(query) > QUERY_LIMIT:
        raise UsageError(f"a view has 1 to {QUERY_LIMIT} characters of choices")
    held = {view.name for view in list_views(tx, user)}
    if wanted not in held and len(held) >= MOST:
        raise UsageError(f"{MOST} views are kept already: remove one first")
    values = {"user_id": user, "name": wanted, "query": query, "saved_at": at}
    upsert(tx, saved_views, values, key=("user_id", "name"))
    return wanted


def drop_view(tx: Tx, user: int, view: int) -> bool:
    """Forget a view of this person; False when they have no such view."""
    own = (saved_views.c.user_id == user, saved_views.c.id == view)
    return bool(tx.execute(sa.delete(saved_views).where(*own)).rowcount)
