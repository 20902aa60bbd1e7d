"""Stage: judges articles that the current run has not seen. Killable: each batch is one transaction.

The first model of an installation makes the current run; a later one only by being promoted (reclassify.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.articles import store
from monitor.articles.choose import judge
from monitor.articles.embed_http import EmbedderDown
from monitor.articles.kept_store import record_features
from monitor.articles.types import Article, Classifier, Judgement, Scores, TextItem
from monitor.core import ledger_store
from monitor.core.clock import Clock
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.errors import UsageError
from monitor.core.ledger import Ending, LedgerEntry, Reason, Stage
from monitor.core.progress import Progress, silent
from monitor.core.runs import Version, current_version, ensure_version, hold_ground, refuse_dropped

NameFeatures = Callable[[str, str], tuple[float, ...]]
# Vectors that came with the program, by text: NaN rows where there is none. Shapes: n items -> (n, d)
ShippedVectors = Callable[[Sequence[TextItem]], NDArray[np.float16]]

_BATCH = 32  # small enough that a kill costs seconds of embedding, large enough to amortise a commit


def tag_due(
    *,
    db: Db,
    classifier: Classifier,
    name_features: NameFeatures,
    fingerprint: str,
    clock: Clock,
    shipped: ShippedVectors | None = None,
    progress: Progress = silent,
) -> Counts:
    """Judge all articles that are due, with the model of the current run.

    Counts: tagged, cooperation, undecided and below_gate; changed ones got another text meanwhile and are
    judged by that; of the vectors embedded (made now), stored (made for the same text before) and shipped.
    Errors: UsageError when the current run is of another model.
    """
    with db.begin() as tx:
        version = current_version(tx, "tag")
        if version is None:
            version = ensure_version(tx, "tag", fingerprint, version_doc(classifier), at=clock())
    if version.fingerprint != fingerprint:
        raise UsageError(
            f"the current run is of the model {version.fingerprint}, not {fingerprint}: a new model counts "
            "once `monitor reclassify --promote` was run"
        )
    given = Tagging(db, classifier, name_features, clock, shipped)
    return judge_due(given, version, progress=progress)


@dataclass(frozen=True, slots=True)
class Tagging:
    """What judging needs."""

    db: Db
    classifier: Classifier
    name_features: NameFeatures
    clock: Clock
    shipped: ShippedVectors | None = None


def version_doc(classifier: Classifier) -> dict[str, Any]:
    """What a version of tags says of itself."""
    return {
        "model": classifier.version,
        "embedder": classifier.embedder,
        "topics": list(classifier.labels),
    }


def judge_due(
    given: Tagging, version: Version, *, upto: int | None = None, progress: Progress = silent
) -> Counts:
    """Judge what a version has not judged, texts read and vectors made as needed; ids up to `upto` only."""
    counts, done = Counts(), 0
    with given.db.begin() as tx:
        total = store.count_due_for_tagging(tx, version.id, upto=upto)
    while True:
        with given.db.begin() as tx:
            batch = store.due_for_tagging(tx, version.id, limit=_BATCH, upto=upto)
            known = _known_vectors(tx, given.classifier, batch)
        if not batch:
            return counts
        items = [TextItem(a.title, a.text, given.name_features(a.title, a.text)) for a in batch]
        at_hand = known if known is None else _with_shipped(known, items, given.shipped, counts)
        try:
            scores = given.classifier.score(items, at_hand)
        except EmbedderDown as error:
            raise EmbedderDown(f"{error}; {total - done} articles stay due") from error
        with given.db.begin() as tx:
            n = _record(tx, given, version, batch, items, scores, counts)
            _keep_vectors(tx, given.classifier, batch, known, scores)
        if at_hand is not None:
            counts.add("embedded", int(_missing(at_hand).sum() - _missing(scores.vectors).sum()))
        done += n
        progress("tag", done, total)


def _record(
    tx: Tx,
    given: Tagging,
    version: Version,
    batch: Sequence[Article],
    items: Sequence[TextItem],
    scores: Scores,
    counts: Counts,
) -> int:
    """Write what is said of texts that are still those that were read; of how many. The rest stays due."""
    hold_ground(tx)
    refuse_dropped(tx, version)
    now = store.hashes_of(tx, [article.id for article in batch])
    same = [i for i, article in enumerate(batch) if now.get(article.id) == article.content_hash]
    if len(same) < len(batch):
        counts.add("changed", len(batch) - len(same))
    classifier = given.classifier
    for i in same:
        article = batch[i]
        judgement = judge(
            float(scores.gate[i]), scores.topics[i].tolist(), classifier.labels, classifier.thresholds
        )
        store.record_tagging(tx, article.id, version.id, judgement, items[i].names)
        ledger_store.record(tx, _entry(article, judgement, version, given.clock))
        counts.add("tagged")
        counts.add(_LABELS[judgement.label])
    if scores.kept:
        kept = zip((article.content_hash for article in batch), scores.kept, strict=True)
        record_features(tx, kept, kept_format=classifier.kept_format)
    return len(same)


_LABELS = {True: "cooperation", None: "undecided", False: "below_gate"}


def _known_vectors(tx: Tx, classifier: Classifier, batch: Sequence[Article]) -> NDArray[np.float16] | None:
    if not classifier.embedder or not batch:
        return None
    hashes = [article.content_hash for article in batch]
    return store.known_vectors(tx, hashes, classifier.embedder, classifier.dimension)


def _missing(vectors: NDArray[np.float16]) -> NDArray[np.bool_]:
    return np.asarray(np.isnan(vectors).any(axis=1), dtype=np.bool_)


def _with_shipped(
    known: NDArray[np.float16], items: Sequence[TextItem], shipped: ShippedVectors | None, counts: Counts
) -> NDArray[np.float16]:
    missing = _missing(known)
    counts.add("stored", int((~missing).sum()))
    if shipped is None or not missing.any():
        return known
    filled = np.where(missing[:, None], shipped(items), known)
    counts.add("shipped", int(missing.sum() - _missing(filled).sum()))
    return filled


def _keep_vectors(
    tx: Tx,
    classifier: Classifier,
    batch: Sequence[Article],
    known: NDArray[np.float16] | None,
    scores: Scores,
) -> None:
    if known is None:
        return
    for i in np.flatnonzero(_missing(known) & ~_missing(scores.vectors)).tolist():
        store.record_vector(tx, batch[i].content_hash, classifier.embedder, scores.vectors[i])


def _entry(article: Article, judgement: Judgement, version: Version, clock: Clock) -> LedgerEntry:
    below = judgement.label is False
    return LedgerEntry(
        stage=Stage.TAG,
        item=str(article.id),
        ending=Ending.SKIPPED if below else Ending.DONE,
        reason=judgement.reason or Reason.OK,
        at=clock(),
        source_id=article.source_id,
        version=version.fingerprint,
    )
