"""Goods, lists of scorers, streets without a noun, languages in a row, towns that act: sentences written
for the classes of the seventh set; beside each trap stands what looks like it and is a party."""

import pytest

from monitor.core.ids import PlaceId
from monitor.linking.mentions import Finder
from tests.gazetteer import finder, words_found


@pytest.fixture(scope="module")
def find() -> Finder:
    return finder()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Кредит на телевизор «Горизонт» выдают быстро.", []),
        ("Телевизоры «Горизонта» едут в Казань.", ["Горизонта", "Казань"]),
        ("Завод «Горизонт» выпустил телевизор.", ["Горизонт"]),
        ("Голы: Петров, Борисов; Кубок Могилёвской области.", []),
        ("Первенство Могилёвской области прошло в Шклове.", ["Могилёвской области", "Шклове"]),
        ("Голы: Лисакович, 15; Псковский, 32.", []),
        ("Голы забили в Пскове и Орше.", ["Пскове", "Орше"]),
        ("Судья Псковский (Минск) не назначил пенальти.", ["Минск"]),
        ("В Минском полумарафоне бежали тысячи.", []),
        ("Аптека на Кирова закрыта, автобус по Советской и Кирова не идёт.", []),
        ("Поезд из Минска и Кирова прибыл.", ["Минска", "Кирова"]),
    ],
)
def test_goods_scorers_cups_and_streets_are_no_parties(find: Finder, text: str, wanted: list[str]) -> None:
    assert words_found(find, text) == wanted


@pytest.mark.parametrize(
    ("text", "lang", "wanted"),
    [
        ("Курсы французского и китайского для пенсионеров.", "ru", []),
        ("Делегации французского и китайского заводов.", "ru", ["французского", "китайского"]),
        ("Репетитор французского, китайского ищет учеников.", "ru", []),
        ("Kurs francuskiego i polskiego w maju.", "pl", []),
        ("She studies Polish and Chinese at school.", "en", []),
        ("Помесь китайской и французской, отдам даром.", "ru", []),
    ],
)
def test_languages_and_breeds_stand_in_rows(find: Finder, text: str, lang: str, wanted: list[str]) -> None:
    assert words_found(find, text, lang) == wanted


@pytest.mark.parametrize(
    ("text", "lang", "wanted"),
    [
        ("Поздравили Владимира Псковского с юбилеем.", "ru", []),
        ("Из Владимира Псковской области.", "ru", ["Владимира", "Псковской области"]),
        ("Coach Berlin Hill praised the guests from Brest.", "en", ["Brest"]),
        ("The coach of Berlin praised them.", "en", ["Berlin"]),
        ("Bürgermeisterin Berliner kam.", "de", []),
        ("Pani Mińska i pan Brzeski wzięli ślub.", "pl", []),
        ("Delegacja obwodu brzeskiego.", "pl", ["obwodu brzeskiego"]),
        ("Bürgermeisterin der Berliner Gemeinde.", "de", ["Berliner"]),
    ],
)
def test_names_of_people_beside_posts_and_surnames(
    find: Finder, text: str, lang: str, wanted: list[str]
) -> None:
    assert words_found(find, text, lang) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Глубокое отпраздновало юбилей.", ["Глубокое"]),
        ("Глубокое озеро замёрзло.", []),
        ("Мир готовится к худшему.", []),
        ("Поезд Минск — Днепр задержали.", ["Минск", "Днепр"]),
        ("Лида — Орша 2:1.", ["Лида", "Орша"]),
        ("Лида — лучшая подруга.", []),
    ],
)
def test_a_dash_and_a_verb_make_a_town_of_a_word(find: Finder, text: str, wanted: list[str]) -> None:
    assert words_found(find, text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Прокуратура Минской обл. проверила.", [("Минской", "by-minsk-region")]),
        ("Живу в Полоцком р-не давно.", [("Полоцком", "by-district-polotsk")]),
        (
            "В Шкловском районе закончили, в соседнем Полоцком поголовье выросло.",
            [("Шкловском районе", "by-district-shklov"), ("Полоцком", "by-district-polotsk")],
        ),
        (
            "Педагоги из Бреста пишут коллегам из французского Бреста.",
            [("Бреста", "by-city-brest"), ("французского Бреста", "fr-city-brest")],
        ),
    ],
)
def test_short_nouns_rows_and_contrast_tell_which_place(
    find: Finder, text: str, wanted: list[tuple[str, PlaceId]]
) -> None:
    assert [(mention.text, mention.place) for mention in find.find("", text)] == wanted


@pytest.mark.parametrize(
    ("text", "lang", "wanted"),
    [
        ("Ансамбль «Полоцкие напевы» выступил в Орше.", "ru", ["Орше"]),
        ("Томат «Московский деликатес» любят дачники.", "ru", []),
        ("Об этом пишет «Полоцкая газета».", "ru", ["Полоцкая"]),
        ("По гамбургскому счёту выиграли гости из Шклова.", "ru", ["Шклова"]),
        ("Der Hamburger SV verlor.", "de", []),
        ("In der Liga spielt der Berliner AK.", "de", ["Berliner"]),
        ("На чэмпіянаце Беларусі ў Мінску.", "be", ["Мінску"]),
    ],
)
def test_what_a_quoted_name_and_a_set_phrase_bear_is_no_party(
    find: Finder, text: str, lang: str, wanted: list[str]
) -> None:
    assert words_found(find, text, lang) == wanted


@pytest.mark.parametrize(
    ("lang", "text", "place"),
    [
        ("de", "die Bremer Gäste, die Rigaer Gäste", "lv-city-riga"),
        ("en", "Palestinians, Poles and Americans", "country-pl"),
        ("uk", "дніпрові пороги, дніпровські заводи", "ua-city-dnipro"),
        ("pl", "Turcy i Polacy", "country-pl"),
        ("ru", "на Лидчине и на Полотчине", "by-district-lida"),
        ("be", "мінчукі сустрэлі гасцей", "by-city-minsk"),
        ("ru", "на Полоччине", "by-district-polotsk"),
    ],
)
def test_people_and_lands_are_called_as_their_press_calls_them(
    find: Finder, lang: str, text: str, place: str
) -> None:
    assert place in [mention.place for mention in find.find("", text, lang=lang)]
