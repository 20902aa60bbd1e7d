"""What speaks for a candidate, as numbers: each from what it says it is from."""

import math
from collections.abc import Callable

import pytest

from monitor.core.ids import AgreementId, FamilyId, PlaceId
from monitor.linking.candidates import Candidates
from monitor.linking.features import FEATURES, Features, _telling, topic_fit
from monitor.linking.likeness import NO_CENTRE, NO_SAMPLES, Likeness
from monitor.linking.members import separation
from monitor.linking.naming import Named
from monitor.linking.reading import Reader, Reading
from monitor.linking.types import LinkInput
from monitor.linking.wording import LinkWords
from monitor.register.types import Register

Row = Callable[[LinkInput, str], dict[str, float]]
TWINS = "AGR-0157"  # Mogilev - Sumgait
MAPS = FamilyId("AGR-0450")  # EAEU maps


@pytest.fixture(scope="module")
def features(register: Register, link_words: LinkWords) -> Features:
    return Features(register, link_words, Likeness(register, NO_SAMPLES, NO_CENTRE))


@pytest.fixture(scope="module")
def read(register: Register, link_words: LinkWords) -> Callable[[LinkInput], Reading]:
    return Reader(register, link_words).read


@pytest.fixture(scope="module")
def row_of(
    register: Register, link_words: LinkWords, features: Features, read: Callable[[LinkInput], Reading]
) -> Row:
    candidates = Candidates(register, link_words)

    def row(given: LinkInput, family: str) -> dict[str, float]:
        reading = read(given)
        found = candidates.find(reading)
        number = [one.handles.family.id for one in found].index(FamilyId(family))
        return dict(zip(FEATURES, features.rows(found, reading)[number].tolist(), strict=True))

    return row


def test_an_article_without_topics_and_words_of_a_title_says_nothing_of_them(row_of, article):
    names = {"Могилёв": "by-city-mogilev", "Сумгаит": "az-city-sumgait"}
    row = row_of(article("Могилёв и Сумгаит", "", names, topics={}), TWINS)
    silent = (
        "topics",
        "main_topic",
        "any_topic",
        "wording_share",
        "wording_mass",
        "wording_lead",
        "likeness",
    )
    assert {name: row[name] for name in silent} == dict.fromkeys(silent, 0.0)


def test_a_side_that_only_the_outlet_implies_has_no_share_of_the_mentions(row_of, article):
    given = article("Гости", "Из Сумгаита.", {"Сумгаита": "az-city-sumgait"}, home="by-city-mogilev")
    row = row_of(given, TWINS)
    assert (row["home"], row["home_share"], row["partner_share"]) == (0.35, 0.0, 1.0)


def test_mentions_of_other_partners_take_from_the_share_of_this_one(row_of, article):
    names = {"Могилёв": "by-city-mogilev", "Сумгаит": "az-city-sumgait", "Тулу": "ru-city-tula"}
    row = row_of(article("Могилёв и Сумгаит", "Могилёв ждёт Тулу, Тулу и Тулу.", names), TWINS)
    assert (row["home_share"], row["partner_share"]) == (1.0, 0.25)


def test_words_of_a_title_lead_by_what_they_are_ahead_of_a_rival_with_the_same_party(
    row_of, article, features, read, register
):
    names = {"Могилёвская область": "by-mogilev-region", "Хунань": "cn-hunan",
             "Франции": "country-fr"}  # fmt: skip
    text = "Могилёвская область ждёт гостей из Франции и провинции Хунань."
    pairs = [{"by-mogilev-region", partner} for partner in ("cn-hunan", "country-fr")]
    rivals = [family for family in register.families.values() if family.places in pairs]
    assert len(rivals) == 2
    titles = " ".join(register.agreements[one.members[0]].title_ru for one in rivals)
    given = article("Встреча", f"{text} {titles}", names)
    reading = read(given)
    masses = [
        max(features.overlap(features.wording[member], reading)[1] for member in one.members)
        for one in rivals
    ]
    assert min(masses) > 0
    for one, mass, rival in zip(rivals, masses, reversed(masses), strict=True):
        row = row_of(given, one.id)
        assert row["wording_mass"] == pytest.approx(math.tanh(mass / 10))
        assert row["wording_lead"] == pytest.approx(math.tanh((mass - rival) / 10))


