"""Mentions of parties in a text and links from articles to agreements, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.core.ids import AgreementId, FamilyId, PlaceId
from monitor.core.ledger import Reason

LEAD = 300  # characters of the text that count as its lead, for the gate as for links


@dataclass(frozen=True, slots=True)
class Mention:
    """One party named in a text. Offsets are characters in the given field ("title" or "text")."""

    place: PlaceId
    field: str
    start: int
    end: int
    text: str  # exactly field[start:end]
    how: str  # name | adjective | demonym | colloquial | abbreviation | pattern
    ambiguous: tuple[PlaceId, ...] = ()  # other readings that context ruled out or left behind


@dataclass(frozen=True, slots=True)
class Evidence:
    """Which words name which party, kept with the link."""

    place: PlaceId
    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class LinkInput:
    """What linking sees of one article."""

    title: str
    text: str
    lang: str
    published_on: date | None
    outlet_region: PlaceId | None
    mentions: tuple[Mention, ...]
    topics: Mapping[str, float]  # topic id -> probability
    # embedder -> vector of title and lead, as the classifier keeps it; empty where none was made
    vectors: Mapping[str, NDArray[np.floating[Any]]] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Link:
    """One article x family. `member` is set only if a word of the text separates it."""

    family: FamilyId
    member: AgreementId | None
    p: float
    depth: str  # title | lead | body
    stage: str  # announcement | signing | implementation | result | anniversary | problem | none
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class LinkResult:
    """All links of one article; `reason` (no_party_pair, no_agreement, sibling_only) where there is none."""

    links: tuple[Link, ...]
    related: tuple[FamilyId, ...]  # siblings of the same parties or event: related, not covered
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Known:
    """What a version of links says of one article."""

    result: LinkResult
    is_complete: bool  # False: an older program kept only its links


LinkArticle = Callable[[LinkInput], LinkResult]
FindMentions = Callable[[str, str, str, "PlaceId | None"], tuple[Mention, ...]]  # title, text, lang, region


@dataclass(frozen=True, slots=True)
class Coverage:
    """One stored article on a family with the sentences that prove it."""

    published_at: datetime
    outlet: str
    title: str
    url: str
    is_original: bool
    member: AgreementId | None
    p: float
    stage: str
    quotes: tuple[str, ...]  # at most 300 characters each
