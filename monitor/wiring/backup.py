"""Backup of a whole installation and its restoration: database, configuration, trained models, and the
register that current links were made with.

Secrets are not in it: files that hold passwords and keys stay where they are, and a password in the
database's URL is left out of the copied settings.
"""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from monitor import __version__
from monitor.core import schema
from monitor.core.archive import ArchiveWriter, extract, verify, writing
from monitor.core.db import Db
from monitor.core.dump import SQLITE_FILE, TableDump, dump, load, refuse_filled, row_counts
from monitor.core.errors import InputError, OutsideError, Problem, StorageError, UsageError
from monitor.core.home import Home
from monitor.core.secrets import read_secret
from monitor.core.settings import load_settings
from monitor.wiring.app import App

FORMAT = 1
_PASSWORD = re.compile(r"(?m)^(\s*url\s*=\s*[\"'][^:\"']+://[^:/@\"']*):[^@\"']*@")
_DATABASE = "database"
_LINKED = "linked"  # registers that links were made with, each in a folder that never changes
_KEPT = ("config", "models", _LINKED)  # folders of a home; its cache can be made again, its key is a secret


@dataclass(frozen=True, slots=True)
class Told:
    """What a backup holds, for the one who made or restored it."""

    path: Path
    revision: str
    kind: str  # sqlite | postgresql
    tables: int
    rows: int
    files: int


def make_backup(app: App, path: Path) -> Told:
    """Write a consistent backup while the service may go on working.

    Errors: OutsideError when `path` exists or cannot be written, StorageError.
    """
    if not app.home.exists:
        raise UsageError(f"{app.home.root} is no home folder: there is nothing to keep")
    revision = schema.current(app.ready_db)
    kind = app.db.engine.dialect.name
    _refuse_no_folder(path)
    with writing(path) as out:
        _add_files(out, app, (_LINKED,))  # before, too: a promotion meanwhile deletes what the copy needs
        tables = dump(app.db, out.scratch)
        for file in _files(out.scratch):
            out.add(f"{_DATABASE}/{file.relative_to(out.scratch)}", file)
        _add_files(out, app, _KEPT)
        out.finish(
            {
                "format": FORMAT,
                "made_at": app.clock().isoformat(),
                "program": __version__,
                "schema": revision,
                "database": kind,
                "tables": [{"name": t.name, "columns": t.columns, "rows": t.rows} for t in tables],
            }
        )
        n_files = len(out.members)
    return Told(path, str(revision), kind, len(tables), sum(t.rows for t in tables), n_files)


def restore(home: Home, path: Path, *, url: str = "") -> Told:
    """Make an empty home and an empty database into what a backup holds, after all of it was checked.

    `url` of a PostgreSQL database in place of the one that the settings of the backup name.
    Errors: InputError for a damaged or strange archive; UsageError for a home that is not empty; StorageError
    for a database that is not, or a schema that this program does not know.
    """
    facts, members = verify(path)
    told = _told(path, facts, len(members))
    if not schema.is_known(told.revision):
        raise StorageError(
            f"{path}: its schema {told.revision} is not known: it was made by a newer program; install that"
        )
    if home.root.exists() and any(home.root.iterdir()):
        raise UsageError(f"{home.root} is not empty; restore into a new folder with --home")
    tables = _tables(path, facts)
    staging = home.root.with_name(f"{home.root.name}.restoring")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir(parents=True)
        extract(path, staging)
        _fill(Home(staging), told, tables, url=url)
        shutil.rmtree(staging / _DATABASE, ignore_errors=True)
        home.root.parent.mkdir(parents=True, exist_ok=True)
        if home.root.exists():
            home.root.rmdir()
        staging.rename(home.root)
    except OSError as error:
        raise OutsideError(f"{home.root}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return told


def _fill(home: Home, told: Told, tables: tuple[TableDump, ...], *, url: str) -> None:
    """Put the database where the settings of the backup, or `url`, want it."""
    database = load_settings(home.settings_file).database
    wanted = url or database.url
    if (told.kind == "sqlite") != wanted.startswith("sqlite"):
        raise UsageError(
            f"the backup is of {told.kind}, the database asked for is not; restore it as it was, then "
            "`monitor move` takes it elsewhere"
        )
    if told.kind == "sqlite":
        target = Path(str(sa.make_url(home.database_url(wanted)).database))
        if target.exists():
            raise StorageError(f"{target}: is there already; restore into a new file")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(home.root / _DATABASE / SQLITE_FILE, target)
        target.chmod(0o600)
        _compare(Db(f"sqlite:///{target}"), tables)
        return
    db = Db(wanted, password=read_secret(database.password_file, "database.password_file"))
    try:
        refuse_filled(db)
        load(db, home.root / _DATABASE, told.revision, tables)
    finally:
        db.close()


def _compare(db: Db, tables: tuple[TableDump, ...]) -> None:
    found = row_counts(db)
    db.close()
    if found != (told := {table.name: table.rows for table in tables}):
        names = sorted(name for name in found.keys() | told.keys() if found.get(name) != told.get(name))
        raise StorageError(f"{names[0]}: {found.get(names[0])} rows, the manifest says {told.get(names[0])}")


def _told(path: Path, facts: dict[str, Any], n_files: int) -> Told:
    tables = _tables(path, facts)
    kind, revision = facts.get("database"), facts.get("schema")
    if facts.get("format") != FORMAT or kind not in ("sqlite", "postgresql") or not isinstance(revision, str):
        reason = f"is of another format than {FORMAT}: it was made by another version of this program"
        raise InputError([Problem(str(path), reason)])
    return Told(path, revision, kind, len(tables), sum(t.rows for t in tables), n_files)


def _tables(path: Path, facts: dict[str, Any]) -> tuple[TableDump, ...]:
    try:
        found = tuple(
            TableDump(str(t["name"]), tuple(map(str, t["columns"])), int(t["rows"])) for t in facts["tables"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError([Problem(str(path), "its manifest does not tell the tables")]) from error
    if not all(table.name.isidentifier() for table in found):
        raise InputError([Problem(str(path), "its manifest names a table that is none")])
    return found


def _add_files(out: ArchiveWriter, app: App, folders: Iterable[str]) -> None:
    """Add what these folders of the home hold and the archive does not: no secret, nothing half made."""
    known = {member.name for member in out.members}
    secret = {file.resolve() for file in app.settings.secret_files}  # they may lie beside the settings
    for folder in folders:
        for file in _files(app.home.root / folder):
            relative = file.relative_to(app.home.root)
            name = str(relative)
            if name in known or file.resolve() in secret or _is_half_made(relative):
                continue
            if file == app.home.settings_file:
                out.add_bytes(name, _without_password(file.read_text("utf-8")).encode())
            else:
                out.add(name, file)


def _is_half_made(path: Path) -> bool:
    """Whether another process is writing it: it renames what is whole."""
    return any(part.endswith(".partial") for part in path.parts)


def _without_password(text: str) -> str:
    return _PASSWORD.sub(r"\1@", text)


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else ()


def _refuse_no_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise OutsideError(f"{path.parent}: no such folder")
