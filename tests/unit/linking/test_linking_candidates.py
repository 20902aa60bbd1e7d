"""Which families a text could be about, on the shipped register."""

from dataclasses import replace

import pytest

from monitor.core.ids import FamilyId, PlaceId
from monitor.linking.candidates import Candidate, Candidates, findability
from monitor.linking.reading import Reader
from monitor.linking.types import LinkInput
from monitor.linking.wording import LinkWords
from monitor.register.types import Register

TWINS = FamilyId("AGR-0157")  # Mogilev - Sumgait
REGIONS = FamilyId("AGR-0081")  # Mogilev Region - East Kazakhstan Region
TWO_BRESTS = FamilyId("AGR-0349")  # Brest (Belarus) - Brest (France)
DISTRICT = FamilyId("AGR-0118")  # Nesvizh District - Goris
UNION = FamilyId("AGR-0450")  # EAEU maps
PARLIAMENTS = FamilyId("AGR-0028")  # Mogilev regional council - legislature of Kaluga Region
DEPUTIES = "org-by-mogilev-regional-council-of-deputies"
KALUGA_DEPUTIES = "org-ru-legislative-assembly-of-kaluga-region"
ECOLOGICAL = FamilyId("AGR-0441")  # Sakharov institute - CIS
VOCATIONAL = FamilyId("AGR-0442")  # institute for vocational education - CIS
MARKETING = FamilyId("AGR-0007")  # Rostov analytical centre - National Marketing Centre


@pytest.fixture(scope="module")
def found(register: Register, link_words: LinkWords):
    candidates, reader = Candidates(register, link_words), Reader(register, link_words)

    def find(given: LinkInput) -> dict[FamilyId, Candidate]:
        return {row.handles.family.id: row for row in candidates.find(reader.read(given))}

    return find


def test_both_cities_named_make_their_family_a_candidate_at_full_strength(found, article):
    rows = found(
        article("Могилёв и Сумгаит", "", {"Могилёв": "by-city-mogilev", "Сумгаит": "az-city-sumgait"})
    )
    assert rows[TWINS].weaker_side == 1.0
    assert [n.mentions for n in (*rows[TWINS].home, *rows[TWINS].partner)] == [(0,), (1,)]


def test_a_city_only_hints_at_its_region(found, article):
    names = {"Могилёв": "by-city-mogilev", "Восточного Казахстана": "kz-east-kazakhstan-region"}
    rows = found(article("Могилёв ждёт гостей из Восточного Казахстана", "", names))
    assert rows[REGIONS].weaker_side < 0.5


def test_a_town_speaks_for_the_district_that_is_called_after_it(found, article):
    rows = found(article("Горис в Несвиже", "", {"Горис": "am-city-goris", "Несвиже": "by-city-nesvizh"}))
    assert rows[DISTRICT].weaker_side == pytest.approx(0.7)


def test_the_outlet_implies_its_own_region_weakly(found, article):
    names = {"Восточно-Казахстанской": "kz-east-kazakhstan-region"}
    text = "Область продолжит работу с Восточно-Казахстанской."
    assert REGIONS not in found(article("Гости", text, names))
    assert found(article("Гости", text, names, home="by-mogilev-region"))[REGIONS].weaker_side == 0.35


def test_the_other_reading_of_a_namesake_abroad_is_no_hint(found, article):
    names = {"Брест": "by-city-brest or fr-city-brest", "Франции": "country-fr"}
    rows = found(article("Брест принял посла Франции", "", names))
    assert TWO_BRESTS not in rows or rows[TWO_BRESTS].weaker_side == 0.0


def test_a_union_row_needs_the_union_itself(found, article):
    assert UNION not in found(
        article("Минск и Ереван", "", {"Минск": "by-city-minsk", "Ереван": "am-city-yerevan"})
    )
    assert UNION in found(article("Карта ЕАЭС", "", {"ЕАЭС": "union-eaeu"}))


def test_a_body_is_implied_by_its_seat_and_words_of_its_name(found, article):
    names = {"Ростове": "ru-city-rostov-on-don", "Беларуси": "country-by"}
    plain = "Гости из Беларуси побывали в Ростове."
    described = (
        "Национальный центр маркетинга и конъюнктуры цен Беларуси и региональный "
        "информационно-аналитический центр в Ростове сверили планы."
    )
    assert MARKETING not in found(article("Встреча", plain, names))
    assert found(article("Встреча", described, names))[MARKETING].weaker_side > 0.7


def test_a_body_is_implied_by_a_word_of_its_kind_beside_its_seat(found, article):
    names = {"Калуги": "ru-kaluga-region", "Могилёв": "by-city-mogilev", "облсовете": DEPUTIES}
    beside = "В облсовете приняли депутатов из Калуги."
    apart = "В облсовете обсудили устав. Гости из Калуги осмотрели Могилёв. Депутаты разъехались."
    without = "В облсовете приняли пожарных из Калуги."
    rows = [found(article("Визит", text, names))[PARLIAMENTS] for text in (beside, apart, without)]
    told = [next(n.strength for n in row.partner if n.place == KALUGA_DEPUTIES) for row in rows]
    assert told == pytest.approx([0.6, 0.35, 0.0])


def test_words_of_a_named_body_describe_no_other(found, article):
    text = "Экологический институт имени Сахарова, базовая организация СНГ, принял студентов в Минске."
    names = {
        "Экологический институт имени Сахарова": "org-by-sakharov-institute",
        "СНГ": "union-cis",
        "Минске": "by-city-minsk",
    }
    rows = found(article("Школа", text, names))
    unnamed = found(article("Школа", text, {k: v for k, v in names.items() if k != next(iter(names))}))
    assert rows[ECOLOGICAL].home[0].strength == 1.0
    assert (VOCATIONAL in rows, VOCATIONAL in unnamed) == (False, True)


def test_nothing_foreign_is_no_pair(register, link_words, article):
    candidates = Candidates(register, link_words)
    domestic = article("Минск", "Могилёв", {"Минск": "by-city-minsk", "Могилёв": "by-city-mogilev"})
    assert not candidates.may_have_pair(domestic.mentions, PlaceId("by-minsk-region"))


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        (TWINS, 1.0),
        (UNION, 0.7),  # no pair, but a map of agriculture has words of its own
        (FamilyId("AGR-0158"), 0.3),  # "agreements with regions of Moldova"
    ],
)
def test_findability_asks_for_names_or_words_of_the_document(register, link_words, family, expected):
    assert findability(register.families[family], register, link_words.generic) == expected


def test_a_family_with_a_nameless_side_and_a_bare_title_cannot_be_found(register, link_words):
    family = register.families[TWINS]
    nameless = replace(register.places[PlaceId("az-city-sumgait")], notes="placeholder, not named")
    blind = replace(register, places={**register.places, nameless.id: nameless})
    assert findability(family, blind, link_words.generic) == 0.0
