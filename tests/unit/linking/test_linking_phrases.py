"""Set phrases, surnames behind posts, rivers, clubs and quoted names: no parties; and what stands like them
but is one."""

import pytest

from monitor.linking.mentions import Finder
from tests.gazetteer import finder


@pytest.fixture(scope="module")
def find() -> Finder:
    return finder()


def found(find: Finder, text: str) -> list[str]:
    return [mention.text for mention in find.find("", text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Русская печь занимает половину избы.", []),
        ("Приехали русские туристы.", ["русские"]),
        ("Фильм показали с русскими субтитрами.", []),
        ("Московское время — 15 часов.", []),
        ("Российские туристы едут домой.", ["Российские"]),
        ("French fries are popular.", []),
        ("French engineers checked the bridge.", ["French"]),
        ("На завтрак подали французскую булочку.", []),
        ("Переговоры шли рядом с французскими и русскими стендами.", ["французскими", "русскими"]),
        ("Французский изучают с пятого класса.", []),
        ("Французский завод изучают инженеры.", ["Французский"]),
    ],
)
def test_a_set_phrase_names_no_place(find: Finder, text: str, wanted: list[str]) -> None:
    assert found(find, text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Тренера Псковского уволили после матча.", []),
        ("Болельщики требуют отставки тренера Псковского.", []),
        ("С директором Псковским говорил журналист.", []),
        ("По словам врача Псковского, пациент здоров.", []),
        ("Директора Псковского завода уволили.", ["Псковского"]),
        ("С инженером Псковского лифтового завода говорил журналист.", ["Псковского"]),
        ("Директора Псковского, Минского и Московского заводов.", ["Псковского", "Минского", "Московского"]),
        ("Полковник в отставке Псковский передал награды.", []),
        ("Псковский подписал грамоту.", []),
        ("Псковская рассказала о поездке.", []),
        ("Псковский коллектив приехал с подарками.", ["Псковский"]),
        ("Псковский костёл открыт.", ["Псковский"]),
    ],
)
def test_a_surname_stands_behind_a_post_in_any_case_and_before_a_verb(
    find: Finder, text: str, wanted: list[str]
) -> None:
    assert found(find, text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Хор «Старый Минск» пел.", []),
        ("Гость сказал: «Едем в Минск».", ["Минск"]),
        ("«Экспресс-Минск» приехал первым.", []),
        ("Рестораны Гродно получили звёзды.", ["Гродно"]),
        ("Ресторан Минск закрыт.", []),
        ("Мир и Гродно свяжет автобус.", ["Мир", "Гродно"]),
        ("Мир и дружба победят.", []),
        ("Lydoje lankėsi svečiai.", ["Lydoje"]),
        ("Am Essen wurde gespart.", []),
        ("Рассказали гости из Минска.", ["Минска"]),
    ],
)
def test_quoted_names_are_no_places_and_stiff_names_are(find: Finder, text: str, wanted: list[str]) -> None:
    assert found(find, text) == wanted
