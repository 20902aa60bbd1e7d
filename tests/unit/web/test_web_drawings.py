"""Pictures as numbers: heights follow values, nought is not unknown, what is outside is left out."""

from datetime import date

from monitor.web.drawings import BARS_WIDTH, LINE_WIDTH, Bar, Dot, bars, timeline


def test_bars_stand_on_one_line_and_the_highest_takes_the_whole_room() -> None:
    drawn = bars([(4.0, "1 Sep", "4"), (0.0, "", "0"), (None, "", ""), (1.0, "", "1")])
    assert (drawn.width, drawn.base) == (BARS_WIDTH, 102)
    assert drawn.bars == (
        Bar(3, 14, 134, 88, "1 Sep", "4", True),
        Bar(143, 102, 134, 0, "", "0", True),
        Bar(283, 102, 134, 0, "", "", False),
        Bar(423, 80, 134, 22, "", "1", True),
    )


def test_no_bars_of_nothing_and_none_of_noughts() -> None:
    assert bars([]).bars == ()
    assert [bar.height for bar in bars([(0.0, "", ""), (None, "", "")]).bars] == [0, 0]


def test_marks_of_one_place_stand_above_one_another_and_those_outside_are_left_out() -> None:
    first, last = date(2025, 1, 1), date(2025, 12, 31)
    marks = [
        (date(2025, 12, 31), "story", "b"),
        (date(2025, 12, 30), "copy", "a"),
        (date(2024, 12, 31), "step", "before"),
        (date(2025, 1, 1), "step", "signed"),
    ]
    drawn = timeline(marks, [(date(2025, 1, 1), "Jan"), (date(2026, 1, 1), "out")], first, last)
    assert drawn.dots == (
        Dot(14, 66, "step", "signed"),
        Dot(LINE_WIDTH - 15, 66, "copy", "a"),
        Dot(LINE_WIDTH - 14, 57, "story", "b"),
    )
    assert drawn.ticks == ((14, "Jan"),)
