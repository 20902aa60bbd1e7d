"""What the queries of this room hand to its pure parts: windows, counts, pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from monitor.core.clock import day_start
from monitor.core.ids import FamilyId, SourceId, TopicId
from monitor.gaps.exposure import WEEK, Watched
from monitor.gaps.types import FamilyCounts

STATE_WEEKS = 52  # the window that decides states, whatever window is shown


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days of the newsroom's zone, first and last included."""

    from_on: date
    to_on: date
    zone: tzinfo

    @property
    def start(self) -> datetime:
        """First moment, aware UTC."""
        return day_start(self.from_on, self.zone)

    @property
    def stop(self) -> datetime:
        """First moment after the window, aware UTC."""
        return day_start(self.to_on + timedelta(days=1), self.zone)

    def day(self, at: datetime) -> date:
        """The newsroom's day of a moment."""
        return at.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Basis:
    """What counts: the versions of tags and links, and the least probability of a link."""

    tag_version: int
    link_version: int
    min_p: float


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything counted in one window."""

    families: dict[FamilyId, FamilyCounts]  # those with an article at least
    original_days: dict[FamilyId, tuple[date, ...]]  # one per original
    clusters: dict[FamilyId, frozenset[int]]  # originals linked to the family, by the story's first cluster
    origin_sources: dict[FamilyId, tuple[SourceId, ...]]  # who wrote them, one per original
    coop_by_source: dict[SourceId, int]  # cooperation originals that the source wrote
    topic_originals: dict[TopicId, int]  # cooperation originals with the published topic
    coop_originals: int
    below_gate: dict[FamilyId, int]  # clusters linked, but judged not cooperation
    undecided: dict[FamilyId, int]  # clusters linked that wait for a person
    # of each family with an article: who wrote which original, all articles by story, topics they carry
    origin_writers: dict[FamilyId, dict[int, SourceId]] = field(default_factory=dict)
    articles_of: dict[FamilyId, dict[int, tuple[int, ...]]] = field(default_factory=dict)
    family_topics: dict[FamilyId, frozenset[TopicId]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages that one source listed in a window."""

    listed: int
    unread: int  # page or text not had
    judged: int  # read and tagged under the current version
    reasons: Mapping[str, int] = field(default_factory=dict)  # of the unread, from the ledger; "" none yet

    @property
    def read_share(self) -> float:
        """Judged part of the listed; 1 where nothing was listed."""
        return self.judged / self.listed if self.listed else 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the database says of one window. `end`: the last moment that can have been seen."""

    window: Window
    end: datetime
    counted: Counted
    watched: Mapping[SourceId, Watched]
    pages: Mapping[SourceId, Pages]
    overflowed: frozenset[SourceId] = frozenset()  # lists that may have lost items between two polls

    @property
    def weeks(self) -> float:
        """Length of the window so far."""
        return max((self.end - self.window.start) / WEEK, 0.0)


def empty_counts(family: FamilyId) -> FamilyCounts:
    """The counts of a family without an article."""
    return FamilyCounts(family, 0, 0, (), {}, {}, {}, (), (), None)
