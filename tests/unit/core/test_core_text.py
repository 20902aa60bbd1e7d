"""Folding and cutting of texts."""

import pytest

from monitor.core.text import sentence_at


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("Первое", "Первое предложение."),
        ("цитату", "Второе «держит цитату!»"),
        ("Третье", "Третье стоит на новой строке"),
        ("последнее", "и последнее"),
    ],
)
def test_the_sentence_around_a_word_is_found(word: str, sentence: str) -> None:
    text = "Первое предложение. Второе «держит цитату!» Третье стоит на новой строке\nи последнее"
    at = text.index(word)
    assert sentence_at(text, at, at + len(word)) == sentence


def test_a_long_sentence_is_cut_around_its_words() -> None:
    text = "а " * 500 + "слово" + " б" * 500
    found = sentence_at(text, 1000, 1005)
    assert len(found) <= 300
    assert "слово" in found
