"""Pages read once more from the records that gave their texts: what is new in them, and the sum. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.articles.types import Extracted
from monitor.core.ids import ArticleId, PageUrl
from monitor.core.text import content_hash, shorten
from monitor.crawl.decide_page import ReadBefore

_FUTURE_SLACK = timedelta(days=1)  # as for a page that is read the first time
_LINE = 100  # characters of a line that is shown
_LINES = 4  # of each side of a sample
_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """One article that was read again. `before` None: it has another text than it was compared with."""

    article: ArticleId
    url: PageUrl
    before: ReadBefore | None
    found: Extracted | None  # as `news_of` gives it
    is_corrected: bool = False  # a person has spoken of it


@dataclass(frozen=True, slots=True)
class Sample:
    """One difference as people read it: lines that go, lines that come."""

    article: ArticleId
    url: PageUrl
    gone: tuple[str, ...]
    new: tuple[str, ...]
    size: int  # characters of title and text that go and come


@dataclass(frozen=True, slots=True)
class Difference:
    """What reading again would change. One article may count under several of text, title and date."""

    pages: int = 0
    same: int = 0
    longer: int = 0
    shorter: int = 0
    reworded: int = 0  # other words in as many characters
    retitled: int = 0
    redated: int = 0
    unread: dict[str, int] = field(default_factory=dict)  # reason -> pages that keep the text they have
    overtaken: int = 0  # they have another text by now
    corrected: tuple[ArticleId, ...] = ()  # a person has spoken of them, and they would change
    samples: tuple[Sample, ...] = ()  # the largest differences

    @property
    def changes(self) -> int:
        """Articles that would change, the corrected among them."""
        return self.pages - self.same - self.overtaken - sum(self.unread.values())


def news_of(before: ReadBefore, read: Extracted, taken_at: datetime) -> Extracted | None:
    """What a second reading says otherwise than the first; None where it says the same.

    Title and text decide, by their hash, and the date: it is None where it stays as it was. A reading without
    a date, or with one that lies behind the day on which the page was archived, leaves the date alone.
    """
    if read.reason is not None:
        return read
    title = read.title or before.title
    is_same = content_hash(title, read.text) == before.content_hash
    at = read.published_at
    is_dated = at is not None and at != before.published_at and at <= taken_at + _FUTURE_SLACK
    if is_same and not is_dated:
        return None
    found = replace(read, title=title) if not is_same else replace(read, title=before.title, text=before.text)
    return found if is_dated else replace(found, published_at=None, published_from="")


def difference(seen: Iterable[Seen]) -> Difference:
    """All readings together; they are looked at one by one and not held."""
    n: Counter[str] = Counter()
    unread: Counter[str] = Counter()
    corrected: list[ArticleId] = []
    samples: list[Sample] = []
    for one in seen:
        n["pages"] += 1
        if one.before is None:
            n["overtaken"] += 1
        elif one.found is None:
            n["same"] += 1
        elif one.found.reason is not None:
            unread[one.found.reason.value] += 1
        else:
            n.update(_kinds(one.before, one.found))
            samples = _largest([*samples, _sample(one, one.before, one.found)])
            if one.is_corrected:
                corrected.append(one.article)
    return Difference(
        **n, unread=dict(sorted(unread.items())), corrected=tuple(corrected), samples=tuple(samples)
    )


def _kinds(before: ReadBefore, found: Extracted) -> list[str]:
    kinds = []
    if found.text != before.text:
        more = len(found.text) - len(before.text)
        kinds.append("longer" if more > 0 else "shorter" if more < 0 else "reworded")
    if found.title != before.title:
        kinds.append("retitled")
    if found.published_at is not None:
        kinds.append("redated")
    return kinds


def _largest(samples: list[Sample]) -> list[Sample]:
    return sorted(samples, key=lambda sample: (-sample.size, sample.article))[:_SAMPLES]


def _sample(one: Seen, before: ReadBefore, found: Extracted) -> Sample:
    old, new = _lines(before.title, before.text), _lines(found.title, found.text)
    gone, come = _but(old, new), _but(new, old)
    size = sum(map(len, gone)) + sum(map(len, come))
    if found.published_at is not None:
        gone.append(f"published {before.published_at}")
        come.append(f"published {found.published_at}")
    return Sample(one.article, one.url, _shown(gone), _shown(come), size)


def _lines(title: str, text: str) -> list[str]:
    return [title, *text.split("\n")]


def _but(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    known = frozenset(others)
    return [line for line in lines if line not in known]


def _shown(lines: Sequence[str]) -> tuple[str, ...]:
    more = (f"… {len(lines) - _LINES} more lines",) if len(lines) > _LINES else ()
    return (*(shorten(line, _LINE) for line in lines[:_LINES]), *more)
