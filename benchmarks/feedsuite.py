"""Our feed reader over feedparser's own test files, which the person who runs this brings.

    python -m benchmarks.feedsuite FOLDER

Our reader must find at least the entries that feedparser finds in each file, and crash on none. An item
without an address can be no article: it counts as found when it stands among the rejected, with its reason.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import feedparser

from monitor.core.months import load_months
from monitor.core.shipped import config_dir
from monitor.crawl.feeds import FEED_TYPES

_BASE = "http://feed.example/feed"
_SUFFIXES = {".xml", ".rss", ".atom", ".rdf", ".json"}


def main(folder: Path) -> int:
    """Print each file that falls short and the totals; 1 when there is one."""
    months = load_months(config_dir() / "languages")
    n_files = n_theirs = n_ours = n_bad = 0
    for path in sorted(p for p in folder.rglob("*") if p.suffix in _SUFFIXES):
        body = path.read_bytes()
        try:
            read = FEED_TYPES["json" if path.suffix == ".json" else "rss"](
                body, base_url=_BASE, content_type="", zone=ZoneInfo("Europe/Minsk"), now=datetime.now(UTC),
                rules={}, months=months,
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001 - any crash is what is looked for
            n_bad += 1
            print(f"{path.relative_to(folder)}: crashed: {error!r}")
            continue
        theirs, ours = len(feedparser.parse(body).entries), len(read.entries) + len(read.rejected)
        n_files, n_theirs, n_ours = n_files + 1, n_theirs + theirs, n_ours + ours
        if ours < theirs:
            n_bad += 1
            print(f"{path.relative_to(folder)}: {ours} of {theirs}: {read.reason} {read.detail}")
    print(f"{n_files} files: feedparser finds {n_theirs} entries, we find {n_ours}; {n_bad} files fall short")
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
