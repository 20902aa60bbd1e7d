"""The facts of a report as canonical JSON and back, so that an old report renders to the same bytes."""

import hashlib
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from monitor.core.db import canonical_json
from monitor.core.errors import StorageError
from monitor.reports.types import SCHEMA, Report


def facts(report: Report) -> dict[str, Any]:
    """The report as JSON values (dates as ISO text)."""
    dumped: dict[str, Any] = _adapter().dump_python(report, mode="json")
    return dumped


def facts_json(report: Report) -> str:
    """The report as canonical JSON text: the same facts are the same bytes."""
    return canonical_json(facts(report))


def facts_hash(report: Report) -> str:
    """SHA-256 (hex) of the canonical JSON."""
    return hashlib.sha256(facts_json(report).encode()).hexdigest()


def from_json(doc: dict[str, Any]) -> Report:
    """The report that was stored. Errors: StorageError on another schema or damaged facts."""
    if doc.get("schema") != SCHEMA:
        raise StorageError(
            f"report {doc.get('id')!r}: its facts have schema {doc.get('schema')!r}, this version reads "
            f"{SCHEMA}; build the report again"
        )
    try:
        return _adapter().validate_python(doc)
    except ValidationError as error:
        raise StorageError(f"report {doc.get('id')!r}: its facts are damaged: {error}") from error


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)
