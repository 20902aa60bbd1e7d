"""Precision and recall by family, counted by hand."""

from dataclasses import dataclass

import pytest

from monitor.core.ids import AgreementId, FamilyId
from monitor.linking.evaluate import evaluate_links
from monitor.linking.types import Link

FAMILY_OF = {AgreementId(a): FamilyId(f) for a, f in {"A1": "A1", "A2": "A1", "B1": "B1", "C1": "C1"}.items()}


@dataclass(frozen=True)
class Item:
    lang: str
    agreements: tuple[str, ...]
    stage: str = "none"


def link(family: str, member: str | None = None) -> Link:
    return Link(FamilyId(family), AgreementId(member) if member else None, 0.9, "title", "result", ())


def test_two_members_of_a_family_are_one_link_to_find():
    quality = evaluate_links([Item("ru", ("A1", "A2"))], [(link("A1"),)], FAMILY_OF)["overall"]
    assert (quality["n"], quality["n_found"], quality["precision"], quality["recall"]) == (1, 1, 1.0, 1.0)


def test_wrong_and_missed_links_count_each_on_its_side():
    items = [Item("ru", ("A1",)), Item("ru", ("B1", "C1")), Item("be", ())]
    quality = evaluate_links(items, [(link("A1"), link("B1")), (link("B1"),), (link("C1"),)], FAMILY_OF)
    overall = quality["overall"]
    assert (overall["precision"], overall["recall"], overall["f1"]) == (
        0.5,
        pytest.approx(2 / 3),
        pytest.approx(4 / 7),
    )
    assert overall["precision_95"][0] <= 0.5 <= overall["precision_95"][1]
    assert (quality["by_lang"]["be"]["precision"], quality["by_lang"]["be"]["recall"]) == (0.0, None)


def test_members_are_judged_only_where_the_family_is_right():
    items = [Item("ru", ("A2",))] * 3 + [Item("ru", ("B1",))]
    predicted = [(link("A1", "A2"),), (link("A1", "A1"),), (link("A1"),), (link("C1", "C1"),)]
    member = evaluate_links(items, predicted, FAMILY_OF)["member"]
    assert member == {"n": 3, "named": 2, "named_right": 1, "right_or_open": pytest.approx(2 / 3)}


def test_stages_are_judged_only_where_the_family_is_right():
    items = [
        Item("ru", ("A1", "B1"), "result"),
        Item("be", ("A1",), "signing"),
        Item("ru", ("C1",), "result"),
    ]
    predicted = [(link("A1"), link("B1")), (link("A1"),), (link("A1"),)]
    stage = evaluate_links(items, predicted, FAMILY_OF)["stage"]
    assert stage == {"n": 3, "right": 2, "accuracy": pytest.approx(2 / 3)}


def test_nothing_found_has_no_precision_and_the_same_answer_every_time():
    first = evaluate_links([Item("ru", ("A1",))], [()], FAMILY_OF)
    assert first["overall"]["precision"] is None
    assert first["overall"]["recall"] == 0.0
    assert first == evaluate_links([Item("ru", ("A1",))], [()], FAMILY_OF)


def test_an_agreement_outside_the_monitored_families_is_not_asked_for():
    assert evaluate_links([Item("ru", ("Z9",))], [()], FAMILY_OF)["overall"]["n"] == 0
