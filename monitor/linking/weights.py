"""The fitted numbers of the link score: read from config/linking_model.json, never computed here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.core.errors import ModelError
from monitor.core.text import squeeze
from monitor.linking.features import FEATURES

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
class Weights:
    """Two looks: the first judges each candidate alone, the second knows how good the best other one is."""

    first: Look
    second: Look
    other: float  # weight of the log-odds of the best other candidate in the first look

    def p(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability that a row's family is covered; the rows are all candidates of one article.

        Shapes: (n, k) -> (n,).
        """
        others = best_other(self.first.log_odds(rows))
        found: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-self.second.log_odds(rows) - self.other * others))
        return found


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
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} cannot be used ({error}): run `monitor train --links`") from error


def _weights(raw: Mapping[str, Any]) -> Weights:
    return Weights(_look(raw["first"]), _look(raw["second"]), float(raw["other"]))


def _look(raw: Mapping[str, Any]) -> Look:
    coefficients = np.array([raw["coefficients"][name] for name in FEATURES], dtype=np.float64)
    if not np.isfinite(coefficients).all():
        raise ValueError("a coefficient is no number")
    return Look(coefficients, float(raw["intercept"]))
