"""Writes and counts the ledger in the caller's transaction."""

from collections.abc import Iterable

import sqlalchemy as sa

from monitor.core.db import Tx, UtcDateTime, metadata, upsert, upsert_many
from monitor.core.ledger import LedgerEntry

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("stage", sa.String(16), nullable=False),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("source_id", sa.String(120)),
    sa.Column("ending", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(32), nullable=False),
    sa.Column("detail", sa.String(300), nullable=False, server_default=""),
    sa.Column("version", sa.String(80), nullable=False, server_default=""),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("stage", "item", "version"),
    sa.Index("ix_ledger_source_stage_reason", "source_id", "stage", "reason"),
    sa.Index("ix_ledger_stage_at", "stage", "at", "source_id", "reason", "version"),
)

_KEY = ("stage", "item", "version")


def record(tx: Tx, entry: LedgerEntry) -> None:
    """Write an ending; a later ending of the same item, stage and version replaces the earlier one."""
    upsert(tx, ledger, _row(entry), key=_KEY)


def record_many(tx: Tx, entries: Iterable[LedgerEntry]) -> None:
    """Write endings as `record` does, of different items, with one statement."""
    upsert_many(tx, ledger, [_row(entry) for entry in entries], key=_KEY)


def _row(entry: LedgerEntry) -> dict[str, object]:
    return {
        "stage": entry.stage.value,
        "item": entry.item,
        "source_id": entry.source_id,
        "ending": entry.ending.value,
        "reason": entry.reason.value,
        "detail": entry.detail[:300],
        "version": entry.version,
        "at": entry.at,
    }


def tally(tx: Tx) -> dict[tuple[str, str], int]:
    """Number of endings by (stage, reason)."""
    query = sa.select(ledger.c.stage, ledger.c.reason, sa.func.count()).group_by(
        ledger.c.stage, ledger.c.reason
    )
    return {(row[0], row[1]): row[2] for row in tx.execute(query)}
