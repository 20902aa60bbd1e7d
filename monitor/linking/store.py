"""Reads what is due for linking and writes links in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from monitor.articles.effective import judged, tagged
from monitor.articles.tables import articles, taggings, tags
from monitor.core.db import CanonicalJson, Tx, canonical_json, numbers, upsert_many
from monitor.core.ids import AgreementId, ArticleId, FamilyId, PlaceId, SourceId
from monitor.core.ledger import Reason
from monitor.core.runs import current_version, move_ground
from monitor.core.text import sentence_at
from monitor.crawl.tables import sources
from monitor.linking.effective import linked
from monitor.linking.tables import found_names, linkings, links
from monitor.linking.types import Coverage, Evidence, Known, Link, LinkResult, Mention

# The gate's name counts as made by mentions.name_features: distinct Belarusian and distinct foreign parties.
_DISTINCT_BY, _DISTINCT_FOREIGN = 2, 3

ENCODED = sa.Table(  # linkings with its JSON as text: whoever links has encoded it already
    linkings.name,
    sa.MetaData(),
    *(
        sa.Column(c.name, sa.Text() if isinstance(c.type, CanonicalJson) else c.type)
        for c in linkings.columns
    ),
)


@dataclass(frozen=True, slots=True)
class Linked:
    """The links of an article, to be written. `named`: see `named`."""

    article: ArticleId
    result: LinkResult
    named: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a text, as `monitor.linking.found` packs it."""

    key: bytes
    packed: bytes


@dataclass(frozen=True, slots=True)
class Due:
    """An article that waits for linking, as far as it decides whether and what is linked."""

    article: ArticleId
    source: SourceId
    content_hash: str
    label: bool | None  # the gate's, with corrections
    both_named: bool

    @property
    def is_worth(self) -> bool:
        """Whether links are looked for: below the gate only where both sides are named."""
        return self.label is not False or self.both_named


def due_for_linking(tx: Tx, tag_version: int, link_version: int, *, after: int, limit: int) -> list[Due]:
    """Tagged articles without links, by rising id."""
    waiting = _waiting(tag_version, link_version).where(taggings.c.article_id > after)
    return _due(tx, tag_version, waiting.order_by(taggings.c.article_id).limit(limit))


def due_among(tx: Tx, tag_version: int, link_version: int, ids: Sequence[ArticleId]) -> list[Due]:
    """Those of the articles that wait now, as they are now."""
    waiting = _waiting(tag_version, link_version).where(taggings.c.article_id.in_(ids))
    return _due(tx, tag_version, waiting.order_by(taggings.c.article_id))


def _waiting(tag_version: int, link_version: int) -> sa.Select[Any]:
    return (
        sa.select(taggings.c.article_id, taggings.c.names, articles.c.source_id, articles.c.content_hash)
        .join(articles, articles.c.id == taggings.c.article_id)
        .where(taggings.c.version_id == tag_version, ~_done(link_version))
    )


def _done(link_version: int) -> sa.Exists:
    # not `id NOT IN (...)`, which is quadratic on PostgreSQL where the ids do not fit into its memory
    return sa.exists().where(
        linkings.c.article_id == taggings.c.article_id, linkings.c.version_id == link_version
    )


def _due(tx: Tx, tag_version: int, waiting: sa.Select[Any]) -> list[Due]:
    rows = tx.execute(waiting).all()
    judgement = judged(tag_version, numbers(tx, [row[0] for row in rows]))
    said = tx.execute(sa.select(judgement.c.article_id, judgement.c.label))
    labels: dict[int, bool | None] = {article: label for article, label in said}
    return [
        Due(
            ArticleId(article),
            SourceId(source),
            content_hash or "",
            labels[article],
            names[_DISTINCT_BY] > 0 and names[_DISTINCT_FOREIGN] > 0,
        )
        for article, names, source, content_hash in rows
    ]


def count_due_for_linking(tx: Tx, tag_version: int, link_version: int) -> int:
    """How many articles wait for linking."""
    query = sa.select(sa.func.count()).where(taggings.c.version_id == tag_version, ~_done(link_version))
    return int(tx.execute(query.select_from(taggings)).scalar_one())


def topics_of(tx: Tx, ids: Sequence[int], tag_version: int) -> dict[int, dict[str, float]]:
    """Probability by topic of each article, published and queued ones alike."""
    found: dict[int, dict[str, float]] = {i: {} for i in ids}
    own = tagged(tag_version)
    query = sa.select(own.c.article_id, own.c.topic, own.c.p).where(own.c.article_id.in_(ids))
    for row in tx.execute(query):
        found[row.article_id][row.topic] = row.p
    return found


def outlet_regions(tx: Tx, ids: Sequence[int]) -> dict[int, str]:
    """Home region (place id) of the outlet of each article."""
    query = (
        sa.select(articles.c.id, sources.c.region)
        .join(sources, sources.c.id == articles.c.source_id)
        .where(articles.c.id.in_(ids))
    )
    return {row.id: row.region for row in tx.execute(query)}


def find_coverage(tx: Tx, family: FamilyId) -> list[Coverage]:
    """Cooperation articles that the current versions link to a family, newest first, copies too."""
    tag_version, link_version = current_version(tx, "tag"), current_version(tx, "link")
    if tag_version is None or link_version is None:
        return []
    found, judgement = linked(link_version.id), judged(tag_version.id)
    query = (
        sa.select(found, articles, sources.c.name)
        .join(articles, articles.c.id == found.c.article_id)
        .join(sources, sources.c.id == articles.c.source_id)
        .join(judgement, judgement.c.article_id == articles.c.id)
        .where(found.c.family_id == family, judgement.c.label.is_(True))
        .order_by(articles.c.published_at.desc(), articles.c.id)
    )
    return [_coverage(row) for row in tx.execute(query).mappings()]


