"""The database's schema: up, down, what is pending. The migrations lie in the shipped migrations/ folder."""

import os
import warnings
from contextlib import suppress

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from monitor.core.db import Db, storage_error
from monitor.core.errors import StorageError, UsageError
from monitor.core.shipped import migrations_dir

_INDEX = "search_index"  # migrations 0021 and 0028


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(db: Db, revision: str = "head") -> None:
    """Bring the schema to `revision`. A new SQLite file can be read by its owner only: readers' addresses and
    hashes of passwords lie in it.

    Errors: StorageError with the database's words, or when its schema is none that this program knows.
    """
    _make_file(db)
    _refuse_strange(db)
    try:
        with db.begin() as connection:
            command.upgrade(_config(connection), revision)
    except DBAPIError as error:
        raise storage_error(error, db.engine) from error


def _make_file(db: Db) -> None:
    path = db.file
    if path is None:
        return
    with suppress(OSError):  # it is there; or cannot be made, which SQLite will say in its words
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def downgrade(db: Db, revision: str) -> None:
    """Take the schema back to `revision` ("base" drops everything).

    Errors: UsageError when there is no such revision below; StorageError as `upgrade`.
    """
    _refuse_strange(db)
    try:
        with db.begin() as connection, warnings.catch_warnings():
            # of a table that another one names while that is made anew; its own indexes stay
            warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index")
            command.downgrade(_config(connection), revision)
    except CommandError as error:
        known = ", ".join(("base", *sorted(_known())))
        raise UsageError(f"cannot go down to {revision!r} ({error}); there are {known}") from error
    except DBAPIError as error:
        raise storage_error(error, db.engine) from error


def head() -> str:
    """The revision this program needs."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise StorageError(f"no migrations in {migrations_dir()}: the installation is incomplete")
    return found


def current(db: Db) -> str | None:
    """The revision of the database, None when it is empty."""
    with db.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def require_current(db: Db) -> None:
    """Refuse to work on another schema. Errors: StorageError that names the command."""
    found, needed = current(db), head()
    if found is None:
        raise StorageError(f"{db.shown_url}: the database is empty: run `monitor init`")
    _refuse_strange(db)
    if found != needed:
        raise StorageError(
            f"{db.shown_url}: the database is older: run `monitor migrate` (has {found}, needs {needed})"
        )


def is_of_an_index(table: str) -> bool:
    """Whether a table is a part of a database's index for the search, which its own triggers fill."""
    return table == _INDEX or table.startswith(f"{_INDEX}_")


def is_known(revision: str) -> bool:
    """Whether this program has a migration of that name."""
    return revision in _known()


def _known() -> frozenset[str]:
    return frozenset(s.revision for s in ScriptDirectory.from_config(_config()).walk_revisions())


def _refuse_strange(db: Db) -> None:
    found = current(db)
    if found is not None and found not in _known():
        raise StorageError(
            f"{db.shown_url}: the database has schema {found}, which this program does not know: "
            "it was made by a newer one; install that, or go back with its `monitor migrate --down`"
        )
