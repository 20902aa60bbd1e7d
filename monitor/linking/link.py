"""Stage: links tagged articles to the register. Killable: each batch is one transaction.

A batch is read and linked first, here or by other processes, and then written by whoever began, as far as
nothing of it has changed in the meantime.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial

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
from monitor.linking.found import FoundNames
from monitor.linking.store import Due, Found, Linked
from monitor.linking.types import FindMentions, Link, LinkArticle, LinkInput, LinkResult, Mention

_BATCH = 200
_NOBODY = store.named(())


@dataclass(frozen=True, slots=True)
class Made:
    """What was found in one article as it was when it was looked at."""

    due: Due
    result: LinkResult
    named: str  # as store.named gives it
    fresh: Found | None = None  # of names that were looked for, not taken from where they were kept


@dataclass(frozen=True, slots=True)
class Linking:
    """What every turn of linking needs."""

    db: Db
    find: FindMentions
    link: LinkArticle
    zone: tzinfo
    clock: Clock
    progress: Progress = silent
    spread: "Spread | None" = None  # over other processes; else this one links
    names: FoundNames | None = None  # of what `find` finds; None: looked for each time, nothing is kept


# Batches of due articles, in their order, under a version of tags and for one of links.
Spread = Callable[[Linking, Version, Version, Iterable[Sequence[Due]]], Iterator[list[Made]]]


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
    spread: Spread | None = None,
    names: FoundNames | None = None,
) -> Counts:
    """Link all articles that are due; counts of linked, unlinked and skipped articles and of links.

    Articles below the gate that name both sides are linked too: they never count as coverage, but explain
    a zero ("the parties were named, the article was judged not to be cooperation"). `changed` ones became
    others while they were linked and stay due.
    """
    with db.begin() as tx:
        tag_version = current_version(tx, "tag")
        if tag_version is None:
            return Counts()
        version = ensure_version(tx, "link", fingerprint, doc, at=clock())
    given = Linking(db, find, link, zone, clock, progress, spread, names)
    return _link_all(given, tag_version, version, None)


def link_beside(given: Linking, version: Version, beside: Beside) -> Counts:
    """Link what a version beside the current one has not come to; nothing of it counts yet.

    An article that the current version has linked keeps its links to unchanged families, whatever is found;
    all others are made anew. Killable, and goes on where it was.
    """
    with given.db.begin() as tx:
        tag_version = current_version(tx, "tag")
    return Counts() if tag_version is None else _link_all(given, tag_version, version, beside)


def link_batch(given: Linking, tag_version: Version, batch: Sequence[Due]) -> list[Made]:
    """Links of due articles. Writes nothing."""
    worth = [one for one in batch if one.is_worth]
    with given.db.reading() as tx:
        inputs = _inputs(tx, given, [one.article for one in worth], tag_version)
    return [_made(given, one, inputs.get(one.article)) for one in batch]


def _made(given: Linking, due: Due, read: tuple[LinkInput, Found | None] | None) -> Made:
    if read is None:
        return Made(due, LinkResult((), (), Reason.BELOW_GATE), _NOBODY)
    told, fresh = read
    return Made(due, given.link(told), store.named(told.mentions), fresh)


def _link_all(given: Linking, tag_version: Version, version: Version, beside: Beside | None) -> Counts:
    counts, done = Counts(), 0
    with given.db.reading() as tx:
        total = store.count_due_for_linking(tx, tag_version.id, version.id)
    batches = _batches(given.db, tag_version, version)
    here = partial(link_batch, given, tag_version)
    done_by = given.spread(given, tag_version, version, batches) if given.spread else map(here, batches)
    for made in done_by:
        counts.merge(_write(given, tag_version, version, beside, made))
        done += len(made)
        given.progress("link", done, total)
    return counts


def _batches(db: Db, tag_version: Version, version: Version) -> Iterator[list[Due]]:
    last = 0
    while True:
        with db.reading() as tx:
            due = store.due_for_linking(tx, tag_version.id, version.id, after=last, limit=_BATCH)
        if not due:
            return
        yield due
        last = due[-1].article


def _write(
    given: Linking, tag_version: Version, version: Version, beside: Beside | None, made: Sequence[Made]
) -> Counts:
    counts, ids = Counts(), [one.due.article for one in made]
    with given.db.begin() as tx:
        still = set(store.due_among(tx, tag_version.id, version.id, ids))
        known = {} if beside is None else store.links_of(tx, ids, beside.base.id)
        same = [one for one in made if one.due in still]
        results = [_result(one, known, beside) for one in same]
        both = list(zip(same, results, strict=True))
        rows = [Linked(one.due.article, result, one.named) for one, result in both]
        store.record_links(tx, version.id, rows)
        store.record_found(tx, {one.due.article: one.fresh for one in same if one.fresh is not None})
        if beside is None:  # the ledger tells of what counts
            entries = [_entry(one.due, result, version, given.clock) for one, result in both]
            ledger_store.record_many(tx, entries)
    if len(same) < len(made):
        counts.add("changed", len(made) - len(same))
    for one, result in both:
        counts.add("links", len(result.links) if one.due.label is True else 0)
        counts.add(_outcome(one.due.label, result))
    return counts


def _result(one: Made, known: Mapping[ArticleId, tuple[Link, ...]], beside: Beside | None) -> LinkResult:
    links = known.get(one.due.article)
    return one.result if beside is None or links is None else merged(one.result, links, beside.unchanged)


def merged(result: LinkResult, known: Sequence[Link], unchanged: frozenset[FamilyId]) -> LinkResult:
    """The known links to unchanged families and the new ones to all others, most probable first."""
    kept = [link for link in known if link.family in unchanged]
    made = [link for link in result.links if link.family not in unchanged]
    links = tuple(sorted((*kept, *made), key=lambda link: -link.p))
    return LinkResult(links, result.related, None if links else result.reason or Reason.NO_AGREEMENT)


def _inputs(
    tx: Tx, given: Linking, ids: list[ArticleId], tag_version: Version
) -> dict[ArticleId, tuple[LinkInput, Found | None]]:
    """What linking sees of articles, and of each what was found only now."""
    topics = store.topics_of(tx, ids, tag_version.id)
    regions = store.outlet_regions(tx, ids)
    made: dict[ArticleId, tuple[LinkInput, Found | None]] = {}
    articles = get_many(tx, ids)
    kept = {} if given.names is None else store.found_of(tx, ids)
    vectors = vectors_of(tx, [article.content_hash for article in articles.values()])
    for article in articles.values():
        region = PlaceId(regions[article.id])
        mentions, fresh = _mentions(given, article, region, kept.get(article.id))
        told = LinkInput(
            title=article.title,
            text=article.text,
            lang=article.lang,
            published_on=article.published_at.astimezone(given.zone).date(),
            outlet_region=region,
            mentions=mentions,
            topics=topics[article.id],
            vectors=vectors.get(article.content_hash, {}),
        )
        made[article.id] = told, fresh
    return made


def _mentions(
    given: Linking, article: Article, region: PlaceId, kept: Found | None
) -> tuple[tuple[Mention, ...], Found | None]:
    """The parties named in an article, as they are kept or else found now, and what is to be kept of that."""
    asked = (article.title, article.text, article.lang, region)
    if given.names is None:
        return given.find(*asked), None
    key = given.names.key(*asked)
    if kept is not None and kept.key == key:
        known = given.names.unpack(kept.packed, article.title, article.text)
        if known is not None:
            return known, None
    mentions = given.find(*asked)
    packed = given.names.pack(mentions)
    return mentions, None if packed is None else Found(key, packed)


def _outcome(label: bool | None, result: LinkResult) -> str:
    if label is False:
        return "skipped"
    return "linked" if result.links else "unlinked"


def _entry(due: Due, result: LinkResult, version: Version, clock: Clock) -> LedgerEntry:
    below = due.label is False
    return LedgerEntry(
        stage=Stage.LINK,
        item=str(due.article),
        ending=Ending.SKIPPED if below or not result.links else Ending.DONE,
        reason=Reason.BELOW_GATE if below else result.reason or Reason.OK,
        at=clock(),
        source_id=due.source,
        version=version.fingerprint,
    )
