"""Articles, their texts and tags, and the shape a classifier must have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from monitor.core.ids import ArticleId, PageUrl, SourceId, TopicId
from monitor.core.ledger import Reason


class ArticleState(StrEnum):
    """How far an article has come before tagging."""

    LISTED = "listed"  # known from a feed, page not fetched yet
    READY = "ready"  # text extracted and language known
    DEAD = "dead"  # no text to be had; the ledger says why


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one page gave. `reason` is None when there is usable text."""

    title: str
    text: str
    author: str
    published_at: datetime | None
    published_from: str  # rule | meta | json_ld | time_tag | url | visible | ""
    lang: str  # ISO 639-1 by content; "" when undecided
    canonical_url: PageUrl | None
    quality: float  # 0..1
    reason: Reason | None
    note: str = ""  # for the operator: what of the source's own rules found nothing


def no_text(reason: Reason, *, title: str = "", note: str = "") -> Extracted:
    """A page that gave no usable text, and why."""
    return Extracted(
        title=title, text="", author="", published_at=None, published_from="", lang="", canonical_url=None,
        quality=0.0, reason=reason, note=note,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Article:
    """One stored article with text."""

    id: ArticleId
    source_id: SourceId
    url: PageUrl
    title: str
    text: str
    lang: str
    published_at: datetime
    published_from: str
    first_seen_at: datetime
    content_hash: str
    cluster_id: int | None  # articles of one cluster are copies of one original
    is_origin: bool


class TextItem(NamedTuple):
    """What a classifier sees. `names` are the counts of `monitor.linking.mentions.name_features`."""

    title: str
    text: str
    names: tuple[float, ...]


class Kept(NamedTuple):
    """What a classifier reads of a text, as bytes, so that a later one need not read it again.

    `stems` None: no model has wanted the words yet."""

    ngrams: bytes
    stems: bytes | None
    keys: bytes


class Scores(NamedTuple):
    """Shapes: gate (n,), topics (n, k) in [0, 1], columns in the order of `labels`;
    vectors (n, d) float16, NaN rows where no vector was made; kept: n rows, or none."""

    gate: NDArray[np.float32]
    topics: NDArray[np.float32]
    vectors: NDArray[np.float16]
    kept: tuple[Kept, ...] = ()


class KeptScores(NamedTuple):
    """As `Scores`; `waiting` marks items that need a vector or words which are not kept. Shapes: gate,
    waiting (n,), topics (n, k)."""

    gate: NDArray[np.float32]
    topics: NDArray[np.float32]
    waiting: NDArray[np.bool_]


class Thresholds(NamedTuple):
    """Bounds of the manifest. Gate: at or above `gate_yes` cooperation, below `gate_no` not, between a person
    decides. Topics: per label, publish where topic times gate reaches `publish`, reject where the topic
    is below `reject`, queue the rest."""

    gate_yes: float
    gate_no: float
    publish: tuple[float, ...]
    reject: tuple[float, ...]


class Classifier(Protocol):
    """A trained model, by shape: `classifiers` is never imported here."""

    labels: tuple[str, ...]
    version: str
    thresholds: Thresholds
    embedder: str  # name of what makes vectors, "" for the n-gram model
    dimension: int  # of the vectors, 0 for the n-gram model
    kept_format: int  # of what it keeps of a text; of another format nothing can be read

    def score(self, items: Sequence[TextItem], vectors: NDArray[np.float16] | None = None) -> Scores:
        """Probabilities for items; `vectors` (n, d) with NaN rows where unknown spare the embedding."""
        ...

    def keep(self, items: Sequence[TextItem]) -> list[Kept]:
        """What is to be kept of texts."""
        ...

    def score_kept(
        self, kept: Sequence[Kept], names: NDArray[np.float64], vectors: NDArray[np.float16]
    ) -> KeptScores:
        """Probabilities from kept rows, names (n, 6) and vectors (n, d) with NaN rows where unknown."""
        ...


@dataclass(frozen=True, slots=True)
class TopicTag:
    """One topic of one article. `published` False means queued for a person."""

    topic: TopicId
    p: float
    published: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the tagger decided on one article."""

    gate_p: float
    label: bool | None  # None: a person must decide
    topics: tuple[TopicTag, ...]  # published first, by falling p
    reason: Reason | None
