"""The search of one installation: its words, its index, its sources."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from monitor.articles.lemmas import FILE, Lemmas, Readings, load_endings
from monitor.articles.search import index_due
from monitor.core.counts import Counts
from monitor.core.progress import Progress, silent
from monitor.core.shipped import config_dir
from monitor.wiring.app import App

_LIKELY = 0.02  # share of a word's readings: rarer ones bring more chance hits than finds

_AT_ONCE = 20_000  # articles in a run, about a minute: other work of the lane waits for it


@lru_cache(maxsize=1)
def russian() -> Readings:
    """Normal forms by the dictionary, the likeliest first."""
    import pymorphy3  # 0.1 s and 20 MB: only where something is searched

    analyzer: Any = pymorphy3.MorphAnalyzer()

    def readings(word: str) -> Sequence[str]:
        found: dict[str, float] = {}
        for one in analyzer.parse(word):  # one reading a case and number: those of a word count together
            found[one.normal_form] = found.get(one.normal_form, 0.0) + one.score
        return [form for form, share in sorted(found.items(), key=lambda pair: -pair[1]) if share >= _LIKELY]

    return readings


def lemmas(app: App) -> Lemmas:
    """What brings words to one form; tables of this home, of the program where it has none. Made once."""
    held: Lemmas | None = app.__dict__.get("_lemmas")
    if held is None:
        own = app.home.config / FILE
        tables, mark = load_endings(own if own.exists() else config_dir() / FILE)
        held = app.__dict__["_lemmas"] = Lemmas(tables, russian(), f"{mark} {version('pymorphy3-dicts-ru')}")
    return held


def index(app: App, progress: Progress = silent) -> Counts:
    """Have the search read articles that it does not know, so many at once. Counts: indexed, forgotten."""
    return index_due(db=app.ready_db, lemmas=lemmas(app), zone=app.zone, limit=_AT_ONCE, progress=progress)
