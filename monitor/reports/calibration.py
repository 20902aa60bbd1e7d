"""The picture of a model's calibration as PNG: stated against found shares."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

_SIDE_IN, _DPI = 4.5, 150


def calibration_chart(curves: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    """One line a name over bins with `stated` and `found`; the diagonal is what should be."""
    from matplotlib.backends.backend_agg import (
        FigureCanvasAgg,  # half a second, for the one command that draws
    )
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_SIDE_IN, _SIDE_IN), dpi=_DPI, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.8)
    for (name, bins), marker in zip(curves.items(), "os^v", strict=False):
        stated, found = [b["stated"] for b in bins], [b["found"] for b in bins]
        axes.plot(stated, found, marker=marker, linewidth=1.2, label=name)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="stated probability", ylabel="found share", aspect="equal")
    axes.legend(frameon=False)
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=_DPI, metadata={"Software": None})
    return target.getvalue()
