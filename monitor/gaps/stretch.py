"""What was counted of the press in a stretch of time, and stretches put together. Pure.

Most stories lie wholly inside a stretch and are numbers; those that reach beyond it, by a copy or a
translation, stay rows, so that the sum over stretches is what counting all the time at once gives.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from monitor.core.ids import SourceId, TopicId
from monitor.crawl.rhythm import Published
from monitor.gaps.readings import Pages

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
class Listed:
    """What the sources listed in a stretch: pages and what became of them, and their days with items."""

    pages: Mapping[SourceId, Pages]
    days: Mapping[SourceId, Sequence[Published]]


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


def topics_of(articles: Iterable[OpenArticle], originals: set[int]) -> dict[TopicId, int]:
    """Originals that carry each topic, by any of their articles."""
    found: dict[TopicId, set[int]] = {}
    for one in articles:
        if one.article.story in originals:
            for topic in one.topics:
                found.setdefault(topic, set()).add(one.article.story)
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
    topics = _added([*(part.topics for part in stretches), topics_of(rows, originals)])
    return PressCounts(
        by_source=_added(
            [*(part.writers for part in stretches), writers_of((one.article for one in rows), originals)]
        ),
        by_topic=dict(sorted(topics.items())),
        originals=sum(part.originals for part in stretches) + len(originals),
    )


def listed_together(parts: Sequence[Listed]) -> Listed:
    """Stretches in time order; a day that was cut by their edge is one day again."""
    pages: dict[SourceId, Pages] = {}
    days: dict[SourceId, list[Published]] = {}
    for part in parts:
        for source, found in part.pages.items():
            pages[source] = _more_pages(pages[source], found) if source in pages else found
        for source, published in part.days.items():
            known = days.setdefault(source, [])
            for day in published:
                if known and known[-1].last_at.date() == day.first_at.date():
                    known[-1] = Published(known[-1].first_at, day.last_at, known[-1].items + day.items)
                else:
                    known.append(day)
    return Listed(pages, days)


def _more_pages(one: Pages, other: Pages) -> Pages:
    return Pages(
        one.listed + other.listed,
        one.unread + other.unread,
        one.judged + other.judged,
        dict(sorted(_added([one.reasons, other.reasons]).items())),
    )


def _added(counts: Iterable[Mapping[K, int]]) -> dict[K, int]:
    total: dict[K, int] = {}
    for part in counts:
        for key, n in part.items():
            total[key] = total.get(key, 0) + n
    return total


def to_doc(stretch: Stretch, listed: Listed) -> dict[str, Any]:
    """Both as JSON values, to be kept."""
    return {
        "originals": stretch.originals,
        "writers": dict(stretch.writers),
        "topics": dict(stretch.topics),
        "open": [
            [a.id, a.cluster, a.source, _text(a.at), bool(a.is_origin), list(one.topics)]
            for one in stretch.open
            for a in (one.article,)
        ],
        "pages": {s: [p.listed, p.unread, p.judged, dict(p.reasons)] for s, p in listed.pages.items()},
        "days": {
            source: [[_text(day.first_at), _text(day.last_at), day.items] for day in days]
            for source, days in listed.days.items()
        },
    }


def stretch_of(doc: Mapping[str, Any]) -> Stretch:
    """The stretch of a document that `to_doc` made."""
    rows = (
        OpenArticle(Counting(n, cluster, SourceId(source), _at(at), origin, cluster), tuple(topics))
        for n, cluster, source, at, origin, topics in doc["open"]
    )
    return Stretch(doc["writers"], doc["topics"], doc["originals"], tuple(rows))


def listed_of(doc: Mapping[str, Any], *, pages: bool = True, days: bool = True) -> Listed:
    """What was listed, of a document that `to_doc` made; only pages or only days where that will do."""
    told = doc["days"].items() if days else ()
    at = datetime.fromisoformat
    return Listed(
        pages={SourceId(s): Pages(*p) for s, p in doc["pages"].items()} if pages else {},
        days={
            SourceId(source): [Published(at(first), at(last), items) for first, last, items in found]
            for source, found in told
        },
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)  # of UTC, as it was written


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
