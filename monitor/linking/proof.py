"""The articles that prove a family's coverage, with the words that name its parties. In the caller's Tx."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core.db import Tx
from monitor.core.ids import ArticleId, FamilyId, SourceId
from monitor.core.runs import current_version
from monitor.linking.effective import linked
from monitor.linking.store import evidence_from
from monitor.linking.types import Evidence


@dataclass(frozen=True, slots=True)
class ProofText:
    """One article as stored, before anything of it is withheld. No evidence where only a person linked it."""

    article: ArticleId
    source: SourceId
    url: str
    title: str
    text: str
    lang: str
    published_at: datetime | None
    is_origin: bool
    stage: str
    evidence: tuple[Evidence, ...]


def find_proofs(tx: Tx, family: FamilyId, ids: Collection[ArticleId]) -> dict[ArticleId, ProofText]:
    """Those of some articles that the current version links to a family; few ids, in one query."""
    version = current_version(tx, "link")
    if version is None or not ids:
        return {}
    own = linked(version.id)
    query = (
        sa.select(own.c.stage, own.c.evidence, articles)
        .join(articles, articles.c.id == own.c.article_id)
        .where(own.c.family_id == family, articles.c.id.in_(sorted(ids)))
    )
    found = (_proof(row) for row in tx.execute(query).mappings())
    return {proof.article: proof for proof in found}


def _proof(row: sa.RowMapping) -> ProofText:
    return ProofText(
        article=ArticleId(row["id"]),
        source=SourceId(row["source_id"]),
        url=row["url"],
        title=row["title"],
        text=row["text"],
        lang=row["lang"],
        published_at=row["published_at"],
        is_origin=row["is_origin"],
        stage=row["stage"],
        evidence=evidence_from(row["evidence"]),
    )
