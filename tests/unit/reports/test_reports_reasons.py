"""Why a gap stands where it stands, who reports, what readers found that we lost: alike in every format."""

import io
import json
from dataclasses import asdict, replace
from datetime import date

import pytest
from openpyxl import load_workbook

from monitor.core.errors import StorageError
from monitor.core.ids import FamilyId, PlaceId, SourceId
from monitor.crawl.sources import Restricted
from monitor.gaps.said import AgencyFigure, OutletFigure
from monitor.gaps.types import State
from monitor.reports.catalogue import catalogue
from monitor.reports.facts import facts, from_json
from monitor.reports.formats import FORMATS, csv, html, text, xlsx
from monitor.reports.letter import letter
from monitor.reports.phrases import Phrases
from monitor.reports.row_types import Row, Weight
from monitor.reports.sections import press_lines
from monitor.reports.types import AgencyShare, Report
from tests.make_reports import MOGILEV, counts, gap_row, mogilev_report, mogilev_table, table, weights
from tests.read_reports import csv_rows, sheet_rows

LANGS = ("ru", "be", "en")
A_GAP = gap_row("AGR-0011", State.UNCOVERED, 0.9)  # without one a letter is ten lines


def list_lines(report: Report, code: str) -> list[str]:
    """What a list of the letter says of each row."""
    section = next(section for section in letter(report).sections if section.code == code)
    return [line.text for card in section.cards for line in card.lines]


def weighed(of: str, **points: float) -> Row:
    """The row of one gap with the given points of its order, each times a probability of .9."""
    gap = gap_row("AGR-0079", State.UNCOVERED, 0.9, level=of, importance=weights(0.9, **points))
    return mogilev_report(held=table([gap]), articles={}).rows[0]


def test_the_parts_of_the_order_come_from_the_table_and_add_up_to_it() -> None:
    row = weighed("city", level=2.5, target=1.0, waiting=0.5)
    assert row.weight == Weight(level=2.25, target=0.9, date=0.0, waiting=0.45, is_waiting=False)
    assert row.weight.total == pytest.approx(3.6)


def test_rows_that_can_be_no_gap_have_no_weight() -> None:
    rows = mogilev_report().rows
    assert {row.state for row in rows if row.weight is None} == {"not_due"}


@pytest.mark.parametrize(
    ("level", "points", "said"),
    [
        ("region", {}, "уровень области; в последних письмах не было"),
        ("city", {"waiting": 0.125}, "уровень города; недавно было в письме"),
        (
            "district",
            {"date": 1.0},
            "уровень района; скоро круглая дата или конец срока; в последних письмах не было",
        ),
        ("national", {"target": 1.0}, "уровень страны; близок срок обещанного; в последних письмах не было"),
    ],
)
def test_a_card_says_its_place_in_the_list_in_plain_words(
    level: str, points: dict[str, float], said: str
) -> None:
    assert Phrases(catalogue("ru")).weight(weighed(level, **points)) == said


@pytest.mark.parametrize("lang", LANGS)
def test_a_place_that_all_share_is_said_once_and_another_on_its_card(lang: str) -> None:
    held = mogilev_table()
    first = max(held.rows, key=lambda gap: gap.score if gap.state is State.UNCOVERED else 0.0)
    rows = [replace(gap, level="region") for gap in held.rows if gap is not first]
    rows.append(replace(first, level="region", importance=weights(0.9, date=1.0), score=9.0))
    report = mogilev_report(held=replace(held, rows=tuple(rows)), lang=lang)
    words = catalogue(lang)
    section = next(s for s in letter(report).sections if s.code == "gaps")
    label = words.say("card.weight")
    assert [line.label for line in section.common].count(label) == 1
    assert [card.ref for card in section.cards if any(k.label == label for k in card.lines)] == [first.family]
    assert words.say("weight.date") in " ".join(text.render(report).decode().split())


