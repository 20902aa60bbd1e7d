"""Readers of the audit: samples as they were drawn and what the reviewers said of them last."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.articles.audit_tables import audit_answers, audit_draws, audit_items
from monitor.articles.audit_types import Answer, AuditItem, Draw, Text
from monitor.articles.effective import judged
from monitor.articles.tables import DATED, articles, dated, taggings
from monitor.core.db import Tx, UtcDateTime
from monitor.core.ids import AgreementId, ArticleId, FamilyId, TopicId, Week

# Places in the gate's name counts: distinct Belarusian and distinct foreign parties.
_NAMED_HOME, _NAMED_ABROAD = 2, 3


def find_draw(tx: Tx, week: Week) -> Draw | None:
    """The sample of a week, None if none was drawn."""
    row = tx.execute(sa.select(audit_draws).where(audit_draws.c.week == week)).one_or_none()
    if row is None:
        return None
    return Draw(Week(row.week), row.drawn_at, {name: (n[0], n[1]) for name, n in row.doc.items()})


def audit_items_of(tx: Tx, *, week: Week | None = None, upto: Week | None = None) -> list[AuditItem]:
    """Texts of one week, of all up to a week, or of all, in the order in which they were drawn."""
    latest = (
        sa.select(sa.func.max(audit_answers.c.id))
        .where(audit_answers.c.undone_at.is_(None))
        .group_by(audit_answers.c.item_id)
    )
    said = sa.select(audit_answers).where(audit_answers.c.id.in_(latest)).subquery("said")
    query = (
        sa.select(audit_items, said.c.who, said.c.at, said.c.cooperation, said.c.agreements)
        .add_columns(said.c.topics.label("said_topics"), said.c.note, said.c.corrects)
        .outerjoin(said, said.c.item_id == audit_items.c.id)
        .order_by(audit_items.c.id)
    )
    if week is not None:
        query = query.where(audit_items.c.week == week)
    if upto is not None:
        query = query.where(audit_items.c.week <= upto)  # ISO weeks sort as text
    return [_item(row) for row in tx.execute(query).mappings()]


def last_answer_at(tx: Tx) -> datetime | None:
    """When somebody last answered an audit or took an answer back, None if nobody ever did."""
    said = sa.func.max(audit_answers.c.at, type_=UtcDateTime())
    undone = sa.func.max(audit_answers.c.undone_at, type_=UtcDateTime())
    row = tx.execute(sa.select(said, undone)).one()
    return max((at for at in row if at is not None), default=None)


def _item(row: sa.RowMapping) -> AuditItem:
    return AuditItem(
        id=row["id"],
        week=Week(row["week"]),
        article=ArticleId(row["article_id"]),
        stratum=row["stratum"],
        weight=row["weight"],
        lang=row["lang"],
        label=row["label"],
        families=tuple(map(FamilyId, row["families"])),
        offered=tuple(map(AgreementId, row["offered"])),
        topics=tuple(map(TopicId, row["topics"])),
        answer=None if row["who"] is None else _answer(row),
        who=row["who"] or "",
        answered_at=row["at"],
    )


def _answer(row: sa.RowMapping) -> Answer:
    topics = row["said_topics"]
    return Answer(
        cooperation=row["cooperation"],
        agreements=tuple(map(AgreementId, row["agreements"])),
        topics=None if topics is None else tuple(map(TopicId, topics)),
        note=row["note"],
        corrects=row["corrects"],
    )


def texts_of(tx: Tx, start: datetime, stop: datetime, *, tag_version: int) -> list[Text]:
    """What first appeared between two moments and was judged, by the id of the article that stands for it."""
    judgement = judged(tag_version)
    earlier = articles.alias("earlier")
    is_older = sa.exists().where(earlier.c.cluster_id == articles.c.cluster_id, dated(earlier) < start)
    query = (
        sa.select(articles.c.id, articles.c.cluster_id, articles.c.is_origin, articles.c.lang)
        .add_columns(judgement.c.label, taggings.c.names)
        .join(judgement, judgement.c.article_id == articles.c.id)
        .outerjoin(
            taggings,
            sa.and_(taggings.c.article_id == articles.c.id, taggings.c.version_id == tag_version),
        )
        .where(start <= DATED, stop > DATED, ~is_older)
        .order_by(articles.c.is_origin.desc(), articles.c.id)
    )
    clusters: dict[int, list[sa.Row[Any]]] = {}
    for row in tx.execute(query):
        clusters.setdefault(row.cluster_id or row.id, []).append(row)
    found = [_text(rows) for rows in clusters.values()]
    return sorted(found, key=lambda text: text.article)


def _text(rows: list[sa.Row[Any]]) -> Text:
    labels = {row.label for row in rows}
    names = [row.names or () for row in rows]
    return Text(
        article=ArticleId(rows[0].id),
        members=tuple(ArticleId(row.id) for row in rows),
        lang=rows[0].lang,
        label=True if True in labels else (None if None in labels else False),
        both_named=any(len(n) > _NAMED_ABROAD and n[_NAMED_HOME] > 0 and n[_NAMED_ABROAD] > 0 for n in names),
    )
