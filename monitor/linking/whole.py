"""One article with all that was made of it: topics, links, copies and its way. In the caller's Tx."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.articles.effective import judged, tagged
from monitor.articles.tables import articles
from monitor.articles.translated import told_also
from monitor.core.db import Tx
from monitor.core.ids import ArticleId, FamilyId, SourceId, TopicId
from monitor.core.ledger_store import ledger
from monitor.core.runs import current_version
from monitor.linking.effective import linked
from monitor.linking.store import evidence_from
from monitor.linking.types import Evidence


@dataclass(frozen=True, slots=True)
class Tag:
    """One topic of an article, published or waiting."""

    topic: TopicId
    p: float
    is_published: bool


@dataclass(frozen=True, slots=True)
class FoundLink:
    """One family that the article was linked to, also below what counts."""

    family: FamilyId
    p: float
    stage: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One ending of the article's way."""

    stage: str
    ending: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article of the same story."""

    article: ArticleId
    source: SourceId
    is_origin: bool
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class WholeArticle:
    """Nothing of it is withheld yet. `label`: cooperation or not; None where nobody has decided."""

    id: ArticleId
    source: SourceId
    url: str
    title: str
    text: str
    lang: str
    published_at: datetime | None
    is_origin: bool
    label: bool | None
    tags: tuple[Tag, ...]
    links: tuple[FoundLink, ...]
    copies: tuple[Copy, ...]
    way: tuple[Step, ...]
    translations: tuple[Copy, ...] = ()  # the same story in other languages, with their copies


def find_article(tx: Tx, number: ArticleId) -> WholeArticle | None:
    """The article with this number, None where there is none."""
    row = tx.execute(sa.select(articles).where(articles.c.id == number)).mappings().one_or_none()
    if row is None:
        return None
    return WholeArticle(
        id=number,
        source=SourceId(row["source_id"]),
        url=row["url"],
        title=row["title"],
        text=row["text"],
        lang=row["lang"],
        published_at=row["published_at"],
        is_origin=row["is_origin"],
        label=_label(tx, number),
        tags=_tags(tx, number),
        links=_links(tx, number),
        copies=_copies(tx, number, (row["cluster_id"],)),
        way=_way(tx, number, (row["listed_url"], row["url"])),
        translations=_copies(tx, number, told_also(tx, row["cluster_id"] or number)),
    )


def _label(tx: Tx, number: ArticleId) -> bool | None:
    version = current_version(tx, "tag")
    if version is None:
        return None
    found = judged(version.id, [number])
    label: bool | None = tx.execute(
        sa.select(found.c.label).where(found.c.article_id == number)
    ).scalar_one_or_none()
    return label


def _tags(tx: Tx, number: ArticleId) -> tuple[Tag, ...]:
    version = current_version(tx, "tag")
    if version is None:
        return ()
    found = tagged(version.id)
    query = sa.select(found).where(found.c.article_id == number).order_by(found.c.p.desc(), found.c.topic)
    return tuple(Tag(TopicId(row.topic), row.p, bool(row.published)) for row in tx.execute(query))


def _links(tx: Tx, number: ArticleId) -> tuple[FoundLink, ...]:
    version = current_version(tx, "link")
    if version is None:
        return ()
    found = linked(version.id)
    query = sa.select(found).where(found.c.article_id == number).order_by(found.c.p.desc(), found.c.family_id)
    return tuple(
        FoundLink(
            FamilyId(row.family_id),
            row.p,
            row.stage,
            evidence_from(row.evidence),
        )
        for row in tx.execute(query)
    )


def _copies(tx: Tx, number: ArticleId, clusters: Sequence[int | None]) -> tuple[Copy, ...]:
    """The other articles of the clusters; an article without one has no copies."""
    query = (
        sa.select(articles.c.id, articles.c.source_id, articles.c.is_origin, articles.c.published_at)
        .where(articles.c.cluster_id.in_(clusters), articles.c.id != number)
        .order_by(articles.c.published_at, articles.c.id)
    )
    return tuple(
        Copy(ArticleId(row.id), SourceId(row.source_id), row.is_origin, row.published_at)
        for row in tx.execute(query)
    )


def _way(tx: Tx, number: ArticleId, addresses: tuple[str, str]) -> tuple[Step, ...]:
    items = (str(number), *addresses)
    query = (
        sa.select(ledger.c.stage, ledger.c.ending, ledger.c.reason, ledger.c.at)
        .where(ledger.c.item.in_(items), ledger.c.stage.in_(("fetch", "extract", "tag", "link")))
        .order_by(ledger.c.at, ledger.c.id)
    )
    return tuple(Step(row.stage, row.ending, row.reason, row.at) for row in tx.execute(query))