def test_the_sheet_and_the_csv_have_the_order_and_its_parts() -> None:
    report = mogilev_report()
    in_sheet = {row["Номер"]: row for row in sheet_rows(xlsx.render(report), "Пробелы")}
    in_csv = {row["family"]: row for row in csv_rows(csv.render(report))}
    for row in report.rows:
        parts = row.weight
        told = in_sheet[row.family]
        named = (
            "Вес в списке",
            "Вес: уровень",
            "Вес: срок обещанного",
            "Вес: дата",
            "Вес: давно не было в письме",
        )
        if parts is None:
            assert [told[name] for name in named] == [None] * 5
            assert in_csv[row.family]["weight"] == ""
            continue
        wanted = [parts.total, parts.level, parts.target, parts.date, parts.waiting]
        assert [told[name] for name in named] == pytest.approx(wanted)
        columns = ("weight", "weight_level", "weight_target", "weight_date", "weight_waiting")
        assert [float(in_csv[row.family][name]) for name in columns] == pytest.approx(wanted)


# --- what is not sure, what is not judged ---


@pytest.mark.parametrize(
    ("originals", "p_gap", "said"),
    [
        (0, 0.62, "0 материалов при норме 2, но что-то могли и пропустить; {p} 62\xa0%"),
        (1, 0.40, "1 материал при норме 2, но что-то могли и пропустить; {p} 40\xa0%"),
        (2, 0.16, "2 материала при норме 2, но найденное может быть и не об этом соглашении; {p} 16\xa0%"),
    ],
)
def test_a_row_that_is_not_sure_says_what_the_doubt_is(originals: int, p_gap: float, said: str) -> None:
    found = counts("AGR-0079", originals, first=4, outlets=("daily",))
    row = gap_row("AGR-0079", State.UNDECIDED, p_gap, found=found, norm=2, why_state="between")
    assert list_lines(mogilev_report(held=table([row, A_GAP])), "undecided") == [
        said.format(p="вероятность пробела")
    ]


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ((State.COVERED, State.COVERED), ""),
        ((State.COVERED, State.UNMEASURED), " В итогах внизу 1 из них в «по норме» не входит: даже"),
        ((State.UNMEASURED, State.UNMEASURED), " В итогах внизу ни одно из них в «по норме» не входит:"),
    ],
)
def test_what_was_reported_and_is_not_judged_is_told_once_for_all(
    states: tuple[State, ...], said: str
) -> None:
    rows = [
        gap_row(f, state, 0.02, found=counts(f, 1, first=n), why_state="silence_would_not_tell")
        for n, (f, state) in enumerate(zip(("AGR-0079", "AGR-0030"), states, strict=True))
    ]
    report = mogilev_report(held=table([*rows, A_GAP]))
    intro = next(s.intro for s in letter(report).sections if s.code == "covered")
    assert intro.partition(" молчание")[0] == f"По норме или больше.{said}"


# --- what readers found that we lost ---


def with_lost(n: int | None, lang: str = "ru") -> Report:
    report = mogilev_report(lang=lang)
    return replace(report, method=replace(report.method, lost_stories=n))


@pytest.mark.parametrize(
    ("lang", "n", "said"),
    [
        ("ru", 0, "Читатели пока не назвали ни одного материала, который мы пропустили."),
        ("ru", 3, "Читатели всех регионов назвали 3 материала, которые мы пропустили"),
        ("be", 5, "Чытачы ўсіх рэгіёнаў назвалі 5 матэрыялаў, якія мы прапусцілі"),
        ("en", 1, "Readers across all regions have named 1 story that we had missed"),
    ],
)
def test_stories_that_people_named_stand_in_mail_and_sheet_with_one_number(
    lang: str, n: int, said: str
) -> None:
    report = with_lost(n, lang)
    book = load_workbook(io.BytesIO(xlsx.render(report)))
    method = "\n".join(str(row[0]) for row in book[book.sheetnames[-1]].iter_rows(values_only=True))
    assert said in method
    assert said in " ".join(text.render(report).decode().split())
    assert said in html.render(report).decode().replace("&nbsp;", " ")
    assert json.loads(FORMATS["json"].render(report))["report"]["method"]["lost_stories"] == n


# --- who reports ---


def told(source: str, touched: int, *, asked: int = 5, is_telling: bool = True) -> OutletFigure:
    """An outlet of the region that carried so many of its families."""
    families = tuple(FamilyId(f"AGR-{n:04}") for n in range(1, asked + 1))
    figure = OutletFigure(
        SourceId(source), MOGILEV, 8.0, 9.0, 1, families[:touched], families[touched:], True
    )
    return replace(figure, is_telling=is_telling)


