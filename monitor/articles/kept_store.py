"""Reads and writes articles by thousands: kept features and vectors in, judgements of a version out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from monitor.articles.choose import Judgements
from monitor.articles.judging_tables import features
from monitor.articles.store import VECTOR_TYPE
from monitor.articles.tables import DATED, articles, taggings, tags, vectors
from monitor.articles.types import ArticleState, Kept
from monitor.core.db import Tx, canonical_json

_LABELS = {1: True, 0: False, -1: None}


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles with what is kept of them, by rising id. Shapes: vectors (n, d), NaN rows where unknown."""

    ids: list[int]
    hashes: list[str]
    kept: list[Kept | None]
    names: list[str | None]  # JSON of the counts of names; None: the base has not judged the article
    vectors: NDArray[np.float16]


def ranges(tx: Tx, *, after: int, size: int, since: datetime | None) -> list[tuple[int, int]]:
    """Ids behind `after` cut into ranges (after, upto] of so many articles to be judged, one range at least.

    The last one ends with the last article there is.
    """
    query = sa.select(articles.c.id).where(
        articles.c.state == ArticleState.READY.value, articles.c.id > after
    )
    if since is not None:
        query = query.where(since <= DATED)
    ids = tx.execute(query.order_by(articles.c.id)).scalars().all()
    last = int(tx.execute(sa.select(sa.func.max(articles.c.id))).scalar_one() or 0)
    cuts = [after, *ids[size - 1 : -1 : size], max(after, last)]
    return list(pairwise(cuts))


def read_batch(
    tx: Tx, *, after: int, upto: int, base: int, embedder: str, dimension: int, kept_format: int,
    since: datetime | None = None,
) -> Batch:  # fmt: skip
    """The articles with text in a range of ids; only those dated from `since` on."""
    its_features = sa.and_(
        features.c.content_hash == articles.c.content_hash, features.c.format == kept_format
    )
    its_vector = sa.and_(vectors.c.content_hash == articles.c.content_hash, vectors.c.embedder == embedder)
    its_base = sa.and_(taggings.c.article_id == articles.c.id, taggings.c.version_id == base)
    columns: list[sa.ColumnElement[Any]] = [
        articles.c.id, articles.c.content_hash, features.c.ngrams, features.c.stems, features.c.passages,
        vectors.c.vector, sa.type_coerce(taggings.c.names, sa.Text),
    ]  # fmt: skip
    query = (
        sa.select(*columns)
        .select_from(
            articles.outerjoin(features, its_features)
            .outerjoin(vectors, its_vector)
            .outerjoin(taggings, its_base)
        )
        .where(articles.c.state == ArticleState.READY.value, articles.c.id > after, articles.c.id <= upto)
        .order_by(articles.c.id)
    )  # fmt: skip
    if since is not None:
        query = query.where(since <= DATED)
    rows = tx.execute(query).all()
    return Batch(
        ids=[row[0] for row in rows],
        hashes=[row[1] for row in rows],
        kept=[None if row[2] is None else Kept(row[2], row[3], row[4]) for row in rows],
        names=[row[6] for row in rows],
        vectors=_vectors([row[5] for row in rows], dimension),
    )


def hashes_in(tx: Tx, *, after: int, upto: int) -> dict[int, str]:
    """The content hash of each article with text in a range of ids, as it is now."""
    query = sa.select(articles.c.id, articles.c.content_hash).where(
        articles.c.state == ArticleState.READY.value, articles.c.id > after, articles.c.id <= upto
    )
    return {article: content_hash for article, content_hash in tx.execute(query)}


def _vectors(blobs: Sequence[bytes | None], dimension: int) -> NDArray[np.float16]:
    """Shapes: n blobs -> (n, dimension)."""
    unknown = np.full(dimension, np.nan, dtype=VECTOR_TYPE).tobytes()
    joined = b"".join([unknown if blob is None else blob for blob in blobs])
    return np.frombuffer(joined, dtype=VECTOR_TYPE).reshape(len(blobs), dimension).astype(np.float16)


def record_features(tx: Tx, rows: Iterable[tuple[str, Kept]], *, kept_format: int) -> None:
    """Keep what a classifier has read of texts, by content hash; words once kept are not lost again."""
    fresh = dict(rows)
    query = sa.select(features.c.content_hash, features.c.stems.is_not(None)).where(
        features.c.format == kept_format, features.c.content_hash.in_(fresh)
    )
    has_stems: dict[str, bool] = {row[0]: bool(row[1]) for row in tx.execute(query)}
    wanted = {
        key: one
        for key, one in fresh.items()
        if key not in has_stems or (one.stems is not None and not has_stems[key])
    }
    if not wanted:
        return
    tx.execute(sa.delete(features).where(features.c.content_hash.in_(wanted)))
    values = [
        {
            "content_hash": key,
            "format": kept_format,
            "ngrams": one.ngrams,
            "stems": one.stems,
            "passages": one.keys,
        }
        for key, one in wanted.items()
    ]
    tx.execute(sa.insert(features), values)


def write_judgements(
    tx: Tx,
    version_id: int,
    ids: Sequence[int],
    names: Sequence[str],
    found: Judgements,
    labels: Sequence[str],
) -> None:
    """Write what a version decided on articles that it has not judged before. `names`: JSON."""
    said = [_LABELS[label] for label in found.label.tolist()]
    own = [version_id] * len(ids)
    rows = zip(ids, own, found.gate_p.tolist(), said, names, found.reason, strict=True)
    insert_many(tx, taggings, ("article_id", "version_id", "gate_p", "label", "names", "reason"), rows)
    of_article = [ids[row] for row in found.row.tolist()]
    topics = [labels[column] for column in found.column.tolist()]
    own = [version_id] * len(topics)
    tagged = zip(of_article, own, topics, found.p.tolist(), found.published.tolist(), strict=True)
    insert_many(tx, tags, ("article_id", "version_id", "topic", "p", "published"), tagged)


def copy_judgements(tx: Tx, *, base: int, version_id: int, after: int, upto: int, before: datetime) -> int:
    """Take over the base's judgements of articles dated before a moment, ids in (after, upto]; how many."""
    old = sa.select(articles.c.id).where(articles.c.id > after, articles.c.id <= upto, before > DATED)
    theirs = (taggings.c.version_id == base, taggings.c.article_id.in_(old))
    n = int(tx.execute(sa.select(sa.func.count()).select_from(taggings).where(*theirs)).scalar_one())
    for table in (taggings, tags):
        new = [sa.literal(version_id) if c.name == "version_id" else c for c in table.columns]
        query = sa.select(*new).where(table.c.version_id == base, table.c.article_id.in_(old))
        tx.execute(sa.insert(table).from_select([c.name for c in table.columns], query))
    return n


def insert_many(tx: Tx, table: sa.Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows as they are, past the column types: a million rows are seconds instead of a minute."""
    names = ", ".join(columns)
    if tx.dialect.name == "postgresql":
        driver: Any = tx.connection  # psycopg's, which SQLAlchemy does not know by type
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    values = list(rows)
    if values:
        tx.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)  # noqa: S608 - our own names


def names_json(names: Sequence[float]) -> str:
    """Counts of names as the table `taggings` holds them."""
    return canonical_json(list(names))


def drop_judgements(tx: Tx, version_id: int) -> None:
    """Forget all that a version has decided."""
    for table in (tags, taggings):
        tx.execute(sa.delete(table).where(table.c.version_id == version_id))
