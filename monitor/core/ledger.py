"""The ledger: every ending of every item at every stage, with its reason from a closed list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from monitor.core.db import Tx, UtcDateTime, metadata


class Stage(StrEnum):
    """Where an item was when it ended."""

    POLL = "poll"  # item = feed URL; for a rejected entry with its mark behind a "#"
    FETCH = "fetch"  # item = page URL as listed
    EXTRACT = "extract"  # item = article id, as in the stages below
    TAG = "tag"
    LINK = "link"


class Ending(StrEnum):
    """How an item left a stage."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class Reason(StrEnum):
    """Why. Closed: a new reason needs a line here and in docs/method.md."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    # outside world
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    RATE_LIMITED = "rate_limited"
    ROBOTS = "robots"
    PRIVATE_ADDRESS = "private_address"
    BAD_URL = "bad_url"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"
    # feeds
    NOT_A_FEED = "not_a_feed"
    FEED_BROKEN = "feed_broken"
    FEED_EMPTY = "feed_empty"
    OVERFLOW = "overflow"
    ENTRY_WITHOUT_LINK = "entry_without_link"
    # pages and texts
    NOT_HTML = "not_html"
    NO_TEXT = "no_text"
    NO_DATE = "no_date"  # published unknown: first seen is used
    LANGUAGE_NOT_READ = "language_not_read"
    DUPLICATE_URL = "duplicate_url"
    # judgement
    BELOW_GATE = "below_gate"
    GATE_UNDECIDED = "gate_undecided"
    TOPIC_UNDECIDED = "topic_undecided"
    NO_PARTY_PAIR = "no_party_pair"
    NO_AGREEMENT = "no_agreement"
    SIBLING_ONLY = "sibling_only"
    MODEL_MISSING = "model_missing"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One ending. `item` is the feed URL, page URL or article id as text; unique with stage and version."""

    stage: Stage
    item: str
    ending: Ending
    reason: Reason
    at: datetime
    source_id: str | None = None
    detail: str = ""  # for the operator, at most 300 characters
    version: str = ""  # of the model, register or code that decided


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
)


def record(tx: Tx, entry: LedgerEntry) -> None:
    """Write an ending; a later ending of the same item, stage and version replaces the earlier one."""
    values = {
        "stage": entry.stage.value,
        "item": entry.item,
        "source_id": entry.source_id,
        "ending": entry.ending.value,
        "reason": entry.reason.value,
        "detail": entry.detail[:300],
        "version": entry.version,
        "at": entry.at,
    }
    upsert(tx, ledger, values, key=("stage", "item", "version"))


def upsert(tx: Tx, table: sa.Table, values: Mapping[str, object], *, key: tuple[str, ...]) -> None:
    """Insert, or update the row with the same key columns. Works on SQLite and PostgreSQL."""
    if tx.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    rest = {name: value for name, value in values.items() if name not in key}
    statement = insert(table).values(**values)
    if rest:
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=rest)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    tx.execute(statement)


def tally(tx: Tx, *, stage: Stage | None = None, source_id: str | None = None) -> dict[tuple[str, str], int]:
    """Number of endings by (stage, reason)."""
    query = sa.select(ledger.c.stage, ledger.c.reason, sa.func.count()).group_by(
        ledger.c.stage, ledger.c.reason
    )
    if stage is not None:
        query = query.where(ledger.c.stage == stage.value)
    if source_id is not None:
        query = query.where(ledger.c.source_id == source_id)
    return {(row[0], row[1]): row[2] for row in tx.execute(query)}
