"""The picture of a report as PNG: how often agreements name a topic against how often the press does."""

import io

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from monitor.reports.catalogue import catalogue
from monitor.reports.method import chart_topics
from monitor.reports.types import Report, TopicShare

FONT = "DejaVu Sans"  # comes with matplotlib and has the whole of Cyrillic
WIDTH_IN, ROW_IN, DPI = 6.0, 0.46, 150  # 900 px: sharp at 640 px and readable at 320
BAR = 0.36
# Different in lightness, not only in hue: they stay apart in grey and for the colour-blind.
REGISTER_COLOUR, COVERAGE_COLOUR, INK = "#1f3a5f", "#9db8d2", "#222222"
LABEL_WIDTH = 30  # characters before a topic's title takes a second line


def topic_chart(report: Report) -> bytes:
    """The chart as PNG, the same bytes for the same facts; empty where there is too little to compare."""
    shares = chart_topics(report)
    if not report.topics.is_enough or not shares:
        return b""
    figure = Figure(figsize=(WIDTH_IN, 1.1 + ROW_IN * len(shares)), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.40, 0.0, 0.55, 1.0))
    _place(figure, axes, len(shares))
    _bars(axes, shares)
    _words(axes, report, shares)
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    return target.getvalue()


def _place(figure: Figure, axes: Axes, n_rows: int) -> None:
    """Fixed margins in inches, so that the bars keep their height whatever the number of topics."""
    height = 1.1 + ROW_IN * n_rows
    axes.set_position((0.40, 0.42 / height, 0.55, ROW_IN * n_rows / height))
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    del figure


def _bars(axes: Axes, shares: tuple[TopicShare, ...]) -> None:
    rows = range(len(shares))
    for offset, values, colour in (
        (-BAR / 2, [share.register_share for share in shares], REGISTER_COLOUR),
        (BAR / 2, [share.coverage_share for share in shares], COVERAGE_COLOUR),
    ):
        axes.barh(
            [row + offset for row in rows],
            [100 * value for value in values],
            height=BAR,
            color=colour,
            edgecolor=REGISTER_COLOUR,
            linewidth=0.6,
        )
        for row, value in zip(rows, values, strict=True):
            _text(axes.text(100 * value + 0.6, row + offset, f"{100 * value:.0f}", va="center"), 8)
    axes.set_ylim(len(shares) - 0.4, -0.6)
    longest = max(max(share.register_share, share.coverage_share) for share in shares)
    axes.set_xlim(0, 100 * longest + 6)


def _words(axes: Axes, report: Report, shares: tuple[TopicShare, ...]) -> None:
    words = catalogue(report.lang)
    axes.set_yticks(range(len(shares)), [_two_lines(share.title) for share in shares])
    axes.tick_params(axis="y", length=0)
    for tick in (*axes.get_yticklabels(), *axes.get_xticklabels()):
        _text(tick, 9)
    _text(axes.set_xlabel(words.say("chart.axis")), 9)
    handles = axes.containers
    legend = axes.legend(
        handles,
        [words.say("chart.register"), words.say("chart.coverage")],
        loc="lower left",
        bbox_to_anchor=(-0.72, 1.0),
        ncols=1,
        frameon=False,
    )
    for text in legend.get_texts():
        _text(text, 9.5)


def _text(text: Text, size: float) -> None:
    """Our font, and a dollar sign is a dollar sign."""
    text.set_parse_math(False)
    text.set_fontfamily(FONT)
    text.set_fontsize(size)
    text.set_color(INK)


def _two_lines(title: str) -> str:
    if len(title) <= LABEL_WIDTH:
        return title
    at = title.rfind(" ", 0, max(LABEL_WIDTH, len(title) // 2 + 4))
    return title if at < 0 else f"{title[:at]}\n{title[at + 1 :]}"
