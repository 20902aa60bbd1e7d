"""What lies ahead, and a week in which there is nothing to show."""

from dataclasses import replace
from datetime import date

import pytest

from monitor.core.ids import AgreementId, FamilyId, PlaceId
from monitor.gaps.said import NextDate, Rest, YearFigure
from monitor.gaps.types import GapTable, State
from monitor.reports.build import build
from monitor.reports.catalogue import catalogue, languages
from monitor.reports.formats import text
from monitor.reports.letter import letter
from monitor.reports.phrases import Phrases
from monitor.reports.sections import calendar_section, dated
from monitor.reports.types import Dated, Report
from tests.make_reports import MOGILEV, PRESS, counts, facts_of, gap_row, mogilev_report, register, table

EVENTS = {"forum": {"ru": "Форум регионов", "en": "Forum of Regions"}}


def report_of(held: GapTable, lang: str = "ru") -> Report:
    return build(
        held, None, register=register(), sources=PRESS, restricted=(), articles=facts_of(held),
        region=MOGILEV, lang=lang, is_demo=False, events=EVENTS,
    )  # fmt: skip


def dates(*found: NextDate) -> Report:
    """One gap (of the Ferghana Region and Gorki's twin) with dates ahead of 23 November 2025."""
    return report_of(table([gap_row("AGR-0079", State.UNCOVERED, 0.9, dates=found)], watch=()))


def said(report: Report, kind: str) -> list[str]:
    return [dated(entry, report) for entry in report.calendar if entry.kind == kind]


def test_dates_of_the_register_are_told_as_exactly_as_they_are_known() -> None:
    agreement = AgreementId("AGR-0079")
    report = dates(
        NextDate(date(2025, 12, 1), date(2025, 12, 31), "anniversary", agreement, "15"),
        NextDate(date(2026, 1, 5), date(2026, 1, 5), "term_end", agreement, ""),
        NextDate(date(2025, 1, 1), date(2025, 12, 31), "target", agreement, "trade"),
    )
    title = report.rows[0].members[0].title
    ref = "(№\xa0AGR-0079)"
    assert said(report, "anniversary") == [f"декабрь 2025\xa0г.: 15 лет соглашению: {title} {ref}"]
    assert said(report, "term_end") == [f"5 января 2026\xa0г.: истекает срок документа: {title} {ref}"]
    assert said(report, "target") == [f"2025\xa0г.: срок обещанного: {title} {ref}"]


def test_what_is_over_or_more_than_sixty_days_away_is_left_out() -> None:
    agreement = AgreementId("AGR-0079")
    report = dates(
        NextDate(date(2025, 11, 23), date(2025, 11, 23), "term_end", agreement, ""),
        NextDate(date(2026, 1, 23), date(2026, 1, 23), "term_end", agreement, ""),
    )
    assert said(report, "term_end") == []


def test_an_event_of_many_agreements_stands_once_under_its_title() -> None:
    event = NextDate(date(2025, 12, 3), date(2025, 12, 4), "event", None, "forum")
    rows = [gap_row(family, State.UNCOVERED, 0.9, dates=(event,)) for family in ("AGR-0079", "AGR-0011")]
    report = report_of(table(rows, watch=()))
    assert said(report, "event") == ["3–4 декабря: Форум регионов"]


def test_holidays_here_and_at_the_partners_stand_in_the_language_of_the_letter() -> None:
    report = mogilev_report()
    own = [entry for entry in report.calendar if entry.kind == "holiday" and not entry.country]
    assert [(entry.on, entry.until) for entry in own] == [
        (date(2025, 12, 25), None), (date(2026, 1, 1), date(2026, 1, 2)), (date(2026, 1, 7), None),
    ]  # fmt: skip
    assert [entry.name for entry in own][1] == "Новый год"
    shared = [entry.country for entry in report.calendar if entry.kind == "holiday" and entry.country]
    assert any(" и " in country for country in shared)  # one line for all who keep the day


def test_a_holiday_is_told_with_its_country_abroad_and_without_it_here() -> None:
    told = said(mogilev_report(lang="en"), "holiday")
    assert "1–2 January 2026: New Year's Day" in told
    assert "16 December: Independence Day (Kazakhstan)" in told


@pytest.mark.parametrize("lang", languages())
def test_every_holiday_begins_with_a_capital_whoever_named_it(lang: str) -> None:
    names = [entry.name for entry in mogilev_report(lang=lang).calendar if entry.kind == "holiday"]
    assert len(names) > 5
    assert [name for name in names if not name[0].isupper()] == []