def _coverage(row: sa.RowMapping) -> Coverage:
    fields = {"title": row["title"], "text": row["text"]}
    quotes = [sentence_at(fields[e["field"]], e["start"], e["end"]) for e in row["evidence"]]
    return Coverage(
        published_at=row["published_at"],
        outlet=row["name"],
        title=row["title"],
        url=row["url"],
        is_original=row["is_origin"],
        member=None if row["member"] is None else AgreementId(row["member"]),
        p=row["p"],
        stage=row["stage"],
        quotes=tuple(dict.fromkeys(quotes)),
    )


def known_of(tx: Tx, ids: Sequence[int], version: int) -> dict[ArticleId, Known]:
    """What a version itself said of articles; those it never saw are left out."""
    own = sa.select(links).where(links.c.version_id == version, links.c.article_id.in_(ids))
    made: dict[int, list[Link]] = {i: [] for i in ids}
    for row in tx.execute(own.order_by(links.c.p.desc(), links.c.id)).mappings():
        made[row["article_id"]].append(_link(row))
    seen = sa.select(linkings.c.article_id, linkings.c.reason, linkings.c.related).where(
        linkings.c.version_id == version, linkings.c.article_id.in_(ids)
    )
    found: dict[ArticleId, Known] = {}
    for one in tx.execute(seen):
        related = tuple(map(FamilyId, one.related or ()))
        result = LinkResult(tuple(made[one.article_id]), related, Reason(one.reason) if one.reason else None)
        found[ArticleId(one.article_id)] = Known(result, one.related is not None)
    return found


def _link(row: sa.RowMapping) -> Link:
    return Link(
        family=FamilyId(row["family_id"]),
        member=None if row["member"] is None else AgreementId(row["member"]),
        p=row["p"],
        depth=row["depth"],
        stage=row["stage"],
        evidence=evidence_from(row["evidence"]),
    )


def evidence_from(stored: Sequence[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    """The evidence of a link as its row's JSON column holds it."""
    return tuple(Evidence(PlaceId(e["place"]), e["field"], e["start"], e["end"], e["text"]) for e in stored)


def forget_linking(tx: Tx, article: ArticleId) -> None:
    """Have an article linked anew at the next turn; until then its links stay."""
    move_ground(tx)
    tx.execute(sa.delete(linkings).where(linkings.c.article_id == article))


def forget_changed(tx: Tx, base: int, new: int) -> None:
    """Have every article linked anew whose label or topics another version of tags judges otherwise.

    What is no cooperation under both stays as it is: nothing of it counts.
    """
    one, other = taggings.alias("one"), taggings.alias("other")
    both = sa.and_(other.c.article_id == one.c.article_id, other.c.version_id == new)
    relabelled = (
        sa.select(one.c.article_id)
        .join(other, both)
        .where(one.c.version_id == base, one.c.label.is_distinct_from(other.c.label))
    )
    moved = [_topics_lost(base, new), _topics_lost(new, base)]
    changed = sa.union(relabelled, *moved)
    tx.execute(sa.delete(linkings).where(linkings.c.article_id.in_(changed)))


def _topics_lost(base: int, new: int) -> sa.Select[tuple[int]]:
    """Articles with a topic, published or queued, that the other version does not give."""
    other = tags.alias("other")
    kept = sa.exists().where(
        other.c.article_id == tags.c.article_id, other.c.topic == tags.c.topic, other.c.version_id == new
    )
    return sa.select(tags.c.article_id).where(tags.c.version_id == base, ~kept)


def named(mentions: Sequence[Mention]) -> str:
    """Who is named where, as the column `linkings.mentions` holds it."""
    return canonical_json([[m.place, m.field, m.start, m.end, m.how] for m in mentions])


def record_links(tx: Tx, version: int, many: Sequence[Linked]) -> None:
    """Write all links of articles under a version; a second call for an article replaces the first."""
    rows = [
        {
            "article_id": one.article,
            "version_id": version,
            "n_links": len(one.result.links),
            "reason": one.result.reason.value if one.result.reason else "",
            "mentions": one.named,
            "related": canonical_json(list(one.result.related)),
        }
        for one in many
    ]
    upsert_many(tx, ENCODED, rows, key=("article_id", "version_id"))
    ids = [one.article for one in many]
    tx.execute(sa.delete(links).where(links.c.article_id.in_(ids), links.c.version_id == version))
    found = [_link_row(one.article, version, link) for one in many for link in one.result.links]
    if found:
        tx.execute(sa.insert(links), found)


def _link_row(article: ArticleId, version: int, link: Link) -> dict[str, object]:
    return {
        "article_id": article,
        "version_id": version,
        "family_id": link.family,
        "member": link.member,
        "p": link.p,
        "depth": link.depth,
        "stage": link.stage,
        "evidence": [asdict(e) for e in link.evidence],
    }


def found_of(tx: Tx, ids: Sequence[int]) -> dict[int, Found]:
    """What was found in articles, whether it is still true or not."""
    query = sa.select(found_names).where(found_names.c.article_id.in_(ids))
    return {row.article_id: Found(bytes(row.key), bytes(row.packed)) for row in tx.execute(query)}


def record_found(tx: Tx, many: Mapping[ArticleId, Found]) -> None:
    """Keep what was found in articles in place of what was found before."""
    rows = [{"article_id": i, "key": one.key, "packed": one.packed} for i, one in many.items()]
    upsert_many(tx, found_names, rows, key=("article_id",))


def forget_found(tx: Tx, ids: Sequence[int]) -> None:
    """Forget what was found in articles."""
    tx.execute(sa.delete(found_names).where(found_names.c.article_id.in_(ids)))
