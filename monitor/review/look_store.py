"""Writes and reads looks in the caller's transaction. Rows are never deleted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.articles.audit_tables import looks
from monitor.articles.tables import articles
from monitor.core.db import Tx
from monitor.core.errors import StorageError
from monitor.core.ids import AgreementId, ArticleId, TopicId
from monitor.review.looks import Item, Look, Proposal, Queue, Seen, Told, Verdict

_CHUNK = 500


def lock_article(tx: Tx, article: ArticleId) -> None:
    """Have everybody else who answers an item of this article wait for the end of the transaction.

    SQLite lets one writer in at a time anyhow.
    """
    query = sa.select(articles.c.id).where(articles.c.id == article)
    tx.execute(query.with_for_update(key_share=True)).one()


def add_look(
    tx: Tx,
    item: Item,
    told: Told,
    *,
    shown: Seen,
    verdict: Verdict,
    who: str,
    at: datetime,
    is_final: bool,
) -> None:
    """Keep what a reviewer said of an item; it is not in force yet."""
    proposal = shown.proposal
    tx.execute(
        sa.insert(looks).values(
            queue=item.queue.value,
            subject=item.subject,
            article_id=item.article,
            who=who,
            at=at,
            is_final=is_final,
            shown={
                "agreements": list(proposal.agreements),
                "topics": list(proposal.topics),
                "names": [list(name) for name in shown.names],
            },
            verdict=verdict.value,
            cooperation=told.cooperation,
            agreements=None if told.agreements is None else list(told.agreements),
            topics=None if told.topics is None else list(told.topics),
            is_in_force=False,
            corrections=[],
        )
    )


def undo_look(tx: Tx, look: int, *, at: datetime) -> None:
    """Take a look back. Errors: StorageError when it was taken back before."""
    where = (looks.c.id == look, looks.c.undone_at.is_(None))
    if tx.execute(sa.update(looks).where(*where).values(undone_at=at)).rowcount != 1:
        raise StorageError(f"look {look} was taken back before")


def put_in_force(tx: Tx, look: int, corrections: Sequence[int], audit_answer: int | None) -> None:
    """Note that a look counts, and what it wrote down."""
    values = {"is_in_force": True, "corrections": list(corrections), "audit_answer_id": audit_answer}
    tx.execute(sa.update(looks).where(looks.c.id == look).values(**values))


def put_out_of_force(tx: Tx, look: int) -> None:
    """Note that a look counts no longer."""
    values = {"is_in_force": False, "corrections": [], "audit_answer_id": None}
    tx.execute(sa.update(looks).where(looks.c.id == look).values(**values))


def looks_at(tx: Tx, item: Item) -> list[Look]:
    """All looks at an item as they were made, those taken back too."""
    return looks_of(tx, item.queue, [item.subject]).get(item.subject, [])


def looks_of(tx: Tx, queue: Queue, subjects: Iterable[int]) -> dict[int, list[Look]]:
    """Looks by subject, as they were made, those taken back too."""
    wanted = list(subjects)
    found: dict[int, list[Look]] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        query = sa.select(looks).where(looks.c.queue == queue.value, looks.c.subject.in_(part))
        for row in tx.execute(query.order_by(looks.c.id)).mappings():
            found.setdefault(row["subject"], []).append(_look(row))
    return found


def looked_at(tx: Tx, queue: Queue, *, since: datetime) -> set[ArticleId]:
    """Articles of the items of a queue that somebody has looked at since a moment, taken back or not."""
    query = sa.select(looks.c.article_id).where(looks.c.queue == queue.value, looks.c.at >= since)
    return {ArticleId(article) for article in tx.execute(query).scalars()}


def looks_since(tx: Tx, start: datetime | None = None) -> dict[Item, list[Look]]:
    """All looks that stand at items somebody has looked at since a moment; without one, at all items."""
    query = sa.select(looks).where(looks.c.undone_at.is_(None)).order_by(looks.c.id)
    if start is not None:
        named = sa.tuple_(looks.c.queue, looks.c.subject)
        recent = sa.select(looks.c.queue, looks.c.subject).where(looks.c.at >= start)
        query = query.where(named.in_(recent))
    found: dict[Item, list[Look]] = {}
    for row in tx.execute(query).mappings():
        look = _look(row)
        found.setdefault(look.item, []).append(look)
    return found


def find_last(tx: Tx, who: str) -> Look | None:
    """A reviewer's last look that was not taken back."""
    query = sa.select(looks).where(looks.c.who == who, looks.c.undone_at.is_(None))
    row = tx.execute(query.order_by(looks.c.id.desc()).limit(1)).mappings().one_or_none()
    return None if row is None else _look(row)


def count_of(tx: Tx, who: str, queue: Queue, *, since: datetime) -> int:
    """How many answers of a reviewer to items of a queue stand since a moment; a skip is none."""
    query = sa.select(sa.func.count()).where(
        looks.c.who == who, looks.c.queue == queue.value, looks.c.at >= since, looks.c.undone_at.is_(None)
    )
    query = query.where(looks.c.verdict != Verdict.SKIP.value)
    return int(tx.execute(query).scalar_one())


def _seen(held: Mapping[str, Sequence[Any]]) -> Seen:
    agreements, topics = map(AgreementId, held["agreements"]), map(TopicId, held["topics"])
    names = tuple((place, where, start, end) for place, where, start, end in held["names"])
    return Seen(Proposal(tuple(agreements), tuple(topics)), names)


def _look(row: sa.RowMapping) -> Look:
    agreements, topics = row["agreements"], row["topics"]
    return Look(
        id=row["id"],
        item=Item(Queue(row["queue"]), row["subject"], ArticleId(row["article_id"])),
        who=row["who"],
        at=row["at"],
        is_final=row["is_final"],
        shown=_seen(row["shown"]),
        verdict=Verdict(row["verdict"]),
        told=Told(
            row["cooperation"],
            None if agreements is None else tuple(map(AgreementId, agreements)),
            None if topics is None else tuple(map(TopicId, topics)),
        ),
        is_in_force=row["is_in_force"],
        corrections=tuple(row["corrections"]),
        audit_answer=row["audit_answer_id"],
        undone_at=row["undone_at"],
    )
