"""The one counting function: every number of report, table and sheet comes from here.

SQL through SQLAlchemy Core for both databases, under the current versions of tags and links, with what people
have corrected on top. A year of a million articles passes through here each week: what the window holds is
read from an index alone, and whatever hangs on articles by the range of their ids.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa

from monitor.articles.effective import judged, tagged
from monitor.articles.tables import articles
from monitor.articles.translated import FirstTold, told_before
from monitor.core.db import Tx, UtcDateTime
from monitor.core.ids import FamilyId, SourceId, TopicId
from monitor.gaps.readings import Basis, Counted, Window
from monitor.gaps.types import FamilyCounts
from monitor.linking.effective import linked

_DATED = sa.func.coalesce(articles.c.published_at, articles.c.first_seen_at, type_=UtcDateTime())
_CLUSTER = sa.func.coalesce(articles.c.cluster_id, articles.c.id)


class _Counting(NamedTuple):
    """One article that is judged to be cooperation."""

    id: int
    story: int  # its near-duplicate cluster, or the one that told the same first in another language
    source: SourceId
    at: datetime
    is_origin: bool  # of the story: a translation is none
    cluster: int  # of near-duplicates


class _LinkRow(NamedTuple):
    """One link that counts."""

    article_id: int
    family_id: str
    p: float
    depth: str
    stage: str


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found of one family: its counts, and by story the day, the writer and all articles."""

    counts: FamilyCounts
    days: dict[int, date]  # originals
    writers: dict[int, SourceId]  # of the originals
    articles: dict[int, tuple[int, ...]]  # of all stories


def count(
    tx: Tx,
    window: Window,
    basis: Basis,
    *,
    sides: Mapping[SourceId, str],
    due_from: Mapping[FamilyId, date],
) -> Counted:
    """All counts of a window.

    An article counts on the day it was published if it is judged to be cooperation; it counts for a family if
    its link has at least `basis.min_p`. An original is a story with at least one such article, dated by the
    first publication of the story: a near-duplicate cluster with those that tell the same in other languages.
    Nothing counts before `due_from` of its family.
    """
    retold = told_before(tx)
    coop = _cooperation(tx, window, basis, retold)
    firsts = _firsts(tx, coop.values(), retold)
    originals = {story for story, at in firsts.items() if at >= window.start}
    found: dict[FamilyId, _Found] = {}
    for family, rows in _linked(tx, basis, coop).items():
        since = max(window.from_on, due_from.get(family, window.from_on))
        kept = [row for row in rows if window.day(coop[row.article_id].at) >= since]
        if kept:
            stories = {coop[row.article_id].story for row in kept} & originals
            days = {story: window.day(firsts[story]) for story in stories}
            days = {story: day for story, day in days.items() if day >= since}
            found[family] = _family(family, kept, days, coop, sides=sides, window=window)
    topics = _topics(tx, basis, coop)
    not_counted = _not_counted(tx, window, basis)
    return Counted(
        families={family: one.counts for family, one in found.items()},
        original_days={family: tuple(sorted(one.days.values())) for family, one in found.items()},
        clusters={family: frozenset(one.days) for family, one in found.items()},
        origin_sources={
            family: tuple(coop[article].source for article in one.counts.origin_ids)
            for family, one in found.items()
        },
        coop_by_source=_by_source(coop.values(), originals),
        topic_originals={topic: n for topic in sorted(topics) if (n := len(topics[topic] & originals))},
        coop_originals=len(originals),
        below_gate={family: n for (family, label), n in not_counted.items() if label is False},
        undecided={family: n for (family, label), n in not_counted.items() if label is None},
        origin_writers={family: one.writers for family, one in found.items()},
        articles_of={family: one.articles for family, one in found.items()},
        family_topics={
            family: frozenset(topic for topic, held in topics.items() if not held.isdisjoint(one.articles))
            for family, one in found.items()
        },
    )


def _in_window(window: Window) -> list[sa.ColumnElement[bool]]:
    return [window.start <= _DATED, window.stop > _DATED]


def _among(column: sa.ColumnElement[int], coop: Mapping[int, _Counting]) -> sa.ColumnElement[bool]:
    """The range of ids of what counts: wider than it, and needs no look at the articles."""
    return column.between(min(coop, default=0), max(coop, default=-1))


def _cooperation(
    tx: Tx, window: Window, basis: Basis, retold: Mapping[int, FirstTold]
) -> dict[int, _Counting]:
    judgement = judged(basis.tag_version)
    query = (
        sa.select(articles.c.id, _CLUSTER.label("story"), articles.c.source_id, _DATED.label("at"))
        .add_columns(articles.c.is_origin, _CLUSTER.label("cluster"))
        .join(judgement, judgement.c.article_id == articles.c.id)
        .where(*_in_window(window), judgement.c.label.is_(True))
        .order_by(articles.c.id)
    )
    coop = {row[0]: _Counting._make(row) for row in tx.execute(query).all()}
    for article in coop.values() if retold else ():
        if article.cluster in retold:
            coop[article.id] = article._replace(story=retold[article.cluster].cluster, is_origin=False)
    return coop


def _firsts(tx: Tx, coop: Iterable[_Counting], retold: Mapping[int, FirstTold]) -> dict[int, datetime]:
    """When each story was first published, by any of its members."""
    firsts: dict[int, datetime] = {}
    for article in coop:
        before = firsts.get(article.story)
        if before is None or article.at < before:
            firsts[article.story] = article.at
    copies = articles.alias("copies")  # a cluster has the id of its first member: others have copies at least
    query = (
        sa.select(articles.c.cluster_id, sa.func.min(_DATED).label("first_at"))
        .where(
            articles.c.cluster_id.in_(
                sa.select(copies.c.cluster_id).where(copies.c.id != copies.c.cluster_id)
            )
        )
        .group_by(articles.c.cluster_id)
    )
    if firsts:
        query = query.where(articles.c.cluster_id.between(min(firsts), max(firsts)))
        firsts.update({row[0]: row[1] for row in tx.execute(query).all() if row[0] in firsts})
    firsts.update({first.cluster: first.at for first in retold.values() if first.cluster in firsts})
    return firsts


