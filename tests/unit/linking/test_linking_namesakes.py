"""What is named after a place and is none: contests, duchies, wars, clubs; districts and streets in lists."""

import pytest

from monitor.core.ids import PlaceId
from monitor.linking.mentions import Finder
from tests.gazetteer import finder, words_found


@pytest.fixture(scope="module")
def find() -> Finder:
    return finder()


def found(find: Finder, text: str, lang: str = "", home: str | None = None) -> list[tuple[str, str]]:
    region = PlaceId(home) if home else None
    return [(m.text, m.place) for m in find.find("", text, lang=lang, outlet_region=region)]


@pytest.mark.parametrize(
    ("text", "lang", "wanted"),
    [
        ("Команда выиграла Кубок Беларуси.", "ru", []),
        ("На чемпионате Республики Беларусь и в Кубке РБ играли юниоры.", "ru", []),
        ("Сборная Беларуси сыграла в Пскове.", "ru", ["Беларуси", "Пскове"]),
        ("Чемпионат прошёл в Беларуси.", "ru", ["Беларуси"]),
        ("Puchar Polski zostaje w domu.", "pl", []),
        ("The Belarus Cup was lost.", "en", []),
        ("It was built in the Grand Duchy of Lithuania.", "en", []),
        ("The Government of Lithuania agreed.", "en", ["Lithuania"]),
        ("В годы немецкой и русской оккупации.", "ru", []),
        ("Русско-китайская война давно прошла.", "ru", []),
        ("Русско-китайская торговля растёт.", "ru", ["Русско", "китайская"]),
        ("Гости обыграли «Салават Юлаев».", "ru", []),
        ("Книга «Минск и минчане» вышла.", "ru", ["Минск", "минчане"]),
        ("На озере Псковское тихо.", "ru", []),
    ],
)  # fmt: skip
def test_contests_wars_clubs_and_lakes_are_no_places(
    find: Finder, text: str, lang: str, wanted: list[str]
) -> None:
    assert words_found(find, text, lang) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Воды не будет на ул. Полоцкой, Витебской и Псковской.", []),
        ("На ул. Полоцкой, Витебская область приехала.", ["Витебская область"]),
        ("Магазин переехал с Полоцкой на Витебскую.", []),
        ("На Полоцкой закрыли движение.", []),
        ("На Полоцкой земле рады гостям.", ["Полоцкой"]),
        ("Груз идёт из Псковской в Минскую область.", ["Псковской", "Минскую область"]),
    ],
)
def test_the_streets_of_a_row_are_no_places(find: Finder, text: str, wanted: list[str]) -> None:
    assert words_found(find, text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Надой, кг:\nПолоцкий — 24,1\nЛидский — 22", ["by-district-polotsk", "by-district-lida"]),
        ("Полоцкий (12), Лидский (9).", ["by-district-polotsk", "by-district-lida"]),
        ("Псковская: 15, Гродненская — 8.", ["ru-pskov-region", "by-grodno-region"]),
        ("Убрали в Лидском и Шкловском районах, на подходе Полоцкий.",
         ["by-district-lida", "by-district-shklov", "by-district-polotsk"]),
    ],
)  # fmt: skip
def test_the_districts_of_a_table_have_no_noun(find: Finder, text: str, wanted: list[str]) -> None:
    assert [place for _, place in found(find, text)] == wanted


def test_a_company_is_a_club_where_a_score_is_told(find: Finder) -> None:
    assert words_found(find, "«Гомсельмаш» — «Амкодор» 2:1.") == []
    assert words_found(find, "«Гомсельмаш» ждёт гостей в 10:15.") == ["Гомсельмаш"]


def test_a_company_is_called_otherwise_and_its_last_word_may_decline_alone(find: Finder) -> None:
    assert found(find, "поставки Борисовского завода медпрепаратов") == [
        ("Борисовского завода медпрепаратов", "org-by-borisov-plant-of-medicines")
    ]
    assert found(find, "представительство «Савушкин продукта»") == [
        ("Савушкин продукта", "org-by-savushkin-product")
    ]
    assert found(find, "На шклозаводзе «Нёман» свята") == [("шклозаводзе «Нёман", "org-by-neman-glassworks")]


def test_an_abbreviation_means_a_region_only_in_its_own_press(find: Finder) -> None:
    text = "Глава РБ провёл совещание в Уфе."
    assert found(find, text, home="ru-bashkortostan")[0] == ("РБ", "ru-bashkortostan")
    assert found(find, text)[0] == ("РБ", "country-by")
    assert found(find, text, home="by-minsk-region")[0] == ("РБ", "country-by")


@pytest.mark.parametrize(
    ("lang", "text", "place"),
    [
        ("uk", "прем'єр Великої Британії", "country-gb"),
        ("uk", "з Мінського тракторного заводу", "org-by-mtz"),
        ("uk", "концерт у Білостоці", "pl-city-bialystok"),
        ("uk", "у Лідському районі", "by-district-lida"),
        ("uk", "лідчани", "by-city-lida"),
        ("pl", "z Wielkiej Brytanii", "country-gb"),
        ("pl", "w Stanach Zjednoczonych", "country-us"),
        ("pl", "delegacja rejonu lidzkiego", "by-district-lida"),
        ("lt", "baltarusiškų trąšų", "country-by"),
        ("lt", "Lydos rajone", "by-district-lida"),
        ("lv", "Lidas rajonā", "by-district-lida"),
        ("de", "an der Belarussischen Staatlichen Universität", "org-by-bsu"),
        ("be", "у Горадні", "by-city-grodno"),
        ("ru", "шкловцы и полочане", "by-city-shklov"),
    ],
)
def test_names_of_neighbours_languages_decline(find: Finder, lang: str, text: str, place: str) -> None:
    assert found(find, text, lang)[0][1] == place
