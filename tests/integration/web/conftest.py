"""Worlds of pages: on both databases where something is written, on SQLite where a page is the matter."""

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from monitor.core import passwords
from monitor.core.db import Db
from monitor.core.settings import Settings, load_settings
from monitor.core.shipped import config_dir
from tests.web_world import World, world


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are kept in a weaker way than in life, where each takes half a second."""
    weak = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    monkeypatch.setattr(passwords, "_hasher", lambda: weak)


@pytest.fixture(scope="session")
def plain_settings() -> Settings:
    """The shipped settings without the environment."""
    return load_settings(config_dir() / "settings.toml", environment=False)


@pytest.fixture
def place(db: Db, tmp_path: Path, plain_settings: Settings) -> World:
    """An installation on each database, its public form closed."""
    return world(db, tmp_path, settings=plain_settings)


@pytest.fixture
def quick_db(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Db]:
    """A migrated SQLite file of one's own."""
    path = tmp_path / "quick.sqlite"
    shutil.copy(migrated_sqlite, path)
    db = Db(f"sqlite:///{path}")
    yield db
    db.close()


@pytest.fixture
def made(quick_db: Db, tmp_path: Path, plain_settings: Settings) -> Callable[..., World]:
    """Makes an installation on SQLite; arguments as `tests.web_world.world`."""
    return partial(world, quick_db, tmp_path, settings=plain_settings)


@pytest.fixture
def quick(made: Callable[..., World]) -> World:
    """An installation on SQLite."""
    return made()
