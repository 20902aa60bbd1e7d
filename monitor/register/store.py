"""Keeps the loaded register in the database, so that what was known can be checked beside what was found."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.core.db import Tx, canonical_json
from monitor.core.ids import AgreementId
from monitor.register.exchange import changed_fields
from monitor.register.tables import agreements, places, register_changes, register_versions
from monitor.register.types import Agreement, Place, Register


@dataclass(frozen=True, slots=True)
class Change:
    """What a version of the register changed in one agreement."""

    version: str
    at: datetime
    agreement: AgreementId
    change: str  # added | changed | removed
    fields: dict[str, tuple[Any, Any]]  # before, after; "family" is the id of its family


def save_register(tx: Tx, register: Register, *, at: datetime) -> bool:
    """Replace the stored register by this one and write down what changes; False when it is there already.

    The first register changes nothing: there was none before it.
    """
    before = find_version(tx)
    if before == register.version:
        return False
    if before is not None:
        _record_changes(tx, register, at)
    tx.execute(sa.delete(agreements))
    tx.execute(sa.delete(places))
    tx.execute(sa.insert(places), [_place(place) for place in register.places.values()])
    tx.execute(sa.insert(agreements), [_agreement(a, register) for a in register.agreements.values()])
    tx.execute(sa.update(register_versions).values(is_current=False))
    tx.execute(sa.delete(register_versions).where(register_versions.c.version == register.version))
    tx.execute(sa.insert(register_versions).values(version=register.version, loaded_at=at, is_current=True))
    return True


def find_version(tx: Tx) -> str | None:
    """The version of the stored register, None before the first load."""
    query = sa.select(register_versions.c.version).where(register_versions.c.is_current.is_(True))
    return tx.execute(query).scalar_one_or_none()


def changes(tx: Tx, agreement: AgreementId | None = None) -> list[Change]:
    """What versions of the register have changed, of one agreement or all, oldest first."""
    query = sa.select(register_changes).order_by(register_changes.c.id)
    if agreement is not None:
        query = query.where(register_changes.c.agreement_id == agreement)
    return [
        Change(
            version=row["version"],
            at=row["at"],
            agreement=AgreementId(row["agreement_id"]),
            change=row["change"],
            fields={name: (pair[0], pair[1]) for name, pair in row["fields"].items()},
        )
        for row in tx.execute(query).mappings()
    ]


def _record_changes(tx: Tx, register: Register, at: datetime) -> None:
    stored = {
        row.id: row.doc | {"family": row.family_id}
        for row in tx.execute(sa.select(agreements.c.id, agreements.c.doc, agreements.c.family_id))
    }
    given = {
        str(a.id): json.loads(canonical_json(_document(a) | {"family": register.family_of.get(a.id)}))
        for a in register.agreements.values()
    }
    rows: list[tuple[str, str, dict[str, Any]]] = []
    for agreement in sorted({*stored, *given}):
        before, after = stored.get(agreement), given.get(agreement)
        if before is None:
            rows.append((agreement, "added", {}))
        elif after is None:
            rows.append((agreement, "removed", {name: (value, None) for name, value in before.items()}))
        elif fields := changed_fields(before, after):
            rows.append((agreement, "changed", fields))
    values = [
        {"version": register.version, "at": at, "agreement_id": a, "change": change, "fields": fields}
        for a, change, fields in rows
    ]
    if values:
        tx.execute(sa.insert(register_changes), values)


def _place(place: Place) -> dict[str, Any]:
    return {
        "id": place.id,
        "kind": place.kind,
        "name_en": place.name_en,
        "country": place.country,
        "parent": place.parent,
        "doc": asdict(place),
    }


def _agreement(agreement: Agreement, register: Register) -> dict[str, Any]:
    doc = _document(agreement)
    return {
        "id": agreement.id,
        "family_id": register.family_of.get(agreement.id),
        "kind": agreement.kind,
        "status": agreement.status.value,
        "signed": doc["signed"],
        "valid_until": doc["valid_until"],
        "monitored": agreement.monitored,
        "title_ru": agreement.title_ru,
        "doc": doc,
    }


def _document(agreement: Agreement) -> dict[str, Any]:
    """The agreement as JSON values, dates as they are written."""
    doc = asdict(agreement)
    doc["signed"] = _date(agreement.signed)
    doc["valid_until"] = _date(agreement.valid_until)
    doc["history"] = [
        {"step": e.step.value, "on": _date(e.on), "until": _date(e.until), "note": e.note}
        for e in agreement.history
    ]
    doc["milestones"] = [
        {"what": m.what, "by": _date(m.by), "done": _date(m.done)} for m in agreement.milestones
    ]
    return doc


def _date(value: object) -> str | None:
    return None if value is None else str(value)
