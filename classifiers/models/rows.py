"""What every model learns from and answers with, and the one kind of learner: weighted sums of features."""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression

from classifiers.features import Surface

Weights = dict[str, NDArray[np.float32]]  # what a trained model is: named arrays, kept in a skops file

# Weight of an item for its main topic. Swept 1, 2, 3, 4 over three foldings, without lessons: balanced
# micro-F1 .658, .662, .664, .664 and recall at precision .90 .385, .397, .398, .397.
_MAIN_WEIGHT = 3.0
# Weight of a phrase of a definition beside an item. Without lessons .665, with .2 .685, with .5 .687.
_LESSON_WEIGHT = 0.5


class Rows(NamedTuple):
    """Features of n items. Shapes: stems (n, s), vectors (n, d), or (n, 0) for a model without vectors."""

    surface: Surface
    stems: csr_matrix
    vectors: NDArray[np.float32]

    def take(self, index: NDArray[np.int64]) -> "Rows":
        """The rows at `index`."""
        ngrams, names = self.surface
        return Rows(Surface(ngrams[index], names[index]), self.stems[index], self.vectors[index])


class Truth(NamedTuple):
    """What people say. Shapes: cooperation (n,), topics (n, k), main (n,): column of the main topic or -1."""

    cooperation: NDArray[np.bool_]
    topics: NDArray[np.bool_]
    main: NDArray[np.int64]

    def take(self, index: NDArray[np.int64]) -> "Truth":
        """The rows at `index`."""
        return Truth(self.cooperation[index], self.topics[index], self.main[index])


class Taught(NamedTuple):
    """Features of m lessons (see classifiers.lessons). Shapes: column (m,): the topic each stands for."""

    rows: Rows
    column: NDArray[np.int64]


class Recipe(Protocol):
    """One kind of model: fits weights and turns them and rows into log-odds, not yet calibrated."""

    name: str
    uses_vectors: bool

    def fit(self, rows: Rows, truth: Truth, taught: Taught, *, seed: int) -> Weights:
        """Weights of the gate and of all topics."""
        ...

    def gate(self, weights: Weights, rows: Rows) -> NDArray[np.float64]:
        """Log-odds of cooperation. Shapes: (n,)."""
        ...

    def topics(self, weights: Weights, rows: Rows) -> NDArray[np.float64]:
        """Log-odds of each topic, given that it is cooperation. Shapes: (n, k)."""
        ...


def side_by_side(*blocks: csr_matrix | NDArray[np.float64]) -> csr_matrix:
    """Feature blocks of the same items as one matrix."""
    return hstack([csr_matrix(block) for block in blocks]).tocsr()


def fit_gate(features: csr_matrix, truth: Truth, *, seed: int, prefix: str) -> Weights:
    """One yes-or-no model over all items, under `<prefix>_coef` (1, d) and `<prefix>_intercept` (1,)."""
    line = _fit_one(_RowSpace(features), truth.cooperation, None, seed)
    return _stacked([line], prefix, features.shape[1])


def fit_topics(
    features: csr_matrix, truth: Truth, lessons: csr_matrix, column_of: NDArray[np.int64], *, seed: int
) -> Weights:
    """One model a topic against the rest, over cooperation items and lessons, under `topics_*`.

    Training on all items cost .03 micro-F1: what is no cooperation is the gate's business.
    Shapes: features (n, d), lessons (m, d), column_of (m,).
    """
    index = np.flatnonzero(truth.cooperation)
    truth = truth.take(index)
    both = vstack([features[index], lessons]).tocsr()
    space = _RowSpace(both)
    fitted = []
    for column in range(truth.topics.shape[1]):
        has_it, taught = truth.topics[:, column], column_of == column
        rarer = (~has_it).sum() / max(1, has_it.sum())
        weight = np.concatenate(
            [
                np.where(has_it, rarer * np.where(truth.main == column, _MAIN_WEIGHT, 1.0), 1.0),
                np.where(taught, rarer, 1.0) * _LESSON_WEIGHT,
            ]
        )
        fitted.append(_fit_one(space, np.concatenate([has_it, taught]), weight, seed))
    return _stacked(fitted, "topics", features.shape[1])


def log_odds(weights: Weights, features: csr_matrix, *, prefix: str) -> NDArray[np.float64]:
    """Weighted sums. Shapes: (n, d) -> (n, k)."""
    sums = features @ weights[f"{prefix}_coef"].T.astype(np.float64)
    return np.asarray(sums + weights[f"{prefix}_intercept"], dtype=np.float64)


_Line = tuple[NDArray[np.float64] | None, float]  # coefficients (None: all zero) and intercept


class _RowSpace:
    """The few hundred directions that the rows span. A penalised linear model never leaves them, so fitting
    there gives the same coefficients 30 times faster than over 49,000 sparse columns (measured: .05 s for
    1.3 s, sums equal to four decimals)."""

    def __init__(self, features: csr_matrix) -> None:
        products = _products(features)
        # equal rows make the products singular; this much is far below what a coefficient can tell
        products[np.diag_indices_from(products)] += 1e-9 * max(1.0, float(products.diagonal().max(initial=0)))
        self.rows = np.asarray(np.linalg.cholesky(products), dtype=np.float64)
        self._features = features

    def lifted(self, coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
        """Coefficients of the columns. Shapes: (n,) -> (d,)."""
        of_rows = solve_triangular(self.rows, coefficients, lower=True, trans="T")
        return np.asarray(self._features.T @ of_rows, dtype=np.float64)


def _products(features: csr_matrix) -> NDArray[np.float64]:
    """Inner products of all pairs of rows. Full columns are multiplied apart: as sparse ones they took .5 s a
    matrix, half of all training. Shapes: (n, d) -> (n, n)."""
    is_full = np.bincount(features.indices, minlength=features.shape[1]) > features.shape[0] / 2
    by_column = features.tocsc()
    full = by_column[:, np.flatnonzero(is_full)].toarray()
    sparse = by_column[:, np.flatnonzero(~is_full)].tocsr()
    return np.asarray((sparse @ sparse.T).toarray() + full @ full.T, dtype=np.float64)


def _fit_one(
    space: _RowSpace, has_it: NDArray[np.bool_], weight: NDArray[np.float64] | None, seed: int
) -> _Line:
    n_yes, n_no = int(has_it.sum()), int((~has_it).sum())
    if n_yes == 0 or n_no == 0:  # nothing to tell apart: say how rare it is, with half an item of doubt
        return None, float(np.log((n_yes + 0.5) / (n_no + 0.5)))
    # C swept over 3, 10, 30: flat. The dual is the fastest here, fewer items than features: .03 s against .06
    model = LogisticRegression(C=10.0, solver="liblinear", dual=True, max_iter=1000, random_state=seed)
    model.fit(space.rows, has_it, sample_weight=weight)
    return space.lifted(model.coef_[0]), float(model.intercept_[0])


def _stacked(lines: list[_Line], prefix: str, width: int) -> Weights:
    coef = np.zeros((len(lines), width), dtype=np.float32)
    for row, (line, _) in zip(coef, lines, strict=True):
        if line is not None:
            row[:] = line
    intercepts = np.array([intercept for _, intercept in lines], dtype=np.float32)
    return {f"{prefix}_coef": coef, f"{prefix}_intercept": intercepts}
