"""Stage: has a new model judge what the current run has judged, from what was kept of the texts.

A run beside the current one: nothing of it counts before it is promoted. Killable: each batch of some
thousand articles is one transaction with the resume key. Nothing is fetched; articles that need a vector
which nobody has made wait for `embed_waiting`, and until then the run is partial.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import compress, repeat

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from monitor.articles import kept_store, store
from monitor.articles.choose import Judgements, judge_many, some
from monitor.articles.judging_tables import reclassifications
from monitor.articles.kept_store import Batch
from monitor.articles.tables import articles, taggings
from monitor.articles.tag import Tagging, judge_due, version_doc
from monitor.articles.types import Classifier, Kept, TextItem
from monitor.core import runs
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx, UtcDateTime
from monitor.core.errors import UsageError
from monitor.core.ids import ArticleId
from monitor.core.ledger import Ending, Reason, Stage
from monitor.core.ledger_store import ledger
from monitor.core.progress import Progress, silent
from monitor.core.runs import Version, versions

# Measured on 50,000 kept articles: 1,000 a batch 15 % slower, 20,000 no faster and three times the memory.
BATCH = 5_000
_N_NAMES = 6  # counts of monitor.linking.mentions.name_features

Also = Callable[[Tx, Version, Version], None]  # what else a promotion does: base, then the new one


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run beside the current one. Units: counts of articles."""

    version: Version
    base: Version  # that was current when it began
    since: datetime | None
    last_article_id: int
    counts: Counts  # judged, taken_over, read, cooperation, undecided, below_gate
    waiting: int  # for a vector
    behind: int  # not come to yet

    @property
    def is_partial(self) -> bool:
        """Whether articles are left that it has not judged."""
        return self.waiting > 0 or self.behind > 0


def begin(
    tx: Tx, classifier: Classifier, fingerprint: str, *, since: datetime | None, at: datetime
) -> Candidate:
    """The candidate of a model, made where there is none; a second call goes on with the first one's.

    Errors: UsageError when nothing was tagged yet, the model is the current one, or it was begun with
    another `since`.
    """
    base = runs.current_version(tx, "tag")
    if base is None:
        raise UsageError("nothing is tagged yet: the first model counts at once, run `monitor tag`")
    if base.fingerprint == fingerprint:
        raise UsageError(f"the current run is of the model {fingerprint} already")
    version = runs.find_version(tx, "tag", fingerprint)
    if version is None:
        version = runs.add_version(tx, "tag", fingerprint, version_doc(classifier), at=at)
    found = find(tx, version)
    if found is None:
        values = {"version_id": version.id, "base_id": base.id, "since": since, "started_at": at}
        # a run that counted before there was another: what it has judged stays
        done = sa.select(sa.func.max(taggings.c.article_id)).where(taggings.c.version_id == version.id)
        last = int(tx.execute(done).scalar_one() or 0)
        tx.execute(sa.insert(reclassifications).values(**values, last_article_id=last, doc={}))
    elif since is not None and since != found.since:
        raise UsageError(
            f"the run of {fingerprint} was begun with another --since; go on without, or --drop it first"
        )
    return get(tx, version)


def find(tx: Tx, version: Version) -> Candidate | None:
    """How far the run of a version has come, None if there is no such run."""
    query = sa.select(reclassifications).where(reclassifications.c.version_id == version.id)
    row = tx.execute(query).mappings().one_or_none()
    if row is None:
        return None
    fingerprint = tx.execute(
        sa.select(versions.c.fingerprint).where(versions.c.id == row["base_id"])
    ).scalar_one()
    waiting = store.count_due_for_tagging(tx, version.id, upto=row["last_article_id"])
    return Candidate(
        version=version,
        base=Version(row["base_id"], "tag", fingerprint),
        since=row["since"],
        last_article_id=row["last_article_id"],
        counts=Counts(**row["doc"]),
        waiting=waiting,
        behind=store.count_due_for_tagging(tx, version.id) - waiting,
    )


def get(tx: Tx, version: Version) -> Candidate:
    """The candidate of a version. Errors: UsageError when there is none."""
    found = find(tx, version)
    if found is None:
        raise UsageError(f"{version.fingerprint} is no run beside the current one")
    return found


@dataclass(frozen=True, slots=True)
class Scored:
    """What the model says of one range of articles. `fresh`: what was read of texts, by content hash."""

    ids: list[int]  # judged ones; the rest waits for a vector
    hashes: list[str]  # of the texts that it is said of
    names: list[str]  # JSON
    found: Judgements
    fresh: dict[str, Kept]


Range = tuple[int, int]  # ids (after, upto]
# Has ranges judged in other processes; None in place of one whose texts must be read.
Spread = Callable[[Candidate, Sequence[Range]], Iterator[Scored | None]]


