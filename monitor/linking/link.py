"""Stage: links tagged articles to the register. Killable: each batch is one transaction.

A batch is read and linked first, here or by other processes, and then written by whoever began, as far as
nothing of it has changed in the meantime.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import partial

import structlog

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
from monitor.linking.alike import Alike
from monitor.linking.carry import Carrier
from monitor.linking.found import FoundNames
from monitor.linking.overtaken import TagsChangedError, hold, refuse_other
from monitor.linking.reach import Reach
from monitor.linking.store import Due, Found, Linked
from monitor.linking.types import FindMentions, Known, LinkArticle, LinkInput, LinkResult, Mention
from monitor.linking.unchanged import merged, stands

log = structlog.get_logger(__name__)
_BATCH = 200
_STRETCH = 2_000  # articles of which what can be is taken over in one transaction: some fifty milliseconds
_NOBODY = store.named(())

_Versions = tuple[Version, Version]  # of tags and of links


@dataclass(frozen=True, slots=True)
class Made:
    """What was found in one article as it was when it was looked at."""

    due: Due
    result: LinkResult
    named: str  # as store.named gives it
    fresh: Found | None = None  # of names that were looked for, not taken from where they were kept
    is_alike: bool = False  # says what it said of families around changed places


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
    reach_beyond: Callable[[frozenset[FamilyId]], Reach] | None = None  # of all families but these
    beside: "Beside | None" = None
    reach: Reach | None = None  # of what `beside` makes anew; None: every text is asked
    before: "Before | None" = None


# Batches of due articles, in their order, under a version of tags and for one of links.
Spread = Callable[[Linking, Version, Version, Iterable[Sequence[Due]]], Iterator[list[Made]]]


@dataclass(frozen=True, slots=True)
class Beside:
    """What a version beside the current one takes over: the links of these families, as they are."""

    base: Version
    unchanged: frozenset[FamilyId]
    around: frozenset[FamilyId] = frozenset()  # and those of these, in texts that say of them what they said

    def kept_in(self, *, is_alike: bool) -> frozenset[FamilyId]:
        """The families whose links a text keeps."""
        return self.unchanged | self.around if is_alike else self.unchanged


@dataclass(frozen=True, slots=True)
class Before:
    """What the links that are taken over were made with, as far as another gazetteer is told from it."""

    names: FoundNames
    alike: Alike


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
    Errors: OvertakenError when the current links are of another register, or become so meanwhile.
    """
    given = Linking(db, find, link, zone, clock, progress, spread, names)

    def versions(tx: Tx) -> _Versions | None:
        tag_version = current_version(tx, "tag")
        if tag_version is None:
            return None
        version = current_version(tx, "link") or ensure_version(tx, "link", fingerprint, doc, at=clock())
        refuse_other(version, fingerprint)
        return tag_version, version

    return _link_all(given, versions)


def link_beside(given: Linking, version: Version, beside: Beside) -> Counts:
    """Link what a version beside the current one has not come to; nothing of it counts yet.

    An article that the current version has linked keeps its links to unchanged families, whatever is found;
    all others are made anew. What no other family can come to is taken over without being read. Killable, and
    goes on where it was.
    """

    def versions(tx: Tx) -> _Versions | None:
        tag_version = current_version(tx, "tag")
        return None if tag_version is None else (tag_version, version)

    return _link_all(taking_over(given, beside), versions)


def taking_over(given: Linking, beside: Beside) -> Linking:
    """The same, for a version beside the current one."""
    reach = None if given.reach_beyond is None else given.reach_beyond(beside.unchanged)
    return replace(given, beside=beside, reach=reach)


def link_batch(given: Linking, tag_version: Version, batch: Sequence[Due]) -> list[Made]:
    """Links of due articles. Writes nothing."""
    worth = [one.article for one in batch if one.is_worth]
    with given.db.reading() as tx:
        told = _told(tx, given, worth)
        standing = _standing(tx, given, told)
        inputs = _inputs(tx, given, [one for one in told.values() if one.id not in standing], tag_version)
    made = []
    for due in batch:
        one = told.get(due.article)
        if one is None:
            made.append(Made(due, LinkResult((), (), Reason.BELOW_GATE), _NOBODY))
        else:
            result = standing.get(one.id) or given.link(inputs[one.id])
            made.append(Made(due, result, store.named(one.mentions), one.fresh, one.is_alike))
    return made


class _Turn:
    """One turn of linking under the same versions: what is due, what is written, how many.

    What writes raises TagsChangedError or OvertakenError when other versions count, DroppedError when the one
    that it writes is gone, and writes nothing.
    """

    def __init__(self, given: Linking, tag_version: Version, version: Version, counts: Counts) -> None:
        self.given, self.tag_version, self.version = given, tag_version, version
        self.counts, self.done = counts, 0
        self.carrier = _carrier(given, version)
        with given.db.reading() as tx:
            self.total = store.count_due_for_linking(tx, tag_version.id, version.id)

    def batches(self) -> Iterator[list[Due]]:
        """What has to be looked at; what need not be is taken over on the way."""
        last, waiting = 0, list[Due]()
        limit = _BATCH if self.carrier is None else _STRETCH
        while due := self._due(last, limit):
            last = due[-1].article
            waiting += due if self.carrier is None else self._carry(self.carrier, due)
            while len(waiting) >= _BATCH:
                yield waiting[:_BATCH]
                waiting = waiting[_BATCH:]
        if waiting:
            yield waiting

    def write(self, made: Sequence[Made]) -> None:
        """Write a batch, as far as nothing of it has changed."""
        self._note(_write(self.given, self.tag_version, self.version, made), len(made))

    def _due(self, after: int, limit: int) -> list[Due]:
        with self.given.db.reading() as tx:
            return store.due_for_linking(tx, self.tag_version.id, self.version.id, after=after, limit=limit)

    def _carry(self, carrier: Carrier, due: Sequence[Due]) -> list[Due]:
        """Take over what can be taken over of a stretch; the rest of it."""
        with self.given.db.begin() as tx:
            hold(tx, self.tag_version, self.version, is_beside=True)
            kept = carrier.carry(tx, due)
        counts = Counts()
        for one in due:
            if one.article in kept:
                n_links = kept[one.article]
                counts.add("links", n_links if one.label is True else 0)
                counts.add(_outcome(one.label, is_linked=n_links > 0))
        self._note(counts, len(kept))
        return [one for one in due if one.article not in kept]

    def _note(self, counts: Counts, n: int) -> None:
        self.counts.merge(counts)
        self.done += n
        self.given.progress("link", self.done, self.total)


