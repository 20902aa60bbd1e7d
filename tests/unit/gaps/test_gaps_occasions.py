"""Anniversaries, ends of term, targets and events: what comes up, and what it does to a week."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path

import numpy as np
import pytest

from monitor.core.errors import InputError
from monitor.core.ids import AgreementId
from monitor.core.shipped import config_dir
from monitor.gaps.calendar import NO_CALENDAR, Calendar, Event, load_calendar
from monitor.gaps.occasions import is_near, next_dates, week_factors
from monitor.gaps.profile import Profile, profiles
from monitor.gaps.readings import Window
from monitor.gaps.said import NextDate
from monitor.register.types import Agreement, PartialDate, Target
from tests.make_gaps import NORMS, agreement, register

TODAY = date(2026, 5, 31)
ID = AgreementId("AGR-0001")
PLAIN = agreement(ID, "by-mogilev-region", "ru-pskov-region", signed=None)
FORUM = Event("forum", frozenset({"RU"}), 3.0, ((date(2026, 6, 25), date(2026, 6, 26)),), {})
WINDOW = Window(TODAY - timedelta(weeks=52) + timedelta(days=1), TODAY, UTC)


def profile(member: Agreement = PLAIN) -> Profile:
    return profiles(register((member,)), NORMS, TODAY)[member.id]  # type: ignore[index]


def dates(calendar: Calendar = NO_CALENDAR, **changes: object) -> tuple[NextDate, ...]:
    return next_dates(profile(replace(PLAIN, **changes)), calendar, TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"signed": PartialDate(2016, 7, 4)}, (date(2026, 7, 4), date(2026, 7, 4), "anniversary", "10")),
        ({"signed": PartialDate(2017, 1)}, (date(2027, 1, 1), date(2027, 1, 31), "anniversary", "10")),
        ({"valid_until": PartialDate(2026)}, (date(2026, 1, 1), date(2026, 12, 31), "term_end", "")),
        (
            {
                "targets": (Target("turnover", 1, None, "2025"),)
            },  # fell due in December: it can be asked about
            (date(2025, 1, 1), date(2025, 12, 31), "target", "turnover"),
        ),
        ({"signed": PartialDate(2024, 2, 29)}, None),  # no round year ahead
        ({"signed": PartialDate(2016)}, None),  # known to the year: no day to write on
        ({"targets": (Target("turnover", 1, None, "2024"),)}, None),
        ({"targets": (Target("turnover", 1, None, "annually"),)}, None),
    ],
)
def test_what_comes_up_within_a_year_is_told(changes: dict[str, object], expected: tuple | None) -> None:
    found = () if expected is None else (NextDate(*expected[:3], ID, expected[3]),)
    assert dates(**changes) == found


def test_a_leap_day_is_kept_on_the_day_before() -> None:
    member = replace(PLAIN, signed=PartialDate(2016, 2, 29))
    (found,) = next_dates(profile(member), NO_CALENDAR, date(2026, 1, 5))
    assert (found.first_on, found.detail) == (date(2026, 2, 28), "10")


def test_a_forum_concerns_agreements_with_its_countries() -> None:
    told = NextDate(date(2026, 6, 25), date(2026, 6, 26), "event", None, "forum")
    assert dates(Calendar((FORUM,))) == (told,)
    assert is_near(told, TODAY)
    assert not is_near(told, date(2026, 4, 1))
    assert dates(Calendar((replace(FORUM, countries=frozenset({"CN"})),))) == ()


def test_a_week_with_a_forum_weighs_three_others() -> None:
    held = replace(FORUM, days=((date(2025, 6, 25), date(2025, 6, 26)),))
    factors = week_factors(profile(), Calendar((held,)), WINDOW, 52)
    assert factors.sum() == pytest.approx(52.0)
    # the window begins on Monday 2 June 2025: the 25th lies in its fourth week
    assert factors[3] == pytest.approx(3 * factors[0])
    assert np.allclose(np.delete(factors, 3), factors[0])


def test_a_shorter_window_keeps_the_weights_of_the_year() -> None:
    held = replace(FORUM, days=((date(2026, 5, 27), date(2026, 5, 28)),))
    year = week_factors(profile(), Calendar((held,)), WINDOW, 52)
    quarter = week_factors(profile(), Calendar((held,)), replace(WINDOW, from_on=date(2026, 3, 2)), 13)
    assert quarter.tolist() == pytest.approx(year[-13:].tolist())
    assert quarter.sum() > 13


def test_weeks_around_a_round_anniversary_weigh_more() -> None:
    member = replace(PLAIN, signed=PartialDate(2016, 3, 4))
    factors = week_factors(profile(member), Calendar((), 2.0, 2), WINDOW, 52)
    heavy = np.flatnonzero(factors > factors.min()).tolist()
    assert heavy == [37, 38, 39, 40, 41]  # two weeks before and after that of 4 March 2026
    assert week_factors(profile(member), NO_CALENDAR, WINDOW, 52).tolist() == [1.0] * 52


def test_the_shipped_calendar_can_be_read() -> None:
    calendar = load_calendar(config_dir() / "calendar.toml")
    assert [event.id for event in calendar.events] == ["forum-of-regions-by-ru"]
    assert calendar.anniversary == 2.0


def test_a_bad_calendar_is_refused_with_every_problem(tmp_path: Path) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text(
        '[[event]]\nid = "a"\ncountries = ["RU"]\nfactor = 0\nreason = "-"\n'
        'days = [["2026-06-26", "2026-06-25"], ["soon"]]\n[event.titles]\nru = "а"\nbe = "а"\n',
        "utf-8",
    )
    with pytest.raises(InputError) as refused:
        load_calendar(path)
    assert [problem.reason.rpartition(": ")[2] for problem in refused.value.problems] == [
        "key 'en' is missing",
        "factor must be a number above 0, at most 20",
        "days[1] ends before it begins",
        "days[2] must be a first and a last day, each YYYY-MM-DD",
    ]
