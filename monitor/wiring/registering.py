"""The register brought in from a file: checked whole, compared, and only then written into config/."""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from monitor.core.accounts import User
from monitor.core.audit_log import COMMAND_LINE, Action, list_actions, log_action
from monitor.core.errors import InputError, OutsideError, UsageError
from monitor.register.columns import line_of
from monitor.register.exchange import Edits, as_lines, check_rows, compare, read_register, stored
from monitor.register.types import Register
from monitor.wiring.app import App
from monitor.wiring.relinking import Standing, settle

log = structlog.get_logger()


_LOOKED_THROUGH = 200  # edits of the log, the newest first


class StaleError(UsageError):
    """A row that somebody else has changed since it was opened."""


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


def take_in(app: App, path: Path, *, by: User | str = COMMAND_LINE) -> Imported:
    """Have the rows of a file replace the register of config/, and count where no link depends on it.

    `by`: who says so, for the log.
    Errors: InputError with every bad row; UsageError without a home; OutsideError when the home cannot
    be written. After any error config/ is as it was.
    """
    _require_home(app)
    with _alone(app):
        register, rows = read_register(path, app.home.config)
        done = _taken(app, register, rows)
    _log(app, by, f"{path.name}: {_counted(done.edits)}", done)
    return done


def mark_of(raw: Mapping[str, Any]) -> str:
    """What a row looked like when somebody opened it: another mark, and it has been changed since."""
    return hashlib.sha256(line_of(raw).encode()).hexdigest()[:32]


def preview_row(app: App, raw: Mapping[str, Any]) -> Imported:
    """What one row in place of the one with its id would change; nothing is written.

    Errors: InputError with every reason; UsageError when there is no row of that id.
    """
    rows = _with_row(rows_of(app), raw)
    return Imported(check_rows(rows, app.home.config), compare(rows_of(app), rows), None)


def edit(app: App, raw: Mapping[str, Any], *, based_on: str, by: User) -> Imported:
    """Have one row replace the one with its id in config/, as `take_in` does with all.

    `based_on`: the mark of the row that was edited. Errors: as `take_in`; StaleError when somebody else has
    changed the row in the meantime.
    """
    _require_home(app)
    with _alone(app):
        held = rows_of(app)
        rows = _with_row(held, raw)
        if mark_of(next(one for one in held if one["id"] == raw["id"])) != based_on:
            raise StaleError(f"{raw['id']} was changed by somebody else")
        done = _taken(app, check_rows(rows, app.home.config), rows)
    _log(app, by, raw["id"], done)
    return done


def _with_row(rows: Sequence[dict[str, Any]], raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not any(one["id"] == raw["id"] for one in rows):
        raise UsageError(f"there is no agreement {raw['id']!r}")
    return [dict(raw) if one["id"] == raw["id"] else one for one in rows]


def _require_home(app: App) -> None:
    if not app.home.exists:
        raise UsageError(f"{app.home.root} is no home folder: run `monitor --home {app.home.root} init`")


def _taken(app: App, register: Register, rows: Sequence[dict[str, Any]]) -> Imported:
    edits = compare(_before(app), rows)
    file = _file(app)
    before = file.read_bytes()
    _replace(file, as_lines(rows))
    try:
        standing = settle(app)
    except Exception:
        _replace(file, before)
        raise
    return Imported(register, edits, standing)


def last_editor(app: App, number: str) -> str:
    """Who changed an agreement last on its page; empty where the log does not tell, as after an import."""
    with app.ready_db.reading() as tx:
        edits = list_actions(tx, limit=_LOOKED_THROUGH, action=Action.REGISTER_EDIT)
    known = {str(key) for key in app.register.agreements}
    for one in edits:
        what = one.subject.partition(": ")[0]
        if what == number:
            return one.who
        if what not in known:
            return ""  # a file, which may have changed any row
    return ""


def _log(app: App, by: User | str, what: str, done: Imported) -> None:
    with app.ready_db.begin() as tx:
        log_action(tx, by, Action.REGISTER_EDIT, f"{what}: {done.register.version}", app.clock())


def _counted(edits: Edits) -> str:
    return f"{len(edits.added)} added, {len(edits.changed)} changed, {len(edits.removed)} removed"


def _file(app: App) -> Path:
    return app.home.config / "register" / "agreements.jsonl"


@contextmanager
def _alone(app: App) -> Iterator[None]:
    """One writer of the register at a time, in whatever process: no row is lost between read and write.

    Errors: OutsideError where the home cannot be written.
    """
    lock = app.home.root / "register.lock"
    try:
        held = lock.open("wb")
    except OSError as error:
        raise OutsideError(f"{lock}: cannot be written: {error.strerror or error}") from error
    with held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


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
        with suppress(OSError):  # a folder that takes no file lets none go either
            partial.unlink(missing_ok=True)
        raise OutsideError(f"{file}: cannot be written: {error.strerror}") from error
