"""Reads and writes the index of the search in the caller's transaction. Two databases, one meaning."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from monitor.articles.search_marks import Mark, of_sqlite, ways_of_postgres
from monitor.articles.search_tables import INDEX, INDEX_COLUMN, search_texts
from monitor.articles.search_words import ANY, Question, fts5, tsquery
from monitor.articles.tables import DATED, READY, articles
from monitor.core.db import Tx
from monitor.core.errors import UsageError
from monitor.core.ids import ArticleId, SourceId

_DAY_SHIFT = 32
_ARTICLE = (1 << _DAY_SHIFT) - 1
_STEPS = 20_000  # of SQLite's machine between two looks at the clock, about a millisecond
_CANCELLED = "57014"  # SQLSTATE of a statement that took too long
_FIRST_DAY = date(1970, 1, 1)
_NEWEST = 200  # articles by which the index is seen to be behind: it is filled from the oldest on
# PostgreSQL: to read the words of one article, and to look one up that their index has found. Measured with
# 200,000 texts of 300 words (2026-11-22): 16 and 3 microseconds
_ROW, _HIT = 16, 3
# a look at every article is never right, alone or by several processes; nor is the plan for any words at all
# that PostgreSQL would keep from a connection's tenth question on
_PLANNER = {
    "enable_seqscan": "off",
    "max_parallel_workers_per_gather": "0",
    "plan_cache_mode": "force_custom_plan",
}
_EXPECTED = sa.text(
    "EXPLAIN (FORMAT JSON) SELECT position FROM search_texts WHERE words @@ to_tsquery('simple', :match) "
    "UNION ALL SELECT position FROM search_texts"
)


@dataclass(frozen=True, slots=True)
class Unread:
    """An article that is not in the index."""

    id: ArticleId
    source_id: SourceId
    title: str
    text: str
    content_hash: str | None
    lang: str
    at: datetime  # published, else first seen


@dataclass(frozen=True, slots=True)
class Read:
    """An article as the index takes it."""

    article: ArticleId
    day: date  # of the newsroom
    lemmas: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for. `facets`: of each row one holds; `among`: queries of ids, all of which name it;
    `marks`: all hold."""

    question: Question
    facets: tuple[tuple[str, ...], ...] = ()
    not_facets: tuple[str, ...] = ()
    from_on: date | None = None
    to_on: date | None = None
    before: int | None = None  # position of the last one that was shown
    among: tuple[sa.Select[tuple[int]], ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nothing at all is asked."""
        narrows = self.among or self.marks or self.facets or self.from_on or self.to_on
        return not (self.question.clauses or narrows)


class Reach(StrEnum):
    """How far the index has come."""

    WHOLE = "whole"  # it has the newest articles, or there are none
    BEHIND = "behind"
    EMPTY = "empty"  # though there are articles


def reach(tx: Tx) -> Reach:
    """How far the index has come, by the newest articles. Cheap, for each question."""
    newest = sa.select(articles.c.id).where(READY).order_by(articles.c.id.desc()).limit(_NEWEST).subquery()
    known = sa.exists().where(search_texts.c.article_id == newest.c.id)
    if tx.execute(sa.select(newest.c.id).where(~known).limit(1)).first() is None:
        return Reach.WHOLE
    is_filled = tx.execute(sa.select(search_texts.c.position).limit(1)).first() is not None
    return Reach.BEHIND if is_filled else Reach.EMPTY


def due_for_index(tx: Tx, *, limit: int | None) -> list[ArticleId]:
    """Articles with a text that are not in the index, oldest first. One look at all that there are."""
    query = sa.select(articles.c.id).where(READY, ~_is_known()).order_by(articles.c.id).limit(limit)
    return [ArticleId(article) for article in tx.execute(query).scalars()]


def read_due(tx: Tx, ids: Sequence[ArticleId]) -> list[Unread]:
    """Those of some articles that are still due for the index, oldest first."""
    named = (articles.c.id, articles.c.source_id, articles.c.title)
    query = (
        sa.select(*named, articles.c.text, articles.c.content_hash, articles.c.lang, DATED.label("at"))
        .where(articles.c.id.in_(ids), READY, ~_is_known())
        .order_by(articles.c.id)
    )
    return [Unread(**row) for row in tx.execute(query).mappings()]


def _is_known() -> sa.ColumnElement[bool]:
    # `id NOT IN (...)` is quadratic on PostgreSQL as soon as the ids do not fit into its work_mem
    return sa.exists().where(search_texts.c.article_id == articles.c.id)


def record_words(tx: Tx, lot: Sequence[Read]) -> None:
    """Put articles into the index; those that another process has put there meanwhile stay as they are."""
    if not lot:
        return
    rows = [
        {"position": position(one.day, one.article), "article_id": one.article, "lemmas": one.lemmas}
        for one in lot
    ]
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    tx.execute(insert(search_texts).values(rows).on_conflict_do_nothing())


def forget_words(tx: Tx, ids: Sequence[int]) -> int:
    """Take articles out of the index: their texts have changed or were let go. How many were in it."""
    return int(tx.execute(sa.delete(search_texts).where(search_texts.c.article_id.in_(ids))).rowcount)


def forget_some(tx: Tx, *, limit: int) -> int:
    """Take articles out of the index, whichever; how many. For when all are to be read anew."""
    lot = list(tx.execute(sa.select(search_texts.c.article_id).limit(limit)).scalars())
    return forget_words(tx, lot) if lot else 0


class TooWideError(UsageError):
    """A question that would keep the database busy for too long; days or an outlet would narrow it."""


def find(tx: Tx, asked: Asked, *, limit: int, deadline_s: float = 2.0) -> Sequence[tuple[int, ArticleId]]:
    """Position and id of what is looked for, the latest day first; nothing for no question at all.

    Errors: TooWideError when the database has not found them by the deadline; the transaction is over then.
    """
    if asked.is_open:
        return ()
    try:
        with _deadline(tx, deadline_s):
            found = {at for query in _queries(tx, asked, limit) for at in tx.execute(query).scalars()}
    except OperationalError as error:
        if _is_overdue(error):
            raise TooWideError("too many articles would have to be looked through") from error
        raise
    return [(at, ArticleId(at & _ARTICLE)) for at in sorted(found, reverse=True)[:limit]]


def _queries(tx: Tx, asked: Asked, limit: int) -> Iterator[sa.Select[int]]:
    """Queries of positions, the latest first, which find together what is looked for."""
    is_sqlite = tx.dialect.name == "sqlite"
    key, holds = (_sqlite if is_sqlite else _postgres)(asked)
    article, order = (key.op("&")(_ARTICLE) if is_sqlite else search_texts.c.article_id), key
    wanted = [holds, *_within(asked, key), *(article.in_(one) for one in asked.among)]
    if is_sqlite:
        wanted += [of_sqlite(one, article) for one in asked.marks]
        ways: list[sa.ColumnElement[bool]] = [sa.true()]
    else:
        wanted += [one.holds(article) for one in asked.marks]
        ways = ways_of_postgres(asked.marks, key, article, lambda where: _within(asked, where))
        if not _are_common(tx, asked, limit):
            order = key + 0  # no index has this order: so the index of words it is
    for way in ways:
        yield sa.select(key).where(way, *wanted).order_by(order.desc()).limit(limit)


def _are_common(tx: Tx, asked: Asked, limit: int) -> bool:
    """Whether so many articles hold the words that PostgreSQL should read from the newest on until it has
    enough, not look them up by their index.

    Its planner would read from the newest on nearly always: words that lie apart from their row, as those of
    whole articles do, are free to it, and it takes a word that it has no figures of to stand in one article
    of two hundred. So it is asked how many it expects, and told what to do.
    """
    if not (asked.question.clauses or asked.facets):
        return True  # the word that all have
    (plan,) = tx.execute(_EXPECTED, {"match": _tsquery_of(asked)}).scalar_one()
    holding, every = (int(one["Plan Rows"]) for one in plan["Plan"]["Plans"])
    return holding * holding * _HIT > limit * every * _ROW


def _within(asked: Asked, key: sa.ColumnElement[int]) -> list[sa.ColumnElement[bool]]:
    """The days and the page that are asked for, as bounds of a position."""
    bounds = []
    if asked.from_on:
        bounds.append(key >= position(asked.from_on, 0))
    if asked.to_on and asked.to_on < date.max:
        bounds.append(key < position(asked.to_on + timedelta(days=1), 0))
    if asked.before is not None:
        bounds.append(key < asked.before)
    return bounds


def position(day: date, article: int) -> int:
    """Where an article stands in the order of results."""
    return ((day - _FIRST_DAY).days << _DAY_SHIFT) | article


def texts_of(tx: Tx, ids: Sequence[int]) -> Mapping[ArticleId, sa.RowMapping]:
    """What a result shows of articles: id, source_id, url, title, text, lang, published_at, first_seen_at."""
    columns = (articles.c.id, articles.c.source_id, articles.c.url, articles.c.title, articles.c.text,
               articles.c.lang, articles.c.published_at, articles.c.first_seen_at)  # fmt: skip
    query = sa.select(*columns).where(articles.c.id.in_(ids))
    return {ArticleId(row["id"]): row for row in tx.execute(query).mappings()}


@contextmanager
def _deadline(tx: Tx, seconds: float) -> Iterator[None]:
    """Let the database give up on a statement. A rare phrase of common words can take PostgreSQL minutes.

    SQLite looks at the clock between two finds of its index only; it reads so little that this is enough.
    """
    if tx.dialect.name != "sqlite":
        settings = {"statement_timeout": str(int(seconds * 1000)), **_PLANNER}
        tx.execute(sa.select(*(sa.func.set_config(name, to, sa.true()) for name, to in settings.items())))
        yield
        return
    raw: Any = tx.connection.driver_connection
    ends = time.monotonic() + seconds
    raw.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)


def _is_overdue(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", None) == _CANCELLED or str(error.orig) == "interrupted"


def _facets(asked: Asked) -> tuple[tuple[str, ...], ...]:
    return asked.facets if asked.facets or asked.question.clauses else ((ANY,),)


def _sqlite(asked: Asked) -> tuple[sa.ColumnElement[int], sa.ColumnElement[bool]]:
    match = fts5(asked.question, _facets(asked), asked.not_facets)
    index = sa.table(INDEX, sa.column("rowid", sa.BigInteger), sa.column(INDEX, sa.Text))
    return index.c.rowid, index.c[INDEX].op("MATCH", is_comparison=True)(match)


def _tsquery_of(asked: Asked) -> str:
    return tsquery(asked.question, _facets(asked), asked.not_facets)


def _postgres(asked: Asked) -> tuple[sa.ColumnElement[int], sa.ColumnElement[bool]]:
    words: sa.ColumnElement[str] = sa.literal_column(f"search_texts.{INDEX_COLUMN}")
    asks = sa.func.to_tsquery(sa.text("'simple'"), _tsquery_of(asked))
    return search_texts.c.position, words.op("@@", is_comparison=True)(asks)