@pytest.mark.parametrize("lang", languages())
def test_the_calendar_has_the_same_days_in_every_language(lang: str) -> None:
    one, other = mogilev_report(), mogilev_report(lang=lang)
    assert sorted((e.on, e.until or e.on, e.kind) for e in other.calendar) == sorted(
        (e.on, e.until or e.on, e.kind) for e in one.calendar
    )


def test_entries_of_agreements_come_before_holidays_where_room_is_short() -> None:
    report = mogilev_report()
    entry = Dated(date(2026, 1, 20), None, "term_end", "Договор", "", FamilyId("AGR-0079"), "2026-01-20", 0)
    section = calendar_section(replace(report, calendar=(*report.calendar, entry)))
    assert section is not None
    assert len(section.lines) == 10
    assert "Договор" in section.lines[-1].text
    assert section.more


def test_a_week_without_a_gap_sends_ten_lines_at_most_and_not_silence() -> None:
    found = counts("AGR-0079", 1, first=1, outlets=("daily",))
    rows = [
        gap_row("AGR-0079", State.COVERED, 0.1, found=found),
        gap_row("AGR-0011", State.UNDECIDED, 0.5),
        gap_row("AGR-0115", State.NOT_DUE, 0.0),
    ]
    page = letter(report_of(table(rows)))
    (section,) = page.sections
    assert section.code == "quiet"
    assert 5 <= len(page.lead) + len(section.lines) <= 10
    told = [line.text for line in section.lines]
    assert told[:2] == [
        "Норма выполнена по 1 соглашению.", "Ещё по 1 соглашению судить не можем или не уверены.",
    ]  # fmt: skip
    assert any("Кого спросить" in line for line in told)


def test_a_quiet_week_tells_of_stories_where_silence_would_have_told_nothing() -> None:
    found = counts("AGR-0079", 1, first=1, outlets=("daily",))
    rows = [
        gap_row("AGR-0079", State.UNMEASURED, 0.3, found=found),
        gap_row("AGR-0011", State.UNMEASURED, 0.5),
    ]
    page = letter(report_of(table(rows)))
    (section,) = page.sections
    assert [line.text for line in section.lines][:2] == [
        "Норма выполнена по 1 соглашению.", "Ещё по 1 соглашению судить не можем или не уверены.",
    ]  # fmt: skip
    assert page.lead[-1] == "Ниже — коротко о том, что мы видели."


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (State.UNCOVERED, "осталось единственное соглашение, за которым мы следили достаточно."),
        (State.THIN, "за которым мы следили достаточно, вышло меньше материалов, чем требует норма."),
    ],
)
def test_the_one_agreement_that_can_be_judged_is_told_of_as_one(state: State, told: str) -> None:
    dark = gap_row("AGR-0011", State.UNMEASURED, 0.5, why_state="low_exposure")
    assert letter(report_of(table([gap_row("AGR-0079", state, 0.9), dark]))).lead[0].endswith(told)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "ru",
            (
                "За 9 недель без единого материала осталось 2 соглашения из 6, за которыми мы следили "
                "достаточно. Ещё по 1 соглашению ничего не нашли, но пробелом это не называем. "
                "Хотя бы один материал нашли по 3 соглашениям, но по 1 из них — меньше нормы."
            ),
        ),
        (
            "be",
            (
                "За 9 тыдняў без ніводнага матэрыялу засталося 2 пагадненні з 6, за якімі мы сачылі "
                "дастаткова. Яшчэ па 1 пагадненні нічога не знайшлі, але прагалам гэтага не называем. "
                "Хаця б адзін матэрыял знайшлі па 3 пагадненнях, але па 1 з іх — менш за норму."
            ),
        ),
        (
            "en",
            (
                "In 9 weeks, 2 agreements out of the 6 that we watched closely enough went without "
                "a single story. On 1 agreement we found nothing either, but do not "
                "call that a gap. "
                "At least one story was found on 3 agreements, but on 1 of them fewer than the minimum."
            ),
        ),
    ],
)
def test_the_lead_counts_what_was_found_beside_what_was_not_and_adds_up(lang: str, said: str) -> None:
    found = [counts(family, 1, first=n) for n, family in enumerate(("AGR-0110", "AGR-0121", "AGR-0155"))]
    rows = [
        gap_row("AGR-0079", State.UNCOVERED, 0.9),
        gap_row("AGR-0011", State.UNCOVERED, 0.9),
        gap_row("AGR-0081", State.UNDECIDED, 0.6, why_state="between"),
        gap_row("AGR-0110", State.COVERED, 0.1, found=found[0], why_state="norm_reached"),
        gap_row("AGR-0121", State.UNMEASURED, 0.1, found=found[1], why_state="silence_would_not_tell"),
        gap_row("AGR-0155", State.THIN, 0.9, found=found[2], norm=2),
        gap_row("AGR-0174", State.UNMEASURED, 0.9, why_state="low_exposure"),
    ]
    totals = (report := mogilev_report(held=table(rows), lang=lang)).totals
    assert (totals.watched, totals.measured) == (6, 5)
    assert letter(report).lead[0] == said


