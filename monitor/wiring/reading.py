"""The processes that read pages, as the settings and the home's configuration want them."""

import os
from pathlib import Path

from monitor.articles.boilerplate import load_page_rules
from monitor.articles.pool import ExtractPool
from monitor.articles.rawpage import ReadingRules
from monitor.core.months import load_months
from monitor.core.settings import Extract


def extract_pool(settings: Extract, config: Path) -> ExtractPool:
    """A pool that starts its first process with the first page. Errors: InputError for refused rules."""
    return ExtractPool(
        ReadingRules(load_page_rules(config / "boilerplate.toml"), load_months(config / "languages")),
        workers=settings.workers or os.cpu_count() or 1,
        deadline_s=settings.deadline_s,
        memory_mb=settings.memory_mb,
    )
