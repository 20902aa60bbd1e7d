"""Krippendorff's alpha against the worked examples of its author, and where it cannot be told."""

import pytest

from monitor.review.alpha import alpha

# K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections A, B and C: one row an observer
BINARY = ("0100000010", "1110010000")
TWO = ("aabbdcccedda", "babbbccceddd")
FOUR = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def units(rows: tuple[str, ...]) -> list[list[str]]:
    return [[value for value in column if value != "."] for column in zip(*rows, strict=True)]


@pytest.mark.parametrize(("rows", "told"), [(BINARY, 0.095), (TWO, 0.692), (FOUR, 0.743)])
def test_the_worked_examples_come_out(rows: tuple[str, ...], told: float) -> None:
    found = alpha(units(rows))
    assert found is not None
    assert round(found, 3) == told


def test_full_agreement_is_one_and_full_disagreement_below_chance() -> None:
    assert alpha([["yes", "yes"], ["no", "no"]]) == 1
    found = alpha([["yes", "no"], ["no", "yes"]])
    assert found == -0.5


@pytest.mark.parametrize("nothing", [[], [["yes"], ["no"]], [["yes", "yes"], ["yes", "yes"]]])
def test_it_cannot_be_told_without_pairs_or_with_one_value_only(nothing: list[list[str]]) -> None:
    assert alpha(nothing) is None


def test_items_that_one_has_seen_change_nothing() -> None:
    pairs = units(TWO)
    assert alpha([*pairs, ["a"], []]) == alpha(pairs)
