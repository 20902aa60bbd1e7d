"""The whole report for programs: the facts as they are stored, and the schema that they keep to."""

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from monitor.core.ids import SourceId
from monitor.reports.catalogue import catalogue
from monitor.reports.types import SCHEMA, Report

SUFFIX = ".json"
MEDIA_TYPE = "application/json"
_NOBODY = SourceId("")
SCHEMA_ID = f"urn:coverage-monitor:report:{SCHEMA}"


def render(report: Report) -> bytes:
    """The facts under `report`, with keys in order; `notice` says that a demonstration is one."""
    words = catalogue(report.lang)
    unnamed = sum(not proof.is_named for proof in report.articles)
    doc = {
        "schema": SCHEMA_ID,
        "notice": words.say("letter.demo") if report.is_demo else "",
        "unnamed": words.count("n.unnamed", unnamed) if unnamed else "",
        "report": _adapter().dump_python(_shown(report), mode="json"),
    }
    return json.dumps(doc, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False).encode() + b"\n"


def _shown(report: Report) -> Report:
    """The facts without ids of outlets that may not be named: an id is as good as a name."""
    return replace(
        report,
        blind_spots=tuple(one if one.name else replace(one, source=_NOBODY) for one in report.blind_spots),
        watch=tuple(one if one.name else replace(one, source=_NOBODY) for one in report.watch),
    )


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of what `render` gives."""
    inner = _adapter().json_schema(mode="serialization", ref_template="#/$defs/{model}")
    named = inner.pop("$defs", {})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "A weekly coverage report",
        "type": "object",
        "additionalProperties": False,
        "required": ["notice", "report", "schema", "unnamed"],
        "properties": {
            "schema": {"const": SCHEMA_ID},
            "notice": {"type": "string"},
            "unnamed": {"type": "string"},
            "report": {"$ref": "#/$defs/Report"},
        },
        "$defs": {**named, "Report": inner},
    }


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)
