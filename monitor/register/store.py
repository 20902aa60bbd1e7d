"""Keeps the loaded register in the database, so that what was known can be checked beside what was found."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.core.db import Tx
from monitor.register.tables import agreements, places, register_versions
from monitor.register.types import Agreement, Place, Register


def save_register(tx: Tx, register: Register, *, at: datetime) -> bool:
    """Replace the stored register by this one; False when this version is there already."""
    if find_version(tx) == register.version:
        return False
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
    doc = asdict(agreement)
    doc["signed"] = _date(agreement.signed)
    doc["valid_until"] = _date(agreement.valid_until)
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


def _date(value: object) -> str | None:
    return None if value is None else str(value)