def test_where_all_were_written_of_and_some_too_little_the_lead_says_so() -> None:
    held = [counts(family, 1, first=n) for n, family in enumerate(("AGR-0110", "AGR-0155"))]
    rows = [
        gap_row("AGR-0110", State.COVERED, 0.1, found=held[0], why_state="norm_reached"),
        gap_row("AGR-0155", State.THIN, 0.9, found=held[1], norm=2),
    ]
    assert letter(report_of(table(rows))).lead[0] == (
        "За 9 недель хотя бы один материал нашли по 2 из 2 соглашений, за которыми мы следили достаточно, "
        "но по 1 из них — меньше нормы."
    )


def test_where_all_that_was_written_is_too_little_nothing_is_counted_of_it_again() -> None:
    held = counts("AGR-0155", 1, first=1)
    thin = gap_row("AGR-0155", State.THIN, 0.9, found=held, norm=2)
    gap, other = (gap_row(family, State.UNCOVERED, 0.9) for family in ("AGR-0079", "AGR-0011"))
    both = "За 9 недель без единого материала осталось {} из {}, за которыми мы следили достаточно."
    assert letter(report_of(table([gap, thin]))).lead[0] == (
        both.format("1 соглашение", 2)
        + " Хотя бы один материал нашли по 1 соглашению, но и там — меньше нормы."
    )
    assert letter(report_of(table([gap, other]))).lead[0] == both.format("2 соглашения", 2)
    assert (
        letter(report_of(table([]))).lead[0] == "Действующих соглашений, о которых можно судить, здесь нет."
    )


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("ru", "0 соглашениям, 1 соглашению, 2 соглашениям, 5 соглашениям, 11 соглашениям, 21 соглашению"),
        ("be", "0 пагадненнях, 1 пагадненні, 2 пагадненнях, 5 пагадненнях, 11 пагадненнях, 21 пагадненні"),
        ("en", "0 agreements, 1 agreement, 2 agreements, 5 agreements, 11 agreements, 21 agreements"),
    ],
)
def test_numbers_behind_a_preposition_have_its_case(lang: str, said: str) -> None:
    words = catalogue(lang)
    assert ", ".join(words.count("n.on_agreements", n) for n in (0, 1, 2, 5, 11, 21)) == said


def test_the_word_for_how_sure_it_is_goes_by_the_per_cent_that_are_shown() -> None:
    phrases = Phrases(catalogue("ru"))
    assert [phrases.sure(p) for p in (0.914, 0.916, 0.921)] == [
        "вероятно, 91\u00a0%", "очень вероятно, 92\u00a0%", "очень вероятно, 92\u00a0%",
    ]  # fmt: skip


def test_a_row_that_rests_is_in_the_sheet_and_not_in_the_letter() -> None:
    resting = gap_row("AGR-0079", State.UNCOVERED, 0.9, rests=(Rest(MOGILEV, date(2026, 1, 1), "shown"),))
    elsewhere = Rest(PlaceId("by-brest-region"), date(2026, 1, 1), "shown")
    report = report_of(table([resting, gap_row("AGR-0011", State.UNCOVERED, 0.8, rests=(elsewhere,))]))
    assert report.sections.gaps == ("AGR-0011",)
    assert {row.family for row in report.rows} == {"AGR-0079", "AGR-0011"}
    assert report.totals.uncovered == 2
    assert "Ещё 1 соглашение — в приложенной таблице." in text.render(report).decode()


def test_this_year_is_compared_with_the_one_before_and_chance_is_told_from_change() -> None:
    def figure(n: int, lo: float, hi: float, to_on: date) -> YearFigure:
        return YearFigure(MOGILEV, to_on, to_on, 20, n, n / 20, n / 20, lo, hi)

    now, before = figure(12, 0.5, 0.7, date(2025, 11, 23)), figure(5, 0.2, 0.4, date(2024, 11, 24))
    rows = [gap_row("AGR-0079", State.UNCOVERED, 0.9)]
    apart = report_of(table(rows, years=(now,), years_before=(before,)))
    told = " ".join(text.render(apart).decode().split())
    assert "по 12 из 20 соглашений" in told
    assert "Годом раньше, к 24 ноября 2024 г., — по 5 из 20 соглашений" in told
    assert "Разница больше случайной." in told
    alike = report_of(table(rows, years=(now,), years_before=(replace(before, hi=0.55),)))
    assert "Разница может быть случайной." in " ".join(text.render(alike).decode().split())
