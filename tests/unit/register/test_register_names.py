"""Forms of names: what a text may write for a place, and what must be asked of the context."""

import pytest

from monitor.register.names import Case, Guard, NameForm
from tests.gazetteer import forms_of, places


def texts(place: str, how: str, lang: str) -> set[str]:
    return {form.text for form in forms_of(place) if form.how == how and form.lang == lang}


def form(place: str, text: str) -> NameForm:
    return next(form for form in forms_of(place) if form.text == text)


@pytest.mark.parametrize(
    ("place", "lang", "wanted"),
    [
        ("by-mogilev-region", "ru", {"Могилевская область", "Могилевской областью", "Могилёвскую область"}),
        ("by-district-shklov", "ru", {"Шкловского района", "Шкловском районе", "Шкловским райисполкомом"}),
        ("by-district-shklov", "be", {"Шклоўскага раёна", "Шклоўскаму раёну", "Шклоўскім раёнам"}),
        ("by-city-shklov", "be", {"Шклоў", "Шклова", "Шкловам", "Шклове"}),
        ("by-city-brest", "be", {"Брэста", "Брэсту", "Брэстам", "Брэсце"}),
        ("by-city-baranovichi", "be", {"Баранавіч", "Баранавічаў", "Баранавічамі", "Баранавічах"}),
        ("ru-city-rostov-on-don", "ru", {"Ростова-на-Дону", "Ростову-на-Дону", "Ростове-на-Дону"}),
        ("ru-city-velikiye-luki", "ru", {"Великих Лук", "Великим Лукам", "Великих Луках"}),
        ("by-city-maryina-gorka", "ru", {"Марьиной Горки", "Марьину Горку"}),
        ("by-city-glubokoye", "ru", {"Глубокого", "Глубоком"}),
        ("country-by", "ru", {"Республики Беларусь", "Беларуси", "Беларусью"}),
        ("country-by", "pl", {"Białorusi", "Białorusią"}),
        ("pl-city-bialystok", "pl", {"Białegostoku", "Białymstoku"}),
        ("pl-city-biala-podlaska", "pl", {"Białej Podlaskiej"}),
        ("by-mogilev-region", "pl", {"obwodu mohylewskiego", "obwodem mohylewskim"}),
        ("by-mogilev-region", "uk", {"Могильовської області", "Могильовською областю"}),
        ("country-by", "lt", {"Baltarusijos", "Baltarusijoje"}),
        ("by-city-brest", "uk", {"Берестям", "Берестю"}),
        ("ru-city-oryol", "be", {"Арла", "Арлом"}),
        ("ua-city-liubeshiv", "uk", {"Любешева", "Любешевом"}),
        ("region-euroregion-bug", "uk", {"єврорегіону «Буг»"}),
        ("by-mogilev-region", "lv", {"Mogiļevas apgabala", "Mogiļevas apgabalā"}),
        ("by-mogilev-region", "lt", {"Mogiliavo srities", "Mogiliavo srityje"}),
        ("ru-city-rostov-on-don", "lt", {"Rostovo prie Dono"}),
        ("by-city-baranovichi", "pl", {"Baranowiczach"}),
        ("by-city-svisloch", "pl", {"Świsłoczą", "Świsłoczy"}),
        ("by-city-nesvizh", "pl", {"Nieświeżu", "Nieświeżem"}),
        ("pl-city-katowice", "pl", {"Katowic", "Katowicach"}),
        ("pl-city-wroclaw", "pl", {"Wrocławia", "Wrocławiem"}),
        ("by-zone-fez-mogilev", "de", {"freien Wirtschaftszone «Mogilew»", "FWZ «Mogilew»"}),
        ("by-zone-fez-mogilev", "lv", {"Mogiļevas brīvajā ekonomiskajā zonā"}),
        ("org-at-hs-timber-group", "ru", {"HS Timber"}),
        ("by-city-minsk", "de", {"Minsks", "Minsker"}),
        ("org-by-gomselmash", "ru", {"Гомсельмаша", "Гомсельмаше"}),
        ("org-by-grsu", "ru", {"Гродненского государственного университета", "Гродненском госуниверситете"}),
    ],
)
def test_names_take_the_cases_of_their_language(place: str, lang: str, wanted: set[str]) -> None:
    assert wanted - texts(place, "name", lang) == set()


def test_an_adjective_has_all_genders_and_a_half_for_compounds() -> None:
    ru = texts("ru-pskov-region", "adjective", "ru")
    assert ru == {
        "псковский", "псковского", "псковскому", "псковским", "псковском", "псковская", "псковской",
        "псковскую", "псковскою", "псковское", "псковские", "псковских", "псковскими", "псковско",
    }  # fmt: skip
    assert form("ru-pskov-region", "псковско").guards == Guard.COMPOUND


