"""The fitted numbers of the link score: read from config/linking_model.json, never computed here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.core.errors import UNREADABLE, ModelError
from monitor.core.text import squeeze
from monitor.linking.features import FEATURES
from monitor.linking.likeness import Centre

FILE = "linking_model.json"
_FAR = 6.0  # log-odds beyond which nothing changes; also those of no other candidate at all


@dataclass(frozen=True, slots=True)
class Look:
    """One logistic regression: `coefficients` in the order of FEATURES, on unscaled features."""

    coefficients: NDArray[np.float64]
    intercept: float

    def log_odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shapes: (n, k) -> (n,)."""
        found: NDArray[np.float64] = rows @ self.coefficients + self.intercept
        return found


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees of three questions each: a row goes left where its feature is at most the threshold.

    Questions of a tree: 0 is the root, n leads to 2n + 1 (left) and 2n + 2. Shapes: feature and threshold
    (t, 7), value (t, 8).
    """

    start: float
    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    value: NDArray[np.float64]

    def log_odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shapes: (n, k) -> (n,)."""
        # single precision, as the trees were grown: a row on a threshold must fall on the same side
        right = rows.astype(np.float32)[:, self.feature] > self.threshold
        at = right[:, :, :1].astype(np.int64)
        for asked in (1, 3):
            at = 2 * at + np.take_along_axis(right, asked + at, axis=2)
        found: NDArray[np.float64] = self.start + np.take_along_axis(self.value[None], at, axis=2).sum((1, 2))
        return found


@dataclass(frozen=True, slots=True)
class Weights:
    """Two looks: the first judges each candidate alone, the second knows how good the best other one is."""

    first: Look
    second: Trees

    def p(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability that a row's family is covered; the rows are all candidates of one article.

        Shapes: (n, k) -> (n,).
        """
        alone = self.first.log_odds(rows)
        found: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-self.second.log_odds(second_rows(rows, alone))))
        return found


def second_rows(rows: NDArray[np.float64], alone: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the second look sees of the candidates of one article. Shapes: (n, k), (n,) -> (n, k + 2)."""
    return np.column_stack([rows, alone, best_other(alone)])


def best_other(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each candidate of an article the log-odds of the best of the others, between -6 and 6.

    Shapes: (n,) -> (n,).
    """
    if len(log_odds) < 2:
        return np.full(len(log_odds), -_FAR)
    second, first = np.sort(log_odds)[-2:]
    others: NDArray[np.float64] = np.where(log_odds == first, second, first).clip(-_FAR, _FAR)
    return others


@dataclass(frozen=True, slots=True)
class LinkModel:
    """All weights. Items of the corpus are scored by the fold that has not seen them, as `fold_of` says."""

    final: Weights
    folds: tuple[Weights, ...]
    fold_of: Mapping[str, int]  # by item_key
    link_at: float  # probability from which a candidate is a link
    related_at: float  # from which it is shown as related
    version: str
    metrics: Mapping[str, Any]
    centre: Centre  # of the vectors that the weights were fitted with

    def weights(self, title: str, fold: int | None = None) -> Weights:
        """Weights for an article: of `fold`, else of the fold that has not seen the title, else the final."""
        if fold is None:
            fold = self.fold_of.get(item_key(title))
        return self.final if fold is None else self.folds[fold]


def item_key(title: str) -> str:
    """What a corpus item is known by: its title is enough, and cheap to fold for every article."""
    return sha256(squeeze(title).casefold().encode()).hexdigest()[:16]


def load_link_model(config: Path) -> LinkModel:
    """The weights of a config folder.

    Errors: ModelError when the file is missing, broken or made for other features.
    """
    path = config / FILE
    try:
        text = path.read_text("utf-8")
        raw = json.loads(text)
        if tuple(raw["features"]) != FEATURES:
            raise ModelError(f"{path} was fitted for other features: run `monitor train --links`")
        return LinkModel(
            final=_weights(raw["final"]),
            folds=tuple(map(_weights, raw["folds"])),
            fold_of={str(key): int(fold) for key, fold in raw["fold_of"].items()},
            link_at=float(raw["link_at"]),
            related_at=float(raw["related_at"]),
            version=sha256(text.encode()).hexdigest()[:16],
            metrics=raw["metrics"],
            centre=_centre(raw["centre"]),
        )
    except UNREADABLE as error:
        raise ModelError(f"{path} cannot be used ({error}): run `monitor train --links`") from error


def _weights(raw: Mapping[str, Any]) -> Weights:
    return Weights(_look(raw["first"]), _trees(raw["second"]))


def _look(raw: Mapping[str, Any]) -> Look:
    coefficients = np.array([raw["coefficients"][name] for name in FEATURES], dtype=np.float64)
    if not np.isfinite(coefficients).all():
        raise ValueError("a coefficient is no number")
    return Look(coefficients, float(raw["intercept"]))


def _trees(raw: Mapping[str, Any]) -> Trees:
    feature = np.array(raw["feature"], dtype=np.int64).reshape(-1, 7)
    threshold = np.array(raw["threshold"], dtype=np.float64).reshape(-1, 7)
    value = np.array(raw["value"], dtype=np.float64).reshape(-1, 8)
    start = float(raw["start"])
    if not len(feature) == len(threshold) == len(value):
        raise ValueError("the trees are cut short")
    if not (np.isfinite(value).all() and np.isfinite(start) and not np.isnan(threshold).any()):
        raise ValueError("a number of the trees is none")
    if feature.size and not (feature.min() >= 0 and feature.max() < len(FEATURES) + 2):
        raise ValueError("a tree asks for a feature that there is not")
    return Trees(start, feature, threshold, value)


def _centre(raw: Mapping[str, Any]) -> Centre:
    article, sample = (np.array(raw[name], dtype=np.float64) for name in ("article", "sample"))
    if article.shape != sample.shape or article.ndim != 1:
        raise ValueError("the centres of articles and samples do not fit each other")
    return Centre(str(raw["embedder"]), article, sample)
