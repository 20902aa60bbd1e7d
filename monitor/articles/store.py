"""Reads and writes articles, vectors and taggings in the caller's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from monitor.articles.search_tables import search_texts
from monitor.articles.tables import articles, revisions, stands_at, taggings, tags, vectors
from monitor.articles.types import Article, ArticleState, Judgement
from monitor.core.db import Tx, take_turn, upsert
from monitor.core.ids import ArticleId, PageUrl, SourceId
from monitor.core.urls import normalise, twins

VECTOR_TYPE = np.dtype("<f2")
_PG_KEY = 0x636F7079  # any constant: all who tie copies in one database must use the same

_COLUMNS = (
    articles.c.id, articles.c.source_id, articles.c.url, articles.c.title, articles.c.text, articles.c.lang,
    articles.c.published_at, articles.c.published_from, articles.c.first_seen_at, articles.c.content_hash,
    articles.c.cluster_id, articles.c.is_origin,
)  # fmt: skip

# The linking room lies above this one, so its tables are named here, not imported.
_links = sa.table("links", sa.column("article_id", sa.Integer))
_linkings = sa.table("linkings", sa.column("article_id", sa.Integer))
_found_names = sa.table("found_names", sa.column("article_id", sa.Integer))


def _article(found: sa.RowMapping) -> Article:
    return Article(
        id=ArticleId(found["id"]),
        source_id=SourceId(found["source_id"]),
        url=PageUrl(found["url"]),
        title=found["title"],
        text=found["text"],
        lang=found["lang"],
        published_at=found["published_at"],
        published_from=found["published_from"],
        first_seen_at=found["first_seen_at"],
        content_hash=found["content_hash"],
        cluster_id=found["cluster_id"],
        is_origin=found["is_origin"],
    )


def find_at(tx: Tx, url: PageUrl) -> ArticleId | None:
    """The article that has an address in one of its spellings, as listed or as its own; of several one with a
    text, None if there is none."""
    query = (
        sa.select(articles.c.id)
        .where(stands_at(twins(url)))
        .order_by(articles.c.state != ArticleState.READY.value, articles.c.id)
        .limit(1)
    )
    found = tx.execute(query).scalar_one_or_none()
    return None if found is None else ArticleId(found)


def find_named(tx: Tx, named: str) -> ArticleId | None:
    """The article of a number, or of an address as somebody typed it; None if there is none."""
    if not (named.isascii() and named.isdigit() and len(named) < 10):
        url = normalise(named)
        return None if url is None else find_at(tx, url)
    found = tx.execute(sa.select(articles.c.id).where(articles.c.id == int(named))).scalar_one_or_none()
    return None if found is None else ArticleId(found)


def due_for_tagging(tx: Tx, version_id: int, *, limit: int, upto: int | None = None) -> list[Article]:
    """Articles with text that this version has not judged, oldest first; ids up to `upto` only."""
    query = sa.select(*_COLUMNS).where(*_due(version_id, upto)).order_by(articles.c.id).limit(limit)
    return [_article(row) for row in tx.execute(query).mappings()]


def count_due_for_tagging(tx: Tx, version_id: int, *, upto: int | None = None) -> int:
    """How many articles `due_for_tagging` would give without a limit."""
    return int(tx.execute(sa.select(sa.func.count()).where(*_due(version_id, upto))).scalar_one())


def _due(version_id: int, upto: int | None) -> list[sa.ColumnElement[bool]]:
    # not `id NOT IN (...)`: that is quadratic on PostgreSQL where the ids do not fit into its work_mem
    done = sa.exists().where(taggings.c.article_id == articles.c.id, taggings.c.version_id == version_id)
    is_due = [articles.c.state == ArticleState.READY.value, ~done]
    return is_due if upto is None else [*is_due, articles.c.id <= upto]


def hashes_of(tx: Tx, ids: Sequence[int]) -> dict[int, str | None]:
    """The content hash of each of the articles that has a text, as it is now."""
    query = sa.select(articles.c.id, articles.c.content_hash)
    found = tx.execute(query.where(articles.c.id.in_(ids), articles.c.state == ArticleState.READY.value))
    return {article: content_hash for article, content_hash in found}


def get_many(tx: Tx, ids: Iterable[int]) -> dict[ArticleId, Article]:
    """Articles by id; unknown ids are left out."""
    wanted = sorted(set(ids))
    found: dict[ArticleId, Article] = {}
    for start in range(0, len(wanted), 500):  # SQLite allows a limited number of parameters
        query = sa.select(*_COLUMNS).where(articles.c.id.in_(wanted[start : start + 500]))
        found.update((a.id, a) for a in map(_article, tx.execute(query).mappings()))
    return found


def known_vectors(tx: Tx, hashes: Sequence[str], embedder: str, dimension: int) -> NDArray[np.float16]:
    """Stored vectors of content hashes. Shapes: (len(hashes), dimension), NaN rows where unknown."""
    result = np.full((len(hashes), dimension), np.nan, dtype=np.float16)
    query = sa.select(vectors.c.content_hash, vectors.c.vector).where(
        vectors.c.embedder == embedder, vectors.c.content_hash.in_(set(hashes))
    )
    stored = {row.content_hash: row.vector for row in tx.execute(query)}
    for i, key in enumerate(hashes):
        if key in stored:
            result[i] = np.frombuffer(stored[key], dtype=VECTOR_TYPE)
    return result


def vectors_of(tx: Tx, hashes: Sequence[str]) -> dict[str, dict[str, NDArray[np.float16]]]:
    """All stored vectors of content hashes, by embedder."""
    query = sa.select(vectors.c.content_hash, vectors.c.embedder, vectors.c.vector).where(
        vectors.c.content_hash.in_(set(hashes))
    )
    found: dict[str, dict[str, NDArray[np.float16]]] = {}
    for row in tx.execute(query):
        found.setdefault(row.content_hash, {})[row.embedder] = np.frombuffer(row.vector, dtype=VECTOR_TYPE)
    return found


def record_vector(tx: Tx, content_hash: str, embedder: str, vector: NDArray[np.float16]) -> None:
    """Keep a vector under the hash of the text it was made from."""
    values = {
        "content_hash": content_hash,
        "embedder": embedder,
        "vector": vector.astype(VECTOR_TYPE).tobytes(),
    }
    upsert(tx, vectors, values, key=("content_hash", "embedder"))


def record_tagging(
    tx: Tx, article: ArticleId, version_id: int, judgement: Judgement, names: Sequence[float]
) -> None:
    """Write what a version decided on an article; a second call for the same pair replaces the first."""
    values = {
        "article_id": article,
        "version_id": version_id,
        "gate_p": judgement.gate_p,
        "label": judgement.label,
        "names": list(names),
        "reason": judgement.reason.value if judgement.reason else "",
    }
    upsert(tx, taggings, values, key=("article_id", "version_id"))
    tx.execute(sa.delete(tags).where(tags.c.article_id == article, tags.c.version_id == version_id))
    rows = [
        {
            "article_id": article,
            "version_id": version_id,
            "topic": tag.topic,
            "p": tag.p,
            "published": tag.published,
        }
        for tag in judgement.topics
    ]
    if rows:
        tx.execute(sa.insert(tags), rows)


def hold_copies(tx: Tx) -> None:
    """Have pages and stories stay as they are until `tx` ends, but for what it writes itself.

    The first word of a transaction that settles pages, before the ground and any row: a text is tied to
    articles of others, whose rows it then writes. On SQLite whoever may write is alone.
    """
    take_turn(tx, _PG_KEY)


def forget_judgements(tx: Tx, article: ArticleId) -> None:
    """Take back what was decided on an article whose text is another now: every stage judges it again."""
    for table in (_links, _linkings, _found_names, tags, taggings, search_texts):
        tx.execute(sa.delete(table).where(table.c.article_id == article))


def record_revision(
    tx: Tx,
    article: ArticleId,
    number: int,
    *,
    title: str,
    text: str,
    content_hash: str,
    replaced_at: datetime,
) -> None:
    """Keep an older text; `number`: of the later reading, from 1, that gave another one."""
    values = {
        "article_id": article,
        "number": number,
        "title": title,
        "text": text,
        "content_hash": content_hash,
        "replaced_at": replaced_at,
    }
    upsert(tx, revisions, values, key=("article_id", "number"))
