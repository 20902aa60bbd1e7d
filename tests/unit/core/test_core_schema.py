"""What the schema's keeper says of databases that do not fit; what fits is tested on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.core import schema
from monitor.core.db import Db
from monitor.core.errors import StorageError, UsageError


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Db]:
    one = Db(f"sqlite:///{tmp_path / 'monitor.sqlite'}")
    yield one
    one.close()


def set_version(db: Db, version: str) -> None:
    with db.begin() as tx:
        tx.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")


def test_a_database_knows_its_revision(db: Db) -> None:
    assert schema.current(db) is None
    schema.upgrade(db)
    assert schema.current(db) == schema.head()
    schema.require_current(db)
    schema.upgrade(db)  # again is no harm
    schema.downgrade(db, "base")
    assert schema.current(db) is None


def test_an_empty_database_is_to_be_made_by_init(db: Db) -> None:
    with pytest.raises(StorageError, match=r"the database is empty: run `monitor init`"):
        schema.require_current(db)


def test_a_database_of_a_newer_program_is_left_alone(db: Db) -> None:
    schema.upgrade(db)
    set_version(db, "9999")
    for attempt in (schema.require_current, schema.upgrade, lambda d: schema.downgrade(d, "base")):
        with pytest.raises(StorageError, match="schema 9999, which this program does not know"):
            attempt(db)
    assert schema.current(db) == "9999"


@pytest.mark.parametrize("revision", ["yesterday", "-99", "0001:0002"])
def test_only_a_revision_that_there_is_can_be_gone_down_to(db: Db, revision: str) -> None:
    schema.upgrade(db)
    with pytest.raises(UsageError, match=r"there are base, 0001"):
        schema.downgrade(db, revision)
    assert schema.current(db) == schema.head()
