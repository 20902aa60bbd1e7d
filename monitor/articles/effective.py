"""What counts as judged: a run's judgements with the corrections of people on top.

Every reader of labels and topics takes them from here; nobody else reads the tables `taggings` and `tags`.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from monitor.articles.corrections import LABEL, TOPIC, decided, last_said
from monitor.articles.tables import articles, taggings, tags
from monitor.core.db import Named

# of articles: named, few or many, or asked for in the same query
Ids = Sequence[int] | Named | sa.Select[Any]


def judged(version_id: int, ids: Ids | None = None) -> sa.Subquery:
    """One row an article, of `ids` or all: article_id, label (null: a person must decide), by_person.

    An article that a person has judged is there even where the run has not come to it.
    """
    said = decided(LABEL)
    by_run = (
        sa.select(
            taggings.c.article_id,
            sa.func.coalesce(said.c.is_yes, taggings.c.label, type_=sa.Boolean()).label("label"),
            said.c.article_id.is_not(None).label("by_person"),
        )
        .select_from(taggings.outerjoin(said, said.c.article_id == taggings.c.article_id))
        .where(taggings.c.version_id == version_id)
    )
    alone = decided(LABEL).alias("alone")
    has_run = sa.exists().where(
        taggings.c.article_id == alone.c.article_id, taggings.c.version_id == version_id
    )
    by_person_alone = sa.select(alone.c.article_id, alone.c.is_yes, sa.true()).where(~has_run)
    if (
        ids is not None
    ):  # named inside: a database reads all of a union before it looks at what is wanted of it
        by_run = by_run.where(_are(taggings.c.article_id, ids))
        by_person_alone = by_person_alone.where(_are(alone.c.article_id, ids))
    return sa.union_all(by_run, by_person_alone).subquery("judged")


def not_judged(version_id: int) -> sa.ColumnElement[bool]:
    """True of rows of `articles` without a row in `judged`; where most have one, faster than to join it."""
    said = decided(LABEL)
    by_run = sa.exists().where(taggings.c.article_id == articles.c.id, taggings.c.version_id == version_id)
    by_person = articles.c.id.in_(sa.select(said.c.article_id))
    return sa.and_(~by_run, ~by_person)


def is_cooperation(version_id: int, article: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether `judged` holds a yes for an article of the query around it; false for what nobody has judged.

    A scalar, so that a database asks it of the rows that it comes by, and can stop at the twentieth: as a
    list of ids, or as EXISTS, PostgreSQL gathers all yeses of the archive first.
    """
    own = (taggings.c.article_id == article, taggings.c.version_id == version_id)
    by_run = sa.select(taggings.c.label).where(*own).scalar_subquery()
    return sa.func.coalesce(last_said(LABEL, article), by_run, sa.false(), type_=sa.Boolean())


def is_of_topic(version_id: int, topic: str, article: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether `tagged` has a topic published of an article of the query around it. A scalar, as above."""
    own = (tags.c.article_id == article, tags.c.version_id == version_id, tags.c.topic == topic)
    by_run = sa.select(tags.c.published).where(*own).scalar_subquery()
    return sa.func.coalesce(last_said(TOPIC, article, topic), by_run, sa.false(), type_=sa.Boolean())


def tagged(version_id: int, ids: Ids | None = None) -> sa.Subquery:
    """One row a topic of an article, of `ids` or all: article_id, topic, p, published.

    What a person added has p = 1.
    """
    said = decided(TOPIC)
    spoken_of = sa.exists().where(said.c.article_id == tags.c.article_id, said.c.value == tags.c.topic)
    by_run = sa.select(tags.c.article_id, tags.c.topic, tags.c.p, tags.c.published).where(
        tags.c.version_id == version_id, ~spoken_of
    )
    added = decided(TOPIC).alias("added")
    by_person = sa.select(added.c.article_id, added.c.value, sa.literal(1.0), sa.true()).where(
        added.c.is_yes.is_(True)
    )
    if ids is not None:  # inside, as above
        by_run = by_run.where(_are(tags.c.article_id, ids))
        by_person = by_person.where(_are(added.c.article_id, ids))
    return sa.union_all(by_run, by_person).subquery("tagged")


def _are(article: sa.ColumnElement[int], ids: Ids) -> sa.ColumnElement[bool]:
    return ids(article) if callable(ids) else article.in_(ids)
