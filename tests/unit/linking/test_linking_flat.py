"""Texts as one byte a letter: where they stand, what they cannot hold, which language they tell."""

import pytest

from monitor.linking.flat import Alphabet

NAMES = ("гродно", "мар'іна горка", "biała podlaska", "vilnius")


@pytest.fixture(scope="module")
def alphabet() -> Alphabet:
    return Alphabet(NAMES)


def test_a_byte_stands_where_its_letter_stands_and_spellings_meet(alphabet: Alphabet) -> None:
    assert alphabet.read("«Ёлка», Слаўгарад!") == alphabet.read(".елка...слаугарад.")
    flat = alphabet.read("Гродно, 5")
    assert flat is not None and len(flat) == len("Гродно, 5") + 2
    assert flat[1:8] == alphabet.write("гродно")[1:]


def test_folded_words_are_spelt_as_texts_are_read_or_not_at_all(alphabet: Alphabet) -> None:
    assert alphabet.spell("мар'іна горка") == alphabet.write("мар'іна горка").rstrip()
    assert alphabet.spell("明斯克") is None


def test_an_apostrophe_belongs_to_a_word_only_between_cyrillic_letters(alphabet: Alphabet) -> None:
    assert alphabet.read("Мар’іна Горка") == alphabet.write("мар'іна горка")
    assert alphabet.read("'Гродно'") == alphabet.read(" Гродно.")


@pytest.mark.parametrize("text", ["Гроднo", "два  слова", "明斯克", "Бре\u0301ст", "улыбка \U0001f642", "İ"])
def test_what_bytes_cannot_say_is_left_to_the_slower_way(alphabet: Alphabet, text: str) -> None:
    assert alphabet.read(text) is None


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("у Мінску і Гродна", "be"),
        ("в Минске и Гродно", "ru"),
        ("in Minsk", "en"),
        ("у місті жили сотні родин", "uk"),
    ],
)
def test_letters_tell_the_language(alphabet: Alphabet, text: str, lang: str) -> None:
    flat = alphabet.read(text)
    assert flat is not None
    assert alphabet.language_of(flat, lang if lang in {"en", "uk"} else "") == lang
