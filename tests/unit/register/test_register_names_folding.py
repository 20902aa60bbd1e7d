"""Folding: one spelling for look-alikes, accents and apostrophes, with offsets into the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.register.folding import words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Могилёв", ("могилев",)),
        ("Магілёў", ("магілеу",)),
        ("Валож’ін Валожʼін", ("валож'ін", "валож'ін")),
        ("Mинск, MАЗ", ("минск", "маз")),  # Latin M
        ("Мiнск", ("мінск",)),  # Latin i
        ("Мінскο", ("мінско",)),  # Greek omicron
        ("Воло\u0301жин", ("воложин",)),
        ("Могилев\u00adский", ("могилевский",)),
        ("Шанхаи\u0306", ("шанхай",)),
        ("Ростов-на-Дону", ("ростов", "на", "дону")),
        ("Minsk's Belarus’s", ("minsk", "s", "belarus", "s")),
        ("Zдом", ("zдом",)),
    ],
)
def test_spellings_that_mean_the_same_fold_to_the_same(text: str, folded: tuple[str, ...]) -> None:
    assert words(text).folded == folded


def test_a_word_stands_between_two_spaces_of_its_own() -> None:
    found = words("Минск  —  Псков.")
    assert found.line == " минск  псков "
    assert [found.word_at(0), found.word_at(6), found.word_at(7), found.word_at(13)] == [0, 0, 1, 1]
    assert found.gap(1) == "  —  "


@given(st.text(st.characters()))
def test_any_text_gives_words_that_stand_in_it_in_order(text: str) -> None:
    found = words(text)
    spans = [(found.begin(i), found.end(i)) for i in range(len(found))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    assert found.line == "".join(f" {word} " for word in found.folded)


@given(st.text("МінскаЁё’-M \u0301\u00adİ,", max_size=40))
def test_accents_and_hidden_marks_do_not_move_the_offsets(text: str) -> None:
    found = words(text)
    ends = [0, *(found.end(i) for i in range(len(found)))]
    assert all(found.begin(i) >= ends[i] for i in range(len(found)))
    assert all(found.original(i)[0].isalnum() for i in range(len(found)))
