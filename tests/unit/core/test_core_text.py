"""Folding and cutting of texts."""

import pytest

from monitor.core.text import harmless_cell, sentence_at


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
    text = "альфа " * 200 + "слово" + " бета" * 200
    found = sentence_at(text, 1200, 1205)
    assert 280 < len(found) <= 300
    before, _, behind = found.partition("слово")
    assert set(before.removeprefix("…").split()) == {"альфа"}
    assert set(behind.removesuffix("…").split()) == {"бета"}
    assert (found[0], found[-1]) == ("…", "…")


def test_words_that_are_too_long_themselves_are_cut() -> None:
    assert sentence_at("а" * 1000, 100, 900) == "…" + "а" * 299


def test_a_word_that_nothing_parts_from_the_marked_one_is_left_out() -> None:
    text = "б" * 400 + "слово" + "в" * 400
    assert sentence_at(text, 400, 405) == "…слово…"


@pytest.mark.parametrize("sign", "=+-@＝＋－＠\t\r")
def test_what_a_spreadsheet_takes_for_a_formula_is_a_text(sign: str) -> None:
    assert harmless_cell(f"{sign}1+1") == f"'{sign}1+1"
    assert harmless_cell(f"1{sign}") == f"1{sign}"
