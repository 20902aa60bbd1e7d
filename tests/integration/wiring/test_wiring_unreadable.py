"""A file of config/ that no reader can take is refused by its name, never with a traceback."""

import shutil
from pathlib import Path

import pytest

from monitor.articles.lemmas import load_endings
from monitor.core.errors import MonitorError
from monitor.core.shipped import config_dir
from monitor.register.load import load_register
from monitor.register.types import Register
from tests.config_readers import READERS

DEEP = "x = " + "[" * 100_000
LONG = "x = " + "9" * 5_000


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register(config_dir())


@pytest.mark.parametrize(
    "content", [DEEP, DEEP.removeprefix("x = "), LONG], ids=["deep", "deep JSON", "long"]
)
@pytest.mark.parametrize("name", sorted(READERS))
def test_lists_in_lists_and_endless_numbers_are_refused(
    tmp_path: Path, register: Register, name: str, content: str
) -> None:
    config = tmp_path / "config"
    shutil.copytree(config_dir(), config)
    (config / name).write_text(content, "utf-8")
    with pytest.raises(MonitorError) as refused:
        READERS[name](config, register)
    assert str(config / name) in str(refused.value)


def test_an_infinite_number_in_the_table_of_endings_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stems.toml"
    path.write_text('[be]\nendings = ["а"]\nbecomes = []\nleast = inf\n', "utf-8")
    with pytest.raises(MonitorError, match=r"stems\.toml"):
        load_endings(path)


@pytest.mark.parametrize("name", sorted(name for name in READERS if name.endswith(".toml")))
def test_a_mark_that_an_editor_puts_before_a_file_is_passed_over(
    tmp_path: Path, register: Register, name: str
) -> None:
    config = tmp_path / "config"
    shutil.copytree(config_dir(), config)
    (config / name).write_text((config / name).read_text("utf-8"), "utf-8-sig")
    assert READERS[name](config, register) is not None
