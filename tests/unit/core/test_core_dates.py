"""Dates as the sources write them."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.dates import FeedDate, is_plausible, parse_date
from monitor.core.errors import InputError
from monitor.core.months import load_months
from monitor.core.shipped import config_dir

MONTHS = load_months(config_dir() / "languages")
MINSK = ZoneInfo("Europe/Minsk")
NOW = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)


def minsk(*parts: int) -> FeedDate:
    return FeedDate(datetime(*parts, tzinfo=MINSK).astimezone(UTC), False)  # type: ignore[arg-type,misc]


def utc(*parts: int) -> FeedDate:
    return FeedDate(datetime(*parts, tzinfo=UTC), True)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Fri, 22 Oct 2021 15:09:00 +0300", utc(2021, 10, 22, 12, 9)),
        ("Fri, 22 Oct 2021 15:09:00 GMT", utc(2021, 10, 22, 15, 9)),
        ("Fri, 22 Oct 2021 15:09:00 -0000", utc(2021, 10, 22, 15, 9)),
        ("Fri, 22 Oct 2021 15:09:00 MSK", utc(2021, 10, 22, 12, 9)),
        ("Fri, 22 Oct 2021 15:09:00", minsk(2021, 10, 22, 15, 9)),
        ("Пт, 22 окт 2021 15:09:00 +0300", utc(2021, 10, 22, 12, 9)),
        ("2021-10-22T15:09:00+03:00", utc(2021, 10, 22, 12, 9)),
        ("2021-10-22T15:09:00.123Z", utc(2021, 10, 22, 15, 9)),
        ("2021-10-22 15:09", minsk(2021, 10, 22, 15, 9)),
        ("2021-10-22", minsk(2021, 10, 22)),
        ("22 декабря 2023 г. в 15:30", minsk(2023, 12, 22, 15, 30)),
        ("Дата: 06.05.2021", minsk(2021, 5, 6)),
        ("08:13 / 30.08.2016", minsk(2016, 8, 30, 8, 13)),
        ("09.07.2025 - 10:14", minsk(2025, 7, 9, 10, 14)),
        ("7 апреля 2021 19:24", minsk(2021, 4, 7, 19, 24)),
        ("Воскресенье, 07 Июля 2019 11:46", minsk(2019, 7, 7, 11, 46)),
        ("Пятніца, 28 Жнівень 2015", minsk(2015, 8, 28)),
        ("2025, 26 ноября 15:26", minsk(2025, 11, 26, 15, 26)),
        ("18 сентября, 16:51", minsk(2026, 9, 18, 16, 51)),
        ("20 снежня, 16:51", minsk(2025, 12, 20, 16, 51)),
        ("30 верасня 2019", minsk(2019, 9, 30)),
        ("Oct 22, 2021", minsk(2021, 10, 22)),
        ("2317 дня(-ей) назад", None),
        ("вчера", None),
        ("31 февраля 2024", None),
        ("Tue, 31 Feb 2026 10:00:00 GMT", None),
        ("Sun, 29 Feb 2026 10:00:00 +0300", None),
        ("Sat, 28 Feb 2026 24:00:00 GMT", utc(2026, 3, 1)),
        ("0000-00-00 00:00:00", None),
        ("", None),
    ],
)
def test_a_written_date_is_the_moment_it_means(text: str, wanted: FeedDate | None) -> None:
    assert parse_date(text, zone=MINSK, months=MONTHS, now=NOW) == wanted


def test_only_dates_of_the_web_until_tomorrow_are_believed() -> None:
    days = [datetime(1970, 1, 1, tzinfo=UTC), NOW, datetime(2026, 11, 17, 5, 0, tzinfo=UTC)]
    assert [is_plausible(day, NOW) for day in days] == [False, True, True]
    assert not is_plausible(datetime(2026, 11, 17, 7, 0, tzinfo=UTC), NOW)


@given(st.one_of(st.text(max_size=40), st.text("0123456789.:-/ TZ+,мая окт", max_size=30)))
def test_no_text_raises(text: str) -> None:
    found = parse_date(text, zone=MINSK, months=MONTHS, now=NOW)
    assert found is None or found.at.tzinfo is UTC


def test_month_lists_that_are_no_months_are_refused(tmp_path: Path) -> None:
    (tmp_path / "xx.toml").write_text('months = [["a"]]\n', "utf-8")
    (tmp_path / "yy.toml").write_text("months = [" + '["mar"],' * 12 + "]\n", "utf-8")
    with pytest.raises(InputError) as error:
        load_months(tmp_path)
    assert [problem.where for problem in error.value.problems][:2] == [
        f"{tmp_path}/xx.toml: months",
        f"{tmp_path}/yy.toml: months",
    ]
