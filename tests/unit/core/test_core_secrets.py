"""A key is made once, readable by its owner only."""

import stat
from pathlib import Path

import pytest

from monitor.core.errors import OutsideError
from monitor.core.secrets import make_secret, read_secret


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "web.key"
    assert make_secret(path)
    made = read_secret(str(path), "web.key_file")
    assert len(bytes.fromhex(made)) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not make_secret(path)
    assert read_secret(str(path), "web.key_file") == made
    assert [file.name for file in tmp_path.iterdir()] == ["web.key"]


def test_two_homes_have_two_keys(tmp_path: Path) -> None:
    paths = [tmp_path / "one", tmp_path / "two"]
    assert all(make_secret(path) for path in paths)
    assert len({path.read_text("utf-8") for path in paths}) == 2


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="nowhere"):
        make_secret(tmp_path / "nowhere" / "web.key")
