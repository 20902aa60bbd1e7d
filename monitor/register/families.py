"""Families: monitored agreements that a reader of a text often cannot tell apart, by rule and by edit.

The rule is the same set of party places. config/register/families.toml joins families and splits members off,
each with its reason; the file may be missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.core.errors import Problem
from monitor.core.ids import AgreementId, FamilyId, PlaceId
from monitor.core.rows import Row, toml_rows
from monitor.register.types import Agreement, Family

_JOIN, _SPLIT = "join", "split"
_DOES = (_JOIN, _SPLIT)


@dataclass(frozen=True, slots=True)
class Edit:
    """One decision of a person: these agreements are one family (join), or leave theirs together (split)."""

    do: str  # join | split
    agreements: tuple[AgreementId, ...]
    reason: str
    where: Row


def by_rule(agreements: Mapping[AgreementId, Agreement]) -> dict[FamilyId, Family]:
    """Monitored agreements with the same set of party places, in the order of their first members."""
    members: dict[frozenset[PlaceId], list[AgreementId]] = {}
    for agreement in agreements.values():
        if agreement.monitored:
            places = frozenset(party.place for party in agreement.parties)
            members.setdefault(places, []).append(agreement.id)
    return {FamilyId(ids[0]): Family(FamilyId(ids[0]), tuple(ids), places) for places, ids in members.items()}


def read_edits(path: Path, problems: list[Problem]) -> list[Edit]:
    """The joins and splits of a file in their order, none where there is no file."""
    if not path.exists():
        return []
    return [_edit(row) for row in toml_rows(path, "family", problems, none_ok=True)]


def _edit(row: Row) -> Edit:
    row.keys(("do", "agreements", "reason"))
    agreements = tuple(AgreementId(agreement) for agreement in row.texts("agreements"))
    return Edit(row.choice("do", _DOES), agreements, row.text("reason"), row)


def edited(
    families: Mapping[FamilyId, Family], agreements: Mapping[AgreementId, Agreement], edits: Sequence[Edit]
) -> dict[FamilyId, Family]:
    """The families after all edits in their order; what cannot be done is noted at the edit's own table.

    A family's id is its first member's, so a split or join of later members leaves it as it is.
    """
    order = {agreement: n for n, agreement in enumerate(agreements)}
    groups = [(list(family.members), family.why) for family in families.values()]
    touched: set[AgreementId] = set()
    for edit in edits:
        if _is_sound(edit, agreements, touched):
            touched.update(edit.agreements)
            (_split if edit.do == _SPLIT else _join)(edit, groups)
    found: dict[FamilyId, Family] = {}
    for members, why in sorted(groups, key=lambda group: min(order[m] for m in group[0])):
        ordered = tuple(sorted(members, key=order.__getitem__))
        places = frozenset(party.place for m in ordered for party in agreements[m].parties)
        found[FamilyId(ordered[0])] = Family(FamilyId(ordered[0]), ordered, places, why)
    return found


def _is_sound(edit: Edit, agreements: Mapping[AgreementId, Agreement], touched: set[AgreementId]) -> bool:
    before = len(edit.where.problems)
    if edit.do not in _DOES:
        return False  # noted when it was read
    if not edit.agreements:
        edit.where.note("agreements is empty")
    if len(set(edit.agreements)) < len(edit.agreements):
        edit.where.note("agreements names one twice")
    for agreement in edit.agreements:
        if agreement not in agreements:
            edit.where.note(f"{agreement!r} is not in the register")
        elif not agreements[agreement].monitored:
            edit.where.note(f"{agreement} is not monitored: it is in no family")
        elif agreement in touched:
            edit.where.note(f"{agreement} stands in another join or split already")
    return len(edit.where.problems) == before


_Groups = list[tuple[list[AgreementId], str]]


def _split(edit: Edit, groups: _Groups) -> None:
    holding = [group for group in groups if set(edit.agreements) & set(group[0])]
    if len(holding) != 1:
        edit.where.note("the agreements to split off are in several families")
        return
    rest = [m for m in holding[0][0] if m not in edit.agreements]
    if not rest:
        edit.where.note("these are the whole family: nothing is left to split them from")
        return
    groups.remove(holding[0])
    groups += [(rest, edit.reason), (list(edit.agreements), edit.reason)]


def _join(edit: Edit, groups: _Groups) -> None:
    holding = [group for group in groups if set(edit.agreements) & set(group[0])]
    if len(holding) < 2:
        edit.where.note("these are one family already")
        return
    for group in holding:
        groups.remove(group)
    groups.append(([m for members, _ in holding for m in members], edit.reason))
