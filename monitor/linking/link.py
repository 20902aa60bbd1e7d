"""Stage: links tagged articles to the register. Killable: each batch is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from monitor.articles.store import get_many, vectors_of
from monitor.articles.types import Article
from monitor.core import ledger_store
from monitor.core.clock import Clock
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.ids import ArticleId, FamilyId, PlaceId
from monitor.core.ledger import Ending, LedgerEntry, Reason, Stage
from monitor.core.progress import Progress, silent
from monitor.core.runs import Version, current_version, ensure_version
from monitor.linking import store
from monitor.linking.types import FindMentions, Link, LinkArticle, LinkInput, LinkResult, Mention

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Linking:
    """What every turn of linking needs."""

    db: Db
    find: FindMentions
    link: LinkArticle
    zone: tzinfo
    clock: Clock
    progress: Progress = silent


@dataclass(frozen=True, slots=True)
class Beside:
    """What a version beside the current one takes over: the links of these families, as they are."""

    base: Version
    unchanged: frozenset[FamilyId]


def link_due(
    *,
    db: Db,
    find: FindMentions,
    link: LinkArticle,
    fingerprint: str,
    doc: dict[str, str],
    zone: tzinfo,
    clock: Clock,
    progress: Progress = silent,
) -> Counts:
    """Link all articles that are due; counts of linked, unlinked and skipped articles and of links.

    Articles below the gate that name both sides are linked too: they never count as coverage, but explain
    a zero ("the parties were named, the article was judged not to be cooperation").
    """
    with db.begin() as tx:
        tag_version = current_version(tx, "tag")
        if tag_version is None:
            return Counts()
        version = ensure_version(tx, "link", fingerprint, doc, at=clock())
    return _link_all(Linking(db, find, link, zone, clock, progress), tag_version, version, None)


def link_beside(given: Linking, version: Version, beside: Beside) -> Counts:
    """Link what a version beside the current one has not come to; nothing of it counts yet.

    An article that the current version has linked keeps its links to unchanged families, whatever is found;
    all others are made anew. Killable, and goes on where it was.
    """
    with given.db.begin() as tx:
        tag_version = current_version(tx, "tag")
    return Counts() if tag_version is None else _link_all(given, tag_version, version, beside)


def _link_all(given: Linking, tag_version: Version, version: Version, beside: Beside | None) -> Counts:
    counts, done, last = Counts(), 0, 0
    with given.db.begin() as tx:
        total = store.count_due_for_linking(tx, tag_version.id, version.id)
    while True:
        with given.db.begin() as tx:
            due = store.due_for_linking(tx, tag_version.id, version.id, after=last, limit=_BATCH)
            if not due:
                return counts
            ids = [row[0] for row in due]
            inputs = _inputs(tx, ids, tag_version, given.find, given.zone)
            known = {} if beside is None else store.links_of(tx, ids, beside.base.id)
            for article_id, label, both_named in due:
                article, told = inputs[article_id]
                worth = label is not False or both_named
                result = given.link(told) if worth else LinkResult((), (), Reason.BELOW_GATE)
                if beside is not None and article_id in known:
                    result = merged(result, known[article_id], beside.unchanged)
                store.record_links(tx, article_id, version.id, result, told.mentions if worth else ())
                if beside is None:  # the ledger tells of what counts
                    ledger_store.record(tx, _entry(article, label, result, version, given.clock))
                counts.add("links", len(result.links) if label is True else 0)
                counts.add(_outcome(label, result))
        last = ids[-1]
        done += len(due)
        given.progress("link", done, total)


def merged(result: LinkResult, known: Sequence[Link], unchanged: frozenset[FamilyId]) -> LinkResult:
    """The known links to unchanged families and the new ones to all others, most probable first."""
    kept = [link for link in known if link.family in unchanged]
    made = [link for link in result.links if link.family not in unchanged]
    links = tuple(sorted((*kept, *made), key=lambda link: -link.p))
    return LinkResult(links, result.related, None if links else result.reason or Reason.NO_AGREEMENT)


def _inputs(
    tx: Tx, ids: list[ArticleId], tag_version: Version, find: FindMentions, zone: tzinfo
) -> dict[ArticleId, tuple[Article, LinkInput]]:
    topics = store.topics_of(tx, ids, tag_version.id)
    regions = store.outlet_regions(tx, ids)
    made: dict[ArticleId, tuple[Article, LinkInput]] = {}
    articles = get_many(tx, ids)
    vectors = vectors_of(tx, [article.content_hash for article in articles.values()])
    for article in articles.values():
        region = PlaceId(regions[article.id])
        mentions: tuple[Mention, ...] = find(article.title, article.text, article.lang, region)
        made[article.id] = (
            article,
            LinkInput(
                title=article.title,
                text=article.text,
                lang=article.lang,
                published_on=article.published_at.astimezone(zone).date(),
                outlet_region=region,
                mentions=mentions,
                topics=topics[article.id],
                vectors=vectors.get(article.content_hash, {}),
            ),
        )
    return made


def _outcome(label: bool | None, result: LinkResult) -> str:
    if label is False:
        return "skipped"
    return "linked" if result.links else "unlinked"


def _entry(
    article: Article, label: bool | None, result: LinkResult, version: Version, clock: Clock
) -> LedgerEntry:
    below = label is False
    return LedgerEntry(
        stage=Stage.LINK,
        item=str(article.id),
        ending=Ending.SKIPPED if below or not result.links else Ending.DONE,
        reason=Reason.BELOW_GATE if below else result.reason or Reason.OK,
        at=clock(),
        source_id=article.source_id,
        version=version.fingerprint,
    )
