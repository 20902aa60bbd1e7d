"""The one counting function: every number of report, table and sheet comes from here.

SQL through SQLAlchemy Core for both databases, under the current versions of tags and links, with what people
have corrected on top.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from monitor.articles.effective import judged, tagged
from monitor.articles.tables import articles
from monitor.core.db import Tx, UtcDateTime
from monitor.core.ids import FamilyId, SourceId, TopicId
from monitor.gaps.readings import Basis, Counted, Window
from monitor.gaps.types import FamilyCounts
from monitor.linking.effective import linked

_DATED = sa.func.coalesce(articles.c.published_at, articles.c.first_seen_at, type_=UtcDateTime())
_CLUSTER = sa.func.coalesce(articles.c.cluster_id, articles.c.id)


@dataclass(frozen=True, slots=True)
class _Counting:
    """One article that is judged to be cooperation."""

    id: int
    cluster: int
    source: SourceId
    at: datetime
    is_origin: bool


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
    its link has at least `basis.min_p`. An original is a near-duplicate cluster with at least one such
    article, dated by the first publication of the cluster. Nothing counts before `due_from` of its family.
    """
    coop = _cooperation(tx, window, basis)
    firsts = _first_days(tx, window, basis, coop.values())
    originals = {c for c, day in firsts.items() if day >= window.from_on}
    linked: dict[FamilyId, list[sa.RowMapping]] = {}
    for row in tx.execute(_links_query(window, basis)).mappings():
        if row["article_id"] in coop:
            linked.setdefault(FamilyId(row["family_id"]), []).append(row)
    families: dict[FamilyId, FamilyCounts] = {}
    days: dict[FamilyId, tuple[date, ...]] = {}
    clusters: dict[FamilyId, frozenset[int]] = {}
    writers: dict[FamilyId, dict[int, SourceId]] = {}
    groups: dict[FamilyId, dict[int, tuple[int, ...]]] = {}
    for family, rows in sorted(linked.items()):
        since = max(window.from_on, due_from.get(family, window.from_on))
        kept = [row for row in rows if window.day(coop[row["article_id"]].at) >= since]
        found = {coop[row["article_id"]].cluster for row in kept} & originals
        found = {cluster for cluster in found if firsts[cluster] >= since}
        if kept:
            families[family] = _family(family, kept, found, coop, sides=sides, window=window)
            days[family] = tuple(sorted(firsts[cluster] for cluster in found))
            clusters[family] = frozenset(found)
            own = {coop[article].cluster: coop[article].source for article in families[family].origin_ids}
            writers[family] = own
            groups[family] = _by_cluster(families[family], coop)
    topics = _topics(tx, window, basis, coop)
    return Counted(
        families=families,
        original_days=days,
        clusters=clusters,
        origin_sources={
            family: tuple(coop[article].source for article in counts.origin_ids)
            for family, counts in families.items()
        },
        coop_by_source=_by_source(coop.values(), originals),
        topic_originals={
            topic: len(found & originals) for topic, found in sorted(topics.items()) if found & originals
        },
        coop_originals=len(originals),
        below_gate=_not_counted(tx, window, basis, label=False),
        undecided=_not_counted(tx, window, basis, label=None),
        origin_writers=writers,
        articles_of=groups,
        family_topics={
            family: frozenset(topic for topic, found in topics.items() if found & own.keys())
            for family, own in groups.items()
        },
    )


def _in_window(window: Window) -> list[sa.ColumnElement[bool]]:
    return [window.start <= _DATED, window.stop > _DATED]


def _cooperation(tx: Tx, window: Window, basis: Basis) -> dict[int, _Counting]:
    judgement = judged(basis.tag_version)
    query = (
        sa.select(articles.c.id, _CLUSTER.label("cluster"), articles.c.source_id, _DATED.label("at"))
        .add_columns(articles.c.is_origin)
        .join(judgement, judgement.c.article_id == articles.c.id)
        .where(*_in_window(window), judgement.c.label.is_(True))
        .order_by(articles.c.id)
    )
    return {
        row.id: _Counting(row.id, row.cluster, SourceId(row.source_id), row.at, row.is_origin)
        for row in tx.execute(query)
    }


