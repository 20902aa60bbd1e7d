"""Opens the files of config/ that the stages read late, so that `doctor` sees a fault before a stage does."""

from collections.abc import Callable, Iterator
from pathlib import Path

from monitor.articles.boilerplate import load_page_rules
from monitor.articles.marks import load_marks
from monitor.core.errors import MonitorError
from monitor.core.months import load_months
from monitor.crawl.sources import load_restricted
from monitor.linking.cues import load_cues
from monitor.linking.weights import load_link_model
from monitor.linking.wording import load_link_words
from monitor.register.nametable import load_adjectives, load_grammar
from monitor.register.norms import load_norms

_READERS: tuple[Callable[[Path], object], ...] = (
    lambda config: load_norms(config / "norms.toml"),
    lambda config: load_restricted(config / "restricted.toml"),
    lambda config: load_page_rules(config / "boilerplate.toml"),
    lambda config: load_months(config / "languages"),
    lambda config: load_marks(config / "languages"),
    load_grammar,
    load_adjectives,
    load_cues,
    load_link_words,
    load_link_model,
)


def config_errors(config: Path) -> Iterator[MonitorError]:
    """What each file that cannot be used says; settings, register, topics and sources are not opened."""
    for read in _READERS:
        try:
            read(config)
        except MonitorError as error:
            yield error
