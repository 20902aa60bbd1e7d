"""What may have kept stories from us, in words: the same in mail, sheet, CSV and JSON."""

import io
import json
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from monitor.core.ids import FamilyId, PlaceId, SourceId, Week
from monitor.core.ledger import Reason
from monitor.gaps.said import AuditFigure, AuditNote
from monitor.gaps.types import State
from monitor.reports.catalogue import catalogue, languages
from monitor.reports.facts import facts, from_json
from monitor.reports.formats import csv, text, xlsx
from monitor.reports.letter import letter
from monitor.reports.method import method_lines
from monitor.reports.renamed import renamed
from monitor.reports.row_types import Row
from monitor.reports.rows import Names
from monitor.reports.types import Report
from monitor.reports.unseen import unseen_lines
from monitor.reports.withhold import Withholding
from tests.make_reports import (
    MOGILEV,
    PRESS,
    gap_row,
    mogilev_report,
    mogilev_table,
    reasons,
    register,
    table,
)
from tests.read_reports import csv_rows, sheet_rows

SOURCES = tuple(SourceId(name) for name in ("agency", "daily", "gorki"))
FAMILY = FamilyId("AGR-0167")
LOST = {
    "unread_pages": 1234,
    "unread_reasons": {"timeout": 400, "dns": 100, "http_4xx": 700, "no_text": 30, "": 4},
    "sources_dead": SOURCES[:1],
    "sources_silent": (),
    "sources_overflowed": SOURCES[1:],
    "sources_late": SOURCES,
    "outlets_without_address": 12,
}


def told(lang: str = "en", **changes: object) -> Report:
    """A report of one gap, of which the table says what may have gone unseen."""
    nothing = {"sources_dead": (), "sources_silent": (), "outlets_without_address": 0}
    gap = gap_row(FAMILY, State.UNCOVERED, 0.9, reasons=reasons(**{**nothing, **changes}))
    return mogilev_report(held=table([gap]), articles={}, lang=lang)


def test_a_zero_is_split_into_its_causes_the_most_frequent_reason_first() -> None:
    split = "700 refused by the site, 500 without an answer, 30 without a text and 4 still in the queue"
    assert unseen_lines(told(**LOST).row(FAMILY), catalogue("en")) == (
        f"pages of the sources that could not be read: 1,234 ({split})",
        "sources that do not answer: 1",
        "sources whose feed ran over, so that some news may have gone unseen: 2",
        "sources read only since some time into the period: 3",
        "outlets of these places that we do not read: 12",
    )


def test_mail_sheet_and_csv_give_the_causes_of_a_zero() -> None:
    report = told("ru", **LOST)
    said = "; ".join(unseen_lines(report.row(FAMILY), catalogue("ru")))
    (section,) = (section for section in letter(report).sections if section.code == "gaps")
    assert ("Могли не увидеть", said) in [(line.label, line.text) for line in section.cards[0].lines]
    assert "сайт отказал — 700" in " ".join(text.render(report).decode().split())
    (row,) = sheet_rows(xlsx.render(report), "Пробелы")
    assert (row["Могли не увидеть"], row["Не прочитано страниц"]) == (said, 1234)
    (line,) = csv_rows(csv.render(report))
    assert line["unread_reasons"] == "waiting 4; dns 100; http_4xx 700; no_text 30; timeout 400"
    kinds = ("sources_dead", "sources_silent", "sources_overflowed", "sources_late", "outlets_not_read")
    assert [int(line[name]) for name in kinds] == [1, 0, 2, 3, 12]


def test_columns_of_sentences_are_wide_and_those_of_a_word_are_not() -> None:
    sheet = load_workbook(io.BytesIO(xlsx.render(told("ru", **LOST))))["Пробелы"]
    spans = [one for one in sheet.column_dimensions.values() if one.width > 50]
    columns = {number for one in spans for number in range(one.min, one.max + 1)}
    wide = {str(cell.value) for cell in sheet[2] if cell.column in columns}
    assert wide == {
        "Соглашение", "Стороны", "Темы", "Пометы", "Почему такое состояние", "Могли не увидеть",
        "О чём материалы (по ключевым словам; верно примерно в двух случаях из трёх)",
        "Где в них названы стороны",
    }  # fmt: skip