def reclassify(
    given: Tagging,
    candidate: Candidate,
    *,
    batch: int = BATCH,
    spread: Spread | None = None,
    progress: Progress = silent,
) -> Candidate:
    """Go on from the resume key to the last article; the candidate as it then stands."""
    with given.db.begin() as tx:
        last = get(tx, candidate.version).last_article_id
        ranges = kept_store.ranges(tx, after=last, size=batch, since=candidate.since)
    done = spread(candidate, ranges) if spread else repeat(None)
    for n, (wanted, scored) in enumerate(zip(ranges, done, strict=False), start=1):
        _write(given, candidate, wanted, scored or score(given, candidate, wanted))
        progress("reclassify", n, len(ranges))
    with given.db.begin() as tx:
        return get(tx, candidate.version)


def embed_waiting(given: Tagging, candidate: Candidate, *, progress: Progress = silent) -> Counts:
    """Make the vectors that articles of the run wait for and judge these. Killable as `tag_due`."""
    return judge_due(given, candidate.version, upto=candidate.last_article_id, progress=progress)


def promote(tx: Tx, version: Version, *, at: datetime, also: Also) -> None:
    """Have a run count from now on in place of the current one, `also` in the same transaction.

    Errors: UsageError when it is no run beside the current one, or partial.
    """
    candidate, base = get(tx, version), runs.current_version(tx, "tag")
    if candidate.is_partial:
        raise UsageError(
            f"the run of {version.fingerprint} is partial: {candidate.waiting} articles wait for a vector, "
            f"{candidate.behind} are to be judged; `monitor reclassify --embed` does both"
        )
    if base is None or base == version:
        raise UsageError(f"the run of {version.fingerprint} is the current one already")
    runs.make_current(tx, version)
    _write_ledger(tx, version, at=at)
    own = reclassifications.c.version_id == version.id
    tx.execute(sa.update(reclassifications).where(own).values(promoted_at=at))
    also(tx, base, version)


def drop(tx: Tx, version: Version) -> None:
    """Forget a run with all its judgements. Errors: UsageError when it is the current one."""
    runs.move_ground(tx)
    if runs.current_version(tx, "tag") == version:
        raise UsageError(f"{version.fingerprint} is the current run: promote another one first")
    tx.execute(sa.delete(reclassifications).where(reclassifications.c.version_id == version.id))
    came_from = reclassifications.c.base_id == version.id  # later runs lose the name of what they replaced
    tx.execute(sa.update(reclassifications).where(came_from).values(base_id=reclassifications.c.version_id))
    kept_store.drop_judgements(tx, version.id)
    of_it = (ledger.c.stage == Stage.TAG.value, ledger.c.version == version.fingerprint)
    tx.execute(sa.delete(ledger).where(*of_it))
    tx.execute(sa.delete(versions).where(versions.c.id == version.id))


def candidates(tx: Tx) -> list[Candidate]:
    """The runs beside the current one that were never promoted, oldest first."""
    query = (
        sa.select(versions.c.id, versions.c.fingerprint)
        .join(reclassifications, reclassifications.c.version_id == versions.c.id)
        .where(reclassifications.c.promoted_at.is_(None), versions.c.is_current.is_(False))
        .order_by(versions.c.id)
    )
    return [get(tx, Version(row.id, "tag", row.fingerprint)) for row in tx.execute(query).all()]


def score(given: Tagging, candidate: Candidate, wanted: Range) -> Scored:
    """Judge one range, reading the texts of which nothing is kept. Writes nothing."""
    with given.db.reading() as tx:
        read = _read(tx, given.classifier, candidate, wanted)
        rows = _unread(given.classifier, read)
        texts = store.get_many(tx, [read.ids[row] for row in rows])
    items = {}
    for row in rows:
        article = texts[ArticleId(read.ids[row])]
        known = read.names[row]
        names = (
            given.name_features(article.title, article.text) if known is None else tuple(json.loads(known))
        )
        items[row] = TextItem(article.title, article.text, names)
    return _scored(given.classifier, read, items)


def score_kept(db: Db, classifier: Classifier, candidate: Candidate, wanted: Range) -> Scored | None:
    """Judge one range from what is kept; None when a text must be read. Writes nothing."""
    with db.reading() as tx:
        read = _read(tx, classifier, candidate, wanted)
    return None if _unread(classifier, read) else _scored(classifier, read, {})


def _read(tx: Tx, classifier: Classifier, candidate: Candidate, wanted: Range) -> Batch:
    return kept_store.read_batch(
        tx,
        after=wanted[0],
        upto=wanted[1],
        base=candidate.base.id,
        embedder=classifier.embedder,
        dimension=classifier.dimension,
        kept_format=classifier.kept_format,
        since=candidate.since,
    )


def _unread(classifier: Classifier, read: Batch) -> list[int]:
    """Rows of articles whose texts must be read. Words are wanted where a vector is."""
    has_vector = [bool(classifier.embedder) and not lacks for lacks in _lacking(read.vectors)]
    return [
        row
        for row, (kept, names) in enumerate(zip(read.kept, read.names, strict=True))
        if names is None or kept is None or (kept.stems is None and has_vector[row])
    ]


