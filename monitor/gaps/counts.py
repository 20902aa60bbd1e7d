"""The one counting function: every number of report, table and sheet comes from here.

SQL through SQLAlchemy Core for both databases, under the current versions of tags and links, with what people
have corrected on top. What concerns a family is counted from its links, a few thousand; what concerns the
whole press, a year of a million articles, comes by stretches of time, of which most are kept.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa

from monitor.articles.effective import judged, tagged
from monitor.articles.tables import DATED, articles
from monitor.articles.translated import FirstTold, told_before
from monitor.core.db import Tx, among
from monitor.core.ids import FamilyId, SourceId, TopicId
from monitor.gaps.readings import Basis, Counted, Window
from monitor.gaps.stretch import Counting, PressCounts, Stretch, nearness, together
from monitor.gaps.stretch_counts import CLUSTER, count_stretch, spans_of
from monitor.gaps.types import FamilyCounts
from monitor.linking.effective import linked


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
    press: Sequence[Stretch] | None = None,
) -> Counted:
    """All counts of a window. `press`: its stretches, where they are known already.

    An article counts on the day it was published if it is judged to be cooperation; it counts for a family if
    its link has at least `basis.min_p`. An original is a story with at least one such article, dated by the
    first publication of the story: a near-duplicate cluster with those that tell the same in other languages.
    Nothing counts before `due_from` of its family.
    """
    retold = told_before(tx)
    if press is None:
        press = [count_stretch(tx, window.start, window.stop, basis.tag_version)]
    whole = _press(tx, press, retold, window.start)
    links = _linked(tx, window, basis)
    coop = {row.id: row.told(retold) for row in links.counting}
    members = _members(tx, coop.values(), retold)
    firsts = _firsts(coop.values(), _earliest(members), retold)
    originals = {story for story, at in firsts.items() if at >= window.start}
    found: dict[FamilyId, _Found] = {}
    for family, rows in links.of_family.items():
        since = max(window.from_on, due_from.get(family, window.from_on))
        kept = [row for row in rows if row.article_id in coop]
        kept = [row for row in kept if window.day(coop[row.article_id].at) >= since]
        if kept:
            stories = {coop[row.article_id].story for row in kept} & originals
            days = {story: window.day(firsts[story]) for story in stories}
            days = {story: day for story, day in days.items() if day >= since}
            found[family] = _family(family, kept, days, coop, sides=sides, window=window)
    topics = _topics_of_stories(tx, window, basis, list(coop.values()), members, retold)
    return Counted(
        families={family: one.counts for family, one in found.items()},
        original_days={family: tuple(sorted(one.days.values())) for family, one in found.items()},
        clusters={family: frozenset(one.days) for family, one in found.items()},
        origin_sources={
            family: tuple(coop[article].source for article in one.counts.origin_ids)
            for family, one in found.items()
        },
        coop_by_source=whole.by_source,
        topic_originals=whole.by_topic,
        coop_originals=whole.originals,
        below_gate=links.not_counted(False),
        undecided=links.not_counted(None),
        origin_writers={family: one.writers for family, one in found.items()},
        articles_of={family: one.articles for family, one in found.items()},
        family_topics={
            family: frozenset(topic for topic, held in topics.items() if not held.isdisjoint(one.articles))
            for family, one in found.items()
        },
    )


def _press(
    tx: Tx, stretches: Sequence[Stretch], retold: Mapping[int, FirstTold], start: datetime
) -> PressCounts:
    rows = [one.article.told(retold) for part in stretches for one in part.open]
    spans = spans_of(tx, {article.story for article in rows})
    firsts = _firsts(rows, {cluster: first for cluster, (first, _) in spans.items()}, retold)
    return together(stretches, firsts, retold, start)


def _firsts(
    rows: Iterable[Counting], clusters: Mapping[int, datetime], retold: Mapping[int, FirstTold]
) -> dict[int, datetime]:
    """When each story was first published, by any of its members. `clusters`: when each of theirs was."""
    firsts: dict[int, datetime] = {}
    for article in rows:
        before = firsts.get(article.story)
        if before is None or article.at < before:
            firsts[article.story] = article.at
    firsts.update({story: clusters[story] for story in firsts if story in clusters})
    firsts.update({first.cluster: first.at for first in retold.values() if first.cluster in firsts})
    return firsts


class _Member(NamedTuple):
    """An article of a story that a linked one tells, linked or not."""

    id: int
    cluster: int
    at: datetime


def _members(tx: Tx, linked_ones: Iterable[Counting], retold: Mapping[int, FirstTold]) -> list[_Member]:
    """All articles of the clusters that tell the stories of linked articles."""
    stories = {article.story for article in linked_ones}
    told = [cluster for cluster, first in retold.items() if first.cluster in stories]
    is_named = among(tx, stories.union(told))
    query = sa.select(articles.c.id, articles.c.cluster_id, DATED).where(is_named(articles.c.cluster_id))
    return [_Member._make(row) for row in tx.execute(query).all()]


def _earliest(members: Iterable[_Member]) -> dict[int, datetime]:
    """When the first article of each cluster came out."""
    found: dict[int, datetime] = {}
    for _, cluster, at in members:
        if cluster not in found or at < found[cluster]:
            found[cluster] = at
    return found


@dataclass(frozen=True, slots=True)
class _Links:
    """The links that are probable enough, and the articles of the window they hang on."""

    of_family: dict[FamilyId, list[_LinkRow]]  # by id of the family, the most probable first
    counting: list[Counting]  # judged to be cooperation
    others: dict[int, tuple[bool | None, int]]  # other articles of the window: label, cluster

    def not_counted(self, label: bool | None) -> dict[FamilyId, int]:
        """Clusters linked to a family but judged not to be cooperation (False), or not judged (None)."""
        found: dict[FamilyId, int] = {}
        for family, rows in self.of_family.items():
            told = [self.others[row.article_id] for row in rows if row.article_id in self.others]
            if clusters := {cluster for said, cluster in told if said is label}:
                found[family] = len(clusters)
        return found


def _linked(tx: Tx, window: Window, basis: Basis) -> _Links:
    links = linked(basis.link_version)
    query = (
        sa.select(links.c.article_id, links.c.family_id, links.c.p, links.c.depth, links.c.stage)
        .where(links.c.p >= basis.min_p)
        .order_by(links.c.family_id, links.c.p.desc(), links.c.article_id)
    )
    of_family: dict[FamilyId, list[_LinkRow]] = {}
    for row in tx.execute(query).all():
        of_family.setdefault(FamilyId(row[1]), []).append(_LinkRow._make(row))
    counting: list[Counting] = []
    others: dict[int, tuple[bool | None, int]] = {}
    ids = {row.article_id for rows in of_family.values() for row in rows}
    for label, article in _judged_rows(tx, window, basis, ids):
        if label:
            counting.append(article)
        else:
            others[article.id] = (label, article.cluster)
    return _Links(of_family, counting, others)


def _judged_rows(
    tx: Tx, window: Window, basis: Basis, ids: Collection[int]
) -> Iterable[tuple[bool | None, Counting]]:
    """The articles among `ids` that are of the window and were judged."""
    is_named = among(tx, ids)
    judgement = judged(basis.tag_version, is_named)
    query = (
        sa.select(judgement.c.label, articles.c.id, CLUSTER.label("story"), articles.c.source_id)
        .add_columns(DATED.label("at"), articles.c.is_origin, CLUSTER.label("cluster"))
        .join(judgement, judgement.c.article_id == articles.c.id)
        .where(is_named(articles.c.id), window.start <= DATED, window.stop > DATED)
    )
    return [(row[0], Counting._make(row[1:])) for row in tx.execute(query).all()]


def _family(
    family: FamilyId,
    rows: Sequence[_LinkRow],
    days: dict[int, date],
    coop: Mapping[int, Counting],
    *,
    sides: Mapping[SourceId, str],
    window: Window,
) -> _Found:
    """`rows` are the family's counted links, the most probable first; `days` those of its originals."""
    members = sorted((coop[row.article_id] for row in rows), key=lambda a: (a.at, a.id), reverse=True)
    best: dict[int, _LinkRow] = {}
    for row in rows:
        best.setdefault(coop[row.article_id].story, row)
    groups: dict[int, list[Counting]] = {}
    for article in reversed(members):
        groups.setdefault(article.story, []).append(article)
    origins = {story: min(group, key=nearness) for story, group in groups.items() if story in days}
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


def _translations(
    groups: Mapping[int, Sequence[Counting]], origins: Mapping[int, Counting]
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


def _topics_of_stories(
    tx: Tx,
    window: Window,
    basis: Basis,
    linked_ones: Collection[Counting],
    members: Sequence[_Member],
    retold: Mapping[int, FirstTold],
) -> dict[TopicId, set[int]]:
    """Which stories of linked articles carry each published topic, by any of their articles that count."""
    story = {article.id: article.story for article in linked_ones}
    start, stop = window.start, window.stop
    others = {
        one.id: retold[one.cluster].cluster if one.cluster in retold else one.cluster
        for one in members
        if one.id not in story and start <= one.at < stop
    }
    judgement = judged(basis.tag_version, among(tx, others))
    counting = sa.select(judgement.c.article_id).where(judgement.c.label.is_(True))
    story.update({article: others[article] for article in tx.execute(counting).scalars()})
    tags = tagged(basis.tag_version, among(tx, story))
    query = sa.select(tags.c.article_id, tags.c.topic).where(tags.c.published.is_(True))
    found: dict[TopicId, set[int]] = {}
    for row in tx.execute(query).all():
        found.setdefault(TopicId(row[1]), set()).add(story[row[0]])
    return found
