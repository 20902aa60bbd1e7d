"""What pages say alike: no less than the mail that leads there, in the reader's language and alphabet."""

from dataclasses import replace

import pytest

from monitor.reports.catalogue import catalogue
from monitor.web.texts import alphabetical, state_of, topic_title
from tests.make_reports import mogilev_report, register


@pytest.mark.parametrize(
    ("state", "originals", "said"),
    [
        ("unmeasured", 0, "cannot judge"),
        ("unmeasured", 1, "reported; whether enough, we cannot judge"),
        ("covered", 1, "reported"),
        ("uncovered", 0, "unreported"),
    ],
)
def test_what_was_found_is_told_where_silence_would_have_told_nothing(
    state: str, originals: int, said: str
) -> None:
    row = mogilev_report().rows[0]
    row = replace(row, state=state, counted=replace(row.counted, originals=originals))
    assert state_of(row, catalogue("en")) == said


@pytest.mark.parametrize(
    ("lang", "said"), [("ru", "Торговля"), ("be", "Гандаль"), ("en", "Trade"), ("pl", "Trade")]
)
def test_a_topic_is_named_in_the_readers_language_else_in_english(lang: str, said: str) -> None:
    topic = next(one for key, one in register().topics.items() if key == "trade")
    assert topic_title(topic, lang) == said


def test_names_stand_where_the_alphabet_has_them() -> None:
    names = ["Экалогія", "СМІ", "Інвестыцыі", "Ёд", "Сельская гаспадарка", "Гандаль", "Ежа"]
    assert sorted(names, key=alphabetical) == [
        "Гандаль", "Ежа", "Ёд", "Інвестыцыі", "Сельская гаспадарка", "СМІ", "Экалогія",
    ]  # fmt: skip
