"""An installation as `init` and `migrate` leave it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.core import schema
from monitor.core.home import Home
from monitor.wiring import App


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    home = Home(tmp_path / "home")
    home.create()
    app = App(home, environment=False)
    schema.upgrade(app.db)
    yield app
    app.close()
