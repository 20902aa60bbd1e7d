"""What single figures hide: calibration bin by bin, the price of abstaining, what is taken for what."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_RECALLS = tuple(step / 10 for step in range(1, 10))
_CONFUSIONS = 20  # the commonest ones


def calibration_bins(p: NDArray[np.float64], y: NDArray[np.bool_], *, bins: int = 10) -> list[dict[str, Any]]:
    """Stated and found share of bins of equal mass, rising, as `stated`, `found`, `n`. Shapes: p, y (n,)."""
    order = np.argsort(p, kind="stable")
    return [
        {"stated": round(float(p[part].mean()), 4), "found": round(float(y[part].mean()), 4), "n": len(part)}
        for part in np.array_split(order, bins)
        if len(part)
    ]


def abstention_curve(p: NDArray[np.float64], y: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Precision when only the surest answers are given, by the share of true ones found.

    Points of `recall`, `precision`, `bound`, `said`, as far as answers with p > 0 go.
    Shapes: p, y alike, pooled.
    """
    p, y = p.ravel(), y.ravel()
    order = np.argsort(-p, kind="stable")
    right, n_true = np.cumsum(y[order]), int(y.sum())
    points = []
    for recall in _RECALLS:
        reached = np.flatnonzero(right >= recall * n_true) if n_true else np.empty(0, int)
        if len(reached) and p[order[reached[0]]] > 0:
            said = int(reached[0]) + 1
            points.append(
                {
                    "recall": recall,
                    "precision": round(float(right[said - 1] / said), 4),
                    "bound": round(float(p[order[said - 1]]), 4),
                    "said": said,
                }
            )
    return points


def gate_curve(p: NDArray[np.float64], y: NDArray[np.bool_], *, missed: int = 5) -> dict[str, Any]:
    """Best F1 over all bounds, and precision where at most `missed` true ones are lost. Shapes: p, y (n,)."""
    order = np.argsort(-p, kind="stable")
    right, said = np.cumsum(y[order]), np.arange(1, len(p) + 1)
    total = int(y.sum())
    if total == 0:
        return {"best_f1": None, "missed_at_most": missed, "precision_then": None}
    enough = int(np.flatnonzero(right >= total - missed)[0])
    return {
        "best_f1": round(float((2 * right / (said + total)).max()), 4),
        "missed_at_most": missed,
        "precision_then": round(float(right[enough] / said[enough]), 4),
    }


def confusions(
    said: NDArray[np.bool_], true: NDArray[np.bool_], labels: Sequence[str]
) -> list[dict[str, Any]]:
    """How often one topic was missed where another was wrongly named: `missed`, `named`, `n`, falling.

    Shapes: said, true (n, k).
    """
    pairs: Counter[tuple[int, int]] = Counter()
    for missed, wrong in zip(true & ~said, said & ~true, strict=True):
        pairs.update((m, w) for m in np.flatnonzero(missed).tolist() for w in np.flatnonzero(wrong).tolist())
    commonest = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))[:_CONFUSIONS]
    return [{"missed": labels[m], "named": labels[w], "n": n} for (m, w), n in commonest]
