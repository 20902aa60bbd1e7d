"""Values of the register: what a partial date can mean."""

from datetime import date

import pytest

from monitor.register.types import PartialDate


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2018", date(2018, 1, 1), date(2018, 12, 31)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2019-12", date(2019, 12, 1), date(2019, 12, 31)),
        ("2018-10-12", date(2018, 10, 12), date(2018, 10, 12)),
    ],
)
def test_a_partial_date_spans_what_it_can_mean(text: str, first: date, last: date) -> None:
    day = PartialDate.parse(text)
    assert (day.first_day(), day.last_day(), str(day)) == (first, last, text)
