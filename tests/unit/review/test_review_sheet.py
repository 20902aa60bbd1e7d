"""The reviewer's sheet: what Excel gives back is read, everything else is refused with row and reason."""

import csv
import io

import pytest

from monitor.articles.audit_plan import load_audit_plan
from monitor.articles.audit_types import Answer
from monitor.core.errors import InputError
from monitor.core.ids import AgreementId, ArticleId, TopicId, Week
from monitor.core.shipped import config_dir
from monitor.review.sheet import ASKED, GIVEN, MAX_BYTES, Known, Said, SheetRow, read_sheet, write_sheet

PLAN = load_audit_plan(config_dir() / "audit.toml")
WEEK = Week("2026-W22")
KNOWN = Known(
    items={1: (ArticleId(11), WEEK), 2: (ArticleId(12), WEEK)},
    agreements=frozenset({AgreementId("AGR-0001"), AgreementId("AGR-0002")}),
    topics=frozenset({TopicId("trade"), TopicId("culture")}),
)
ROW = SheetRow(
    item=1, article=ArticleId(11), published="2026-05-25", outlet="Газета", language="ru",
    title="=HYPERLINK(1)", lead="-5 градусов", link="http://a.example/1",
    candidates=((AgreementId("AGR-0001"), "Соглашение; о дружбе"),),
)  # fmt: skip


def cells(sheet: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"), newline=""), delimiter=";"))


def sheet(*rows: dict[str, str], columns: tuple[str, ...] = (*GIVEN, *ASKED), delimiter: str = ";") -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def answered(**changes: str) -> dict[str, str]:
    return {"item": "1", "article": "11", "cooperation": "да", "agreements": "AGR-0001", **changes}


def read(text: str | bytes) -> tuple[list[Said], int]:
    return read_sheet(text if isinstance(text, bytes) else text.encode(), "a.csv", PLAN, KNOWN)


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(InputError) as refused:
        read(text)
    return [str(problem) for problem in refused.value.problems]


def test_the_sheet_holds_texts_without_formulas_and_empty_answers() -> None:
    (row,) = cells(write_sheet([ROW]))
    assert tuple(row) == (*GIVEN, *ASKED)
    assert (row["title"], row["lead"]) == ("'=HYPERLINK(1)", "'-5 градусов")
    assert row["candidates"] == "AGR-0001 Соглашение; о дружбе"
    assert {row[column] for column in ASKED} == {""}


def test_a_sheet_that_nobody_has_filled_in_is_all_open() -> None:
    assert read(write_sheet([ROW, ROW])) == ([], 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_whatever_excel_saves_is_read(encoding: str, delimiter: str) -> None:
    text = sheet(answered(note="не то; см. заголовок", topics="trade, culture"), delimiter=delimiter)
    topics = (TopicId("trade"), TopicId("culture"))
    told = Answer(True, (AgreementId("AGR-0001"),), topics, "не то; см. заголовок", corrects=False)
    assert read(text.encode(encoding)) == ([Said("a.csv: row 2", 1, told)], 0)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (answered(agreements="-"), Answer(True, (), None, "", corrects=False)),
        (answered(cooperation="NO", agreements=""), Answer(False, (), None, "", corrects=False)),
        (
            answered(topics="-", correct="yes"),
            Answer(True, (AgreementId("AGR-0001"),), (), "", corrects=True),
        ),
        (
            answered(agreements="AGR-0002;AGR-0001 AGR-0002"),
            Answer(True, (AgreementId("AGR-0002"), AgreementId("AGR-0001")), None, "", corrects=False),
        ),
    ],
)
def test_answers_are_understood(row: dict[str, str], expected: Answer) -> None:
    assert [one.answer for one in read(sheet(row))[0]] == [expected]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (answered(cooperation="maybe"), "cooperation 'maybe' is neither yes nor no"),
        (answered(cooperation=""), "cooperation is empty: yes or no?"),
        (answered(agreements=""), "agreements is empty: ids of those it reports on, or - for none"),
        (answered(cooperation="нет"), "no cooperation, and yet agreements or topics are named"),
        (answered(agreements="AGR-9999"), "no monitored agreement is called 'AGR-9999'"),
        (answered(topics="weather"), "no topic is called 'weather'"),
        (answered(item="7"), "item 7 was never drawn"),
        (answered(item="1.0"), "item '1.0' is no number"),
        (answered(article="12"), "item 1 is article 11, not 12: were columns sorted apart?"),
        (answered(note="x" * 301), "note must be one line of at most 300 letters"),
        (answered(correct="perhaps"), "correct 'perhaps' is neither yes nor no"),
        (answered(lead="x" * 20_001), "a cell has more than 20000 letters"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(row: dict[str, str], reason: str) -> None:
    assert problems(sheet(answered(item="2", article="12"), row)) == [f"a.csv: row 3: {reason}"]


def test_every_bad_row_is_told_and_nothing_is_taken() -> None:
    found = problems(sheet(answered(item="9"), answered(), answered()))
    assert found == ["a.csv: row 2: item 9 was never drawn", "a.csv: row 4: item 1 stands twice"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "a.csv:1: column item, article, cooperation, agreements is missing"),
        (b"\x89PNG\0\0", "a.csv: is no text in UTF-8, UTF-16 or windows-1251"),
        (b"x" * (MAX_BYTES + 1), f"a.csv: has {MAX_BYTES + 1} bytes, more than {MAX_BYTES}"),
        (b"item;article;cooperation;agreements;item\n", "a.csv:1: a column stands twice"),
        (b'item;article;cooperation;agreements\n1;11;"yes', "a.csv:2: not CSV: unexpected end of data"),
        (b"item;article;cooperation;agreements\n1;11;yes;-;more", "a.csv: row 2: has 5 cells, the header 4"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(content: bytes, reason: str) -> None:
    assert problems(content) == [reason]
