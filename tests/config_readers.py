"""How each file of config/ is read, for the tests that put other things into them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitor.articles.audit_plan import load_audit_plan
from monitor.articles.boilerplate import load_page_rules
from monitor.articles.lemmas import load_endings
from monitor.articles.marks import load_marks
from monitor.core.months import load_months
from monitor.core.settings import load_settings
from monitor.crawl.sources import load_restricted, load_sources
from monitor.gaps.calendar import load_calendar
from monitor.linking.cues import load_cues
from monitor.linking.weights import load_link_model
from monitor.linking.wording import load_link_words
from monitor.register.load import load_topics
from monitor.register.nametable import load_adjectives, load_grammar
from monitor.register.norms import load_norms
from monitor.register.taxonomy import load_changes
from monitor.register.types import Register

# by its name in the folder; given the folder and a register that was loaded while it was whole
READERS: dict[str, Callable[[Path, Register], Any]] = {
    "audit.toml": lambda config, _: load_audit_plan(config / "audit.toml"),
    "boilerplate.toml": lambda config, _: load_page_rules(config / "boilerplate.toml"),
    "calendar.toml": lambda config, _: load_calendar(config / "calendar.toml"),
    "languages/adjectives.toml": lambda config, _: load_adjectives(config),
    "languages/be.toml": lambda config, _: (
        load_marks(config / "languages"),
        load_months(config / "languages"),
    ),
    "languages/context.toml": lambda config, _: load_cues(config),
    "languages/lv_inflection.toml": lambda config, _: load_grammar(config),
    "linking.toml": lambda config, _: load_link_words(config),
    "linking_model.json": lambda config, _: load_link_model(config),
    "norms.toml": lambda config, _: load_norms(config / "norms.toml"),
    "restricted.toml": lambda config, _: load_restricted(config / "restricted.toml"),
    "settings.toml": lambda config, _: load_settings(config / "settings.toml", environment=False),
    "sources/pl.toml": lambda config, held: load_sources(config / "sources", held.places),
    "stems.toml": lambda config, _: load_endings(config / "stems.toml"),
    "taxonomy_changes.toml": lambda config, held: load_changes(config / "taxonomy_changes.toml", held.topics),
    "topics.toml": lambda config, _: load_topics(config / "topics.toml"),
}
