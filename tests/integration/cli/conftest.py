"""One walked demo and one fresh home a session; tests that break something get a copy."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.demo.walk import Plan, Walked, walk
from monitor.linking.mentions import Finder
from monitor.wiring import App
from monitor.wiring.parts import FromRegister
from tests.command import monitor
from tests.quick_model import learning_quickly

PLAN = Plan(days=3, outlets=3, items=200, model="ngram")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable, folder or cache of the machine takes part."""
    for name in [name for name in os.environ if name.startswith("MONITOR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MONITOR_MODEL__KIND", "ngram")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user-cache"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture(scope="session", autouse=True)
def _one_finder() -> Iterator[None]:
    """Calls that look for the same names share the automaton of their forms: it takes seconds to make."""
    make, held = App.__dict__["finder"].func, dict[tuple[str, bytes], Finder]()

    def shared(app: App) -> Finder:
        words = sorted((app.home.config / "languages").iterdir())
        key = (app.register.version, b"".join(path.read_bytes() for path in words))
        if key not in held:
            held[key] = make(app)
        return held[key]

    with pytest.MonkeyPatch.context() as patch:
        prop = FromRegister(shared)
        prop.__set_name__(App, "finder")
        patch.setattr(App, "finder", prop)
        yield


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    """Three days of three outlets, with the n-gram model that all tests here use."""
    folder = tmp_path_factory.mktemp("walked")
    with learning_quickly(folder):
        return walk(folder / "demo", PLAN)


@pytest.fixture(scope="session")
def _fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("fresh") / "home"
    said = monitor("init", home=home)
    assert said.code == 0, said.err
    return home


@pytest.fixture
def home(_fresh: Path, tmp_path: Path) -> Path:
    """A home as `init` leaves it."""
    return Path(shutil.copytree(_fresh, tmp_path / "home"))


@pytest.fixture
def tagging_home(home: Path, walked: Walked) -> Path:
    """A home with a trained model and the table of name forms."""
    for name in ("models", "cache"):
        (home / name).symlink_to(walked.home.root / name)
    return home


@pytest.fixture
def demo_home(walked: Walked, tmp_path: Path) -> Path:
    """A walked demo of one's own."""
    return Path(shutil.copytree(walked.home.root, tmp_path / "demo"))
