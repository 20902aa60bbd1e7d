"""What the register says of a family on a day: due members, level, kind, norm, age. Pure."""

from dataclasses import dataclass
from datetime import date

from monitor.core.ids import FamilyId
from monitor.gaps.scope import is_findable, partner_country
from monitor.register.due import due_state, due_window, kind_of, level_of, norm_of
from monitor.register.norms import LEVELS, Norm
from monitor.register.types import Agreement, Register


@dataclass(frozen=True, slots=True)
class Profile:
    """One family on one day."""

    members: tuple[Agreement, ...]
    due: tuple[Agreement, ...]
    due_from: date | None  # None: since ever, or unknown
    level: str
    kind: str
    norm: int  # originals in 52 weeks: the largest of the due members'
    features: dict[str, str]  # of the pooled rate
    is_findable: bool


def profiles(
    register: Register, norms: tuple[Norm, ...], today: date, generic: frozenset[str] = frozenset()
) -> dict[FamilyId, Profile]:
    """The profile of every family; a family is due if a member is. `generic`: stems of titles by which no
    document is known."""
    return {family: _profile(family, register, norms, today, generic) for family in register.families}


def due_from(known: dict[FamilyId, Profile]) -> dict[FamilyId, date]:
    """First due day of the families that have one."""
    return {family: p.due_from for family, p in known.items() if p.due_from is not None}


def _profile(
    family: FamilyId, register: Register, norms: tuple[Norm, ...], today: date, generic: frozenset[str]
) -> Profile:
    found = register.families[family]
    members = tuple(register.agreements[m] for m in found.members)
    due = tuple(m for m in members if due_state(m, today)[0])
    speaking = due or members
    level = max((level_of(m, register) for m in speaking), key=LEVELS.index)
    kind = kind_of(speaking[0], register)
    starts = [due_window(m)[0] for m in due]
    known = [start for start in starts if start is not None]
    return Profile(
        members=members,
        due=due,
        due_from=min(known) if known and len(known) == len(starts) else None,
        level=level,
        kind=kind,
        norm=max(norm_of(m, register, norms) for m in speaking),
        features={
            "level": level,
            "kind": kind,
            "partner_country": partner_country(found, register),
            "age": _age(speaking, today),
        },
        is_findable=is_findable(found, register, generic),
    )


def _age(members: tuple[Agreement, ...], today: date) -> str:
    signed = [m.signed.year for m in members if m.signed is not None]
    if not signed:
        return "undated"
    years = today.year - max(signed)
    if years <= 2:
        return "0-2"
    return "3-9" if years <= 9 else "10+"
