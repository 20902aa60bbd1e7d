"""Draws how the gap table grows with the press: `python -m benchmarks.gaptable_plot FIGURES.json OUT.png`.

FIGURES.json is what `monitor benchmark gaptable --json` prints.
"""

import json
import sys
from pathlib import Path
from typing import Any

_MARKS = {"sqlite": "o", "postgresql": "s"}
_COLOURS = {"sqlite": "#1f5fa8", "postgresql": "#b5591d"}


def draw(figures: dict[str, dict[str, dict[str, Any]]], target: Path) -> None:
    """CPU seconds of table and update and peak memory over the number of articles, a line a database."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.4), dpi=150, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    times, memory = figure.subplots(1, 2)
    for kind, sizes in figures.items():
        found = sorted((int(size), told) for size, told in sizes.items())
        x = [size for size, _ in found]
        for part, style in (("full", "-"), ("update", ":")):
            y = [told[part]["cpu"] + told[part].get("server_cpu", 0.0) for _, told in found]
            times.plot(x, y, style, marker=_MARKS[kind], label=f"{kind}, {part}", color=_COLOURS[kind])
        y = [told["peak_mb"] for _, told in found]
        memory.plot(x, y, marker=_MARKS[kind], label=kind, color=_COLOURS[kind])
    for axes, label, limit in ((times, "CPU seconds", 10), (memory, "peak memory, MB", 1000)):
        axes.axhline(limit, color="#999999", linewidth=0.8, linestyle="--")
        axes.set(xscale="log", xlabel="articles in 52 weeks", ylabel=label, ylim=(0, limit * 1.6))
        axes.legend(frameon=False)
    figure.savefig(target, format="png", dpi=150, metadata={"Software": None})


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2]))
