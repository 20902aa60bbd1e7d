"""The register of config/ after an import that fails half-way."""

import errno
import os
from pathlib import Path

import pytest

from monitor.core.errors import ModelError, OutsideError
from monitor.wiring import App
from monitor.wiring.registering import take_in


def test_an_import_that_cannot_be_settled_leaves_the_register_as_it_was(app: App, tmp_path: Path) -> None:
    file = app.home.config / "register" / "agreements.jsonl"
    before = file.read_bytes()
    edited = tmp_path / "edited.jsonl"
    edited.write_bytes(before.replace(b'"notes": "', b'"notes": "seen: ', 1))
    assert edited.read_bytes() != before
    (app.home.config / "linking_model.json").write_text("{}", "utf-8")
    with pytest.raises(ModelError):
        take_in(app, edited)
    assert file.read_bytes() == before
    assert not list(file.parent.glob("*.partial"))


def test_a_folder_that_can_be_read_only_is_told_as_such(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = app.home.config / "register" / "agreements.jsonl"
    edited = tmp_path / "edited.jsonl"
    edited.write_bytes(file.read_bytes().replace(b'"notes": "', b'"notes": "seen: ', 1))

    def refused(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr(Path, "replace", refused)
    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(OutsideError, match=": cannot be written: Read-only file system"):
        take_in(app, edited)
