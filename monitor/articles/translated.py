"""Stories told in two languages, in the database. They are no copies: clusters stay apart, and whoever counts
can tell which of them say again what another said first."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from monitor.articles import lookup
from monitor.articles.grouping import components
from monitor.articles.store import VECTOR_TYPE
from monitor.articles.tables import DATED, articles, translation_ties, vectors
from monitor.articles.translations import (
    ALIKE,
    MAYBE_SAME,
    MEETING,
    SAME_ORDER,
    facts_in_order,
    likeness,
    same_order,
)
from monitor.core.db import Tx

_MAX_CANDIDATES = 10  # most shared keys first
_BATCH = 1000  # pairs weighed at once

# As `translations.is_translation` has it: other pairs are kept until their vectors are known, and count not
COUNTS: sa.ColumnElement[bool] = sa.or_(
    translation_ties.c.share >= SAME_ORDER,
    sa.and_(translation_ties.c.share >= MAYBE_SAME, translation_ties.c.likeness >= ALIKE),
)


def link_translations(
    tx: Tx, *, article_id: int, lang: str, text: str, published_at: datetime, keys: Collection[int]
) -> None:
    """Store which articles in other languages tell the article's story, or may; again changes nothing.

    `keys`: its `translations.fact_keys`, which the caller also gives to `lookup.remember`.
    """
    if not lang:
        return
    found = lookup.met(tx, article_id, published_at, tuple(keys), at_least=MEETING)
    others = sorted((-m.n_shared, m.id) for m in found if m.lang not in ("", lang))[:_MAX_CANDIDATES]
    if not others:
        return
    facts = facts_in_order(text)
    texts = sa.select(articles.c.id, articles.c.text).where(articles.c.id.in_([id_ for _, id_ in others]))
    shares = {row.id: same_order(facts, facts_in_order(row.text)) for row in tx.execute(texts)}
    rows = [
        {"one_id": min(article_id, other), "other_id": max(article_id, other), "share": share}
        for other, share in sorted(shares.items())
        if share >= MAYBE_SAME
    ]
    if rows:
        tx.execute(sa.insert(translation_ties), rows)


def unlink_translations(tx: Tx, article_id: int) -> None:
    """Forget what an earlier text of the article was like."""
    one, other = translation_ties.c.one_id, translation_ties.c.other_id
    tx.execute(sa.delete(translation_ties).where(sa.or_(one == article_id, other == article_id)))


def weigh(tx: Tx, embedder: str, centre: NDArray[np.float64]) -> int:
    """Compare the vectors of pairs that may be translations, where both are known; how many pairs.

    At most a thousand at once. Shapes: centre (d,), what all articles have in common in that embedder.
    """
    one, other, ours, theirs = (
        articles.alias("one"), articles.alias("other"), vectors.alias("ours"), vectors.alias("theirs"),
    )  # fmt: skip
    ties = translation_ties.c
    query = (
        sa.select(ties.one_id, ties.other_id, ours.c.vector, theirs.c.vector)
        .join(one, one.c.id == ties.one_id)
        .join(other, other.c.id == ties.other_id)
        .join(ours, sa.and_(ours.c.content_hash == one.c.content_hash, ours.c.embedder == embedder))
        .join(theirs, sa.and_(theirs.c.content_hash == other.c.content_hash, theirs.c.embedder == embedder))
        .where(ties.likeness.is_(None), ties.share < SAME_ORDER)
        .limit(_BATCH)
    )
    found = [
        {
            "a": a,
            "b": b,
            "alike": likeness(np.frombuffer(v, VECTOR_TYPE), np.frombuffer(w, VECTOR_TYPE), centre),
        }
        for a, b, v, w in tx.execute(query).all()
    ]
    if found:
        pair = sa.and_(ties.one_id == sa.bindparam("a"), ties.other_id == sa.bindparam("b"))
        tx.execute(sa.update(translation_ties).where(pair).values(likeness=sa.bindparam("alike")), found)
    return len(found)


def told_also(tx: Tx, cluster: int) -> tuple[int, ...]:
    """Clusters with an article that tells one of this cluster's in another language, by id."""
    return tuple(sorted({end for pair in _pairs(tx, cluster) for end in pair} - {cluster}))


class FirstTold(NamedTuple):
    """The cluster that told a story first, and when its earliest article was published."""

    cluster: int
    at: datetime


def told_before(tx: Tx) -> dict[int, FirstTold]:
    """Each cluster that tells what another told first in another language, with that one.

    A cluster is missing from the answer when it was first or is told once. First is by the earliest article
    of a cluster, then by the cluster's id. Copies of a translation are of its cluster.
    """
    pairs = _pairs(tx)
    if not pairs:
        return {}
    member = articles.alias("member")
    tied = sa.select(member.c.cluster_id).where(
        member.c.id.in_(sa.select(translation_ties.c.one_id).where(COUNTS))
        | member.c.id.in_(sa.select(translation_ties.c.other_id).where(COUNTS))
    )
    dated = (
        sa.select(articles.c.cluster_id, sa.func.min(DATED).label("at"))
        .where(articles.c.cluster_id.in_(tied))
        .group_by(articles.c.cluster_id)
    )
    first_at: dict[int, datetime] = {row[0]: row[1] for row in tx.execute(dated)}
    told: dict[int, FirstTold] = {}
    for group in components(sorted({cluster for pair in pairs for cluster in pair}), pairs):
        first = min(group, key=lambda cluster: (first_at[cluster], cluster))
        told.update({cluster: FirstTold(first, first_at[first]) for cluster in group if cluster != first})
    return told


def _pairs(tx: Tx, cluster: int | None = None) -> set[tuple[int, int]]:
    """Clusters that tell one story in two languages, all or those of one cluster."""
    one, other = articles.alias("one"), articles.alias("other")
    ends = (
        sa.select(one.c.cluster_id, other.c.cluster_id)
        .select_from(translation_ties)
        .join(one, one.c.id == translation_ties.c.one_id)
        .join(other, other.c.id == translation_ties.c.other_id)
        .where(COUNTS)
    )
    if cluster is not None:
        ends = ends.where(sa.or_(one.c.cluster_id == cluster, other.c.cluster_id == cluster))
    return {(a, b) for a, b in tx.execute(ends) if a != b}