def _carrier(given: Linking, version: Version) -> Carrier | None:
    if given.beside is None or given.reach is None or given.names is None:
        return None
    return Carrier(given.beside.base.id, version.id, given.beside.unchanged, given.reach, given.names)


def _link_all(given: Linking, versions: Callable[[Tx], _Versions | None]) -> Counts:
    counts = Counts()
    while True:
        with given.db.begin() as tx:
            asked = versions(tx)
        if asked is None:
            return counts
        try:
            _link_under(given, *asked, counts)
        except TagsChangedError:
            log.info("tags_promoted_while_linking", done=sum(counts.values()))
        else:
            return counts


def _link_under(given: Linking, tag_version: Version, version: Version, counts: Counts) -> None:
    turn = _Turn(given, tag_version, version, counts)
    here = partial(link_batch, given, tag_version)
    batches = turn.batches()
    done_by = given.spread(given, tag_version, version, batches) if given.spread else map(here, batches)
    for made in done_by:
        turn.write(made)


def _write(given: Linking, tag_version: Version, version: Version, made: Sequence[Made]) -> Counts:
    counts, ids = Counts(), [one.due.article for one in made]
    beside = given.beside
    with given.db.begin() as tx:
        hold(tx, tag_version, version, is_beside=beside is not None)
        still = set(store.due_among(tx, tag_version.id, version.id, ids))
        known = {} if beside is None else store.known_of(tx, ids, beside.base.id)
        same = [one for one in made if one.due in still]
        results = [_result(one, known.get(one.due.article), beside) for one in same]
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
        counts.add(_outcome(one.due.label, is_linked=bool(result.links)))
    return counts


def _result(one: Made, known: Known | None, beside: Beside | None) -> LinkResult:
    if beside is None or known is None:
        return one.result
    return merged(one.result, known, beside.kept_in(is_alike=one.is_alike))


@dataclass(frozen=True, slots=True)
class _Told:
    """An article with the parties that are named in it."""

    article: Article
    region: PlaceId
    mentions: tuple[Mention, ...]
    fresh: Found | None  # of names that were looked for only now
    is_alike: bool

    @property
    def id(self) -> ArticleId:
        return self.article.id


def _told(tx: Tx, given: Linking, ids: Sequence[ArticleId]) -> dict[ArticleId, _Told]:
    regions = store.outlet_regions(tx, ids)
    kept = {} if given.names is None else store.found_of(tx, ids)
    found = {}
    for article in get_many(tx, ids).values():
        region = PlaceId(regions[article.id])
        before = kept.get(article.id)
        mentions, fresh = _mentions(given, article, region, before)
        is_alike = before is not None and _is_alike(given, article, region, before, mentions)
        found[article.id] = _Told(article, region, mentions, fresh, is_alike)
    return found


def _is_alike(
    given: Linking, article: Article, region: PlaceId, kept: Found, mentions: tuple[Mention, ...]
) -> bool:
    """Whether a text says of the families around changed places what it said when it was linked."""
    before = given.before
    if before is None or given.beside is None or not given.beside.around:
        return False
    if kept.key != before.names.key(article.title, article.text, article.lang, region):
        return False
    known = before.names.unpack(kept.packed, article.title, article.text)
    return known is not None and before.alike.keeps(known, mentions, region, (article.title, article.text))


def _standing(tx: Tx, given: Linking, told: Mapping[ArticleId, _Told]) -> dict[ArticleId, LinkResult]:
    """What is known of the articles that no changed family can come to, where all of it stands."""
    if given.beside is None or given.reach is None:
        return {}
    reach, beside = given.reach, given.beside
    ids = [
        one.id
        for one in told.values()
        if one.is_alike
        or not reach.touches_text(one.mentions, one.region, (one.article.title, one.article.text))
    ]
    return {
        article: one.result
        for article, one in store.known_of(tx, ids, beside.base.id).items()
        if stands(one, beside.kept_in(is_alike=told[article].is_alike))
        and one.result.reason is not Reason.BELOW_GATE
    }


def _inputs(
    tx: Tx, given: Linking, told: Sequence[_Told], tag_version: Version
) -> dict[ArticleId, LinkInput]:
    """What linking sees of articles."""
    topics = store.topics_of(tx, [one.id for one in told], tag_version.id)
    vectors = vectors_of(tx, [one.article.content_hash for one in told])
    return {
        one.id: LinkInput(
            title=one.article.title,
            text=one.article.text,
            lang=one.article.lang,
            published_on=one.article.published_at.astimezone(given.zone).date(),
            outlet_region=one.region,
            mentions=one.mentions,
            topics=topics[one.id],
            vectors=vectors.get(one.article.content_hash, {}),
        )
        for one in told
    }


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


def _outcome(label: bool | None, *, is_linked: bool) -> str:
    if label is False:
        return "skipped"
    return "linked" if is_linked else "unlinked"


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
