"""How much of the press of a window was before our eyes: observed time, weights of sources, exposure.

Pure. Observed means: the list was fetched, nothing scrolled off, the source wrote, its pages were read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from monitor.core.ids import SourceId
from monitor.crawl.health import (
    DOUBLES,
    FEWER,
    NO_PAGES,
    NO_TEXT,
    Standing,
    TextShare,
    change_of_volume,
    standing,
    volume_code,
)
from monitor.crawl.rhythm import Given
from monitor.crawl.types import ARCHIVE, Poll
from monitor.gaps.detection import spread_uniform

Floats = NDArray[np.float64]
Span = tuple[datetime, datetime]
Piece = tuple[datetime, datetime, float]  # a span, and the part of the source that its list is

SHARE_WEIGHT = 2.0  # originals' worth of the kind's mean in the rate of a source
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Watched:
    """What we saw of one source in a window."""

    pieces: tuple[Piece, ...]  # observed time of its feeds
    read_share: float  # of the listed pages, text read and judged
    silent_since: date | None
    trouble: str  # reason of the last poll if it failed, "" when well
    known_from: datetime | None  # first good poll
    trouble_since: date | None = None
    odd: str = ""  # answers and writes, but far less than before, or pages without text; "" when well
    odd_since: date | None = None
    archived: tuple[Span, ...] = ()  # observed time that archives of pages add to the feeds'


def watch(
    polls: Sequence[Poll],
    published: Given,
    *,
    end: datetime,
    read_share: float,
    texts: TextShare = NO_PAGES,
    zone: tzinfo = UTC,
) -> Watched:
    """Observed time of one source up to `end`. `polls` and `published` in time order; `zone`: of the days."""

    def day(at: datetime) -> date:
        return at.astimezone(zone).date()

    feeds: dict[str, list[Poll]] = {}
    for poll in polls:
        feeds.setdefault(poll.feed, []).append(poll)
    stands = standing(polls, published, end=end)
    trouble = stands.failing[0] if stands.failing else None
    if stands.known_from is None:
        code = trouble.code if trouble else ""
        return Watched((), read_share, None, code, None, day(trouble.since) if trouble else None)
    odd, odd_since = _oddity(published, stands, texts, end)
    # from its start, however late it was noticed
    quiet = [(silence.start, silence.stop) for silence in stands.silences]
    archived = feeds.pop(ARCHIVE, [])
    lives = [(group[0].at, end if group[-1].in_use else group[-1].at) for group in feeds.values()]
    return Watched(
        pieces=_weighed([_without(_open_spans(group), quiet) for group in feeds.values()], lives),
        archived=_without(_open_spans(archived), quiet),
        read_share=read_share,
        silent_since=day(stands.silence.start) if stands.silence else None,
        trouble=trouble.code if trouble else "",
        known_from=stands.known_from,
        trouble_since=day(trouble.since) if trouble else None,
        odd=odd,
        odd_since=odd_since,
    )


def _oddity(published: Given, stands: Standing, texts: TextShare, end: datetime) -> tuple[str, date | None]:
    """What takes nothing from the observed time, but an editor should know."""
    change = change_of_volume(published, stands, end=end)
    if change is not None and volume_code(change) == FEWER:
        return FEWER, change.since
    if texts.is_bad:
        return NO_TEXT, None
    return (DOUBLES, None) if texts.is_doubled else ("", None)


def _open_spans(polls: Sequence[Poll]) -> list[Span]:
    """From the first good poll to the last, without failures (to the next good poll) and overflows."""
    spans: list[Span] = []
    opened: datetime | None = None
    for poll in polls:
        if poll.is_good and poll.overflow and poll.previous_at is not None:
            if opened is not None:
                spans.append((opened, max(opened, poll.previous_at)))
            opened = poll.at
        elif poll.is_good:
            opened = poll.at if opened is None else opened
        elif opened is not None:
            spans.append((opened, poll.at))
            opened = None
    if opened is not None:
        spans.append((opened, polls[-1].at))
    return [span for span in spans if span[0] < span[1]]


def _without(spans: Sequence[Span], holes: Sequence[Span]) -> tuple[Span, ...]:
    left = list(spans)
    for start, stop in holes:
        cut = [(a, min(b, start)) for a, b in left] + [(max(a, stop), b) for a, b in left]
        left = [(a, b) for a, b in cut if a < b]
    return tuple(sorted(left))


def _weighed(spans: Sequence[Sequence[Span]], lives: Sequence[Span]) -> tuple[Piece, ...]:
    """The spans of each feed in pieces: of n feeds that the source had at a time each is an n-th of it.

    So one that came later takes nothing from the time before, nor one that was given up from the time after.
    """
    edges = sorted({edge for life in lives for edge in life})
    pieces: list[Piece] = []
    for start, stop in pairwise(edges):
        n_alive = sum(born <= start and stop <= gone for born, gone in lives)
        inside = [(max(a, start), min(b, stop)) for of_feed in spans for a, b in of_feed]
        pieces += [(a, b, 1 / n_alive) for a, b in inside if a < b]
    return tuple(sorted(pieces))


def week_edges(start: datetime, end: datetime) -> list[datetime]:
    """Edges of the weeks of a window, counted from its start; the last week may be short."""
    edges = [start]
    while edges[-1] < end:
        edges.append(min(edges[-1] + WEEK, end))
    return edges


def observed_weeks(watched: Watched, edges: Sequence[datetime]) -> Floats:
    """Observed part of each week between `edges`: of the feeds that the source then had, times what was read.

    A week of which an archive shows more counts as the archive has it.

    Shapes: (len(edges) - 1,). Units: weeks.
    """
    archived = [(start, stop, 1.0) for start, stop in watched.archived]
    seen = np.maximum(_seen(watched.pieces, edges), _seen(archived, edges))
    return np.asarray(seen * watched.read_share)


def _seen(pieces: Sequence[Piece], edges: Sequence[datetime]) -> Floats:
    """Weeks of the pieces in each stretch between two edges, each by its part."""
    if not pieces or len(edges) < 2:
        return np.zeros(max(len(edges) - 1, 0))
    at = np.array([(edge - edges[0]) / WEEK for edge in edges])
    ends = np.array([[(a - edges[0]) / WEEK, (b - edges[0]) / WEEK] for a, b, _ in pieces])
    overlap = np.minimum(ends[:, 1:], at[1:]) - np.maximum(ends[:, :1], at[:-1])
    return np.asarray(np.array([part for _, _, part in pieces]) @ np.maximum(overlap, 0.0))


def source_rates(
    found: Mapping[SourceId, int], observed: Mapping[SourceId, float], kinds: Mapping[SourceId, str]
) -> dict[SourceId, float]:
    """Cooperation originals a week of each source, shrunk to the mean of its kind, that to the mean of all.

    A source that was never observed gets its kind's mean: a dead agency is not one of twelve.
    """
    means = _kind_means(found, observed, kinds)
    return {
        source: _shrunk(found.get(source, 0), observed.get(source, 0.0), means[kind])
        for source, kind in kinds.items()
    }


def rate_worlds(
    found: Mapping[SourceId, int],
    observed: Mapping[SourceId, float],
    kinds: Mapping[SourceId, str],
    *,
    n_draws: int,
    seed: int,
) -> dict[SourceId, Floats]:
    """What the rates of `source_rates` may be instead: gamma draws around them, shared by all families.

    Shapes: (n_draws,) each.
    """
    means = _kind_means(found, observed, kinds)
    return {
        source: np.asarray(
            gammaincinv(
                found.get(source, 0) + SHARE_WEIGHT, spread_uniform(n_draws, seed, f"rate of {source}")
            )
            / (observed.get(source, 0.0) + SHARE_WEIGHT / means[kind])
        )
        for source, kind in kinds.items()
    }


def exposure_worlds(
    rates: Mapping[SourceId, Floats], scope: Sequence[SourceId], observed: Mapping[SourceId, float]
) -> Floats:
    """Exposure of a scope in each world: shares of its rates times observed weeks. Shapes: (s,)."""
    if not scope:
        return np.zeros(len(next(iter(rates.values()), ())))
    drawn = np.array([rates[source] for source in scope])
    seen = np.array([observed[source] for source in scope])
    return np.asarray(seen @ drawn / drawn.sum(axis=0))


def _kind_means(
    found: Mapping[SourceId, int], observed: Mapping[SourceId, float], kinds: Mapping[SourceId, str]
) -> dict[str, float]:
    overall = _shrunk(sum(found.values()), sum(observed.values()), 1.0)
    means: dict[str, float] = {}
    for kind in set(kinds.values()):
        of_kind = [source for source in kinds if kinds[source] == kind]
        originals = sum(found.get(source, 0) for source in of_kind)
        means[kind] = _shrunk(originals, sum(observed.get(source, 0.0) for source in of_kind), overall)
    return means


def shares(rates: Mapping[SourceId, float], scope: Sequence[SourceId]) -> dict[SourceId, float]:
    """Weight of each source of a scope; they sum to 1 (empty for an empty scope)."""
    total = sum(rates[source] for source in scope)
    return {source: rates[source] / total for source in scope} if total > 0 else {}


def exposure_weeks(
    weights: Mapping[SourceId, float], observed: Mapping[SourceId, Floats], n_weeks: int
) -> Floats:
    """Exposure of each week: share times observed part, over the scope. Shapes: (n_weeks,). Units: weeks."""
    seen = np.zeros(n_weeks)
    for source, weight in weights.items():
        seen += weight * observed[source]
    return seen


def _shrunk(originals: float, weeks: float, mean: float) -> float:
    """(c + a) / (w + a / mean): the mean where nothing was observed, the own rate where much was."""
    return (originals + SHARE_WEIGHT) / (weeks + SHARE_WEIGHT / mean)
