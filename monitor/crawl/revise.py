"""Entries that were changed after their page was read: which pages are due once more, and when. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.ids import ArticleId, PageUrl, SourceId
from monitor.core.text import squeeze
from monitor.crawl.types import ChangedEntry, Entry

# Pauses before the page is asked again: an editor mends a headline several times within the hour. So three
# revisions in all; what is rewritten more often is a live page, whose last text nobody can say anyway.
PAUSES = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
YOUNG = timedelta(days=14)  # later changes are repairs of templates and archives
_LATER = timedelta(minutes=1)
_SPELLINGS = 1 + len(PAUSES)  # each of them but the first made the page due
# Lists of other kinds cut headlines or have none, so that a difference says nothing
_KINDS = frozenset({"rss", "json"})


@dataclass(frozen=True, slots=True)
class KnownPage:
    """What we have of a page that a feed lists."""

    article: ArticleId
    source_id: SourceId
    is_read: bool  # its text is there, and nothing of it is due
    first_seen_at: datetime
    listed_title: str = ""  # as its feeds had it, the last spelling first, one a line
    listed_update_at: datetime | None = None
    n_revisions: int = 0  # times it was asked for again


def changed_since(
    entries: Iterable[Entry],
    known: Mapping[PageUrl, KnownPage],
    source_id: SourceId,
    feed_kind: str,
    now: datetime,
) -> tuple[ChangedEntry, ...]:
    """The entries whose own source changed title or date of change after their page was read."""
    if feed_kind not in _KINDS:
        return ()
    found = []
    for entry in entries:
        page = known.get(entry.url)
        if page is None or page.source_id != source_id or not _may_be_asked(page, now):
            continue
        if _is_other_title(entry, page) or _is_later(entry, page):
            at = now + PAUSES[page.n_revisions]
            found.append(ChangedEntry(page.article, entry, at, _spellings(entry, page)))
    return tuple(found)


def _may_be_asked(page: KnownPage, now: datetime) -> bool:
    return page.is_read and page.n_revisions < len(PAUSES) and now - page.first_seen_at <= YOUNG


def _is_other_title(entry: Entry, page: KnownPage) -> bool:
    if not entry.title or not page.listed_title:
        return False
    # one feed of a source puts its rubric before headlines, another does not: neither is a change each time
    return _alike(entry.title) not in map(_alike, page.listed_title.split("\n"))


def _spellings(entry: Entry, page: KnownPage) -> str:
    """The headline as listed now, then as listed before."""
    found = {_alike(title): squeeze(title) for title in page.listed_title.split("\n") if title}
    first = squeeze(entry.title)
    found.pop(_alike(first), None)
    return "\n".join([title for title in (first, *found.values()) if title][:_SPELLINGS])


def last_headline(listed_title: str) -> str:
    """The headline as a feed had it last."""
    return listed_title.partition("\n")[0]


def _alike(title: str) -> str:
    return squeeze(title).casefold()


def _is_later(entry: Entry, page: KnownPage) -> bool:
    if entry.updated_at is None or page.listed_update_at is None:
        return False
    return entry.updated_at - page.listed_update_at >= _LATER
