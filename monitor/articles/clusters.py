"""Clusters of copies in the database: which articles are one story, and which of them is the original."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa

from monitor.articles.dedupe import (
    WINDOW,
    Candidate,
    Printed,
    band_keys,
    matching_clusters,
    origin_of,
    shingles,
)
from monitor.articles.tables import articles, signature_bands
from monitor.core.db import Tx, UtcDateTime

_MAX_CANDIDATES = 30  # most shared bands first; a phrase of a whole site's pages must not cost the crawl
_AGENCY = "national_agency"
# The sources room lies above this one, so its table is named here, not imported.
_sources = sa.table("sources", sa.column("id", sa.String), sa.column("kind", sa.String))
_when = sa.func.coalesce(articles.c.published_at, articles.c.first_seen_at, type_=UtcDateTime)


def assign_cluster(
    tx: Tx, *, article_id: int, title: str, text: str, published_at: datetime, marks: Sequence[str] = ()
) -> int:
    """The id of the article's cluster, after storing its signature, cluster and the cluster's origin.

    A cluster's id is the smallest article id in it, so it may change while copies come in. Doing it again
    with the same text changes nothing. The article's row must exist with its source.
    `published_at`: the date the row has or is about to get; `marks`: phrases that credit another outlet.
    Writes `cluster_id` and `is_origin` of the cluster's members and nothing else of an article.
    """
    _leave(tx, article_id)
    keys = band_keys(shingles(title, text))
    if keys:
        rows = [{"article_id": article_id, "band": band, "key": key} for band, key in enumerate(keys)]
        tx.execute(sa.insert(signature_bands), rows)
    candidates = _candidates(tx, article_id, keys, published_at)
    joined = matching_clusters(title, text, candidates, marks)
    tx.execute(
        sa.update(articles)
        .where(sa.or_(articles.c.id == article_id, articles.c.cluster_id.in_(joined)))
        .values(cluster_id=article_id, is_origin=False)
    )
    return _settle(tx, article_id, known={article_id: published_at})


def _leave(tx: Tx, article_id: int) -> None:
    """Forget an earlier answer for this article; those that stay behind get a new origin."""
    tx.execute(sa.delete(signature_bands).where(signature_bands.c.article_id == article_id))
    old = tx.execute(sa.select(articles.c.cluster_id).where(articles.c.id == article_id)).scalar_one()
    if old is None:
        return
    tx.execute(
        sa.update(articles).where(articles.c.id == article_id).values(cluster_id=None, is_origin=False)
    )
    _settle(tx, old)


def _candidates(tx: Tx, article_id: int, keys: Sequence[str], published_at: datetime) -> Sequence[Candidate]:
    if not keys:
        return ()
    shared = (
        sa.select(signature_bands.c.article_id, sa.func.count().label("n"))
        .join(articles, articles.c.id == signature_bands.c.article_id)
        .where(
            signature_bands.c.key.in_(keys),
            signature_bands.c.article_id != article_id,
            _when.between(published_at - WINDOW, published_at + WINDOW),
        )
        .group_by(signature_bands.c.article_id)
        .order_by(sa.desc("n"), signature_bands.c.article_id)
        .limit(_MAX_CANDIDATES)
        .subquery()
    )
    rows = tx.execute(
        sa.select(articles.c.id, articles.c.cluster_id, articles.c.title, articles.c.text)
        .join(shared, shared.c.article_id == articles.c.id)
        .order_by(articles.c.id)
    )
    return [Candidate(row.id, row.cluster_id, row.title, row.text) for row in rows]


def _settle(tx: Tx, cluster: int, known: Mapping[int, datetime] = MappingProxyType({})) -> int:
    """Name the cluster after its smallest member and mark its origin; its new id."""
    rows = tx.execute(
        sa.select(articles.c.id, _when.label("at"), _sources.c.kind)
        .join(_sources, _sources.c.id == articles.c.source_id)
        .where(articles.c.cluster_id == cluster)
        .order_by(articles.c.id)
    ).all()
    if not rows:
        return cluster
    name = rows[0].id
    origin = origin_of([Printed(row.id, known.get(row.id, row.at), row.kind == _AGENCY) for row in rows])
    tx.execute(
        sa.update(articles)
        .where(articles.c.cluster_id == cluster)
        .values(cluster_id=name, is_origin=articles.c.id == origin)
    )
    return int(name)
