"""The pictures of a report as PNG: topics, regions and partners, twelve weeks.

Each is drawn from the facts that it shows and kept in memory, so that reports of one week share it. Colours
differ in lightness, not only in hue: they stay apart in grey and for the colour-blind.
"""

import io
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from monitor.core.ids import PlaceId
from monitor.reports.catalogue import catalogue
from monitor.reports.method import CHART_TOPICS
from monitor.reports.pictures import HeatMap, has_trend, heat_map
from monitor.reports.types import PartnerCell, Report, TopicPicture, TopicShare, WeekCount

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

FONT = "DejaVu Sans"  # comes with matplotlib and has the whole of Cyrillic
WIDTH_IN, ROW_IN, DPI = 4.3, 0.62, 200  # 860 px: sharp at 640 px; at 320 px letters are 10 px high
HEAD_IN, FOOT_IN = 0.6, 0.45
BAR = 0.3  # of a row; the topic's name stands above its two bars
CELL_IN = 0.34  # height of a row of the heat map
REGISTER_COLOUR, COVERAGE_COLOUR, INK = "#1f3a5f", "#9db8d2", "#222222"
PALE, UNKNOWN = "#f4f6f8", "#d9dde1"
COLOURS = 48  # of a picture: the shades of the heat map and of the letters' edges
KEPT = 64  # pictures of a week: 7 regions in 3 languages with three each would be 63


def topic_chart(report: Report) -> bytes:
    """Register against coverage by topic; empty where there is too little to compare."""
    return _topics(report.topics, report.lang)


def partner_chart(report: Report) -> bytes:
    """Regions against partner countries; empty where there is nothing to compare."""
    return _partners(report.partners, report.region, report.lang)


def trend_chart(report: Report) -> bytes:
    """Originals week by week; empty where nothing was found or watched."""
    return _trend(report.trend, report.lang)


CHARTS: dict[str, Callable[[Report], bytes]] = {
    "topics": topic_chart,
    "partners": partner_chart,
    "trend": trend_chart,
}


def charts(report: Report) -> dict[str, bytes]:
    """The pictures that the report has, by name: the same bytes for the same facts."""
    drawn = {name: draw(report) for name, draw in CHARTS.items()}
    return {name: picture for name, picture in drawn.items() if picture}


@lru_cache(maxsize=KEPT)
def _topics(picture: TopicPicture, lang: str) -> bytes:
    shares = tuple(share for share in picture.shares[:CHART_TOPICS] if share.families)
    if not picture.is_enough or not shares:
        return b""
    height = HEAD_IN + FOOT_IN + ROW_IN * len(shares)
    figure = _figure(height)
    axes = figure.add_axes((0.03, FOOT_IN / height, 0.94, ROW_IN * len(shares) / height))
    _bars(axes, shares)
    _legend(axes, lang)
    return _png(figure)


def _bars(axes: "Axes", shares: tuple[TopicShare, ...]) -> None:
    longest = 100 * max(max(share.register_share, share.coverage_hi) for share in shares)
    for row, share in enumerate(shares):
        promised, written = 100 * share.register_share, 100 * share.coverage_share
        lo, hi = 100 * share.coverage_lo, 100 * share.coverage_hi
        for place, value, colour in ((row, promised, REGISTER_COLOUR), (row + BAR, written, COVERAGE_COLOUR)):
            axes.barh([place], [value], BAR, color=colour, edgecolor=REGISTER_COLOUR, linewidth=0.6)
        axes.plot([lo, hi], [row + BAR, row + BAR], color=INK, linewidth=1.2, marker="|", markersize=5)
        for value, end, place in ((promised, promised, row), (written, hi, row + BAR)):
            label = axes.text(end + longest / 60, place, f"{value:.0f}", va="center_baseline")
            _text(label, 9.5)
        _text(axes.text(0, row - BAR / 2 - 0.06, share.title, va="bottom"), 10.5)
    axes.set_ylim(len(shares) - 0.45, -0.55)
    axes.set_xlim(0, longest * 1.12)