def _scored(classifier: Classifier, read: Batch, items: dict[int, TextItem]) -> Scored:
    """`items`: texts that were read, by row."""
    fresh = dict(zip(items, classifier.keep(list(items.values())), strict=True)) if items else {}
    kept = [fresh.get(row, one) for row, one in enumerate(read.kept)]
    names = [
        told if told is not None else kept_store.names_json(items[row].names)
        for row, told in enumerate(read.names)
    ]
    scores = classifier.score_kept([one for one in kept if one is not None], _numbers(names), read.vectors)
    ready = np.flatnonzero(~scores.waiting)
    chosen = ready.tolist()
    return Scored(
        ids=[read.ids[i] for i in chosen],
        hashes=[read.hashes[i] for i in chosen],
        names=[names[i] for i in chosen],
        found=judge_many(scores.gate[ready], scores.topics[ready], classifier.thresholds),
        fresh={read.hashes[row]: one for row, one in fresh.items()},
    )


def _write(given: Tagging, candidate: Candidate, wanted: Range, scored: Scored) -> None:
    classifier, version = given.classifier, candidate.version
    after, upto = wanted
    with given.db.begin() as tx:
        runs.hold_ground(tx)
        runs.refuse_dropped(tx, version)
        _resume_at(tx, version, after)
        kept_store.record_features(tx, scored.fresh.items(), kept_format=classifier.kept_format)
        scored = _of_same_texts(tx, wanted, scored)
        counts = Counts(judged=len(scored.ids), read=len(scored.fresh))
        for label, name in ((1, "cooperation"), (-1, "undecided"), (0, "below_gate")):
            counts.add(name, int((scored.found.label == label).sum()))
        kept_store.write_judgements(tx, version.id, scored.ids, scored.names, scored.found, classifier.labels)
        if candidate.since is not None:
            taken = kept_store.copy_judgements(
                tx, base=candidate.base.id, version_id=version.id, after=after, upto=upto,
                before=candidate.since,
            )  # fmt: skip
            counts.add("taken_over", taken)
        _advance(tx, version, upto, counts)


def _of_same_texts(tx: Tx, wanted: Range, scored: Scored) -> Scored:
    """What was said of texts that stand as they were read; articles with another one wait."""
    now = kept_store.hashes_in(tx, after=wanted[0], upto=wanted[1])
    same = [now.get(article) == read for article, read in zip(scored.ids, scored.hashes, strict=True)]
    if all(same):
        return scored
    return replace(
        scored,
        ids=list(compress(scored.ids, same)),
        hashes=list(compress(scored.hashes, same)),
        names=list(compress(scored.names, same)),
        found=some(scored.found, np.array(same)),
    )


def _lacking(vectors: NDArray[np.float16]) -> list[bool]:
    unknown: list[bool] = np.asarray(np.isnan(vectors).any(axis=1)).tolist()
    return unknown


def _numbers(names: Sequence[str]) -> NDArray[np.float64]:
    """Counts of names from their JSON. Shapes: n -> (n, 6)."""
    flat = ",".join([one[1:-1] for one in names])
    return np.array(flat.split(",") if flat else [], dtype=np.float64).reshape(len(names), _N_NAMES)


def _resume_at(tx: Tx, version: Version, after: int) -> None:
    """Errors: UsageError when another process has gone on with the run in the meantime."""
    query = sa.select(reclassifications.c.last_article_id)
    found = tx.execute(query.where(reclassifications.c.version_id == version.id)).scalar_one_or_none()
    if found != after:
        raise UsageError(f"the run of {version.fingerprint} was carried on by another process")


def _advance(tx: Tx, version: Version, upto: int, counts: Counts) -> None:
    own = reclassifications.c.version_id == version.id
    so_far = Counts(**tx.execute(sa.select(reclassifications.c.doc).where(own)).scalar_one())
    so_far.merge(counts)
    tx.execute(sa.update(reclassifications).where(own).values(last_article_id=upto, doc=dict(so_far)))


def _write_ledger(tx: Tx, version: Version, *, at: datetime) -> None:
    """The endings of the run, where the ledger has none of it yet."""
    item = sa.cast(taggings.c.article_id, sa.Text)
    known = sa.exists().where(
        ledger.c.stage == Stage.TAG.value, ledger.c.item == item, ledger.c.version == version.fingerprint
    )
    ending = sa.case((taggings.c.label.is_(False), Ending.SKIPPED.value), else_=Ending.DONE.value)
    reason = sa.case((taggings.c.reason == "", Reason.OK.value), else_=taggings.c.reason)
    query = (
        sa.select(
            sa.literal(Stage.TAG.value), item, articles.c.source_id, ending, reason,
            sa.literal(version.fingerprint), sa.literal(at, UtcDateTime()),
        )
        .join(articles, articles.c.id == taggings.c.article_id)
        .where(taggings.c.version_id == version.id, ~known)
    )  # fmt: skip
    columns = ["stage", "item", "source_id", "ending", "reason", "version", "at"]
    tx.execute(sa.insert(ledger).from_select(columns, query))
