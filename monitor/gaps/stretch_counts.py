"""Counts the press of a stretch of time from the articles themselves."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from monitor.articles.effective import judged, tagged
from monitor.articles.tables import DATED, articles, translation_ties
from monitor.core.db import Tx, numbers
from monitor.core.ids import TopicId
from monitor.gaps.stretch import Counting, OpenArticle, Stretch, topics_of, writers_of

CLUSTER = sa.func.coalesce(articles.c.cluster_id, articles.c.id)


def count_stretch(tx: Tx, start: datetime, stop: datetime, tag_version: int) -> Stretch:
    """Cooperation originals of the articles dated from `start` to before `stop`."""
    inside = (start <= DATED, stop > DATED)
    coop = _cooperation(tx, inside, tag_version)
    topics = _topics(tx, inside, tag_version)
    spans = spans_of(tx, {article.cluster for article in coop})
    reaching = _tied(tx) | {
        cluster for cluster, (first, last) in spans.items() if first < start or last >= stop
    }
    closed = [one for one in coop if one.cluster not in reaching]
    originals = {one.story for one in closed}
    return Stretch(
        writers=writers_of(closed, originals),
        topics=topics_of(((one.story, topics.get(one.id, ())) for one in closed), originals),
        originals=len(originals),
        open=tuple(
            OpenArticle(one, tuple(sorted(topics.get(one.id, ())))) for one in coop if one.cluster in reaching
        ),
    )


def spans_of(tx: Tx, clusters: Collection[int]) -> dict[int, tuple[datetime, datetime]]:
    """When the first and the last article of each cluster came out, whatever they were judged to be."""
    query = (
        sa.select(articles.c.cluster_id, sa.func.min(DATED), sa.func.max(DATED))
        .where(articles.c.cluster_id.in_(numbers(tx, clusters)))
        .group_by(articles.c.cluster_id)
    )
    return {cluster: (first, last) for cluster, first, last in tx.execute(query).all()}


def _cooperation(tx: Tx, inside: tuple[sa.ColumnElement[bool], ...], tag_version: int) -> list[Counting]:
    judgement = judged(tag_version, sa.select(articles.c.id).where(*inside))
    query = (
        sa.select(articles.c.id, CLUSTER.label("story"), articles.c.source_id, DATED.label("at"))
        .add_columns(articles.c.is_origin, CLUSTER.label("cluster"))
        .join(judgement, judgement.c.article_id == articles.c.id)
        .where(*inside, judgement.c.label.is_(True))
        .order_by(articles.c.id)
    )
    return [Counting._make(row) for row in tx.execute(query).all()]


def _topics(
    tx: Tx, inside: tuple[sa.ColumnElement[bool], ...], tag_version: int
) -> Mapping[int, list[TopicId]]:
    tags = tagged(tag_version, sa.select(articles.c.id).where(*inside))
    found: dict[int, list[TopicId]] = {}
    query = sa.select(tags.c.article_id, tags.c.topic).where(tags.c.published.is_(True))
    for article, topic in tx.execute(query).all():
        if article in found:
            found[article].append(topic)
        else:  # no call and no list for each of a year's topics
            found[article] = [topic]
    return found


def _tied(tx: Tx) -> set[int]:
    """Clusters with a translation, or that are one."""
    ends = sa.union(sa.select(translation_ties.c.one_id), sa.select(translation_ties.c.other_id)).subquery()
    query = sa.select(CLUSTER).join(ends, ends.c[0] == articles.c.id)
    return set(tx.execute(query).scalars())
