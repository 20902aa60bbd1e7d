"""The database's schema: up, down, what is pending. The migrations lie in the shipped migrations/ folder."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from monitor.core.db import Db, storage_error
from monitor.core.errors import StorageError
from monitor.core.shipped import migrations_dir


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(db: Db, revision: str = "head") -> None:
    """Bring the schema to `revision`. Errors: StorageError with the database's words."""
    try:
        with db.begin() as connection:
            command.upgrade(_config(connection), revision)
    except DBAPIError as error:
        raise storage_error(error, db.engine) from error


def downgrade(db: Db, revision: str) -> None:
    """Take the schema back to `revision` ("base" drops everything)."""
    with db.begin() as connection:
        command.downgrade(_config(connection), revision)


def head() -> str:
    """The revision this program needs."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise StorageError(f"no migrations in {migrations_dir()}: the installation is incomplete")
    return found


def current(db: Db) -> str | None:
    """The revision of the database, None when it is empty."""
    with db.begin() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def require_current(db: Db) -> None:
    """Refuse to work on another schema. Errors: StorageError that names the command."""
    found, needed = current(db), head()
    if found != needed:
        state = "is empty: run `monitor init`" if found is None else "is older: run `monitor migrate`"
        raise StorageError(f"{db.shown_url}: the database {state} (has {found}, needs {needed})")
