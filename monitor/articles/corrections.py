"""Corrections: what a person says of an article wins over every run. Written once, never changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from monitor.articles.judging_tables import corrections
from monitor.core.db import Tx
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, ArticleId, TopicId

NOTE_LIMIT = 300
WHO_LIMIT = 120


class CorrectionKind(StrEnum):
    """What can be said."""

    COOPERATION = "cooperation"
    NOT_COOPERATION = "not_cooperation"
    TOPIC_ADD = "topic_add"  # value: topic id
    TOPIC_REMOVE = "topic_remove"
    LINK_ADD = "link_add"  # value: agreement id; it speaks of the agreement's whole family
    LINK_REMOVE = "link_remove"
    UNDO = "undo"


LABEL = (CorrectionKind.COOPERATION, CorrectionKind.NOT_COOPERATION)  # (yes, no), as in the two below
TOPIC = (CorrectionKind.TOPIC_ADD, CorrectionKind.TOPIC_REMOVE)
LINK = (CorrectionKind.LINK_ADD, CorrectionKind.LINK_REMOVE)


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing a person says of an article. `value`: topic or agreement, empty for cooperation or not."""

    kind: CorrectionKind
    value: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A saying as it was recorded."""

    id: int
    article_id: ArticleId
    kind: CorrectionKind
    value: str
    undoes: int | None
    who: str
    at: datetime
    note: str
    holds: bool  # neither undone nor said otherwise later


@dataclass(frozen=True, slots=True)
class Ruling:
    """All that holds for one article."""

    cooperation: bool | None = None  # None: nobody has said
    topics: frozenset[TopicId] = frozenset()
    not_topics: frozenset[TopicId] = frozenset()
    agreements: frozenset[AgreementId] = frozenset()
    not_agreements: frozenset[AgreementId] = frozenset()


def add(
    tx: Tx, article: ArticleId, sayings: Sequence[Saying], *, who: str, at: datetime, note: str = ""
) -> list[int]:
    """Record what somebody says of an article; the ids of the corrections. They count from now on.

    Errors: UsageError when they contradict each other or the author's name is missing or too long.
    """
    check_words(who, note)
    if len({(_question(saying.kind), saying.value) for saying in sayings}) < len(sayings):
        raise UsageError("the corrections of one call contradict or repeat each other")
    return [
        _insert(tx, article_id=article, kind=saying.kind.value, value=saying.value, who=who, at=at, note=note)
        for saying in sayings
    ]


def undo(tx: Tx, correction_id: int, *, who: str, at: datetime, note: str = "") -> Correction:
    """Take one correction back; what was said before it holds again. It gives the one that was undone.

    Errors: UsageError when there is none of that number, or it is an undoing or undone itself.
    """
    check_words(who, note)
    row = tx.execute(sa.select(corrections).where(corrections.c.id == correction_id)).mappings().one_or_none()
    if row is None:
        raise UsageError(f"there is no correction {correction_id}; `monitor correct --list` shows them")
    if row["kind"] == CorrectionKind.UNDO.value:
        raise UsageError(f"correction {correction_id} is an undoing itself; say again what is right")
    undone = sa.select(corrections.c.id).where(corrections.c.undoes == correction_id)
    if tx.execute(undone).first() is not None:
        raise UsageError(f"correction {correction_id} was undone before")
    kind = CorrectionKind.UNDO.value
    values = {"kind": kind, "undoes": correction_id, "who": who, "at": at, "note": note}
    _insert(tx, article_id=row["article_id"], **values)
    return _correction(row, frozenset())


def undo_all(tx: Tx, ids: Iterable[int], *, who: str, at: datetime, note: str = "") -> None:
    """Take back those of some corrections that nobody has taken back yet. Errors: as `undo`."""
    wanted = list(ids)
    gone = sa.select(corrections.c.undoes).where(corrections.c.undoes.in_(wanted))
    undone = set(tx.execute(gone).scalars())
    for number in wanted:
        if number not in undone:
            undo(tx, number, who=who, at=at, note=note)


def corrected_among(tx: Tx, articles: Iterable[int]) -> set[ArticleId]:
    """Those of some articles of which somebody has said something that was not taken back."""
    query = spoken_of().where(corrections.c.article_id.in_(list(articles)))
    return {ArticleId(number) for number in tx.execute(query).scalars()}


def spoken_of() -> sa.Select[int]:
    """The ids of all articles of which somebody has said something that was not taken back."""
    return sa.select(corrections.c.article_id).where(
        corrections.c.kind != CorrectionKind.UNDO.value, corrections.c.id.not_in(_undone())
    )


def list_corrections(tx: Tx, article: ArticleId | None = None) -> list[Correction]:
    """Everything that was said, oldest first, of one article or of all."""
    query = sa.select(corrections).order_by(corrections.c.id)
    if article is not None:
        query = query.where(corrections.c.article_id == article)
    holding = {row.id for pair in (LABEL, TOPIC, LINK) for row in tx.execute(_latest(pair))}
    return [_correction(row, holding) for row in tx.execute(query).mappings()]


def rulings(tx: Tx) -> Mapping[ArticleId, Ruling]:
    """What holds, by article; only those that somebody has corrected."""
    found: dict[ArticleId, dict[CorrectionKind, set[str]]] = {}
    for correction in list_corrections(tx):
        if correction.holds:
            of_article = found.setdefault(correction.article_id, {})
            of_article.setdefault(correction.kind, set()).add(correction.value)
    return {article: _ruling(said) for article, said in found.items()}


def last_correction_at(tx: Tx) -> datetime | None:
    """When somebody corrected something last, None if nobody ever did."""
    query = sa.select(corrections.c.at).order_by(corrections.c.at.desc()).limit(1)
    return tx.execute(query).scalar_one_or_none()


def decided(pair: tuple[CorrectionKind, CorrectionKind]) -> sa.Subquery:
    """What holds of one kind of question: article_id, value, is_yes. The last word on each value counts."""
    latest = _latest(pair).subquery()
    query = sa.select(
        corrections.c.article_id, corrections.c.value, (corrections.c.kind == pair[0].value).label("is_yes")
    )
    return query.where(corrections.c.id.in_(sa.select(latest.c.id))).subquery(f"decided_{pair[0].value}")


def last_said(
    pair: tuple[CorrectionKind, CorrectionKind], article: sa.ColumnElement[int], value: str = ""
) -> sa.ScalarSelect[bool]:
    """What `decided` says of one article of the query around it, null where nobody has said anything.

    Nothing is put together beforehand: it costs a look-up where it is asked.
    """
    said, later = corrections.alias("said"), corrections.alias("later")
    is_undone = sa.exists().where(later.c.article_id == said.c.article_id, later.c.undoes == said.c.id)
    return (
        sa.select(said.c.kind == pair[0].value)
        .where(said.c.article_id == article, said.c.kind.in_([kind.value for kind in pair]))
        .where(said.c.value == value, ~is_undone)
        .order_by((said.c.id + 0).desc())  # not the key's own order, in which all corrections would be walked
        .limit(1)
        .scalar_subquery()
    )


def ever_said(kind: CorrectionKind, value: str = "") -> sa.Select[tuple[int]]:
    """Articles of which somebody has once said this, whether it still holds or not."""
    return sa.select(corrections.c.article_id).where(
        corrections.c.kind == kind.value, corrections.c.value == value
    )


def said_of_links() -> sa.Select[tuple[int, int, str, bool]]:
    """Every link correction that was not undone: id, article_id, agreement, is_yes; the later one wins where
    two speak of one family, which only the linking room knows."""
    return sa.select(
        corrections.c.id,
        corrections.c.article_id,
        corrections.c.value.label("agreement"),
        (corrections.c.kind == LINK[0].value).label("is_yes"),
    ).where(corrections.c.kind.in_([kind.value for kind in LINK]), corrections.c.id.not_in(_undone()))


def _question(kind: CorrectionKind) -> str:
    return next(pair[0].value for pair in (LABEL, TOPIC, LINK) if kind in pair)


def _undone() -> sa.Select[tuple[int]]:
    return sa.select(corrections.c.undoes).where(corrections.c.undoes.is_not(None))


def _latest(pair: tuple[CorrectionKind, CorrectionKind]) -> sa.Select[tuple[int]]:
    kinds = [kind.value for kind in pair]
    return (
        sa.select(sa.func.max(corrections.c.id).label("id"))
        .where(corrections.c.kind.in_(kinds), corrections.c.id.not_in(_undone()))
        .group_by(corrections.c.article_id, corrections.c.value)
    )


def _insert(tx: Tx, **values: object) -> int:
    key = tx.execute(sa.insert(corrections).values(**values)).inserted_primary_key
    assert key is not None  # noqa: S101 - an insert of one row always has its key
    return int(key[0])


def check_words(who: str, note: str) -> None:
    """Errors: UsageError when the name of who speaks is missing or too long, or the note is."""
    if not who.strip() or len(who) > WHO_LIMIT:
        raise UsageError(f"a correction needs the name of who makes it (--who), at most {WHO_LIMIT} letters")
    if len(note) > NOTE_LIMIT:
        raise UsageError(f"a note has at most {NOTE_LIMIT} letters, this one {len(note)}")


def _correction(row: sa.RowMapping, holding: Iterable[int]) -> Correction:
    return Correction(
        id=row["id"],
        article_id=ArticleId(row["article_id"]),
        kind=CorrectionKind(row["kind"]),
        value=row["value"],
        undoes=row["undoes"],
        who=row["who"],
        at=row["at"],
        note=row["note"],
        holds=row["id"] in holding,
    )


def _ruling(said: Mapping[CorrectionKind, set[str]]) -> Ruling:
    label = next((kind is LABEL[0] for kind in LABEL if kind in said), None)
    topics, not_topics = (frozenset(map(TopicId, said.get(kind, ()))) for kind in TOPIC)
    links, not_links = (frozenset(map(AgreementId, said.get(kind, ()))) for kind in LINK)
    return Ruling(label, topics, not_topics, links, not_links)
