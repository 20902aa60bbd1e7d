"""What every model learns from and answers with, and the one kind of learner: weighted sums of features."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression

from classifiers.features import Surface

Weights = dict[str, NDArray[np.float32]]  # what a trained model is: named arrays, kept in a skops file

# Weight of an item for its main topic. Swept 1, 2, 3, 4 over three foldings, without lessons: balanced
# micro-F1 .658, .662, .664, .664 and recall at precision .90 .385, .397, .398, .397.
_MAIN_WEIGHT = 3.0
# Weight of a phrase of a definition beside an item. Without lessons .665, with .2 .685, with .5 .687.
_LESSON_WEIGHT = 0.5
_TOPIC_C = 3.0  # 1, 3, 10, 30: flat within .002
_FULL = 0.1  # share of rows from which on a column counts as full
_MOST_STEPS = 200  # 60 to 90 are taken


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


Block: TypeAlias = Any  # csr_matrix or array, (n, d): scipy has no types


def side_by_side(*blocks: "Block | Scaled") -> csr_matrix:
    """Feature blocks of the same items as one matrix."""
    scaled = [block if isinstance(block, Scaled) else Scaled(block, 1.0) for block in blocks]
    return hstack([csr_matrix(block) * factor for block, factor in scaled]).tocsr()


def fit_gate(features: csr_matrix, truth: Truth, *, seed: int, prefix: str, c: float = 10.0) -> Weights:
    """One yes-or-no model over all items, under `<prefix>_coef` (1, d) and `<prefix>_intercept` (1,).

    `c`: the smaller, the closer to nothing the coefficients are kept; with vectors 3, 10 and 30 are alike.
    """
    line = _fit_one(_RowSpace(features), truth.cooperation, seed, c)
    return _stacked([line], prefix, features.shape[1])


def fit_topics(
    features: csr_matrix, truth: Truth, lessons: csr_matrix, column_of: NDArray[np.int64]
) -> Weights:
    """One model a topic against the rest, over cooperation items and lessons, under `topics_*`.

    Training on all items cost .03 micro-F1: what is no cooperation is the gate's business.
    Shapes: features (n, d), lessons (m, d), column_of (m,).
    """
    index = np.flatnonzero(truth.cooperation)
    truth = truth.take(index)
    n, k = truth.topics.shape
    taught = column_of[:, None] == np.arange(k)
    rarer = (n - truth.topics.sum(0)) / np.maximum(1, truth.topics.sum(0))
    mainly = np.where(truth.main[:, None] == np.arange(k), _MAIN_WEIGHT, 1.0)
    has_it = np.vstack([truth.topics, taught])
    weight = np.vstack(
        [np.where(truth.topics, rarer * mainly, 1.0), np.where(taught, rarer, 1.0) * _LESSON_WEIGHT]
    )
    lines = _fit_together(_RowSpace(vstack([features[index], lessons]).tocsr()), has_it, weight)
    return _stacked(lines, "topics", features.shape[1])


class Scaled(NamedTuple):
    """A block of features times a factor, which the few coefficients take rather than the many features."""

    block: Block
    factor: float


def log_odds(weights: Weights, blocks: Sequence[Block | Scaled], *, prefix: str) -> NDArray[np.float64]:
    """Weighted sums, block by block: laid side by side, as for fitting, they would be copied whole.

    Shapes: blocks (n, d1), (n, d2) ..., together as wide as the coefficients -> (n, k).
    """
    scaled = [block if isinstance(block, Scaled) else Scaled(block, 1.0) for block in blocks]
    coef = weights[f"{prefix}_coef"]
    ends = np.cumsum([block.shape[1] for block, _ in scaled])
    sums = np.zeros((scaled[0].block.shape[0], coef.shape[0]))
    for (block, factor), part in zip(scaled, np.split(coef, ends[:-1], axis=1), strict=True):
        exact = block.astype(np.float64) if isinstance(block, np.ndarray) else block
        columns = np.array(part.T, dtype=exact.dtype, order="C")
        columns *= factor
        sums += exact @ columns
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
        """Coefficients of the columns. Shapes: (n,) -> (d,) or (n, k) -> (d, k)."""
        of_rows = solve_triangular(self.rows, coefficients, lower=True, trans="T")
        return np.asarray(self._features.T @ of_rows, dtype=np.float64)


def _products(features: csr_matrix) -> NDArray[np.float64]:
    """Inner products of all pairs of rows. Full columns are multiplied apart: as sparse ones they took .5 s a
    matrix, half of all training. Shapes: (n, d) -> (n, n)."""
    is_full = np.bincount(features.indices, minlength=features.shape[1]) > features.shape[0] * _FULL
    by_column = features.tocsc()
    full = by_column[:, np.flatnonzero(is_full)].toarray()
    sparse = by_column[:, np.flatnonzero(~is_full)].tocsr()
    return np.asarray((sparse @ sparse.T).toarray() + full @ full.T, dtype=np.float64)


def _fit_together(space: _RowSpace, has_it: NDArray[np.bool_], weight: NDArray[np.float64]) -> list[_Line]:
    """The logistic models of all columns in one descent, which shares the large products among them: a second
    for 29 topics over 2,000 rows, where one after the other took ten. Shapes: has_it, weight (n, k)."""
    n, k = has_it.shape
    sign = np.where(has_it, 1.0, -1.0)
    weight = weight * _TOPIC_C
    rows = np.hstack([space.rows, np.ones((n, 1))]).astype(np.float32)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        line = flat.reshape(-1, k)
        margin = sign * (rows @ line.astype(np.float32))
        pull = -sign * weight / (1.0 + np.exp(np.clip(margin, -30, 30)))
        gradient = rows.T @ pull.astype(np.float32) + line
        value = (weight * np.logaddexp(0.0, -margin)).sum() + 0.5 * (line**2).sum()
        return float(value), np.asarray(gradient, dtype=np.float64).ravel()

    start = np.zeros(rows.shape[1] * k)
    options = {"maxiter": _MOST_STEPS, "ftol": 1e-7, "gtol": 1e-3}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    line = found.x.reshape(-1, k)
    coef = space.lifted(line[:-1])
    return [
        (coef[:, column], float(line[-1, column])) if 0 < n_yes < n else _one_sided(n_yes, n - n_yes)
        for column, n_yes in enumerate(has_it.sum(0).tolist())
    ]


def _one_sided(n_yes: int, n_no: int) -> _Line:
    """Nothing to tell apart: how rare it is, with half an item of doubt."""
    return None, float(np.log((n_yes + 0.5) / (n_no + 0.5)))


def _fit_one(space: _RowSpace, has_it: NDArray[np.bool_], seed: int, c: float) -> _Line:
    n_yes, n_no = int(has_it.sum()), int((~has_it).sum())
    if n_yes == 0 or n_no == 0:
        return _one_sided(n_yes, n_no)
    # the dual is the fastest here, fewer items than features: .03 s against .06
    model = LogisticRegression(C=c, solver="liblinear", dual=True, max_iter=1000, random_state=seed)
    model.fit(space.rows, has_it)
    return space.lifted(model.coef_[0]), float(model.intercept_[0])


def _stacked(lines: list[_Line], prefix: str, width: int) -> Weights:
    coef = np.zeros((len(lines), width), dtype=np.float32)
    for row, (line, _) in zip(coef, lines, strict=True):
        if line is not None:
            row[:] = line
    intercepts = np.array([intercept for _, intercept in lines], dtype=np.float32)
    return {f"{prefix}_coef": coef, f"{prefix}_intercept": intercepts}