@pytest.mark.parametrize("lang", languages())
def test_every_reason_of_the_ledger_has_words(lang: str) -> None:
    for reason in ("", *Reason):
        row = told(lang, unread_pages=7, unread_reasons={reason: 7}).row(FAMILY)
        (line,) = unseen_lines(row, catalogue(lang))
        assert line.count("7") == 2
        assert "unseen." not in line


def test_where_nothing_was_lost_nothing_is_said() -> None:
    assert unseen_lines(told().row(FAMILY), catalogue("ru")) == ()


# --- facts of schema 4 ---


def of_schema_4(report: Report) -> dict[str, object]:
    """The facts of a report as a program of schema 4 kept them."""
    doc = json.loads(json.dumps(facts(report)))
    doc["schema"] = 4
    del doc["method"]["audited"]
    for row in doc["rows"]:
        del row["unseen"], row["own_places"], row["other_places"], row["ask_place"]
        del row["lead_topic"]
        del row["watched"]["silent_sources"]
    kept: dict[str, object] = doc
    return kept


def test_a_report_of_schema_4_tells_the_number_of_unread_pages_without_their_reasons() -> None:
    old = from_json(of_schema_4(told("ru", **LOST)))
    assert unseen_lines(old.row(FAMILY), catalogue("ru")) == (
        "страницы источников, которые не удалось прочитать: 1\u00a0234",
        "издания этих мест, которые мы не читаем: 12",
    )
    names = Names(register(), catalogue("be"), Withholding(PRESS, ()), MOGILEV)
    assert renamed(old.row(FAMILY), names).own_side == old.row(FAMILY).own_side


# --- a row in another language ---


def in_both(lang: str) -> tuple[Row, Row]:
    """A Russian report's row named in a language, and the row of the report in that language."""
    words = catalogue(lang)
    names = Names(register(), words, Withholding(PRESS, (), words.titles_lang), MOGILEV)
    return renamed(mogilev_report().row(FAMILY), names), mogilev_report(lang=lang).row(FAMILY)


@pytest.mark.parametrize("lang", ["be", "en"])
def test_a_row_named_in_another_language_is_the_row_of_the_report_in_that_language(lang: str) -> None:
    ours, theirs = in_both(lang)
    assert replace(ours, counted=theirs.counted) == theirs
    assert ours.own_side != mogilev_report().row(FAMILY).own_side


def test_parties_and_outlets_that_are_known_no_more_keep_their_names() -> None:
    row = mogilev_report().row(FAMILY)
    gone = replace(row, own_places=(PlaceId("by-gone"),), ask_place=PlaceId("by-gone"))
    words = catalogue("en")
    names = Names(register(), words, Withholding((), (), "en"), MOGILEV)
    ours = renamed(gone, names)
    assert (ours.own_side, ours.other_side, ours.ask) == (row.own_side, row.other_side, row.ask)
    assert row.watched.silent_outlets
    assert ours.watched.silent_outlets == ()  # an unknown outlet may not be named


# --- what people have checked ---

NOTE = AuditNote(
    last_week=Week("2025-W45"),
    weeks=3,
    texts=150,
    part_held=0.5,
    assumed=False,
    figures=(AuditFigure("both/ru", 20, 16, 30, 27), AuditFigure("vague/be", 4, 2, 6, 5)),
    rest_texts=30,
    rest_missed=1,
    rest_upper=0.149,
)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "ru",
            (
                "150 текстов за 3 недели",
                "50\u00a0% прежнего",
                "соглашениями: 36, верных из них — 32",
                "проверили 30",
                "не больше 15\u00a0%",
            ),
        ),
        (
            "be",
            (
                "150 тэкстаў за 3 тыдні",
                "50\u00a0% ранейшага",
                "пагадненнямі: 36, слушных з іх — 32",
                "праверылі 30",
                "не больш за 15\u00a0%",
            ),
        ),
        (
            "en",
            (
                "150 texts in 3 weeks",
                "weigh 50%",
                "checked: 36, right: 32",
                "saw nothing: 30",
                "more than 15%",
            ),
        ),
    ],
)
def test_the_method_tells_what_people_have_checked(lang: str, said: tuple[str, ...]) -> None:
    week = {"ru": "на неделе с 3", "be": "на тыдні з 3", "en": "week from 3"}
    lines = method_lines(mogilev_report(held=replace(mogilev_table(), audit=NOTE), lang=lang))
    (line,) = (line for line in lines if week[lang] in line)
    assert [part for part in said if part not in line] == []
    assert not any(week[lang] in line for line in method_lines(mogilev_report(lang=lang)))
