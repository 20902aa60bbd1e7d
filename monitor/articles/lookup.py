"""Which articles share keys with one around its publication: the look-up of copies and translations.

Rows of `sketches` go by week and key, so that a look-up reads three weeks whatever the archive holds.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from monitor.articles.tables import DATED, articles, sketches
from monitor.core.db import Tx, UtcDateTime

WINDOW = timedelta(days=7)  # a later copy is a new publication of an old story, not a reprint of the news

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Met(NamedTuple):
    """An article that shares keys."""

    id: int
    n_shared: int
    characters: int  # length of its text
    lang: str


def remember(tx: Tx, article_id: int, published_at: datetime, keys: Sequence[int]) -> None:
    """Store an article's keys; it must have none."""
    week = _week(published_at)
    if keys:
        rows = [{"week": week, "key": key, "article_id": article_id} for key in set(keys)]
        tx.execute(sa.insert(sketches), rows)


def forget(tx: Tx, article_id: int) -> None:
    """Drop an article's keys."""
    tx.execute(sa.delete(sketches).where(sketches.c.article_id == article_id))


def met(
    tx: Tx, article_id: int, published_at: datetime, keys: Sequence[int], *, at_least: int
) -> tuple[Met, ...]:
    """Articles of the seven days before and after that share `at_least` of these keys, by id."""
    if not keys:
        return ()
    week = _week(published_at)
    asked = {
        "weeks": [week - 1, week, week + 1],
        "keys": list(keys),
        "at_least": at_least,
        "own": article_id,
        "from_at": published_at - WINDOW,
        "to_at": published_at + WINDOW,
    }
    return tuple(Met(*row) for row in tx.execute(_MET, asked))


def _met() -> sa.Select[Any]:
    shared = (
        sa.select(sketches.c.article_id, sa.func.count().label("n"))
        .where(
            # a list of weeks, not a range: so that the database goes by week and key at once
            sketches.c.week.in_(sa.bindparam("weeks", expanding=True)),
            sketches.c.key.in_(sa.bindparam("keys", expanding=True)),
        )
        .group_by(sketches.c.article_id)
        .having(sa.func.count() >= sa.bindparam("at_least"))
        .subquery()
    )
    moment = UtcDateTime()
    return (
        sa.select(articles.c.id, shared.c.n, sa.func.length(articles.c.text), articles.c.lang)
        .join(shared, shared.c.article_id == articles.c.id)
        .where(
            articles.c.id != sa.bindparam("own"),
            DATED.between(sa.bindparam("from_at", type_=moment), sa.bindparam("to_at", type_=moment)),
        )
        .order_by(articles.c.id)
    )


_MET = _met()  # built once: building it costs more than running it


def _week(at: datetime) -> int:
    return (at - _EPOCH).days // 7
