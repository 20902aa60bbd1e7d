"""Gap tables as they were when they were reported, and the one JSON form of a row."""

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from monitor.core.db import Tx, upsert
from monitor.core.errors import StorageError
from monitor.core.ids import FamilyId, Week
from monitor.gaps.said import OutletFigure, YearFigure
from monitor.gaps.tables import gap_rows, gap_weeks
from monitor.gaps.types import GapRow, GapTable, SourceWatch, State


class Origin(NamedTuple):
    """What a table was made from."""

    at: datetime  # before anything was read for it
    tag_version_id: int
    link_version_id: int
    register_version: str


class Counted(NamedTuple):
    """A table with what it was made from: others may come to count before it is stored."""

    table: GapTable
    origin: Origin


def row_from_json(doc: dict[str, Any]) -> GapRow:
    """A row from the rows of `table_json`. Errors: StorageError when the document is damaged."""
    try:
        return _row_adapter().validate_python(doc)
    except ValidationError as error:
        raise StorageError(f"gap row {doc.get('family')!r} is damaged: {error}") from error


def table_json(table: GapTable) -> dict[str, Any]:
    """A whole table as JSON values, rows included."""
    dumped: dict[str, Any] = _table_adapter().dump_python(table, mode="json")
    return dumped


def table_from_json(doc: dict[str, Any]) -> GapTable:
    """The table that `table_json` gave. Errors: StorageError when the document is damaged."""
    try:
        return _table_adapter().validate_python(doc)
    except ValidationError as error:
        raise StorageError(f"gap table {doc.get('week')!r} is damaged: {error}") from error


def store_table(tx: Tx, table: GapTable, *, tag_version_id: int, link_version_id: int, at: datetime) -> None:
    """Keep a table; one of the same week and window is replaced as a whole."""
    doc = table_json(table)
    rows = doc.pop("rows")
    key = {"week": table.week, "window_weeks": table.window_weeks}
    upsert(
        tx,
        gap_weeks,
        {
            **key,
            "computed_at": at,
            "register_version": table.register_version,
            "tag_version_id": tag_version_id,
            "link_version_id": link_version_id,
            "doc": doc,
        },
        key=("week", "window_weeks"),
    )
    tx.execute(sa.delete(gap_rows).where(*_is(gap_rows, table.week, table.window_weeks)))
    values = [
        {**key, "family_id": row["family"], "state": row["state"], "score": row["score"], "doc": row}
        for row in rows
    ]
    if values:
        tx.execute(sa.insert(gap_rows), values)


def find_origin(tx: Tx, week: Week, window_weeks: int) -> Origin | None:
    """What a stored table was made from; None if there is none."""
    query = sa.select(
        gap_weeks.c.computed_at,
        gap_weeks.c.tag_version_id,
        gap_weeks.c.link_version_id,
        gap_weeks.c.register_version,
    ).where(*_is(gap_weeks, week, window_weeks))
    row = tx.execute(query).one_or_none()
    return None if row is None else Origin(*row)


def find_table(tx: Tx, week: Week, window_weeks: int) -> GapTable | None:
    """The stored table of a week and window, rows by family id; None if there is none."""
    doc = _find_doc(tx, week, window_weeks)
    if doc is None:
        return None
    rows = sa.select(gap_rows.c.doc).where(*_is(gap_rows, week, window_weeks)).order_by(gap_rows.c.family_id)
    return table_from_json({**doc, "rows": list(tx.execute(rows).scalars())})


def find_years(tx: Tx, week: Week, window_weeks: int) -> tuple[YearFigure, ...]:
    """The yearly figures as the stored table of a week told them; none where there is no table."""
    doc = _find_doc(tx, week, window_weeks)
    try:
        return () if doc is None else _years_adapter().validate_python(doc.get("years", ()))
    except ValidationError as error:
        raise StorageError(f"the yearly figures of {week} are damaged: {error}") from error


class Press(NamedTuple):
    """What a table says of the outlets: what each wrote of its region's families, how it was watched."""

    outlets: tuple[OutletFigure, ...]
    watch: tuple[SourceWatch, ...]


def find_press(tx: Tx, week: Week, window_weeks: int) -> Press:
    """What the stored table of a week says of the outlets, empty where there is none; no row is read.

    Errors: StorageError when it is damaged.
    """
    doc = _find_doc(tx, week, window_weeks) or {}
    try:
        told = {key: doc.get(key, ()) for key in Press._fields}
        return _press_adapter().validate_python(told)
    except ValidationError as error:
        raise StorageError(f"what the table of {week} says of outlets is damaged: {error}") from error


def find_week_before(tx: Tx, week: Week, window_weeks: int) -> Week | None:
    """The latest stored week before `week`; ISO weeks sort as text."""
    query = sa.select(sa.func.max(gap_weeks.c.week)).where(
        gap_weeks.c.week < week, gap_weeks.c.window_weeks == window_weeks
    )
    found = tx.execute(query).scalar_one()
    return None if found is None else Week(found)


def states_before(tx: Tx, week: Week, window_weeks: int) -> dict[FamilyId, State]:
    """The state of each family in the latest stored table before `week`."""
    before = find_week_before(tx, week, window_weeks)
    if before is None:
        return {}
    query = sa.select(gap_rows.c.family_id, gap_rows.c.state).where(*_is(gap_rows, before, window_weeks))
    return {FamilyId(row.family_id): State(row.state) for row in tx.execute(query)}


def _find_doc(tx: Tx, week: Week, window_weeks: int) -> dict[str, Any] | None:
    """What is kept of a table beside its rows, None where there is none."""
    query = sa.select(gap_weeks.c.doc).where(*_is(gap_weeks, week, window_weeks))
    return tx.execute(query).scalar_one_or_none()


def _is(
    table: sa.Table, week: Week, window_weeks: int
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return table.c.week == week, table.c.window_weeks == window_weeks


@lru_cache(maxsize=1)
def _row_adapter() -> TypeAdapter[GapRow]:
    return TypeAdapter(GapRow)


@lru_cache(maxsize=1)
def _years_adapter() -> TypeAdapter[tuple[YearFigure, ...]]:
    return TypeAdapter(tuple[YearFigure, ...])


@lru_cache(maxsize=1)
def _press_adapter() -> TypeAdapter[Press]:
    return TypeAdapter(Press)


@lru_cache(maxsize=1)
def _table_adapter() -> TypeAdapter[GapTable]:
    return TypeAdapter(GapTable)
