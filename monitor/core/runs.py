"""Runs (what was started, when, how it ended), versions of judgement, and small persistent facts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.core.db import CanonicalJson, Tx, UtcDateTime, metadata, take_turn, upsert
from monitor.core.errors import UsageError
from monitor.core.ids import RunId

_PG_KEY = 0x67726F75  # any constant: all who judge in one database must use the same

DONE, FAILED = "done", "failed"
STOPPED = "stopped"  # asked to end between two items; what is left is due
KILLED = "killed"  # its process went away

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("job", sa.String(40), nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("ending", sa.String(16)),  # DONE | FAILED | STOPPED | KILLED; null while it runs
    sa.Column("counts", CanonicalJson),
    sa.Column("error", sa.Text),
)

versions = sa.Table(
    "versions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("stage", sa.String(16), nullable=False),  # tag | link
    sa.Column("fingerprint", sa.String(80), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("is_current", sa.Boolean, nullable=False),
    sa.Column("doc", CanonicalJson, nullable=False),  # model, taxonomy, register, thresholds, code
    sa.UniqueConstraint("stage", "fingerprint"),
)

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.String(80), primary_key=True),
    sa.Column("value", CanonicalJson, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Version:
    """One set of judgements: model, taxonomy, register, thresholds and code that made tags or links."""

    id: int
    stage: str
    fingerprint: str


def open_run(tx: Tx, job: str, *, at: datetime) -> RunId:
    """Note that a job has started."""
    result = tx.execute(sa.insert(runs).values(job=job, started_at=at))
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - an insert of one row always has its key
    return RunId(key[0])


def close_run(
    tx: Tx, run: RunId, *, at: datetime, ending: str, counts: dict[str, int], error: str | None = None
) -> None:
    """Note how a job ended."""
    tx.execute(
        sa.update(runs).where(runs.c.id == run).values(ended_at=at, ending=ending, counts=counts, error=error)
    )


def close_killed(tx: Tx, *, at: datetime) -> int:
    """Close the runs whose end nobody wrote down; how many. For the one active service, when it begins."""
    left = sa.update(runs).where(runs.c.ended_at.is_(None)).values(ended_at=at, ending=KILLED)
    return int(tx.execute(left).rowcount)


def last_done(tx: Tx, job: str, *, now: datetime) -> datetime | None:
    """When a job last began that ended well; None before the first time. Times after `now` are not believed:
    the clock was ahead."""
    done = (runs.c.job == job, runs.c.ending == DONE, runs.c.started_at <= now)
    found: datetime | None = tx.execute(sa.select(sa.func.max(runs.c.started_at)).where(*done)).scalar_one()
    return found


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job. `ended_at` and `ending` are None while it lasts, or where its process died."""

    id: RunId
    job: str
    started_at: datetime
    ended_at: datetime | None
    ending: str | None
    counts: dict[str, int]
    error: str


def list_runs(tx: Tx, *, limit: int, job: str = "", before: int | None = None) -> list[Run]:
    """The latest runs first, of one job only where it is named; `before`: those older than this one."""
    query = sa.select(runs).order_by(runs.c.id.desc()).limit(limit)
    if job:
        query = query.where(runs.c.job == job)
    if before is not None:
        query = query.where(runs.c.id < before)
    return [
        Run(
            RunId(row.id),
            row.job,
            row.started_at,
            row.ended_at,
            row.ending,
            row.counts or {},
            row.error or "",
        )
        for row in tx.execute(query)
    ]


def ensure_version(tx: Tx, stage: str, fingerprint: str, doc: dict[str, Any], *, at: datetime) -> Version:
    """The version with this fingerprint, made and set as the current one of its stage where it is not."""
    row = tx.execute(
        sa.select(versions).where(versions.c.stage == stage, versions.c.fingerprint == fingerprint)
    ).one_or_none()
    if row is None:
        version = add_version(tx, stage, fingerprint, doc, at=at)
    else:
        version = Version(row.id, stage, fingerprint)
    if row is None or not row.is_current:
        make_current(tx, version)
    return version


def add_version(tx: Tx, stage: str, fingerprint: str, doc: dict[str, Any], *, at: datetime) -> Version:
    """A new version beside the current one, which stays current."""
    values = {"stage": stage, "fingerprint": fingerprint, "created_at": at, "is_current": False, "doc": doc}
    key = tx.execute(sa.insert(versions).values(**values)).inserted_primary_key
    assert key is not None  # noqa: S101 - as above
    return Version(key[0], stage, fingerprint)


def find_version(tx: Tx, stage: str, fingerprint: str) -> Version | None:
    """The version with this fingerprint, None if there is none."""
    query = sa.select(versions.c.id).where(versions.c.stage == stage, versions.c.fingerprint == fingerprint)
    found = tx.execute(query).scalar_one_or_none()
    return None if found is None else Version(found, stage, fingerprint)


class DroppedError(UsageError):
    """Another process has dropped what this one was making."""


def refuse_dropped(tx: Tx, version: Version) -> None:
    """Refuse to write judgements of a version that is gone; asked in the transaction that writes, after
    `hold_ground`. SQLite gives the number of a dropped version to the next one. Errors: DroppedError."""
    if find_version(tx, version.stage, version.fingerprint) != version:
        raise DroppedError(
            f"{version.fingerprint} was dropped by another process meanwhile: nothing more is written of it"
        )


def doc_of(tx: Tx, version: Version) -> dict[str, Any]:
    """What a version says of itself."""
    doc: dict[str, Any] = tx.execute(
        sa.select(versions.c.doc).where(versions.c.id == version.id)
    ).scalar_one()
    return doc


def hold_ground(tx: Tx) -> None:
    """Have what judgements stand on (texts, what people said, what counts) stay as it is until `tx` ends.

    The first word of a transaction that writes what was made of an earlier reading: it looks again, and
    writes as far as nothing has changed. On SQLite whoever may write is alone.
    """
    take_turn(tx, _PG_KEY)


def move_ground(tx: Tx) -> None:
    """Wait until nobody holds it any more: what he has written can be seen then, and be taken back."""
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(_PG_KEY)))


def make_current(tx: Tx, version: Version) -> None:
    """Have this version count from now on, and no other of its stage."""
    move_ground(tx)
    is_it = versions.c.id == version.id
    tx.execute(sa.update(versions).where(versions.c.stage == version.stage).values(is_current=is_it))


def current_version(tx: Tx, stage: str) -> Version | None:
    """The current version of a stage, None before its first run."""
    row = tx.execute(
        sa.select(versions.c.id, versions.c.fingerprint).where(
            versions.c.stage == stage, versions.c.is_current.is_(True)
        )
    ).one_or_none()
    return None if row is None else Version(row.id, stage, row.fingerprint)


def put_fact(tx: Tx, key: str, value: Any) -> None:
    """Remember a small JSON value under a key."""
    upsert(tx, meta, {"key": key, "value": value}, key=("key",))


def find_fact(tx: Tx, key: str) -> Any:
    """The value under a key, None if there is none."""
    return tx.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()
