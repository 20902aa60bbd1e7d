"""What pages say alike: no less than the mail that leads there, in the reader's language and alphabet."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.ids import Week
from monitor.reports.catalogue import catalogue
from monitor.web.texts import alphabetical, state_of, tally_of, topic_title, week_days, week_line, when_line
from monitor.web.words import page_words
from tests.make_reports import mogilev_report, register


@pytest.mark.parametrize(
    ("state", "originals", "said"),
    [
        ("unmeasured", 0, "cannot judge"),
        ("unmeasured", 1, "reported; whether enough, we cannot judge"),
        ("unmeasured", 2, "reported; silence would have proved nothing"),
        ("covered", 1, "at the minimum"),
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
    written = ", though reported" if state == "unmeasured" and originals else ""
    assert (told, n) == (catalogue("en").coded("state", state) + written, "1")


def test_where_some_alone_were_written_about_their_number_is_told() -> None:
    row = mogilev_report().rows[0]
    found, none = (
        replace(row, state="unmeasured", counted=replace(row.counted, originals=n)) for n in (2, 0)
    )
    assert tally_of([found, none], "unmeasured", catalogue("en")) == ("cannot judge; 1 of them reported", "2")
    assert tally_of([found, found], "unmeasured", catalogue("en")) == ("cannot judge, though reported", "2")


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


@pytest.mark.parametrize(
    ("lang", "within", "across"),
    [
        ("ru", "17–23 ноября 2025\u00a0г.", "29 декабря 2025\u00a0г. – 4 января 2026\u00a0г."),
        ("be", "17–23 лістапада 2025\u00a0г.", "29 снежня 2025\u00a0г. – 4 студзеня 2026\u00a0г."),
        ("en", "17–23 November 2025", "29 December 2025 – 4 January 2026"),
    ],
)
def test_a_week_is_told_by_its_days(lang: str, within: str, across: str) -> None:
    pages = page_words(lang)
    assert [week_days(Week(week), pages) for week in ("2025-W47", "2026-W01")] == [within, across]
    report = mogilev_report(lang=lang)
    assert week_line(report, pages).endswith(within)
    assert when_line(report, pages).endswith(within)
    half = replace(report, to_on=report.to_on - timedelta(days=2))
    assert week_line(half, pages).endswith(within.replace("23", "21"))  # only what was counted