def _legend(axes: "Axes", lang: str) -> None:
    words = catalogue(lang)
    _plain(axes, words.say("chart.axis"))
    axes.set_yticks([])
    legend = axes.legend(
        axes.containers[:2],
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


@lru_cache(maxsize=KEPT)
def _partners(cells: tuple[PartnerCell, ...], region: PlaceId, lang: str) -> bytes:
    shown = heat_map(cells)
    if not shown.is_enough:
        return b""
    head, foot = 1.0, 0.5
    height = head + foot + CELL_IN * len(shown.regions)
    figure = _figure(height)
    axes = figure.add_axes((0.37, foot / height, 0.49, CELL_IN * len(shown.regions) / height))
    _cells(axes, shown, region)
    words = catalogue(lang)
    countries = [name for _, name in shown.countries]
    axes.set_xticks(range(len(countries)), countries, rotation=40, ha="left")
    axes.set_yticks(range(len(shown.regions)), [name for _, name in shown.regions])
    axes.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    for tick in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        _text(tick, 8)
    for (place, _), tick in zip(shown.regions, axes.get_yticklabels(), strict=True):
        tick.set_fontweight("bold" if place == region else "normal")
    for side in axes.spines.values():
        side.set_visible(False)
    notes = f"{words.say('chart.partners_axis')}\n{words.say('chart.partners_key')}"
    _text(figure.text(0.02, 0.02, notes, va="bottom"), 7.5)
    return _png(figure)


def _cells(axes: "Axes", shown: HeatMap, region: PlaceId) -> None:
    """One square a cell, darker the more agreements have no story; the reader's own row is framed."""
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    shades = colormaps["Blues"]
    for y, (place, _) in enumerate(shown.regions):
        for x, (country, _) in enumerate(shown.countries):
            cell = shown.cells.get((place, country))
            silent = 0.0 if cell is None else 1 - cell.with_original / cell.due
            colour = PALE if cell is None else shades(0.08 + 0.8 * silent)
            axes.add_patch(Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, color=colour))
            said = "–" if cell is None else f"{cell.with_original}/{cell.due}"
            label = axes.text(x, y, said, ha="center", va="center_baseline")
            _text(label, 8.5)
            label.set_color("white" if silent > 0.55 else INK)
        if place == region:
            wide = len(shown.countries)
            frame = Rectangle((-0.5, y - 0.5), wide, 1, fill=False, edgecolor=INK, linewidth=1.4)
            axes.add_patch(frame)
    axes.set_xlim(-0.55, len(shown.countries) - 0.45)
    axes.set_ylim(len(shown.regions) - 0.45, -0.55)


@lru_cache(maxsize=KEPT)
def _trend(weeks: tuple[WeekCount, ...], lang: str) -> bytes:
    watched = [week for week in weeks if week.is_watched]
    if not has_trend(weeks):
        return b""
    words = catalogue(lang)
    figure = _figure(2.2)
    axes = figure.add_axes((0.07, 0.27, 0.9, 0.6))
    most = max(1, *(week.originals for week in watched))
    mean = sum(week.originals for week in watched) / len(watched)
    for x, week in enumerate(weeks):
        if week.is_watched:
            axes.bar([x], [week.originals], width=0.7, color=REGISTER_COLOUR)
            _text(axes.text(x, week.originals + most / 40, str(week.originals), ha="center"), 8.5)
        else:
            axes.bar([x], [most], width=0.7, color=PALE, edgecolor=UNKNOWN, hatch="///")
    if len(watched) < len(weeks):
        blind = next(x for x, week in enumerate(weeks) if not week.is_watched)
        said = words.say("chart.trend_mark")
        _text(axes.text(blind, most / 2, said, ha="center", va="center", rotation=90), 8)
    axes.plot([-0.5, len(weeks) - 0.5], [mean, mean], color=COVERAGE_COLOUR, linewidth=1.2, linestyle="--")
    label = f"{words.say('chart.trend_mean')}\n{words.number(mean, 1)}"
    _text(axes.text(len(weeks) - 0.4, mean, label, ha="left", va="center"), 8)
    days = range(len(weeks) - 1, -1, -2)  # every second one has room; the last is always there
    axes.set_xticks(list(days), [words.short_day(weeks[x].begins_on) for x in days])
    axes.set_xlim(-0.6, len(weeks) + 1.1)
    axes.set_ylim(0, most * 1.18)
    axes.set_yticks([])
    _plain(axes, words.say("chart.trend_axis"))
    return _png(figure)


def _figure(height: float) -> "Figure":
    from matplotlib.backends.backend_agg import (
        FigureCanvasAgg,  # half a second, for the few commands that draw
    )
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_IN, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def _plain(axes: "Axes", label: str) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    for tick in axes.get_xticklabels():
        _text(tick, 8)
    _text(axes.set_xlabel(label), 8)


def _png(figure: "Figure") -> bytes:
    """The picture with a palette: a third of the bytes, and nobody sees the difference in flat colours."""
    from PIL import Image

    drawn, target = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    with Image.open(drawn) as picture:
        flat = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        flat.save(target, "PNG", optimize=True)
    return target.getvalue()


def _text(text: "Text", size: float) -> None:
    """Our font, and a dollar sign is a dollar sign."""
    text.set_parse_math(False)
    text.set_fontfamily(FONT)
    text.set_fontsize(size)
    text.set_color(INK)
