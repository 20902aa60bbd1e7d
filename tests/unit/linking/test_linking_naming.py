"""What names imply: the places around them, and the district of a town that lies beside it."""

from dataclasses import replace

from monitor.core.ids import PlaceId
from monitor.linking.naming import Naming
from monitor.linking.types import Mention
from monitor.register.types import Register


def implied(register: Register, place: str) -> dict[PlaceId, float]:
    mention = Mention(PlaceId(place), "text", 0, 5, "words", "name", ())
    return Naming(register).find([mention], None).strength


def test_a_town_names_the_district_of_its_name_that_has_agreements(register: Register) -> None:
    assert implied(register, "ru-city-zernograd") == {
        PlaceId("ru-city-zernograd"): 1.0,
        PlaceId("ru-district-zernograd"): 0.7,
        PlaceId("ru-rostov-region"): 0.45,
        PlaceId("country-ru"): 0.6,
    }


def test_a_district_without_agreements_is_not_named_by_the_town_beside_it(register: Register) -> None:
    nothing_agreed = replace(register, families={})
    assert PlaceId("ru-district-zernograd") not in implied(nothing_agreed, "ru-city-zernograd")


def test_a_body_speaks_for_the_place_that_it_governs_and_less_for_what_that_lies_in(
    register: Register,
) -> None:
    assert implied(register, "org-by-baranovichi-city-executive-committee") == {
        PlaceId("org-by-baranovichi-city-executive-committee"): 1.0,
        PlaceId("by-city-baranovichi"): 0.8,
        PlaceId("by-brest-region"): 0.45,
        PlaceId("country-by"): 0.6,
    }
