"""The facts of a report as canonical JSON and back, so that an old report renders to the same bytes."""

import hashlib
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from monitor.core.db import canonical_json
from monitor.core.errors import StorageError
from monitor.reports.types import SCHEMA, Report

_READ = (3, 4, SCHEMA)  # schemas that are read


def facts(report: Report) -> dict[str, Any]:
    """The report as JSON values (dates as ISO text)."""
    dumped: dict[str, Any] = _adapter().dump_python(report, mode="json")
    return dumped


def facts_json(report: Report) -> str:
    """The report as canonical JSON text: the same facts are the same bytes."""
    return canonical_json(facts(report))


def facts_hash(report: Report) -> str:
    """SHA-256 (hex) of the canonical JSON."""
    return doc_hash(facts(report))


def doc_hash(doc: dict[str, Any]) -> str:
    """The same of facts as they are stored, whatever their schema."""
    return hashlib.sha256(canonical_json(doc).encode()).hexdigest()


def from_json(doc: dict[str, Any]) -> Report:
    """The report that was stored. Errors: StorageError on another schema or damaged facts."""
    if doc.get("schema") not in _READ:
        raise StorageError(
            f"report {doc.get('id')!r}: its facts have schema {doc.get('schema')!r}, this version reads "
            f"{', '.join(map(str, _READ))}; build the report again"
        )
    try:
        return _adapter().validate_python(_raised(doc))
    except (ValidationError, KeyError, TypeError) as error:
        raise StorageError(f"report {doc.get('id')!r}: its facts are damaged: {error}") from error


def _raised(doc: dict[str, Any]) -> dict[str, Any]:
    """Facts of a schema before, what they did not count left open: links of sent mails go on working."""
    if doc["schema"] != _READ[0]:
        return {**doc, "schema": SCHEMA}  # what came with schema 5 has its own word for "not told"
    return {
        **doc,
        "schema": SCHEMA,
        "agency": None,
        "rows": [{**row, "weight": None} for row in doc["rows"]],
        "watch": [{**source, "asked": None, "touched": None} for source in doc["watch"]],
        "method": {**doc["method"], "lost_stories": None},
    }


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)
