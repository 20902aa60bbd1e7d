"""Work on pages and articles that lie in files: nothing is fetched and nothing stored."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from monitor.articles.adhoc import StoredPage, answers
from monitor.articles.rawpage import RawPage
from monitor.articles.types import Extracted
from monitor.core.workers import Unread
from monitor.linking.adhoc import Tagger
from monitor.linking.mentions import name_features
from monitor.wiring.app import App


def extract_stored(app: App, lines: Iterable[bytes], folder: Path) -> Iterator[dict[str, Any]]:
    """Answers to JSON lines `{id, url, path}`; dates without a zone are in the newsroom's."""
    zone, now, pool = str(app.zone), app.clock(), app.extractor

    def read(page: StoredPage) -> Future[Extracted | Unread]:
        return pool.submit(RawPage(page.body, page.url, zone, now))

    return answers(lines, folder, read=read, max_bytes=app.settings.crawl.max_page_bytes)


def tagger(app: App) -> Tagger:
    """Ad hoc tagging without a database."""
    return Tagger(
        classifier=app.classifier,
        find=app.find,
        link=app.linker.link,
        name_features=lambda mentions: name_features(mentions, app.register.places),
        language=lambda title, text: app.language(f"{title}\n{text}"),
        region=app.region,
    )
