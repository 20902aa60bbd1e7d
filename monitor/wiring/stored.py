"""Work on pages that lie in files: nothing is fetched and nothing stored."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from monitor.articles.adhoc import StoredPage, answers
from monitor.articles.boilerplate import load_page_rules
from monitor.articles.extract import extract_page
from monitor.articles.types import Extracted
from monitor.core.months import load_months
from monitor.wiring.app import App


def extract_stored(app: App, lines: Iterable[bytes], folder: Path) -> Iterator[dict[str, Any]]:
    """Answers to JSON lines `{id, url, path}`; dates without a zone are in the newsroom's."""
    rules = load_page_rules(app.home.config / "boilerplate.toml")
    months = load_months(app.home.config / "languages")
    zone, now, detect = str(app.zone), app.clock(), app.language

    def extract(page: StoredPage) -> Extracted:
        return extract_page(
            page.body,
            url=page.url,
            content_type="",
            source_zone=zone,
            feed_title="",
            feed_summary="",
            feed_text="",
            feed_published=None,
            now=now,
            detect=detect,
            rules=rules,
            months=months,
        )

    return answers(lines, folder, extract=extract, max_bytes=app.settings.crawl.max_page_bytes)
