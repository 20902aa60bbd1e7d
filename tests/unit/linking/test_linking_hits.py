"""The words around a hit, counted from it, in flat texts and in those that cannot be flat."""

import pytest

from monitor.linking.flat import Alphabet
from monitor.linking.hits import Hit, WordsHit, sentence_around
from monitor.register.folding import words

TEXT = "Вчера: у «Мар’інай Горкі», ў Мінску. Ёсць план"


def _hit(written: str, *, is_flat: bool) -> Hit:
    start = TEXT.index(written)
    end = start + len(written)
    if not is_flat:
        return WordsHit("text", words(TEXT), start, end, ())
    alphabet = Alphabet(())
    flat = alphabet.read(TEXT)
    assert flat is not None
    return Hit("text", TEXT, start, end, (), flat=flat, letters=alphabet.letters)


@pytest.mark.parametrize("is_flat", [True, False])
def test_words_and_gaps_are_counted_from_the_hit(is_flat: bool) -> None:
    hit = _hit("Мар’інай Горкі", is_flat=is_flat)
    assert (hit.first_word, hit.last_word, hit.is_single) == ("мар'інай", "горкі", False)
    assert [hit.word(n) for n in (-3, -2, -1, 1, 2, 3, 4, 5)] == [
        "", "вчера", "у", "у", "мінску", "есць", "план", "",
    ]  # fmt: skip
    assert [hit.gap(n) for n in (-3, -2, -1, 1, 2, 3)] == ["", ": ", " «", "», ", " ", ". "]
    assert [hit.written(n) for n in (-2, 1, 3, 5)] == ["Вчера", "ў", "Ёсць", ""]
    assert [hit.at(n) for n in (-2, 2, 5)] == [0, TEXT.index("Мінску"), -1]
    assert hit.is_quoted and hit.begins_sentence


@pytest.mark.parametrize("is_flat", [True, False])
def test_a_hit_knows_its_sentence_and_other_stretches_of_its_field(is_flat: bool) -> None:
    hit = _hit("Мінску", is_flat=is_flat)
    assert list(hit.sentence()) == ["вчера", "у", "мар'інай", "горкі", "у", "мінску"]
    other = hit.elsewhere(TEXT.index("план"), len(TEXT))
    assert (other.before(), other.after(), other.gap_after) == ("есць", "", "")


def test_a_sentence_ends_at_the_nearest_stop() -> None:
    text = "Раз! Два? Три. Пять\nшесть"
    at = text.index("Три")
    assert text[slice(*sentence_around(text, at, at + 3))] == " Три"
    assert text[slice(*sentence_around(text, len(text), len(text)))] == "шесть"
