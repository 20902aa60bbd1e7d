"""Finding parties in texts: spans, longest names, homonyms, and what is no party."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.ids import PlaceId
from monitor.linking.mentions import Finder, language_of, name_features
from monitor.linking.types import Mention
from tests.gazetteer import finder, places


@pytest.fixture(scope="module")
def find() -> Finder:
    return finder()


def found(find: Finder, text: str, title: str = "", home: str | None = None) -> list[tuple[str, str]]:
    region = PlaceId(home) if home else None
    return [(m.text, m.place) for m in find.find(title, text, outlet_region=region)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("в Шкловском районе", [("Шкловском районе", "by-district-shklov")]),
        ("у Шклоўскім раёне", [("Шклоўскім раёне", "by-district-shklov")]),
        ("Ростову-на-Дону", [("Ростову-на-Дону", "ru-city-rostov-on-don")]),
        ("в Великих Луках", [("Великих Луках", "ru-city-velikiye-luki")]),
        ("Mогилёв", [("Mогилёв", "by-city-mogilev")]),  # Latin M
        ("у Мар’інай Горцы", [("Мар’інай Горцы", "by-city-maryina-gorka")]),
        ("Валожын", [("Валожын", "by-city-volozhin")]),
        ("Мар'іна Горка", [("Мар'іна Горка", "by-city-maryina-gorka")]),
        ("на БелАЗе и МАЗом", [("БелАЗе", "org-by-belaz"), ("МАЗом", "org-by-maz")]),
        ("ОАО «Амкодор»", [("Амкодор", "org-by-amkodor")]),
        ("на «Гомсельмаше»", [("Гомсельмаше", "org-by-gomselmash")]),
        ("США и КНР", [("США", "country-us"), ("КНР", "country-cn")]),
        ("резидент «Гродноинвеста»", [("Гродноинвеста", "by-zone-fez-grodnoinvest")]),
        ("w Białej Podlaskiej", [("Białej Podlaskiej", "pl-city-biala-podlaska")]),
        ("Belarusian-French ties", [("Belarusian", "country-by"), ("French", "country-fr")]),
        ("与白俄罗斯和法国", [("白俄罗斯", "country-by"), ("法国", "country-fr")]),
        ("与戈梅利国立大学签署", [("戈梅利国立大学", "org-by-gsu")]),
        ("与格罗德诺扬卡·库帕拉国立大学签署", [("格罗德诺扬卡·库帕拉国立大学", "org-by-grsu")]),
        ("在吉利（白俄罗斯）汽车有限公司工作", [("吉利（白俄罗斯）汽车有限公司", "org-by-belgee")]),
        (
            "могилёвско-псковский форум",
            [("могилёвско", "by-mogilev-region"), ("псковский", "ru-pskov-region")],
        ),
    ],
)  # fmt: skip
def test_inflected_names_are_found_where_they_stand(
    find: Finder, text: str, wanted: list[tuple[str, str]]
) -> None:
    assert found(find, text) == wanted


def test_the_longest_name_wins_and_a_body_still_names_its_region(find: Finder) -> None:
    assert found(find, "Соглашение с правительством Новосибирской области") == [
        ("правительством Новосибирской области", "org-ru-government-of-novosibirsk-region"),
        ("Новосибирской области", "ru-novosibirsk-region"),
    ]
    assert found(find, "Могилёвский облисполком сообщил") == [
        ("Могилёвский облисполком", "org-by-mogilev-regional-executive-committee"),
        ("Могилёвский", "by-mogilev-region"),
    ]
    assert found(find, "Гродненский государственный университет имени Янки Купалы") == [
        ("Гродненский государственный университет имени Янки Купалы", "org-by-grsu")
    ]


def test_a_family_adjective_follows_its_noun_and_keeps_the_other_readings(find: Finder) -> None:
    text = "псковской делегации, Псковского района, псковских городских школ"
    assert find.find("", text) == (
        Mention(PlaceId("ru-pskov-region"), "text", 0, 9, "псковской", "adjective",
                (PlaceId("ru-city-pskov"), PlaceId("ru-district-pskov"))),
        Mention(PlaceId("ru-district-pskov"), "text", 21, 38, "Псковского района", "name"),
        Mention(PlaceId("ru-city-pskov"), "text", 40, 49, "псковских", "adjective",
                (PlaceId("ru-pskov-region"), PlaceId("ru-district-pskov"))),
    )  # fmt: skip


def test_one_noun_serves_a_row_of_adjectives(find: Finder) -> None:
    assert [m.place for m in find.find("", "Полоцкий и Шкловский районы, Витебская и Псковская области")] == [
        "by-district-polotsk",
        "by-district-shklov",
        "by-vitebsk-region",
        "ru-pskov-region",
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Лида Иванова открыла выставку", []),
        ("Вчера приехал Владимир Петров", []),
        ("Замок в Лиде", [("Лиде", "by-city-lida")]),
        ("Дорога во Владимире", [("Владимире", "ru-city-vladimir")]),
        ("Мир победит", []),
        ("мир во всём мире", []),
        ("Замок в Мире открыт", [("Мире", "by-city-mir")]),
        ("Конференция МИР прошла", []),
        ("театр имени Пушкина", []),
        ("на улице Псковской", []),
        ("ул. Минская, 5", []),
        ("на Псковском озере", []),
        ("кинотеатр «Минск»", []),
        ("клуб «Динамо-Минск»", []),
        ("на реке Орше", []),
        ("сайт minsk.gov.by", []),
        ("за горизонт", []),
        ("телевизоры «Горизонт»", [("Горизонт", "org-by-horizont")]),
        ("праздник 8 Марта", []),
        ("фабрика «8 Марта»", [("8 Марта", "org-by-8-march-gomel-knitwear")]),
        ("российских рублей", []),
        ("художник Иван Француз", []),
        ("трактор Беларус-1221", []),
        ("Трактор «Беларус-320» показали", []),
        ("тракторы «Беларус»", []),
        ("говорили па-беларуску", []),
        ("урок русского языка", []),
        ("урок беларускай мовы", []),
        ("Российская империя", []),
        ("на берегу Вятки", []),
        ("мост через Вятку", []),
        ("Гостиница Минск открыта", []),
        ("гостиницы Минска", [("Минска", "by-city-minsk")]),
        ("Поезд Брест — Гродно", [("Брест", "by-city-brest"), ("Гродно", "by-city-grodno")]),
        ("МАЗ отгрузил двадцать машин", [("МАЗ", "org-by-maz")]),
        ("МA3 отгрузил двадцать машин", [("МA3", "org-by-maz")]),  # Latin A and a three
        ("Посол PФ", [("PФ", "country-ru")]),  # Latin P
        ("Акмолинцы показали элеватор", [("Акмолинцы", "kz-akmola-region")]),
        ("лагерь на Березине", []),
        ("рынок в Березине", [("Березине", "by-city-berezino")]),
        ("Буксир вышел по Днепру", []),
        ("Завод в городе Днепр", [("Днепр", "ua-city-dnipro")]),
        ("Завод Днепропетровска", [("Днепропетровска", "ua-city-dnipro")]),
        ("Очередь на Полоцкой.", []),
        ("Дом на углу Псковской и Садовой сгорел", []),
        ("Смотр на Псковской фабрике", [("Псковской", "ru-pskov-region")]),
        ("уроки русского", []),
        ("во времена Великого княжества Литовского", []),
        ("Учительница Лида уехала", []),
        ("учительница из Лиды", [("Лиды", "by-city-lida")]),
        ("режиссёр Псковский", []),
        ("гости из Гагарина", [("Гагарина", "ru-city-gagarin")]),
        ("стихи Гагарина", []),
        ("Herr Berlin sprach zuerst", []),
        ("Nach dem Essen wurde getanzt", []),
        ("Der Verein aus Essen kam", [("Essen", "de-city-essen")]),
        ("A letter from Moscow, Idaho arrived", []),
        ("в селе Берлин", []),
        ("сорт «Ростов-на-Дону»", []),
        ("莫斯科饭店", []),
        ("на «Гродно Азоте»", [("Гродно Азоте", "org-by-grodno-azot")]),
        ("студенты из вильнюсских школ", [("вильнюсских", "lt-city-vilnius")]),
        ("экономист Псковский", []),
        ("экономист Псковской области", [("Псковской области", "ru-pskov-region")]),
        ("Владимир и его жена пели", []),
        ("романсы Глинки и Псковского", []),
        ("Стихи Московского звучали вчера", []),
        ("рассказы Псковского музея", [("Псковского", "ru-pskov-region")]),
        ("Шефы из города Гагарин", [("Гагарин", "ru-city-gagarin")]),
        ("г. Гагарин ждёт гостей", [("Гагарин", "ru-city-gagarin")]),
        ("Набережная Свислочи закрыта", []),
        ("Набережная Минска закрыта", [("Минска", "by-city-minsk")]),
        ("На обед борщ московский.", []),
        ("Ели борщ московские школьники", [("московские", "ru-city-moscow")]),
        ("московская плюшка", []),
        ("Теперь дети учат французский", []),
        ("Он знает русский и французский.", []),
        ("изучают русский и французский рынки", [("русский", "country-ru"), ("французский", "country-fr")]),
        ("магазин «Горизонт»", []),
        ("Zespół Mir zagra", []),
        ("The café Little Berlin", []),
        ("Der Cellist Anton Moskauer spielt", []),
        ("Высокое здание стоит", []),
        ("Лида и Минск дружат", [("Лида", "by-city-lida"), ("Минск", "by-city-minsk")]),
        ("Grodnianie i lidzianie", [("Grodnianie", "by-city-grodno"), ("lidzianie", "by-city-lida")]),
        ("Delegacija iš Lydos", [("Lydos", "by-city-lida")]),
        ("Minsko plente", []),
        ("французские тракторы", [("французские", "country-fr")]),
        ("русский стенд", [("русский", "country-ru")]),
        ("на московской площадке", [("московской", "ru-city-moscow")]),
        ("на площади русского города", [("русского", "country-ru")]),
    ],
)
def test_streets_persons_waters_and_words_are_no_parties(
    find: Finder, text: str, wanted: list[tuple[str, str]]
) -> None:
    assert found(find, text) == wanted


@pytest.mark.parametrize(
    ("text", "home", "place"),
    [
        ("В Бресте открыли мост.", None, "by-city-brest"),
        ("Шторм задел Брест (Франция).", None, "fr-city-brest"),
        ("Во французском Бресте шторм.", None, "fr-city-brest"),
        ("В Ленинском районе Гродно.", None, "by-citydistrict-grodno-leninsky"),
        ("Школа в Ленинском районе.", "by-city-minsk", "by-citydistrict-minsk-leninsky"),
        ("Школа в Ленинском районе. Гродно готовится.", None, "by-citydistrict-grodno-leninsky"),
        ("Французы взяли серебро, наш Брест пятый.", None, "by-city-brest"),
        ("Жители Ленинского района города Гродно.", "by-city-minsk", "by-citydistrict-grodno-leninsky"),
        ("Премьер РТ приехал из Казани.", None, "ru-tatarstan"),
        ("Министерство образования и Минск.", None, "org-by-ministry-of-education-of-belarus"),
    ],
)
def test_context_and_home_choose_among_namesakes(
    find: Finder, text: str, home: str | None, place: str
) -> None:
    assert place in [place for _, place in found(find, text, home=home)]


@pytest.mark.parametrize(
    "text",
    [
        "Школа в Ленинском районе.",
        "Премьер РТ приехал.",
        "Министерство образования Зимбабве.",
        "Мир настал, и белорусский народ это видит.",
    ],
)
def test_without_context_an_open_name_is_no_party(find: Finder, text: str) -> None:
    assert {place for _, place in found(find, text)} <= {"country-zw", "country-by"}


def test_a_district_of_a_city_that_is_named_beside_it_is_no_district_of_another(find: Finder) -> None:
    text = "Жители Ленинского района города Пскова написали в Минск."
    assert found(find, text) == [("Пскова", "ru-city-pskov"), ("Минск", "by-city-minsk")]


def test_the_same_word_in_the_same_sentence_does_not_make_a_word_a_town(find: Finder) -> None:
    assert found(find, "Мир нужен всем, и в Мире это знают.") == [("Мире", "by-city-mir")]
    assert found(find, "Мир готовится к зиме. Топят и в Мире.") == [
        ("Мир", "by-city-mir"),
        ("Мире", "by-city-mir"),
    ]


def test_a_title_is_read_in_the_language_of_its_text(find: Finder) -> None:
    assert found(find, "Гэта адбылося ўчора ў вобласці.", title="Пад Шкловам") == [
        ("Шкловам", "by-city-shklov")
    ]
    assert [
        language_of(" мінску  і  брэсце ", ""),
        language_of(" в  минске ", "be"),
        language_of(" minsk ", "pl"),
        language_of(" композитор пише ", "uk"),
    ] == [
        "be",
        "ru",
        "pl",
        "uk",
    ]


DISTRICTS = "by-citydistrict-minsk-moskovsky", "by-citydistrict-minsk-partizansky"


def test_a_row_of_city_districts_needs_its_noun_and_the_city(find: Finder) -> None:
    row = "Партизанский и Московский районы"
    # the city is a part of the district's name, as in Московский район Минска
    assert [place for _, place in found(find, f"{row} Минска.")] == list(DISTRICTS[::-1])
    assert [place for _, place in found(find, "Московский район столицы")] == [DISTRICTS[0]]
    assert found(find, f"{row} Самары.") == []
    assert [place for _, place in found(find, "Московский рынок и Минск.")] == [
        "ru-city-moscow",
        "by-city-minsk",
    ]
    assert found(find, "Партизанский проспект закрыт, это Минск.") == [("Минск", "by-city-minsk")]


def test_two_adjectives_that_end_alike_share_a_noun_also_where_one_is_a_name_too(find: Finder) -> None:
    assert found(find, "Октябрьский и Светлогорский районы убрали хлеб.") == [
        ("Октябрьский", "by-district-oktyabrsky"),
        ("Светлогорский", "by-district-svetlogorsk"),
    ]
    assert found(find, "Договор между Минском и Псковской областью.") == [
        ("Минском", "by-city-minsk"),
        ("Псковской областью", "ru-pskov-region"),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Перевод на польский сделали вчера.", []),
        ("На польский рынок вышли вчера.", [("польский", "country-pl")]),
        ("Пьеса идёт на русском говорят в зале.", []),
        ("Она будет учить русскому детей.", []),
        ("Книгу перевели с китайского на русский.", []),
        ("Uczą się polskiego w domu.", []),
        ("Der Französisch-Kurs fällt aus, sie spricht Polnisch gut.", []),
        ("Российский сыр подорожал.", []),
        ("Французские вина и польские сыры.", [("Французские", "country-fr"), ("польские", "country-pl")]),
        ("Иконы псковской школы вернули.", []),
        ("Псковской школе дали автобус.", [("Псковской", "ru-pskov-region")]),
        ("Разводят кур пород псковская и московская.", []),
        ("Началась Псковская битва.", []),
        ("Диплом вручили семье Псковских вчера.", []),
        ("Вчера Псковский признался во всём.", []),
        ("На сцену поднялись Полоцкий и Псковский — чтецы.", []),
        ("Вчера Псковский «Металлург» победил.", [("Псковский", "ru-pskov-region")]),
        ("На углу Минского шоссе и Псковской.", []),
        ("Ремонт Минского тупика идёт.", []),
        ("Przy Brzeskiej 5 stoi dom.", []),
        ("Играет Шахтёр-Минск.", []),
        ("Памятник Минску ставить не стали.", []),
        ("Памятник Минска обновили.", [("Минска", "by-city-minsk")]),
        ("На Орше ремонтируют шлюз.", []),
        ("Dr. Berlin ist da.", []),
        ("Chicken Minsk again.", []),
        ("Московская и Минская улицы перекрыты.", []),
        ("На рагу Віцебскай і Мінскай спыніліся машыны.", []),
        ("Вучні вывучаюць беларускую, а дзеці вучаць польскую.", []),
        ("Хор «Белая Русь» пел.", []),
        ("Ulica Mińska i rzeka Lida.", []),
    ],
)
def test_languages_sorts_battles_surnames_and_streets_are_no_parties(
    find: Finder, text: str, wanted: list[tuple[str, str]]
) -> None:
    assert found(find, text) == wanted


def test_an_item_of_a_list_takes_the_noun_of_an_earlier_one(find: Finder) -> None:
    regions = ["by-vitebsk-region", "by-minsk-region"]
    for text in (
        "По Витебской области — снег, по Минской — дождь.",
        "В Витебской области 12 случаев, в Минской 5.",
        "Из Витебской области приехали 12 человек, из Минской.",
    ):
        assert [place for _, place in found(find, text)] == regions
    assert [place for _, place in found(find, "Витебский район — 27,4 кг, Полоцкий — 26,9.")] == [
        "by-district-vitebsk",
        "by-district-polotsk",
    ]
    assert [place for _, place in found(find, "В Витебской области на Минской, 5 нет воды.")] == regions[:1]


def test_a_first_name_among_places_is_a_place_and_among_people_a_person(find: Finder) -> None:
    places_named = [place for _, place in found(find, "Приедут Лион, Бонн и Тбилиси.")]
    assert places_named == ["fr-city-lyon", "de-city-bonn", "ge-city-tbilisi"]
    assert found(find, "Гости из Тбилиси, Лида накрыла на стол.") == [("Тбилиси", "ge-city-tbilisi")]
    assert found(find, "Вера, Лида и Владимир пели в Гродно.") == [("Гродно", "by-city-grodno")]


def test_a_surname_stays_one_where_no_noun_that_agrees_follows(find: Finder) -> None:
    begin = "Экономист Псковский приговорён к штрафу."
    assert found(find, f"{begin} Псковский вину признал.") == []
    assert found(find, f"{begin} Псковский признал вину.") == []
    assert found(find, f"{begin} Псковский филиал закрыт.") == [("Псковский", "ru-pskov-region")]
    assert found(find, f"{begin} Псковский район рад.") == [("Псковский район", "ru-district-pskov")]
    assert found(find, f"Псковский вину признал. {begin}") == [("Псковский", "ru-pskov-region")]


def test_one_sentence_on_a_namesake_abroad_does_not_take_the_article(find: Finder) -> None:
    text = (
        "Побратимов у Бреста сорок. Живых из них столько, сколько звонит само, считают в мэрии и показывают "
        "список писем за прошлый год. Есть и французский тёзка: с бретонским Брестом города свёл музей. "
        "Остальные шлют открытки, и на стене в приёмной их уже не меньше сотни, так что место кончается. "
        "Осенью гости стояли на ярмарке в Бресте."
    )
    assert [place for word, place in found(find, text) if word.startswith("Брест")] == [
        "by-city-brest",
        "fr-city-brest",
        "by-city-brest",
    ]


PIECES = st.sampled_from(
    ["Минск", "Пско\u0301в", "«Мир»", "Лида ", "白俄罗斯", "БелАЗ", " в ", "-", ". ", "Ленинский район",
     "\u00ad", "İ", "ЕАЭС", "Брест (Франция)", "могилёвско-", "Mіnsk", "\ud83d", "\n", "Великих Лук"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.text(max_size=6), max_size=12).map("".join), st.text(max_size=20))
def test_any_text_gives_exact_spans(text: str, title: str) -> None:
    mentions = finder().find(title, text)
    for mention in mentions:
        field = title if mention.field == "title" else text
        assert field[mention.start : mention.end] == mention.text != ""
        assert mention.place in places()


def test_features_count_both_sides_early_and_unions(find: Finder) -> None:
    mentions = find.find("Минск и Псков", "ЕАЭС. " + "Ещё слова. " * 40 + "Минск, Франция.")
    assert name_features(mentions, places()) == (2.0, 2.0, 1.0, 2.0, 1.0, 1.0)
    late = find.find("", "Минск. " + "Ещё слова. " * 40 + "Псков.")
    assert name_features(late, places()) == (1.0, 1.0, 1.0, 1.0, 0.0, 0.0)
    assert name_features((), places()) == (0.0,) * 6
