"""Stage: links tagged articles to the register. Killable: each batch is one transaction."""

from datetime import tzinfo

from monitor.articles.store import get_many, vectors_of
from monitor.articles.types import Article
from monitor.core import ledger_store
from monitor.core.clock import Clock
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.ids import ArticleId, PlaceId
from monitor.core.ledger import Ending, LedgerEntry, Reason, Stage
from monitor.core.progress import Progress, silent
from monitor.core.runs import Version, current_version, ensure_version
from monitor.linking import store
from monitor.linking.types import FindMentions, LinkArticle, LinkInput, LinkResult, Mention

_BATCH = 200


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
    counts = Counts()
    with db.begin() as tx:
        tag_version = current_version(tx, "tag")
        if tag_version is None:
            return counts
        version = ensure_version(tx, "link", fingerprint, doc, at=clock())
        total = store.count_due_for_linking(tx, tag_version.id, version.id)
    done, last = 0, 0
    while True:
        with db.begin() as tx:
            due = store.due_for_linking(tx, tag_version.id, version.id, after=last, limit=_BATCH)
            if not due:
                return counts
            inputs = _inputs(tx, [row[0] for row in due], tag_version, find, zone)
            for article_id, label, both_named in due:
                article, given = inputs[article_id]
                worth = label is not False or both_named
                result = link(given) if worth else LinkResult((), (), Reason.BELOW_GATE)
                store.record_links(tx, article_id, version.id, result, given.mentions if worth else ())
                ledger_store.record(tx, _entry(article, label, result, version, clock))
                counts.add("links", len(result.links) if label is True else 0)
                counts.add(_outcome(label, result))
        last = due[-1][0]
        done += len(due)
        progress("link", done, total)


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
