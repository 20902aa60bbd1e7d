"""Readers of the audit: samples as they were drawn and what the reviewers said of them last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.articles.audit_tables import audit_answers, audit_draws, audit_items
from monitor.core.db import Tx
from monitor.core.ids import AgreementId, ArticleId, FamilyId, TopicId, Week

FOUND, NAMED, REST = "found", "named", "rest"
STRATA = (FOUND, NAMED, REST)  # linked or judged cooperation; both sides named, not linked; all others


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reviewer said of one text. `topics` None: not said."""

    cooperation: bool
    agreements: tuple[AgreementId, ...]  # that it reports on
    topics: tuple[TopicId, ...] | None
    note: str
    corrects: bool  # it is a correction too


@dataclass(frozen=True, slots=True)
class AuditItem:
    """One text of a sample: what the run said when it was drawn, and the last answer, if any."""

    id: int
    week: Week
    article: ArticleId
    stratum: str
    weight: float  # texts of its stratum and week that it stands for
    lang: str
    label: bool | None
    families: tuple[FamilyId, ...]
    offered: tuple[AgreementId, ...]
    topics: tuple[TopicId, ...]
    answer: Answer | None
    who: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Draw:
    """One week's sample as a whole."""

    week: Week
    drawn_at: datetime
    sizes: Mapping[str, tuple[int, int]]  # stratum -> texts there were, texts drawn


def find_draw(tx: Tx, week: Week) -> Draw | None:
    """The sample of a week, None if none was drawn."""
    row = tx.execute(sa.select(audit_draws).where(audit_draws.c.week == week)).one_or_none()
    if row is None:
        return None
    return Draw(Week(row.week), row.drawn_at, {name: (n[0], n[1]) for name, n in row.doc.items()})


def audit_items_of(tx: Tx, *, week: Week | None = None, upto: Week | None = None) -> list[AuditItem]:
    """Texts of one week, of all up to a week, or of all, in the order in which they were drawn."""
    latest = sa.select(sa.func.max(audit_answers.c.id)).group_by(audit_answers.c.item_id)
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
    """When somebody last answered an audit, None if nobody ever did."""
    query = sa.select(audit_answers.c.at).order_by(audit_answers.c.at.desc()).limit(1)
    return tx.execute(query).scalar_one_or_none()


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