def _linked(tx: Tx, basis: Basis, coop: Mapping[int, _Counting]) -> dict[FamilyId, list[_LinkRow]]:
    """The links that count of each family, by id of the family, the most probable first."""
    links = linked(basis.link_version)
    query = (
        sa.select(links.c.article_id, links.c.family_id, links.c.p, links.c.depth, links.c.stage)
        .where(links.c.p >= basis.min_p, _among(links.c.article_id, coop))
        .order_by(links.c.family_id, links.c.p.desc(), links.c.article_id)
    )
    found: dict[FamilyId, list[_LinkRow]] = {}
    for row in tx.execute(query).all():
        if row[0] in coop:
            found.setdefault(FamilyId(row[1]), []).append(_LinkRow._make(row))
    return found


def _family(
    family: FamilyId,
    rows: Sequence[_LinkRow],
    days: dict[int, date],
    coop: Mapping[int, _Counting],
    *,
    sides: Mapping[SourceId, str],
    window: Window,
) -> _Found:
    """`rows` are the family's counted links, the most probable first; `days` those of its originals."""
    members = sorted((coop[row.article_id] for row in rows), key=lambda a: (a.at, a.id), reverse=True)
    best: dict[int, _LinkRow] = {}
    for row in rows:
        best.setdefault(coop[row.article_id].story, row)
    groups: dict[int, list[_Counting]] = {}
    for article in reversed(members):
        groups.setdefault(article.story, []).append(article)
    origins = {story: min(group, key=_nearness) for story, group in groups.items() if story in days}
    counts = FamilyCounts(
        family=family,
        articles=len(members),
        originals=len(days),
        outlets=tuple(sorted({article.source for article in members})),
        by_side=_tally(sides.get(origin.source, "by") for origin in origins.values()),
        by_stage=_tally(best[story].stage for story in origins),
        by_depth=_tally(best[story].depth for story in origins),
        article_ids=tuple(article.id for article in members),
        origin_ids=tuple(sorted(origin.id for origin in origins.values())),
        last_on=window.day(members[0].at),
        translation_ids=_translations(groups, origins),
    )
    return _Found(
        counts=counts,
        days=days,
        writers={story: origin.source for story, origin in origins.items()},
        articles={story: tuple(article.id for article in group) for story, group in groups.items()},
    )


def _nearness(article: _Counting) -> tuple[bool, bool, datetime, int]:
    """How near an article is to the beginning of its story: the marked origin first, translations last."""
    return not article.is_origin, article.cluster != article.story, article.at, article.id


def _translations(
    groups: Mapping[int, Sequence[_Counting]], origins: Mapping[int, _Counting]
) -> tuple[int, ...]:
    """The first article, by time, of each cluster that tells again what its story's original told.

    Where the original itself does not count, the translation that stands for it is none.
    """
    found: list[int] = []
    for story, group in groups.items():
        told = {origins[story].cluster if story in origins else story}
        for article in group:  # oldest first
            if article.cluster not in told:
                told.add(article.cluster)
                found.append(article.id)
    return tuple(sorted(found))


def _tally(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in sorted(values):
        counts[value] = counts.get(value, 0) + 1
    return counts


def _by_source(coop: Iterable[_Counting], originals: set[int]) -> dict[SourceId, int]:
    """Each original once, for the source of its origin (else of the earliest article that counts)."""
    origins: dict[int, _Counting] = {}
    for article in coop:
        if article.story in originals:
            before = origins.get(article.story)
            if before is None or _nearness(article) < _nearness(before):
                origins[article.story] = article
    found: dict[SourceId, int] = {}
    for article in origins.values():
        found[article.source] = found.get(article.source, 0) + 1
    return found


def _topics(tx: Tx, basis: Basis, coop: Mapping[int, _Counting]) -> dict[TopicId, set[int]]:
    """Stories that carry each published topic."""
    tags = tagged(basis.tag_version)
    query = sa.select(tags.c.article_id, tags.c.topic).where(
        tags.c.published.is_(True), _among(tags.c.article_id, coop)
    )
    found: dict[TopicId, set[int]] = {}
    for row in tx.execute(query).all():
        article = coop.get(row[0])
        if article is not None:
            found.setdefault(TopicId(row[1]), set()).add(article.story)
    return found


def _not_counted(tx: Tx, window: Window, basis: Basis) -> dict[tuple[FamilyId, bool | None], int]:
    """Clusters that are linked to a family but judged not to be cooperation (False), or not judged (None)."""
    links, judgement = linked(basis.link_version), judged(basis.tag_version)
    query = (
        sa.select(links.c.family_id, judgement.c.label, sa.func.count(sa.distinct(_CLUSTER)))
        .select_from(links)
        .join(judgement, judgement.c.article_id == links.c.article_id)
        .join(articles, articles.c.id == links.c.article_id)
        .where(links.c.p >= basis.min_p, judgement.c.label.is_not(True), *_in_window(window))
        .group_by(links.c.family_id, judgement.c.label)
        .order_by(links.c.family_id)
    )
    return {(FamilyId(row[0]), row[1]): row[2] for row in tx.execute(query)}