def _first_days(tx: Tx, window: Window, basis: Basis, coop: Iterable[_Counting]) -> dict[int, date]:
    """The day on which each cluster was first published, by any of its members."""
    firsts: dict[int, datetime] = {}
    for article in coop:
        firsts[article.cluster] = min(article.at, firsts.get(article.cluster, article.at))
    judgement = judged(basis.tag_version)
    wanted = (
        sa.select(articles.c.cluster_id)
        .join(judgement, judgement.c.article_id == articles.c.id)
        .where(*_in_window(window), judgement.c.label.is_(True), articles.c.cluster_id.is_not(None))
    )
    query = (
        sa.select(articles.c.cluster_id, sa.func.min(_DATED).label("first_at"))
        .where(articles.c.cluster_id.in_(wanted))
        .group_by(articles.c.cluster_id)
    )
    firsts.update({row.cluster_id: row.first_at for row in tx.execute(query)})
    return {cluster: window.day(at) for cluster, at in firsts.items()}


def _links_query(window: Window, basis: Basis) -> sa.Select[tuple[int, str, float, str, str]]:
    links = linked(basis.link_version)
    return (
        sa.select(links.c.article_id, links.c.family_id, links.c.p, links.c.depth, links.c.stage)
        .join(articles, articles.c.id == links.c.article_id)
        .where(links.c.p >= basis.min_p, *_in_window(window))
        .order_by(links.c.family_id, links.c.p.desc(), links.c.article_id)
    )


def _family(
    family: FamilyId,
    rows: Sequence[sa.RowMapping],
    found: set[int],
    coop: Mapping[int, _Counting],
    *,
    sides: Mapping[SourceId, str],
    window: Window,
) -> FamilyCounts:
    """`rows` are the family's counted links, the most probable first; `found` its originals."""
    members = sorted((coop[row["article_id"]] for row in rows), key=lambda a: (a.at, a.id), reverse=True)
    best: dict[int, sa.RowMapping] = {}
    for row in rows:
        best.setdefault(coop[row["article_id"]].cluster, row)
    origins: dict[int, _Counting] = {}
    for article in reversed(members):  # oldest first: the marked origin, else the earliest that counts
        if article.cluster in found and (article.cluster not in origins or article.is_origin):
            origins[article.cluster] = article
    return FamilyCounts(
        family=family,
        articles=len(members),
        originals=len(found),
        outlets=tuple(sorted({article.source for article in members})),
        by_side=_tally(sides.get(origin.source, "by") for origin in origins.values()),
        by_stage=_tally(best[cluster]["stage"] for cluster in origins),
        by_depth=_tally(best[cluster]["depth"] for cluster in origins),
        article_ids=tuple(article.id for article in members),
        origin_ids=tuple(sorted(origin.id for origin in origins.values())),
        last_on=window.day(members[0].at),
    )


def _tally(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in sorted(values):
        counts[value] = counts.get(value, 0) + 1
    return counts


def _by_source(coop: Iterable[_Counting], originals: set[int]) -> dict[SourceId, int]:
    """Each original once, for the source of its origin (else of the earliest article that counts)."""
    origins: dict[int, _Counting] = {}
    for article in sorted(coop, key=lambda a: (not a.is_origin, a.at, a.id)):
        if article.cluster in originals:
            origins.setdefault(article.cluster, article)
    found: dict[SourceId, int] = {}
    for article in origins.values():
        found[article.source] = found.get(article.source, 0) + 1
    return found


def _by_cluster(counts: FamilyCounts, coop: Mapping[int, _Counting]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for article in counts.article_ids:
        found.setdefault(coop[article].cluster, []).append(article)
    return {cluster: tuple(group) for cluster, group in found.items()}


def _topics(tx: Tx, window: Window, basis: Basis, coop: Mapping[int, _Counting]) -> dict[TopicId, set[int]]:
    """Clusters that carry each published topic."""
    tags = tagged(basis.tag_version)
    query = (
        sa.select(tags.c.article_id, tags.c.topic)
        .join(articles, articles.c.id == tags.c.article_id)
        .where(tags.c.published.is_(True), *_in_window(window))
    )
    found: dict[TopicId, set[int]] = {}
    for row in tx.execute(query):
        article = coop.get(row.article_id)
        if article is not None:
            found.setdefault(TopicId(row.topic), set()).add(article.cluster)
    return found


def _not_counted(tx: Tx, window: Window, basis: Basis, *, label: bool | None) -> dict[FamilyId, int]:
    """Clusters that are linked to a family but judged not to be cooperation, or not judged yet."""
    links, judgement = linked(basis.link_version), judged(basis.tag_version)
    query = (
        sa.select(links.c.family_id, sa.func.count(sa.distinct(_CLUSTER)))
        .join(articles, articles.c.id == links.c.article_id)
        .join(judgement, judgement.c.article_id == articles.c.id)
        .where(links.c.p >= basis.min_p, *_in_window(window), judgement.c.label.is_(label))
        .group_by(links.c.family_id)
        .order_by(links.c.family_id)
    )
    return {FamilyId(row[0]): row[1] for row in tx.execute(query)}