def pressed(*outlets: OutletFigure, restricted: tuple[Restricted, ...] = ()) -> Report:
    agencies = (
        AgencyFigure(PlaceId("by-gomel-region"), 9, 9, 9, 9),
        AgencyFigure(MOGILEV, originals=12, by_agency=7, articles=21, of_agency=15),
    )
    held = replace(mogilev_table(), outlets=outlets, agencies=agencies)
    return mogilev_report(held=held, restricted=restricted)


def test_the_letter_says_who_reports_and_how_much_of_it_is_an_agencys() -> None:
    report = pressed(
        told("daily", 2), told("gorki", 3), told("shklov", 0), told("osipovichi", 0, is_telling=False)
    )
    assert report.agency == AgencyShare(12, 7, 21, 15)
    assert press_lines(report) == (
        (
            "Агентства страны: 7 из 12 материалов о соглашениях и намерениях региона; вместе с "
            "перепечатками — 15 из 21 статьи."
        ),
        (
            "О скольких соглашениях написали издания региона: «Горецкий вестник» — 3 и "
            "«Приднепровская новь» — 2."
        ),
        "Читали, но ни слова ни об одном из 5 соглашений региона не нашли: «Шкловская трибуна».",
    )
    section = next(s for s in letter(report).sections if s.code == "press")
    assert (section.heading, len(section.lines)) == ("Кто пишет", 3)
    rows = {row["Номер"]: row for row in sheet_rows(xlsx.render(report), "Источники")}
    columns = ("Соглашений региона", "О скольких из них написал")
    assert [[rows[name][column] for column in columns] for name in ("gorki", "osipovichi")] == [
        [5, 3],
        [None, None],
    ]


def test_an_outlet_that_may_not_be_named_is_counted_among_those_who_report() -> None:
    listed = (Restricted(host="gorki.example", title="", channel="", since=date(2025, 1, 1), why="listed"),)
    outlets = (told("gorki", 3), told("exile", 1), told("daily", 2), told("shklov", 1), told("evil", 1))
    (_, wrote) = press_lines(pressed(*outlets, restricted=listed))
    assert wrote == (
        "О скольких соглашениях написали издания региона: «Приднепровская новь» — 2, "
        "«Ловец <b>внимания</b>» — 1, «Шкловская трибуна» — 1 и ещё 2 издания."
    )


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (3, "Агентство «Меридиан», «Приднепровская новь» и «Горецкий вестник»."),
        (4, "Агентство «Меридиан», «Приднепровская новь», «Горецкий вестник» и «Шкловская трибуна»."),
        (5, "Агентство «Меридиан», «Приднепровская новь», «Горецкий вестник» и ещё 2 издания."),
    ],
)
def test_the_last_of_a_line_is_named_rather_than_counted(n: int, said: str) -> None:
    outlets = ("agency", "daily", "gorki", "shklov", "osipovichi")[:n]
    (_, silent) = press_lines(pressed(*(told(outlet, 0) for outlet in outlets)))
    assert silent.endswith(said)


def test_a_table_that_counted_no_outlets_says_nothing_of_them() -> None:
    report = mogilev_report()
    assert (report.agency, press_lines(report)) == (None, ())
    assert "press" not in [section.code for section in letter(report).sections]


# --- facts of the schema before ---


def of_schema_3(report: Report) -> dict[str, object]:
    """The facts of a report as a program of schema 3 kept them."""
    doc = json.loads(json.dumps(facts(report)))
    doc["schema"] = 3
    del doc["agency"], doc["method"]["lost_stories"]
    for row in doc["rows"]:
        del row["weight"]
    for source in doc["watch"]:
        del source["asked"], source["touched"]
    kept: dict[str, object] = doc
    return kept


def test_a_report_of_the_schema_before_is_still_read_and_says_nothing_that_it_did_not_count() -> None:
    report = pressed(told("gorki", 3))
    old = from_json(of_schema_3(report))
    assert asdict(old.totals) == asdict(report.totals)
    assert (old.agency, old.method.lost_stories) == (None, None)
    shown = text.render(old).decode()
    assert [name in shown for name in ("Почему здесь", "КТО ПИШЕТ", "Читатели")] == [False] * 3


@pytest.mark.parametrize("missing", ["rows", "watch", "method"])
def test_damaged_facts_of_the_schema_before_are_refused(missing: str) -> None:
    doc = of_schema_3(mogilev_report())
    del doc[missing]
    with pytest.raises(StorageError, match="damaged"):
        from_json(doc)
