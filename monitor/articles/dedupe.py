"""When two texts are one story printed twice: shingles, signature bands for the look-up, and the verdict.
Pure; `monitor.articles.clusters` keeps the bands and the clusters in the database."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rensa import RMinHash

from monitor.core.text import squeeze

WINDOW = timedelta(days=7)  # a later copy is a new publication of an old story, not a reprint of the news
AGENCY_LEAD = timedelta(hours=2)  # papers post an agency's story before its own page shows the time
BANDS = 32
ROWS = (
    2  # 32 bands of 2: half the text in common meets in one band at least with p = .998, a quarter with .87
)

_SHINGLE = 3  # words
_SEED = 2026
_MIN_SHINGLES = 12  # below, only equal shingle sets count
# Two of the 800 corpus items (no copies among them; 2026-11) share at most .14 of the smaller one's shingles
# and have a Jaccard share of at most .05; the demo's 76 reprints keep .81 and .55 at least.
_JACCARD = 0.45
_CONTAINED = 0.6
_CONTAINED_MARKED = 0.4  # when the text names whom it copies
_SAME_PART = 0.2  # two clusters are one story only when they share the same part of a text, not two parts
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored article that shares a signature band."""

    article_id: int
    cluster_id: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Printed:
    """One member of a cluster as far as its origin matters."""

    article_id: int
    published_at: datetime
    is_agency: bool


def fold(text: str) -> str:
    """Lower case, ё as е, curly apostrophes straight, one space between words."""
    return squeeze(text).casefold().replace("ё", "е").replace("’", "'")


def shingles(title: str, text: str) -> frozenset[str]:
    """All runs of three words of the text (of the title too where the text is short)."""
    words = _WORD.findall(fold(text))
    if len(words) < _MIN_SHINGLES:
        words = _WORD.findall(fold(title)) + words
    if len(words) < _SHINGLE:
        return frozenset(words)
    return frozenset(" ".join(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1))


def band_keys(pieces: frozenset[str]) -> tuple[str, ...]:
    """One look-up key a band, 16 hex digits; empty for an empty text. The same on every machine."""
    if not pieces:
        return ()
    sketch = RMinHash(num_perm=BANDS * ROWS, seed=_SEED)
    sketch.update(sorted(pieces))
    digest: Sequence[int] = sketch.digest()
    keys = []
    for band in range(BANDS):
        values = (
            band,
            *digest[band * ROWS : (band + 1) * ROWS],
        )  # the band is in the key: one column to look up
        row = b"".join(value.to_bytes(4, "big") for value in values)
        keys.append(hashlib.blake2b(row, digest_size=8).hexdigest())
    return tuple(keys)


def has_mark(text: str, marks: Iterable[str]) -> bool:
    """True when the text credits another outlet in one of the known phrases (`reprint_marks`)."""
    folded = fold(text)
    return any(fold(mark) in folded for mark in marks)


def similarity(one: frozenset[str], other: frozenset[str]) -> tuple[float, float]:
    """Jaccard share, and the share of the smaller set that the larger one holds. (0, 0) for empty texts."""
    if not one or not other:
        return 0.0, 0.0
    common = len(one & other)
    return common / (len(one) + len(other) - common), common / min(len(one), len(other))


def is_copy(one: frozenset[str], other: frozenset[str], *, marked: bool) -> bool:
    """True when one text is the other, whole, cut or with a new lead; `marked`: one names a source."""
    jaccard, contained = similarity(one, other)
    if min(len(one), len(other)) < _MIN_SHINGLES:
        return jaccard == 1.0
    return jaccard >= _JACCARD or contained >= (_CONTAINED_MARKED if marked else _CONTAINED)


def matching_clusters(
    title: str, text: str, candidates: Sequence[Candidate], marks: Sequence[str]
) -> tuple[int, ...]:
    """Clusters the text belongs to, best first; more than one when it shows that they are the same story.

    A digest that reprints several stories joins only the one that it shares most with.
    """
    own = shingles(title, text)
    own_marked = has_mark(text, marks)
    shared: list[tuple[float, int, frozenset[str]]] = []
    for candidate in candidates:
        other = shingles(candidate.title, candidate.text)
        if is_copy(own, other, marked=own_marked or has_mark(candidate.text, marks)):
            jaccard, contained = similarity(own, other)
            shared.append((-(jaccard + contained), candidate.article_id, own & other))
    cluster_of = {candidate.article_id: candidate.cluster_id for candidate in candidates}
    found: list[int] = []
    best: frozenset[str] = frozenset()
    for _, article_id, part in sorted(shared, key=lambda match: match[:2]):
        cluster = cluster_of[article_id]
        if not found:
            best = part
        if cluster not in found and _is_same_part(best, part):
            found.append(cluster)
    return tuple(found)


def _is_same_part(best: frozenset[str], part: frozenset[str]) -> bool:
    return len(best & part) >= _SAME_PART * min(len(best), len(part))


def origin_of(members: Sequence[Printed]) -> int:
    """Id of the member that was first; an agency within two hours of the first goes before it.

    Errors: ValueError on an empty cluster.
    """
    first = min(members, key=lambda m: (m.published_at, m.article_id))
    latest = first.published_at + AGENCY_LEAD
    agencies = [m for m in members if m.is_agency and m.published_at <= latest]
    return min(agencies, key=lambda m: (m.published_at, m.article_id), default=first).article_id
