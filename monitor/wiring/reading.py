"""The processes that read what strangers wrote, as the settings and the home's configuration want them."""

import os
from pathlib import Path

from monitor.articles.boilerplate import load_page_rules
from monitor.articles.pool import ExtractPool
from monitor.articles.rawpage import ReadingRules
from monitor.core.months import load_months
from monitor.core.settings import Extract
from monitor.crawl.feedpool import FeedPool


def reading_rules(config: Path) -> ReadingRules:
    """What reading takes besides the page. Errors: InputError."""
    return ReadingRules(load_page_rules(config / "boilerplate.toml"), load_months(config / "languages"))


def extract_pool(settings: Extract, config: Path) -> ExtractPool:
    """Readers of pages; the first process starts with the first page. Errors: InputError."""
    return ExtractPool(
        reading_rules(config),
        workers=_workers(settings),
        deadline_s=settings.deadline_s,
        memory_mb=settings.memory_mb,
    )


def feed_pool(settings: Extract, config: Path) -> FeedPool:
    """Readers of feeds and lists; the first process starts with the first. Errors: InputError."""
    return FeedPool(
        load_months(config / "languages"),
        workers=_workers(settings),
        deadline_s=settings.deadline_s,
        memory_mb=settings.memory_mb,
    )


def _workers(settings: Extract) -> int:
    return settings.workers or os.cpu_count() or 1
