"""The home folder: what it holds, how it is made, where things lie without one."""

from pathlib import Path

import pytest

from monitor.core.db import Db
from monitor.core.errors import OutsideError
from monitor.core.home import Home
from monitor.core.shipped import config_dir


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_home_is_made_once_with_a_copy_of_the_shipped_config(tmp_path: Path) -> None:
    home = Home(tmp_path / "a" / "b")
    assert home.create() is True
    assert files(home.config) == files(config_dir())
    home.settings_file.write_text("mine")
    assert home.create() is False
    assert home.settings_file.read_text() == "mine"


def test_what_a_cut_off_copy_left_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "config.partial").mkdir()
    (tmp_path / "config.partial" / "old").write_text("half")
    home = Home(tmp_path)
    assert not home.exists
    home.create()
    assert files(home.config) == files(config_dir())
    assert [path.name for path in tmp_path.iterdir()] == ["config"]


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsideError, match=r"file/home: cannot be written \(Not a directory\).*--home"):
        Home(tmp_path / "file" / "home").create()


def test_with_a_home_everything_lies_in_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (tmp_path / "config").mkdir()
    assert (home.config, home.cache, home.models, home.settings_file) == (
        tmp_path / "config", tmp_path / "cache", tmp_path / "models", tmp_path / "config" / "settings.toml",
    )  # fmt: skip


def test_without_one_the_shipped_config_and_the_users_cache_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "nowhere")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert (home.config, home.settings_file) == (config_dir(), config_dir() / "settings.toml")
    assert home.cache == tmp_path / "xdg" / "coverage-monitor" / "cache"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home.models == tmp_path / ".cache" / "coverage-monitor" / "models"


@pytest.mark.parametrize(
    ("url", "placed"),
    [
        ("sqlite:///monitor.sqlite", "sqlite:///{root}/monitor.sqlite"),
        ("sqlite:///data/a.sqlite?timeout=5", "sqlite:///{root}/data/a.sqlite?timeout=5"),
        ("sqlite:////srv/monitor.sqlite", "sqlite:////srv/monitor.sqlite"),
        ("sqlite:///file:/srv/a.sqlite?mode=ro&uri=true", "sqlite:///file:/srv/a.sqlite?mode=ro&uri=true"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite://", "sqlite://"),
        ("postgresql://user@host/name", "postgresql://user@host/name"),
    ],
)
def test_only_a_relative_sqlite_path_is_placed_in_the_home(tmp_path: Path, url: str, placed: str) -> None:
    assert Home(tmp_path).database_url(url) == placed.format(root=tmp_path)


@pytest.mark.parametrize("name", ["Мой монитор", "a?b", "100%41", "a#b"])
def test_a_home_of_any_name_holds_its_database_and_is_told_by_that_name(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path / name)
    home.root.mkdir()
    db = Db(home.database_url("sqlite:///monitor.sqlite"))
    with db.begin() as tx:
        tx.exec_driver_sql("CREATE TABLE t (a)")
    assert db.file == home.root / "monitor.sqlite"
    assert db.file.is_file()
    assert db.shown_url == f"sqlite:///{home.root}/monitor.sqlite"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    db.close()


def test_a_user_without_a_folder_is_told_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", none)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    with pytest.raises(OutsideError, match="set HOME or XDG_CACHE_HOME"):
        _ = Home(tmp_path / "nowhere").cache
