"""Languages of short, mixed and mistyped texts."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.language import READ, DetectLanguage, build_detector

CORPUS = Path(__file__).parents[3] / "classifiers" / "corpus" / "corpus.jsonl"


@pytest.fixture(scope="module")
def detect() -> DetectLanguage:
    return build_detector()


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Делегация района подписала соглашение о сотрудничестве, выставка открыта.", "ru"),
        ("Дэлегацыя раёна падпісала пагадненне аб супрацоўніцтве, выстава адкрыта.", "be"),
        ("Лунiнецкiя навiны: у раёне адкрылi новую школу i выставу творцаў.", "be"),  # Latin i
        ("У Києві підписали угоду про співпрацю, її розглянуть на сесії ради.", "uk"),
        ("Облыс әкімі Беларусь елшісімен кездесіп, ынтымақтастық туралы келісімге қол қойды.", "kk"),
        ("Областният управител подписа споразумение за сътрудничество с общината.", "bg"),
        ("The region signed a cooperation agreement with its partners last week.", "en"),
        ("Die Region unterzeichnete ein Abkommen über die Zusammenarbeit mit Minsk.", "de"),
        ("Województwo podpisało umowę o współpracy z obwodem grodzieńskim.", "pl"),
        ("Rajono taryba pasirašė bendradarbiavimo sutartį su kaimynais iš Gardino.", "lt"),
        ("Novada dome parakstīja sadarbības līgumu ar kaimiņiem no Vitebskas apgabala.", "lv"),
        ("中白工业园五月新增三家企业", "zh"),
        ("12.05.2026 — 14:00", ""),
        ("", ""),
    ],
)
def test_the_language_is_told_by_the_letters_and_words(detect: DetectLanguage, text: str, lang: str) -> None:
    assert detect(text) == lang


def test_a_russian_text_with_a_belarusian_quotation_is_russian(detect: DetectLanguage) -> None:
    text = (
        "В Могилёве открыли мемориальную доску. На ней высечено: «Любіце родны край». "
        "В церемонии участвовали ветераны, школьники и представители областного исполнительного комитета."
    )
    assert detect(text) == "ru"


def test_every_item_of_the_corpus_gets_the_language_of_its_label(detect: DetectLanguage) -> None:
    with CORPUS.open(encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    wrong = [(i["id"], i["lang"], detect(i["text"])) for i in items if detect(i["text"]) != i["lang"]]
    assert wrong == []


@given(st.text(max_size=400))
def test_any_text_gets_a_code_or_nothing(text: str) -> None:
    assert len(_shared_detector()(text)) in (0, 2)


def test_turkish_and_french_are_not_taken_for_a_language_we_read(detect: DetectLanguage) -> None:
    turkish = detect("Belediye başkanı, kardeş şehir anlaşmasını imzaladı ve heyeti ağırladı.")
    french = detect("La ville a signé un accord de coopération avec ses partenaires étrangers.")
    assert (turkish, french) == ("tr", "fr")
    assert not {turkish, french} & set(READ)


_DETECTORS: list[DetectLanguage] = []


def _shared_detector() -> DetectLanguage:
    if not _DETECTORS:
        _DETECTORS.append(build_detector())
    return _DETECTORS[0]
