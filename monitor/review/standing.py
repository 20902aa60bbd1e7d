"""What counts now of some articles: the runs, and their families and topics with corrections on top."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from monitor.articles.effective import tagged
from monitor.core.db import Tx
from monitor.core.errors import UsageError
from monitor.core.ids import ArticleId, FamilyId, TopicId
from monitor.core.runs import Version, current_version
from monitor.linking.effective import linked

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Runs:
    """The current versions, and the least probability of a link that counts."""

    tag: Version
    link: Version
    min_p: float


def runs_now(tx: Tx, min_p: float) -> Runs:
    """The current runs. Errors: UsageError where nothing was tagged and linked yet."""
    tag, link = current_version(tx, "tag"), current_version(tx, "link")
    if tag is None or link is None:
        raise UsageError(
            "nothing is tagged and linked yet: run `monitor crawl`, `monitor tag`, `monitor link`"
        )
    return Runs(tag, link, min_p)


def families_now(tx: Tx, articles: Sequence[ArticleId], runs: Runs) -> dict[int, list[FamilyId]]:
    """Families that count as linked, by article."""
    links = linked(runs.link.id)
    found: dict[int, list[FamilyId]] = {}
    for part in parts(articles):
        query = sa.select(links.c.article_id, links.c.family_id).where(
            links.c.p >= runs.min_p, links.c.article_id.in_(part)
        )
        for article, family in tx.execute(query):
            found.setdefault(article, []).append(FamilyId(family))
    return found


def topics_now(tx: Tx, articles: Sequence[ArticleId], tag: Version) -> dict[int, list[TopicId]]:
    """Published topics, by article."""
    tags = tagged(tag.id)
    found: dict[int, list[TopicId]] = {}
    for part in parts(articles):
        query = sa.select(tags.c.article_id, tags.c.topic).where(
            tags.c.published.is_(True), tags.c.article_id.in_(part)
        )
        for article, topic in tx.execute(query.order_by(tags.c.article_id, tags.c.topic)):
            found.setdefault(article, []).append(TopicId(topic))
    return found


def parts(values: Sequence[ArticleId]) -> list[Sequence[ArticleId]]:
    """The values in lots that fit into one statement."""
    return [values[i : i + _CHUNK] for i in range(0, len(values), _CHUNK)]
