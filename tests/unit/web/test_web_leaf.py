"""Pages of a long list: which is asked for, what stands on it, what is beside it."""

import pytest

from monitor.web.leaf import leaf_of, page_in


@pytest.mark.parametrize(
    "text, number",
    [("1", 1), ("7", 7), ("0", 1), ("-2", 1), ("", 1), ("two", 1), ("٢", 1), ("9" * 30, 999_999_999)],
)
def test_a_number_that_makes_no_sense_is_the_first_page(text: str, number: int) -> None:
    assert page_in({"page": text}) == number
    assert page_in({}) == 1


@pytest.mark.parametrize(
    "n_all, asked, number, span, has_before, has_after",
    [
        (0, 1, 1, "0", False, False),
        (0, 5, 1, "0", False, False),
        (3, 1, 1, "1–3", False, False),
        (4, 1, 1, "1–3", False, True),
        (4, 2, 2, "4–4", True, False),
        (9, 2, 2, "4–6", True, True),
        (9, 99, 3, "7–9", True, False),
    ],
)
def test_a_page_behind_the_last_one_is_the_last_one(
    n_all: int, asked: int, number: int, span: str, has_before: bool, has_after: bool
) -> None:
    leaf = leaf_of(range(n_all), asked, 3)
    assert (leaf.number, leaf.span, leaf.has_before, leaf.has_after) == (number, span, has_before, has_after)
    assert len(leaf.rows) == min(3, n_all - leaf.first + 1)