def test_the_surest_topic_speaks_in_full_and_the_main_one_twice(row_of, article, register):
    topics = register.agreements[AgreementId(TWINS)].topics
    names = {"Могилёв": "by-city-mogilev", "Сумгаит": "az-city-sumgait"}
    sure = {topic: 0.4 for topic in topics[1:]} | {topics[0]: 0.8, "law_border": 0.2}
    row = row_of(article("Могилёв и Сумгаит", "", names, topics=sure), TWINS)
    n = len(topics)
    assert row["main_topic"] == 1.0  # relative to the surest
    assert row["any_topic"] == 0.8
    assert row["topics"] == pytest.approx((1.0 + 1.0 + 0.5 * (n - 1)) / (n + 1))


def test_topics_fit_by_their_mean_with_the_main_one_counted_twice(register):
    member = next(one for one in register.agreements.values() if len(one.topics) == 2)
    first, second = member.topics
    assert topic_fit(member, {first: 0.9, second: 0.3}) == pytest.approx((0.9 + 0.9 + 0.3) / 3)
    assert topic_fit(member, {second: 0.3}) == pytest.approx(0.1)
    assert topic_fit(member, {}) == 0.0


def test_a_title_is_whole_in_a_text_that_holds_it_in_either_language(features, read, article, register):
    wording = features.wording[AgreementId(MAPS)]
    agreement = register.agreements[AgreementId(MAPS)]
    assert features.overlap(wording, read(article(agreement.title_ru, "", {})))[0] == pytest.approx(1.0)
    in_english = read(article(agreement.title, "", {}, lang="en"))
    assert features.overlap(wording, in_english) == pytest.approx((1.0, wording.total_en))
    assert wording.total_en > 1
    assert features.overlap(wording, read(article(agreement.title, "", {})))[0] == 0.0  # of a Russian text


def test_a_party_counts_as_named_from_its_own_towns_name_on():
    town = Named(PlaceId("by-nesvizh-district"), 0.7, (3,))
    region = Named(PlaceId("by-minsk-region"), 0.45, (1,))
    assert _telling((town, region, Named(PlaceId("by-city-minsk"), 1.0, (5,)))) == [3, 5]
    assert _telling((region,)) == (1,)  # the best implied one


def test_what_separates_members_is_what_one_of_them_has_alone(register, features, read, article):
    family = next(f for f in register.families.values() if len(f.members) > 1 and _dated_apart(f, register))
    members = [register.agreements[member] for member in family.members]
    first = members[0]
    others = {number for one in members[1:] for number in features.wording[one.id].numbers}
    own = next(number for number in features.wording[first.id].numbers if number not in others)
    plain, dated = (
        separation(members, read(article("Встреча", text, {}, topics={})), features)
        for text in ("Стороны встретились.", f"Стороны встретились. {own:.0f}")
    )
    assert {m.id: round(dated[m.id] - plain[m.id], 6) for m in members} == {
        m.id: 1.5 if m is first else 0.0 for m in members
    }


def test_the_topics_of_a_text_speak_for_the_member_that_they_fit(register, features, read, article):
    members = [
        one for family in register.families.values() if len(family.members) > 1
        for one in map(register.agreements.__getitem__, family.members)
    ]  # fmt: skip
    one = members[0]
    other = next(m for m in members if not set(m.topics) & set(one.topics))
    silent = read(article("Встреча", "", {}, topics={}))
    told = read(article("Встреча", "", {}, topics={one.topics[0]: 0.9}))
    gained = {
        m: separation([one, other], told, features)[m] - separation([one, other], silent, features)[m]
        for m in (one.id, other.id)
    }
    assert gained == {one.id: pytest.approx(2 / (len(one.topics) + 1)), other.id: 0.0}


def _dated_apart(family, register):
    years = [register.agreements[member].signed for member in family.members]
    return None not in years and len({year.year for year in years}) == len(years)
