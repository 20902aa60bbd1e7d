"""Writes samples and answers of the audit in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from monitor.articles.audit_tables import audit_answers, audit_draws, audit_items
from monitor.articles.audit_types import Answer, Draw
from monitor.core.db import Tx
from monitor.core.ids import AgreementId, TopicId, Week
from monitor.core.runs import Version
from monitor.review.sample import Drawn


def add_draw(tx: Tx, drawn: Draw, *, tag: Version, link: Version) -> None:
    """Keep that a sample was drawn, and under which versions."""
    doc = {name: list(size) for name, size in drawn.sizes.items()}
    values = {"week": drawn.week, "drawn_at": drawn.drawn_at, "doc": doc}
    tx.execute(sa.insert(audit_draws).values(**values, tag_version_id=tag.id, link_version_id=link.id))


def forget_empty_draws_after(tx: Tx, week: Week) -> int:
    """Delete samples of later weeks that hold no text: of a clock that was ahead. How many."""
    texts = sa.select(audit_items.c.week)
    later = sa.delete(audit_draws).where(audit_draws.c.week > week, audit_draws.c.week.not_in(texts))
    return int(tx.execute(later).rowcount)


def add_items(
    tx: Tx,
    week: str,
    drawn: Sequence[Drawn],
    *,
    offered: Mapping[int, Sequence[AgreementId]],
    topics: Mapping[int, Sequence[TopicId]],
) -> None:
    """Keep the texts of a sample with what the run says of them now. `offered`, `topics`: by article."""
    rows = [
        {
            "week": week,
            "article_id": one.text.article,
            "stratum": one.stratum,
            "weight": one.weight,
            "lang": one.text.lang,
            "label": one.text.label,
            "families": list(one.families),
            "offered": list(offered.get(one.text.article, ())),
            "topics": list(topics.get(one.text.article, ())),
        }
        for one in drawn
    ]
    if rows:
        tx.execute(sa.insert(audit_items), rows)


def add_answer(tx: Tx, item: int, answer: Answer, *, who: str, at: datetime) -> int:
    """Keep what a reviewer said; it holds from now on in place of what was said of the item before."""
    key = tx.execute(
        sa.insert(audit_answers).values(
            item_id=item,
            who=who,
            at=at,
            cooperation=answer.cooperation,
            agreements=list(answer.agreements),
            topics=None if answer.topics is None else list(answer.topics),
            note=answer.note,
            corrects=answer.corrects,
        )
    ).inserted_primary_key
    assert key is not None  # noqa: S101 - an insert of one row always has its key
    return int(key[0])


def undo_answer(tx: Tx, answer: int, *, at: datetime) -> None:
    """Take an answer back; what was said of the item before holds again."""
    tx.execute(sa.update(audit_answers).where(audit_answers.c.id == answer).values(undone_at=at))
