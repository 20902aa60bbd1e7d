"""What pages say alike: no less than the mail that leads there, in the reader's language and alphabet."""

from dataclasses import replace

import pytest

from monitor.reports.catalogue import catalogue
from monitor.web.texts import alphabetical, state_of, tally_of, topic_title
from tests.make_reports import mogilev_report, register


@pytest.mark.parametrize(
    ("state", "originals", "said"),
    [
        ("unmeasured", 0, "cannot judge"),
        ("unmeasured", 1, "reported; whether enough, we cannot judge"),
        ("unmeasured", 2, "reported; silence would have proved nothing"),
        ("covered", 1, "reported"),
        ("uncovered", 0, "unreported"),
    ],
)
def test_what_was_found_is_told_where_silence_would_have_told_nothing(
    state: str, originals: int, said: str
) -> None:
    row = mogilev_report().rows[0]
    row = replace(
        row,
        state=state,
        counted=replace(row.counted, originals=originals),
        watched=replace(row.watched, norm=2),
    )
    assert state_of(row, catalogue("en")) == said
    told, n = tally_of([row], state, catalogue("en"))
    written = "; 1 of them reported" if state == "unmeasured" and originals else ""
    assert (told, n) == (catalogue("en").coded("state", state) + written, "1")


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
