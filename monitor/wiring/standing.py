"""The register and the link weights that the current links stand on, whatever config/ says by now.

Links belong to a version of the register. When config/ is edited, what counts stays as it was until the new
links were looked at and promoted (monitor.wiring.relinking); so what was linked with is kept in the home.
"""

import filecmp
import os
import shutil
from collections.abc import Container, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from monitor.core import runs
from monitor.core.db import Db, Tx
from monitor.core.errors import ModelError, OutsideError, StorageError
from monitor.core.home import Home
from monitor.core.ids import TopicId
from monitor.linking.weights import LinkModel, load_link_model
from monitor.register.load import load_register, load_topics
from monitor.register.taxonomy import became, load_changes
from monitor.register.types import Agreement, Register

_FILES = ("topics.toml", "linking_model.json")


class _Installed(Protocol):
    """What is used of an App, which itself is built on this file."""

    @property
    def home(self) -> Home: ...

    @property
    def ready_db(self) -> Db: ...


def standing_folder(app: _Installed) -> Path:
    """The folder to load register and link weights from: the kept one of the current links, else config/."""
    current = _current(app)
    kept = None if current is None else kept_folder(app, current)
    return kept if kept is not None and kept.is_dir() else app.home.config


def standing_register(app: _Installed) -> Register:
    """The register that counts. Topics are those of config/: what judges topics has reviews of its own."""
    folder = standing_folder(app)
    register = load_register(folder)
    if folder == app.home.config:
        return register
    topics = load_topics(app.home.config / "topics.toml")
    today = became(load_changes(app.home.config / "taxonomy_changes.toml", topics))
    rows = {a.id: replace(a, topics=_topics_today(a, today, topics)) for a in register.agreements.values()}
    return replace(register, topics=topics, agreements=rows)


def standing_weights(app: _Installed) -> LinkModel:
    """The link weights that count; those of config/ where the kept ones are of an older program.

    Errors: ModelError when those of config/ cannot be used.
    """
    folder = standing_folder(app)
    try:
        return load_link_model(folder)
    except ModelError:
        if folder == app.home.config:
            raise
        return load_link_model(app.home.config)  # linking says what to do


def _topics_today(
    agreement: Agreement, today: Mapping[TopicId, tuple[TopicId, ...]], topics: Container[TopicId]
) -> tuple[TopicId, ...]:
    """The topics of a row by their names of today, in its order."""
    named = (new for topic in agreement.topics for new in today.get(topic, (topic,)))
    return tuple(dict.fromkeys(topic for topic in named if topic in topics))


def kept_folder(app: _Installed, fingerprint: str) -> Path:
    """Where the register and weights of a version of links are kept."""
    return app.home.root / "linked" / fingerprint


def keep(app: _Installed, source: Path, fingerprint: str) -> None:
    """Keep the register and weights of `source` for a version; whole or not at all, once.

    Errors: OutsideError when the home cannot be written.
    """
    target = kept_folder(app, fingerprint)
    if target.is_dir() or source == target:
        return
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(source / "register", partial / "register")
        for name in _FILES:
            shutil.copy(source / name, partial / name)
        partial.rename(target)
    except OSError as error:
        raise OutsideError(f"{target}: cannot be written: {error.strerror or error}") from error


def is_as_kept(app: _Installed, fingerprint: str) -> bool:
    """Whether config/ holds the files that are kept for a version, byte for byte; a few milliseconds."""
    kept, given = kept_folder(app, fingerprint), app.home.config
    names = [*_FILES, *_register_files(kept), *_register_files(given)]
    return kept.is_dir() and not any(filecmp.cmpfiles(kept, given, set(names), shallow=False)[1:])


def _register_files(folder: Path) -> list[str]:
    return [f"register/{path.name}" for path in (folder / "register").glob("*")]


def forget_all_but(app: _Installed, fingerprints: set[str]) -> None:
    """Delete what is kept for other versions."""
    folder = app.home.root / "linked"
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in fingerprints:
            shutil.rmtree(path, ignore_errors=True)


def _current(app: _Installed) -> str | None:
    """The fingerprint of the current links; None without a home or a database that can be read.

    A database that is missing or broken is told by whatever needs it.
    """
    if not (app.home.root / "linked").is_dir():
        return None
    try:
        with app.ready_db.reading() as tx:
            return current_fingerprint(tx)
    except StorageError:
        return None


def current_fingerprint(tx: Tx) -> str | None:
    """The fingerprint of the current links, None before the first."""
    current = runs.current_version(tx, "link")
    return None if current is None else current.fingerprint
