"""How near a text comes to what an agreement is about, by words that stories of like agreements share."""

from dataclasses import replace

import numpy as np
import pytest

from monitor.core.ids import AgreementId
from monitor.linking.candidates import Candidates
from monitor.linking.features import FEATURES, Features
from monitor.linking.latent import Latent
from monitor.linking.likeness import NO_CENTRE, NO_SAMPLES, Likeness
from monitor.linking.wording import stems, token_line
from monitor.register.types import Subject
from tests.registers import with_rows

LIFTS, TRACTORS = AgreementId("AGR-0266"), AgreementId("AGR-0267")  # Minsk with Beijing and with Changchun
CRANES, FARMS = AgreementId("AGR-0255"), AgreementId("AGR-0123")
SILENT = "Погода стояла ясная"


@pytest.fixture(scope="module")
def told(register):
    """Four rows: two that work high above the ground, two that work on the fields."""
    subjects = {
        LIFTS: Subject(("лифт",), (), (), ("Лифт ставят монтажники.",)),
        CRANES: Subject(("кран",), (), (), ("Кран ставят монтажники на стройке.",)),
        TRACTORS: Subject(("трактор",), (), (), ("Трактор ведёт пахарь.",)),
        FARMS: Subject(("ферма",), (), (), ("На ферме пахарь косит луг.",)),
    }
    rows = {own: replace(register.agreements[own], part_of=None) for own in subjects}
    return replace(with_rows(register, rows), subjects=subjects)


@pytest.fixture(scope="module")
def latent(told):
    return Latent(told)


def near(latent: Latent, *sentences: str) -> np.ndarray:
    said = [stems(token_line(sentence)) for sentence in sentences]
    return latent.near(said, [[LIFTS], [CRANES], [TRACTORS], [FARMS]])


def test_a_word_that_only_stories_of_a_like_agreement_have_brings_a_text_near(told, monkeypatch):
    monkeypatch.setattr("monitor.linking.latent._DIMENSIONS", 2)
    lifts, cranes, tractors, farms = near(Latent(told), "Луг уже зелёный")[:, 0]
    assert farms > tractors > max(lifts, cranes) + 0.1


def test_two_neighbouring_sentences_are_heard_together_and_others_apart(latent):
    together = near(latent, "Новый кран", "Опытные монтажники", SILENT)
    assert together.shape == (4, 2)
    assert together[1, 0] > near(latent, "Новый кран", SILENT, "Опытные монтажники")[1].max()
    assert near(latent, "Новый кран").shape == (4, 1)


def test_a_text_that_says_nothing_known_comes_near_to_nothing(latent):
    assert not near(latent, SILENT, SILENT).any()
    assert not near(latent, "").any()


def test_the_nearest_member_stands_for_its_family(latent):
    said = [stems(token_line("Трактор в поле"))]
    one, other, both = latent.near(said, [[LIFTS], [TRACTORS], [LIFTS, TRACTORS]])
    assert both == other > one


def test_the_same_register_gives_the_same_numbers_and_an_empty_one_none(told, latent):
    assert (near(Latent(told), "Лифт и кран") == near(latent, "Лифт и кран")).all()
    nothing = Latent(with_rows(told, {}))
    assert nothing.near([stems(token_line(SILENT))] * 3, []).shape == (0, 2)


def test_the_lead_is_over_all_other_candidates_where_the_text_comes_nearest(
    register, link_words, linker, article
):
    names = {"Минск": "by-city-minsk", "Пекин": "cn-city-beijing", "Чанчунь": "cn-city-changchun"}
    text = "Минск и Пекин вместе делают лифты. " + f"{SILENT}. " * 2 + "Чанчунь ждёт тракторы."
    columns = [FEATURES.index("latent"), FEATURES.index("latent_lead")]
    features = Features(register, link_words, Likeness(register, NO_SAMPLES, NO_CENTRE))
    rows = {}
    for lang in ("ru", "en"):
        reading = linker._reader.read(article("Завод", text, names, lang=lang))
        found = Candidates(register, link_words).find(reading)
        rows[lang] = features.rows(found, reading)[:, columns]
    latent = Latent(register).near(
        reading.sentences, [tuple(m.id for m in one.handles.members) for one in found]
    )
    at = latent.argmax(axis=1)
    for n, (own, lead) in enumerate(rows["ru"]):
        others = np.delete(latent[:, at[n]], n).max()
        assert (own, lead) == pytest.approx((latent[n].max(), latent[n].max() - others), abs=1e-6)
    assert not rows["en"].any()  # it knows Russian and Belarusian
