"""The picture of a report as PNG: how often agreements name a topic against how often the press does."""

import io
from typing import TYPE_CHECKING

from monitor.reports.catalogue import catalogue
from monitor.reports.method import chart_topics
from monitor.reports.types import Report, TopicShare

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

FONT = "DejaVu Sans"  # comes with matplotlib and has the whole of Cyrillic
WIDTH_IN, ROW_IN, DPI = 4.3, 0.62, 200  # 860 px: sharp at 640 px; at 320 px letters are 10 px high
HEAD_IN, FOOT_IN = 0.6, 0.45
BAR = 0.3  # of a row; the topic's name stands above its two bars
# Different in lightness, not only in hue: they stay apart in grey and for the colour-blind.
REGISTER_COLOUR, COVERAGE_COLOUR, INK = "#1f3a5f", "#9db8d2", "#222222"


def topic_chart(report: Report) -> bytes:
    """The chart as PNG, the same bytes for the same facts; empty where there is too little to compare."""
    shares = chart_topics(report)
    if not report.topics.is_enough or not shares:
        return b""
    from matplotlib.backends.backend_agg import (
        FigureCanvasAgg,  # half a second, for the few commands that draw
    )
    from matplotlib.figure import Figure

    height = HEAD_IN + FOOT_IN + ROW_IN * len(shares)
    figure = Figure(figsize=(WIDTH_IN, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.03, FOOT_IN / height, 0.94, ROW_IN * len(shares) / height))
    _bars(axes, shares)
    _words(axes, report)
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    return target.getvalue()


def _bars(axes: "Axes", shares: tuple[TopicShare, ...]) -> None:
    longest = 100 * max(max(share.register_share, share.coverage_share) for share in shares)
    rows = range(len(shares))
    for offset, values, colour in (
        (0.0, [100 * share.register_share for share in shares], REGISTER_COLOUR),
        (BAR, [100 * share.coverage_share for share in shares], COVERAGE_COLOUR),
    ):
        places = [row + offset for row in rows]
        axes.barh(places, values, height=BAR, color=colour, edgecolor=REGISTER_COLOUR, linewidth=0.6)
        for place, value in zip(places, values, strict=True):
            _text(axes.text(value + longest / 80, place, f"{value:.0f}", va="center_baseline"), 9.5)
    for row, share in zip(rows, shares, strict=True):
        _text(axes.text(0, row - BAR / 2 - 0.06, share.title, va="bottom"), 10.5)
    axes.set_ylim(len(shares) - 0.45, -0.55)
    axes.set_xlim(0, longest * 1.1)


def _words(axes: "Axes", report: Report) -> None:
    words = catalogue(report.lang)
    axes.set_yticks([])
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    for tick in axes.get_xticklabels():
        _text(tick, 8)
    _text(axes.set_xlabel(words.say("chart.axis")), 8)
    legend = axes.legend(
        axes.containers,
        [words.say("chart.register"), words.say("chart.coverage")],
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        borderaxespad=0.0,
        borderpad=0.2,
        labelspacing=0.3,
        frameon=False,
    )
    for text in legend.get_texts():
        _text(text, 10)


def _text(text: "Text", size: float) -> None:
    """Our font, and a dollar sign is a dollar sign."""
    text.set_parse_math(False)
    text.set_fontfamily(FONT)
    text.set_fontsize(size)
    text.set_color(INK)
