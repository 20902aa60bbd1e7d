"""Fits the link score on labelled articles and writes config/linking_model.json.

The only user of scikit-learn in this room; linking itself reads the numbers it writes.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from monitor.core.ids import AgreementId, FamilyId, PlaceId
from monitor.linking.candidates import Candidates
from monitor.linking.features import FEATURES, Features
from monitor.linking.likeness import Centre, Likeness, Samples, Vector, centre_of, sample_key, sample_texts
from monitor.linking.reading import Reader
from monitor.linking.types import FindMentions, LinkInput
from monitor.linking.weights import FILE, Look, Trees, Weights, item_key, second_rows
from monitor.linking.wording import LinkWords
from monitor.register.types import Register

# Strength of the ridge of the first look: C on features scaled to unit variance; .03 to .1 differ by less
# than .005 in cross-validated F1
_C = 0.05
# The second look: many small steps on part of rows and features each, so that 450 right examples do not
# overfit. Chosen once, not searched: 120 trees of steps of .06 are within the noise of the folds
_TREES: Mapping[str, Any] = {
    "n_estimators": 200, "max_depth": 3, "learning_rate": 0.04, "subsample": 0.6, "min_samples_leaf": 10,
    "max_features": 0.3, "random_state": 0,
}  # fmt: skip
# Precision that a threshold must reach: a false link hides a gap, a missed one the gap model allows for
_PRECISION = 0.935  # above what is wanted: on folds that did not choose it, it may fall short by half a point
# Every second article stands in the fit a second time without its vector, half of these without topics too:
# outside the corpus the classifier is less sure, and parties must carry a link alone; some models make no
# vectors
_BARE_EACH = 2
_GRID = np.round(np.arange(0.2, 0.91, 0.01), 2)
_RELATED_SHARE = 0.25  # related from this share of the threshold


class LabelledText(Protocol):
    """A labelled article; classifiers' LabelledItem fits."""

    @property
    def id(self) -> str:
        """Unique in the corpus."""

    @property
    def title(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def lang(self) -> str: ...

    @property
    def published(self) -> datetime: ...

    @property
    def agreements(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Examples:
    """All candidates of all articles. Shapes: rows (n, k), right (n,), item (n,)."""

    rows: NDArray[np.float64]
    right: NDArray[np.bool_]
    item: NDArray[np.int64]
    n_wanted: int  # labelled families, candidates or not


def inputs_of(
    items: Sequence[LabelledText],
    regions: Sequence[PlaceId | None],
    find: FindMentions,
    topics: Mapping[str, Mapping[str, float]],
    vectors: Mapping[str, Mapping[str, Vector]],
) -> list[LinkInput]:
    """What linking sees of articles. `topics`: item id -> probabilities, by a model that has not seen it;
    `vectors`: item id -> embedder -> vector."""
    return [
        LinkInput(
            title=item.title,
            text=item.text,
            lang=item.lang,
            published_on=item.published.date(),
            outlet_region=region,
            mentions=find(item.title, item.text, item.lang, region),
            topics=topics.get(item.id, {}),
            vectors=vectors.get(item.id, {}),
        )
        for item, region in zip(items, regions, strict=True)
    ]


def examples_of(
    items: Sequence[LabelledText],
    inputs: Sequence[LinkInput | None],
    register: Register,
    words: LinkWords,
    likeness: Likeness,
) -> Examples:
    """Every candidate of every article as a row, right where the labels name a member of its family."""
    candidates, features = Candidates(register, words), Features(register, words, likeness)
    reader = Reader(register, words)
    rows: list[NDArray[np.float64]] = [np.zeros((0, len(FEATURES)))]
    right: list[bool] = []
    owner: list[int] = []
    for number, (item, given) in enumerate(zip(items, inputs, strict=True)):
        if given is None:
            continue
        wanted = _families(item, register)
        reading = reader.read(given)
        found = candidates.find(reading)
        rows.append(features.rows(found, reading))
        right += [c.handles.family.id in wanted for c in found]
        owner += [number] * len(found)
    n_wanted = sum(len(_families(item, register)) for item in items)
    return Examples(
        np.concatenate(rows), np.array(right, dtype=bool), np.array(owner, dtype=np.int64), n_wanted
    )


def _families(item: LabelledText, register: Register) -> set[FamilyId]:
    ids = map(AgreementId, item.agreements)
    return {register.family_of[a] for a in ids if a in register.family_of}


def fit_links(
    items: Sequence[LabelledText],
    inputs: Sequence[LinkInput | None],
    folds: Sequence[int],
    register: Register,
    words: LinkWords,
    samples: Samples,
    *,
    corpus_sha256: str,
    seed: int,
) -> dict[str, Any]:
    """The document of config/linking_model.json.

    `inputs[i]` is None for an article that the gate turns away: nothing is learnt from it, its links count as
    missed. `folds[i]` is the fold of item i; events must not be split between folds. The threshold for each
    fold is chosen on the others, so that the metrics are those of articles that nothing was fitted to. `seed`
    is that of the folds; the fit itself draws nothing.
    Errors: ValueError where a fold has no right candidate.
    """
    centre = _centre(inputs, register, samples)
    likeness = Likeness(register, samples, centre)
    examples = examples_of(items, inputs, register, words, likeness)
    bare = [_bare(given, i) for i, given in enumerate(inputs)]
    learnt = _together(examples, examples_of(items, bare, register, words, likeness), len(items))
    fold, learnt_fold = (_fold_of_rows(e, folds) for e in (examples, learnt))
    n_folds = int(max(folds)) + 1
    per_fold = [_fitted(learnt, learnt_fold != k) for k in range(n_folds)]
    p = np.zeros(len(fold))
    for k, weights in enumerate(per_fold):
        p[fold == k] = _p(weights, examples, fold == k)
    link_at = _threshold(p, examples.right)
    return {
        "features": list(FEATURES),
        "final": _document(_fitted(learnt, np.ones(len(learnt_fold), dtype=bool))),
        "folds": [_document(weights) for weights in per_fold],
        "centre": {
            "embedder": centre.embedder,
            "article": centre.article.tolist(),
            "sample": centre.sample.tolist(),
        },
        "fold_of": {item_key(item.title): int(folds[i]) for i, item in enumerate(items)},
        "link_at": link_at,
        "related_at": round(link_at * _RELATED_SHARE, 4),
        "fitted_on": {
            "corpus_sha256": corpus_sha256,
            "seed": seed,
            "register": register.version,
            "items": len(items),
            "candidates": len(fold),
            "right_candidates": int(examples.right.sum()),
            "ridge_c": _C,
        },
        "metrics": {"cross_validated": True, **_nested(p, examples, fold, n_folds)},
    }


def _centre(inputs: Sequence[LinkInput | None], register: Register, samples: Samples) -> Centre:
    known = [given.vectors.get(samples.embedder) for given in inputs if given is not None]
    rows = [samples.rows.get(sample_key(text)) for text in sample_texts(register)]
    return centre_of(
        samples.embedder, [v for v in known if v is not None], [row for row in rows if row is not None]
    )


def _bare(given: LinkInput | None, number: int) -> LinkInput | None:
    if given is None or number % _BARE_EACH:
        return None
    keeps_topics = number % (2 * _BARE_EACH) > 0
    return replace(given, topics=given.topics if keeps_topics else {}, vectors={})


def _together(one: Examples, other: Examples, n_items: int) -> Examples:
    """Both sets; an article of the second is another article than the same of the first."""
    return Examples(
        np.concatenate([one.rows, other.rows]),
        np.concatenate([one.right, other.right]),
        np.concatenate([one.item, other.item + n_items]),
        one.n_wanted,
    )


def _fold_of_rows(examples: Examples, folds: Sequence[int]) -> NDArray[np.int64]:
    found: NDArray[np.int64] = np.array(folds, dtype=np.int64)[examples.item % len(folds)]
    return found


def write_link_model(document: Mapping[str, Any], config: Path) -> Path:
    """Write config/linking_model.json; the same document gives the same bytes."""
    path = config / FILE
    parts = (f"{json.dumps(key)}: {json.dumps(document[key], sort_keys=True)}" for key in sorted(document))
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")
    return path


def _fitted(examples: Examples, use: NDArray[np.bool_]) -> Weights:
    rows, right = examples.rows[use], examples.right[use]
    if right.all() or not right.any():
        raise ValueError("right and wrong candidates are both needed to fit the link score")
    first = _look(rows, right)
    both = np.concatenate([second_rows(part, first.log_odds(part)) for part in _by_item(examples, use)])
    return Weights(first, _trees(both, right))


def _look(rows: NDArray[np.float64], right: NDArray[np.bool_]) -> Look:
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale[scale == 0] = 1.0
    model = LogisticRegression(C=_C, max_iter=5000).fit((rows - mean) / scale, right)
    coefficients = model.coef_[0] / scale
    return Look(coefficients, float(model.intercept_[0] - coefficients @ mean))


def _trees(rows: NDArray[np.float64], right: NDArray[np.bool_]) -> Trees:
    model = GradientBoostingClassifier(**_TREES).fit(rows, right)
    grown = [_three_deep(one[0].tree_) for one in model.estimators_]
    share = float(right.mean())
    return Trees(
        start=round(math.log(share / (1 - share)), 5),
        feature=np.array([feature for feature, _, _ in grown]),
        threshold=np.array([threshold for _, threshold, _ in grown]),
        value=np.array([value for _, _, value in grown]),
    )


def _three_deep(tree: Any) -> tuple[list[int], list[float], list[float]]:
    """A tree as seven questions and eight answers; one that stops early asks on and answers the same.

    Six digits: the same on every machine, and far below what a probability shows.
    """
    nodes = [0]
    feature, threshold = [], []
    for number in range(7):
        node = nodes[number]
        is_leaf = tree.children_left[node] < 0
        feature.append(0 if is_leaf else int(tree.feature[node]))
        threshold.append(0.0 if is_leaf else round(float(tree.threshold[node]), 6))
        nodes += [node, node] if is_leaf else [int(tree.children_left[node]), int(tree.children_right[node])]
    rate = float(_TREES["learning_rate"])
    return feature, threshold, [round(rate * float(tree.value[node][0][0]), 6) for node in nodes[7:]]


def _by_item(examples: Examples, use: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """The rows of each item; they stand together."""
    item = examples.item[use]
    return np.split(examples.rows[use], np.flatnonzero(np.diff(item)) + 1)


def _p(weights: Weights, examples: Examples, use: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.concatenate([weights.p(part) for part in _by_item(examples, use)])


def _document(weights: Weights) -> dict[str, Any]:
    trees = weights.second
    return {
        "first": _look_document(weights.first),
        "second": {
            "start": trees.start,
            "feature": trees.feature.tolist(),
            "threshold": trees.threshold.tolist(),
            "value": trees.value.tolist(),
        },
    }


def _look_document(look: Look) -> dict[str, Any]:
    # five digits: the same on every machine, and far below what a probability shows
    named = zip(FEATURES, look.coefficients.tolist(), strict=True)
    return {
        "coefficients": {name: round(value, 5) for name, value in named},
        "intercept": round(look.intercept, 5),
    }


def _threshold(p: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The lowest threshold from which on precision is reached, else the most precise one."""
    precision = [float(right[p >= at].mean()) if (p >= at).any() else 0.0 for at in _GRID]
    reached = [at for at, found in zip(_GRID, precision, strict=True) if found >= _PRECISION]
    return float(min(reached) if reached else _GRID[int(np.argmax(precision))])


def _nested(
    p: NDArray[np.float64], examples: Examples, fold: NDArray[np.int64], n_folds: int
) -> dict[str, float]:
    """Precision and recall where each fold's threshold was chosen on the others."""
    chosen = np.zeros(len(p), dtype=bool)
    for k in range(n_folds):
        others = fold != k
        chosen[~others] = p[~others] >= _threshold(p[others], examples.right[others])
    hits = int((chosen & examples.right).sum())
    return {
        "precision": round(hits / max(1, int(chosen.sum())), 4),
        "recall": round(hits / max(1, examples.n_wanted), 4),
        "candidate_recall": round(int(examples.right.sum()) / max(1, examples.n_wanted), 4),
    }
