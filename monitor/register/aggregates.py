"""How much of an aggregate we hold: a source speaks of 430 agreements, the register knows some of them.

Known documents are the rows that are part of it, and those that config/register/aggregates.toml counts by
kind and level of their parties. Reading the file is the only IO here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.core.errors import Problem
from monitor.core.ids import AgreementId
from monitor.core.rows import Row, toml_rows
from monitor.register.types import KINDS, PLACE_KINDS, Agreement, DocumentRule, Party, Register, Status

AGGREGATE = "aggregate"
_NO_DOCUMENT = (AGGREGATE, "intent")
_NOT_HELD = (Status.PLANNED, Status.DRAFT, Status.EXPIRED)


@dataclass(frozen=True, slots=True)
class Completeness:
    """Of `promised` documents (None: the source gives no number) these are rows of the register."""

    promised: int | None
    known: tuple[AgreementId, ...]

    @property
    def share(self) -> float | None:
        """Known of promised, 0..1; None without a number."""
        return min(1.0, len(self.known) / self.promised) if self.promised else None


def completeness(aggregate: Agreement, register: Register) -> Completeness:
    """What the register holds of an aggregate. Plans, aggregates and what has expired do not count."""
    held = _documents(aggregate, register)
    return Completeness(aggregate.count, tuple(a for a in register.agreements if a in held))


def _documents(whole: Agreement, register: Register) -> set[AgreementId]:
    """Rows that are part of it or of its parts, and those that its rule counts; there are no circles."""
    rule = register.documents.get(whole.id)
    found: set[AgreementId] = set()
    for one in register.agreements.values():
        is_part = one.part_of == whole.id
        if is_part:
            found |= _documents(one, register)
        if _is_document(one) and (is_part or (rule is not None and _fits(one, whole, rule, register))):
            found.add(one.id)
    return found


def _is_document(one: Agreement) -> bool:
    return one.kind not in _NO_DOCUMENT and one.status not in _NOT_HELD


def _fits(one: Agreement, aggregate: Agreement, rule: DocumentRule, register: Register) -> bool:
    """Whether a party on each side is of a level of the rule and lies in a party of the aggregate's side."""
    if one.kind not in rule.kinds:
        return False
    return all(_is_within(one, whole, rule, register) for whole in aggregate.parties)


def _is_within(one: Agreement, whole: Party, rule: DocumentRule, register: Register) -> bool:
    return any(
        party.side is whole.side
        and register.places[party.place].kind in rule.levels
        and whole.place in (party.place, *register.ancestors(party.place))
        for party in one.parties
    )


def read_documents(
    path: Path, agreements: Mapping[AgreementId, Agreement], problems: list[Problem]
) -> dict[AgreementId, DocumentRule]:
    """The rules of a file by aggregate; none where there is no file."""
    if not path.exists():
        return {}
    found: dict[AgreementId, DocumentRule] = {}
    for row in toml_rows(path, "aggregate", problems, none_ok=True):
        row.keys(("id", "kinds", "levels", "reason"))
        row.text("reason")
        aggregate = AgreementId(row.text("id"))
        if agreements and aggregate not in agreements:
            row.note(f"{aggregate!r} is not in the register")
        elif agreements and agreements[aggregate].kind != AGGREGATE:
            row.note(f"{aggregate} is no aggregate")
        if aggregate in found:
            row.note(f"{aggregate} stands twice")
        found[aggregate] = DocumentRule(_some(row, "kinds", KINDS), _some(row, "levels", PLACE_KINDS))
    return found


def _some(row: Row, key: str, allowed: tuple[str, ...]) -> frozenset[str]:
    named = row.texts(key)
    for name in named:
        if name not in allowed:
            row.note(f"{key}: {name!r} is not one of {', '.join(allowed)}")
    if row.raw.get(key) == []:
        row.note(f"{key} is empty")
    return frozenset(named)
