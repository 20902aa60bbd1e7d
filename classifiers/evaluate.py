"""How good a model is on labelled items: those it was trained on are judged by parts that were not."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.artefacts import library_versions
from classifiers.calibrate import expected_error
from classifiers.curves import abstention_curve, calibration_bins, confusions, gate_curve
from classifiers.features import TextItem
from classifiers.groups import event_groups
from classifiers.labelled import CorpusError, LabelledItem
from classifiers.metrics import Draws, draw_events, f1_difference, quality, share
from classifiers.model import Model
from classifiers.models.rows import Truth
from classifiers.quantify import rates_of
from classifiers.shipped import shipped_vectors
from classifiers.thresholds import balanced_bound

NameFeatures = Callable[[str, str], tuple[float, ...]]  # (title, text) -> the six counts of features.Item


class Predictions(NamedTuple):
    """What a model says of n items. Shapes: gate, label (n,), topics, published, queued (n, k)."""

    gate: NDArray[np.float32]
    label: NDArray[np.int8]  # 1 cooperation, 0 not, -1 left to a person
    topics: NDArray[np.float32]
    published: NDArray[np.bool_]  # only where the label is 1
    queued: NDArray[np.bool_]  # topics for a person, where the label is not 0
    seen: NDArray[np.bool_]


class _Slices(NamedTuple):
    """Which items a figure is taken over besides all of them."""

    draws: Draws
    languages: dict[str, NDArray[np.int64]]


def text_items(items: Sequence[LabelledItem], name_features: NameFeatures) -> list[TextItem]:
    """What a classifier may see of labelled items."""
    return [TextItem(item.title, item.text, name_features(item.title, item.text)) for item in items]


def truth_of(items: Sequence[LabelledItem], labels: Sequence[str]) -> Truth:
    """The labels as arrays, columns in the order of `labels`. Errors: CorpusError on an unknown topic."""
    column = {label: number for number, label in enumerate(labels)}
    strange = [
        (line, f"unknown topic {topic}")
        for line, item in enumerate(items, start=1)
        for topic in item.topics
        if topic not in column
    ]
    if strange:
        raise CorpusError("corpus", strange)
    return Truth(
        cooperation=np.array([item.cooperation for item in items], dtype=np.bool_),
        topics=np.array([[label in item.topics for label in labels] for item in items], dtype=np.bool_),
        main=np.array([column[item.topics[0]] if item.topics else -1 for item in items], dtype=np.int64),
    )


def predict(
    model: Model, items: Sequence[TextItem], vectors: NDArray[np.float16] | None = None
) -> Predictions:
    """Scores and decisions; a seen item is decided by the bounds that were settled without it."""
    scores = model.score(items, vectors)
    folds = model.folds(items)
    n, k = scores.topics.shape
    label = np.full(n, -1, dtype=np.int8)
    published, queued = np.zeros((n, k), np.bool_), np.zeros((n, k), np.bool_)
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds == fold)
        bounds = model.thresholds_for(int(fold))
        gate, topics = scores.gate[rows].astype(np.float64), scores.topics[rows].astype(np.float64)
        label[rows[gate >= bounds.gate_yes]] = 1
        label[rows[gate < bounds.gate_no]] = 0
        published[rows] = (gate[:, None] * topics >= bounds.publish) & (label[rows] == 1)[:, None]
        kept = topics >= bounds.reject
        queued[rows] = kept & (label[rows] != 0)[:, None] & ~published[rows]
    return Predictions(scores.gate, label, scores.topics, published, queued, folds >= 0)


def evaluate(
    model: Model,
    corpus: Sequence[LabelledItem],
    name_features: NameFeatures,
    *,
    vectors: NDArray[np.float16] | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """All figures as plain JSON values: gate, topics, topics_balanced (with confusions and be_ru),
    abstention, rates, strongest_topic, queue, calibration, trained_on, versions.

    `vectors`: what is known already, NaN rows elsewhere; by default the shipped ones.

    A gate left to a person counts as a miss. Published topics are judged over all items; topics_balanced and
    strongest_topic over the items that are cooperation, whatever the gate says of them.
    Errors: CorpusError when an item has a topic that the model does not know.
    """
    truth = truth_of(corpus, model.labels)
    if vectors is None:
        vectors = shipped_vectors(corpus, model.embedder)
    said = predict(model, text_items(corpus, name_features), vectors)
    slices = _Slices(draw_events(event_groups(corpus), seed=seed), _by_language(corpus))
    coop = np.flatnonzero(truth.cooperation)
    figures = _figures(said, truth, slices, model.labels)
    figures["strongest_topic"] = share(_strongest_right(said, truth), slices.draws, coop)
    sure = said.topics.astype(np.float64) * said.gate[:, None] * (said.label == 1)[:, None]
    figures["abstention"] = abstention_curve(sure, truth.topics)
    figures["rates"] = _rates(said, truth, model.labels, figures["topics_balanced"]["threshold"])
    figures["queue"] = _queue(said, truth, coop)
    figures["calibration"] = _calibration(said, truth, coop)
    figures["trained_on"] = _trained_on(said)
    figures["versions"] = library_versions() | {"model": model.version, "embedder": model.embedder}
    return figures


def _figures(said: Predictions, truth: Truth, slices: _Slices, labels: Sequence[str]) -> dict[str, Any]:
    everything = np.arange(len(said.gate))
    coop = np.flatnonzero(truth.cooperation)
    bound = balanced_bound(said.topics[coop].ravel().astype(np.float64), truth.topics[coop].ravel())
    balanced = (said.topics >= np.float32(bound)) & truth.cooperation[:, None]
    return {
        "gate": _sliced(said.label == 1, truth.cooperation, slices, everything)
        | gate_curve(said.gate.astype(np.float64), truth.cooperation),
        "topics": _sliced(said.published, truth.topics, slices, everything)
        | {"by_topic": _by_topic(said.published, truth.topics, slices, everything, labels)},
        "topics_balanced": {"threshold": round(bound, 4)}
        | _sliced(balanced, truth.topics, slices, coop)
        | {
            "by_topic": _by_topic(balanced, truth.topics, slices, coop, labels),
            "be_ru": _be_ru(balanced, truth.topics, slices, coop),
            "confusions": confusions(balanced[coop], truth.topics[coop], labels),
        },
    }


def _be_ru(
    said: NDArray[np.bool_], true: NDArray[np.bool_], slices: _Slices, index: NDArray[np.int64]
) -> dict[str, Any]:
    """How much better or worse Belarusian items fare than Russian ones."""
    none = np.empty(0, dtype=np.int64)
    be, ru = (np.intersect1d(slices.languages.get(lang, none), index) for lang in ("be", "ru"))
    return f1_difference(said, true, slices.draws, be, ru)


def _sliced(
    said: NDArray[np.bool_], true: NDArray[np.bool_], slices: _Slices, index: NDArray[np.int64]
) -> dict[str, Any]:
    languages = {
        lang: quality(said, true, slices.draws, np.intersect1d(rows, index))
        for lang, rows in slices.languages.items()
    }
    return quality(said, true, slices.draws, index) | {"by_language": languages}


def _by_topic(
    said: NDArray[np.bool_],
    true: NDArray[np.bool_],
    slices: _Slices,
    index: NDArray[np.int64],
    labels: Sequence[str],
) -> dict[str, Any]:
    by_topic = {
        label: quality(said[:, column], true[:, column], slices.draws, index)
        for column, label in enumerate(labels)
    }
    f1 = [figure["f1"] or 0.0 for figure in by_topic.values() if figure["n"]]
    return by_topic | {"macro_f1": round(float(np.mean(f1)), 4) if f1 else None}


def _by_language(corpus: Sequence[LabelledItem]) -> dict[str, NDArray[np.int64]]:
    languages = np.array([item.lang for item in corpus])
    return {str(lang): np.flatnonzero(languages == lang) for lang in np.unique(languages)}


def _strongest_right(said: Predictions, truth: Truth) -> NDArray[np.bool_]:
    return np.asarray(truth.topics[np.arange(len(truth.main)), said.topics.argmax(axis=1)], dtype=np.bool_)


def _queue(said: Predictions, truth: Truth, coop: NDArray[np.int64]) -> dict[str, Any]:
    right = (said.published | said.queued)[coop] & truth.topics[coop]
    n_true, queued = int(truth.topics[coop].sum()), said.queued[said.label != 0]
    return {
        "gate_undecided": int((said.label == -1).sum()),
        "tags_per_item": round(float(queued.sum(axis=1).mean()), 4) if len(queued) else None,
        "recall_published_or_queued": round(float(right.sum() / n_true), 4) if n_true else None,
    }


def _calibration(said: Predictions, truth: Truth, coop: NDArray[np.int64]) -> dict[str, Any]:
    gate_p, topics_p = said.gate.astype(np.float64), said.topics[coop].ravel().astype(np.float64)
    has_topic = truth.topics[coop].ravel()
    gate = round(expected_error(gate_p, truth.cooperation), 4)
    return {
        "ece": gate,
        "gate_ece": gate,
        "topics_ece": round(expected_error(topics_p, has_topic), 4) if len(topics_p) else None,
        "gate_bins": calibration_bins(gate_p, truth.cooperation),
        "topics_bins": calibration_bins(topics_p, has_topic),
    }


def _rates(said: Predictions, truth: Truth, labels: Sequence[str], bound: float) -> dict[str, Any]:
    """What quantify.py corrects by: of the gate over all items, of topics over those that passed it."""
    passed = said.label == 1
    topics = said.topics[passed] >= np.float32(bound)
    return {
        "bound": bound,
        "cooperation": rates_of(passed, truth.cooperation)._asdict(),
        "topics": {
            label: rates_of(topics[:, column], truth.topics[passed, column])._asdict()
            for column, label in enumerate(labels)
        },
    }


def _trained_on(said: Predictions) -> dict[str, Any]:
    n, total = int(said.seen.sum()), len(said.seen)
    if n == 0:
        note = "The model was not trained on any of these items."
    else:
        note = (
            f"The model was trained on {n} of these {total} items; each of them was judged by a part of the "
            "model that was trained without it and without its event, so their figures are cross-validated."
        )
    return {"items": n, "cross_validated": n > 0, "note": note}