def test_a_language_without_given_adjectives_takes_them_from_names_that_hold_or_make_one() -> None:
    assert {"рівненський", "рівненська", "рівненською"} <= texts("ua-rivne-region", "adjective", "uk")
    assert {"луцький", "луцькому", "луцька"} <= texts("ua-city-lutsk", "adjective", "uk")
    assert texts("ua-rivne-region", "adjective", "lt") == set()


def test_behind_a_name_that_does_not_decline_the_second_word_does() -> None:
    assert {"Гродно Азота", "Гродно Азоте"} <= texts("org-by-grodno-azot", "name", "ru")


def test_inhabitants_decline_in_both_numbers() -> None:
    ru = texts("by-mogilev-region", "demonym", "ru")
    assert {"могилевчане", "могилевчанами", "могилевчанин", "могилевчанку"} <= ru


def test_inhabitants_of_polish_decline() -> None:
    assert {"grodnianie", "grodnian", "grodnianom", "grodnianinem"} <= texts(
        "by-city-grodno", "demonym", "pl"
    )


def test_inhabitants_that_the_gazetteer_lacks_come_from_a_list_or_the_name_of_the_town() -> None:
    assert {"Ukraińcy", "Ukraińców", "Ukrainiec"} <= texts("country-ua", "demonym", "pl")
    assert {"vilniečiai", "vilniečių", "vilnietė"} <= texts("lt-city-vilnius", "demonym", "lt")
    assert {"rīdzinieki", "rīdziniekiem"} <= texts("lv-city-riga", "demonym", "lv")
    assert form("country-ua", "Ukraińców").case == Case.CAPITAL


def test_a_region_called_by_the_compass_lends_nobody_its_adjective() -> None:
    assert texts("id-west-java", "adjective", "ru") == texts("id-west-java", "adjective", "be") == set()


def test_a_name_that_the_dictionary_leaves_stiff_declines_as_its_ending_tells() -> None:
    assert {"Несвижа", "Несвиже"} <= texts("by-city-nesvizh", "name", "ru")


def test_colloquial_names_decline() -> None:
    assert {"Могилевщина", "Могилевщине"} <= texts("by-mogilev-region", "colloquial", "ru")
    assert {"Магілёўшчыны", "Магілёўшчыне"} <= texts("by-mogilev-region", "colloquial", "be")


def test_abbreviations_keep_their_capitals_and_take_spoken_endings() -> None:
    assert form("country-us", "США") == NameForm(
        places()["country-us"].id, "США", "abbreviation", "ru", Case.EXACT
    )
    assert form("org-by-maz", "МАЗом").case is Case.EXACT
    assert form("org-by-belaz", "БелАЗе").case is Case.CAPITAL
    assert form("org-by-mtz", "МТЗ").case is Case.EXACT
    assert "США" in texts("country-us", "abbreviation", "ru")
    assert not any(
        text.startswith("США") and text != "США" for text in texts("country-us", "abbreviation", "ru")
    )


@pytest.mark.parametrize(
    ("place", "text", "guards"),
    [
        ("by-city-mir", "Мир", {Guard.COMMON}),
        ("by-city-mir", "Міра", {Guard.COMMON}),
        ("by-city-lida", "Лида", {Guard.COMMON, Guard.PERSON}),
        ("by-city-lida", "Ліда", {Guard.COMMON, Guard.PERSON}),
        ("ru-city-vladimir", "Владимира", {Guard.PERSON}),
        ("ru-city-pushkin", "Пушкина", {Guard.PERSON, Guard.SURNAME}),
        ("ru-city-pushkin", "Пушкін", {Guard.PERSON, Guard.SURNAME}),
        ("by-city-minsk", "Минск", set()),
        ("org-by-horizont", "Горизонт", {Guard.QUOTED}),
        ("org-by-horizont", "Гарызонт", {Guard.QUOTED}),
        ("org-by-8-march-gomel-knitwear", "8 Марта", {Guard.QUOTED}),
        ("ru-tatarstan", "РТ", {Guard.SHORT}),
        ("by-citydistrict-minsk-leninsky", "Ленинский район", {Guard.CITY}),
        ("by-citydistrict-minsk-leninsky", "Ленинский район Минска", set()),
        ("org-by-ministry-of-education-of-belarus", "Министерство образования", {Guard.BARE}),
        ("org-by-ministry-of-education-of-belarus", "Министерство образования Беларуси", set()),
    ],
)
def test_a_form_says_what_must_be_asked_of_the_context(place: str, text: str, guards: set[Guard]) -> None:
    assert set(form(place, text).guards) == guards


def test_a_legal_form_before_a_name_that_stands_alone_adds_nothing() -> None:
    assert "ОАО «АМКОДОР»" in places()["org-by-amkodor"].names["ru"]
    assert {text for text in texts("org-by-amkodor", "name", "ru") if "«" in text} == set()


def test_a_language_without_tables_keeps_names_as_they_are_written() -> None:
    assert texts("country-fr", "name", "nl") == set(places()["country-fr"].names["nl"])
