"""Agreements are offered by the words of a text alone, always as many, and found by words in any form."""

import pytest

from monitor.core.ids import AgreementId
from monitor.review.nearest import Nearest
from tests.make_reports import register


@pytest.fixture(scope="module")
def nearest() -> Nearest:
    return Nearest(register())


def parties(agreement: AgreementId) -> set[str]:
    family = register().families[register().family_of[agreement]]
    return {str(place) for place in family.places}


def test_agreements_whose_both_sides_are_named_come_first_whatever_the_form(nearest: Nearest) -> None:
    russian = nearest.of("Гости из Батуми", "Делегация посетила бобруйские предприятия.", 9)
    belarusian = nearest.of("Госці з Батумі", "Дэлегацыя наведала бабруйскія прадпрыемствы.", 9)
    assert parties(russian[0]) == parties(belarusian[0])
    assert any("batumi" in place for place in parties(russian[0]))
    assert any("bobruisk" in place or "babruysk" in place for place in parties(russian[0]))


@pytest.mark.parametrize(
    "text", ["", "Футбол: 2:1.", "Могилёв и Псков, Гомель и Брянск, Витебск и Смоленск."]
)
def test_there_are_always_as_many(nearest: Nearest, text: str) -> None:
    found = nearest.of("", text, 9)
    assert len(set(found)) == 9
    assert found == nearest.of("", text, 9)


def test_a_search_takes_words_in_any_form_and_needs_all_of_them(nearest: Nearest) -> None:
    found = nearest.search("бобруйска батуми", 50)
    assert found
    assert found == nearest.search("Бобруйск Батуми", 50)
    assert set(found) < set(nearest.search("Бобруйск", 50))
    assert nearest.search("Бобруйск Атлантида", 50) == ()
    assert nearest.search(" - ", 50) == ()
