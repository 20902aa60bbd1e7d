"""What was counted of the press in a stretch of time, and stretches put together. Pure.

Most stories lie wholly inside a stretch and are numbers; those that reach beyond it, by a copy or a
translation, stay rows, so that the sum over stretches is what counting all the time at once gives.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from monitor.core.ids import SourceId, TopicId

K = TypeVar("K")
Retold = Mapping[int, tuple[int, datetime]]  # cluster -> the one that told its story first, and when


class Counting(NamedTuple):
    """One article that is judged to be cooperation."""

    id: int
    story: int  # its near-duplicate cluster, or the one that told the same first in another language
    source: SourceId
    at: datetime
    is_origin: bool  # of the story: a translation is none
    cluster: int  # of near-duplicates

    def told(self, retold: Retold) -> "Counting":
        """As part of the story that another cluster told first, if one did."""
        first = retold.get(self.cluster)
        return self if first is None else self._replace(story=first[0], is_origin=False)


@dataclass(frozen=True, slots=True)
class OpenArticle:
    """An article of a story that reaches beyond the stretch, with its published topics."""

    article: Counting  # told by nobody before: what translates what may change without it
    topics: tuple[TopicId, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Cooperation originals of a stretch: numbers of the stories inside it, rows of the others."""

    writers: Mapping[SourceId, int] = field(default_factory=dict)
    topics: Mapping[TopicId, int] = field(default_factory=dict)
    originals: int = 0
    open: tuple[OpenArticle, ...] = ()


@dataclass(frozen=True, slots=True)
class PressCounts:
    """Cooperation originals of a window, whoever they are about."""

    by_source: dict[SourceId, int]
    by_topic: dict[TopicId, int]
    originals: int


def nearness(article: Counting) -> tuple[bool, bool, datetime, int]:
    """How near an article is to the beginning of its story: the marked origin first, translations last."""
    return not article.is_origin, article.cluster != article.story, article.at, article.id


def writers_of(articles: Iterable[Counting], originals: set[int]) -> dict[SourceId, int]:
    """Each original once, for the source of its origin (else of the earliest article that counts)."""
    origins: dict[int, Counting] = {}
    for article in articles:
        if article.story in originals:
            before = origins.get(article.story)
            if before is None or nearness(article) < nearness(before):
                origins[article.story] = article
    return _added({article.source: 1} for article in origins.values())


def topics_of(articles: Iterable[tuple[int, Collection[TopicId]]], originals: set[int]) -> dict[TopicId, int]:
    """Originals that carry each topic, by any of their articles: stories, each with its published topics."""
    found: dict[TopicId, set[int]] = {}
    for story, topics in articles:
        if story in originals:
            for topic in topics:
                found.setdefault(topic, set()).add(story)
    return {topic: len(stories) for topic, stories in found.items()}


def together(
    stretches: Sequence[Stretch], firsts: Mapping[int, datetime], retold: Retold, start: datetime
) -> PressCounts:
    """The counts of a window that consists of the stretches.

    `firsts`: when each story that reaches beyond a stretch was first published; before `start` it is none of
    the window's originals.
    """
    rows = [OpenArticle(one.article.told(retold), one.topics) for part in stretches for one in part.open]
    originals = {story for one in rows if firsts[story := one.article.story] >= start}
    told = topics_of(((one.article.story, one.topics) for one in rows), originals)
    topics = _added([*(part.topics for part in stretches), told])
    return PressCounts(
        by_source=_added(
            [*(part.writers for part in stretches), writers_of((one.article for one in rows), originals)]
        ),
        by_topic=dict(sorted(topics.items())),
        originals=sum(part.originals for part in stretches) + len(originals),
    )


def _added(counts: Iterable[Mapping[K, int]]) -> dict[K, int]:
    total: dict[K, int] = {}
    for part in counts:
        for key, n in part.items():
            total[key] = total.get(key, 0) + n
    return total


def to_doc(stretch: Stretch) -> dict[str, Any]:
    """As JSON values, to be kept."""
    return {
        "originals": stretch.originals,
        "writers": dict(stretch.writers),
        "topics": dict(stretch.topics),
        "open": [
            [a.id, a.cluster, a.source, _text(a.at), bool(a.is_origin), list(one.topics)]
            for one in stretch.open
            for a in (one.article,)
        ],
    }


def stretch_of(doc: Mapping[str, Any]) -> Stretch:
    """The stretch of a document that `to_doc` made."""
    rows = (
        OpenArticle(Counting(n, cluster, SourceId(source), _at(at), origin, cluster), tuple(topics))
        for n, cluster, source, at, origin, topics in doc["open"]
    )
    return Stretch(doc["writers"], doc["topics"], doc["originals"], tuple(rows))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)  # of UTC, as it was written


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
