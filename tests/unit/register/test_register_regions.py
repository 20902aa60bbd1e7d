"""Every spelling of a region in the data and on the command line leads to one place id."""

import pytest

from monitor.core.shipped import config_dir
from monitor.register.load import load_register
from monitor.register.regions import RegionNames
from monitor.register.types import Register


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register(config_dir())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("by-mogilev-region", "by-mogilev-region"),
        ("Mogilev", "by-mogilev-region"),
        ("mogilev region", "by-mogilev-region"),
        ("Могилёвская область", "by-mogilev-region"),
        (" Могилевская  область ", "by-mogilev-region"),
        ("Магілёўская вобласць", "by-mogilev-region"),
        ("Могилёвщина", "by-mogilev-region"),
        ("Могилев", "by-mogilev-region"),
        ("могилёвская", "by-mogilev-region"),
        ("Псковская", "ru-pskov-region"),
        ("Мінская", "by-minsk-region"),
        ("Minsk", "by-city-minsk"),
        ("Minsk City", "by-city-minsk"),
        ("Минск", "by-city-minsk"),
        ("Minsk Region", "by-minsk-region"),
        ("Мінская вобласць", "by-minsk-region"),
        ("national", "country-by"),
        ("Belarus", "country-by"),
        ("Республика Беларусь", "country-by"),
        ("Шклоўскі раён", "by-district-shklov"),
        ("Орша", "by-city-orsha"),
        ("Pskov Region", "ru-pskov-region"),
        ("Georgia", "country-ge"),
    ],
)
def test_a_spelling_of_a_region_gives_its_place(register: Register, text: str, place: str) -> None:
    assert RegionNames(register.places).find(text) == place


@pytest.mark.parametrize(
    "text",
    ["", " ", "Mogilew", "Октябрьский район", "область", "org-by-mtz", "МТЗ", "union-eaeu"],
)
def test_what_is_unknown_ambiguous_or_no_place_gives_none(register: Register, text: str) -> None:
    assert RegionNames(register.places).find(text) is None


def test_a_name_that_two_places_share_is_ambiguous_and_its_id_is_not(register: Register) -> None:
    names = RegionNames(register.places)
    district = "by-citydistrict-minsk-oktyabrsky"
    assert (names.find("Октябрьский район"), names.find(district)) == (None, district)


def test_no_region_is_invented_when_the_gazetteer_does_not_hold_it() -> None:
    assert RegionNames({}).find("Mogilev") is None
