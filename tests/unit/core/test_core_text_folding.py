"""Folding of texts: equal to a reader is equal to us; cuts fall between words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text import content_hash, shorten, squeeze


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Могилёв\u00a0 и\tТула\n", "Могилёв и Тула"),
        ("Моги\u00adлёв", "Могилёв"),
        ("Могиле\u0308в", "Могилёв"),  # two signs for one letter
        ("Мин\u200bск\ufeff", "Минск"),
        ("\u202eадрес\u202c", "адрес"),
        ("👨\u200d👩", "👨👩"),
        ("", ""),
    ],
)
def test_invisible_signs_and_spare_spaces_go(text: str, folded: str) -> None:
    assert squeeze(text) == folded


@given(st.text())
def test_squeezing_twice_changes_nothing_more(text: str) -> None:
    once = squeeze(text)
    assert squeeze(once) == once
    assert once == once.strip()


def test_a_hash_sees_words_and_not_their_dress() -> None:
    plain = content_hash("Соглашение", "Текст о Туле.")
    assert content_hash(" СОГЛАШЕНИЕ ", "Текст\n\nо  Ту\u00adле.") == plain
    assert content_hash("Соглашение Текст", "о Туле.") != plain  # the border of the title counts
    assert len(plain) == 64


@given(st.text(max_size=80), st.integers(min_value=2, max_value=60))
def test_a_shortened_text_is_never_longer_than_asked(text: str, limit: int) -> None:
    cut = shorten(text, limit)
    assert len(cut) <= limit
    assert cut == squeeze(text) or cut.endswith("…")


@pytest.mark.parametrize(
    ("limit", "cut"),
    [
        (50, "Соглашение подписано, и стороны едут"),
        (24, "Соглашение подписано…"),
        (12, "Соглашение…"),
        (6, "Согла…"),
    ],
)
def test_a_cut_falls_between_words_and_drops_the_comma(limit: int, cut: str) -> None:
    assert shorten("Соглашение подписано, и  стороны едут", limit) == cut
