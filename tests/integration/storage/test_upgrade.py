"""A database of every schema that was ever released, with a row in each table, comes up to today's whole."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from monitor.core import schema
from monitor.core.db import Db

pytestmark = pytest.mark.slow
AT = datetime(2026, 11, 16, 6, 0)  # noqa: DTZ001 - as the column has it

# a look-up of copies that another has replaced (0005), what triggers and the gap table make of others (0019)
MADE_ANEW = {"signature_bands", "count_marks", "kept_weeks"}


def revisions() -> list[str]:
    """All but the newest, oldest first."""
    every = ScriptDirectory.from_config(schema._config()).walk_revisions()
    return sorted(found.revision for found in every)[:-1]


def value(column: sa.Column[Any]) -> Any:
    """Something that fits; numbers and words that point elsewhere point to the only row there is."""
    kinds: tuple[tuple[type[sa.types.TypeEngine[Any]], Any], ...] = (
        (sa.Boolean, True), (sa.Integer, 1), (sa.Float, 0.5), (sa.DateTime, AT),
        (sa.Date, AT.date()), (sa.LargeBinary, b"\x01"),
    )  # fmt: skip
    for kind, found in kinds:
        if isinstance(column.type, kind):
            return found
    return "1"  # a word, a number in words, and JSON


def fill(db: Db) -> dict[str, dict[str, Any]]:
    """One row in each table; the rows as the database has them."""
    known = sa.MetaData()
    known.reflect(db.engine)
    rows = {}
    with db.begin() as tx:
        for table in known.sorted_tables:
            if table.name == "alembic_version" or schema.is_of_an_index(table.name):
                continue
            own = {key.parent.name for key in table.foreign_keys if key.column.table is table}
            tx.execute(
                sa.insert(table).values(
                    {c.name: value(c) for c in table.columns if c.name not in own and c.computed is None}
                )
            )
            rows[table.name] = dict(tx.execute(sa.select(table)).mappings().one())
    return rows


@pytest.mark.parametrize("revision", revisions())
def test_a_database_of_an_older_schema_keeps_all_it_holds(empty_db: Db, revision: str) -> None:
    schema.upgrade(empty_db, revision)
    before = fill(empty_db)
    assert before
    schema.upgrade(empty_db)
    known = sa.MetaData()
    known.reflect(empty_db.engine)
    with empty_db.begin() as tx:
        assert before.keys() - known.tables.keys() <= MADE_ANEW
        for name, row in before.items():
            if name in MADE_ANEW:
                continue
            table = known.tables[name]
            after = dict(tx.execute(sa.select(table)).mappings().one())
            kept = row.keys() & after.keys()
            assert {key: after[key] for key in kept} == {key: row[key] for key in kept}, name
    schema.require_current(empty_db)


def test_a_filled_database_goes_down_step_by_step_to_the_first_schema_and_up_again(empty_db: Db) -> None:
    schema.upgrade(empty_db)
    before = fill(empty_db)
    for revision in reversed(revisions()):
        schema.downgrade(empty_db, revision)
    with empty_db.begin() as tx:
        held = tx.execute(sa.text("SELECT message_id FROM outbox")).scalar_one()
    assert held == before["outbox"]["message_id"]
    schema.upgrade(empty_db)
    schema.require_current(empty_db)
