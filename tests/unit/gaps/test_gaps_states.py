"""Norms for young installations, and the first rule that fits a row."""

import pytest

from monitor.gaps.model import Estimate
from monitor.gaps.states import norm_for, settle
from monitor.gaps.types import Posterior, State


@pytest.mark.parametrize(
    ("norm", "weeks", "expected"),
    [(4, 52.0, 4), (4, 60.0, 4), (4, 26.0, 2), (4, 8.57, 1), (2, 1.0, 1), (4, 40, 4)],
)
def test_a_young_installation_expects_its_part_of_the_norm(norm: int, weeks: float, expected: int) -> None:
    assert norm_for(norm, weeks) == expected


def told(p_gap: float, p_if_zero: float = 0.95, recall: float = 0.8) -> Estimate:
    return Estimate(Posterior(1.0, 0, 3, (1.0,), 0.5, p_gap), recall, p_if_zero)


@pytest.mark.parametrize(
    ("changes", "estimated", "expected"),
    [
        ({"due": False, "exposure": 0.0}, told(1.0), (State.NOT_DUE, "not_due")),
        ({"findable": False}, told(1.0), (State.UNMEASURED, "not_findable")),
        ({"weeks": 7.9, "exposure": 7.9}, told(1.0), (State.UNMEASURED, "too_young")),
        ({"exposure": 0.0}, told(1.0), (State.UNMEASURED, "low_exposure")),
        ({"exposure": 19.0}, told(1.0), (State.UNMEASURED, "low_exposure")),
        ({}, told(0.9, p_if_zero=0.79), (State.UNMEASURED, "silence_would_not_tell")),
        ({}, told(0.85), (State.UNCOVERED, "below_norm")),
        ({"originals": 1}, told(0.9), (State.THIN, "below_norm")),
        ({"originals": 1}, told(0.84), (State.UNDECIDED, "between")),
        ({"originals": 1, "before": State.THIN}, told(0.6), (State.THIN, "gap_held")),
        ({"originals": 1, "before": State.THIN}, told(0.59), (State.UNDECIDED, "between")),
        ({"originals": 6, "before": State.COVERED}, told(0.15), (State.COVERED, "norm_reached")),
    ],
)
def test_the_first_rule_that_fits_decides(changes: dict, estimated: Estimate, expected: tuple) -> None:
    plain = {"due": True, "findable": True, "weeks": 52.0, "exposure": 40.0, "originals": 0}
    assert settle(**{**plain, **changes}, told=estimated) == expected
