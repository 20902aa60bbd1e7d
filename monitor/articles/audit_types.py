"""The audit as data: samples of texts with what the run said of them, and what the reviewers said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.core.ids import AgreementId, ArticleId, FamilyId, TopicId, Week

FOUND, NAMED, REST = "found", "named", "rest"
STRATA = (FOUND, NAMED, REST)  # linked or judged cooperation; both sides named, not linked; all others


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reviewer said of one text. `topics` None: not said."""

    cooperation: bool
    agreements: tuple[AgreementId, ...]  # that it reports on
    topics: tuple[TopicId, ...] | None
    note: str
    corrects: bool  # it is a correction too


@dataclass(frozen=True, slots=True)
class AuditItem:
    """One text of a sample: what the run said when it was drawn, and the last answer, if any."""

    id: int
    week: Week
    article: ArticleId
    stratum: str
    weight: float  # texts of its stratum and week that it stands for
    lang: str
    label: bool | None
    families: tuple[FamilyId, ...]
    offered: tuple[AgreementId, ...]
    topics: tuple[TopicId, ...]
    answer: Answer | None
    who: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Draw:
    """One week's sample as a whole."""

    week: Week
    drawn_at: datetime
    sizes: Mapping[str, tuple[int, int]]  # stratum -> texts there were, texts drawn


@dataclass(frozen=True, slots=True)
class Text:
    """One cluster of copies that first appeared in a week, by the article that stands for it."""

    article: ArticleId
    members: tuple[ArticleId, ...]  # of the cluster in the week, itself among them
    lang: str
    label: bool | None  # of the member that is most likely cooperation
    both_named: bool  # a Belarusian and a foreign party are named
