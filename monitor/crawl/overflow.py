"""When every item of a poll is new: whether another list of the source shows what scrolled off. Pure."""

from collections.abc import Collection, Sequence
from datetime import datetime

from monitor.core.ids import PageUrl
from monitor.crawl.types import Entry, FeedState

MOST_ASKED = 3  # other feeds of a source that are looked at for one hole
_REACH = 2  # old items that a list must show: one alone may be pinned to its top
# Lists that reach far back come first; a channel has its own stories
_ORDER = ("html_list", "sitemap", "json", "rss")


def lists_beside(feeds: Sequence[tuple[str, FeedState]], overflown: FeedState) -> list[FeedState]:
    """The source's other feeds to look at, given as (kind, state), in the order of their reach."""
    others = [one for one in feeds if one[1].feed_url != overflown.feed_url and one[0] in _ORDER]
    others.sort(key=lambda one: _ORDER.index(one[0]))
    return [state for _, state in others[:MOST_ASKED]]


def closes(
    listed: Sequence[Entry], known: Collection[PageUrl], new: Sequence[Entry], last_ok_at: datetime | None
) -> bool:
    """True when a list shows stories of the overflow and reaches back behind the poll before it.

    `listed`: the other list's entries, `known` those of them that we had before; `new`: the overflow's.
    """
    urls = {entry.url for entry in new}
    if not any(entry.url in urls for entry in listed):
        return False  # of another part of the site
    old = [
        entry
        for entry in listed
        if entry.url in known
        or (last_ok_at is not None and entry.published_at is not None and entry.published_at <= last_ok_at)
    ]
    return len(old) >= _REACH
