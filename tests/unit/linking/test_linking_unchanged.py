"""Which families keep their links under another register, and how links of two versions are put together."""

from dataclasses import replace

import pytest

from monitor.core.ids import FamilyId
from monitor.core.ledger import Reason
from monitor.linking.types import Known, Link, LinkResult
from monitor.linking.unchanged import merged, unchanged_families
from monitor.register.types import Register, Status

GORKI, MOGILEV_SEMEY = FamilyId("AGR-0011"), FamilyId("AGR-0110")


def changed(register: Register, row: str, **keys: object) -> Register:
    agreements = {**register.agreements, row: replace(register.agreements[row], **keys)}  # type: ignore[arg-type]
    return replace(register, agreements=agreements)


def lost(before: Register, after: Register) -> set[str]:
    return set(before.families) - unchanged_families(before, after)


def test_a_register_keeps_all_its_links_beside_itself(register: Register) -> None:
    assert unchanged_families(register, register) == frozenset(register.families)


@pytest.mark.parametrize(
    ("keys", "is_lost"),
    [
        ({"notes": "another"}, False),
        ({"interest": ()}, False),
        ({"status": Status.EXPIRED}, False),
        ({"title_ru": "Иной договор"}, True),
        ({"signed": None, "topics": ()}, True),
    ],
)
def test_a_row_that_says_another_thing_loses_its_links_and_no_other_row_does(
    keys: dict[str, object], is_lost: bool, register: Register
) -> None:
    assert lost(register, changed(register, GORKI, **keys)) == ({GORKI} if is_lost else set())


def test_another_name_of_a_town_changes_the_families_it_can_stand_for(register: Register) -> None:
    town = register.families[MOGILEV_SEMEY].places - {"by-city-mogilev"}
    (semey,) = town
    places = {**register.places, semey: replace(register.places[semey], names={"ru": ("Семипалатинск",)})}
    found = lost(register, replace(register, places=places))
    assert MOGILEV_SEMEY in found
    assert GORKI not in found
    assert all(
        register.families[f].places & {semey, *register.ancestors(semey)} for f in found
    )  # those of its region and country too: it is in them


def link(family: str, p: float) -> Link:
    return Link(FamilyId(family), None, p, "lead", "result", ())


def known(*links: Link, related: tuple[str, ...] = (), reason: Reason | None = None) -> Known:
    return Known(LinkResult(links, tuple(map(FamilyId, related)), reason), is_complete=True)


def test_known_links_of_unchanged_families_stand_and_the_others_are_the_new_ones() -> None:
    made = LinkResult((link("AGR-0001", 0.9), link("AGR-0003", 0.6)), (FamilyId("AGR-0005"),), None)
    before = known(link("AGR-0001", 0.7), link("AGR-0002", 0.8), link("AGR-0004", 0.99))
    unchanged = frozenset(map(FamilyId, ("AGR-0001", "AGR-0002", "AGR-0009")))
    assert merged(made, before, unchanged) == LinkResult(
        (link("AGR-0002", 0.8), link("AGR-0001", 0.7), link("AGR-0003", 0.6)), (FamilyId("AGR-0005"),), None
    )
    assert merged(made, known(), unchanged | {FamilyId("AGR-0003")}).reason is Reason.NO_AGREEMENT


UNCHANGED = frozenset(map(FamilyId, ("AGR-0001", "AGR-0002")))
STANDING = known(link("AGR-0001", 0.7), related=("AGR-0002",))


def test_all_that_is_known_stands_where_no_changed_family_is_spoken_of() -> None:
    made = LinkResult((link("AGR-0002", 0.9),), (FamilyId("AGR-0001"),), None)
    assert merged(made, STANDING, UNCHANGED) == STANDING.result
    nothing = known(reason=Reason.NO_PARTY_PAIR)
    assert merged(made, nothing, UNCHANGED) == nothing.result


OTHER = FamilyId("AGR-0003")


@pytest.mark.parametrize(
    ("made", "before"),
    [
        (LinkResult((), (OTHER,), Reason.SIBLING_ONLY), STANDING),
        (LinkResult((), (), Reason.NO_AGREEMENT), known(link("AGR-0001", 0.7), related=("AGR-0003",))),
        (LinkResult((), (), Reason.NO_AGREEMENT), replace(STANDING, is_complete=False)),
    ],
    ids=["now it is", "it was", "nobody knows whether it was"],
)
def test_what_is_related_is_made_anew_where_a_changed_family_is_spoken_of(
    made: LinkResult, before: Known
) -> None:
    assert merged(made, before, UNCHANGED) == LinkResult((link("AGR-0001", 0.7),), made.related, None)


def test_what_was_below_the_gate_and_is_not_any_more_does_not_stand() -> None:
    made = LinkResult((), (FamilyId("AGR-0001"),), Reason.SIBLING_ONLY)
    assert merged(made, known(reason=Reason.BELOW_GATE), UNCHANGED) == made
