"""Precision, recall and F1 with 95 % intervals that respect events: events are drawn, not items."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_DRAWS = 1000


class Draws(NamedTuple):
    """Bootstrap weights of items. Shapes: weights (draws, n), how often each item is in each draw."""

    weights: NDArray[np.float32]


def draw_events(groups: NDArray[np.int64], *, seed: int) -> Draws:
    """A thousand draws of whole groups with replacement. Shapes: groups (n,)."""
    names, member = np.unique(groups, return_inverse=True)
    generator = np.random.default_rng(seed)
    times = generator.multinomial(len(names), np.full(len(names), 1.0 / len(names)), size=_DRAWS)
    return Draws(times[:, member].astype(np.float32))


def quality(
    said: NDArray[np.bool_], true: NDArray[np.bool_], draws: Draws, index: NDArray[np.int64] | None = None
) -> dict[str, Any]:
    """Precision, recall, f1, n (true ones), said (answers given), each rate with its interval as `<rate>_95`.

    Shapes: said, true (n,) or (n, k), pooled over columns; `index`: only these items. A rate without cases is
    None.
    """
    rows = np.arange(len(said)) if index is None else index
    said, true = said.reshape(len(said), -1)[rows], true.reshape(len(true), -1)[rows]
    counts = np.stack([(said & true).sum(1), said.sum(1), true.sum(1)], axis=1).astype(np.float32)
    drawn = draws.weights[:, rows] @ counts
    found = _rates(counts.sum(0)[None, :])
    spread = _rates(drawn)
    result: dict[str, Any] = {
        "n": int(counts[:, 2].sum()),
        "said": int(counts[:, 1].sum()),
        "items": len(rows),
    }
    for name, value in found.items():
        result[name] = _rounded(value[0])
        result[f"{name}_95"] = _interval(spread[name])
    return result


def f1_difference(
    said: NDArray[np.bool_],
    true: NDArray[np.bool_],
    draws: Draws,
    one: NDArray[np.int64],
    other: NDArray[np.int64],
) -> dict[str, Any]:
    """F1 over the items at `one` less that at `other`, as `f1`, with its interval; None without cases.

    Shapes: said, true (n, k), pooled over columns.
    """
    return f1_differences([(said, true)], draws, one, other)


def f1_differences(
    answers: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]],
    draws: Draws,
    one: NDArray[np.int64],
    other: NDArray[np.int64],
) -> dict[str, Any]:
    """The mean of `f1_difference` over several answers on the same items; each draw holds in all of them."""
    found, drawn = [], []
    for said, true in answers:
        counts = np.stack([(said & true).sum(1), said.sum(1), true.sum(1)], axis=1).astype(np.float32)
        at_one, at_other = (_rates(counts[rows].sum(0)[None, :])["f1"][0] for rows in (one, other))
        of_one, of_other = (_rates(draws.weights[:, rows] @ counts[rows])["f1"] for rows in (one, other))
        found.append(at_one - at_other)
        drawn.append(of_one - of_other)
    return {
        "f1": _rounded(float(np.mean(found))),
        "f1_95": _interval(np.asarray(np.mean(drawn, axis=0), dtype=np.float64)),
    }


def share(right: NDArray[np.bool_], draws: Draws, index: NDArray[np.int64]) -> dict[str, Any]:
    """Share of the items at `index` that are right, as `accuracy`, with its interval. Shapes: right (n,)."""
    weights = draws.weights[:, index]
    total = weights.sum(1)
    drawn = np.divide(weights @ right[index], total, out=np.full(len(total), np.nan), where=total > 0)
    value = float(right[index].mean()) if len(index) else float("nan")
    return {"accuracy": _rounded(value), "accuracy_95": _interval(drawn), "n": len(index)}


def _rates(counts: NDArray[np.float32]) -> dict[str, NDArray[np.float64]]:
    """Shapes: counts (draws, 3) of right, said and true -> (draws,) each, NaN without cases."""
    right, said, true = counts.astype(np.float64).T

    def over(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.divide(a, b, out=np.full(len(a), np.nan), where=b > 0), dtype=np.float64)

    return {"precision": over(right, said), "recall": over(right, true), "f1": over(2 * right, said + true)}


def _interval(drawn: NDArray[np.float64]) -> list[float] | None:
    usable = drawn[~np.isnan(drawn)]
    if len(usable) == 0:
        return None
    return [round(float(bound), 4) for bound in np.quantile(usable, [0.025, 0.975])]


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
