"""A file of config/ that no reader can take is refused by its name, never with a traceback."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.articles.boilerplate import load_page_rules
from monitor.articles.lemmas import load_endings
from monitor.core.errors import MonitorError
from monitor.core.months import load_months
from monitor.core.settings import load_settings
from monitor.core.shipped import config_dir
from monitor.gaps.calendar import load_calendar
from monitor.linking.cues import load_cues
from monitor.linking.weights import load_link_model
from monitor.linking.wording import load_link_words
from monitor.register.nametable import load_adjectives, load_grammar

DEEP = "x = " + "[" * 100_000
LONG = "x = " + "9" * 5_000
READERS: dict[str, Callable[[Path], Any]] = {
    "boilerplate.toml": lambda config: load_page_rules(config / "boilerplate.toml"),
    "calendar.toml": lambda config: load_calendar(config / "calendar.toml"),
    "languages/adjectives.toml": load_adjectives,
    "languages/be.toml": lambda config: load_months(config / "languages"),
    "languages/context.toml": load_cues,
    "languages/lv_inflection.toml": load_grammar,
    "linking.toml": load_link_words,
    "linking_model.json": load_link_model,
    "settings.toml": lambda config: load_settings(config / "settings.toml", environment=False),
    "stems.toml": lambda config: load_endings(config / "stems.toml"),
}


@pytest.mark.parametrize(
    "content", [DEEP, DEEP.removeprefix("x = "), LONG], ids=["deep", "deep JSON", "long"]
)
@pytest.mark.parametrize("name", sorted(READERS))
def test_lists_in_lists_and_endless_numbers_are_refused(tmp_path: Path, name: str, content: str) -> None:
    config = tmp_path / "config"
    shutil.copytree(config_dir(), config)
    (config / name).write_text(content, "utf-8")
    with pytest.raises(MonitorError) as refused:
        READERS[name](config)
    assert str(config / name) in str(refused.value)


def test_an_infinite_number_in_the_table_of_endings_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stems.toml"
    path.write_text('[be]\nendings = ["а"]\nbecomes = []\nleast = inf\n', "utf-8")
    with pytest.raises(MonitorError, match=r"stems\.toml"):
        load_endings(path)
