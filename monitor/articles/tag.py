"""Stage: judges articles that the current model has not seen. Killable: each batch is one transaction."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from monitor.articles import store
from monitor.articles.choose import judge
from monitor.articles.types import Article, Classifier, Judgement, Scores, TextItem
from monitor.core import ledger_store
from monitor.core.clock import Clock
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.ledger import Ending, LedgerEntry, Reason, Stage
from monitor.core.progress import Progress, silent
from monitor.core.runs import Version, ensure_version

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
    """Judge all articles that are due.

    Counts: tagged, cooperation, undecided and below_gate; of the vectors embedded (made now), stored (made
    for the same text before) and shipped.
    """
    counts = Counts()
    with db.begin() as tx:
        doc = {"model": classifier.version, "embedder": classifier.embedder}
        version = ensure_version(tx, "tag", fingerprint, doc, at=clock())
        total = store.count_due_for_tagging(tx, version.id)
    done = 0
    while True:
        with db.begin() as tx:
            batch = store.due_for_tagging(tx, version.id, limit=_BATCH)
            known = _known_vectors(tx, classifier, batch)
        if not batch:
            return counts
        items = [TextItem(a.title, a.text, name_features(a.title, a.text)) for a in batch]
        at_hand = known if known is None else _with_shipped(known, items, shipped, counts)
        scores = classifier.score(items, at_hand)
        with db.begin() as tx:
            for i, article in enumerate(batch):
                judgement = judge(
                    float(scores.gate[i]), scores.topics[i].tolist(), classifier.labels, classifier.thresholds
                )
                store.record_tagging(tx, article.id, version.id, judgement, items[i].names)
                ledger_store.record(tx, _entry(article, judgement, version, clock))
                counts.add("tagged")
                counts.add(_LABELS[judgement.label])
            _keep_vectors(tx, classifier, batch, known, scores)
        if at_hand is not None:
            counts.add("embedded", int(_missing(at_hand).sum() - _missing(scores.vectors).sum()))
        done += len(batch)
        progress("tag", done, total)


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
