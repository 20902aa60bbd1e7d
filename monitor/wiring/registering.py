"""The register brought in from a file: checked whole, compared, and only then written into config/."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from monitor.core.errors import InputError, OutsideError, UsageError
from monitor.register.exchange import Edits, as_lines, compare, read_register, stored
from monitor.register.types import Register
from monitor.wiring.app import App
from monitor.wiring.relinking import Standing, settle

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file would bring or has brought."""

    register: Register
    edits: Edits
    standing: Standing | None  # None: nothing was written


def preview(app: App, path: Path) -> Imported:
    """What a file would change; nothing is written. Errors: InputError with every bad row; UsageError."""
    register, rows = read_register(path, app.home.config)
    return Imported(register, compare(_before(app), rows), None)


def take_in(app: App, path: Path) -> Imported:
    """Have the rows of a file replace the register of config/, and count where no link depends on it.

    Errors: InputError with every bad row; UsageError without a home; OutsideError when config/ cannot be
    written. After any error config/ is as it was.
    """
    if not app.home.exists:
        raise UsageError(f"{app.home.root} is no home folder: run `monitor --home {app.home.root} init`")
    register, rows = read_register(path, app.home.config)
    edits = compare(_before(app), rows)
    file = app.home.config / "register" / "agreements.jsonl"
    before = file.read_bytes()
    _replace(file, as_lines(rows))
    try:
        standing = settle(app)
    except Exception:
        _replace(file, before)
        raise
    return Imported(register, edits, standing)


def rows_of(app: App) -> Sequence[dict[str, Any]]:
    """The rows of config/ as an export gives them. Errors: InputError."""
    return stored(app.home.config)


def _before(app: App) -> list[dict[str, Any]]:
    """The rows of config/; none where they cannot be read, which is what an import may be there to mend."""
    try:
        return stored(app.home.config)
    except InputError as error:
        log.warning("register_of_config_refused", problems=len(error.problems))
        return []


def _replace(file: Path, content: bytes) -> None:
    """A file whole or as it was. Errors: OutsideError."""
    partial = file.with_name(f"{file.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutsideError(f"{file}: cannot be written: {error.strerror}") from error
